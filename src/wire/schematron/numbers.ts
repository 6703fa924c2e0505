import { DynamicError } from './error.ts'
import type { ArithmeticOperator } from './expression.ts'
import {
  Decimal,
  decimalOf,
  doubleOfDecimal,
  doubleOfText,
  integerOf,
  powerOfTen,
  type Sequence,
  single,
  toInteger,
  Untyped,
  atomize,
  type Item,
} from './values.ts'

type Numeric = Decimal | number

/** Untyped text becomes a double. [XPath 2.0 §3.4] */
function numericOf(item: Item): Numeric {
  const value = atomize(item)
  if (value instanceof Untyped) return doubleOfText(value.text)
  if (typeof value === 'number' || value instanceof Decimal) return value
  throw new DynamicError('XPTY0004', `arithmetic takes numbers, not ${typeof value}`)
}

function operandOf(items: Sequence): Numeric | undefined {
  const value = single(items, 'arithmetic')
  return value === undefined ? undefined : numericOf(value)
}

export function arithmetic(operator: ArithmeticOperator, left: Sequence, right: Sequence): Sequence {
  const a = operandOf(left)
  const b = operandOf(right)
  if (a === undefined || b === undefined) return []
  return [calculate(operator, a, b)]
}

function calculate(operator: ArithmeticOperator, a: Numeric, b: Numeric): Numeric {
  if (a instanceof Decimal && b instanceof Decimal) return exactly(operator, a, b)
  const x = a instanceof Decimal ? doubleOfDecimal(a) : a
  const y = b instanceof Decimal ? doubleOfDecimal(b) : b
  switch (operator) {
    case '+':
      return x + y
    case '-':
      return x - y
    case '*':
      return x * y
    case 'div':
      return x / y
    case 'mod':
      return x % y
    case 'idiv':
  }
  return wholeQuotient(x / y)
}

function wholeQuotient(quotient: number): Decimal {
  if (!Number.isFinite(quotient)) throw new DynamicError('FOAR0001', 'idiv has no result')
  return integerOf(Math.trunc(quotient))
}

function exactly(operator: ArithmeticOperator, a: Decimal, b: Decimal): Decimal {
  const isInteger = a.isInteger && b.isInteger
  if (operator === '*') return decimalOf(a.mantissa * b.mantissa, a.scale + b.scale, isInteger)
  const scale = Math.max(a.scale, b.scale)
  const x = a.mantissa * powerOfTen(scale - a.scale)
  const y = b.mantissa * powerOfTen(scale - b.scale)
  if (operator === '+') return decimalOf(x + y, scale, isInteger)
  if (operator === '-') return decimalOf(x - y, scale, isInteger)
  if (y === 0n) throw new DynamicError('FOAR0001', 'division by zero')
  if (operator === 'mod') return decimalOf(x % y, scale, isInteger)
  return operator === 'idiv' ? integerOf(x / y) : quotientOf(x, y, Math.max(18, scale))
}

/** A quotient of decimals has at least 18 places, half rounded down, as in the engine whose answers are official. */
function quotientOf(x: bigint, y: bigint, places: number): Decimal {
  const numerator = x * powerOfTen(places)
  const quotient = numerator / y
  const rest = sizeOf(numerator % y) * 2n
  if (rest <= sizeOf(y)) return decimalOf(quotient, places)
  return decimalOf(quotient + (x < 0n === y < 0n ? 1n : -1n), places)
}

function sizeOf(value: bigint): bigint {
  return value < 0n ? -value : value
}

export function negate(items: Sequence): Sequence {
  const value = operandOf(items)
  if (value === undefined) return []
  return [value instanceof Decimal ? new Decimal(-value.mantissa, value.scale, value.isInteger) : -value]
}

export function absolute(items: Sequence): Sequence {
  const value = operandOf(items)
  if (value === undefined) return []
  if (typeof value === 'number') return [Math.abs(value)]
  return [new Decimal(sizeOf(value.mantissa), value.scale, value.isInteger)]
}

/** Halves go up, towards positive infinity. [XPath Functions §6.4.4] */
export function round(items: Sequence): Sequence {
  const value = operandOf(items)
  if (value === undefined) return []
  if (typeof value === 'number') return [Number.isFinite(value) ? Math.floor(value + 0.5) : value]
  const half = new Decimal(value.mantissa * 2n + powerOfTen(value.scale), value.scale, false)
  return [new Decimal(floorOf(half.mantissa, powerOfTen(value.scale) * 2n), 0, value.isInteger)]
}

export function floor(items: Sequence): Sequence {
  const value = operandOf(items)
  if (value === undefined) return []
  if (typeof value === 'number') return [Math.floor(value)]
  return [new Decimal(floorOf(value.mantissa, powerOfTen(value.scale)), 0, value.isInteger)]
}

export function ceiling(items: Sequence): Sequence {
  const value = operandOf(items)
  if (value === undefined) return []
  if (typeof value === 'number') return [Math.ceil(value)]
  return [new Decimal(-floorOf(-value.mantissa, powerOfTen(value.scale)), 0, value.isInteger)]
}

function floorOf(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient
}

/** 0 for nothing. */
export function sum(items: Sequence): Sequence {
  let total: Numeric | undefined
  for (const item of items) {
    const value = numericOf(item)
    total = total === undefined ? value : calculate('+', total, value)
  }
  return [total ?? integerOf(0)]
}

export function average(items: Sequence): Sequence {
  return items.length === 0 ? [] : arithmetic('div', sum(items), [integerOf(items.length)])
}

/** A rule that counts further than this is no rule. */
const rangeMax = 100_000

export function range(first: Sequence, last: Sequence): Sequence {
  const [from] = toInteger(first)
  const [to] = toInteger(last)
  if (!(from instanceof Decimal && to instanceof Decimal)) return []
  const count = Number(to.mantissa - from.mantissa) + 1
  if (count > rangeMax) throw new DynamicError('FOAR0001', `a range of ${count} integers is too long`)
  return Array.from({ length: Math.max(0, count) }, (_, index) => integerOf(from.mantissa + BigInt(index)))
}
