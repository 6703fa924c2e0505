import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { compileSchematron, compiledFormat, loadRules } from '../../wire/schematron/index.ts'
import { compareVersions } from './choose.ts'
import { type Pack, PackError, packName } from './pack.ts'
import { syntaxOfRules } from './syntax.ts'
import { readZip } from './zip.ts'

/** The files of a pack, in a folder named `name@version`. */
const manifestFile = 'manifest.json'
export const sourceFile = 'rules.sch'
export const codeFile = 'rules.js'

/** What is not told by the file itself. */
export interface ImportOptions {
  readonly name?: string | undefined
  readonly version?: string | undefined
  readonly validFrom?: string | undefined
  readonly validTo?: string | undefined
  /** 100 when not given. */
  readonly order?: number | undefined
}

/**
 * Compiles and stores a Schematron file, or every one in a folder or ZIP archive as a pack of its own. Without a name the file's is taken, without
 * a version the one in its name, else the first digits of its hash. The same file under the same name is stored anew. Throws
 * PackError, SchematronError and XmlError; what was compiled before is then stored, the rest is not.
 */
export function importPacks(folder: string, path: string, options: ImportOptions): readonly Pack[] {
  if (!existsSync(path)) throw new PackError('nothing-to-import', `${path} is not there`)
  const sources = sourcesAt(path)
  if (sources.length === 0) throw new PackError('nothing-to-import', `${path} has no file with the ending .sch`)
  if (sources.length > 1 && options.name !== undefined) {
    throw new PackError('taken', `${path} has ${sources.length} Schematron files; one name is not enough for them`)
  }
  return sources.map(source => importSource(folder, source, options))
}

interface Source {
  readonly file: string
  readonly content: () => Buffer
}

function sourcesAt(path: string): readonly Source[] {
  if (statSync(path).isDirectory()) {
    const names = readdirSync(path, { recursive: true, encoding: 'utf8' })
    return schematronOf(names.map(name => ({ file: name, content: () => readFileSync(join(path, name)) })))
  }
  if (!path.endsWith('.zip')) return [{ file: path, content: () => readFileSync(path) }]
  return schematronOf(readZip(readFileSync(path)).map(entry => ({ file: entry.name, content: entry.content })))
}

function schematronOf(sources: readonly Source[]): readonly Source[] {
  return sources.filter(({ file }) => file.endsWith('.sch')).sort((a, b) => (a.file < b.file ? -1 : 1))
}

function importSource(folder: string, { file, content }: Source, options: ImportOptions): Pack {
  const source = content()
  const code = compileSchematron(source)
  const { title, size } = loadRules(code)
  const sha256 = sha256Of(source)
  const pack: Pack = {
    name: slug(options.name ?? basename(file, '.sch').replace(/[-_]?v?\d+(?:\.\d+)+$/i, '')),
    version: options.version ?? /\d+(?:\.\d+)+/.exec(basename(file, '.sch'))?.[0] ?? sha256.slice(0, 8),
    title,
    syntax: syntaxOfRules(source.toString('latin1')),
    source: basename(file),
    sha256,
    order: options.order ?? 100,
    ...(options.validFrom === undefined ? {} : { validFrom: options.validFrom }),
    ...(options.validTo === undefined ? {} : { validTo: options.validTo }),
    checks: size,
    compiled: { format: compiledFormat, sha256: sha256Of(code) },
  }
  const stored = listPacks(folder).find(one => packName(one) === packName(pack))
  if (stored !== undefined && stored.sha256 !== sha256) {
    throw new PackError('taken', `${packName(pack)} is already there with other rules; give another --version`)
  }
  storePack(folder, pack, { source, code })
  return pack
}

/** Names go into paths and command lines. */
function slug(name: string): string {
  return (
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9.]+/g, '-')
      .replaceAll(/^[-.]+|[-.]+$/g, '') || 'rules'
  )
}

export function sha256Of(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex')
}

/** Written beside and renamed: a pack is there as a whole or not at all. */
function storePack(
  folder: string,
  pack: Pack,
  { source, code }: { readonly source: Buffer; readonly code: string },
): void {
  const target = join(folder, packName(pack))
  const draft = `${target}.${process.pid}.draft`
  mkdirSync(draft, { recursive: true })
  writeFileSync(join(draft, sourceFile), source)
  writeFileSync(join(draft, codeFile), code)
  writeFileSync(join(draft, manifestFile), `${JSON.stringify(pack, null, 2)}\n`)
  rmSync(target, { recursive: true, force: true })
  renameSync(draft, target)
}

/** By order, name and version; none when the folder is not there. */
export function listPacks(folder: string): readonly Pack[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .map(name => join(folder, name, manifestFile))
    .filter(path => !path.includes('.draft') && existsSync(path))
    .map(path => JSON.parse(readFileSync(path, 'utf8')) as Pack)
    .sort((a, b) => a.order - b.order || a.name.localeCompare(b.name) || compareVersions(a.version, b.version))
}
