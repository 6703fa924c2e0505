import type { Group, Leaf } from './table.ts'
import { type DocumentRoot, type Step, type Syntax, placesOf, stepsOf, syntaxes } from './syntax.ts'
import { invoiceFields } from './terms.ts'

/*
 * The table of terms turned inside out: a tree of the elements of a document, each knowing which term or group it carries.
 * Made once per document root; readers and writers walk it side by side with the document.
 */

/** One group of the model on its way through a document: `current[index]` is its record. */
export interface Slot {
  readonly index: number
  /** undefined for the invoice itself. */
  readonly parent: Slot | undefined
  readonly key: string
  readonly many: boolean
  /** Groups inside this one; they end with it. */
  readonly inner: Slot[]
}

export interface LeafBinding {
  readonly leaf: Leaf
  readonly slot: Slot
  readonly key: string
  /** Which of the places of the row this is; the first is preferred. */
  readonly place: number
  /** How many places there are. */
  readonly placeCount: number
  /** The term stands outside the group that repeats around it: one value for all of its items. */
  readonly sharedBy: Slot | undefined
  readonly currency: 'currency' | 'vatCurrency' | undefined
  /** The element whose attribute says the term. */
  readonly attributeOf: PlanNode | undefined
  /** The term belongs to a group outside this repeated one that its element stands in: written in the first item only. */
  outerOf: Slot | undefined
  /** The repeated group that the term is only written inside of, although it or its group belongs to another one. */
  standsIn: Slot | undefined
}

/** `steps` from the element; the value compared is upper-cased. */
export interface Condition {
  readonly steps: readonly Step[]
  readonly attribute: string | undefined
  readonly equal: boolean
  /** `$currency`, `$vatCurrency` and `$number` stand for the document's own; `+` for an element that is not the first. */
  readonly value: string
}

interface AttributeNode {
  readonly name: string
  binding: LeafBinding | undefined
  fixed: string | undefined
}

export interface PlanNode extends Step {
  /** `cbc:ID` */
  readonly name: string
  readonly condition: Condition | undefined
  readonly children: PlanNode[]
  readonly childrenByName: Map<string, PlanNode[]>
  readonly attributes: AttributeNode[]
  /** Groups whose element this is. */
  readonly slots: Slot[]
  /** The one of `slots` that is repeated with the element. */
  repeated: Slot | undefined
  /** The group that does not repeat and has this element or another one. */
  alternativeFor: Slot | undefined
  /** Whether it is written depends on whether a term of its group is there. */
  writtenIf: { readonly binding: LeafBinding | undefined; readonly present: boolean } | undefined
  binding: LeafBinding | undefined
  /** EN 16931 has no term for anything in it: what repeats beyond the model is no error. */
  extension: boolean
  /** It means what the plan says in an extension of EN 16931 only. */
  extendedOnly: boolean
  /** A group that has this repeated element stands inside another repeated one: it is written in its first item only. */
  outerOf: Slot | undefined
  /** The rule that allows the element once. */
  once: string | undefined
  /** Text that a condition demands. */
  fixed: string | undefined
  /** Another text than the fixed one may stand here, and is no term. */
  free: boolean
  /** The group without which nothing is written in the element. */
  onlyFor: Slot | undefined
  /** Its number among the nodes of the plan. */
  index: number
  /** What is written for this element when its parent is written and it has no term of its own; '' for nothing. `$number` is BT-1. */
  filler: string
}

export interface Plan {
  readonly syntax: Syntax
  readonly root: PlanNode
  readonly slotCount: number
  /** An empty place for each slot, and one for each node: copied, because a list of a known length is made fastest so. */
  readonly noSlots: readonly undefined[]
  readonly noNodes: readonly undefined[]
  /** Where the document says BT-5, BT-6 and BT-1, which the conditions need before they are read. */
  readonly currencySteps: readonly Step[]
  readonly vatCurrencySteps: readonly Step[]
  readonly numberSteps: readonly Step[]
  /** As the others, of BT-24. */
  readonly customizationSteps: readonly Step[]
  /** The preferred place of each row that has one. */
  readonly bindings: ReadonlyMap<Leaf, LeafBinding>
}

function buildPlan(syntax: Syntax): Plan {
  const root = node(syntax.rootName, { namespace: syntax.rootNamespace, local: syntax.root }, undefined)
  const slot: Slot = { index: 0, parent: undefined, key: '', many: false, inner: [] }
  const builder = new PlanBuilder(syntax, root)
  builder.addFields(invoiceFields, { at: root, slot })
  finish(root, syntax, undefined)
  bound(root, [slot])
  const nodeCount = numbered(root, 0)
  const { slotCount, bindings } = builder
  const { currency, vatCurrency, number, customization } = invoiceFields
  return {
    syntax,
    root,
    slotCount,
    noSlots: Array.from({ length: slotCount }, () => undefined),
    noNodes: Array.from({ length: nodeCount }, () => undefined),
    currencySteps: firstSteps(currency, syntax),
    vatCurrencySteps: firstSteps(vatCurrency, syntax),
    numberSteps: firstSteps(number, syntax),
    customizationSteps: firstSteps(customization, syntax),
    bindings,
  }
}

function firstSteps(leaf: Leaf, syntax: Syntax): readonly Step[] {
  return stepsOf(placesOf(leaf, syntax)[0] ?? '', syntax)
}

interface Place {
  readonly at: PlanNode
  readonly slot: Slot
}

class PlanBuilder {
  readonly bindings = new Map<Leaf, LeafBinding>()
  slotCount = 1
  private readonly syntax: Syntax
  private readonly root: PlanNode

  constructor(syntax: Syntax, root: PlanNode) {
    this.syntax = syntax
    this.root = root
  }

  addFields(fields: Group['fields'], place: Place): void {
    for (const [key, entry] of Object.entries(fields)) {
      if (entry.shape === 'leaf') this.addLeaf(key, entry, place)
      else this.addGroup(key, entry, place)
    }
  }

  private addGroup(key: string, group: Group, place: Place): void {
    const { slot: parent } = place
    const slot: Slot = { index: this.slotCount++, parent, key, many: group.shape === 'many', inner: [] }
    for (let outer: Slot | undefined = parent; outer !== undefined; outer = outer.parent) outer.inner.push(slot)
    const places = placesOf(group, this.syntax)
    const nodes = places.map(path => {
      const at = this.descend(place.at, path, group)
      at.slots.push(slot)
      if (slot.many) at.repeated = slot
      else if (places.length > 1) at.alternativeFor = slot
      this.addFields(group.fields, { at, slot })
      return at
    })
    const [first, second] = nodes
    if (first !== undefined && second !== undefined) chooseBetween(first, second)
  }

  private addLeaf(key: string, leaf: Leaf, { at: from, slot }: Place): void {
    const places = placesOf(leaf, this.syntax)
    for (const [index, path] of places.entries()) {
      const [elements, attribute] = splitAttribute(path)
      const at = this.descend(from, elements, leaf)
      const binding: LeafBinding = {
        leaf,
        slot,
        key,
        place: index,
        placeCount: places.length,
        sharedBy: path.startsWith('/') ? repeatedAround(slot) : undefined,
        currency: this.currencyOf(leaf, at),
        attributeOf: attribute === undefined ? undefined : at,
        outerOf: undefined,
        standsIn: undefined,
      }
      if (attribute !== undefined) attributeNode(at, attribute).binding = binding
      else at.binding = binding
      if (leaf.kind === 'date' && this.syntax.dateFormat !== undefined) {
        attributeNode(at, 'format').fixed = this.syntax.dateFormat
      }
      if (!this.bindings.has(leaf)) this.bindings.set(leaf, binding)
    }
  }

  private currencyOf({ kind, currency }: Leaf, at: PlanNode): LeafBinding['currency'] {
    if (kind !== 'amount' && kind !== 'price') return undefined
    return this.syntax.currencyOnAmounts || at.condition?.value.endsWith('urrency')
      ? (currency ?? 'currency')
      : undefined
  }

  /** Walks a path down from an element, making nodes where there are none. */
  private descend(from: PlanNode, path: string, { once, term, ublExtendedOnly }: Leaf | Group): PlanNode {
    const extension = isExtension(term)
    const absolute = path.startsWith('/')
    let at = absolute ? this.root : from
    const steps = path === '.' || path === '' ? [] : splitSteps(absolute ? path.slice(1) : path)
    for (const [index, step] of steps.entries()) {
      at = child(at, step, { syntax: this.syntax, extension })
      if (ublExtendedOnly && this.syntax.name === 'ubl' && index === steps.length - 1) at.extendedOnly = true
      if (once !== undefined && (index === steps.length - 1 || at.once === undefined)) at.once = once
    }
    return at
  }
}

function repeatedAround(slot: Slot): Slot {
  if (slot.many) return slot
  if (slot.parent === undefined) throw new RangeError('a path from the root belongs to no group that repeats')
  return repeatedAround(slot.parent)
}

/** The first place is written when the attribute that its condition demands has a value, the second one otherwise. */
function chooseBetween(first: PlanNode, second: PlanNode): void {
  const { condition } = first
  const demanded = condition?.steps.length === 0 ? condition.attribute : undefined
  const binding = first.attributes.find(({ name }) => name === demanded)?.binding
  if (binding !== undefined) first.writtenIf = { binding, present: true }
  second.writtenIf = { binding, present: false }
}

/** Splits at the slashes outside brackets. */
function splitSteps(path: string): string[] {
  return path.split(/\/(?![^[]*\])/)
}

function splitAttribute(path: string): [string, string | undefined] {
  const match = /^(.*?)\/?@(\w+)$/.exec(path)
  return match === null ? [path, undefined] : [match[1] ?? '', match[2]]
}

/** A term of EXTENDED-CTC-FR or of Factur-X EXTENDED. */
export function isExtension(term: string): boolean {
  return term.startsWith('EXT-')
}

interface ChildOf {
  readonly syntax: Syntax
  readonly extension: boolean
}

function child(parent: PlanNode, step: string, { syntax, extension }: ChildOf): PlanNode {
  const match = /^([^[]+)(?:\[(.*)\])?$/.exec(step)
  const [, name = '', predicate] = match ?? []
  const [{ namespace, local } = { namespace: '', local: '' }] = stepsOf(name, syntax)
  const siblings = parent.childrenByName.get(local) ?? []
  const condition = predicate === undefined ? undefined : parseCondition(predicate, syntax)
  const existing = siblings.find(sibling => sibling.condition === condition)
  if (existing !== undefined) {
    existing.extension &&= extension
    return existing
  }
  const made = node(name, { namespace, local }, condition)
  made.extension = extension
  // An element without a condition takes what the others leave.
  if (condition === undefined) siblings.push(made)
  else siblings.splice(siblings.findLastIndex(sibling => sibling.condition !== undefined) + 1, 0, made)
  parent.childrenByName.set(local, siblings)
  parent.children.push(made)
  if (condition !== undefined) fix(made, condition, syntax)
  return made
}

const conditions = new Map<string, Condition>()

function parseCondition(predicate: string, syntax: Syntax): Condition {
  const known = conditions.get(predicate)
  if (known !== undefined) return known
  if (predicate === '+') return remember(predicate, { steps: [], attribute: undefined, equal: true, value: '+' })
  // That an attribute is there is that it is not empty.
  const [, path = predicate, operator = '!=', value = ''] = /^(.*?)(!?=)(.*)$/.exec(predicate) ?? []
  const [elements, attribute] = splitAttribute(path)
  const steps = elements === '' ? [] : stepsOf(elements, syntax)
  return remember(predicate, { steps, attribute, equal: operator === '=', value })
}

/** One object for each predicate, so that nodes with the same one are the same. */
function remember(predicate: string, condition: Condition): Condition {
  conditions.set(predicate, condition)
  return condition
}

/** Makes what is written satisfy the condition. */
function fix(parent: PlanNode, { steps, attribute, equal, value }: Condition, syntax: Syntax): void {
  if (value === '+' || (value.startsWith('$') && value !== '$number') || (equal && value === '')) return
  const names = steps.map(step => nameIn(step, syntax))
  const written = equal ? value : syntax.fillers[`${names.join('/')}!=${value}`]
  if (written === undefined) return
  let at = parent
  for (const name of names) at = child(at, name, { syntax, extension: parent.extension })
  if (attribute === undefined) {
    at.fixed = written
    at.free = !equal && value === ''
  } else attributeNode(at, attribute).fixed = written
}

/** The name with the prefix of the syntax; undefined prefix for a foreign namespace is the caller's business. */
function nameIn({ namespace, local }: Step, { prefixes }: Syntax): string {
  const prefix = Object.keys(prefixes).find(key => prefixes[key] === namespace) ?? ''
  return `${prefix}:${local}`
}

function attributeNode(at: PlanNode, name: string): AttributeNode {
  const existing = at.attributes.find(attribute => attribute.name === name)
  if (existing !== undefined) return existing
  const made: AttributeNode = { name, binding: undefined, fixed: undefined }
  at.attributes.push(made)
  return made
}

function node(name: string, { namespace, local }: Step, condition: Condition | undefined): PlanNode {
  return {
    name,
    namespace,
    local,
    condition,
    children: [],
    childrenByName: new Map(),
    attributes: [],
    slots: [],
    repeated: undefined,
    alternativeFor: undefined,
    writtenIf: undefined,
    binding: undefined,
    extension: false,
    extendedOnly: false,
    outerOf: undefined,
    once: undefined,
    fixed: undefined,
    free: false,
    onlyFor: undefined,
    index: 0,
    filler: '',
  }
}

/** Sorts by the XSD, writes the fillers and says what depends on the elements around, from the leaves up. */
function finish(at: PlanNode, syntax: Syntax, around: Slot | undefined, outer?: Slot): void {
  const repeated = at.repeated ?? around
  if (at.repeated !== undefined && around !== undefined && !around.inner.includes(at.repeated)) at.outerOf = around
  for (const binding of [at.binding, ...at.attributes.map(attribute => attribute.binding)]) {
    if (binding === undefined || repeated === undefined || binding.sharedBy !== undefined) continue
    if (binding.slot !== repeated && !repeated.inner.includes(binding.slot)) binding.outerOf = repeated
    binding.standsIn = binding.outerOf ?? at.outerOf ?? outer
  }
  const order = syntax.order[at.local]?.split(' ') ?? []
  at.children.sort((a, b) => rankOf(a, order) - rankOf(b, order))
  for (const inner of at.children) {
    finish(inner, syntax, repeated, at.outerOf ?? outer)
    const value = inner.fixed ?? syntax.fillers[`${at.name}/${inner.name}`]
    if (value !== undefined) inner.filler = `<${inner.name}>${value}</${inner.name}>`
    else if (inner.condition === undefined && inner.children.some(({ fixed }) => fixed !== undefined)) {
      inner.filler = `<${inner.name}>${inner.children.map(({ filler }) => filler).join('')}</${inner.name}>`
    }
  }
}

/** Says which group an element is only written for, from the leaves up; `entered` are the groups of the elements around. */
function bound(at: PlanNode, entered: readonly Slot[]): Slot | undefined {
  const inside = [...entered, ...at.slots]
  const slots = [at.binding, ...at.attributes.map(({ binding }) => binding)].flatMap(binding =>
    binding === undefined ? [] : [binding.sharedBy === undefined ? binding.slot : entered[0]],
  )
  for (const child of at.children) {
    const slot = bound(child, inside)
    if (slot !== undefined) slots.push(slot)
  }
  let common = slots.length === 0 ? undefined : slots.reduce((a, b) => (a && b ? around(a, b) : undefined))
  while (common !== undefined && !inside.includes(common)) common = common.parent
  at.onlyFor = common?.parent === undefined ? undefined : common
  return common
}

/** The innermost group around both. */
function around(a: Slot, b: Slot): Slot {
  if (a === b || a.parent === undefined || a.inner.includes(b)) return a
  return around(a.parent, b)
}

/** Numbers the nodes from `next` on; the next number is the answer. */
function numbered(at: PlanNode, next: number): number {
  at.index = next
  return at.children.reduce((number, child) => numbered(child, number), next + 1)
}

function rankOf({ local }: PlanNode, order: readonly string[]): number {
  const rank = order.indexOf(local)
  if (rank < 0) throw new RangeError(`${local} has no place among ${order.join(' ')}`)
  return rank
}

/** Made at start, below everything it is made with. */
export const plans: Readonly<Record<DocumentRoot, Plan>> = {
  Invoice: buildPlan(syntaxes.Invoice),
  CreditNote: buildPlan(syntaxes.CreditNote),
  CrossIndustryInvoice: buildPlan(syntaxes.CrossIndustryInvoice),
}
