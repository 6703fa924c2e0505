import { type Finding, type Path, Report } from './finding.ts'
import type { Invoice } from './model.ts'
import { type LeafBinding, type Plan, plans } from './plan.ts'
import { isCreditNote, isExtended } from './profiles.ts'
import type { Syntax } from './syntax.ts'
import type { Entry, Group, Leaf } from './table.ts'
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
  if (syntax === 'cii') {
    walk.checkPaymentTerms(invoice)
    warnOfSecond(invoice.precedingInvoices, ['precedingInvoices', 1], walk.report)
    for (const [index, line] of invoice.lines.entries()) {
      warnOfSecond(line.precedingInvoices, ['lines', index, 'precedingInvoices', 1], walk.report)
    }
  }
  return walk.report.findings(language)
}

function warnOfSecond(preceding: readonly unknown[] = [], path: Path, report: Report): void {
  if (preceding.length > 1) report.warn('cii.cannot-carry', path, { text: 'cannot-carry/preceding' })
}

class Walk {
  readonly report = new Report()
  private readonly plan: Plan
  private readonly invoice: Bag
  private readonly isExtended: boolean
  /** Values of shared terms that an item before this one has. */
  private readonly said = new Map<LeafBinding, string>()

  constructor(plan: Plan, invoice: Invoice) {
    this.plan = plan
    this.invoice = invoice as unknown as Bag
    this.isExtended = isExtended(invoice)
  }

  /** The first payment terms of a document are those of BT-20 and BT-9: without them, another one would be taken for them. */
  checkPaymentTerms({ furtherPaymentTerms = [], ...invoice }: Invoice): void {
    const { paymentTerms, dueDate, partialPaymentAmount, paymentDiscount, paymentPenalty } = invoice
    const first = [paymentTerms, dueDate, partialPaymentAmount, paymentDiscount, paymentPenalty]
    if (furtherPaymentTerms.length > 0 && first.every(term => term === undefined)) {
      this.lost(['furtherPaymentTerms'], reasons.noGroup)
    }
  }

  group(fields: Group['fields'], bag: Bag, path: Path): void {
    for (const [key, value] of Object.entries(bag)) {
      const entry = fields[key]
      if (entry === undefined || value === undefined) continue
      const at = [...path, key]
      if (entry.ublExtendedOnly && this.plan.syntax.name === 'ubl' && !this.isExtended) {
        this.lost(at, reasons.noPlace)
        continue
      }
      if (entry.shape === 'leaf') {
        const reason = isPrefix(key, fields)
          ? this.prefixObstacle(entry, key, { fields, bag })
          : this.isOverflow(key, fields, bag)
            ? undefined
            : this.obstacle(entry, bag)
        if (reason !== undefined) this.lost(at, reason)
      } else if (entry.shape === 'one') {
        this.group(entry.fields, value as Bag, at)
      } else {
        for (const [index, item] of (value as readonly Bag[]).entries()) this.group(entry.fields, item, [...at, index])
      }
    }
  }

  /** It stands where the second place of its sibling is, when the sibling stands in the first. */
  private isOverflow(key: string, fields: Group['fields'], bag: Bag): boolean {
    const [of, leaf] = Object.entries(fields).find(entry => isOverflowOf(key, entry[1])) ?? []
    const value = of === undefined ? undefined : bag[of]
    if (leaf?.shape !== 'leaf' || typeof value !== 'string') return false
    return this.plan.syntax.name === 'cii' && (leaf.ciiFirstIf?.test(value) ?? true)
  }

  private obstacle(leaf: Leaf, bag: Bag): Text | undefined {
    const binding = this.plan.bindings.get(leaf)
    if (binding === undefined) return reasons.noPlace
    const { sharedBy, standsIn, attributeOf, slot, key } = binding
    const element = attributeOf?.binding
    if (element?.slot === slot && bag[element.key] === undefined) return reasons.noPlace
    if (this.plan.syntax.name === 'ubl' && leaf.prefixedBy !== undefined && bag[leaf.prefixedBy] === undefined) {
      if (/^#[^#]{3}#/.test(String(bag[key]))) return reasons.likeCode
    }
    if (standsIn !== undefined && ((this.invoice[standsIn.key] as readonly Bag[] | undefined) ?? []).length === 0) {
      return reasons.noGroup
    }
    if (sharedBy === undefined) return undefined
    const value = String(bag[key])
    const before = this.said.get(binding) ?? value
    this.said.set(binding, before)
    return before === value ? undefined : reasons.oneForAll
  }

  /** Without a place of its own it stands before the text, and is known there by its length. */
  private prefixObstacle(
    leaf: Leaf,
    key: string,
    { fields, bag }: { fields: Group['fields']; bag: Bag },
  ): Text | undefined {
    if (this.plan.bindings.has(leaf)) return undefined
    const [before = ''] =
      Object.entries(fields).find(([, entry]) => entry.shape === 'leaf' && entry.prefixedBy === key) ?? []
    if (bag[before] === undefined) return reasons.noPlace
    if (/^[^#]{3}$/.test(String(bag[key]))) return undefined
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

function isOverflowOf(key: string, entry: Entry): boolean {
  return entry.shape === 'leaf' && entry.ciiOverflow === key
}

function isPrefix(key: string, fields: Group['fields']): boolean {
  return Object.values(fields).some(entry => entry.shape === 'leaf' && entry.prefixedBy === key)
}
