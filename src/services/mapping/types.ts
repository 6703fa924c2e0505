import type { Finding, FindingLanguage } from '../../wire/invoice/index.ts'
import type { JudgedInvoice, MappingProblem, RunReport } from '../../wire/mapping/index.ts'
import type { TenantId } from '../domain.ts'
import type { MappingKey, StoredMapping } from '../ports.ts'

/** What became of a mapping that was to be kept. */
export type SaveOutcome =
  | { readonly kind: 'saved'; readonly mapping: StoredMapping }
  | { readonly kind: 'invalid'; readonly problems: readonly MappingProblem[] }
  | { readonly kind: 'unknown-tenant' }
  /** So many are kept already, and none of this name. */
  | { readonly kind: 'too-many'; readonly most: number }

/** The source is none that the mapping is for; `code` is that of a SourceError. */
export interface Unreadable {
  readonly kind: 'unreadable'
  readonly code: string
  readonly message: string
}

export type TrialOutcome =
  | { readonly kind: 'tried'; readonly report: RunReport }
  /** There is no mapping of this name. */
  | { readonly kind: 'unknown' }
  | Unreadable

export type MappedOutcome =
  /** The invoice as JSON of the model, nothing of it lost; whether the rules let it pass is for whoever sends it to find. */
  | { readonly kind: 'mapped'; readonly json: JudgedInvoice['json'] }
  /** Something could not be carried over: codes without an entry, dates that are none. */
  | { readonly kind: 'lost'; readonly findings: readonly Finding[] }
  | { readonly kind: 'not-one'; readonly invoices: number }
  | { readonly kind: 'unknown' }
  | Unreadable

/** Mappings by name, those of each tenant apart from the others and from the node's own; tried on exports and applied to them. Nothing of an export is kept. What is said of invoices is in the language given, in English without one. */
export interface Mappings {
  /** Keeps a mapping document (JSON as text) that can be used, in the place of the one of this name. */
  save(key: MappingKey, document: string): Promise<SaveOutcome>
  find(key: MappingKey): Promise<StoredMapping | undefined>
  /** By name. */
  list(tenant: TenantId | undefined): Promise<readonly Omit<StoredMapping, 'document'>[]>
  /** Whether there was one. */
  remove(key: MappingKey): Promise<boolean>
  /** The report on an export. */
  tryOn(key: MappingKey, source: Buffer, language?: FindingLanguage): Promise<TrialOutcome>
  /** The one invoice of a source. */
  mapOne(key: MappingKey, source: Buffer, language?: FindingLanguage): Promise<MappedOutcome>
}
