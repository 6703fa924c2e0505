import { base64, base64KindOf } from '../../kernel/index.ts'

/** A longer text of Base64 digits is an embedded file, not a term of the invoice. */
const textOctetsMax = 64 * 1024

/** Takes the digits of one file, without line breaks, in the order in which they stand. */
export interface FileSink {
  /** A promise only when the sink must wait. */
  write(digits: Buffer): Promise<void> | undefined
  /** No more is to come. */
  end(): Promise<void>
}

export interface SettingAside {
  readonly format: 'xml' | 'json'
  /** Of what is left of the document, which is held in memory. */
  readonly octetsMax: number
  /** 24 Base64 digits that occur in no document: what stands for a file begins with them. */
  readonly prefix: string
  /** Takes the files; they are passed over when there is none. */
  readonly sinkFor?: ((index: number) => FileSink) | undefined
}

/**
 * Takes the embedded files out of a document while it passes by, so that an invoice with a 100 MB attachment is worked on in the memory
 * of one without. In the place of each stands a text of 32 Base64 digits. A file is known by its look: more than 64 KiB of Base64
 * digits with nothing between them but line breaks, also as references (XML) or escapes (JSON). What is not whole Base64 gets a
 * stand-in that is none either, so that a schema and a reader find the same fault. `undefined` when more than octetsMax is left.
 */
export async function setFilesAside(chunks: AsyncIterable<Buffer>, options: SettingAside): Promise<Buffer | undefined> {
  const splitter = new Splitter(options)
  let sink: FileSink | undefined
  const deliver = async (): Promise<void> => {
    for (const { file, digits } of splitter.pieces()) {
      sink ??= options.sinkFor?.(file)
      if (digits !== undefined) await sink?.write(digits)
      else {
        await sink?.end()
        sink = undefined
      }
    }
  }
  for await (const chunk of chunks) {
    for (const octet of chunk) splitter.take(octet)
    if (splitter.size > options.octetsMax) return undefined
    await deliver()
  }
  const document = splitter.end()
  await deliver()
  return document.length > options.octetsMax ? undefined : document
}

/** The document, perhaps in another syntax by now, with the digits of its files where setFilesAside() has put their stand-ins. */
export async function* withFiles(
  document: Buffer,
  prefix: string,
  fileAt: (index: number) => AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  let at = 0
  for (;;) {
    const found = document.indexOf(prefix, at, 'latin1')
    if (found < 0) break
    yield document.subarray(at, found)
    at = found + prefix.length + indexDigits
    yield* fileAt(Number(document.toString('latin1', found + prefix.length, at)))
  }
  yield document.subarray(at)
}

/** With the 24 of the prefix whole groups of four. */
const indexDigits = 8

/* ── Runs of digits ────────────────────────────────────────────────────────────────────────── */

const { other, digit, padding, lineBreak, blank } = base64

interface Escapes {
  readonly begin: number
  /** What each stands for. */
  readonly known: ReadonlyMap<string, number>
}

/** Java writers leave carriage returns as `&#13;`, PHP writes a slash as `\/`. */
const escapes: Readonly<Record<SettingAside['format'], Escapes>> = {
  xml: {
    begin: 0x26,
    known: new Map(['&#13;', '&#10;', '&#xD;', '&#xd;', '&#xA;', '&#xa;'].map(one => [one, lineBreak])),
  },
  json: {
    begin: 0x5c,
    known: new Map([
      ['\\/', digit],
      ['\\n', lineBreak],
      ['\\r', lineBreak],
    ]),
  },
}
const slash = 0x2f

interface Piece {
  readonly file: number
  /** undefined: the file is at its end. */
  readonly digits: Buffer | undefined
}

/**
 * A run begins with a digit. As long as it may be a term its octets are kept for the document, and its digits beside them; when it has
 * become too long for that, it is a file.
 */
class Splitter {
  private readonly prefix: string
  private readonly escapes: Escapes
  private readonly kept = new Octets()
  private readonly run = new Octets()
  private readonly digits = new Octets()
  private ready: Piece[] = []
  private files = 0
  private isFile = false
  private last: number = other
  private digitCount = 0
  private paddings = 0
  private escape = ''

  constructor({ prefix, format }: SettingAside) {
    this.prefix = prefix
    this.escapes = escapes[format]
  }

  /** Octets that stay with the document, as far as that is certain. */
  get size(): number {
    return this.kept.length
  }

  take(octet: number): void {
    if (this.escape !== '') this.takeEscaped(octet)
    else if (octet === this.escapes.begin) this.escape = String.fromCharCode(octet)
    else this.add(octet, base64KindOf[octet] ?? other)
  }

  /** The digits of files since it was last asked. */
  pieces(): readonly Piece[] {
    if (this.isFile && this.digits.length > 0) this.ready.push({ file: this.files, digits: this.digits.drain() })
    const { ready } = this
    this.ready = []
    return ready
  }

  end(): Buffer {
    this.endRun()
    this.kept.pushText(this.escape)
    return this.kept.drain()
  }

  private takeEscaped(octet: number): void {
    this.escape += String.fromCharCode(octet)
    const { escape } = this
    const kind = this.escapes.known.get(escape)
    const isBegun = kind === undefined && this.escapes.known.keys().some(one => one.startsWith(escape))
    if (isBegun) return
    this.escape = ''
    if (kind === digit) this.add(slash, digit, escape)
    else if (kind === lineBreak && this.last !== other) this.add(0, lineBreak, escape)
    else {
      this.endRun()
      this.kept.pushText(escape)
    }
  }

  /** `written` is what stands in the document, when that is not the octet itself. */
  private add(octet: number, kind: number, written?: string): void {
    if (!this.goesOn(kind)) {
      this.endRun()
      if (kind !== digit) {
        this.kept.push(octet)
        return
      }
    }
    this.last = kind
    if (kind === digit || kind === padding) {
      this.digits.push(octet)
      if (kind === digit) this.digitCount++
      else this.paddings++
    }
    if (this.isFile) return
    if (written === undefined) this.run.push(octet)
    else this.run.pushText(written)
    if (this.digitCount <= textOctetsMax) return
    this.isFile = true
    this.run.clear()
  }

  /** Blanks are those in front of a folded line: between words they say that this is a text. */
  private goesOn(kind: number): boolean {
    const { last } = this
    if (kind === digit) return this.paddings === 0
    if (kind === blank) return last === lineBreak || last === blank
    return (kind === padding || kind === lineBreak) && last !== other
  }

  private endRun(): void {
    if (this.isFile) {
      const name = this.prefix + String(this.files).padStart(indexDigits, '0')
      const isWhole = this.paddings <= 2 && (this.digitCount + this.paddings) % 4 === 0
      this.kept.pushText(isWhole ? name : name.slice(0, -1))
      this.ready.push({ file: this.files, digits: this.digits.drain() }, { file: this.files, digits: undefined })
      this.files++
      this.isFile = false
    } else this.kept.pushAll(this.run)
    this.run.clear()
    this.digits.clear()
    ;[this.last, this.digitCount, this.paddings] = [other, 0, 0]
  }
}

const blockOctets = 64 * 1024

/** Octets one after the other, as many as come. */
class Octets {
  length = 0
  private full: Buffer[] = []
  private block = Buffer.alloc(0)
  private at = 0

  push(octet: number): void {
    if (this.at === this.block.length) this.grow()
    this.block[this.at++] = octet
    this.length++
  }

  pushText(text: string): void {
    for (const octet of Buffer.from(text, 'latin1')) this.push(octet)
  }

  pushAll({ full, block, at }: Octets): void {
    for (const one of full) for (const octet of one) this.push(octet)
    for (let index = 0; index < at; index++) this.push(block[index] ?? 0)
  }

  drain(): Buffer {
    const all = Buffer.concat([...this.full, this.block.subarray(0, this.at)])
    this.clear()
    return all
  }

  /** The block is used again: every drained octet was copied. */
  clear(): void {
    if (this.full.length > 0) this.full = []
    this.at = 0
    this.length = 0
  }

  private grow(): void {
    if (this.block.length > 0) this.full.push(this.block)
    this.block = Buffer.allocUnsafeSlow(blockOctets)
    this.at = 0
  }
}
