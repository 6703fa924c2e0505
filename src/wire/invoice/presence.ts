import { type Path, type Report, pointerOf, titleOf } from './finding.ts'
import type { InvoiceDraft } from './model.ts'
import type { Entry, Group } from './table.ts'
import { invoiceFields } from './terms.ts'

type Bag = Readonly<Record<string, unknown>>

/**
 * Everything the table demands is there, in every group that is there. A value that was refused is not reported again as missing.
 * `derivedToo: false` passes over what is computed: when it is missing, so is what it is computed from.
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
  for (const [key, entry] of Object.entries(fields)) {
    const value = bag[key]
    if (value === undefined) checkMissing(key, entry, context)
    else if (entry.shape === 'one') checkFields(entry.fields, value as Bag, within(context, key))
    else if (entry.shape === 'many') checkItems(key, entry, { items: value as readonly Bag[], context })
  }
}

function checkItems(key: string, entry: Group, { items, context }: { items: readonly Bag[]; context: Context }): void {
  if (items.length === 0) checkMissing(key, entry, context)
  for (const [index, item] of items.entries()) checkFields(entry.fields, item, within(context, key, index))
}

function checkMissing(key: string, entry: Entry, context: Context): void {
  const { report, derivedToo } = context
  if (entry.missing === undefined && !(entry.shape === 'one' && entry.required)) return
  if (entry.derived && !derivedToo) return
  const path = [...context.path, key]
  if (report.refused.has(pointerOf(path))) return
  if (entry.missing !== undefined) report.fatal(entry.missing, path, `${titleOf(path)} is missing`)
  else if (entry.shape === 'one') checkFields(entry.fields, {}, within(context, key))
}

function within(context: Context, ...steps: Path): Context {
  return { ...context, path: [...context.path, ...steps] }
}
