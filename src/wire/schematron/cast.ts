import { DynamicError } from './error.ts'
import type { AtomicType } from './expression.ts'
import {
  atomize,
  booleanOfText,
  DateValue,
  dateOfText,
  Decimal,
  doubleOfText,
  type Atomic,
  type Item,
  type Sequence,
  single,
  textOf,
  toDecimal,
  toDouble,
  toInteger,
  Untyped,
} from './values.ts'

/** `cast as` and the constructor functions. Throws DynamicError. */
export function cast(items: Sequence, type: AtomicType, optional: boolean): Sequence {
  const value = single(items, type)
  if (value === undefined) {
    if (optional) return []
    throw new DynamicError('XPTY0004', `nothing is no ${type}`)
  }
  switch (type) {
    case 'xs:string':
      return [textOf(value)]
    case 'xs:boolean':
      return [booleanOf(value)]
    case 'xs:integer':
      return toInteger([value])
    case 'xs:decimal':
      return toDecimal([value])
    case 'xs:double':
      return [typeof value === 'string' || value instanceof Untyped ? doubleOfText(textOf(value)) : toDouble([value])]
    case 'xs:date':
  }
  return [value instanceof DateValue ? value : dateOfText(textOf(value))]
}

function booleanOf(value: Atomic): boolean {
  if (typeof value === 'boolean') return value
  if (typeof value === 'string' || value instanceof Untyped) return booleanOfText(textOf(value))
  const number = toDouble([value])
  return !Number.isNaN(number) && number !== 0
}

export function isCastable(items: Sequence, type: AtomicType, optional: boolean): boolean {
  try {
    cast(items, type, optional)
    return true
  } catch (error) {
    if (error instanceof DynamicError) return false
    throw error
  }
}

/** What a function's parameter or result is declared as: `many` for `*` and `+`. */
export interface Declared {
  readonly type: AtomicType | 'node' | 'item'
  readonly optional: boolean
  readonly many: boolean
}

/** The function conversion rules: nodes become values, untyped text takes the type. [XPath 2.0 §3.1.5] */
export function convert(items: Sequence, declared: Declared): Sequence {
  const { type, optional, many } = declared
  if (items.length === 0 && !optional) throw new DynamicError('XPTY0004', `nothing is given where ${type} is wanted`)
  if (items.length > 1 && !many)
    throw new DynamicError('XPTY0004', `${items.length} values are given where one ${type} is wanted`)
  if (type === 'node' || type === 'item') return items
  const [only] = items
  // Nearly all are one value, of its type already.
  if (items.length === 1 && (typeof only !== 'object' || only instanceof Decimal)) return items
  return items.map(item => convertOne(item, type))
}

function convertOne(item: Item, type: AtomicType): Item {
  const value = atomize(item)
  return value instanceof Untyped ? (cast([value], type, false)[0] ?? value) : value
}
