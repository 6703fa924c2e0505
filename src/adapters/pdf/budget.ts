import { inflateSync } from 'node:zlib'
import { PDFArray, PDFContext, PDFDict, PDFName, PDFNumber, PDFRawStream, decodePDFRawStream } from '@cantoo/pdf-lib'
import { PdfError } from './error.ts'

/** What @cantoo/pdf-lib unpacks streams with. */
interface Decoder {
  ensureBuffer(octets: number): Uint8Array
}

/**
 * How many octets all streams of one PDF may unpack to. For the process of the reader only: @cantoo/pdf-lib unpacks object streams while it
 * parses, has no limit for it and takes an error for a broken object, so the limit is put into its decoders and asked for afterwards.
 */
export class Budget {
  static #current: Budget | undefined
  readonly #octetsMax: number
  #octets = 0

  constructor(octetsMax: number) {
    this.#octetsMax = octetsMax
    limitDecoders()
    Budget.#current = this
  }

  /** What is left. */
  get left(): number {
    return Math.max(0, this.#octetsMax - this.#octets)
  }

  /** Throws `too-large`. */
  spend(octets: number): void {
    this.#octets += octets
    this.check()
  }

  /** Throws `too-large` when something was spent that was not there, even if nobody noticed then. */
  check(): void {
    if (this.#octets > this.#octetsMax) throw tooLarge(this.#octetsMax)
  }

  /**
   * The octets of a stream as they were before they were packed: Flate by node:zlib, the other filters that @cantoo/pdf-lib knows by it
   * (LZW, RunLength, ASCIIHex, ASCII85, chains of them). Throws `too-large`, and `damaged` for all other filters and broken data.
   */
  unpack(stream: PDFRawStream): Buffer {
    this.check()
    if (hasPredictor(stream))
      throw new PdfError('damaged', 'A stream cannot be unpacked: it has a predictor, as for pictures')
    try {
      const octets = isPlainFlate(stream)
        ? this.#inflate(stream.contents)
        : Buffer.from(decodePDFRawStream(stream).decode())
      this.check()
      return octets
    } catch (cause) {
      this.check()
      if (cause instanceof PdfError) throw cause
      throw new PdfError('damaged', `A stream cannot be unpacked: ${messageOf(cause)}`, { cause })
    }
  }

  #inflate(packed: Uint8Array): Buffer {
    try {
      const octets = inflateSync(packed, { maxOutputLength: Math.max(1, this.left) })
      this.spend(octets.length)
      return octets
    } catch (cause) {
      if (cause instanceof RangeError && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE') {
        throw tooLarge(this.#octetsMax)
      }
      throw cause
    }
  }

  /** What @cantoo/pdf-lib takes for a stream that it unpacks: up to twice what is in it. */
  static grown(octets: number): void {
    Budget.#current?.spend(octets)
  }
}

function tooLarge(octetsMax: number): PdfError {
  return new PdfError('too-large', `The PDF unpacks to more than ${Math.floor(octetsMax / 1024 / 1024)} MiB`)
}

/** Text of an error of any kind. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

/** @cantoo/pdf-lib would take no notice of it. [ISO 32000-2 §7.4.4.4] */
function hasPredictor({ dict }: PDFRawStream): boolean {
  const parameters = dict.lookup(PDFName.of('DecodeParms'))
  const all = parameters instanceof PDFArray ? parameters.asArray() : [parameters]
  return all.some(item => {
    const one = dict.context.lookup(item)
    const predictor = one instanceof PDFDict ? one.lookup(PDFName.of('Predictor')) : undefined
    return predictor instanceof PDFNumber && predictor.asNumber() > 1
  })
}

const filter = PDFName.of('Filter')
const flate = PDFName.of('FlateDecode')

function isPlainFlate({ dict }: PDFRawStream): boolean {
  return dict.lookup(filter) === flate && dict.lookup(PDFName.of('DecodeParms')) === undefined
}

const context = PDFContext.create()
let isLimited = false

function limitDecoders(): void {
  if (isLimited) return
  isLimited = true
  const flateDict = PDFDict.withContext(context)
  flateDict.set(filter, flate)
  // A Flate stream of nothing; the class of all decoders, which the package does not export, is the one above its own.
  const decoder = decodePDFRawStream(PDFRawStream.of(flateDict, Buffer.from('789c030000000001', 'hex')))
  const prototype = Object.getPrototypeOf(Object.getPrototypeOf(decoder)) as Decoder & { buffer: Uint8Array }
  if (!Object.hasOwn(prototype, 'ensureBuffer')) throw new Error('@cantoo/pdf-lib has no decoder with ensureBuffer')
  // oxlint-disable-next-line unbound-method -- It is called with the decoder it belongs to.
  const { ensureBuffer } = prototype
  prototype.ensureBuffer = function (this: Decoder & { buffer: Uint8Array }, octets) {
    const before = this.buffer.length
    // A buffer that is too small is doubled.
    if (octets > before) Budget.grown(Math.max(octets, 2 * before) - before)
    return ensureBuffer.call(this, octets)
  }
}
