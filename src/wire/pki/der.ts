import { type Instant } from '../../kernel/index.ts'
import { PkiError } from './error.ts'

/** Tags of the values read here, with class and constructed bits. [X.690 §8.1.2] */
export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

/** Constructed and context-specific, `[number]` in ASN.1. */
export function contextTag(number: number): number {
  return 0xa0 + number
}

/** Primitive and context-specific: `[number] IMPLICIT` of a string or a boolean. */
export function primitiveTag(number: number): number {
  return 0x80 + number
}

export interface DerValue {
  readonly tag: number
  readonly content: Buffer
  /** With tag and length: what a signature covers. */
  readonly encoded: Buffer
}

/**
 * Reads the values inside one constructed value, in order. Only what DER allows: definite lengths in the shortest form,
 * one-octet tags. Reading one level costs nothing for the levels below, so that depth needs no limit. Throws `malformed`.
 */
export class DerReader {
  private readonly octets: Buffer
  private position = 0

  constructor(octets: Buffer) {
    this.octets = octets
  }

  get atEnd(): boolean {
    return this.position === this.octets.length
  }

  /** The next value whatever it is. */
  any(): DerValue {
    const start = this.position
    const tag = this.octet()
    if ((tag & 0x1f) === 0x1f) throw malformed('a tag of more than one octet')
    const length = this.length()
    const from = this.position
    if (length > this.octets.length - from) throw malformed('a length that reaches past the end')
    this.position = from + length
    return {
      tag,
      content: this.octets.subarray(from, this.position),
      encoded: this.octets.subarray(start, this.position),
    }
  }

  next(tag: number): DerValue {
    const value = this.any()
    if (value.tag !== tag) throw malformed(`tag ${value.tag} instead of ${tag}`)
    return value
  }

  /** The next value when it has that tag; otherwise nothing is read. */
  optional(tag: number): DerValue | undefined {
    return this.octets[this.position] === tag && !this.atEnd ? this.any() : undefined
  }

  inside(tag: number): DerReader {
    return new DerReader(this.next(tag).content)
  }

  end(): void {
    if (!this.atEnd) throw malformed('octets after the last value')
  }

  private octet(): number {
    const octet = this.octets[this.position]
    if (octet === undefined) throw malformed('the end comes too early')
    this.position++
    return octet
  }

  private length(): number {
    const first = this.octet()
    if (first < 0x80) return first
    const count = first - 0x80
    if (count === 0 || count > 4) throw malformed('an indefinite or excessive length')
    let length = 0
    for (let index = 0; index < count; index++) length = length * 256 + this.octet()
    if (length < 0x80 || length < 256 ** (count - 1)) throw malformed('a length that is not in its shortest form')
    return length
  }
}

/** Lower-case hexadecimal without leading zeros. */
export function readSerial({ content }: DerValue): string {
  if (content.length === 0) throw malformed('an empty INTEGER')
  return content.toString('hex').replace(/^0+(?=.)/, '')
}

/** A small non-negative INTEGER. */
export function readCount(value: DerValue): number {
  const { content } = value
  if (content.length === 0 || content.length > 4 || content.readInt8(0) < 0) throw malformed('an INTEGER out of range')
  return content.readUIntBE(0, content.length)
}

export function readBoolean({ content }: DerValue): boolean {
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) throw malformed('a BOOLEAN')
  return content[0] === 0xff
}

/** Dotted decimal. */
export function readOid({ content }: DerValue): string {
  const arcs: number[] = []
  let arc = 0
  for (const octet of content) {
    arc = arc * 128 + (octet & 0x7f)
    if (arc > Number.MAX_SAFE_INTEGER / 128) throw malformed('an OBJECT IDENTIFIER with too large an arc')
    if ((octet & 0x80) !== 0) continue
    arcs.push(arc)
    arc = 0
  }
  const first = arcs.shift()
  if (first === undefined || ((content.at(-1) ?? 0) & 0x80) !== 0) throw malformed('an OBJECT IDENTIFIER')
  const top = Math.min(Math.floor(first / 40), 2)
  return [top, first - top * 40, ...arcs].join('.')
}

/** The octets of a BIT STRING that is used as octets: no unused bits. */
export function readBitOctets({ content }: DerValue): Buffer {
  if (content[0] !== 0) throw malformed('a BIT STRING with unused bits')
  return content.subarray(1)
}

/** UTCTime or GeneralizedTime in the only form a certificate may have: seconds, no fraction, Z. [RFC 5280 §4.1.2.5] */
export function readTime({ tag, content }: DerValue): Instant {
  const text = content.toString('latin1')
  const match =
    tag === derTag.utcTime
      ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)
      : tag === derTag.generalizedTime
        ? /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)
        : null
  if (match === null) throw malformed(`the time ${JSON.stringify(text.slice(0, 20))}`)
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number)
  const fullYear = tag === derTag.utcTime ? year + (year < 50 ? 2000 : 1900) : year
  const time = new Date(0)
  time.setUTCFullYear(fullYear, month - 1, day)
  time.setUTCHours(hour, minute, second)
  // A date that does not exist has rolled over into another one.
  if (time.getUTCMonth() !== month - 1 || time.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) {
    throw malformed(`the time ${text}`)
  }
  return time.getTime() as Instant
}

export function malformed(what: string): PkiError {
  return new PkiError('malformed', `not DER as X.509 has it: ${what}`)
}
