import { type XmlElement, XmlError, type XmlLimits, attributeOf, childElements, parseXml } from '../xml/index.ts'
import { checkPresence } from './check-terms.ts'
import { Decimal } from './decimal.ts'
import { amendmentsOf } from './extension-rules.ts'
import { type Path, Report } from './finding.ts'
import type { InvoiceDraft } from './model.ts'
import { type Condition, type LeafBinding, type Plan, type PlanNode, type Slot, isExtension, plans } from './plan.ts'
import { valueOnOneLine } from './one-line.ts'
import { isExtended } from './profiles.ts'
import { type Step, type Syntax, stepsOf, syntaxOf, syntaxes } from './syntax.ts'
import type { LeafKind } from './table.ts'
import type { Text } from './text.ts'
import { ValueProblem, quoted, readCompactDate, readValue } from './values.ts'

/** Enough for 25,000 lines; a larger document is refused before memory suffers. */
const defaultLimits: Partial<XmlLimits> = { octetsMax: 64 * 1024 * 1024, nodesMax: 2_000_000 }

type Bag = Record<string, unknown>

export interface DocumentDraft {
  /** There as soon as the root is one of those that were asked for. */
  readonly draft: InvoiceDraft | undefined
  readonly syntax: Syntax | undefined
  readonly unmapped: readonly string[]
  readonly report: Report
}

/** `only` is the syntax that the document must have; undefined takes any. Never throws for bad input. */
export function readDraft(
  source: Buffer | XmlElement,
  only: Syntax['name'] | undefined,
  limits: Partial<XmlLimits> | undefined,
): DocumentDraft {
  let root: XmlElement
  try {
    root = Buffer.isBuffer(source) ? parseXml(source, { ...defaultLimits, ...limits }).root : source
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    const report = new Report()
    report.fatal('xml', [], { values: { problem: error.message } })
    return { draft: undefined, syntax: undefined, unmapped: [], report }
  }
  const syntax = syntaxOf(root.namespace, root.local)
  if (syntax === undefined || (only !== undefined && syntax.name !== only)) {
    const report = new Report()
    const rule = only === undefined ? 'document.root' : (`${only}.root` as const)
    report.fatal(rule, [], { values: { root: `{${root.namespace}}${root.local}` } })
    return { draft: undefined, syntax: undefined, unmapped: [], report }
  }
  const report = new Report(syntax)
  const reader = new Reader(plans[syntax.root], root, report)
  const draft = reader.read()
  report.amended = amendmentsOf(draft)
  checkPresence(draft, report)
  return { draft, syntax, unmapped: reader.unmapped, report }
}

class Reader {
  readonly unmapped: string[] = []
  private readonly plan: Plan
  private readonly syntax: Syntax
  private readonly document: XmlElement
  private readonly report: Report
  private readonly current: (Bag | undefined)[]
  /** The parent of the last element that each node of the plan stood for. */
  private readonly seenIn: (XmlElement | undefined)[]
  private readonly positions = new Map<XmlElement, ReadonlyMap<XmlElement, string>>()
  private readonly currency: string
  private readonly vatCurrency: string | undefined
  private readonly number: string | undefined
  private readonly isExtended: boolean
  /** Values in a place that repeats a term, which may come later. */
  private readonly repetitions: { record: Bag; key: string; value: string | Decimal; element: XmlElement }[] = []
  /** Values for all items of a group, which may come later. */
  private readonly shared: { binding: LeafBinding; sharedBy: Slot; value: string | Decimal; element: XmlElement }[] = []

  constructor(plan: Plan, document: XmlElement, report: Report) {
    this.plan = plan
    this.syntax = plan.syntax
    this.document = document
    this.report = report
    this.current = plan.noSlots.slice()
    this.seenIn = plan.noNodes.slice()
    this.currency = textAt(document, plan.currencySteps, undefined) ?? ''
    this.vatCurrency = textAt(document, plan.vatCurrencySteps, undefined)
    this.number = textAt(document, plan.numberSteps, undefined)
    const customization = textAt(document, plan.customizationSteps, undefined) ?? ''
    this.isExtended = isExtended({ customization })
  }

  read(): InvoiceDraft {
    const draft: Bag = {}
    this.current[0] = draft
    this.visit(this.document, this.plan.root)
    this.spread(draft)
    this.checkRepetitions()
    if (this.syntax.name === 'ubl') dropFillers(draft)
    return draft
  }

  private visit(element: XmlElement, node: PlanNode): void {
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

  private children(element: XmlElement, node: PlanNode): void {
    if (!hasElement(element) && !this.syntax.mayBeEmpty.has(node.name)) {
      this.report.warn('PEPPOL-EN16931-R008', [], {
        text: 'PEPPOL-EN16931-R008/element',
        values: { element: node.name },
        location: this.xpath(element),
      })
    }
    for (const child of element.children) {
      if (child.kind === 'text' && !isBlank(child.value)) {
        this.report.refuse(this.syntax.rules.structure, [], {
          text: 'structure/text',
          values: { syntax: this.syntax.name.toUpperCase(), value: quoted(child.value.trim()) },
          location: this.xpath(element),
        })
      }
      if (child.kind !== 'element') continue
      if (child.local === 'PartyTaxScheme') this.checkTaxScheme(child)
      const match = this.match(child, node)
      if (match === undefined) this.unmatched(child, node)
      else if (this.seenIn[match.index] === element && match.repeated === undefined) this.repeatedly(child, match, node)
      else if (this.hasOther(match)) this.unmapped.push(this.xpath(child))
      else {
        this.seenIn[match.index] = element
        this.visit(child, match)
      }
    }
  }

  /** The group has been read from its other element. */
  private hasOther({ alternativeFor }: PlanNode): boolean {
    return alternativeFor !== undefined && this.current[alternativeFor.index] !== undefined
  }

  private repeatedly(child: XmlElement, node: PlanNode, parent: PlanNode): void {
    if (node.extension || this.syntax.mayRepeat.has(`${parent.name}/${node.name}`)) {
      this.unmapped.push(this.xpath(child))
      return
    }
    const rule = this.onceRule(node, child) ?? this.syntax.rules.structure
    this.report.refuse(rule, [], {
      text: 'structure/second',
      values: { element: node.name },
      location: this.xpath(child),
    })
  }

  /** The rule that allows the element once; the table names those of UBL. */
  private onceRule({ once }: { readonly once?: string | undefined }, element: XmlElement): string | undefined {
    if (this.syntax.name === 'ubl') return once
    const { parent } = element
    return parent === undefined ? undefined : this.syntax.onceRules[`${this.nameOf(parent)}/${this.nameOf(element)}`]
  }

  /** Without its scheme nobody knows what the number is; without the number the scheme says nothing. */
  private checkTaxScheme(child: XmlElement): void {
    const complete = textAt(child, taxSchemeSteps.scheme, undefined) && textAt(child, taxSchemeSteps.number, undefined)
    if (complete) return
    this.report.refuse('UBL-SR-53', [], { location: this.xpath(child) })
  }

  private match(child: XmlElement, node: PlanNode): PlanNode | undefined {
    const candidates = node.childrenByName.get(child.local)
    if (candidates === undefined) return undefined
    for (const candidate of candidates) {
      const { namespace, condition } = candidate
      if (candidate.extendedOnly && !this.isExtended) continue
      if (condition?.value === '+' && this.seenIn[candidates.at(-1)?.index ?? 0] !== child.parent) continue
      if (namespace === child.namespace && (condition === undefined || this.holds(condition, child))) return candidate
    }
    return undefined
  }

  private unmatched(child: XmlElement, parent: PlanNode): void {
    const isKnown = parent.childrenByName.get(child.local)?.some(({ extension }) => !extension)
    const rule = isKnown === true ? this.syntax.mustMatch[this.nameOf(child)] : undefined
    if (rule === undefined) {
      if (!this.syntax.saysNothing.has(`${parent.name}/${this.nameOf(child)}`)) this.unmapped.push(this.xpath(child))
    } else this.report.refuse(rule.rule, [], { text: rule.text, location: this.xpath(child) })
  }

  private holds({ steps, attribute, equal, value }: Condition, element: XmlElement): boolean {
    const found = textAt(element, steps, attribute) ?? ''
    if (value === '$currency') return found === this.currency
    if (value === '$vatCurrency') return found === this.vatCurrency
    if (value === '$number') return found !== '' && found === this.number
    if (value === '+') return true
    if (value === 'true') return found === 'true' || found === '1'
    if (value === 'false') return found === 'false' || found === '0'
    return (found.toUpperCase() === value) === equal
  }

  private value(element: XmlElement, node: PlanNode): void {
    let text = ''
    for (const child of element.children) {
      if (child.kind === 'text') text += child.value
      else if (child.kind === 'element') {
        this.report.refuse(this.syntax.rules.structure, [], {
          text: 'structure/value',
          values: { element: node.name },
          location: this.xpath(child),
        })
        return
      }
    }
    const { binding } = node
    text = valueOnOneLine(text.trim(), element.local, this.syntax.name)
    if (binding === undefined) {
      if (node.free && text !== node.fixed) this.unmapped.push(this.xpath(element))
      return
    }
    if (node.extension && this.isForeign(element, node)) {
      this.unmapped.push(this.xpath(element))
      return
    }
    if (binding.leaf.prefixedBy !== undefined && this.syntax.name === 'ubl') text = this.unprefixed(text, binding)
    this.set(binding, text, element)
    if (text === '' && binding.leaf.kind !== 'base64') this.discard(node)
    if (isMoney(node)) this.checkCurrency(element, binding)
  }

  /** An amount in another currency than the model has it in. */
  private isForeign(element: XmlElement, node: PlanNode): boolean {
    const currency = isMoney(node) ? attributeOf(element, 'currencyID')?.trim() : undefined
    const expected = node.binding?.leaf.currency === 'vatCurrency' ? this.vatCurrency : this.currency
    return currency !== undefined && currency !== expected
  }

  /** Of an element without a value, its attributes say nothing. */
  private discard({ slots, attributes }: PlanNode): void {
    for (const { binding } of attributes) {
      const record = binding === undefined ? undefined : this.current[binding.slot.index]
      if (record !== undefined) delete record[binding?.key ?? '']
    }
    for (const slot of slots) {
      const parent = slot.parent === undefined ? undefined : this.current[slot.parent.index]
      if (parent === undefined || this.current[slot.index] === undefined) continue
      if (slot.many) (parent[slot.key] as Bag[]).pop()
      else delete parent[slot.key]
      this.current[slot.index] = undefined
    }
  }

  /** `#AAI#text` is two terms. */
  private unprefixed(text: string, binding: LeafBinding): string {
    const match = /^#([^#]{3})#([^]*)$/.exec(text)
    if (match === null) return text
    const [, code, rest = ''] = match
    this.record(binding.slot)[binding.leaf.prefixedBy ?? ''] = code
    return rest.trim()
  }

  private attributes(element: XmlElement, node: PlanNode): void {
    for (const { namespace, local, value } of element.attributes) {
      if (namespace === 'http://www.w3.org/2001/XMLSchema-instance') continue
      const known = namespace === '' ? node.attributes.find(({ name }) => name === local) : undefined
      if (known?.binding !== undefined)
        this.set(known.binding, valueOnOneLine(value.trim(), local, this.syntax.name), element)
      else if (known === undefined && !(local === 'currencyID' && isMoney(node)))
        this.unmapped.push(`${this.xpath(element)}/@${local}`)
    }
  }

  private set(binding: LeafBinding, text: string, element: XmlElement): void {
    const { leaf, slot, key } = binding
    if (text === '' && leaf.kind !== 'base64') {
      const path = this.path(slot, key)
      this.report.warn('PEPPOL-EN16931-R008', path)
      return
    }
    const value = this.parse(text, binding, element)
    if (value instanceof ValueProblem) {
      const path = this.path(slot, key)
      this.report.refuse(value.rule, path, { text: value.text, values: value.values, location: this.xpath(element) })
    } else if (binding.sharedBy !== undefined) {
      this.shared.push({ binding, sharedBy: binding.sharedBy, value, element })
    } else {
      this.put(binding, value, element)
    }
  }

  private parse(text: string, { leaf }: LeafBinding, element: XmlElement): string | Decimal | ValueProblem {
    if (isNumber.has(leaf.kind)) {
      const value = readValue(text, leaf.kind)
      return value instanceof ValueProblem ? readValue(completed(text), leaf.kind) : value
    }
    if (this.syntax.name === 'ubl') return readValue(text, leaf.kind)
    if (leaf.kind === 'date') return readCompactDate(text, attributeOf(element, 'format') === this.syntax.dateFormat)
    if (leaf.ciiCodes === undefined) return readValue(text, leaf.kind)
    const [code] = Object.entries(leaf.ciiCodes).find(([, written]) => written === text) ?? []
    return code ?? new ValueProblem(leaf.codes?.rule ?? 'value.text', 'code', { value: quoted(text) })
  }

  private put(binding: LeafBinding, value: string | Decimal, element: XmlElement): void {
    const { leaf, slot, key, place } = binding
    const record = this.record(slot)
    if (place > 0 && leaf.ciiOverflow !== undefined && record[key] !== undefined) {
      record[leaf.ciiOverflow] = value
      return
    }
    if (place > 0 && leaf.ciiRepeated) {
      this.repetitions.push({ record, key, value, element })
    } else if (record[key] === undefined) {
      record[key] = value
    } else if (isSame(record[key], value)) {
      return
    } else if (isExtension(leaf.term) || (place > 0 && this.onceRule(leaf, element) === undefined)) {
      this.unmapped.push(this.xpath(element))
    } else {
      const path = this.path(slot, key)
      const rule = this.onceRule(leaf, element) ?? this.syntax.rules.structure
      this.report.refuse(rule, path, { text: 'structure/two-values', location: this.xpath(element) })
    }
  }

  /** What differs from the term it should repeat is something else. */
  private checkRepetitions(): void {
    const other = this.repetitions.filter(({ record, key, value }) => !isSame(record[key], value))
    this.unmapped.push(...new Set(other.map(({ element }) => this.xpath(element))))
  }

  /** Gives what is said once to every item; when it belongs to a part of an item, to those that have it, or else to the first. */
  private spread(draft: Bag): void {
    for (const { binding, sharedBy, value, element } of this.shared) {
      const { slot, key } = binding
      const items = (draft[sharedBy.key] ?? []) as Bag[]
      const partOf = (item: Bag) => (slot === sharedBy ? item : (item[slot.key] as Bag | undefined))
      const having = items.filter(item => partOf(item) !== undefined)
      if (items.length === 0) this.unmapped.push(this.xpath(element))
      for (const item of having.length > 0 ? having : items.slice(0, 1)) {
        const part = partOf(item) ?? {}
        if (slot !== sharedBy) item[slot.key] = part
        part[key] = value
      }
    }
  }

  private checkCurrency(element: XmlElement, { leaf, slot, key }: LeafBinding): void {
    const currency = attributeOf(element, 'currencyID')?.trim()
    if (currency === undefined && !this.syntax.currencyOnAmounts) return
    const expected = leaf.currency === 'vatCurrency' ? this.vatCurrency : this.currency
    if (currency === expected) return
    const path = this.path(slot, key)
    const values = { expected: expected ?? theInvoiceCurrency, actual: currency ?? noCurrency }
    this.report.refuse('PEPPOL-EN16931-R051', path, { values, location: this.xpath(element) })
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
    const { parent } = element
    if (parent === undefined) return `/${this.syntax.rootName}`
    return `${this.xpath(parent)}/${this.nameOf(element)}${this.positionsIn(parent).get(element) ?? ''}`
  }

  private nameOf({ namespace, local }: XmlElement): string {
    for (const [prefix, known] of Object.entries(this.syntax.prefixes))
      if (known === namespace) return `${prefix}:${local}`
    return `{${namespace}}${local}`
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

const theInvoiceCurrency: Text = { en: 'the invoice currency', fr: 'celle de la facture' }
const noCurrency: Text = { en: 'missing', fr: 'aucune' }

const taxSchemeSteps = {
  scheme: stepsOf('cac:TaxScheme/cbc:ID', syntaxes.Invoice),
  number: stepsOf('cbc:CompanyID', syntaxes.Invoice),
}

function isSame(a: unknown, b: string | Decimal): boolean {
  return a instanceof Decimal && b instanceof Decimal ? a.compare(b) === 0 : a === b
}

const isNumber: ReadonlySet<LeafKind> = new Set(['amount', 'price', 'quantity', 'percentage'])

function hasElement({ children }: XmlElement): boolean {
  for (const { kind } of children) if (kind === 'element') return true
  return false
}

/** Most text between elements is a line end and spaces: asked without making another string. */
function isBlank(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code !== 0x20 && code !== 0x0a && code !== 0x09 && code !== 0x0d) return text.trim() === ''
  }
  return true
}

/** XML writes decimals also without digits before or after the point: `100.`, `.5`. [XSD Part 2 §3.2.3] */
function completed(text: string): string {
  return text.replace(/^([+-]?\d+)\.$/, '$1').replace(/^([+-]?)\.(?=\d)/, '$10.')
}

function isMoney({ binding }: PlanNode): boolean {
  return binding !== undefined && (binding.leaf.kind === 'amount' || binding.leaf.kind === 'price')
}

/** UBL demands an order number where only the sales order is known, a card network and the like; the agreed filler says none. */
function dropFillers(draft: InvoiceDraft): void {
  dropFiller(draft, 'purchaseOrderReference', [draft.salesOrderReference, draft.purchaseOrderDate])
  dropFiller(draft, 'despatchAdviceReference', [draft.despatchAdviceDate])
  dropFiller(draft, 'contractReference', [draft.contractDate, draft.contractType])
  for (const { card } of draft.paymentMeans ?? []) if (card !== undefined) dropFiller(card, 'network', ['NA'])
  for (const line of draft.lines ?? []) {
    const { purchaseOrder, salesOrder, salesOrderLine, despatchAdvice, receivingAdvice } = line
    dropFiller(line, 'purchaseOrderLine', [purchaseOrder, salesOrder, salesOrderLine])
    dropFiller(line, 'purchaseOrder', [salesOrder])
    for (const reference of [despatchAdvice, receivingAdvice]) {
      if (reference === undefined) continue
      dropFiller(reference, 'line', [reference.number, reference.date])
      dropFiller(reference, 'number', [reference.date])
    }
    for (const attribute of line.item?.attributes ?? []) dropFiller(attribute, 'name', [attribute.code])
  }
}

/** `besides` is what the element around was written for. */
function dropFiller<Key extends string>(bag: { [key in Key]?: string }, key: Key, besides: readonly unknown[]): void {
  if (bag[key] === 'NA' && besides.some(value => value !== undefined)) delete bag[key]
}

/** The trimmed text, or the attribute's, of the first element down a path. */
function textAt(element: XmlElement, steps: readonly Step[], attribute: string | undefined): string | undefined {
  let at: XmlElement | undefined = element
  for (const { namespace, local } of steps) {
    if (at === undefined) return undefined
    at = childOf(at, namespace, local)
  }
  if (at === undefined) return undefined
  if (attribute !== undefined) return attributeOf(at, attribute)?.trim()
  let text = ''
  for (const child of at.children) if (child.kind === 'text') text += child.value
  return text.trim()
}

function childOf({ children }: XmlElement, namespace: string, local: string): XmlElement | undefined {
  for (const child of children) {
    if (child.kind === 'element' && child.local === local && child.namespace === namespace) return child
  }
  return undefined
}
