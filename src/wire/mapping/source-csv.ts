import { Readable, pipeline } from 'node:stream'
import { CsvError, type Parser, parse } from 'csv-parse'
import type { CsvSource, Reference, Rows } from './mapping.ts'
import { hint } from './nearest.ts'
import { columnNumber, isColumnNumber } from './read-context.ts'
import { type Item, SourceError, type SourceIssue, type SourceOctets, type Unit, textOf, unusedMax } from './source.ts'
import { plain, say } from './texts.ts'
import { type Value, valueOf } from './value.ts'

/** A longer row is an unclosed quote. */
const rowCharactersMax = 1_000_000
const rowsOfInvoiceMax = 100_000
/** Rows of scattered invoices are all in memory. */
const scatteredRowsMax = 1_000_000
/** Numbers of invoices that are remembered to notice rows that stand apart. */
const keysMax = 1_000_000

interface Row {
  readonly cells: readonly string[]
  /** The line in the file where the row ends. */
  readonly line: number
  readonly columns: Columns
}

interface Columns {
  readonly type: string
  readonly names: readonly string[]
  readonly positions: ReadonlyMap<string, number>
  /** For each position the name that is reported as unused, null for none; filled as cells are seen. */
  readonly unused: (string | null | undefined)[]
}

/** The invoices of a CSV file in the order of their first rows. Memory holds one at a time, unless rows are scattered. */
export async function* readCsvUnits(octets: SourceOctets, source: CsvSource): AsyncGenerator<Unit> {
  const rows = readRows(octets, source)
  switch (source.rows.kind) {
    case 'single':
      for await (const row of rows) yield unitOf([row], source, [])
      return
    case 'grouped':
      yield* source.rows.scattered ? gather(rows, source, source.rows) : group(rows, source, source.rows)
      return
    case 'records':
      yield* records(rows, source, source.rows)
  }
}

type Grouped = Extract<Rows, { kind: 'grouped' }>
type Records = Extract<Rows, { kind: 'records' }>

async function* group(rows: AsyncIterable<Row>, source: CsvSource, { key }: Grouped): AsyncGenerator<Unit> {
  const seen = new Set<string>()
  let current: Row[] = []
  let currentKey: string | undefined
  for await (const row of rows) {
    const rowKey = keyOf(row, key)
    if (rowKey !== currentKey) {
      if (current.length > 0) yield groupUnit(current, source, { key, seen })
      current = []
      currentKey = rowKey
    }
    current.push(row)
    checkCount(current)
  }
  if (current.length > 0) yield groupUnit(current, source, { key, seen })
}

function groupUnit(
  rows: readonly Row[],
  source: CsvSource,
  { key, seen }: { key: readonly string[]; seen: Set<string> },
): Unit {
  const [first] = rows
  const rowKey = first === undefined ? '' : keyOf(first, key)
  const issues: SourceIssue[] = []
  const text = (JSON.parse(rowKey) as string[]).join(' ')
  if (text.trim() === '') {
    issues.push({ code: 'row.no-key', source: plain(key.join(', ')), value: '', message: say('row.no-key') })
  } else if (seen.has(rowKey)) {
    issues.push({ code: 'row.apart', source: plain(key.join(', ')), value: text, message: say('row.apart') })
  }
  if (seen.size < keysMax) seen.add(rowKey)
  return unitOf(rows, source, issues)
}

async function* gather(rows: AsyncIterable<Row>, source: CsvSource, { key }: Grouped): AsyncGenerator<Unit> {
  const groups = new Map<string, Row[]>()
  let count = 0
  for await (const row of rows) {
    if (++count > scatteredRowsMax) throw tooLarge(`has more than ${scatteredRowsMax} rows, too many to be gathered`)
    const rowKey = keyOf(row, key)
    const known = groups.get(rowKey)
    if (known === undefined) groups.set(rowKey, [row])
    else known.push(row)
  }
  for (const found of groups.values()) {
    checkCount(found)
    yield groupUnit(found, source, { key, seen: new Set() })
  }
}

async function* records(rows: AsyncIterable<Row>, source: CsvSource, plan: Records): AsyncGenerator<Unit> {
  let current: Row[] = []
  for await (const row of rows) {
    if (row.columns.type === plan.invoice && current.length > 0) {
      yield recordsUnit(current, source, plan)
      current = []
    }
    current.push(row)
    checkCount(current)
  }
  if (current.length > 0) yield recordsUnit(current, source, plan)
}

/** Rows before the first invoice make one that has nothing, and says why. */
function recordsUnit(rows: readonly Row[], source: CsvSource, plan: Records): Unit {
  const type = rows[0]?.columns.type ?? ''
  if (type === plan.invoice) return unitOf(rows, source, [])
  const message = say('row.stray', { type: plan.invoice })
  return unitOf(rows, source, [{ code: 'row.stray', source: plain(plan.type), value: type, message }])
}

function checkCount(rows: readonly Row[]): void {
  if (rows.length > rowsOfInvoiceMax) throw tooLarge(`has an invoice of more than ${rowsOfInvoiceMax} rows`)
}

function tooLarge(what: string): SourceError {
  return new SourceError('source.too-large', `the file ${what}`)
}

function keyOf(row: Row, key: readonly string[]): string {
  return JSON.stringify(key.map(name => cellOf(row, name)?.trim() ?? ''))
}

/* ── An invoice of rows ────────────────────────────────────────────────────────────────────── */

function unitOf(rows: readonly Row[], source: CsvSource, issues: readonly SourceIssue[]): Unit {
  const [first, last] = [rows[0], rows.at(-1)]
  const [from, to] = [String(first?.line ?? 0), String(last?.line ?? 0)]
  const place = first === last ? say('line', { line: from }) : say('lines', { first: from, last: to })
  return {
    place,
    invoice: new RowItem(first, rows, source.rows.kind),
    document: undefined,
    issues: [...issues, ...rows.flatMap(tooManyCells), ...disagreements(rows, source)],
    unused: unusedOf(rows, source),
  }
}

const nothing: Pick<Row, 'cells' | 'columns'> = { cells: [], columns: columnsOf('', []) }

class RowItem implements Item {
  private readonly row: Row | undefined
  private readonly rows: readonly Row[]
  private readonly kind: Rows['kind']

  constructor(row: Row | undefined, rows: readonly Row[], kind: Rows['kind']) {
    this.row = row
    this.rows = rows
    this.kind = kind
  }

  value({ name, column }: Pick<Reference, 'name' | 'column'>): Value | undefined {
    const { cells, columns } = this.row ?? nothing
    const cell = cells[column ?? columns.positions.get(name) ?? -1]
    return cell === undefined ? undefined : valueOf(cell, false)
  }

  each(name: string): readonly Item[] {
    const wanted = this.kind === 'records' ? this.rows.filter(({ columns }) => columns.type === name) : this.rows
    return wanted.map(row => new RowItem(row, [], this.kind))
  }
}

function cellOf({ cells, columns }: Row, name: string): string | undefined {
  return cells[columnNumber(name) ?? columns.positions.get(name) ?? -1]
}

function tooManyCells({ cells, columns: { names }, line }: Row): readonly SourceIssue[] {
  if (names.length === 0 || cells.length <= names.length || cells.slice(names.length).every(cell => cell.trim() === ''))
    return []
  const value = cells.slice(names.length).join(' ')
  const at = { line: String(line) }
  const message = say('row.cells', { ...at, cells: String(cells.length), names: String(names.length) })
  return [{ code: 'row.cells', source: say('line', at), value, message }]
}

/** A column of the invoice that says something else further down. Empty cells say nothing. */
function disagreements(rows: readonly Row[], { shared }: CsvSource): readonly SourceIssue[] {
  const [first, ...others] = rows
  if (first === undefined || others.length === 0) return []
  const issues: SourceIssue[] = []
  for (const name of shared) {
    const wanted = cellOf(first, name)?.trim()
    const other = others.find(row => {
      const cell = cellOf(row, name)?.trim() ?? ''
      return cell !== '' && cell !== wanted
    })
    if (other === undefined) continue
    const value = cellOf(other, name)?.trim() ?? ''
    const lines = { other: String(other.line), first: String(first.line) }
    const message = say('row.disagree', { ...lines, value: wanted ?? '' })
    issues.push({ code: 'row.disagree', source: plain(name), value, message })
  }
  return issues
}

function unusedOf(rows: readonly Row[], source: CsvSource): ReadonlyMap<string, string> {
  const unused = new Map<string, string>()
  for (const { cells, columns } of rows) {
    if (isUnusedType(columns.type, source)) {
      if (!source.ignored.has(columns.type)) unused.set(`rows ${columns.type}`, cells.join(' '))
      continue
    }
    for (let index = 0; index < cells.length; index++) {
      const shown = (columns.unused[index] ??= unusedName(index, columns, source))
      const cell = shown === null || unused.has(shown) ? '' : (cells[index] ?? '').trim()
      if (shown !== null && cell !== '' && unused.size < unusedMax) unused.set(shown, cell)
    }
  }
  return unused
}

function isUnusedType(type: string, { rows }: CsvSource): boolean {
  return rows.kind === 'records' && type !== rows.invoice && !rows.others.has(type)
}

/** null for a column that is read, tells the type of the row, or is ignored. */
function unusedName(index: number, { type, names }: Columns, { used, ignored, rows }: CsvSource): string | null {
  const number = `#${index + 1}`
  const name = names[index] ?? number
  const shown = type === '' ? name : `${type} ${name}`
  const known = used.get(type)
  const isType = rows.kind === 'records' && (rows.type === name || rows.type === number)
  const isKnown = known?.has(name) === true || known?.has(number) === true
  return isType || isKnown || ignored.has(name) || ignored.has(shown) ? null : shown
}

/* ── Rows ──────────────────────────────────────────────────────────────────────────────────── */

async function* readRows(octets: SourceOctets, source: CsvSource): AsyncGenerator<Row> {
  const parser = openParser(octets, source)
  const known = new Map<string, Columns>()
  if (source.columns instanceof Map) {
    for (const [type, names] of source.columns) known.set(type, columnsOf(type, names))
  }
  const typeAt = typePosition(source)
  let headed = source.columns !== 'header'
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (!headed) {
        known.set('', headerOf(record, source))
        headed = true
        continue
      }
      if (record.every(cell => cell.trim() === '')) continue
      const type = typeAt === undefined ? '' : (record[typeAt] ?? '').trim()
      yield { cells: record, line: info.lines, columns: columnsFor(type, known) }
    }
  } catch (error) {
    throw explained(error)
  }
}

function openParser(octets: SourceOctets, { delimiter, quote, encoding, skip }: CsvSource): Parser {
  const parser = parse({
    delimiter,
    quote: quote === '' ? null : quote,
    escape: quote === '' ? null : quote,
    relax_column_count: true,
    // A quote inside a cell that does not begin with one is an inch sign.
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: rowCharactersMax,
    from_line: skip + 1,
    info: true,
  })
  // Whatever fails upstream destroys the parser, and so reaches whoever reads it.
  pipeline(Readable.from(textOf(octets, encoding)), parser, () => undefined)
  return parser
}

function explained(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error
  const message = `the file is no CSV as the mapping describes it: ${error.message}`
  return new SourceError(error.code === 'CSV_MAX_RECORD_SIZE' ? 'source.too-large' : 'source.csv', message, {
    cause: error,
  })
}

function columnsOf(type: string, names: readonly string[]): Columns {
  const positions = new Map<string, number>()
  for (const [index, name] of names.entries()) if (!positions.has(name)) positions.set(name, index)
  return { type, names, positions, unused: [] }
}

function columnsFor(type: string, known: Map<string, Columns>): Columns {
  const found = known.get(type)
  if (found !== undefined) return found
  const columns = { ...(known.get('') ?? columnsOf('', [])), type, unused: [] }
  // Types are few where they are types at all; a column of anything else is not remembered without end.
  if (known.size < 1000) known.set(type, columns)
  return columns
}

/** The name of a second column of one name gets its number, so that each can be asked for. */
function headerOf(record: readonly string[], { used }: CsvSource): Columns {
  const counts = new Map<string, number>()
  const names = record.map(cell => {
    const name = cell.trim()
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return count === 1 ? name : `${name} (${count})`
  })
  const columns = columnsOf('', names)
  const wanted = [...(used.get('') ?? [])].filter(name => !isColumnNumber(name) && !columns.positions.has(name))
  if (wanted.length === 0) return columns
  const described = wanted.slice(0, 20).map(name => `"${name}"${hint(name, names)}`)
  throw new SourceError('source.columns', `the file has no column ${described.join(', and no column ')}`)
}

function typePosition({ rows, columns }: CsvSource): number | undefined {
  if (rows.kind !== 'records') return undefined
  const names = columns instanceof Map ? [...columns.values()] : []
  return columnNumber(rows.type) ?? names[0]?.indexOf(rows.type)
}
