import { PeppolError } from './errors.ts'
import type { DocumentTypeId, ParticipantId, ProcessId } from './types.ts'

/** The only participant scheme. [PFUOI POLICY 5] */
export const participantScheme = 'iso6523-actorid-upis'

const documentTypeSchemes: ReadonlySet<string> = new Set<DocumentTypeId['scheme']>([
  'busdox-docid-qns',
  'peppol-doctype-wildcard',
])

/** `ICD:identifier`, the part after the colon 1 to 130 characters. [peppol.md §3.1] */
const participantValue = /^[0-9]{4}:[A-Za-z0-9._~-]{1,130}$/
/** ISO-8859-1 invariant: printable US-ASCII, no white space. [peppol.md §3.1] */
const documentTypeValue = /^[!-~]{1,500}$/
const processValue = /^[!-~]{1,200}$/
const processScheme = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/

/** `iso6523-actorid-upis::0225:123` or bare `0225:123`. Nothing is trimmed. @throws PeppolError `identifier` */
export function parseParticipantId(text: string): ParticipantId {
  const { scheme, value } = splitIdentifier(text)
  return participantId(scheme ?? participantScheme, value)
}

/** `busdox-docid-qns::…##…::2.1`. A `*` is let pass where the scheme knows it: registrations have one. @throws PeppolError `identifier` */
export function parseDocumentTypeId(text: string): DocumentTypeId {
  const { scheme, value } = splitIdentifier(text)
  if (scheme === undefined) throw new PeppolError('identifier', `document type ${quote(text)} has no scheme`)
  return documentTypeId(scheme, value)
}

/** `cenbii-procid-ubl::urn:…`. @throws PeppolError `identifier` */
export function parseProcessId(text: string): ProcessId {
  const { scheme, value } = splitIdentifier(text)
  if (scheme === undefined) throw new PeppolError('identifier', `process ${quote(text)} has no scheme`)
  return processId(scheme, value)
}

/** @throws PeppolError `identifier` */
export function participantId(scheme: string, value: string): ParticipantId {
  if (scheme !== participantScheme) {
    throw new PeppolError('identifier', `participant scheme ${quote(scheme)} is not ${participantScheme}`)
  }
  if (!participantValue.test(value)) {
    throw new PeppolError('identifier', `participant ${quote(value)} is not ICD:identifier with [A-Za-z0-9._~-]{1,130}`)
  }
  return { scheme, value }
}

/** @throws PeppolError `identifier` for an unknown scheme or forbidden characters, `wildcard` for a `*` in a scheme without wildcards */
export function documentTypeId(scheme: string, value: string): DocumentTypeId {
  if (!isDocumentTypeScheme(scheme)) {
    throw new PeppolError('identifier', `document type scheme ${quote(scheme)} is unknown`)
  }
  if (!documentTypeValue.test(value)) {
    throw new PeppolError('identifier', `document type ${quote(value)} is not 1 to 500 printable characters`)
  }
  if (scheme !== 'peppol-doctype-wildcard' && value.includes('*')) {
    throw new PeppolError('wildcard', `document type ${quote(value)} has a * outside scheme peppol-doctype-wildcard`)
  }
  return { scheme, value }
}

/** Any scheme: `cenbii-procid-ubl` is the usual, not the only one. @throws PeppolError `identifier` */
export function processId(scheme: string, value: string): ProcessId {
  if (!processScheme.test(scheme)) throw new PeppolError('identifier', `process scheme ${quote(scheme)} is malformed`)
  if (!processValue.test(value)) {
    throw new PeppolError('identifier', `process ${quote(value)} is not 1 to 200 printable characters`)
  }
  return { scheme, value }
}

/** `scheme::value` */
export function formatIdentifier(id: ParticipantId | DocumentTypeId | ProcessId): string {
  return `${id.scheme}::${id.value}`
}

/** One segment of a URL path: everything outside RFC 3986 unreserved is encoded. [PFUOI POLICY 20] */
export function encodeIdentifier(id: ParticipantId | DocumentTypeId | ProcessId): string {
  return encodeURIComponent(formatIdentifier(id)).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** Lower-case `icd:value`: what participants are stored and compared by. */
export function participantKey(id: ParticipantId): string {
  return id.value.toLowerCase()
}

export function sameParticipant(a: ParticipantId, b: ParticipantId): boolean {
  return a.scheme === b.scheme && participantKey(a) === participantKey(b)
}

export function sameDocumentType(a: DocumentTypeId, b: DocumentTypeId): boolean {
  return a.scheme === b.scheme && a.value === b.value
}

export function sameProcess(a: ProcessId, b: ProcessId): boolean {
  return a.scheme === b.scheme && a.value === b.value
}

function isDocumentTypeScheme(scheme: string): scheme is DocumentTypeId['scheme'] {
  return documentTypeSchemes.has(scheme)
}

function splitIdentifier(text: string): { scheme: string | undefined; value: string } {
  const at = text.indexOf('::')
  return at < 0 ? { scheme: undefined, value: text } : { scheme: text.slice(0, at), value: text.slice(at + 2) }
}

/** Input as it may stand in an error message: bounded. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text)
}
