import { type XmlElement, XmlError, type XmlLimits, attributeOf, childElements, parseXml } from '../xml/index.ts'
import type { Decimal } from './decimal.ts'
import { type Path, Report, titleOf } from './finding.ts'
import type { InvoiceDraft } from './model.ts'
import { checkPresence } from './check-terms.ts'
import {
  type Condition,
  type LeafBinding,
  type Slot,
  type UblNode,
  type UblPlan,
  type UblRoot,
  namespaces,
  plans,
} from './ubl-plan.ts'
import { ValueProblem, quoted, readValue } from './values.ts'

/** Enough for 25,000 lines; a larger document is refused before memory suffers. */
const defaultLimits: Partial<XmlLimits> = { octetsMax: 64 * 1024 * 1024, nodesMax: 2_000_000 }

type Bag = Record<string, unknown>

/** Never throws for bad input. The draft is there as soon as the root is a UBL invoice or credit note. */
export function readUblDraft(
  octets: Buffer,
  limits: Partial<XmlLimits> | undefined,
): { draft: InvoiceDraft | undefined; kind: UblRoot | undefined; unmapped: readonly string[]; report: Report } {
  let root: XmlElement
  try {
    root = parseXml(octets, { ...defaultLimits, ...limits }).root
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    const report = new Report()
    report.fatal('xml', [], `The document cannot be read as XML: ${error.message}`)
    return { draft: undefined, kind: undefined, unmapped: [], report }
  }
  const kind = kindOf(root)
  const report = new Report(kind)
  if (kind === undefined) {
    report.fatal(
      'ubl.root',
      [],
      `The document is neither a UBL Invoice nor a UBL CreditNote: its root is {${root.namespace}}${root.local}`,
    )
    return { draft: undefined, kind, unmapped: [], report }
  }
  const reader = new Reader(plans[kind], root, report)
  const draft = reader.read()
  checkPresence(draft, report)
  return { draft, kind, unmapped: reader.unmapped, report }
}

function kindOf(root: XmlElement): UblRoot | undefined {
  if (root.local === 'Invoice' && root.namespace === namespaces.Invoice) return 'Invoice'
  if (root.local === 'CreditNote' && root.namespace === namespaces.CreditNote) return 'CreditNote'
  return undefined
}

/** Elements whose meaning hangs on a condition: when none holds, the document is wrong, not merely richer than the model. */
const mustMatch: Readonly<Record<string, { readonly rule: string; readonly message: string }>> = {
  AllowanceCharge: {
    rule: 'PEPPOL-EN16931-R043',
    message: 'The charge indicator of an allowance or charge must be true or false (false only, for a price)',
  },
  TaxTotal: {
    rule: 'PEPPOL-EN16931-R051',
    message:
      'The currency of a total VAT amount must be the invoice currency (BT-5) or the VAT accounting currency (BT-6)',
  },
}

class Reader {
  readonly unmapped: string[] = []
  private readonly plan: UblPlan
  private readonly document: XmlElement
  private readonly report: Report
  private readonly current: (Bag | undefined)[]
  private readonly positions = new Map<XmlElement, ReadonlyMap<XmlElement, string>>()
  private readonly currency: string
  private readonly vatCurrency: string | undefined

  constructor(plan: UblPlan, document: XmlElement, report: Report) {
    this.plan = plan
    this.document = document
    this.report = report
    this.current = Array.from({ length: plan.slotCount }, () => undefined)
    this.currency = textAt(document, ['cbc:DocumentCurrencyCode'], undefined) ?? ''
    this.vatCurrency = textAt(document, ['cbc:TaxCurrencyCode'], undefined)
  }

  read(): InvoiceDraft {
    const draft: Bag = {}
    this.current[0] = draft
    this.visit(this.document, this.plan.root)
    dropFillers(draft)
    return draft
  }

  private visit(element: XmlElement, node: UblNode): void {
    if (node.repeated !== undefined) this.leave(node.repeated)
    if (element.attributes.length > 0 || node.attributes.length > 0) this.attributes(element, node)
    if (node.binding !== undefined || node.fixed !== undefined) this.value(element, node)
    else this.children(element, node)
  }

  /** The next leaf of the group begins a new record. */
  private leave(slot: Slot): void {
    this.current[slot.index] = undefined
    for (const inner of slot.inner) this.current[inner.index] = undefined
  }

  private children(element: XmlElement, node: UblNode): void {
    if (!element.children.some(child => child.kind === 'element')) {
      this.report.warn('PEPPOL-EN16931-R008', [], `The element ${node.name} is empty`, this.xpath(element))
    }
    const seen = new Set<UblNode>()
    for (const child of element.children) {
      if (child.kind === 'text' && child.value.trim() !== '') {
        this.report.refuse(
          'ubl.structure',
          [],
          `There is text where UBL has elements only: ${quoted(child.value.trim())}`,
          this.xpath(element),
        )
      }
      if (child.kind !== 'element') continue
      if (child.local === 'PartyTaxScheme') this.checkTaxScheme(child)
      const match = this.match(child, node)
      if (match === undefined) {
        this.unmatched(child)
      } else if (seen.has(match) && match.repeated === undefined) {
        const rule = match.once ?? 'ubl.structure'
        this.report.refuse(rule, [], `There is a second ${match.name}, and one is allowed`, this.xpath(child))
      } else {
        seen.add(match)
        this.visit(child, match)
      }
    }
  }

  /** Without its scheme nobody knows what the number is; without the number the scheme says nothing. */
  private checkTaxScheme(child: XmlElement): void {
    const complete =
      textAt(child, ['cac:TaxScheme', 'cbc:ID'], undefined) && textAt(child, ['cbc:CompanyID'], undefined)
    if (complete) return
    const message = 'A tax registration (cac:PartyTaxScheme) must have both its number and its scheme'
    this.report.refuse('UBL-SR-53', [], message, this.xpath(child))
  }

  private match(child: XmlElement, node: UblNode): UblNode | undefined {
    const candidates = node.childrenByName.get(child.local)
    if (candidates === undefined) return undefined
    return candidates.find(
      ({ namespace, condition }) =>
        namespace === child.namespace && (condition === undefined || this.holds(condition, child)),
    )
  }

  private unmatched(child: XmlElement): void {
    const rule = child.namespace === namespaces.cac ? mustMatch[child.local] : undefined
    if (rule === undefined) this.unmapped.push(this.xpath(child))
    else this.report.refuse(rule.rule, [], rule.message, this.xpath(child))
  }

  private holds({ steps, attribute, equal, value }: Condition, element: XmlElement): boolean {
    const found = textAt(element, steps, attribute) ?? ''
    if (value === '$currency') return found === this.currency
    if (value === '$vatCurrency') return found === this.vatCurrency
    if (value === 'true') return found === 'true' || found === '1'
    if (value === 'false') return found === 'false' || found === '0'
    return (found.toUpperCase() === value) === equal
  }

  private value(element: XmlElement, node: UblNode): void {
    let text = ''
    for (const child of element.children) {
      if (child.kind === 'text') text += child.value
      else if (child.kind === 'element') {
        this.report.refuse('ubl.structure', [], `${node.name} holds a value and no elements`, this.xpath(child))
        return
      }
    }
    const { binding } = node
    if (binding === undefined) return
    text = text.trim()
    if (binding.leaf.prefixedBy !== undefined) text = this.unprefixed(text, binding)
    this.set(binding, text, element)
    if (binding.leaf.kind === 'amount' || binding.leaf.kind === 'price') this.checkCurrency(element, binding)
  }

  /** `#AAI#text` is two terms. */
  private unprefixed(text: string, binding: LeafBinding): string {
    const match = /^#([^#]{3})#([^]*)$/.exec(text)
    if (match === null) return text
    const [, code, rest = ''] = match
    this.record(binding.slot)[binding.leaf.prefixedBy ?? ''] = code
    return rest.trim()
  }

  private attributes(element: XmlElement, node: UblNode): void {
    for (const { namespace, local, value } of element.attributes) {
      if (namespace === 'http://www.w3.org/2001/XMLSchema-instance') continue
      const known = namespace === '' ? node.attributes.find(({ name }) => name === local) : undefined
      if (known?.binding !== undefined) this.set(known.binding, value.trim(), element)
      else if (known === undefined && !(local === 'currencyID' && hasCurrency(node)))
        this.unmapped.push(`${this.xpath(element)}/@${local}`)
    }
  }

  private set(binding: LeafBinding, text: string, element: XmlElement): void {
    const { leaf, slot, key } = binding
    if (text === '' && leaf.kind !== 'base64') {
      const path = this.path(slot, key)
      this.report.warn('PEPPOL-EN16931-R008', path, `${titleOf(path)} is empty`)
      return
    }
    const value = readValue(text, leaf.kind)
    if (value instanceof ValueProblem) {
      const path = this.path(slot, key)
      this.report.refuse(value.rule, path, `${titleOf(path)} ${value.problem}`, this.xpath(element))
      return
    }
    const record = this.record(slot)
    if (record[key] === undefined) {
      record[key] = value
    } else if ((record[key] as string | Decimal).toString() !== value.toString()) {
      const path = this.path(slot, key)
      const message = `${titleOf(path)} occurs with two values, and one is allowed`
      this.report.refuse(leaf.once ?? 'ubl.structure', path, message, this.xpath(element))
    }
  }

  private checkCurrency(element: XmlElement, { leaf, slot, key }: LeafBinding): void {
    const currency = attributeOf(element, 'currencyID')?.trim()
    const expected = leaf.currency === 'vatCurrency' ? this.vatCurrency : this.currency
    if (currency === expected) return
    const path = this.path(slot, key)
    const message = `${titleOf(path)} must be in ${expected ?? 'the invoice currency'}, and its currency is ${currency ?? 'missing'}`
    this.report.refuse('PEPPOL-EN16931-R051', path, message, this.xpath(element))
  }

  /** The record of a group, made and hung in its parent when the first term of it comes. */
  private record(slot: Slot): Bag {
    const existing = this.current[slot.index]
    if (existing !== undefined) return existing
    const made: Bag = {}
    this.current[slot.index] = made
    if (slot.parent !== undefined) {
      const parent = this.record(slot.parent)
      if (slot.many) ((parent[slot.key] ??= []) as Bag[]).push(made)
      else parent[slot.key] = made
    }
    return made
  }

  private path(slot: Slot, key: string): Path {
    const path: (string | number)[] = [key]
    for (let at: Slot = slot; at.parent !== undefined; at = at.parent) {
      if (at.many) path.unshift(this.position(at))
      path.unshift(at.key)
    }
    return path
  }

  private position(slot: Slot): number {
    const siblings = (this.current[slot.parent?.index ?? 0]?.[slot.key] as Bag[] | undefined) ?? []
    return this.current[slot.index] === undefined ? siblings.length : siblings.length - 1
  }

  /** `/Invoice/cac:InvoiceLine[2]/cbc:ID`; foreign names in braces. Positions only where there are namesakes. */
  private xpath(element: XmlElement): string {
    const prefix = prefixes[element.namespace]
    const { parent, local } = element
    if (parent === undefined) return `/${local}`
    const name = prefix === undefined ? `{${element.namespace}}${local}` : `${prefix}:${local}`
    return `${this.xpath(parent)}/${name}${this.positionsIn(parent).get(element) ?? ''}`
  }

  /** Counted once per parent, so that a thousand remarks about a thousand lines stay linear. */
  private positionsIn(parent: XmlElement): ReadonlyMap<XmlElement, string> {
    const known = this.positions.get(parent)
    if (known !== undefined) return known
    const namesakes = Map.groupBy(childElements(parent), ({ namespace, local }) => `${namespace} ${local}`)
    const positions = new Map<XmlElement, string>()
    for (const group of namesakes.values()) {
      if (group.length > 1) for (const [index, element] of group.entries()) positions.set(element, `[${index + 1}]`)
    }
    this.positions.set(parent, positions)
    return positions
  }
}

const prefixes: Readonly<Record<string, string>> = { [namespaces.cac]: 'cac', [namespaces.cbc]: 'cbc' }

function hasCurrency({ binding }: UblNode): boolean {
  return binding !== undefined && (binding.leaf.kind === 'amount' || binding.leaf.kind === 'price')
}

/** UBL demands an order number where only the sales order is known, and a card network; the agreed filler says neither. */
function dropFillers(draft: InvoiceDraft): void {
  if (draft.purchaseOrderReference === 'NA' && draft.salesOrderReference !== undefined)
    delete draft.purchaseOrderReference
  for (const { card } of draft.paymentMeans ?? []) if (card?.network === 'NA') delete card.network
}

/** The trimmed text, or the attribute's, of the first element down a path. */
function textAt(element: XmlElement, steps: readonly string[], attribute: string | undefined): string | undefined {
  let at: XmlElement | undefined = element
  for (const step of steps) {
    const local = step.slice(4)
    const namespace = step.startsWith('cac:') ? namespaces.cac : namespaces.cbc
    at = at?.children.find(
      (child): child is XmlElement =>
        child.kind === 'element' && child.local === local && child.namespace === namespace,
    )
  }
  if (at === undefined) return undefined
  if (attribute !== undefined) return attributeOf(at, attribute)?.trim()
  let text = ''
  for (const child of at.children) if (child.kind === 'text') text += child.value
  return text.trim()
}
