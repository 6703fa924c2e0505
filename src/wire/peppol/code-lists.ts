import { PeppolError } from './errors.ts'
import { formatIdentifier, parseProcessId } from './identifiers.ts'
import type { DocumentTypeId, ParticipantId, ProcessId } from './types.ts'

/** active; deprecated: not for new registrations or newly exchanged documents (POLICY 4a); removed: never. */
type CodeState = 'active' | 'deprecated' | 'removed'

interface ListedDocumentType extends DocumentTypeId {
  readonly name: string
  readonly state: CodeState
  /** Registered with a `*` only and never sent as such. */
  readonly abstract: boolean
  readonly processes: readonly ProcessId[]
}

interface ListedScheme {
  /** Four digits, e.g. `0225`. */
  readonly icd: string
  /** e.g. `FR:CTC` */
  readonly code: string
  readonly name: string
  readonly country: string
  readonly state: CodeState
  /** Whether new participants may be registered under it. */
  readonly registrable: boolean
}

/** One version of the eDEC code lists, ready for look-ups. What is not in the list is undefined, never an error. */
export interface CodeLists {
  /** e.g. `9.7` */
  readonly version: string
  /** First day, e.g. `2026-07-02`. */
  readonly validFrom: string
  findScheme(icd: string): ListedScheme | undefined
  /** Is the participant's ICD in the list and not removed? */
  isKnownScheme(participant: ParticipantId): boolean
  findDocumentType(id: DocumentTypeId): ListedDocumentType | undefined
  stateOf(id: DocumentTypeId): CodeState | undefined
  isAbstract(id: DocumentTypeId): boolean
  /** Empty for a document type that is not in the list. */
  processesOf(id: DocumentTypeId): readonly ProcessId[]
  processState(id: ProcessId): CodeState | undefined
  transportState(profile: string): CodeState | undefined
  readonly documentTypes: readonly ListedDocumentType[]
  readonly schemes: readonly ListedScheme[]
}

/**
 * Look-ups over the parsed JSON of config/code-lists/peppol-*.json (its README tells how the file is made).
 * @throws PeppolError `code-list` naming the first row that is not as described there
 */
export function readCodeLists(json: unknown): CodeLists {
  const file = row(json, 'the file')
  const documentTypes = rowsOf(file, 'documentTypes').map(listedDocumentType)
  const schemes = rowsOf(file, 'participantSchemes').map(listedScheme)
  const documentTypeById = indexOf(documentTypes, formatIdentifier)
  const schemeByIcd = indexOf(schemes, scheme => scheme.icd)
  const processStates = statesOf(
    rowsOf(file, 'processes'),
    each => `${stringOf(each, 'scheme')}::${stringOf(each, 'value')}`,
  )
  const transportStates = statesOf(rowsOf(file, 'transportProfiles'), each => stringOf(each, 'id'))
  const findScheme = (icd: string) => schemeByIcd.get(icd)
  const findDocumentType = (id: DocumentTypeId) => documentTypeById.get(formatIdentifier(id))
  return {
    version: stringOf(file, 'version'),
    validFrom: stringOf(file, 'validFrom'),
    documentTypes,
    schemes,
    findScheme,
    isKnownScheme: participant => (findScheme(participant.value.slice(0, 4))?.state ?? 'removed') !== 'removed',
    findDocumentType,
    stateOf: id => findDocumentType(id)?.state,
    isAbstract: id => findDocumentType(id)?.abstract ?? false,
    processesOf: id => findDocumentType(id)?.processes ?? [],
    processState: id => processStates.get(formatIdentifier(id)),
    transportState: profile => transportStates.get(profile),
  }
}

type Row = Readonly<Record<string, unknown>>

function listedDocumentType(each: Row): ListedDocumentType {
  const scheme = stringOf(each, 'scheme')
  if (scheme !== 'busdox-docid-qns' && scheme !== 'peppol-doctype-wildcard') throw broken('scheme', each)
  const processes = each['processes']
  if (!Array.isArray(processes)) throw broken('processes', each)
  return {
    scheme,
    value: stringOf(each, 'value'),
    name: stringOf(each, 'name'),
    state: stateIn(each),
    abstract: each['abstract'] === true,
    processes: processes.map(process => parseProcessId(String(process))),
  }
}

function listedScheme(each: Row): ListedScheme {
  return {
    icd: stringOf(each, 'icd'),
    code: stringOf(each, 'code'),
    name: stringOf(each, 'name'),
    country: stringOf(each, 'country'),
    state: stateIn(each),
    registrable: each['registrable'] === true,
  }
}

function statesOf(rows: readonly Row[], key: (each: Row) => string): ReadonlyMap<string, CodeState> {
  return new Map(rows.map(each => [key(each), stateIn(each)]))
}

function indexOf<T>(values: readonly T[], key: (value: T) => string): ReadonlyMap<string, T> {
  return new Map(values.map(value => [key(value), value]))
}

function stateIn(each: Row): CodeState {
  const state = each['state']
  if (state === 'active' || state === 'deprecated' || state === 'removed') return state
  throw broken('state', each)
}

function stringOf(each: Row, field: string): string {
  const value = each[field]
  if (typeof value !== 'string' || value === '') throw broken(field, each)
  return value
}

function rowsOf(file: Row, field: string): readonly Row[] {
  const list = file[field]
  if (!Array.isArray(list)) throw broken(field, file)
  return list.map(each => row(each, field))
}

function row(value: unknown, where: string): Row {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PeppolError('code-list', `code list: ${where} does not hold an object`)
  }
  return value as Row
}

function broken(field: string, each: Row): PeppolError {
  return new PeppolError(
    'code-list',
    `code list: ${field} is missing or wrong in ${JSON.stringify(each).slice(0, 200)}`,
  )
}
