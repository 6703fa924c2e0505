import {
  type DocumentTypeId,
  type ParticipantId,
  PeppolError,
  encodeIdentifier,
  parseDocumentTypeId,
  parseParticipantId,
  quote,
} from '../peppol/index.ts'
import { SmpError } from './errors.ts'

/** `{base}/{participant}` [peppol.md §5.1] */
export function serviceGroupUrl(base: string, participant: ParticipantId): string {
  return `${base.replace(/\/$/, '')}/${encodeIdentifier(participant)}`
}

/** `{base}/{participant}/services/{documentType}`; a `*` of a registered wildcard becomes `%2A`. [peppol.md §3.3, §5.1] */
export function serviceMetadataUrl(base: string, participant: ParticipantId, documentType: DocumentTypeId): string {
  return `${serviceGroupUrl(base, participant)}/services/${encodeIdentifier(documentType)}`
}

/** What a request to an SMP asks for. */
export type SmpResource =
  | { readonly kind: 'group'; readonly participant: ParticipantId }
  | { readonly kind: 'metadata'; readonly participant: ParticipantId; readonly documentType: DocumentTypeId }

/**
 * Reads the path of a request, still encoded and below the SMP's base: `/{participant}` or `/{participant}/services/{documentType}`.
 * Liberal: encoded or not, the participant's scheme in any case or left out, a slash at the end. [peppol.md §5.1]
 * @throws SmpError `path`
 */
export function parseSmpPath(path: string): SmpResource {
  const [, first, second] = /^\/*([^/]+)(?:\/services\/(.+?))?\/?$/.exec(path) ?? []
  if (first === undefined) throw new SmpError('path', `the path ${quote(path)} names no participant`)
  try {
    const participant = parseParticipantId(lowerScheme(decodeURIComponent(first)))
    if (second === undefined) return { kind: 'group', participant }
    return { kind: 'metadata', participant, documentType: parseDocumentTypeId(decodeURIComponent(second)) }
  } catch (error) {
    if (!(error instanceof PeppolError || error instanceof URIError)) throw error
    throw new SmpError('path', `the path ${quote(path)}: ${error.message}`, { cause: error })
  }
}

function lowerScheme(text: string): string {
  const at = text.indexOf('::')
  return at < 0 ? text : text.slice(0, at).toLowerCase() + text.slice(at)
}
