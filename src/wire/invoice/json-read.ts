import { type Decimal, decimalOfNumber } from './decimal.ts'
import type { Report } from './finding.ts'
import type { InvoiceDraft } from './model.ts'
import { isOneLine } from './one-line.ts'
import type { Entry, Group, Leaf } from './table.ts'
import { invoiceFields } from './terms.ts'
import type { Text } from './text.ts'
import { ValueProblem, quoted, readValue } from './values.ts'

type Bag = Record<string, unknown>

/** Reads what fits the model and reports everything that does not; nothing is guessed. */
export function readJsonDraft(json: unknown, report: Report): InvoiceDraft {
  return readGroup(json, { fields: invoiceFields, path: [], report }) ?? {}
}

interface Context {
  readonly fields: Group['fields']
  /** One path for the whole walk, longer and shorter as it goes: nearly no value needs to be told where it is. */
  readonly path: (string | number)[]
  readonly report: Report
}

function readGroup(json: unknown, { fields, path, report }: Context): Bag | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    report.refuse('json.type', [...path], { values: { wanted: jsonTypes.object, found: typeName(json) } })
    return undefined
  }
  const bag: Bag = {}
  for (const key of Object.keys(json)) {
    path.push(key)
    const entry = Object.hasOwn(fields, key) ? fields[key] : undefined
    if (entry === undefined) {
      report.refuse('json.unknown-field', [...path], report.isFull ? {} : unknownField(key, fields))
    } else {
      const read = readEntry((json as Bag)[key], entry, { path, report })
      if (read !== undefined) bag[key] = read
    }
    path.pop()
  }
  return bag
}

function readEntry(json: unknown, entry: Entry, { path, report }: Omit<Context, 'fields'>): unknown {
  if (entry.shape === 'leaf') return readLeaf(json, entry, { path, report })
  if (entry.shape === 'one') return readGroup(json, { fields: entry.fields, path, report })
  if (!Array.isArray(json)) {
    report.refuse('json.type', [...path], { values: { wanted: jsonTypes.array, found: typeName(json) } })
    return undefined
  }
  // A refused item leaves an empty one, so that the positions of the others still are those of the author.
  return json.map((item, index) => {
    path.push(index)
    const read = readGroup(item, { fields: entry.fields, path, report }) ?? {}
    path.pop()
    return read
  })
}

function readLeaf(json: unknown, leaf: Leaf, { path, report }: Omit<Context, 'fields'>): string | Decimal | undefined {
  const value = isNumeric(leaf) && typeof json === 'number' ? readNumber(json) : readString(json, leaf)
  if (!(value instanceof ValueProblem))
    return typeof value === 'string' || leaf.kind !== 'amount' ? value : value.padded(2)
  report.refuse(value.rule, [...path], value)
  return undefined
}

function isNumeric({ kind }: Leaf): boolean {
  return kind === 'amount' || kind === 'price' || kind === 'quantity' || kind === 'percentage'
}

function readNumber(json: number): Decimal | ValueProblem {
  return decimalOfNumber(json) ?? new ValueProblem('value.amount', 'value.amount/number', { value: String(json) })
}

function readString(json: unknown, leaf: Leaf): string | Decimal | ValueProblem {
  if (typeof json !== 'string') {
    const wanted = isNumeric(leaf) ? jsonTypes.stringOrNumber : jsonTypes.string
    return new ValueProblem('json.type', 'json.type', { wanted, found: typeName(json) })
  }
  const text = json.trim()
  if (text === '') return new ValueProblem('value.text', 'value.text/empty')
  if (hasForbiddenCharacter(text)) {
    return new ValueProblem('value.text', 'value.text/character')
  }
  if (/[\t\n\r]/.test(text) && isOneLine(leaf)) return new ValueProblem('value.text', 'value.text/lines')
  return readValue(text, leaf.kind)
}

// Outside the Char production of XML 1.0; such a text could not be written in any syntax.
// oxlint-disable-next-line no-control-regex
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/

function hasForbiddenCharacter(text: string): boolean {
  return forbidden.test(text) || !text.isWellFormed()
}

const jsonTypes = {
  null: { en: 'null', fr: 'null' },
  object: { en: 'an object', fr: 'objet' },
  array: { en: 'an array', fr: 'tableau' },
  string: { en: 'a string', fr: 'chaîne' },
  number: { en: 'a number', fr: 'nombre' },
  boolean: { en: 'a boolean', fr: 'booléen' },
  stringOrNumber: { en: 'a string or a number', fr: 'chaîne ou nombre' },
} as const satisfies Record<string, Text>

/** JSON has no other types; what JavaScript has beside them is called an object. */
function typeName(json: unknown): Text {
  if (json === null) return jsonTypes.null
  if (Array.isArray(json)) return jsonTypes.array
  const type = typeof json
  return type === 'string' || type === 'number' || type === 'boolean' ? jsonTypes[type] : jsonTypes.object
}

function unknownField(key: string, fields: Group['fields']) {
  const known = Object.keys(fields)
  const nearest = known
    .map(name => ({ name, distance: editDistance(key.toLowerCase().slice(0, 40), name.toLowerCase()) }))
    .reduce((best, next) => (next.distance < best.distance ? next : best))
  const near = nearest.distance <= Math.max(2, Math.ceil(nearest.name.length / 3))
  const values = { field: quoted(key), near: nearest.name }
  return near ? { values } : ({ text: 'json.unknown-field/far', values } as const)
}

/** Insertions, deletions and replacements that lead from one name to the other. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    previous = row
  }
  return previous[b.length] ?? 0
}
