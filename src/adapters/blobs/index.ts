import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { BlobKey, Instant } from '../../kernel/index.ts'
import type { BlobStore } from '../../services/ports.ts'
import { syncFolder } from './folders.ts'
import { FolderSpoolWriter } from './writer.ts'

export interface BlobFolderOptions {
  /** Up to here octets stay in memory; more become a file. */
  readonly memoryOctetsMax: number
}

/**
 * A blob store in a folder: `objects/<first two digits of the key>/<key>`, and `incoming/` for files not yet finished. What killed
 * processes of this machine left in `incoming` is removed first. Rejects when the folder cannot be made.
 */
export async function openBlobFolder(folder: string, options: BlobFolderOptions): Promise<BlobStore> {
  const { memoryOctetsMax } = options
  const incoming = join(folder, 'incoming')
  for (const made of [incoming, join(folder, 'objects')]) await mkdir(made, { recursive: true, mode: 0o700 })
  await removeOrphans(incoming)
  const pathOf = (key: BlobKey): string => objectPath(folder, key)
  const store: BlobStore = {
    create: () =>
      new FolderSpoolWriter({
        memoryOctetsMax,
        draft: () => join(incoming, `${ownerPrefix()}${randomUUID()}`),
        async keep() {
          const key = randomUUID() as BlobKey
          const path = pathOf(key)
          await makeShard(join(folder, 'objects'), path)
          return { key, path, open: () => store.open(key) }
        },
      }),
    open: key => createReadStream(pathOf(key), { highWaterMark: readOctets }),
    remove: async key => rm(pathOf(key), { force: true }),
    list: () => listObjects(join(folder, 'objects')),
  }
  return store
}

const readOctets = 256 * 1024
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** A key is a UUID in lower case and nothing else, so no key leads out of the folder. Throws a RangeError for others. */
function objectPath(folder: string, key: BlobKey): string {
  if (!uuid.test(key)) throw new RangeError('not a key of this blob store')
  return join(folder, 'objects', key.slice(0, 2), key)
}

async function* listObjects(objects: string): AsyncGenerator<{ key: BlobKey; at: Instant }> {
  for (const shard of await readdir(objects)) {
    for (const name of await readdir(join(objects, shard))) {
      // What somebody removes meanwhile is not there, and what is no key is not ours.
      const file = uuid.test(name) ? await stat(join(objects, shard, name)).catch(() => undefined) : undefined
      if (file !== undefined) yield { key: name as BlobKey, at: Math.floor(file.mtimeMs) as Instant }
    }
  }
}

/** A new folder must be durable too before a file in it can be. */
async function makeShard(objects: string, path: string): Promise<void> {
  const made = await mkdir(join(path, '..'), { recursive: true, mode: 0o700 })
  if (made !== undefined) await syncFolder(objects)
}

function ownerPrefix(): string {
  return `${hostname()}~${process.pid}~`
}

/** Another host's files (a shared folder, or this container under its former name) are left for a day. */
const foreignMillisecondsMax = 24 * 60 * 60 * 1000

async function removeOrphans(incoming: string): Promise<void> {
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name)
    const [host, pid] = name.split('~')
    const orphaned = host === hostname() ? !isAnotherAlive(Number(pid)) : await isOld(path)
    if (orphaned) await rm(path, { force: true })
  }
}

/** A file with our own number is of an earlier process that had it: nothing of ours exists yet. */
function isAnotherAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    return process.kill(pid, 0)
  } catch (failure) {
    return (failure as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function isOld(path: string): Promise<boolean> {
  // Another process may just have finished it.
  const file = await stat(path).catch(() => undefined)
  return file !== undefined && file.mtimeMs < Date.now() - foreignMillisecondsMax
}
