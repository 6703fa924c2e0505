import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type BlobKey, type Octets, type SpoolWriter, inMemory, joined } from '../../kernel/index.ts'
import { syncFolder } from './folders.ts'

export interface WriterPlace {
  readonly memoryOctetsMax: number
  /** A new name for an unfinished file. */
  draft(): string
  /** Where a finished file goes. */
  keep(): Promise<{ readonly key: BlobKey; readonly path: string; open(): AsyncIterable<Buffer> }>
}

/** How much may wait for the disk before the writer must. */
const pendingOctetsMax = 1_048_576

/**
 * Modes: in memory; spilling (a file takes everything, in order, one write at a time); ended. An error of the disk shows at the next
 * write that waits, at the latest in finish.
 */
export class FolderSpoolWriter implements SpoolWriter {
  readonly #place: WriterPlace
  #size = 0
  #pending: Buffer[] = []
  #pendingOctets = 0
  #file: { readonly path: string; readonly handle: FileHandle } | undefined
  #spilling: Promise<void> | undefined
  #failure: { readonly cause: unknown } | undefined
  #spilled = false
  #ended = false

  constructor(place: WriterPlace) {
    this.#place = place
  }

  write(chunk: Buffer): Promise<void> | undefined {
    if (this.#ended) throw new Error('the spool has ended')
    this.#size += chunk.length
    this.#pending.push(chunk)
    this.#pendingOctets += chunk.length
    if (!this.#spilled && this.#size <= this.#place.memoryOctetsMax) return undefined
    this.#spilled = true
    this.#spilling ??= this.#spill()
    return this.#pendingOctets > pendingOctetsMax ? this.#drained() : undefined
  }

  async finish(): Promise<Octets> {
    if (this.#ended) throw new Error('the spool has ended')
    if (!this.#spilled) {
      this.#ended = true
      return inMemory(joined(this.#pending))
    }
    try {
      return await this.#finishFile()
    } catch (failure) {
      await this.discard()
      throw failure
    }
  }

  async discard(): Promise<void> {
    this.#ended = true
    this.#pending = []
    await this.#spilling
    const file = this.#file
    this.#file = undefined
    if (!file) return
    await file.handle.close().catch(() => undefined)
    await rm(file.path, { force: true })
  }

  /** Data first, then the name, then the folder that holds the name: a crash leaves the whole object or none. */
  async #finishFile(): Promise<Octets> {
    await this.#drained()
    const file = this.#file
    if (!file) throw new Error('the spool has no file')
    this.#ended = true
    await file.handle.datasync()
    await file.handle.close()
    const kept = await this.#place.keep()
    await rename(file.path, kept.path)
    this.#file = undefined
    await syncFolder(dirname(kept.path))
    return { kind: 'stored', size: this.#size, key: kept.key, open: () => kept.open() }
  }

  async #drained(): Promise<void> {
    await this.#spilling
    if (this.#failure) throw this.#failure.cause
  }

  /** Writes what waits until nothing does. Never rejects: its failure is kept for the next who waits. */
  async #spill(): Promise<void> {
    try {
      this.#file ??= await this.#create()
      while (this.#pending.length > 0) {
        const chunks = this.#pending
        this.#pending = []
        await writeAll(this.#file.handle, chunks)
        this.#pendingOctets -= chunks.reduce((sum, { length }) => sum + length, 0)
      }
    } catch (cause) {
      this.#failure = { cause }
      this.#pending = []
    } finally {
      this.#spilling = undefined
    }
  }

  async #create(): Promise<{ path: string; handle: FileHandle }> {
    const path = this.#place.draft()
    return { path, handle: await open(path, 'wx', 0o600) }
  }
}

/** writev may write less than it was given, and takes at most 1024 buffers on Linux (IOV_MAX). */
async function writeAll(handle: FileHandle, chunks: readonly Buffer[]): Promise<void> {
  for (let from = 0; from < chunks.length; from += vectorMax) {
    let rest: Buffer[] = chunks.slice(from, from + vectorMax)
    while (rest.length > 0) {
      let { bytesWritten } = await handle.writev(rest)
      while (rest[0] !== undefined && bytesWritten >= rest[0].length) {
        bytesWritten -= rest[0].length
        rest = rest.slice(1)
      }
      if (rest[0] !== undefined) rest = [rest[0].subarray(bytesWritten), ...rest.slice(1)]
    }
  }
}

const vectorMax = 512
