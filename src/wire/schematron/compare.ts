import { DynamicError } from './error.ts'
import type { GeneralOperator, ValueOperator } from './expression.ts'
import { type Node, stringOf, TreeNode } from './tree.ts'
import {
  type Atomic,
  atomize,
  booleanOfText,
  DateValue,
  dateOfText,
  Decimal,
  doubleOfDecimal,
  doubleOfText,
  type Item,
  powerOfTen,
  type Sequence,
  single,
  textOf,
  Untyped,
} from './values.ts'

/** Whether any pair of the two sequences compares so. [XPath 2.0 §3.5.2] */
export function compareAny(operator: GeneralOperator, left: Sequence, right: Sequence): boolean {
  if (left.length === 0 || right.length === 0) return false
  const [first, second] = [left[0], right[0]]
  if (left.length === 1 && right.length === 1 && first !== undefined && second !== undefined) {
    return compareItems(operator, first, second)
  }
  const others = right.map(atomize)
  for (const item of left) {
    const one = atomize(item)
    for (const other of others) if (comparePair(operator, one, other)) return true
  }
  return false
}

/** As comparePair, without an atom for each node: most comparisons are of one node. */
function compareItems(operator: GeneralOperator, left: Item, right: Item): boolean {
  const a = left instanceof TreeNode ? stringOf(left) : left
  const b = right instanceof TreeNode ? stringOf(right) : right
  if (typeof a === 'string' && typeof b === 'string') return isOrdered(operator, a, b)
  if (left instanceof TreeNode && typeof a === 'string' && isNumeric(b))
    return isOrdered(operator, doubleOfText(a), doubleOf(b))
  if (right instanceof TreeNode && typeof b === 'string' && isNumeric(a))
    return isOrdered(operator, doubleOf(a), doubleOfText(b))
  return comparePair(operator, atomize(left), atomize(right))
}

const generalOf: Readonly<Record<ValueOperator, GeneralOperator>> = {
  eq: '=',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
}

/** Nothing when a side is empty; untyped text is a string here. [XPath 2.0 §3.5.1] */
export function compareOne(operator: ValueOperator, left: Sequence, right: Sequence): Sequence {
  const a = single(left, operator)
  const b = single(right, operator)
  if (a === undefined || b === undefined) return []
  return [comparePair(generalOf[operator], typed(a), typed(b))]
}

function typed(value: Atomic): Atomic {
  return value instanceof Untyped ? value.text : value
}

function comparePair(operator: GeneralOperator, left: Atomic, right: Atomic): boolean {
  const a = left instanceof Untyped ? castLike(left.text, right) : left
  const b = right instanceof Untyped ? castLike(right.text, left) : right
  if (typeof a === 'string' && typeof b === 'string') return isOrdered(operator, a, b)
  if (a instanceof Decimal && b instanceof Decimal) return isOrdered(operator, ...onOneScale(a, b))
  if (isNumeric(a) && isNumeric(b)) return isOrdered(operator, doubleOf(a), doubleOf(b))
  if (typeof a === 'boolean' && typeof b === 'boolean') return isOrdered(operator, Number(a), Number(b))
  if (a instanceof DateValue && b instanceof DateValue) return isOrdered(operator, a.text, b.text)
  throw new DynamicError('XPTY0004', `${nameOfType(a)} is not compared with ${nameOfType(b)}`)
}

/** Untyped text takes the type of the other side; two untyped texts are strings. */
function castLike(text: string, other: Atomic): Atomic {
  if (typeof other === 'string' || other instanceof Untyped) return text
  if (isNumeric(other)) return doubleOfText(text)
  return other instanceof DateValue ? dateOfText(text) : booleanOfText(text)
}

function isNumeric(value: Item): value is Decimal | number {
  return typeof value === 'number' || value instanceof Decimal
}

function doubleOf(value: Decimal | number): number {
  return typeof value === 'number' ? value : doubleOfDecimal(value)
}

function onOneScale(a: Decimal, b: Decimal): [bigint, bigint] {
  if (a.scale === b.scale) return [a.mantissa, b.mantissa]
  return a.scale < b.scale
    ? [a.mantissa * powerOfTen(b.scale - a.scale), b.mantissa]
    : [a.mantissa, b.mantissa * powerOfTen(a.scale - b.scale)]
}

function isOrdered<Value extends string | number | bigint>(operator: GeneralOperator, a: Value, b: Value): boolean {
  switch (operator) {
    case '=':
      return a === b
    case '!=':
      return a !== b
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '>=':
  }
  return a >= b
}

function nameOfType(value: Atomic): string {
  if (value instanceof Decimal) return value.isInteger ? 'xs:integer' : 'xs:decimal'
  if (value instanceof DateValue) return 'xs:date'
  return typeof value === 'number' ? 'xs:double' : `xs:${typeof value}`
}

/* ── The common cases, without atoms in between ────────────────────────────────────────────── */

export function someIs(nodes: readonly Node[], text: string): boolean {
  for (let at = 0; at < nodes.length; at++) if (stringOf(nodes[at] as Node) === text) return true
  return false
}

export function someIsNot(nodes: readonly Node[], text: string): boolean {
  for (let at = 0; at < nodes.length; at++) if (stringOf(nodes[at] as Node) !== text) return true
  return false
}

export function someIsIn(nodes: readonly Node[], texts: ReadonlySet<string>): boolean {
  for (const node of nodes) if (texts.has(stringOf(node))) return true
  return false
}

export function someAreEqual(left: readonly Node[], right: readonly Node[]): boolean {
  if (left.length === 0 || right.length === 0) return false
  const [first, second] = left
  if (second === undefined) return first !== undefined && someIs(right, stringOf(first))
  return someIsIn(right, new Set(left.map(stringOf)))
}

/** The effective boolean value. [XPath 2.0 §2.4.3] */
export function truthOf(items: Sequence): boolean {
  const [first] = items
  if (first === undefined) return false
  if (first instanceof TreeNode) return true
  if (items.length > 1) throw new DynamicError('FORG0006', 'several values are neither true nor false')
  if (typeof first === 'boolean') return first
  if (typeof first === 'number') return truthOfDouble(first)
  if (first instanceof Decimal) return first.mantissa !== 0n
  if (first instanceof DateValue) throw new DynamicError('FORG0006', 'a date is neither true nor false')
  return textOf(first) !== ''
}

export function truthOfDouble(value: number): boolean {
  return !Number.isNaN(value) && value !== 0
}

/** What a predicate of unknown type means: a number is a position. [XPath 2.0 §3.2.2] */
export function isSelected(items: Sequence, position: number): boolean {
  const [first] = items
  if (items.length !== 1 || first === undefined || first instanceof TreeNode) return truthOf(items)
  return isNumeric(first) ? doubleOf(first) === position : truthOf(items)
}

/** The greatest or smallest; untyped text counts as a double. */
export function extreme(operator: '<' | '>', items: Sequence): Sequence {
  let best: Atomic | undefined
  for (const item of items) {
    const value = atomize(item)
    const one = value instanceof Untyped ? doubleOfText(value.text) : value
    if (typeof one === 'number' && Number.isNaN(one)) return [one]
    if (best === undefined || comparePair(operator, one, best)) best = one
  }
  return best === undefined ? [] : [best]
}

/** Where the value stands, as integers from 1. */
export function positionsOf(items: Sequence, wanted: Sequence): readonly number[] {
  const value = single(wanted, 'index-of')
  if (value === undefined) return []
  return items.flatMap((item, index) => (isSame(typed(atomize(item)), typed(value)) ? [index + 1] : []))
}

/** Values that cannot be compared are different. */
function isSame(a: Atomic, b: Atomic): boolean {
  const isComparable = nameOfType(a) === nameOfType(b) || (isNumeric(a) && isNumeric(b))
  return isComparable && comparePair('=', a, b)
}

export function distinctValues(items: Sequence): Sequence {
  const seen = new Map<string, Atomic>()
  for (const item of items) {
    const value = typed(atomize(item))
    const key = isNumeric(value) ? `number ${doubleOf(value)}` : `${nameOfType(value)} ${textOf(value)}`
    if (!seen.has(key)) seen.set(key, value)
  }
  return [...seen.values()]
}
