import { type Finding, type Path, Report } from './finding.ts'
import type { Invoice } from './model.ts'
import { type LeafBinding, type Plan, plans } from './plan.ts'
import { isCreditNote } from './profiles.ts'
import type { Syntax } from './syntax.ts'
import type { Group, Leaf } from './table.ts'
import { invoiceFields } from './terms.ts'
import type { FindingLanguage, Text } from './text.ts'

type Bag = Readonly<Record<string, unknown>>

/**
 * What writeUbl or writeCii leaves out of this invoice, as fatal findings `ubl.cannot-carry` and `cii.cannot-carry`; as a warning,
 * what only the newer CII (D22B) carries. None: reading what was written gives every term again
 * (and what the schema demands beside them).
 */
export function cannotCarry(
  invoice: Invoice,
  syntax: Syntax['name'],
  language: FindingLanguage = 'en',
): readonly Finding[] {
  const root = syntax === 'cii' ? 'CrossIndustryInvoice' : isCreditNote(invoice.typeCode) ? 'CreditNote' : 'Invoice'
  const walk = new Walk(plans[root], invoice)
  walk.group(invoiceFields, invoice as unknown as Bag, [])
  if (syntax === 'cii' && (invoice.precedingInvoices ?? []).length > 1) {
    walk.report.warn('cii.cannot-carry', ['precedingInvoices', 1], { text: 'cannot-carry/preceding' })
  }
  return walk.report.findings(language)
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

  private obstacle(leaf: Leaf, bag: Bag): Text | undefined {
    const binding = this.plan.bindings.get(leaf)
    if (binding === undefined) return reasons.noPlace
    const { sharedBy, outerOf, key } = binding
    if (this.plan.syntax.name === 'ubl' && leaf.prefixedBy !== undefined && bag[leaf.prefixedBy] === undefined) {
      if (/^#[^#]{3}#/.test(String(bag[key]))) return reasons.likeCode
    }
    if (outerOf !== undefined && ((this.invoice[outerOf.key] as readonly Bag[] | undefined) ?? []).length === 0) {
      return reasons.noGroup
    }
    if (sharedBy === undefined) return undefined
    const value = String(bag[key])
    const before = this.said.get(binding) ?? value
    this.said.set(binding, before)
    return before === value ? undefined : reasons.oneForAll
  }

  /** Without a place of its own it stands before the text, and is known there by its length. */
  private prefixObstacle(leaf: Leaf, value: unknown): Text | undefined {
    if (this.plan.bindings.has(leaf) || /^[^#]{3}$/.test(String(value))) return undefined
    return reasons.notThree
  }

  private lost(path: Path, reason: Text): void {
    const { name, rules } = this.plan.syntax
    this.report.fatal(rules.cannotCarry, path, {
      text: 'cannot-carry',
      values: { syntax: name.toUpperCase(), reason },
    })
  }
}

const reasons = {
  noPlace: { en: 'it has no place', fr: 'elle n’y a pas de place' },
  likeCode: { en: 'it begins like a subject code', fr: 'le texte commence comme un code de sujet' },
  noGroup: { en: 'the group it stands in is missing', fr: 'le groupe qui la contient est absent' },
  oneForAll: {
    en: 'the document has one for all, and it is another one',
    fr: 'le document n’en porte qu’une pour tous, et elle diffère',
  },
  notThree: { en: 'it does not have three characters', fr: 'le code ne compte pas trois caractères' },
} as const satisfies Record<string, Text>

function isPrefix(key: string, fields: Group['fields']): boolean {
  return Object.values(fields).some(entry => entry.shape === 'leaf' && entry.prefixedBy === key)
}
