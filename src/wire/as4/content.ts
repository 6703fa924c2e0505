import { createHash, hash } from 'node:crypto'
import { createGunzip, gunzipSync } from 'node:zlib'
import { EbmsFault } from './ebms.ts'
import type { As4Limits, PayloadContent } from './types.ts'

const tailOctets = 256
const inflateChunkOctets = 128 * 1024

type ContentLimits = Pick<As4Limits, 'inflatedOctetsMax' | 'headOctets'>

/** Takes the octets of one payload in order and ends as what they contain. Throws only in `end`, so that no earlier check is overtaken. */
export interface ContentReader {
  /** A promise when the writer must wait. Octets after a failure are ignored. */
  write(octets: Buffer): Promise<void> | undefined
  /** Throws EBMS:0303 for what does not inflate, or to too much. */
  end(): Promise<PayloadContent>
  /** Gives up; `end` is not called any more. */
  abort(): void
  /** Whether the payload is already lost; `end` says why. */
  readonly failed: boolean
}

export function contentReader(compressed: boolean, limits: ContentLimits): ContentReader {
  return compressed ? new InflatingReader(limits) : new PlainReader(limits)
}

/** The content of a payload that lies in memory. Throws EBMS:0303. */
export function contentOf(octets: Buffer, compressed: boolean, limits: ContentLimits): PayloadContent {
  const bytes = compressed ? inflate(octets, limits.inflatedOctetsMax) : octets
  if (bytes.length > limits.inflatedOctetsMax) throw tooLarge(limits)
  return {
    size: bytes.length,
    sha256: hash('sha256', bytes, 'buffer'),
    head: bytes.subarray(0, limits.headOctets),
    tail: bytes.subarray(-tailOctets),
    complete: bytes.length <= limits.headOctets,
  }
}

function inflate(octets: Buffer, octetsMax: number): Buffer {
  try {
    return gunzipSync(octets, { maxOutputLength: Math.max(octetsMax, 1) })
  } catch (cause) {
    throw new EbmsFault('EBMS:0303', 'the payload does not inflate', { cause })
  }
}

/** What is learnt of the content while it passes. */
class ContentMeter {
  private readonly limits: ContentLimits
  private readonly hash = createHash('sha256')
  private readonly head: Buffer[] = []
  private headSize = 0
  private tail: Buffer = Buffer.alloc(0)
  private size = 0

  constructor(limits: ContentLimits) {
    this.limits = limits
  }

  /** False when the content has grown past its limit. */
  add(chunk: Buffer): boolean {
    this.size += chunk.length
    if (this.size > this.limits.inflatedOctetsMax) return false
    this.hash.update(chunk)
    if (this.headSize < this.limits.headOctets) {
      const part = chunk.subarray(0, this.limits.headOctets - this.headSize)
      this.head.push(part)
      this.headSize += part.length
    }
    // Copied: a slice would hold on to the whole chunk.
    this.tail = Buffer.concat([this.tail, chunk.subarray(-tailOctets)]).subarray(-tailOctets)
    return true
  }

  end(): PayloadContent {
    return {
      size: this.size,
      sha256: this.hash.digest(),
      head: Buffer.concat(this.head),
      tail: this.tail,
      complete: this.size === this.headSize,
    }
  }
}

class PlainReader implements ContentReader {
  failed = false
  private readonly meter: ContentMeter
  private readonly limits: ContentLimits

  constructor(limits: ContentLimits) {
    this.limits = limits
    this.meter = new ContentMeter(limits)
  }

  write(octets: Buffer): undefined {
    if (!this.failed && !this.meter.add(octets)) this.failed = true
  }

  end(): Promise<PayloadContent> {
    return this.failed ? Promise.reject(tooLarge(this.limits)) : Promise.resolve(this.meter.end())
  }

  abort(): void {
    this.failed = true
  }
}

/** Inflates on the thread pool, one chunk at a time: the writer waits until a chunk has been used up. */
class InflatingReader implements ContentReader {
  private readonly gunzip = createGunzip({ chunkSize: inflateChunkOctets })
  private failure: EbmsFault | undefined
  /** Continues whoever waits, also when zlib dies under its hands and calls nobody back. */
  private proceed: () => void = () => undefined

  constructor(limits: ContentLimits) {
    const meter = new ContentMeter(limits)
    this.meter = meter
    this.gunzip.on('data', (chunk: Buffer) => {
      if (this.failure === undefined && !meter.add(chunk)) this.fail(tooLarge(limits))
    })
    this.gunzip.on('error', cause => this.fail(new EbmsFault('EBMS:0303', 'the payload does not inflate', { cause })))
    this.gunzip.on('end', () => this.proceed())
  }

  private readonly meter: ContentMeter

  get failed(): boolean {
    return this.failure !== undefined
  }

  write(octets: Buffer): Promise<void> | undefined {
    if (this.failed) return undefined
    return new Promise(resolve => {
      this.proceed = resolve
      this.gunzip.write(octets, () => resolve())
    })
  }

  async end(): Promise<PayloadContent> {
    if (!this.failed) {
      await new Promise<void>(resolve => {
        this.proceed = resolve
        this.gunzip.end()
      })
    }
    if (this.failure !== undefined) throw this.failure
    return this.meter.end()
  }

  abort(): void {
    this.gunzip.destroy()
  }

  private fail(failure: EbmsFault): void {
    this.failure ??= failure
    this.gunzip.destroy()
    this.proceed()
  }
}

function tooLarge(limits: ContentLimits): EbmsFault {
  return new EbmsFault('EBMS:0303', `the payload is larger than ${limits.inflatedOctetsMax} octets`)
}
