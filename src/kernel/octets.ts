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

/** All of it in memory: for what is known to fit there. */
export async function gather(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const gathered: Buffer[] = []
  for await (const chunk of chunks) gathered.push(chunk)
  return Buffer.concat(gathered)
}

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
