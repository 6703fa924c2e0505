import { escapeAttribute, escapeText } from '../xml/index.ts'
import type { Decimal } from './decimal.ts'
import type { Invoice } from './model.ts'
import { isCreditNote } from './profiles.ts'
import { type LeafBinding, type Slot, type UblNode, type UblPlan, namespaces, plans } from './ubl-plan.ts'

type Bag = Readonly<Record<string, unknown>>

/**
 * The invoice as UBL 2.1 in UTF-8: CreditNote for the credit note types, Invoice for the others, elements in the order of the
 * XSD, amounts as they are in the model. Throws XmlError `illegal-character` for a character that XML cannot hold.
 */
export function writeUbl(invoice: Invoice): Buffer {
  const kind = isCreditNote(invoice.typeCode) ? 'CreditNote' : 'Invoice'
  const body = new Writer(plans[kind], invoice).children(plans[kind].root)
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<${kind} xmlns="${namespaces[kind]}" xmlns:cac="${namespaces.cac}" ` +
      `xmlns:cbc="${namespaces.cbc}">${body}</${kind}>\n`,
  )
}

class Writer {
  private readonly current: (Bag | undefined)[]
  private readonly currency: string
  private readonly vatCurrency: string
  /** Position in the innermost repeated group. */
  private position = 0

  constructor(plan: UblPlan, invoice: Invoice) {
    this.current = Array.from({ length: plan.slotCount }, () => undefined)
    this.current[0] = invoice as unknown as Bag
    this.currency = ` currencyID="${escapeAttribute(invoice.currency)}"`
    this.vatCurrency = ` currencyID="${escapeAttribute(invoice.vatCurrency ?? invoice.currency)}"`
    this.enter(plan.root)
  }

  /** The content of an element, '' when no term is in it. */
  children(node: UblNode): string {
    let content = ''
    let carriesTerm = false
    for (const child of node.children) {
      const written = child.repeated === undefined ? this.element(child) : this.repeated(child, child.repeated)
      if (written !== '') carriesTerm = true
      content += written === '' ? child.filler : written
    }
    return carriesTerm ? content : ''
  }

  private repeated(node: UblNode, slot: NonNullable<UblNode['repeated']>): string {
    const items = this.current[slot.parent?.index ?? 0]?.[slot.key] as readonly Bag[] | undefined
    if (items === undefined) return ''
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

  private element(node: UblNode): string {
    this.enter(node)
    const { binding } = node
    const attributes = this.attributes(node)
    if (binding === undefined) {
      const content = this.children(node)
      return content === '' ? '' : `<${node.name}${attributes}>${content}</${node.name}>`
    }
    const value = this.valueOf(binding)
    if (value === undefined) return ''
    const { kind, currency, prefixedBy } = binding.leaf
    const prefix = prefixedBy === undefined ? undefined : this.value(binding.slot, prefixedBy)
    const text = escapeText(prefix === undefined ? value : `#${prefix}#${value}`)
    const unit =
      kind === 'amount' || kind === 'price' ? (currency === undefined ? this.currency : this.vatCurrency) : ''
    return `<${node.name}${unit}${attributes}>${text}</${node.name}>`
  }

  /** Makes the groups whose element this is current. */
  private enter(node: UblNode): void {
    for (const slot of node.slots) {
      if (!slot.many) this.current[slot.index] = this.current[slot.parent?.index ?? 0]?.[slot.key] as Bag | undefined
    }
  }

  private attributes(node: UblNode): string {
    let written = ''
    for (const { name, binding, fixed } of node.attributes) {
      const value = binding === undefined ? fixed : (this.valueOf(binding) ?? fixed)
      if (value !== undefined) written += ` ${name}="${escapeAttribute(value)}"`
    }
    return written
  }

  private valueOf({ slot, key, outer, written }: LeafBinding): string | undefined {
    if (!written || (outer && this.position > 0)) return undefined
    return this.value(slot, key)
  }

  private value(slot: Slot, key: string): string | undefined {
    return (this.current[slot.index]?.[key] as string | Decimal | undefined)?.toString()
  }
}
