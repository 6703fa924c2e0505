/**
 * An exact decimal number: `coefficient × 10^-scale`. The scale is kept as written (`1.50` has scale 2), so that what was
 * read is written again digit for digit; comparison goes by value. No operation passes through a floating point number.
 */
export class Decimal {
  readonly coefficient: bigint
  /** Number of digits after the point; never negative. */
  readonly scale: number

  constructor(coefficient: bigint, scale: number) {
    this.coefficient = coefficient
    this.scale = scale
  }

  plus(other: Decimal): Decimal {
    const scale = Math.max(this.scale, other.scale)
    return new Decimal(scaled(this, scale) + scaled(other, scale), scale)
  }

  minus(other: Decimal): Decimal {
    const scale = Math.max(this.scale, other.scale)
    return new Decimal(scaled(this, scale) - scaled(other, scale), scale)
  }

  times(other: Decimal): Decimal {
    return new Decimal(this.coefficient * other.coefficient, this.scale + other.scale)
  }

  /** The quotient rounded to `scale` places, halves away from zero. Throws RangeError when the divisor is zero. */
  dividedBy(divisor: Decimal, scale: number): Decimal {
    if (divisor.coefficient === 0n) throw new RangeError('division by zero')
    const shift = scale + divisor.scale - this.scale
    const numerator = shift > 0 ? this.coefficient * power(shift) : this.coefficient
    const denominator = shift < 0 ? divisor.coefficient * power(-shift) : divisor.coefficient
    return new Decimal(divideRounded(numerator, denominator), scale)
  }

  /** Rounded to `scale` places, halves away from zero; with fewer places than that, zeros are added. [EN 16931-1 §6.5.2] */
  rounded(scale: number): Decimal {
    if (this.scale === scale) return this
    if (this.scale < scale) return new Decimal(scaled(this, scale), scale)
    return new Decimal(divideRounded(this.coefficient, power(this.scale - scale)), scale)
  }

  /** The same value with at least `scale` places. */
  padded(scale: number): Decimal {
    return this.scale >= scale ? this : new Decimal(scaled(this, scale), scale)
  }

  absolute(): Decimal {
    return this.coefficient < 0n ? new Decimal(-this.coefficient, this.scale) : this
  }

  /** Negative, zero or positive as this value is smaller than, equal to or greater than the other. */
  compare(other: Decimal): number {
    const scale = Math.max(this.scale, other.scale)
    const difference = scaled(this, scale) - scaled(other, scale)
    if (difference === 0n) return 0
    return difference < 0n ? -1 : 1
  }

  equals(other: Decimal): boolean {
    return this.compare(other) === 0
  }

  /** Negative, zero or positive. */
  sign(): number {
    if (this.coefficient === 0n) return 0
    return this.coefficient < 0n ? -1 : 1
  }

  /** As xs:decimal writes it: `-12.30`. */
  toString(): string {
    if (this.scale === 0) return this.coefficient.toString()
    const negative = this.coefficient < 0n
    const digits = (negative ? -this.coefficient : this.coefficient).toString().padStart(this.scale + 1, '0')
    return `${negative ? '-' : ''}${digits.slice(0, -this.scale)}.${digits.slice(-this.scale)}`
  }

  /** A string, because a JSON number would be read as a floating point one. */
  toJSON(): string {
    return this.toString()
  }
}

export const zero = new Decimal(0n, 0)
export const hundred = new Decimal(100n, 0)

/** No amount of this world needs more; a longer one is an attack or a mistake. */
const digitsMax = 40

/** `-?digits(.digits)?` with at most 40 digits; undefined for anything else (no exponent, no blanks, no bare point). */
export function parseDecimal(text: string): Decimal | undefined {
  return parseShort(text) ?? parseLong(text)
}

/** So many characters are digits that a JavaScript number holds exactly. */
const shortMax = 15

/** Nearly every amount, without the lists and parts that a regular expression makes; undefined also for one that is only longer or signed with +. */
function parseShort(text: string): Decimal | undefined {
  const begin = text.startsWith('-') ? 1 : 0
  if (text.length > shortMax || text.length === begin) return undefined
  let value = 0
  let point = -1
  for (let at = begin; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30
    if (digit >= 0 && digit <= 9) value = value * 10 + digit
    else if (digit === -2 && point < 0 && at > begin && at < text.length - 1) point = at
    else return undefined
  }
  return new Decimal(BigInt(begin === 1 ? -value : value), point < 0 ? 0 : text.length - 1 - point)
}

function parseLong(text: string): Decimal | undefined {
  const match = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (match === null || text.length > digitsMax + 2) return undefined
  const [, sign, whole = '', fraction = ''] = match
  const digits = BigInt(whole + fraction)
  return new Decimal(sign === '-' ? -digits : digits, fraction.length)
}

/**
 * A JSON number by its shortest decimal text. A decimal of up to 15 significant digits survives the way through a double,
 * so it is what the author wrote; with more digits nobody can tell, and the answer is undefined.
 */
export function decimalOfNumber(value: number): Decimal | undefined {
  const text = String(value)
  if (text.replace(/[-.]/g, '').replace(/^0+/, '').length > 15) return undefined
  return parseDecimal(text)
}

/** Exact; the scale is the largest of the parts. */
export function sum(values: Iterable<Decimal>): Decimal {
  let total = zero
  for (const value of values) total = total.plus(value)
  return total
}

function scaled(value: Decimal, scale: number): bigint {
  return scale === value.scale ? value.coefficient : value.coefficient * power(scale - value.scale)
}

const powers = Array.from({ length: 64 }, (_, exponent) => 10n ** BigInt(exponent))

function power(exponent: number): bigint {
  return powers[exponent] ?? 10n ** BigInt(exponent)
}

function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n
  const n = numerator < 0n ? -numerator : numerator
  const d = denominator < 0n ? -denominator : denominator
  const rounded = (2n * n + d) / (2n * d)
  return negative ? -rounded : rounded
}
