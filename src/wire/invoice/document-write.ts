import { escapeAttribute, escapeText } from '../xml/index.ts'
import { type Decimal, sum, zero } from './decimal.ts'
import { deriveGroups } from './derive.ts'
import type { Draft, Invoice, InvoiceLine, PartialInvoice, Partially, Price } from './model.ts'
import { type LeafBinding, type Plan, type PlanNode, type Slot, plans } from './plan.ts'
import { isCreditNote, isExtended } from './profiles.ts'
import type { DocumentRoot } from './syntax.ts'

type Bag = Readonly<Record<string, unknown>>
type Line = Partially<InvoiceLine>

/**
 * The invoice as UBL 2.1 in UTF-8: CreditNote for the credit note types, Invoice for the others, elements in the order of the
 * XSD, amounts as they are in the model. Throws XmlError `illegal-character` for a character that XML cannot hold.
 */
export function writeUbl(invoice: Invoice): Buffer {
  return write(invoice, isCreditNote(invoice.typeCode) ? 'CreditNote' : 'Invoice')
}

/** What writeCii writes of an invoice: all of it when nothing is said. */
export interface CiiOptions {
  /** BT-24 of the document, instead of the invoice's own. */
  readonly customization?: string
  /**
   * The terms to write, for profiles that have fewer: asked with `BT-31`, `EXT-FR-FE-162`, …; a part of a term such as the scheme
   * BT-30-1 goes with BT-30; EXT-FR-FE and EXT-FX stand for all extensions without one. Groups are written when a term in them is.
   */
  readonly only?: (term: string) => boolean
}

/**
 * The invoice as UN/CEFACT CrossIndustryInvoice in UTF-8, D16B and D22B alike; with more than one preceding invoice (BG-3) D22B only.
 * Throws as writeUbl. What CII has no place for is left out: cannotCarry() names it. Of an invoice that is not whole, what is there.
 */
export function writeCii(invoice: PartialInvoice, { customization, only }: CiiOptions = {}): Buffer {
  return write(customization === undefined ? invoice : { ...invoice, customization }, 'CrossIndustryInvoice', only)
}

function write(invoice: PartialInvoice, root: DocumentRoot, only?: (term: string) => boolean): Buffer {
  const plan = plans[root]
  const { rootName, declarations } = plan.syntax
  const body = new Writer(plan, completeFor(root, invoice), only).children(plan.root)
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<${rootName}${declarations}>${body}</${rootName}>\n`)
}

/** What the XSD demands beside terms that are there, computed as the standard does: BT-110, BT-147 and BT-148 are optional in it. */
function completeFor(root: DocumentRoot, invoice: PartialInvoice): PartialInvoice {
  const isCii = root === 'CrossIndustryInvoice'
  const priced = (invoice.lines ?? []).map(line => withPrice(line, isCii ? withGross : withDiscount))
  const lines = isCii ? priced : withNets(priced)
  const { totals, vatBreakdown = [] } = invoice
  if (isCii || totals?.vat !== undefined || vatBreakdown.length === 0) return { ...invoice, lines }
  // cac:TaxTotal with the breakdown in it must have its amount. [BR-CO-14]
  return { ...invoice, lines, totals: { ...totals, vat: sum(vatBreakdown.map(({ tax = zero }) => tax)) } }
}

/** The XSD of UBL demands a net amount in every line: of a group its parts' sum, of information nothing. */
function withNets(lines: readonly Line[]): readonly Line[] {
  if (lines.every(({ net }) => net !== undefined)) return lines
  const copies = lines.map(line => Object.assign({}, line) as Draft<InvoiceLine>)
  deriveGroups(copies)
  for (const line of copies) line.net ??= nothing
  return copies
}

function withPrice(line: Line, complete: (price: Partially<Price>) => Partially<Price>): Line {
  if (line.price === undefined) return line
  const price = complete(line.price)
  return price === line.price ? line : { ...line, price }
}

/** CII says a discount inside the gross price only. [EN 16931-1, BT-146] */
function withGross(price: Partially<Price>): Partially<Price> {
  const { net, gross, discount } = price
  return discount === undefined || net === undefined || gross !== undefined
    ? price
    : { ...price, gross: net.plus(discount) }
}

/** UBL says a gross price beside its discount only. */
function withDiscount(price: Partially<Price>): Partially<Price> {
  const { net, gross, discount } = price
  return gross === undefined || net === undefined || discount !== undefined
    ? price
    : { ...price, discount: gross.minus(net) }
}

/** `BT-30-1`, `EXT-FR-FE-06-1` */
const partOfTerm = /^((?:BT|BT-X|EXT-FR-FE)-\d+)-\d+$/

const nothing = zero.padded(2)

class Writer {
  private readonly plan: Plan
  private readonly current: (Bag | undefined)[]
  private readonly currencies: { readonly currency: string; readonly vatCurrency: string }
  private readonly number: string
  private readonly isExtended: boolean
  private readonly only: ((term: string) => boolean) | undefined
  /** Position in the innermost repeated group. */
  private position = 0

  constructor(plan: Plan, invoice: PartialInvoice, only: ((term: string) => boolean) | undefined) {
    this.plan = plan
    this.only = only
    this.isExtended = isExtended(invoice)
    this.current = Array.from({ length: plan.slotCount }, () => undefined)
    this.current[0] = invoice as unknown as Bag
    const { currency = '', vatCurrency = currency, number = '' } = invoice
    this.currencies = {
      currency: ` currencyID="${escapeAttribute(currency)}"`,
      vatCurrency: ` currencyID="${escapeAttribute(vatCurrency)}"`,
    }
    this.number = escapeText(number)
    this.enter(plan.root)
  }

  /** The content of an element, '' when no term is in it. */
  children(node: PlanNode): string {
    let content = ''
    let carriesTerm = false
    for (const child of node.children) {
      const written = child.repeated === undefined ? this.element(child) : this.repeated(child, child.repeated)
      if (written !== '') carriesTerm = true
      if (written !== '') content += written
      else if (child.filler !== '') content += this.filler(child)
    }
    return carriesTerm ? content : ''
  }

  private filler({ filler }: PlanNode): string {
    return filler.includes('$number') ? filler.replace('$number', () => this.number) : filler
  }

  private repeated(node: PlanNode, slot: NonNullable<PlanNode['repeated']>): string {
    const items = this.current[slot.parent?.index ?? 0]?.[slot.key] as readonly Bag[] | undefined
    if (items === undefined || (node.outerOf !== undefined && this.position > 0)) return ''
    const outerPosition = this.position
    let content = ''
    for (const [index, item] of items.entries()) {
      this.position = index
      this.current[slot.index] = item
      content += this.element(node)
    }
    this.current[slot.index] = undefined
    this.position = outerPosition
    return content
  }

  private element(node: PlanNode): string {
    this.enter(node)
    if (node.extendedOnly && !this.isExtended) return ''
    if (node.onlyFor !== undefined && this.current[node.onlyFor.index] === undefined) return ''
    if (node.writtenIf !== undefined && !this.isChosen(node.writtenIf)) return ''
    const { binding } = node
    const attributes = this.attributes(node)
    if (binding === undefined) {
      const content = this.children(node)
      return content === '' ? '' : `<${node.name}${attributes}>${content}</${node.name}>`
    }
    const value = this.valueOf(binding)
    if (value === undefined) return ''
    const { prefixedBy } = binding.leaf
    const isPrefixed = prefixedBy !== undefined && this.plan.syntax.name === 'ubl'
    const prefix = isPrefixed ? this.value(binding.slot, prefixedBy) : undefined
    const text = escapeText(prefix === undefined ? value : `#${prefix}#${value}`)
    const unit = binding.currency === undefined ? '' : this.currencies[binding.currency]
    return `<${node.name}${unit}${attributes}>${text}</${node.name}>`
  }

  private isChosen({ binding, present }: NonNullable<PlanNode['writtenIf']>): boolean {
    return binding !== undefined && (this.value(binding.slot, binding.key) !== undefined) === present
  }

  /** Makes the groups whose element this is current. */
  private enter(node: PlanNode): void {
    for (const slot of node.slots) {
      if (!slot.many) this.current[slot.index] = this.current[slot.parent?.index ?? 0]?.[slot.key] as Bag | undefined
    }
  }

  private attributes(node: PlanNode): string {
    let written = ''
    for (const { name, binding, fixed } of node.attributes) {
      const value = binding === undefined ? fixed : (this.valueOf(binding) ?? fixed)
      if (value !== undefined) written += ` ${name}="${escapeAttribute(value)}"`
    }
    return written
  }

  /** As the syntax says it; undefined when the term is not there, not wanted or does not belong to this place. */
  private valueOf(binding: LeafBinding): string | undefined {
    const { leaf, slot, key, outerOf, sharedBy } = binding
    if (this.only !== undefined && !this.only(leaf.term.replace(partOfTerm, '$1'))) return undefined
    if (outerOf !== undefined && this.position > 0 && !(leaf.ciiEverywhere && this.plan.syntax.name === 'cii')) {
      return undefined
    }
    const value = sharedBy === undefined ? this.value(slot, key) : this.sharedValue(binding, sharedBy)
    if (value === undefined) return undefined
    if (!belongs(value, binding)) return binding.place > 0 ? this.overflow(binding) : undefined
    if (this.plan.syntax.name === 'ubl') return value
    if (leaf.kind === 'date') return value.replaceAll('-', '')
    return leaf.ciiCodes?.[value] ?? value
  }

  /** What a place says that the term itself does not need. */
  private overflow({ leaf, slot }: LeafBinding): string | undefined {
    return leaf.ciiOverflow === undefined ? undefined : this.value(slot, leaf.ciiOverflow)
  }

  /** Of the first item that has it. */
  private sharedValue({ slot, key }: LeafBinding, sharedBy: Slot): string | undefined {
    for (const item of (this.current[0]?.[sharedBy.key] ?? []) as readonly Bag[]) {
      const record = slot === sharedBy ? item : (item[slot.key] as Bag | undefined)
      const value = record?.[key] as string | Decimal | undefined
      if (value !== undefined) return value.toString()
    }
    return undefined
  }

  private value(slot: Slot, key: string): string | undefined {
    return (this.current[slot.index]?.[key] as string | Decimal | undefined)?.toString()
  }
}

/** Of several places, a value goes to the first that fits. */
function belongs(value: string, { leaf, place, placeCount }: LeafBinding): boolean {
  if (placeCount === 1) return true
  return (leaf.ciiFirstIf?.test(value) ?? true) === (place === 0)
}
