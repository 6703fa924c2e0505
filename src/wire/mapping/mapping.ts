import type { Entry, Leaf } from '../invoice/index.ts'
import type { StepProblem, Value } from './value.ts'

/*
 * A mapping as readMapping proves it: every target is a term, every name of a table exists, every size is bounded. It is data that
 * apply.ts walks; nothing in it was ever code.
 */

/** How one ERP's invoices become invoices of the model. */
export interface Mapping {
  readonly name: string | undefined
  readonly source: Source
  readonly tables: ReadonlyMap<string, Table>
  readonly invoice: GroupPlan
  readonly samples: readonly Sample[]
}

/** An ERP's codes and what each means; several fields when one code says several terms (VAT category and rate). */
export type Table = ReadonlyMap<string, string | Readonly<Record<string, string>>>

/** What numbers and dates look like where nothing else is said. */
export interface Formats {
  /** The decimal separator. */
  readonly decimal: '.' | ','
  /** Between thousands; blanks are always allowed. */
  readonly grouping: string
  /** `DD/MM/YYYY`. */
  readonly dates: string
}

export type Source = JsonSource | CsvSource

export interface JsonSource {
  readonly kind: 'json'
  /** One document, or one value per line. */
  readonly lines: boolean
  /** The keys that lead to the list of invoices, or to the one invoice. */
  readonly invoices: readonly string[]
  readonly formats: Formats
  /** Paths nobody wants to hear about. */
  readonly ignored: ReadonlySet<string>
  /** Every path the mapping reads, from the invoice, `*` for a position. */
  readonly used: ReadonlySet<string>
}

export interface CsvSource {
  readonly kind: 'csv'
  readonly delimiter: string
  /** '' when nothing is quoted. */
  readonly quote: string
  readonly encoding: Encoding
  /** Lines before the first that counts. */
  readonly skip: number
  /** header: the first row names the columns. numbers: they are called #1, #2, … names: by type of row, `''` for all. */
  readonly columns: 'header' | 'numbers' | ReadonlyMap<string, readonly string[]>
  readonly rows: Rows
  readonly formats: Formats
  readonly ignored: ReadonlySet<string>
  /** Every column the mapping reads, by type of row ('' where rows have none). */
  readonly used: ReadonlyMap<string, ReadonlySet<string>>
  /** Columns read for the whole invoice: they must say the same in each of its rows. */
  readonly shared: ReadonlySet<string>
}

export type Encoding = 'utf-8' | 'utf-16' | 'windows-1252'

/**
 * single: a row is an invoice. grouped: rows with the same key are one; scattered ones are gathered in memory.
 * records: a row of one type begins an invoice, those of other types belong to it.
 */
export type Rows =
  | { readonly kind: 'single' }
  | { readonly kind: 'grouped'; readonly key: readonly string[]; readonly scattered: boolean }
  | { readonly kind: 'records'; readonly type: string; readonly invoice: string; readonly others: ReadonlySet<string> }

/** What fills one group of the model, in the order of the mapping. */
export interface GroupPlan {
  readonly leaves: readonly LeafPlan[]
  readonly lists: readonly ListPlan[]
}

export interface LeafPlan {
  /** Keys from the group down to the term; and as a JSON pointer. */
  readonly path: readonly string[]
  readonly pointer: string
  readonly leaf: Leaf
  readonly expression: Expression
}

export interface ListPlan {
  readonly path: readonly string[]
  readonly entry: Entry
  readonly parts: readonly ItemPlan[]
}

/** One part of a list: an item, or one for each of what the source repeats. */
export interface ItemPlan {
  readonly each: string | undefined
  readonly condition: Condition | undefined
  /** An item equal to an earlier one is left out. */
  readonly distinct: boolean
  readonly fields: GroupPlan
}

/** item: what is being looped over, else the invoice. document: the whole JSON document. */
export type Scope = 'item' | 'invoice' | 'document'

export interface Expression {
  readonly origin: Origin
  readonly steps: readonly Step[]
  /** When there is no value. */
  readonly fallback: Expression | undefined
}

export type Origin =
  | Reference
  | { readonly kind: 'constant'; readonly text: string }
  /** 1 for the first item of a list, and so on. */
  | { readonly kind: 'position' }
  | { readonly kind: 'template'; readonly parts: readonly (string | Reference)[] }
  | { readonly kind: 'join'; readonly parts: readonly Expression[]; readonly by: string }
  | { readonly kind: 'first'; readonly options: readonly Expression[] }
  | { readonly kind: 'when'; readonly cases: readonly Case[]; readonly otherwise: Expression | undefined }
  | {
      readonly kind: 'sum'
      readonly of: Expression
      readonly each: string
      readonly condition: Condition | undefined
    }

/** A column, or a path in JSON. */
export interface Reference {
  readonly kind: 'from'
  readonly scope: Scope
  readonly name: string
  /** JSON: the name as keys. */
  readonly keys: readonly string[]
  /** CSV: where the column is, when its name is a number; the first is 0. */
  readonly column: number | undefined
}

interface Case {
  readonly condition: Condition
  readonly use: Expression
}

export type Condition =
  | { readonly kind: 'all' | 'any'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'exists'; readonly value: Expression; readonly wanted: boolean }
  | {
      readonly kind: 'compare'
      readonly value: Expression
      readonly operator: string
      readonly operands: readonly string[]
    }

/** One transformation, ready to run. */
export interface Step {
  readonly name: string
  run(value: Value, formats: Formats): Value | StepProblem
}

/** A source and what must become of it. */
export interface Sample {
  readonly name: string
  /** The text itself, or the name of a file beside the mapping. */
  readonly source: { readonly text: string } | { readonly file: string }
  /** One for each invoice; whole invoices, or pointers and their values. */
  readonly expect: readonly Expected[]
}

export type Expected =
  | { readonly kind: 'whole'; readonly json: unknown }
  | { readonly kind: 'chosen'; readonly values: ReadonlyMap<string, unknown> }
