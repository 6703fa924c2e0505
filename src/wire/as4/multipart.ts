import { EbmsFault } from './ebms.ts'
import type { As4Limits } from './types.ts'

/** Up to this many octets a message is read into one buffer before it is looked at; above, it is scanned as it arrives. */
const gatheredOctetsMax = 256 * 1024
const lineEnd = Buffer.from('\r\n')
const emptyLine = Buffer.from('\r\n\r\n')

/** Header fields of one part, names in lower case. */
export type PartHeaders = ReadonlyMap<string, string>

/** The octets of a request body, counted. */
export class OctetSource {
  /** Received and not yet taken. */
  buffer: Buffer = Buffer.alloc(0)
  private readonly chunks: AsyncIterator<Buffer>
  private readonly octetsMax: number
  private received = 0
  private ended = false

  constructor(body: AsyncIterable<Buffer>, octetsMax: number) {
    this.chunks = body[Symbol.asyncIterator]()
    this.octetsMax = octetsMax
  }

  /** Waits for a small body to be complete, or for a large one to have shown that it is large. */
  async gather(start: Buffer): Promise<void> {
    const chunks = [start]
    for (let size = 0; size <= gatheredOctetsMax;) {
      const chunk = await this.receive()
      if (chunk === undefined) break
      chunks.push(chunk)
      size += chunk.length
    }
    this.buffer = Buffer.concat(chunks)
  }

  /** Appends what arrives next; false at the end of the body. */
  async fill(): Promise<boolean> {
    const chunk = await this.receive()
    if (chunk === undefined) return false
    this.buffer = this.buffer.length === 0 ? chunk : Buffer.concat([this.buffer, chunk])
    return true
  }

  take(octets: number): Buffer {
    const taken = this.buffer.subarray(0, octets)
    this.buffer = this.buffer.subarray(octets)
    return taken
  }

  private async receive(): Promise<Buffer | undefined> {
    if (this.ended) return undefined
    const next = await this.chunks.next()
    if (next.done === true) {
      this.ended = true
      return undefined
    }
    this.received += next.value.length
    if (this.received > this.octetsMax) {
      throw new EbmsFault('EBMS:0202', `the message is larger than ${this.octetsMax} octets`)
    }
    return next.value
  }
}

/**
 * Takes a multipart body apart while it arrives. One part at a time: nextPart, then bodyChunk until it is undefined. [RFC 2046 §5.1]
 * Everything but the part bodies must use CRLF, as phase4 and the RFC demand: a bare LF would let two readers see different parts.
 */
export class MultipartReader {
  private readonly source: OctetSource
  private readonly delimiter: Buffer
  private readonly limits: As4Limits
  private parts = 0
  /** In the preamble or in a part's body, up to the next delimiter; past the closing delimiter there is only epilogue. */
  private place: 'before-delimiter' | 'at-delimiter' | 'closed' = 'before-delimiter'

  private constructor(source: OctetSource, boundary: string, limits: As4Limits) {
    this.source = source
    this.delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
    this.limits = limits
  }

  static async open(source: OctetSource, boundary: string, limits: As4Limits): Promise<MultipartReader> {
    // The first delimiter may open the body, where no CRLF goes before it: one is put there, so that all delimiters look alike.
    await source.gather(lineEnd)
    return new MultipartReader(source, boundary, limits)
  }

  /** The headers of the next part, or undefined after the last one, when the epilogue has been read as well. */
  async nextPart(): Promise<PartHeaders | undefined> {
    // Skips the preamble, or what the caller left of the last body.
    while ((await this.bodyChunk()) !== undefined);
    if (this.place === 'closed') return undefined
    if (await this.isClosing()) {
      this.place = 'closed'
      do this.source.take(this.source.buffer.length)
      while (await this.source.fill())
      return undefined
    }
    if (++this.parts > this.limits.partsMax) {
      throw new EbmsFault('EBMS:0007', `the message has more than ${this.limits.partsMax} MIME parts`)
    }
    const headers = await this.readHeaders()
    this.place = 'before-delimiter'
    return headers
  }

  /** The next octets of the current body, never empty; undefined at its end. The octets must not be changed. */
  async bodyChunk(): Promise<Buffer | undefined> {
    while (this.place === 'before-delimiter') {
      const { buffer } = this.source
      const at = buffer.indexOf(this.delimiter)
      const free = at === -1 ? buffer.length - this.startedDelimiter(buffer) : at
      if (at !== -1) this.place = 'at-delimiter'
      if (free > 0) return this.source.take(free)
      if (at === -1 && !(await this.source.fill())) throw truncated()
    }
    return undefined
  }

  /** How many octets at the end of the buffer may be the beginning of a delimiter. It has its only CR at the start. */
  private startedDelimiter(buffer: Buffer): number {
    const at = buffer.lastIndexOf(0x0d)
    const octets = buffer.length - at
    if (at === -1 || octets >= this.delimiter.length) return 0
    return this.delimiter.compare(buffer, at, buffer.length, 0, octets) === 0 ? octets : 0
  }

  /** Moves over the delimiter, to the CRLF that ends its line or past the `--` that ends the message. */
  private async isClosing(): Promise<boolean> {
    this.source.take(this.delimiter.length)
    while (this.source.buffer.length < 2) if (!(await this.source.fill())) throw truncated()
    if (this.source.buffer.subarray(0, 2).equals(Buffer.from('--'))) return true
    while (!this.source.buffer.includes(lineEnd)) {
      if (this.source.buffer.length > this.limits.partHeaderOctetsMax) throw badDelimiter()
      if (!(await this.source.fill())) throw truncated()
    }
    const padding = this.source.take(this.source.buffer.indexOf(lineEnd))
    if (!/^[ \t]*$/.test(padding.toString('latin1'))) throw badDelimiter()
    return false
  }

  /** The line end of the delimiter line still lies ahead, so that even a part without headers ends them with an empty line. */
  private async readHeaders(): Promise<PartHeaders> {
    const octetsMax = this.limits.partHeaderOctetsMax
    let end = this.source.buffer.indexOf(emptyLine)
    while (end === -1 && this.source.buffer.length <= octetsMax) {
      if (!(await this.source.fill())) throw truncated()
      end = this.source.buffer.indexOf(emptyLine)
    }
    if (end === -1 || end > octetsMax) {
      throw new EbmsFault('EBMS:0007', `the headers of a MIME part do not end within ${octetsMax} octets`)
    }
    const block = this.source.take(end + emptyLine.length).toString('latin1', lineEnd.length, end)
    return parseHeaders(block)
  }
}

function parseHeaders(block: string): PartHeaders {
  const headers = new Map<string, string>()
  if (block === '') return headers
  for (const line of block.replaceAll(/\r\n([ \t])/g, '$1').split('\r\n')) {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase()
    if (!/^[!-9;-~]+$/.test(name) || /[\r\n]/.test(line)) {
      throw new EbmsFault('EBMS:0007', 'a header of a MIME part is malformed; lines end with CRLF')
    }
    // Other fields are of no concern here, and gateways do repeat them.
    if (name.startsWith('content-') && headers.has(name)) {
      throw new EbmsFault('EBMS:0007', `a MIME part has more than one ${name} header`)
    }
    headers.set(name, line.slice(colon + 1).trim())
  }
  return headers
}

function truncated(): EbmsFault {
  return new EbmsFault('EBMS:0007', 'the message ends before its closing boundary')
}

function badDelimiter(): EbmsFault {
  return new EbmsFault('EBMS:0007', 'a boundary line is malformed; lines end with CRLF')
}
