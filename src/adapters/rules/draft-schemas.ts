import { basename, dirname } from 'node:path'
import { daysOf, type ImportOptions, nameOf, slug, versionOf } from './describe.ts'
import { type KnownSchemas, knownSchemas } from './known.ts'
import { PackError, type SchemaPack } from './pack.ts'
import type { Passing } from './passing.ts'
import { resolvePath, type Source } from './source.ts'
import { sha256Of, sha256OfAll } from './store.ts'
import { openXsdEngine, SchemaProblem, type SchemaOutline, type XsdEngine } from './xsd.ts'

/** A pack of schemas that is compiled but not stored. */
export interface SchemaDraft {
  readonly known: KnownSchemas | undefined
  /** Of the first of its files within its source. */
  readonly path: string
  readonly pack: Omit<SchemaPack, 'folder' | 'active'>
  readonly files: Readonly<Record<string, Buffer>>
}

interface SchemaFile extends SchemaOutline {
  readonly path: string
  readonly content: Buffer
  /** Paths of what it refers to and the source has. */
  readonly uses: readonly string[]
}

/**
 * A pack for every schema that can be the start: one that no other refers to and that has elements for a root. Known ones that lie
 * together (invoice and credit note) are one pack. Each is compiled once to prove that it is whole; `passing` decides about one that is
 * not (PackError `schema`).
 */
export async function draftSchemas(
  source: Source,
  options: ImportOptions,
  passing: Passing,
): Promise<readonly SchemaDraft[]> {
  const found = source.meant.filter(({ path }) => path.toLowerCase().endsWith('.xsd'))
  if (found.length === 0) return []
  const engine = await openXsdEngine()
  const files = new Map<string, SchemaFile>()
  for (const { path } of found) addWithUses(path, files, { source, engine, passing })
  const groups = Map.groupBy(startsOf(files), file => groupOf(file.path))
  return [...groups.values()].flatMap(starts => {
    const path = starts[0]?.path ?? ''
    return passing.attempt(path, () => draftOf(starts, { files, options, engine, source })) ?? []
  })
}

interface Reading {
  readonly source: Source
  readonly engine: XsdEngine
  readonly passing: Passing
}

function addWithUses(path: string, files: Map<string, SchemaFile>, reading: Reading): void {
  const file = files.has(path) ? undefined : reading.source.find(path)
  if (file === undefined) return
  const content = file.content()
  const outline = reading.passing.attempt(path, () => compiling(path, () => reading.engine.outline(content)))
  if (outline === undefined) return
  const uses = outline.references.flatMap(reference => {
    const used = resolvePath(reference, path)
    return used === undefined || reading.source.find(used) === undefined ? [] : [used]
  })
  files.set(path, { ...outline, path, content, uses })
  for (const used of uses) addWithUses(used, files, reading)
}

function startsOf(files: ReadonlyMap<string, SchemaFile>): readonly SchemaFile[] {
  const used = new Set([...files.values()].flatMap(({ uses }) => uses))
  // A folder whose files are used from another one is a library: what nobody uses of it is no start either.
  const libraries = new Set(
    [...files.values()].flatMap(({ path, uses }) => uses.map(dirname).filter(folder => folder !== dirname(path))),
  )
  return [...files.values()].filter(
    ({ path, elements }) => !used.has(path) && elements.length > 0 && !libraries.has(dirname(path)),
  )
}

function knownOf(path: string): KnownSchemas | undefined {
  return knownSchemas.find(known => known.path.test(path))
}

function groupOf(path: string): string {
  const known = knownOf(path)
  return known === undefined ? path : `${dirname(path)} ${known.name}`
}

interface Drafting {
  readonly source: Source
  readonly files: ReadonlyMap<string, SchemaFile>
  readonly options: ImportOptions
  readonly engine: XsdEngine
}

function draftOf(starts: readonly SchemaFile[], { files, options, engine, source }: Drafting): SchemaDraft {
  const [first] = starts
  if (first === undefined) throw new PackError('nothing-to-import', 'a pack of schemas without any')
  const needed = closureOf(starts, files)
  // The same schemas are the same pack wherever in a source they lie.
  const begin = commonFolder(needed.map(({ path }) => path)).length
  const contents = new Map(needed.map(({ path, content }) => [path.slice(begin), content]))
  for (const { path } of starts) compiling(path, () => engine.compile(path.slice(begin), contents))[Symbol.dispose]()
  const known = knownOf(first.path)
  const hashed = needed.map(({ path, content }) => ({ path: path.slice(begin), sha256: sha256Of(content) }))
  const sha256 = sha256OfAll(hashed.map(one => ({ ...one, name: one.path })))
  const told = known?.version?.exec(first.content.toString('latin1'))?.[1] ?? plainVersion(first.version)
  return {
    pack: {
      kind: 'schema',
      name: options.name === undefined ? (known?.name ?? `${nameOf(first.path)}-xsd`) : slug(options.name),
      version: versionOf({ options, path: first.path, source: source.name, told, sha256 }),
      title: starts.map(({ path }) => basename(path)).join(', '),
      source: first.path,
      sha256,
      order: options.order ?? known?.order ?? 500,
      applies: options.applies ?? known?.applies ?? [{}],
      except: [],
      instead: [],
      ...daysOf(options, undefined),
      entries: starts.flatMap(({ path, namespace, elements }) =>
        elements.map(element => ({ root: `{${namespace}}${element}`, file: path.slice(begin) })),
      ),
      files: hashed,
    },
    files: Object.fromEntries(contents),
    known,
    path: first.path,
  }
}

/** A version becomes a part of a path. */
function plainVersion(version: string | undefined): string | undefined {
  return version !== undefined && /^[A-Za-z0-9][\w.+-]{0,63}$/.test(version) ? version : undefined
}

function closureOf(starts: readonly SchemaFile[], files: ReadonlyMap<string, SchemaFile>): readonly SchemaFile[] {
  const found = new Map<string, SchemaFile>()
  const add = (file: SchemaFile | undefined): void => {
    if (file === undefined || found.has(file.path)) return
    found.set(file.path, file)
    for (const used of file.uses) add(files.get(used))
  }
  for (const start of starts) add(start)
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** `a/b/` of `a/b/c` and `a/b/d/e`; '' when they have none in common. */
function commonFolder(paths: readonly string[]): string {
  let common = paths[0]?.split('/').slice(0, -1) ?? []
  for (const path of paths) {
    const parts = path.split('/').slice(0, -1)
    const length = common.findIndex((part, index) => parts[index] !== part)
    if (length >= 0) common = common.slice(0, length)
  }
  return common.map(part => `${part}/`).join('')
}

function compiling<Result>(path: string, run: () => Result): Result {
  try {
    return run()
  } catch (cause) {
    if (!(cause instanceof SchemaProblem)) throw cause
    const message = cause.message.startsWith(path) ? cause.message : `${path}: ${cause.message}`
    throw new PackError('schema', message, { cause })
  }
}
