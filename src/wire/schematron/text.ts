/** fn:normalize-space: what needs nothing done, most values, is only looked at. */
export function normalizeSpace(text: string): string {
  let wasSpace = true
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const isSpace = code === 32 || code === 10 || code === 13 || code === 9
    if (isSpace && (wasSpace || code !== 32)) return normalized(text)
    wasSpace = isSpace
  }
  return wasSpace && text !== '' ? normalized(text) : text
}

function normalized(text: string): string {
  return text.replaceAll(/[ \t\r\n]+/g, ' ').replaceAll(/^ | $/g, '')
}

/** In characters, not in UTF-16 units. */
export function lengthOf(text: string): number {
  let length = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0xd800 || code > 0xdbff) length++
  }
  return length
}

/** fn:substring: positions from 1, halves rounded up, NaN selects nothing. */
export function substring(text: string, start: number, length = Infinity): string {
  const from = Math.floor(start + 0.5)
  const to = from + Math.floor(length + 0.5)
  if (Number.isNaN(from) || Number.isNaN(to)) return ''
  if (lengthOf(text) === text.length) return text.slice(Math.max(0, from - 1), Math.max(0, to - 1))
  return Array.from(text)
    .slice(Math.max(0, from - 1), Math.max(0, to - 1))
    .join('')
}

export function substringAfter(text: string, mark: string): string {
  const at = text.indexOf(mark)
  return at < 0 ? '' : text.slice(at + mark.length)
}

export function substringBefore(text: string, mark: string): string {
  const at = text.indexOf(mark)
  return at < 0 ? '' : text.slice(0, at)
}

export function translate(text: string, from: string, to: string): string {
  const olds = Array.from(from)
  const news = Array.from(to)
  let out = ''
  for (const character of text) {
    const at = olds.indexOf(character)
    out += at < 0 ? character : (news[at] ?? '')
  }
  return out
}

/**
 * contains(' A B C ', concat(' ', value, ' ')): the way rules write code lists. A value without the separator is found in the set;
 * any other by the text, as written.
 */
export class CodeList {
  private readonly text: string
  private readonly separator: string
  private codes: ReadonlySet<string> | undefined

  constructor(text: string, separator: string) {
    this.text = text
    this.separator = separator
  }

  has(value: string): boolean {
    const { text, separator } = this
    if (value === '' || value.includes(separator)) return text.includes(separator + value + separator)
    this.codes ??= new Set(text.split(separator))
    return this.codes.has(value)
  }
}
