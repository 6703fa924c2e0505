import { DynamicError } from './error.ts'
import { type Node, stringOf, TreeNode } from './tree.ts'

/** xs:decimal, or xs:integer when `isInteger`: mantissa / 10^scale, without trailing zeros. */
export class Decimal {
  readonly mantissa: bigint
  readonly scale: number
  readonly isInteger: boolean

  constructor(mantissa: bigint, scale: number, isInteger: boolean) {
    this.mantissa = mantissa
    this.scale = scale
    this.isInteger = isInteger
  }
}

/** xs:untypedAtomic: what a node's value is until something casts it. */
export class Untyped {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** xs:date without arithmetic: kept as it was written, without white space. */
export class DateValue {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** A JavaScript number is an xs:double. */
export type Atomic = string | boolean | number | Decimal | Untyped | DateValue
export type Item = Atomic | Node
export type Sequence = readonly Item[]

const powers = Array.from({ length: 64 }, (_, exponent) => 10n ** BigInt(exponent))

export function powerOfTen(exponent: number): bigint {
  return powers[exponent] ?? 10n ** BigInt(exponent)
}

/** A decimal without trailing zeros behind the point. */
export function decimalOf(mantissa: bigint, scale: number, isInteger = false): Decimal {
  while (scale > 0 && mantissa % 10n === 0n) {
    mantissa /= 10n
    scale--
  }
  return new Decimal(mantissa, scale, isInteger)
}

export function integerOf(value: number | bigint): Decimal {
  return new Decimal(BigInt(value), 0, true)
}

const decimalForm = /^[ \t\r\n]*([+-]?)(\d*)(?:\.(\d*))?[ \t\r\n]*$/
const integerForm = /^[ \t\r\n]*[+-]?\d+[ \t\r\n]*$/
const doubleForm = /^[ \t\r\n]*(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|-?INF|NaN)[ \t\r\n]*$/
const dateForm = /^(-?\d{4,})-(\d\d)-(\d\d)(?:Z|[+-]\d\d:\d\d)?$/

/** undefined when the text is no xs:decimal. */
export function parseDecimal(text: string): Decimal | undefined {
  return plainDecimal(text) ?? anyDecimal(text)
}

/** With so many digits a JavaScript number holds them all. */
const plainMax = 15

/** Of digits with at most a sign before and a point among them, which is how amounts are written: without the lists that a regular expression makes. */
function plainDecimal(text: string): Decimal | undefined {
  const isNegative = text.startsWith('-')
  const begin = isNegative ? 1 : 0
  if (text.length > plainMax) return undefined
  let value = 0
  let point = -1
  for (let at = begin; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit >= 0 && digit <= 9) value = value * 10 + digit
    else if (digit === -2 && point < 0) point = at
    else return undefined
  }
  const digits = text.length - begin - (point < 0 ? 0 : 1)
  if (digits === 0) return undefined
  let scale = point < 0 ? 0 : text.length - 1 - point
  while (scale > 0 && value % 10 === 0) {
    value /= 10
    scale--
  }
  return new Decimal(BigInt(isNegative ? -value : value), scale, false)
}

function anyDecimal(text: string): Decimal | undefined {
  const match = decimalForm.exec(text)
  if (match === null) return undefined
  const [, sign, whole = '', fraction = ''] = match
  if (whole === '' && fraction === '') return undefined
  const mantissa = BigInt(whole + fraction)
  return decimalOf(sign === '-' ? -mantissa : mantissa, fraction.length)
}

/** undefined when the text is no xs:double. */
function parseDouble(text: string): number | undefined {
  if (!doubleForm.test(text)) return undefined
  const trimmed = text.trim()
  return trimmed.endsWith('INF') ? Number(trimmed.replace('INF', 'Infinity')) : Number(trimmed)
}

export function atomize(item: Item): Atomic {
  return item instanceof TreeNode ? new Untyped(stringOf(item)) : item
}

/** The only item. Throws DynamicError when there are several; undefined when there is none. */
export function single(items: Sequence, wanted: string): Atomic | undefined {
  if (items.length > 1) throw new DynamicError('XPTY0004', `${wanted} takes one value, not ${items.length}`)
  const [item] = items
  return item === undefined ? undefined : atomize(item)
}

export function textOf(item: Item): string {
  if (typeof item === 'string') return item
  if (item instanceof TreeNode) return stringOf(item)
  if (item instanceof Untyped || item instanceof DateValue) return item.text
  if (item instanceof Decimal) return decimalText(item)
  return typeof item === 'number' ? doubleText(item) : String(item)
}

function decimalText({ mantissa, scale }: Decimal): string {
  if (scale === 0) return mantissa.toString()
  const digits = (mantissa < 0n ? -mantissa : mantissa).toString().padStart(scale + 1, '0')
  return `${mantissa < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** [XPath Functions §17.1.2]: plain from 0.000001 to below a million, else with exponent. */
function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'INF' : '-INF'
  if (Object.is(value, -0)) return '-0'
  const size = Math.abs(value)
  if (size === 0 || (size >= 1e-6 && size < 1e6)) return String(value)
  const [mantissa = '', exponent = ''] = value.toExponential().split('e')
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${exponent.replace('+', '')}`
}

/** The double that is nearest. Of two numbers that are exact, the division rounds to it. [IEEE 754 §4.3] */
export function doubleOfDecimal(value: Decimal): number {
  const { mantissa, scale } = value
  if (scale === 0) return Number(mantissa)
  const whole = Number(mantissa)
  return scale <= exactPower && Number.isSafeInteger(whole)
    ? whole / Number(powerOfTen(scale))
    : Number(decimalText(value))
}

/** Up to this one, powers of ten are doubles. */
const exactPower = 22

/** fn:number: NaN for nothing and for what is no number. */
export function toDouble(items: Sequence): number {
  const value = single(items, 'number()')
  if (value === undefined) return Number.NaN
  if (typeof value === 'number') return value
  if (value instanceof Decimal) return doubleOfDecimal(value)
  if (typeof value === 'boolean') return Number(value)
  return parseDouble(textOf(value)) ?? Number.NaN
}

/** The double that arithmetic and comparison make of untyped text. Throws DynamicError FORG0001. */
export function doubleOfText(text: string): number {
  const value = parseDouble(text)
  if (value === undefined) throw new DynamicError('FORG0001', `'${text}' is no number`)
  return value
}

/** The cast to xs:decimal; nothing stays nothing. */
export function toDecimal(items: Sequence): Sequence {
  const value = single(items, 'xs:decimal')
  if (value === undefined) return []
  if (value instanceof Decimal) return [value.isInteger ? new Decimal(value.mantissa, 0, false) : value]
  if (typeof value === 'number') return [exactDecimal(value)]
  if (typeof value === 'boolean') return [new Decimal(value ? 1n : 0n, 0, false)]
  const parsed = parseDecimal(textOf(value))
  if (parsed === undefined) throw new DynamicError('FORG0001', `'${textOf(value)}' is no xs:decimal`)
  return [parsed]
}

/** The cast to xs:integer; fractions of numbers are cut off. */
export function toInteger(items: Sequence): Sequence {
  const value = single(items, 'xs:integer')
  if (value === undefined) return []
  if (value instanceof Decimal) return [integerOf(value.mantissa / powerOfTen(value.scale))]
  if (typeof value === 'boolean') return [integerOf(value ? 1 : 0)]
  if (typeof value === 'number') {
    const { mantissa, scale } = exactDecimal(value)
    return [integerOf(mantissa / powerOfTen(scale))]
  }
  const text = textOf(value)
  if (!integerForm.test(text)) throw new DynamicError('FORG0001', `'${text}' is no xs:integer`)
  return [integerOf(BigInt(text.trim().replace(/^\+/, '')))]
}

const float = new DataView(new ArrayBuffer(8))

/** Every finite double is a decimal; this one has all its digits. */
function exactDecimal(value: number): Decimal {
  if (!Number.isFinite(value)) throw new DynamicError('FOCA0002', `${doubleText(value)} is no decimal`)
  if (Number.isSafeInteger(value)) return new Decimal(BigInt(value), 0, false)
  float.setFloat64(0, value)
  const bits = float.getBigUint64(0)
  const field = Number((bits >> 52n) & 0x7ffn)
  const fraction = (bits & 0xfffffffffffffn) | (field === 0 ? 0n : 1n << 52n)
  const exponent = Math.max(field, 1) - 1075
  const signed = value < 0 ? -fraction : fraction
  return exponent >= 0
    ? new Decimal(signed << BigInt(exponent), 0, false)
    : decimalOf(signed * 5n ** BigInt(-exponent), -exponent)
}

/** Throws DynamicError FORG0001. */
export function dateOfText(text: string): DateValue {
  const trimmed = text.trim()
  const match = dateForm.exec(trimmed)
  const [year = 0, month = 0, day = 0] = match === null ? [] : match.slice(1).map(Number)
  const isDate = year !== 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month)
  if (!isDate) throw new DynamicError('FORG0001', `'${text}' is no xs:date`)
  return new DateValue(trimmed)
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** Throws DynamicError FORG0001. */
export function booleanOfText(text: string): boolean {
  const trimmed = text.trim()
  if (trimmed === 'true' || trimmed === '1') return true
  if (trimmed === 'false' || trimmed === '0') return false
  throw new DynamicError('FORG0001', `'${text}' is no xs:boolean`)
}
