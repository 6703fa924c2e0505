import { type Path, type Report, pointerOf } from './finding.ts'
import { Decimal } from './decimal.ts'
import type { InvoiceDraft } from './model.ts'
import type { Entry, Group, Leaf } from './table.ts'
import { invoiceFields } from './terms.ts'
import { quoted } from './values.ts'

type Bag = Readonly<Record<string, unknown>>

/**
 * Everything the table demands is there, in every group that is there. A value that was refused is not reported again as missing.
 * `derivedToo: false` passes over what is computed from the whole invoice: when it is missing, so is something else.
 */
export function checkPresence(draft: InvoiceDraft, report: Report, options = { derivedToo: true }): void {
  checkFields(invoiceFields, draft, { path: [], report, derivedToo: options.derivedToo })
}

interface Context {
  readonly path: Path
  readonly report: Report
  readonly derivedToo: boolean
}

function checkFields(fields: Group['fields'], bag: Bag, context: Context): void {
  for (const [key, entry] of demandsOf(fields)) {
    const value = bag[key]
    if (value === undefined) {
      if (entry.demandedIf?.(bag) ?? true) checkMissing(key, entry, context)
    } else if (entry.shape === 'one') checkFields(entry.fields, value as Bag, within(context, key))
    else if (entry.shape === 'many') checkItems(key, entry, { items: value as readonly Bag[], context })
  }
}

const demands = new WeakMap<Group['fields'], readonly (readonly [string, Entry])[]>()

/** The rows of a group that can be missing, or that something can be missing in; found out once for each. */
function demandsOf(fields: Group['fields']): readonly (readonly [string, Entry])[] {
  const known = demands.get(fields)
  if (known !== undefined) return known
  const found = Object.entries(fields).filter(
    ([, entry]) => entry.missing !== undefined || (entry.shape !== 'leaf' && demandsOf(entry.fields).length > 0),
  )
  demands.set(fields, found)
  return found
}

function checkItems(key: string, entry: Group, { items, context }: { items: readonly Bag[]; context: Context }): void {
  if (items.length === 0) checkMissing(key, entry, context)
  for (const [index, item] of items.entries()) {
    const inner = within(context, key, index)
    const { refused } = context.report
    if (refused.size === 0 || !refused.has(pointerOf(inner.path))) checkFields(entry.fields, item, inner)
  }
}

function checkMissing(key: string, entry: Entry, context: Context): void {
  const { report, derivedToo } = context
  if (entry.missing === undefined && !(entry.shape === 'one' && entry.required)) return
  if (entry.derived === 'invoice' && !derivedToo) return
  const path = [...context.path, key]
  if (report.refused.has(pointerOf(path))) return
  if (entry.missing !== undefined) report.fatal(entry.missing, path, { text: 'missing' })
  else if (entry.shape === 'one') checkFields(entry.fields, {}, within(context, key))
}

/** The rules that hang on one value: its code list and its decimals. */
export function checkValues(draft: InvoiceDraft, report: Report): void {
  checkGroupValues(invoiceFields, draft, { path: [], report })
}

/** One path for the whole walk, longer and shorter as it goes: nearly no value needs to be told where it is. */
interface Walk {
  readonly path: (string | number)[]
  readonly report: Report
}

function checkGroupValues(fields: Group['fields'], bag: Bag, walk: Walk): void {
  const { path } = walk
  for (const [key, entry] of limitsOf(fields)) {
    const value = bag[key]
    if (value === undefined) continue
    path.push(key)
    if (entry.shape === 'leaf') checkValue(value, entry, walk)
    else if (entry.shape === 'one') checkGroupValues(entry.fields, value as Bag, walk)
    else {
      for (const [index, item] of (value as readonly Bag[]).entries()) {
        path.push(index)
        checkGroupValues(entry.fields, item, walk)
        path.pop()
      }
    }
    path.pop()
  }
}

const limits = new WeakMap<Group['fields'], readonly (readonly [string, Entry])[]>()

/** The rows of a group whose values have a list or a number of decimals, or that have such rows; found out once for each. */
function limitsOf(fields: Group['fields']): readonly (readonly [string, Entry])[] {
  const known = limits.get(fields)
  if (known !== undefined) return known
  const found = Object.entries(fields).filter(([, entry]) =>
    entry.shape === 'leaf'
      ? entry.codes !== undefined || entry.decimals !== undefined
      : limitsOf(entry.fields).length > 0,
  )
  limits.set(fields, found)
  return found
}

function checkValue(value: unknown, leaf: Leaf, { path, report }: Walk): void {
  if (value instanceof Decimal) {
    if (leaf.decimals !== undefined && value.scale > 2) {
      report.fatal(leaf.decimals, [...path], { text: 'decimals', values: { value: value.toString() } })
    }
  } else if (
    leaf.codes !== undefined &&
    !leaf.codes.list.has(leaf.codes.rule === 'BR-CL-22' ? String(value).toUpperCase() : String(value))
  ) {
    report.fatal(leaf.codes.rule, [...path], { text: 'code', values: { value: quoted(String(value)) } })
  }
}

function within(context: Context, ...steps: Path): Context {
  return { ...context, path: [...context.path, ...steps] }
}
