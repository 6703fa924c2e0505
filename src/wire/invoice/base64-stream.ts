import { XmlError } from '../xml/index.ts'
import { type OctetCursor, endsEarly } from './octet-cursor.ts'

/** White space as character references: Java writers leave carriage returns as `&#13;`. */
const blanks = /[\t\n\r ]+|&#(?:9|10|13|32|x0*(?:9|[aAdD]|20));/g

/** The content of an element as base64, decoded while it passes by; ends behind its end tag. */
export class Base64Stream implements AsyncIterable<Buffer> {
  private readonly cursor: OctetCursor
  private isOver = false
  private inSection = false
  /** Digits that do not make three octets yet, or the begin of a reference. */
  private held = ''
  private isPadded = false

  constructor(cursor: OctetCursor) {
    this.cursor = cursor
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    while (!this.isOver) {
      const octets = await this.next()
      if (octets.length > 0) yield octets
    }
  }

  /** Of one piece of the stream. */
  private async next(): Promise<Buffer> {
    const piece = await this.cursor.piece(this.inSection ? ']' : '<')
    if (piece === undefined) throw endsEarly()
    const decoded = this.decode(piece.octets.toString('latin1'))
    if (piece.found) await this.markup()
    if (this.isOver && this.held !== '') throw notBase64()
    return decoded
  }

  private async markup(): Promise<void> {
    if (this.inSection) {
      // No digit is a bracket: the first one begins the end of the section.
      this.cursor.back()
      if ((await this.cursor.collect('>')) !== ']]') throw notBase64()
      this.inSection = false
      return
    }
    const { kind } = await this.cursor.markup()
    if (kind === 'start') throw new XmlError('unexpected', 'there is an element inside the content of an attachment')
    this.inSection = kind === 'section'
    this.isOver = kind === 'end'
  }

  private decode(text: string): Buffer {
    const all = (this.held + text).replace(blanks, '')
    const reference = all.indexOf('&')
    const digits = reference < 0 ? all : all.slice(0, reference)
    const whole = digits.length - (digits.length % 4)
    const rest = reference < 0 ? '' : all.slice(reference)
    // A reference to white space that is not complete waits for its end; any other one is not base64.
    if (rest.length > 12 || rest.includes(';')) throw notBase64()
    this.held = digits.slice(whole) + rest
    return this.decodeWhole(digits.slice(0, whole))
  }

  private decodeWhole(digits: string): Buffer {
    if (digits === '') return Buffer.alloc(0)
    const padding = digits.endsWith('==') ? 2 : digits.endsWith('=') ? 1 : 0
    const octets = Buffer.from(digits, 'base64')
    // What is no digit shortens the result, except the digits of the other alphabet.
    const isComplete = octets.length === (digits.length / 4) * 3 - padding && !/[-_]/.test(digits)
    if (this.isPadded || !isComplete) throw notBase64()
    this.isPadded = padding > 0
    return octets
  }
}

function notBase64(): XmlError {
  return new XmlError('unexpected', 'the content of an attachment is not base64')
}
