import type { Brand } from './brand.ts'

/** Names one object of the blob store. */
export type BlobKey = Brand<string, 'BlobKey'>

/** Bytes that are at hand, or that lie in the blob store because they are too many for memory. Sizes in octets. */
export type Octets =
  | { readonly kind: 'memory'; readonly size: number; readonly bytes: Buffer }
  | { readonly kind: 'stored'; readonly size: number; readonly key: BlobKey; open(): AsyncIterable<Buffer> }

export function inMemory(bytes: Buffer): Octets {
  return { kind: 'memory', size: bytes.length, bytes }
}

/** From wherever they lie. */
export async function* openOctets(octets: Octets): AsyncGenerator<Buffer> {
  if (octets.kind === 'memory') yield octets.bytes
  else yield* octets.open()
}

/** All of it in memory: for what is known to fit there. */
export async function gather(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const gathered: Buffer[] = []
  for await (const chunk of chunks) gathered.push(chunk)
  return joined(gathered)
}

/** One after the other; several are copied, one is given back as it is. */
export function joined(chunks: readonly Buffer[]): Buffer {
  const [only, second] = chunks
  return only !== undefined && second === undefined ? only : Buffer.concat(chunks)
}

/**
 * The memory of what another thread shall have instead of a copy; whoever gives it away must not look at it again. Left out is what
 * shares its memory with others, as small buffers do.
 */
export function givenAway(all: Iterable<Uint8Array>): readonly ArrayBuffer[] {
  const memories = new Set<ArrayBuffer>()
  for (const { buffer, byteLength } of all) {
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && byteLength >= givenOctetsMin) {
      memories.add(buffer)
    }
  }
  return [...memories]
}

/** Node cuts buffers of less than half of `Buffer.poolSize` out of one piece. */
const givenOctetsMin = 1024 * 1024

/** Takes bytes of unknown number; keeps few in memory and many in the blob store. Exactly one of finish and discard ends it. */
export interface SpoolWriter {
  /** A promise only when the writer must wait; the chunk must not be changed afterwards. */
  write(chunk: Buffer): Promise<void> | undefined
  /** Everything written is durable when this resolves to `stored` octets. */
  finish(): Promise<Octets>
  /** Leaves nothing behind. */
  discard(): Promise<void>
}

export interface Spool {
  create(): SpoolWriter
}
