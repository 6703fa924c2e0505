import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { PackError } from './pack.ts'
import { readZip } from './zip.ts'

/** What an import reads from: nothing outside of it is ever opened. */
export interface Source {
  /** As it was named. */
  readonly name: string
  /** One file was named and nothing else will do; of a folder or archive what cannot be imported is passed over. */
  readonly isOneFile: boolean
  /** The files that were meant: all of a folder or archive, or the one that was named. By path. */
  readonly meant: readonly SourceFile[]
  /** The file at a path, with slashes, relative to the source. */
  find(path: string): SourceFile | undefined
  /** The only file of that name wherever it lies; undefined when there is none or several that differ. */
  findByName(name: string): SourceFile | undefined
}

export interface SourceFile {
  readonly path: string
  readonly content: () => Buffer
}

/** More is no set of rules. */
const filesMax = 20_000

/** Opens a folder, a ZIP archive, or a file together with what lies beside and below it. Throws PackError. */
export function openSource(path: string): Source {
  if (!existsSync(path)) throw new PackError('nothing-to-import', `${path} is not there`)
  const name = basename(path)
  if (statSync(path).isDirectory()) {
    const files = filesBelow(path)
    return sourceOf(name, files, files)
  }
  if (/\.zip$/i.test(path)) {
    const files = readZip(readFileSync(path)).map(entry => ({ path: entry.name, content: once(entry.content) }))
    return sourceOf(name, files, files)
  }
  const meant: SourceFile = { path: name, content: once(() => readFileSync(path)) }
  return lazily(name, dirname(path), meant)
}

function sourceOf(name: string, meant: readonly SourceFile[], files: readonly SourceFile[]): Source {
  const byPath = new Map(files.map(file => [file.path, file]))
  return {
    name,
    isOneFile: false,
    meant: [...meant].sort((a, b) => (a.path < b.path ? -1 : 1)),
    find: path => byPath.get(path),
    findByName(wanted) {
      const [first, ...others] = files.filter(file => basename(file.path) === wanted)
      return first !== undefined && others.every(one => one.content().equals(first.content())) ? first : undefined
    },
  }
}

/** A folder is only looked through when the file asks for others. */
function lazily(name: string, folder: string, meant: SourceFile): Source {
  let whole: Source | undefined
  const open = (): Source => (whole ??= sourceOf(name, [meant], filesBelow(folder)))
  return {
    name,
    isOneFile: true,
    meant: [meant],
    find: path => open().find(path),
    findByName: wanted => open().findByName(wanted),
  }
}

/** Links are not followed. */
function filesBelow(folder: string): SourceFile[] {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  if (found.length > filesMax) throw new PackError('nothing-to-import', `${folder} has ${found.length} files`)
  return found.map(entry => {
    const full = join(entry.parentPath, entry.name)
    return {
      path: full.slice(folder.length).split(sep).filter(Boolean).join('/'),
      content: once(() => readFileSync(full)),
    }
  })
}

function once(read: () => Buffer): () => Buffer {
  let content: Buffer | undefined
  return () => (content ??= read())
}

/** `../b.xml` seen from `a/c.sch` is `b.xml`; undefined when it leads out of the source or names another place. */
export function resolvePath(reference: string, from: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:|^\/|\\/i.test(reference)) return undefined
  const parts = from.split('/').slice(0, -1)
  for (const part of reference.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  return parts.join('/')
}
