import type { Finding } from '../../wire/invoice/index.ts'
import type { JudgedInvoice, MappingProblem, RunReport } from '../../wire/mapping/index.ts'
import type { StoredMapping } from '../ports.ts'

/** What became of a mapping that was to be kept. */
export type SaveOutcome =
  | { readonly kind: 'saved'; readonly mapping: StoredMapping }
  | { readonly kind: 'invalid'; readonly problems: readonly MappingProblem[] }

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

/** Mappings by name, tried on exports and applied to them. Nothing of an export is kept. */
export interface Mappings {
  /** Keeps a mapping document (JSON as text) that can be used, in the place of the one of this name. */
  save(name: string, document: string): Promise<SaveOutcome>
  find(name: string): Promise<StoredMapping | undefined>
  /** By name. */
  list(): Promise<readonly Omit<StoredMapping, 'document'>[]>
  /** Whether there was one. */
  remove(name: string): Promise<boolean>
  /** The report on an export. */
  tryOn(name: string, source: Buffer): Promise<TrialOutcome>
  /** The one invoice of a source. */
  mapOne(name: string, source: Buffer): Promise<MappedOutcome>
}
