/** A Content-Type header taken apart. */
export interface MediaType {
  /** Lower case, e.g. `multipart/related`. */
  readonly media: string
  /** Names in lower case, values unquoted. */
  readonly parameters: ReadonlyMap<string, string>
}

const parameter = /[ \t]*;[ \t]*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s";]*)))?/y

/**
 * Reads `type/subtype; name=value; name="value"`. Values without quotes may hold characters that should have been quoted
 * (`/ : =`), because senders do that. Returns undefined for what is not a media type or names a parameter twice. [RFC 2045 §5.1]
 */
export function parseMediaType(header: string): MediaType | undefined {
  const unfolded = header.replaceAll(/[\r\n]+[ \t]/g, ' ').trim()
  const media = /^[^\s;/]+\/[^\s;/]+/.exec(unfolded)?.[0]
  if (media === undefined) return undefined
  const parameters = new Map<string, string>()
  let at = media.length
  while (at < unfolded.length) {
    parameter.lastIndex = at
    const match = parameter.exec(unfolded)
    if (match === null) return undefined
    at = parameter.lastIndex
    const name = match[1]?.toLowerCase()
    if (name === undefined) continue
    if (parameters.has(name)) return undefined
    parameters.set(name, match[2]?.replaceAll(/\\(.)/g, '$1') ?? match[3] ?? '')
  }
  return { media: media.toLowerCase(), parameters }
}
