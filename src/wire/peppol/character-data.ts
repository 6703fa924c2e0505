import { PeppolError } from './errors.ts'

/** Turns octets that arrive in pieces into others. */
export interface Decoder {
  push(octets: Buffer): Buffer
  /** Called once, after the last push; throws when something is missing. */
  end(): void
}

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }
const reference = /^&(?:(lt|gt|amp|quot|apos)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));$/
const nothing: Buffer = Buffer.alloc(0)

/** No reference is longer; a `&` with more behind it and no `;` is an error, not a piece that broke off. */
const referenceMax = 16
const closingTagMax = 4096

/** What one step resolved, and where the next begins. */
interface Step {
  readonly text: string
  readonly end: number
}

/**
 * Resolves the character data of one element up to its closing tag: references, CDATA sections, line ends. [XML §2.4, §2.11, §4.1]
 * The text holds one character per octet (UTF-8 passes through untouched). Memory does not grow with the content.
 * Throws PeppolError `payload` for markup within the element and for an end that is not `</name>`.
 */
export class CharacterData implements Decoder {
  private readonly name: string
  /** What the last piece broke off: less than a reference, a delimiter or a line end. */
  private carry = ''
  private inSection = false
  /** From `</` on. */
  private closing: string | undefined

  constructor(name: string) {
    this.name = name
  }

  push(octets: Buffer): Buffer {
    const text = this.carry + octets.toString('latin1')
    this.carry = ''
    let resolved = ''
    let position = 0
    while (position < text.length) {
      const step: Step | undefined = this.next(text, position)
      if (step === undefined) {
        this.carry = text.slice(position)
        break
      }
      resolved += step.text
      position = step.end
    }
    return Buffer.from(resolved, 'latin1')
  }

  end(): void {
    const behind = this.closing?.slice(2 + this.name.length) ?? ''
    if (!this.closing?.startsWith(`</${this.name}`) || !/^\s*>(?:\s|<!--(?:(?!--)[^])*-->)*$/.test(behind)) {
      throw this.unexpected()
    }
  }

  private next(text: string, from: number): Step | undefined {
    if (this.closing !== undefined) {
      this.closing += text.slice(from)
      if (this.closing.length > closingTagMax) throw this.unexpected()
      return { text: '', end: text.length }
    }
    if (this.inSection) return this.section(text, from)
    const at = indexOfMarkup(text, from)
    return at > from ? run(text, from, at) : this.markup(text, at)
  }

  private markup(text: string, at: number): Step | undefined {
    if (text[at] === '&') return this.reference(text, at)
    if (text.startsWith('<![CDATA[', at)) {
      this.inSection = true
      return { text: '', end: at + 9 }
    }
    if (text.startsWith('</', at)) {
      this.closing = ''
      return { text: '', end: at }
    }
    if ('<![CDATA['.startsWith(text.slice(at))) return undefined
    throw this.unexpected()
  }

  private section(text: string, from: number): Step | undefined {
    const at = text.indexOf(']]>', from)
    if (at < 0) return run(text, from, Math.max(from, text.length - 2))
    this.inSection = false
    return { text: lineEnds(text.slice(from, at)), end: at + 3 }
  }

  private reference(text: string, at: number): Step | undefined {
    const end = text.indexOf(';', at) + 1
    if (end === 0 && text.length - at < referenceMax) return undefined
    const match = reference.exec(text.slice(at, end))
    if (match === null) throw this.unexpected()
    const [, name, decimal, hexadecimal] = match
    const character = name === undefined ? characterOf(decimal, hexadecimal) : named[name]
    if (character === undefined) throw this.unexpected()
    return { text: Buffer.from(character).toString('latin1'), end }
  }

  private unexpected(): PeppolError {
    return new PeppolError('payload', `${this.name} holds something else than text, or does not end properly`)
  }
}

/** Base64 in pieces, white space ignored. Throws PeppolError `payload`. */
export class Base64 implements Decoder {
  private carry = ''
  private ended = false

  push(octets: Buffer): Buffer {
    const text = this.carry + octets.toString('latin1').replace(/[\t\n\r ]+/g, '')
    const whole = text.length - (text.length % 4)
    this.carry = text.slice(whole)
    return this.decode(text.slice(0, whole))
  }

  end(): void {
    if (this.carry !== '')
      throw new PeppolError('payload', 'BinaryContent is cut off: its base64 is no multiple of four')
  }

  private decode(text: string): Buffer {
    if (text === '') return nothing
    if (this.ended || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
      throw new PeppolError('payload', 'BinaryContent is not base64')
    }
    this.ended = text.endsWith('=')
    return Buffer.from(text, 'base64')
  }
}

/** Text as far as it may be resolved: a CR at its end waits for the LF that may follow. undefined when nothing is left to resolve. */
function run(text: string, from: number, to: number): Step | undefined {
  const end = text[to - 1] === '\r' && to >= from && text[to] !== '<' && text[to] !== '&' ? to - 1 : to
  return end > from ? { text: lineEnds(text.slice(from, end)), end } : undefined
}

function indexOfMarkup(text: string, from: number): number {
  for (let position = from; position < text.length; position++) {
    const character = text.charCodeAt(position)
    if (character === 0x26 || character === 0x3c) return position
  }
  return text.length
}

function characterOf(decimal: string | undefined, hexadecimal: string | undefined): string | undefined {
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number.parseInt(decimal, 10)
  const legal =
    code === 0x9 ||
    code === 0xa ||
    code === 0xd ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0x10ffff)
  return legal && code !== 0xfffe && code !== 0xffff ? String.fromCodePoint(code) : undefined
}

function lineEnds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
}
