import { type MappedInvoice, type Mapping, applyMapping, readMapping } from '../../../src/wire/mapping/index.ts'

/** The mapping of a JSON document that must be one. */
export function mappingOf(json: unknown): Mapping {
  const read = readMapping(json)
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  return read.mapping
}

/** `pointer message` of each problem. */
export function problemsOf(json: unknown): readonly string[] {
  const read = readMapping(json)
  return 'problems' in read ? read.problems.map(({ pointer, message }) => `${pointer} ${message}`) : []
}

export async function all(
  mapping: Mapping,
  source: string | Buffer | AsyncIterable<Uint8Array>,
): Promise<MappedInvoice[]> {
  const found: MappedInvoice[] = []
  for await (const one of applyMapping(mapping, typeof source === 'string' ? Buffer.from(source) : source))
    found.push(one)
  return found
}

/** A mapping of single rows with semicolons, with these targets. */
export function csvMapping(invoice: object, more: { readonly source?: object; readonly tables?: object } = {}): object {
  return {
    mapping: 1,
    source: { kind: 'csv', rows: { kind: 'single' }, ...more.source },
    ...(more.tables === undefined ? {} : { tables: more.tables }),
    invoice,
  }
}

/** What one expression makes of one row, as BT-13; or of a number, as BT-113. */
export async function valueOf(
  expression: unknown,
  row: Readonly<Record<string, string>>,
  {
    source = {},
    tables = {},
    target = '/purchaseOrderReference',
  }: { source?: object; tables?: object; target?: string } = {},
): Promise<{ value: unknown; issues: readonly string[] }> {
  const mapping = mappingOf(csvMapping({ [target]: expression }, { source, tables }))
  // A row of empty cells alone is no row.
  const text = `${Object.keys(row).join(';')};_\n${Object.values(row).join(';')};.\n`
  const [mapped] = await all(mapping, text)
  const value = target
    .split('/')
    .slice(1)
    .reduce<unknown>((bag, key) => (bag as Record<string, unknown> | undefined)?.[key], mapped?.json)
  return { value, issues: (mapped?.issues ?? []).map(({ code, message }) => `${code} ${message}`) }
}
