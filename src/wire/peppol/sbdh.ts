import { type Instant, instantOf } from '../../kernel/index.ts'
import { EbmsFault, type PayloadContent } from '../as4/index.ts'
import {
  type XmlElement,
  XmlError,
  attributeOf,
  childrenNamed,
  findChild,
  onlyChild,
  parseXml,
  textOf,
} from '../xml/index.ts'
import { documentTypeParts, checkNoWildcard } from './document-types.ts'
import { checkFrame, closingTagStart, openEnvelope } from './envelope.ts'
import { PeppolError } from './errors.ts'
import { documentTypeId, participantId, participantScheme, processId, quote } from './identifiers.ts'
import { sbdhNamespace, wrapperNamespace } from './namespaces.ts'
import type { DocumentTypeId, ParticipantId, ProcessId, Sbdh } from './types.ts'

/** Longer identifiers of an envelope are of no use and could not be indexed. */
const instanceIdLengthMax = 500

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const dateTimeWithZone = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/

/** An envelope that has passed every check of §6.1 and §6.2. */
export interface ReadSbd {
  readonly sbdh: Sbdh
  /** Root element of the business document, or the wrapper of one that is not XML. */
  readonly payload: { readonly namespace: string; readonly local: string }
  /** The root of the business document, where the content was wholly at hand: whoever reads on need not parse it again. */
  readonly document: XmlElement | undefined
}

/**
 * Reads the envelope of a payload. Content that is wholly at hand is parsed strictly to its end and holds exactly one document;
 * of larger content the start is parsed strictly and the end must be the envelope's closing tag.
 * @throws EbmsFault EBMS:0004 with a PeppolError as cause: an envelope error is a transport matter. [peppol.md §6.2]
 */
export function readSbd(content: PayloadContent): ReadSbd {
  try {
    const { header, document } = content.complete ? wholeFrame(content.head) : startOfFrame(content)
    const sbdh = readHeader(header)
    checkDocument(sbdh, document)
    const payload = { namespace: document.namespace, local: document.local }
    return { sbdh, payload, document: content.complete ? document : undefined }
  } catch (error) {
    const cause = error instanceof XmlError ? fromXml(error) : error
    if (!(cause instanceof PeppolError)) throw error
    throw new EbmsFault('EBMS:0004', `SBDH: ${cause.message}`, { cause })
  }
}

/** The rules of §6.2 that compare header, document type and document. */
function checkDocument(sbdh: Sbdh, document: XmlElement): void {
  const { syntax, root, version } = documentTypeParts(sbdh.documentType.value)
  const standard = root?.namespace ?? syntax
  if (sbdh.standard !== standard) throw mismatch('Standard', sbdh.standard, `the document type's ${quote(standard)}`)
  // Of what is not XML some write the version as 0, as phoss does for Factur-X. [france.md §1.7]
  const unversioned = root === undefined && sbdh.typeVersion === '0'
  if (sbdh.typeVersion !== version && !unversioned)
    throw mismatch('TypeVersion', sbdh.typeVersion, `the document type's ${quote(version)}`)
  if (root === undefined) {
    checkWrapper(document)
    return
  }
  if (sbdh.type !== root.local) throw mismatch('Type', sbdh.type, `the document type's ${quote(root.local)}`)
  if (document.namespace !== root.namespace || document.local !== root.local) {
    const found = `{${document.namespace}}${document.local}`
    throw new PeppolError('mismatch', `the document is ${quote(found)}, not {${root.namespace}}${root.local}`)
  }
}

/** A document that is not XML travels in BinaryContent or TextContent with its media type. [ENV 2.3] */
export function checkWrapper(document: XmlElement): { kind: 'binary' | 'text'; mimeType: string } {
  const { namespace, local } = document
  if (namespace !== wrapperNamespace || (local !== 'BinaryContent' && local !== 'TextContent')) {
    throw new PeppolError('payload', `the document type is not XML, but the document {${namespace}}${local} is`)
  }
  const mimeType = (attributeOf(document, 'mimeType') ?? '').trim()
  if (mimeType === '') throw new PeppolError('payload', `${local} has no mimeType`)
  if (/^(?:application|text)\/xml(?:;|$)/i.test(mimeType)) {
    throw new PeppolError('payload', `${local} must not wrap XML (mimeType ${quote(mimeType)})`)
  }
  return { kind: local === 'BinaryContent' ? 'binary' : 'text', mimeType }
}

function wholeFrame(content: Buffer): { header: XmlElement; document: XmlElement } {
  return checkFrame(parseXml(content).root)
}

function startOfFrame(content: PayloadContent): { header: XmlElement; document: XmlElement } {
  const start = openEnvelope(content.head)
  if (start === undefined) {
    throw new PeppolError('envelope', `the header does not lie within the first ${content.head.length} octets`)
  }
  closingTagStart(content.tail, start.rootName)
  return start
}

function readHeader(header: XmlElement): Sbdh {
  const version = fieldOf(header, 'HeaderVersion')
  if (version !== '1.0') throw wrong('HeaderVersion', version)
  const identification = onlyChild(header, sbdhNamespace, 'DocumentIdentification')
  const remarks: string[] = []
  const scopes = readScopes(header, remarks)
  const documentType = documentTypeIn(scopes)
  return {
    sender: partnerOf(header, 'Sender'),
    receiver: partnerOf(header, 'Receiver'),
    documentType,
    process: processIn(scopes),
    countryC1: countryIn(scopes),
    instanceId: instanceIdIn(identification, remarks),
    createdAt: createdAtIn(identification),
    standard: fieldOf(identification, 'Standard'),
    type: fieldOf(identification, 'Type'),
    typeVersion: fieldOf(identification, 'TypeVersion'),
    mlsTo: mlsToIn(scopes, remarks),
    mlsType: mlsTypeIn(scopes, remarks),
    extensions: new Map([...scopes].filter(([key]) => !ownScopes.has(key)).map(([key, scope]) => [key, scope.value])),
    remarks,
  }
}

/** Exactly one Sender and one Receiver, each with exactly one Identifier. [ENV 2.9] */
function partnerOf(header: XmlElement, name: 'Sender' | 'Receiver'): ParticipantId {
  const identifier = onlyChild(onlyChild(header, sbdhNamespace, name), sbdhNamespace, 'Identifier')
  const authority = attributeOf(identifier, 'Authority')
  if (authority !== participantScheme) throw wrong(`${name}/Identifier/@Authority`, authority ?? '')
  return asHeaderError(`${name}/Identifier`, () => participantId(authority, textOf(identifier).trim()))
}

function instanceIdIn(identification: XmlElement, remarks: string[]): string {
  const value = fieldOf(identification, 'InstanceIdentifier')
  if (value.length > instanceIdLengthMax) throw wrong('DocumentIdentification/InstanceIdentifier', value)
  if (!uuid.test(value)) remarks.push(`InstanceIdentifier ${quote(value)} is no UUID`)
  return value
}

function createdAtIn(identification: XmlElement): Instant {
  const value = fieldOf(identification, 'CreationDateAndTime')
  if (!dateTimeWithZone.test(value) || Number.isNaN(Date.parse(value))) {
    throw wrong('DocumentIdentification/CreationDateAndTime (a date and time with zone)', value)
  }
  return instantOf(value)
}

/* ── Scopes ────────────────────────────────────────────────────────────────────────────────── */

interface Scope {
  readonly value: string
  /** '' when absent. */
  readonly scheme: string
}

const ownScopes: ReadonlySet<string> = new Set(['DOCUMENTID', 'PROCESSID', 'COUNTRY_C1', 'MLS_TO', 'MLS_TYPE'])

function readScopes(header: XmlElement, remarks: string[]): ReadonlyMap<string, Scope> {
  const scopes = new Map<string, Scope>()
  for (const element of childrenNamed(onlyChild(header, sbdhNamespace, 'BusinessScope'), sbdhNamespace, 'Scope')) {
    const key = fieldOf(element, 'Type')
    const identifier = findChild(element, sbdhNamespace, 'Identifier')
    const scope = {
      value: textOf(onlyChild(element, sbdhNamespace, 'InstanceIdentifier')).trim(),
      scheme: identifier === undefined ? '' : textOf(identifier).trim(),
    }
    if (!scopes.has(key)) scopes.set(key, scope)
    else if (ownScopes.has(key)) throw new PeppolError('header', `Scope ${key} is given twice`)
    else remarks.push(`Scope ${quote(key)} is given twice; the first counts`)
  }
  return scopes
}

/** Envelopes of version 1.0 had no Identifier: the scheme was busdox-docid-qns. [peppol.md §6.1] */
function documentTypeIn(scopes: ReadonlyMap<string, Scope>): DocumentTypeId {
  const { scheme, value } = scopeOf(scopes, 'DOCUMENTID')
  const id = asHeaderError('Scope DOCUMENTID', () => documentTypeId(scheme || 'busdox-docid-qns', value))
  checkNoWildcard(id)
  return id
}

/** As for the document type; Oxalis leaves the Identifier out to this day. [peers.md §3] */
function processIn(scopes: ReadonlyMap<string, Scope>): ProcessId {
  const { scheme, value } = scopeOf(scopes, 'PROCESSID')
  return asHeaderError('Scope PROCESSID', () => processId(scheme || 'cenbii-procid-ubl', value))
}

/** Mandatory since 2024-01-01. [peppol.md §6.1] */
function countryIn(scopes: ReadonlyMap<string, Scope>): string {
  const { value } = scopeOf(scopes, 'COUNTRY_C1')
  if (!isCountry(value)) throw wrong('Scope COUNTRY_C1', value)
  return value
}

/** Also `1A`, which stands for Kosovo. */
export function isCountry(value: string): boolean {
  return /^[A-Z0-9]{2}$/.test(value)
}

function mlsToIn(scopes: ReadonlyMap<string, Scope>, remarks: string[]): ParticipantId | undefined {
  const scope = scopes.get('MLS_TO')
  if (scope === undefined) return undefined
  if (scope.scheme === participantScheme && /^0242:[A-Za-z0-9._~-]{1,130}$/.test(scope.value)) {
    return { scheme: participantScheme, value: scope.value }
  }
  remarks.push(`MLS_TO ${quote(`${scope.scheme}::${scope.value}`)} is no service provider; it is not used`)
  return undefined
}

function mlsTypeIn(scopes: ReadonlyMap<string, Scope>, remarks: string[]): Sbdh['mlsType'] {
  const value = scopes.get('MLS_TYPE')?.value
  if (value === undefined || value === 'FAILURE_ONLY') return 'FAILURE_ONLY'
  if (value === 'ALWAYS_SEND') return value
  remarks.push(`MLS_TYPE ${quote(value)} is unknown; FAILURE_ONLY counts`)
  return 'FAILURE_ONLY'
}

function scopeOf(scopes: ReadonlyMap<string, Scope>, key: string): Scope {
  const scope = scopes.get(key)
  if (scope === undefined) throw new PeppolError('header', `Scope ${key} is missing`)
  return scope
}

/* ── Fields and errors ─────────────────────────────────────────────────────────────────────── */

/** Values are trimmed: stray blanks are common in the wild. [peppol.md §3.1] */
function fieldOf(parent: XmlElement, name: string): string {
  const value = textOf(onlyChild(parent, sbdhNamespace, name)).trim()
  if (value === '') throw new PeppolError('header', `${parent.local}/${name} is empty`)
  return value
}

function asHeaderError<T>(field: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof PeppolError && error.code === 'identifier') {
      throw new PeppolError('header', `${field}: ${error.message}`, { cause: error })
    }
    throw error
  }
}

function wrong(field: string, value: string): PeppolError {
  return new PeppolError('header', `${field} is ${quote(value)}`)
}

function mismatch(field: string, value: string, expected: string): PeppolError {
  return new PeppolError('mismatch', `${field} is ${quote(value)}, not ${expected}`)
}

/** A field that is missing or doubled is the header's fault, everything else the envelope's. */
export function fromXml(error: XmlError): PeppolError {
  const ofField = error.code === 'missing' || error.code === 'unexpected'
  const code = error.code === 'encoding' ? 'encoding' : ofField ? 'header' : 'envelope'
  return new PeppolError(code, error.message, { cause: error })
}
