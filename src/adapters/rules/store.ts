import { hash, randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { compareVersions } from './choose.ts'
import { type AnyPack, PackError, packName } from './pack.ts'

/**
 * A store is a folder with an index of all packs and one folder of files for each. What the index does not name is not there: packs come
 * and change by one renaming of the index, so that readers in other processes see an import as a whole or not at all. Folders are never
 * written again once the index names them.
 */
const indexFile = 'packs.json'
const lockFile = 'packs.lock'
const indexFormat = 1

interface Index {
  readonly format: typeof indexFormat
  readonly packs: readonly AnyPack[]
}

/** Files of one pack that wait to be named in the index. */
export interface Staged {
  readonly folder: string
}

/** By order, name and version; none when the folder is not there. Throws PackError `damaged`. */
export function readStore(folder: string): readonly AnyPack[] {
  const path = join(folder, indexFile)
  if (!existsSync(path)) return []
  try {
    const { format, packs } = JSON.parse(readFileSync(path, 'utf8')) as Index
    if (format === indexFormat && Array.isArray(packs)) return packs
  } catch (cause) {
    throw new PackError('damaged', `${path} cannot be read: ${(cause as Error).message}`, { cause })
  }
  throw new PackError('damaged', `${path} is of another version of this program; import the packs into a new folder`)
}

/** Changes whenever the index does; undefined when there is none. */
export function revisionOf(folder: string): string | undefined {
  const found = statSync(join(folder, indexFile), { throwIfNoEntry: false, bigint: true })
  return found === undefined ? undefined : `${found.ino}-${found.mtimeNs}-${found.size}`
}

/** Writes files of a pack to a folder of their own, durably; paths are relative and with slashes. */
export function stageFiles(folder: string, name: string, files: Readonly<Record<string, Buffer | string>>): Staged {
  const place = `${name}.${randomBytes(4).toString('hex')}`
  mkdirSync(join(folder, place), { recursive: true })
  for (const [path, content] of Object.entries(files)) {
    const target = join(folder, place, ...path.split('/'))
    mkdirSync(dirname(target), { recursive: true })
    writeDurably(target, content)
  }
  return { folder: place }
}

/** Removes what was staged and will not be named. */
export function unstage(folder: string, staged: readonly Staged[]): void {
  for (const one of staged) rmSync(join(folder, one.folder), { recursive: true, force: true })
}

/**
 * Changes the index; the change sees what others have changed meanwhile. Nothing happens when it throws. Folders that no index has named
 * for an hour, left by processes that died, are removed. Throws PackError `busy` and `damaged`.
 */
export async function changeStore(
  folder: string,
  change: (packs: readonly AnyPack[]) => readonly AnyPack[],
): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const release = await lock(folder)
  try {
    const before = readStore(folder)
    const packs = [...change(before)].sort(inOrder)
    const draft = join(folder, `${indexFile}.${randomBytes(4).toString('hex')}`)
    writeDurably(draft, `${JSON.stringify({ format: indexFormat, packs } satisfies Index, null, 1)}\n`)
    renameSync(draft, join(folder, indexFile))
    sweep(folder, packs)
  } finally {
    release()
  }
}

function inOrder(a: AnyPack, b: AnyPack): number {
  return a.order - b.order || a.name.localeCompare(b.name) || compareVersions(a.version, b.version)
}

function writeDurably(path: string, content: Buffer | string): void {
  const file = openSync(path, 'wx')
  try {
    writeFileSync(file, content)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

const sweepAfterMilliseconds = 3_600_000

function sweep(folder: string, packs: readonly AnyPack[]): void {
  const named = new Set([indexFile, lockFile, ...packs.map(pack => pack.folder)])
  for (const name of readdirSync(folder)) {
    const isOurs = /\.[0-9a-f]{8}$/.test(name) && !named.has(name)
    const path = join(folder, name)
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (isOurs && age > sweepAfterMilliseconds) rmSync(path, { recursive: true, force: true })
  }
}

const lockWaitMilliseconds = 10_000
const lockPauseMilliseconds = 20

/** The lock is held for the length of one write. One whose process is dead, or that is a minute old, is taken over. */
async function lock(folder: string): Promise<() => void> {
  const path = join(folder, lockFile)
  const deadline = Date.now() + lockWaitMilliseconds
  for (;;) {
    try {
      const file = openSync(path, 'wx')
      writeSync(file, String(process.pid))
      closeSync(file)
      return () => rmSync(path, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    if (isAbandoned(path)) rmSync(path, { force: true })
    else if (Date.now() > deadline) throw new PackError('busy', `another process holds ${path}`)
    else await pause(lockPauseMilliseconds)
  }
}

const lockAgeMilliseconds = 60_000

function isAbandoned(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return false
  return Date.now() - found.mtimeMs > lockAgeMilliseconds
}

export function sha256Of(content: Buffer | string): string {
  return hash('sha256', content)
}

/** Of several files: their names and hashes. */
export function sha256OfAll(files: readonly { readonly name: string; readonly sha256: string }[]): string {
  return sha256Of(files.map(({ name, sha256 }) => `${sha256} ${name}\n`).join(''))
}

/** Throws PackError `damaged` when the file is not the one that was imported. */
export function readStored(folder: string, pack: AnyPack, file: { path: string; sha256: string }): Buffer {
  const path = join(folder, pack.folder, ...file.path.split('/'))
  const content = existsSync(path) ? readFileSync(path) : undefined
  if (content !== undefined && sha256Of(content) === file.sha256) return content
  throw new PackError('damaged', `${file.path} of ${packName(pack)} is not the one that was imported; import it again`)
}
