import type { FindingLanguage, Leaf } from '../invoice/index.ts'
import { type MappingIssue, type Scene, evaluate, isMet, newWork, note } from './evaluate.ts'
import type { Expression, GroupPlan, ItemPlan, LeafPlan, ListPlan, Mapping } from './mapping.ts'
import { readCsvUnits } from './source-csv.ts'
import { readJsonUnits } from './source-json.ts'
import type { SourceOctets, Unit } from './source.ts'
import { StepProblem, type Value, readDay, readNumber } from './value.ts'

/** One invoice as the mapping makes it; whether it is a good one is for a report to say. */
export interface MappedInvoice {
  /** Where in the source: `lines 2 to 5`, `/invoices/3`. */
  readonly place: string
  /** In the JSON form of the model; may lack anything. */
  readonly json: Readonly<Record<string, unknown>>
  readonly issues: readonly MappingIssue[]
  /** Each VAT code of the source that became a category, and with which rate. */
  readonly taxCodes: readonly TaxCodeUse[]
  /** What the mapping does not read, by name, each with one value. */
  readonly unused: ReadonlyMap<string, string>
}

export interface TaxCodeUse {
  readonly code: string
  readonly category: string
  readonly rate: string
}

/**
 * The invoices of a source, one after the other; a CSV file is never in memory as a whole unless the mapping says that rows are
 * scattered. `language` is that of what is said of them. Throws SourceError when the source cannot be read, or is not what the mapping
 * is for.
 */
export async function* applyMapping(
  mapping: Mapping,
  octets: SourceOctets,
  language: FindingLanguage = 'en',
): AsyncGenerator<MappedInvoice> {
  const { source } = mapping
  const units = source.kind === 'csv' ? readCsvUnits(octets, source) : readJsonUnits(octets, source)
  for await (const unit of units) yield mapUnit(unit, mapping, language)
}

type Bag = Record<string, unknown>

/** A scene, and what is collected for the whole invoice. */
interface Context extends Scene {
  readonly taxCodes: TaxCodeUse[]
}

function mapUnit(
  { place, invoice, document, issues, unused }: Unit,
  { invoice: plan, source }: Mapping,
  language: FindingLanguage,
): MappedInvoice {
  const context: Context = {
    item: invoice,
    invoice,
    document,
    position: 1,
    formats: source.formats,
    language,
    issues: issues.map(({ code, value, source: from, message }) => ({
      code,
      pointer: '',
      source: from[language],
      value,
      message: message[language],
    })),
    work: newWork(),
    pointer: '',
    term: '',
    reads: [],
    taxCodes: [],
  }
  const json = fillGroup(plan, context)
  return { place: place[language], json, issues: context.issues, taxCodes: context.taxCodes, unused }
}

function fillGroup({ leaves, lists }: GroupPlan, context: Context): Bag {
  const bag: Bag = {}
  const codes: string[] = []
  for (const plan of leaves) {
    const before = context.reads.length
    context.term = plan.pointer
    const value = leafValue(plan, context)
    if (value === undefined) continue
    put(bag, plan.path, value)
    if (vatCategoryTerms.has(plan.leaf.term)) codes.push(context.reads.slice(before).join(' '))
  }
  for (const plan of lists) {
    const items = listItems(plan, context)
    if (items.length > 0) put(bag, plan.path, items)
  }
  noteTaxCode(bag, codes, context)
  return bag
}

function put(bag: Bag, path: readonly string[], value: unknown): void {
  let inner = bag
  for (const key of path.slice(0, -1)) inner = (inner[key] ??= {}) as Bag
  inner[path.at(-1) ?? ''] = value
}

/* ── Terms ─────────────────────────────────────────────────────────────────────────────────── */

function leafValue({ leaf, expression }: LeafPlan, context: Context): string | undefined {
  const value = evaluate(expression, context)
  return value === undefined ? undefined : inForm(value, leaf, { expression, context })
}

/** A value that no step has converted is read with the formats of the source. */
function inForm(
  value: Value,
  { kind }: Leaf,
  { expression, context }: { readonly expression: Expression; readonly context: Context },
): string | undefined {
  if (kind === 'text' || kind === 'code' || kind === 'base64') return value.text
  const read = kind === 'date' ? readDay(value, context.formats.dates) : readNumber(value, context.formats)
  if (read instanceof StepProblem) return note(read, expression, { scene: context, value })
  return String(read)
}

/* ── Lists ─────────────────────────────────────────────────────────────────────────────────── */

function listItems({ path, parts }: ListPlan, context: Context): readonly Bag[] {
  const items: Bag[] = []
  const list = `${context.pointer}/${path.join('/')}/`
  for (const part of parts) {
    const sources = part.each === undefined ? [context.item] : context.item.each(part.each)
    for (const item of sources) {
      const filled = itemOf(part, { ...context, item, position: items.length + 1, pointer: list + items.length })
      if (filled !== undefined) items.push(filled)
    }
  }
  const distinct = parts.some(part => part.distinct)
  return distinct ? [...new Map(items.map(item => [JSON.stringify(item), item])).values()] : items
}

/** undefined when the condition does not hold, or nothing of the source is in it although it asks for something. */
function itemOf({ each, condition, fields }: ItemPlan, context: Context): Bag | undefined {
  if (condition !== undefined && !isMet(condition, context)) return undefined
  const inner = { ...context, reads: [] }
  const issuesBefore = context.issues.length
  const filled = fillGroup(fields, inner)
  if (inner.reads.length > 0) context.reads.push('')
  if (Object.keys(filled).length === 0) return undefined
  const asked = each === undefined && fields.leaves.some(({ expression }) => asksSource(expression))
  return asked && inner.reads.length === 0 && context.issues.length === issuesBefore ? undefined : filled
}

function asksSource({ origin, fallback }: Expression): boolean {
  return (origin.kind !== 'constant' && origin.kind !== 'position') || (fallback !== undefined && asksSource(fallback))
}

/* ── VAT codes ─────────────────────────────────────────────────────────────────────────────── */

/** BT-151 of lines, BT-95 and BT-102 of allowances and charges, BT-118 of the breakdown. */
const vatCategoryTerms: ReadonlySet<string> = new Set(['BT-151', 'BT-95', 'BT-102', 'BT-118'])

function noteTaxCode(bag: Bag, codes: readonly string[], { taxCodes }: Context): void {
  const [code = ''] = codes
  const { category, rate = '' } = ((bag['vat'] ?? bag) as { category?: string; rate?: string }) ?? {}
  // A source that says S itself says so at every rate.
  if (code === '' || category === undefined || code === category) return
  taxCodes.push({ code, category, rate })
}
