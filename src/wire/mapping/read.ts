import { builtInTables } from './built-in-tables.ts'
import type { CsvSource, Expected, Formats, JsonSource, Mapping, Rows, Sample, Source, Table } from './mapping.ts'
import { type Bag, type Usage, checkColumn, outermost, refer } from './read-context.ts'
import { readInvoicePlan } from './read-groups.ts'
import { mappingSchema } from './schema.ts'
import { type MappingProblem, Problems, checkShape, keysOf } from './shape.ts'
import { isDatePattern } from './value.ts'

/** A mapping that can be applied, or everything that is wrong with it. */
export type MappingReading = { readonly mapping: Mapping } | { readonly problems: readonly MappingProblem[] }

/** Nobody writes a longer one. */
const charactersMax = 5_000_000
const expressionsMax = 5000

/**
 * Reads a mapping document (already JSON.parsed): its shape against the published schema, then every target against the table of
 * terms, every table, column and step it names. Never throws for bad input; all problems come at once.
 */
export function readMapping(json: unknown): MappingReading {
  const problems = new Problems()
  checkShape(json, mappingSchema, problems)
  if (problems.list.length > 0) return { problems: problems.list }
  const bag = json as Bag
  const usage: Usage = { columns: new Map(), shared: new Set(), rowTypes: new Set(), paths: new Set(), expressions: 0 }
  const tables = readTables((bag['tables'] ?? {}) as Readonly<Record<string, Bag>>, problems)
  const source = readSource(bag['source'] as Bag, problems)
  const context = { problems, tables, source, usage, frame: outermost(source), listed: false }
  if (source.kind === 'csv') useKeys(source.rows, context)
  const invoice = readInvoicePlan(bag['invoice'] as Bag, context)
  if (usage.expressions > expressionsMax) problems.add('/invoice', `has more than ${expressionsMax} expressions`)
  const samples = readSamples((bag['samples'] ?? []) as readonly Bag[], problems)
  if (problems.list.length > 0) return { problems: problems.list }
  const name = bag['name'] as string | undefined
  return { mapping: { name, source: withUsage(source, usage), tables, invoice, samples } }
}

/** As readMapping, from the text of a file. */
export function parseMapping(text: string): MappingReading {
  if (text.length > charactersMax)
    return { problems: [{ pointer: '', message: `is longer than ${charactersMax} characters` }] }
  let json: unknown
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    return { problems: [{ pointer: '', message: `is no JSON: ${(error as Error).message}` }] }
  }
  return readMapping(json)
}

function readTables(bag: Readonly<Record<string, Bag>>, problems: Problems): ReadonlyMap<string, Table> {
  const tables = new Map<string, Table>(builtInTables())
  for (const [name, entries] of Object.entries(bag)) {
    if (name.startsWith('@')) problems.add(`/tables/${name}`, 'begins with @, as built-in tables do')
    else tables.set(name, new Map(Object.entries(entries as Readonly<Record<string, string>>)))
  }
  return tables
}

function readSource(bag: Bag, problems: Problems): Source {
  const formats = readFormats(bag, problems)
  const ignored = new Set((bag['ignore'] ?? []) as readonly string[])
  if (bag['kind'] === 'csv') return readCsvSource(bag, { formats, ignored, problems })
  const invoices = keysOf((bag['invoices'] ?? '') as string)
  return { kind: 'json', lines: bag['format'] === 'lines', invoices, formats, ignored, used: new Set() }
}

function readFormats(bag: Bag, problems: Problems): Formats {
  const { decimal = '.', grouping = '', dates = 'YYYY-MM-DD' } = bag as Partial<Formats>
  if (decimal === grouping) problems.add('/source/grouping', 'is the decimal separator too')
  if (!isDatePattern(dates)) problems.add('/source/dates', 'must name day, month and year once each: DD/MM/YYYY')
  return { decimal, grouping, dates }
}

interface SourceParts extends Pick<JsonSource, 'formats' | 'ignored'> {
  readonly problems: Problems
}

function readCsvSource(bag: Bag, { formats, ignored, problems }: SourceParts): CsvSource {
  const { delimiter = ';', quote = '"', encoding = 'utf-8', skip = 0 } = bag as Partial<CsvSource>
  if (/[\r\n]/.test(delimiter + quote)) problems.add('/source', 'has an end of line as delimiter or quote')
  if (delimiter === quote) problems.add('/source/quote', 'is the delimiter too')
  const rows = readRows(bag['rows'] as Bag)
  const columns = readColumns(bag['columns'] ?? 'header', problems)
  if (rows.kind === 'records' && columns === 'header') {
    problems.add(
      '/source/columns',
      'must be "numbers" or the names by type of row: rows of several types have no header',
    )
  }
  const none = { used: new Map(), shared: new Set<string>() }
  return { kind: 'csv', delimiter, quote, encoding, skip, columns, rows, formats, ignored, ...none }
}

function readRows(bag: Bag): Rows {
  const { kind, key, type, invoice, scattered } = bag
  if (kind === 'grouped') {
    const keys = (Array.isArray(key) ? key : [key]) as readonly string[]
    return { kind, key: keys, scattered: scattered === true }
  }
  if (kind !== 'records') return { kind: 'single' }
  return { kind, type: type as string, invoice: invoice as string, others: new Set() }
}

function readColumns(json: unknown, problems: Problems): CsvSource['columns'] {
  if (json === 'header' || json === 'numbers') return json
  if (typeof json === 'string') {
    problems.add('/source/columns', 'must be "header", "numbers" or names')
    return 'header'
  }
  if (Array.isArray(json)) return new Map([['', json as readonly string[]]])
  return new Map(Object.entries(json as Readonly<Record<string, readonly string[]>>))
}

function useKeys(rows: Rows, context: Parameters<typeof refer>[2]['context']): void {
  if (rows.kind === 'grouped') {
    const pointer = '/source/rows/key'
    for (const key of rows.key) refer('item', key, { pointer, context })
  }
  if (rows.kind === 'records' && !rows.type.startsWith('#')) {
    const { source } = context
    const types = source.kind === 'csv' && source.columns instanceof Map ? [...source.columns.keys()] : []
    for (const type of types) checkColumn(rows.type, type, { pointer: '/source/rows/type', context })
    // The column is looked at before it is known whose names count.
    const positions = new Set(types.map(type => columnNames(source, type).indexOf(rows.type)))
    if (positions.size > 1) context.problems.add('/source/rows/type', 'stands in another place for each type of row')
  }
}

function columnNames(source: Source, type: string): readonly string[] {
  return source.kind === 'csv' && source.columns instanceof Map ? (source.columns.get(type) ?? []) : []
}

function withUsage(source: Source, { columns, shared, rowTypes, paths }: Usage): Source {
  if (source.kind === 'json') return { ...source, used: paths }
  const { rows } = source
  return {
    ...source,
    used: columns,
    shared,
    rows: rows.kind === 'records' ? { ...rows, others: rowTypes } : rows,
  }
}

function readSamples(list: readonly Bag[], problems: Problems): readonly Sample[] {
  return list.map((bag, index) => {
    const { name = `sample ${index + 1}`, source, expect } = bag
    const pointer = `/samples/${index}`
    const expected = (Array.isArray(expect) ? expect : [expect]) as readonly Bag[]
    return {
      name: name as string,
      source: typeof source === 'string' ? { text: source } : (source as { file: string }),
      expect: expected.map((one, at) => readExpected(one, `${pointer}/expect/${at}`, problems)),
    }
  })
}

function readExpected(bag: Bag, pointer: string, problems: Problems): Expected {
  const pointers = Object.keys(bag).filter(key => key.startsWith('/'))
  if (pointers.length === 0) return { kind: 'whole', json: bag }
  if (pointers.length < Object.keys(bag).length) problems.add(pointer, 'mixes JSON pointers with keys of the model')
  return { kind: 'chosen', values: new Map(Object.entries(bag)) }
}
