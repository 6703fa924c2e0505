import { type Finding, type Path, Report, titleOf } from './finding.ts'
import type { Invoice } from './model.ts'
import { type LeafBinding, type Plan, plans } from './plan.ts'
import { isCreditNote } from './profiles.ts'
import type { Syntax } from './syntax.ts'
import type { Group, Leaf } from './table.ts'
import { invoiceFields } from './terms.ts'

type Bag = Readonly<Record<string, unknown>>

/**
 * What writeUbl or writeCii leaves out of this invoice, as fatal findings `ubl.cannot-carry` and `cii.cannot-carry`; as a warning,
 * what only the newer CII (D22B) carries. None: reading what was written gives every term again
 * (and what the schema demands beside them).
 */
export function cannotCarry(invoice: Invoice, syntax: Syntax['name']): readonly Finding[] {
  const root = syntax === 'cii' ? 'CrossIndustryInvoice' : isCreditNote(invoice.typeCode) ? 'CreditNote' : 'Invoice'
  const walk = new Walk(plans[root], invoice)
  walk.group(invoiceFields, invoice as unknown as Bag, [])
  if (syntax === 'cii' && (invoice.precedingInvoices ?? []).length > 1) {
    const message =
      'More than one preceding invoice reference (BG-3) is in the schema of CII D22B, and not in that of D16B'
    walk.report.warn('cii.cannot-carry', ['precedingInvoices', 1], message)
  }
  return walk.report.findings
}

class Walk {
  readonly report = new Report()
  private readonly plan: Plan
  private readonly invoice: Bag
  /** Values of shared terms that an item before this one has. */
  private readonly said = new Map<LeafBinding, string>()

  constructor(plan: Plan, invoice: Invoice) {
    this.plan = plan
    this.invoice = invoice as unknown as Bag
  }

  group(fields: Group['fields'], bag: Bag, path: Path): void {
    for (const [key, value] of Object.entries(bag)) {
      const entry = fields[key]
      if (entry === undefined || value === undefined) continue
      const at = [...path, key]
      if (entry.shape === 'leaf') {
        const reason = isPrefix(key, fields) ? this.prefixObstacle(entry, bag[key]) : this.obstacle(entry, bag)
        if (reason !== undefined) this.lost(at, reason)
      } else if (entry.shape === 'one') {
        this.group(entry.fields, value as Bag, at)
      } else {
        for (const [index, item] of (value as readonly Bag[]).entries()) this.group(entry.fields, item, [...at, index])
      }
    }
  }

  private obstacle(leaf: Leaf, bag: Bag): string | undefined {
    const binding = this.plan.bindings.get(leaf)
    if (binding === undefined) return 'it has no place'
    const { sharedBy, outerOf, key } = binding
    if (this.plan.syntax.name === 'ubl' && leaf.prefixedBy !== undefined && bag[leaf.prefixedBy] === undefined) {
      if (/^#[^#]{3}#/.test(String(bag[key]))) return 'it begins like a subject code'
    }
    if (outerOf !== undefined && ((this.invoice[outerOf.key] as readonly Bag[] | undefined) ?? []).length === 0) {
      return 'the group it stands in is missing'
    }
    if (sharedBy === undefined) return undefined
    const value = String(bag[key])
    const before = this.said.get(binding) ?? value
    this.said.set(binding, before)
    return before === value ? undefined : 'the document has one for all, and it is another one'
  }

  /** Without a place of its own it stands before the text, and is known there by its length. */
  private prefixObstacle(leaf: Leaf, value: unknown): string | undefined {
    if (this.plan.bindings.has(leaf) || /^[^#]{3}$/.test(String(value))) return undefined
    return 'it does not have three characters'
  }

  private lost(path: Path, reason: string): void {
    const { name, rules } = this.plan.syntax
    this.report.fatal(rules.cannotCarry, path, `${titleOf(path)} cannot be carried by ${name.toUpperCase()}: ${reason}`)
  }
}

function isPrefix(key: string, fields: Group['fields']): boolean {
  return Object.values(fields).some(entry => entry.shape === 'leaf' && entry.prefixedBy === key)
}
