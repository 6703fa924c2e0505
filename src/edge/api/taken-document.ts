import { type Octets, type Random, type Spool, type SpoolWriter, inMemory, openOctets } from '../../kernel/index.ts'
import { formatOf } from '../../services/documents/index.ts'
import type { SetAside } from '../../services/invoicing/index.ts'
import type { BlobStore } from '../../services/ports.ts'
import { type FileSink, setFilesAside, withFiles } from '../../wire/invoice/index.ts'
import { Problem, type RouteContext } from '../http/index.ts'
import { type HeldMemory, whenAnswered } from './held-memory.ts'

/** What documents of any size are taken with. */
export interface DocumentRoom {
  /** Where large files and documents wait. */
  readonly spool: Pick<BlobStore, 'create' | 'remove'>
  readonly random: Random
  /** For what cannot be worked on piece by piece. */
  readonly held: HeldMemory
}

/** A document in memory, without its large files where these could be set aside. */
export interface TakenDocument {
  readonly octets: Buffer
  readonly aside: SetAside | undefined
}

interface Taking {
  /** none: nobody wants them. answer: they are kept until the answer has left. caller: until the caller removes them. */
  readonly files: 'none' | 'answer' | 'caller'
  /** What it must be; found out by looking when not given. */
  readonly format?: 'json'
  /** Of the document without its large files; `thinOctetsMax` when not given. */
  readonly octetsMax?: number
}

/** Documents up to this size are taken as they are. */
const smallOctetsMax = 1024 * 1024

/** As much as the engine reads of an XML without its files; 10,000 lines are about 12 MB. */
const thinOctetsMax = 64 * 1024 * 1024

/**
 * Takes a document from its stream. XML and JSON lose their large files on the way, so that many can be worked on at once; of another
 * format, which must be held as a whole, as many are as there is memory for. Nothing is left behind when it fails. Throws Problem
 * `body-too-large` or `unavailable`.
 */
export async function takeDocument(
  room: DocumentRoom,
  ctx: RouteContext,
  chunks: AsyncIterable<Buffer>,
  { files: wanted, octetsMax = thinOctetsMax, ...asked }: Taking,
): Promise<TakenDocument> {
  const stream = chunks[Symbol.asyncIterator]()
  const head = await readHead(stream, Math.min(smallOctetsMax, octetsMax))
  if (head.isWhole) return { octets: head.octets, aside: undefined }
  const { format = formatOf(head.octets) } = asked
  const all = resumed(head.octets, stream)
  if (format !== 'xml' && format !== 'json') return { octets: await holdStream(room, ctx, all), aside: undefined }
  const files = new SpooledFiles(room.spool)
  try {
    const prefix = room.random.uuid().replaceAll('-', '').slice(0, prefixDigits)
    const sinkFor = wanted === 'none' ? undefined : files.sinkFor
    const octets = await setFilesAside(all, { format, octetsMax, prefix, sinkFor })
    if (octets === undefined) {
      throw new Problem('body-too-large', `the document is longer than ${octetsMax} octets even without its files`)
    }
    const aside = files.all.length === 0 ? undefined : { prefix, files: files.all }
    if (wanted === 'answer') whenAnswered(ctx, () => void removeFiles(room, aside))
    return { octets, aside }
  } catch (error) {
    await files.discard()
    throw error
  }
}

const prefixDigits = 24

/** The octets of a document that was made of a taken one, with the files in their places. */
export function wholeDocument(octets: Buffer, aside: SetAside): AsyncGenerator<Buffer> {
  return withFiles(octets, aside.prefix, index => {
    return openOctets(aside.files[index] ?? inMemory(Buffer.alloc(0)))
  })
}

/** All of a taken document in memory. Throws Problem `unavailable`. */
export async function holdWhole(room: DocumentRoom, ctx: RouteContext, taken: TakenDocument): Promise<Buffer> {
  const { octets, aside } = taken
  if (aside === undefined) return octets
  const size = aside.files.reduce((sum, file) => sum + file.size, octets.length)
  await room.held.enter(ctx, size)
  return await gatherShared(wholeDocument(octets, aside), size)
}

/** All of a stream in memory, as soon as there is room for it. Throws Problem `unavailable`. */
export async function holdStream(
  { spool, held }: DocumentRoom,
  ctx: RouteContext,
  chunks: AsyncIterable<Buffer>,
): Promise<Buffer> {
  const octets = await spooled(spool, chunks)
  if (octets.kind === 'memory') return octets.bytes
  try {
    await held.enter(ctx, octets.size)
    return await gatherShared(octets.open(), octets.size)
  } finally {
    await spool.remove(octets.key)
  }
}

/** Gives back what was set aside. Never fails: what stays behind is swept up with all that belongs to no transmission. */
export async function removeFiles({ spool }: Pick<DocumentRoom, 'spool'>, aside: SetAside | undefined): Promise<void> {
  for (const file of aside?.files ?? []) if (file.kind === 'stored') await spool.remove(file.key).catch(() => undefined)
}

/* ── Streams ───────────────────────────────────────────────────────────────────────────────── */

async function readHead(
  stream: AsyncIterator<Buffer>,
  octetsMax: number,
): Promise<{ readonly octets: Buffer; readonly isWhole: boolean }> {
  const chunks: Buffer[] = []
  let size = 0
  while (size <= octetsMax) {
    const { value, done } = await stream.next()
    if (done === true) return { octets: Buffer.concat(chunks), isWhole: true }
    chunks.push(value)
    size += value.length
  }
  return { octets: Buffer.concat(chunks), isWhole: false }
}

async function* resumed(head: Buffer, stream: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head
  for (;;) {
    const { value, done } = await stream.next()
    if (done === true) return
    yield value
  }
}

async function spooled(spool: Spool, chunks: AsyncIterable<Buffer>): Promise<Octets> {
  const writer = spool.create()
  try {
    for await (const chunk of chunks) await writer.write(chunk)
    return await writer.finish()
  } catch (error) {
    await writer.discard()
    throw error
  }
}

/** Shared with the threads of the engine, which would each have a copy of their own otherwise. */
async function gatherShared(chunks: AsyncIterable<Buffer>, octetsMax: number): Promise<Buffer> {
  const all = Buffer.from(new SharedArrayBuffer(octetsMax))
  let at = 0
  for await (const chunk of chunks) at += chunk.copy(all, at)
  return all.subarray(0, at)
}

/** Every file in a spool of its own. */
class SpooledFiles {
  readonly all: Octets[] = []
  readonly spool: DocumentRoom['spool']
  private writer: SpoolWriter | undefined

  constructor(spool: DocumentRoom['spool']) {
    this.spool = spool
  }

  /** They come one after the other. */
  readonly sinkFor = (): FileSink => {
    const writer = this.spool.create()
    this.writer = writer
    return {
      write: digits => writer.write(digits),
      end: async () => {
        this.all.push(await writer.finish())
        this.writer = undefined
      },
    }
  }

  async discard(): Promise<void> {
    await this.writer?.discard()
    await removeFiles(this, { prefix: '', files: this.all })
  }
}
