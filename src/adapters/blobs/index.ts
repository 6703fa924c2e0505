import { randomUUID } from 'node:crypto'
import { createReadStream, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { BlobKey } from '../../kernel/index.ts'
import type { BlobStore } from '../../services/ports.ts'
import { syncFolder } from './folders.ts'
import { FolderSpoolWriter } from './writer.ts'

export interface BlobStoreOptions {
  readonly folder: string
  /** Up to here octets stay in memory; more become a file. */
  readonly memoryOctetsMax: number
}

/**
 * A blob store in a folder: `objects/<first two digits of the key>/<key>`, and `incoming/` for files not yet finished. What killed
 * processes of this machine left in `incoming` is removed first. Throws when the folder cannot be made.
 */
export function openBlobStore({ folder, memoryOctetsMax }: BlobStoreOptions): BlobStore {
  const incoming = join(folder, 'incoming')
  for (const made of [incoming, join(folder, 'objects')]) mkdirSync(made, { recursive: true, mode: 0o700 })
  removeOrphans(incoming)
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

function removeOrphans(incoming: string): void {
  for (const name of readdirSync(incoming)) {
    const path = join(incoming, name)
    const [host, pid] = name.split('~')
    const orphaned = host === hostname() ? !isAnotherAlive(Number(pid)) : isOld(path)
    if (orphaned) rmSync(path, { force: true })
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

function isOld(path: string): boolean {
  const file = statSync(path, { throwIfNoEntry: false })
  return file !== undefined && file.mtimeMs < Date.now() - foreignMillisecondsMax
}
