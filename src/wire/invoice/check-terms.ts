import { type Report, pointerOf } from './finding.ts'
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

/*
 * Both walks go over all terms of every invoice that comes in. Rows are objects, not pairs, lists are counted through, and the path is one for
 * the whole walk, longer and shorter as it goes, because nearly no value needs to be told where it is: pairs, iterators and paths were
 * half of the garbage that the verdict on an ordinary invoice makes.
 */

interface Row {
  readonly key: string
  readonly entry: Entry
}

interface Walk {
  readonly path: (string | number)[]
  readonly report: Report
}

interface PresenceWalk extends Walk {
  readonly derivedToo: boolean
}

function checkFields(fields: Group['fields'], bag: Bag, walk: PresenceWalk): void {
  const { path } = walk
  const rows = demandsOf(fields)
  for (let at = 0; at < rows.length; at++) {
    const { key, entry } = rows[at] as Row
    const value = bag[key]
    if (value === undefined) {
      if (entry.demandedIf?.(bag) ?? true) checkMissing(key, entry, walk)
    } else if (entry.shape !== 'leaf') {
      path.push(key)
      if (entry.shape === 'one') checkFields(entry.fields, value as Bag, walk)
      else checkItems(entry, value as readonly Bag[], walk)
      path.pop()
    }
  }
}

const demands = new WeakMap<Group['fields'], readonly Row[]>()

/** The rows of a group that can be missing, or that something can be missing in; found out once for each. */
function demandsOf(fields: Group['fields']): readonly Row[] {
  const known = demands.get(fields)
  if (known !== undefined) return known
  const found = rowsOf(fields).filter(
    ({ entry }) => entry.missing !== undefined || (entry.shape !== 'leaf' && demandsOf(entry.fields).length > 0),
  )
  demands.set(fields, found)
  return found
}

function rowsOf(fields: Group['fields']): readonly Row[] {
  return Object.entries(fields).map(([key, entry]) => ({ key, entry }))
}

/** The path ends with the name of the group. */
function checkItems(entry: Group, items: readonly Bag[], walk: PresenceWalk): void {
  const { path, report } = walk
  if (items.length === 0) checkMissingAt(entry, walk)
  for (let index = 0; index < items.length; index++) {
    path.push(index)
    if (report.refused.size === 0 || !report.refused.has(pointerOf(path)))
      checkFields(entry.fields, items[index] ?? {}, walk)
    path.pop()
  }
}

function checkMissing(key: string, entry: Entry, walk: PresenceWalk): void {
  walk.path.push(key)
  checkMissingAt(entry, walk)
  walk.path.pop()
}

function checkMissingAt(entry: Entry, walk: PresenceWalk): void {
  const { path, report, derivedToo } = walk
  if (entry.missing === undefined && !(entry.shape === 'one' && entry.required)) return
  if (entry.derived === 'invoice' && !derivedToo) return
  if (report.refused.size > 0 && report.refused.has(pointerOf(path))) return
  if (entry.missing !== undefined) report.fatal(entry.missing, [...path], { text: 'missing' })
  else if (entry.shape === 'one') checkFields(entry.fields, {}, walk)
}

/** The rules that hang on one value: its code list and its decimals. */
export function checkValues(draft: InvoiceDraft, report: Report): void {
  checkGroupValues(invoiceFields, draft, { path: [], report })
}

function checkGroupValues(fields: Group['fields'], bag: Bag, walk: Walk): void {
  const { path } = walk
  const rows = limitsOf(fields)
  for (let at = 0; at < rows.length; at++) {
    const { key, entry } = rows[at] as Row
    const value = bag[key]
    if (value === undefined) continue
    path.push(key)
    if (entry.shape === 'leaf') checkValue(value, entry, walk)
    else if (entry.shape === 'one') checkGroupValues(entry.fields, value as Bag, walk)
    else checkItemValues(entry.fields, value as readonly Bag[], walk)
    path.pop()
  }
}

function checkItemValues(fields: Group['fields'], items: readonly Bag[], walk: Walk): void {
  for (let index = 0; index < items.length; index++) {
    walk.path.push(index)
    checkGroupValues(fields, items[index] ?? {}, walk)
    walk.path.pop()
  }
}

const limits = new WeakMap<Group['fields'], readonly Row[]>()

/** The rows of a group whose values have a list or a number of decimals, or that have such rows; found out once for each. */
function limitsOf(fields: Group['fields']): readonly Row[] {
  const known = limits.get(fields)
  if (known !== undefined) return known
  const found = rowsOf(fields).filter(({ entry }) =>
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
