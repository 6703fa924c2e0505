import { type Entry, type Group, invoiceFields } from '../invoice/index.ts'
import type { GroupPlan, ItemPlan, LeafPlan, ListPlan } from './mapping.ts'
import { hint } from './nearest.ts'
import { type Bag, type ReadContext, loopFrame } from './read-context.ts'
import { readCondition, readExpression } from './read-expression.ts'
import { escaped, keysOf } from './shape.ts'

/* The targets of a mapping: pointers to terms, proven against the table of terms. */

/** The whole invoice. */
export function readInvoicePlan(json: Bag, context: ReadContext): GroupPlan {
  return readGroup(json, invoiceFields, { pointer: '/invoice', context })
}

interface Place {
  readonly pointer: string
  readonly context: ReadContext
}

function readGroup(json: Bag, fields: Group['fields'], { pointer, context }: Place): GroupPlan {
  const leaves: LeafPlan[] = []
  const lists: ListPlan[] = []
  for (const [target, filler] of Object.entries(json)) {
    const place = { pointer: `${pointer}/${escaped(target)}`, context }
    const path = keysOf(target)
    const entry = findEntry(target, fields, place)
    if (entry === undefined) continue
    if (entry.shape === 'leaf') leaves.push({ path, pointer: target, leaf: entry, expression: readLeaf(filler, place) })
    else if (entry.shape === 'many') lists.push({ path, entry, parts: readParts(filler, entry, place) })
    else
      context.problems.add(
        place.pointer,
        `is a group: name a term in it, ${target}/${Object.keys(entry.fields)[0] ?? ''} for one`,
      )
  }
  return { leaves, lists }
}

/** The row of the table a pointer leads to; undefined, and a problem, when there is none. */
function findEntry(
  target: string,
  fields: Group['fields'],
  { pointer, context: { problems } }: Place,
): Entry | undefined {
  if (!target.startsWith('/')) return problems.add(pointer, 'must be a JSON pointer into the model: it begins with /')
  let inside = fields
  let entry: Entry | undefined
  const way: string[] = []
  for (const key of keysOf(target)) {
    if (entry?.shape === 'many') {
      const list = `/${way.join('/')}`
      return problems.add(pointer, `goes through the list ${list}: map it as "${list}": {"each": …, "fields": {…}}`)
    }
    const next: Entry | undefined = Object.hasOwn(inside, key) ? inside[key] : undefined
    if (next === undefined) {
      const where = way.length === 0 ? 'the model' : `/${way.join('/')}`
      return problems.add(pointer, `is no term: ${where} has no "${key}"${hint(key, Object.keys(inside))}`)
    }
    way.push(key)
    entry = next
    inside = next.shape === 'leaf' ? {} : next.fields
  }
  return entry
}

function readLeaf(json: unknown, { pointer, context }: Place) {
  if (Array.isArray(json) || (typeof json === 'object' && json !== null && 'fields' in json)) {
    context.problems.add(pointer, 'is one term, not a list: it takes an expression')
    return { origin: { kind: 'first', options: [] }, steps: [], fallback: undefined } as const
  }
  return readExpression(json, pointer, context)
}

function readParts(json: unknown, entry: Group, { pointer, context }: Place): readonly ItemPlan[] {
  if (Array.isArray(json)) {
    return json.map((part, index) => readItem(part as Bag, entry, { pointer: `${pointer}/${index}`, context }))
  }
  if (typeof json === 'object' && json !== null && 'fields' in json) {
    return [readItem({ ...json }, entry, { pointer, context })]
  }
  context.problems.add(pointer, 'is a list: it takes {"each": …, "fields": {…}}, or several of these in an array')
  return []
}

const itemKeys: ReadonlySet<string> = new Set(['each', 'if', 'distinct', 'fields', 'comment'])

function readItem(bag: Bag, entry: Group, { pointer, context }: Place): ItemPlan {
  for (const key of Object.keys(bag)) {
    if (!itemKeys.has(key)) context.problems.add(`${pointer}/${key}`, `is unknown here${hint(key, itemKeys)}`)
  }
  const each = typeof bag['each'] === 'string' ? bag['each'] : undefined
  const frame = each === undefined ? context.frame : loopFrame(each, { pointer: `${pointer}/each`, context })
  const inner = { ...context, frame, listed: true }
  const condition = bag['if']
  return {
    each,
    condition: condition === undefined ? undefined : readCondition(condition as Bag, `${pointer}/if`, inner),
    distinct: bag['distinct'] === true,
    fields: readGroup((bag['fields'] ?? {}) as Bag, entry.fields, { pointer: `${pointer}/fields`, context: inner }),
  }
}
