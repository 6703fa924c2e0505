import { createHash, hash } from 'node:crypto'
import { createGzip, gzipSync } from 'node:zlib'
import { type Octets, type Spool, type SpoolWriter, inMemory, joined } from '../../kernel/index.ts'
import { wholeOctetsMax } from './names.ts'
import type { PackedPayload } from './types.ts'

/** As fast as lower levels on invoices, and within a percent of the best. [building-blocks.md] */
const level = 6
const sliceOctets = 128 * 1024
const chunkOctetsMin = 1024

/**
 * Compresses a payload, once: the octets that come out are signed, enciphered and sent again and again, because another run of
 * gzip may write others. One pass, whatever the size; above 256 KiB the result goes to the spool. [AS4 §3.1, peppol.md §1.3]
 */
export async function packPayload(content: Octets | AsyncIterable<Buffer>, spool: Spool): Promise<PackedPayload> {
  const chunks = chunksOf(content)[Symbol.asyncIterator]()
  const start: Buffer[] = []
  let size = 0
  while (size <= wholeOctetsMax) {
    const next = await chunks.next()
    if (next.done === true) return packWhole(joined(start))
    start.push(next.value)
    size += next.value.length
  }
  return await packLarge(start, chunks, spool)
}

function packWhole(content: Buffer): PackedPayload {
  // Documents shrink to a seventh; the usual piece of memory for the result would be larger than most of them.
  const octets = gzipSync(content, { level, chunkSize: Math.max(chunkOctetsMin, content.length >> 2) })
  return {
    octets: inMemory(octets),
    digest: hash('sha256', octets, 'buffer'),
    content: { size: content.length, sha256: hash('sha256', content, 'buffer') },
  }
}

async function packLarge(start: readonly Buffer[], rest: AsyncIterator<Buffer>, spool: Spool): Promise<PackedPayload> {
  const writer = spool.create()
  try {
    const packer = new Packer(writer)
    for (const chunk of start) await packer.write(chunk)
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) await packer.write(next.value)
    const { digest, content } = await packer.end()
    return { octets: await writer.finish(), digest, content }
  } catch (error) {
    await writer.discard()
    throw error
  }
}

/** Deflates on the thread pool and hashes both sides; never holds more than one chunk and what it deflates to. */
class Packer {
  private readonly gzip = createGzip({ level, chunkSize: sliceOctets })
  private readonly writer: SpoolWriter
  private readonly packed = createHash('sha256')
  private readonly plain = createHash('sha256')
  private size = 0
  private ready: Buffer[] = []

  constructor(writer: SpoolWriter) {
    this.writer = writer
    this.gzip.on('data', (chunk: Buffer) => this.ready.push(chunk))
  }

  async write(chunk: Buffer): Promise<void> {
    this.size += chunk.length
    this.plain.update(chunk)
    await new Promise<void>((resolve, reject) => {
      this.gzip.write(chunk, error => (error ? reject(error) : resolve()))
    })
    await this.flush()
  }

  async end(): Promise<Pick<PackedPayload, 'digest' | 'content'>> {
    await new Promise<void>((resolve, reject) => {
      this.gzip.on('error', reject)
      this.gzip.on('end', resolve)
      this.gzip.end()
    })
    await this.flush()
    return { digest: this.packed.digest(), content: { size: this.size, sha256: this.plain.digest() } }
  }

  private async flush(): Promise<void> {
    const { ready } = this
    this.ready = []
    for (const octets of ready) {
      this.packed.update(octets)
      await this.writer.write(octets)
    }
  }
}

async function* chunksOf(content: Octets | AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (!('kind' in content)) yield* content
  else if (content.kind === 'stored') yield* content.open()
  else if (content.size <= wholeOctetsMax) yield content.bytes
  else for (let at = 0; at < content.size; at += sliceOctets) yield content.bytes.subarray(at, at + sliceOctets)
}
