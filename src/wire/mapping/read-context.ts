import { hint } from './nearest.ts'
import type { Reference, Scope, Source, Table } from './mapping.ts'
import { type Problems, escaped, keysOf } from './shape.ts'

/** The sources as JSON: its shape is proven. */
export type Bag = Readonly<Record<string, unknown>>

/** What is known while a mapping is read, and what is collected. */
export interface ReadContext {
  readonly problems: Problems
  readonly tables: ReadonlyMap<string, Table>
  readonly source: Source
  readonly usage: Usage
  readonly frame: Frame
  /** Inside an item of a list. */
  readonly listed: boolean
}

/** Where an expression stands: in the invoice itself, or in a loop. */
export interface Frame {
  /** CSV: the type of the rows that are looked at, '' where rows have none. */
  readonly rowType: string
  /** JSON: keys from the invoice down to the item, `*` for a position. */
  readonly path: readonly string[]
  readonly looping: boolean
}

/** What a mapping reads of the source. */
export interface Usage {
  /** CSV: columns by type of row. */
  readonly columns: Map<string, Set<string>>
  /** CSV: columns read for the whole invoice. */
  readonly shared: Set<string>
  /** CSV: types of rows that are looped over. */
  readonly rowTypes: Set<string>
  /** JSON: paths from the invoice. */
  readonly paths: Set<string>
  /** How many expressions there are. */
  expressions: number
}

/** The frame of the invoice itself. */
export function outermost(source: Source): Frame {
  const rowType = source.kind === 'csv' && source.rows.kind === 'records' ? source.rows.invoice : ''
  return { rowType, path: [], looping: false }
}

/** A reference of the mapping, noted as used. undefined, and a problem, when it cannot be one. */
export function refer(
  scope: Scope,
  name: string,
  { pointer, context }: { pointer: string; context: ReadContext },
): Reference {
  const { source, usage, frame, problems } = context
  const whole = outermost(source)
  if (source.kind === 'json') {
    const path = scope === 'item' ? [...frame.path, ...keysOf(name)] : keysOf(name)
    if (scope !== 'document') usage.paths.add(path.map(key => (/^\d+$/.test(key) ? '*' : escaped(key))).join('/'))
    return { kind: 'from', scope, name, keys: keysOf(name), column: undefined }
  }
  if (name === '') problems.add(pointer, 'is empty: it must be a column')
  if (scope === 'document') problems.add(pointer, 'is for JSON: a CSV file says nothing beside its rows')
  const rowType = scope === 'item' ? frame.rowType : whole.rowType
  checkColumn(name, rowType, { pointer, context })
  const used = usage.columns.get(rowType) ?? new Set()
  usage.columns.set(rowType, used.add(name))
  if (source.rows.kind === 'grouped' && (scope === 'invoice' || !frame.looping)) usage.shared.add(name)
  return { kind: 'from', scope, name, keys: [], column: columnNumber(name) }
}

/** A column that is named in the mapping itself is known before any file is. */
export function checkColumn(
  name: string,
  rowType: string,
  { pointer, context: { source, problems } }: { pointer: string; context: Pick<ReadContext, 'source' | 'problems'> },
): void {
  if (source.kind !== 'csv' || isColumnNumber(name) || source.columns === 'header') return
  if (source.columns === 'numbers') return problems.add(pointer, `must be a column number: #1, #2, …, and is "${name}"`)
  const names = source.columns.get(rowType) ?? source.columns.get('')
  if (names === undefined || names.includes(name)) return
  const where = rowType === '' ? '' : ` of rows ${rowType}`
  problems.add(pointer, `names the column "${name}", which is none of those${where}${hint(name, names)}`)
}

export function isColumnNumber(name: string): boolean {
  return columnNumber(name) !== undefined
}

/** `#1` is 0; undefined for a name. */
export function columnNumber(name: string): number | undefined {
  return /^#[1-9]\d{0,3}$/.test(name) ? Number(name.slice(1)) - 1 : undefined
}

/** The frame inside a loop; undefined, and a problem, when the source has no such loop here. */
export function loopFrame(each: string, { pointer, context }: { pointer: string; context: ReadContext }): Frame {
  const { source, frame, problems, usage } = context
  if (source.kind === 'json') {
    const path = [...frame.path, ...keysOf(each), '*']
    return { rowType: '', path, looping: true }
  }
  if (frame.looping) problems.add(pointer, 'is a loop in a loop, which rows of CSV cannot have')
  if (source.rows.kind !== 'records') {
    if (each !== 'rows') problems.add(pointer, 'must be "rows": the rows of the invoice')
    return { rowType: '', path: [], looping: true }
  }
  if (each === source.rows.invoice)
    problems.add(pointer, `is the type that begins an invoice: there is one row ${each}`)
  usage.rowTypes.add(each)
  return { rowType: each, path: [], looping: true }
}
