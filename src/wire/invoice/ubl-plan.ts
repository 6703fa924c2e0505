import type { Group, Leaf } from './table.ts'
import { fillers, invoiceFields } from './terms.ts'
import { rankOf } from './ubl-order.ts'

/*
 * The table of terms turned inside out: a tree of the elements of a UBL document, each knowing which term or group it carries.
 * Made once per document kind; readers and writers walk it side by side with the document.
 */

export type UblRoot = 'Invoice' | 'CreditNote'

export const namespaces = {
  Invoice: 'urn:oasis:names:specification:ubl:schema:xsd:Invoice-2',
  CreditNote: 'urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2',
  cac: 'urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2',
  cbc: 'urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2',
} as const

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
  /** The term belongs to a group outside the repeated element it stands in: written in the first one only. */
  readonly outer: boolean
  /** False for a second place, where the term is only read. */
  readonly written: boolean
}

/** `path` from the element; the value compared is upper-cased. */
export interface Condition {
  readonly steps: readonly string[]
  readonly attribute: string | undefined
  readonly equal: boolean
  /** `$currency` and `$vatCurrency` stand for the document's own. */
  readonly value: string
}

interface AttributeNode {
  readonly name: string
  binding: LeafBinding | undefined
  fixed: string | undefined
}

export interface UblNode {
  /** `cbc:ID` */
  readonly name: string
  readonly namespace: string
  readonly local: string
  readonly condition: Condition | undefined
  readonly children: UblNode[]
  readonly childrenByName: Map<string, UblNode[]>
  readonly attributes: AttributeNode[]
  /** Groups whose element this is. */
  readonly slots: Slot[]
  /** The one of `slots` that is repeated with the element. */
  repeated: Slot | undefined
  binding: LeafBinding | undefined
  /** The rule that allows the element once. */
  once: string | undefined
  /** Text that a condition demands. */
  fixed: string | undefined
  /** What is written for this element when its parent is written and it has no term of its own; '' for nothing. */
  filler: string
}

export interface UblPlan {
  readonly root: UblNode
  readonly slot: Slot
  readonly slotCount: number
}

function buildPlan(kind: UblRoot): UblPlan {
  const root = node(kind, namespaces[kind], kind, undefined)
  const slot: Slot = { index: 0, parent: undefined, key: '', many: false, inner: [] }
  const builder = new PlanBuilder(kind)
  builder.addFields(invoiceFields, { at: root, slot, repeated: undefined })
  finish(root)
  return { root, slot, slotCount: builder.slotCount }
}

interface Place {
  readonly at: UblNode
  readonly slot: Slot
  /** The innermost group that repeats around here. */
  readonly repeated: Slot | undefined
}

class PlanBuilder {
  readonly kind: UblRoot
  slotCount = 1

  constructor(kind: UblRoot) {
    this.kind = kind
  }

  addFields(fields: Group['fields'], place: Place): void {
    for (const [key, entry] of Object.entries(fields)) {
      const path = this.kind === 'CreditNote' ? (entry.creditNote ?? entry.ubl) : entry.ubl
      if (entry.shape !== 'leaf') {
        this.addGroup(entry, { key, path }, place)
      } else if (path !== '') {
        this.addLeaf(entry, { key, path, written: true }, place)
        if (entry.alsoRead !== undefined) this.addLeaf(entry, { key, path: entry.alsoRead, written: false }, place)
      }
    }
  }

  private addGroup(group: Group, { key, path }: { key: string; path: string }, place: Place): void {
    const { slot: parent } = place
    const slot: Slot = { index: this.slotCount++, parent, key, many: group.shape === 'many', inner: [] }
    for (let outer: Slot | undefined = parent; outer !== undefined; outer = outer.parent) outer.inner.push(slot)
    const { at, repeated } = descend(place, path, group.once)
    at.slots.push(slot)
    if (slot.many) at.repeated = slot
    this.addFields(group.fields, { at, slot, repeated: slot.many ? slot : repeated })
  }

  private addLeaf(
    leaf: Leaf,
    { key, path, written }: { key: string; path: string; written: boolean },
    place: Place,
  ): void {
    const { slot } = place
    const [elements, attribute] = splitAttribute(path)
    const { at, repeated } = descend(place, elements, leaf.once)
    const outer = repeated !== undefined && slot !== repeated && !repeated.inner.includes(slot)
    const binding: LeafBinding = { leaf, slot, key, outer, written }
    if (attribute !== undefined) attributeNode(at, attribute).binding = binding
    else at.binding = binding
  }
}

/** Walks a path down from a place, making nodes where there are none. */
function descend(place: Place, path: string, once: string | undefined): { at: UblNode; repeated: Slot | undefined } {
  let { at, repeated } = place
  const steps = path === '.' || path === '' ? [] : splitSteps(path)
  for (const [index, step] of steps.entries()) {
    at = child(at, step)
    if (at.repeated !== undefined) repeated = at.repeated
    if (once !== undefined && (index === steps.length - 1 || at.once === undefined)) at.once = once
  }
  return { at, repeated }
}

/** Splits at the slashes outside brackets. */
function splitSteps(path: string): string[] {
  return path.split(/\/(?![^[]*\])/)
}

function splitAttribute(path: string): [string, string | undefined] {
  const match = /^(.*?)\/?@(\w+)$/.exec(path)
  return match === null ? [path, undefined] : [match[1] ?? '', match[2]]
}

function child(parent: UblNode, step: string): UblNode {
  const match = /^(cac|cbc):(\w+)(?:\[(.*)\])?$/.exec(step)
  if (match === null) throw new RangeError(`not a step of a UBL path: ${step}`)
  const [, prefix = 'cbc', local = '', predicate] = match
  const siblings = parent.childrenByName.get(local) ?? []
  const condition = predicate === undefined ? undefined : parseCondition(predicate)
  const existing = siblings.find(sibling => sibling.condition === condition)
  if (existing !== undefined) return existing
  const made = node(`${prefix}:${local}`, prefix === 'cac' ? namespaces.cac : namespaces.cbc, local, condition)
  // An element without a condition takes what the others leave.
  if (condition === undefined) siblings.push(made)
  else siblings.splice(siblings.findLastIndex(sibling => sibling.condition !== undefined) + 1, 0, made)
  parent.childrenByName.set(local, siblings)
  parent.children.push(made)
  if (condition !== undefined) fix(made, condition)
  return made
}

const conditions = new Map<string, Condition>()

function parseCondition(predicate: string): Condition {
  const known = conditions.get(predicate)
  if (known !== undefined) return known
  const match = /^(.*?)(!?=)(.*)$/.exec(predicate)
  if (match === null) throw new RangeError(`not a condition: ${predicate}`)
  const [, path = '', operator, value = ''] = match
  const [elements, attribute] = splitAttribute(path)
  const condition = { steps: elements.split('/'), attribute, equal: operator === '=', value }
  conditions.set(predicate, condition)
  return condition
}

/** Makes what is written satisfy the condition. */
function fix(parent: UblNode, condition: Condition): void {
  if (condition.value.startsWith('$')) return
  const path = condition.steps.join('/')
  const value = condition.equal ? condition.value : fillers[`${path}!=${condition.value}`]
  if (value === undefined) return
  let at = parent
  for (const step of condition.steps) at = child(at, step)
  if (condition.attribute === undefined) at.fixed = value
  else attributeNode(at, condition.attribute).fixed = value
}

function attributeNode(at: UblNode, name: string): AttributeNode {
  const existing = at.attributes.find(attribute => attribute.name === name)
  if (existing !== undefined) return existing
  const made: AttributeNode = { name, binding: undefined, fixed: undefined }
  at.attributes.push(made)
  return made
}

function node(name: string, namespace: string, local: string, condition: Condition | undefined): UblNode {
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
    binding: undefined,
    once: undefined,
    fixed: undefined,
    filler: '',
  }
}

/** Sorts by the XSD and writes the fillers, from the leaves up. */
function finish(at: UblNode): void {
  at.children.sort((a, b) => rankOf(at.local, a.local) - rankOf(at.local, b.local))
  for (const inner of at.children) {
    finish(inner)
    const value = inner.fixed ?? fillers[`${at.name}/${inner.name}`]
    if (value !== undefined) inner.filler = `<${inner.name}>${value}</${inner.name}>`
    else if (inner.condition === undefined && inner.children.some(({ fixed }) => fixed !== undefined)) {
      inner.filler = `<${inner.name}>${inner.children.map(({ filler }) => filler).join('')}</${inner.name}>`
    }
  }
}

/** Made at start, below everything it is made with. */
export const plans: Readonly<Record<UblRoot, UblPlan>> = {
  Invoice: buildPlan('Invoice'),
  CreditNote: buildPlan('CreditNote'),
}
