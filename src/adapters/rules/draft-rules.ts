import { basename } from 'node:path'
import { compileSchematron, type Reference, type RuleSet } from '../../wire/schematron/index.ts'
import { daysOf, type ImportOptions, nameOf, slug, versionOf } from './describe.ts'
import { type KnownRules, knownRules } from './known.ts'
import { cacheFile, codeFile, compiledOf, loadCompiled, sourceFile } from './load.ts'
import type { Pack, Part } from './pack.ts'
import type { Passing } from './passing.ts'
import { resolvePath, type Source, type SourceFile } from './source.ts'
import { sha256Of, sha256OfAll } from './store.ts'
import { syntaxOfRules } from './syntax.ts'

/** A pack that is compiled but not stored. */
export interface RulesDraft {
  readonly pack: Omit<Pack, 'folder' | 'active'>
  readonly files: Readonly<Record<string, Buffer | string>>
  readonly rules: RuleSet
  /** Undefined where the rules are none of the known ones. */
  readonly known: KnownRules | undefined
  /** Within its source. */
  readonly path: string
}

/** Compiles every Schematron file that no other includes; `passing` decides about one that is none. */
export function draftRules(source: Source, options: ImportOptions, passing: Passing): readonly RulesDraft[] {
  const found = source.meant.filter(({ path }) => path.toLowerCase().endsWith('.sch'))
  // Fragments that others include begin with another element than schema.
  return found
    .filter(file => found.length === 1 || isSchema(file))
    .flatMap(file => passing.attempt(file.path, () => draftOf(source, file, options)) ?? [])
}

function isSchema(file: SourceFile): boolean {
  const text = file
    .content()
    .toString('latin1')
    .replaceAll(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>/g, '')
  const root = /<(?:[\w.-]+:)?([\w.-]+)/.exec(text)?.[1]
  return root !== 'pattern' && root !== 'rule' && root !== 'rules' && root !== 'diagnostics'
}

function draftOf(source: Source, file: SourceFile, options: ImportOptions): RulesDraft {
  const content = file.content()
  const collected = new Collector(source, file.path)
  const code = compileSchematron(content, reference => collected.resolve(reference))
  const { rules, cache } = loadCompiled(code)
  const text = content.toString('utf8')
  const known = knownRules.find(({ marks }) => marks.every(mark => mark.test(text)))
  const own = sha256Of(content)
  const parts = collected.parts
  const sha256 = parts.length === 0 ? own : sha256OfAll([{ name: '', sha256: own }, ...parts])
  const told = known?.version?.exec(text)?.[1]
  const version = versionOf({ options, path: file.path, source: source.name, told, sha256 })
  const applies = options.applies ?? known?.applies ?? []
  return {
    pack: {
      kind: 'rules',
      name: options.name === undefined ? (known?.name ?? nameOf(file.path)) : slug(options.name),
      version,
      title: rules.title,
      syntax: syntaxOfRules(content.toString('latin1')),
      source: basename(file.path),
      sha256,
      order: options.order ?? known?.order ?? 500,
      applies,
      except: options.applies === undefined ? (known?.except ?? []) : [],
      instead: known?.instead ?? [],
      ...(known?.roots === undefined ? {} : { roots: known.roots }),
      ...daysOf(options, known?.firstDays?.[version]),
      checks: rules.size,
      parts: [{ from: '', href: '', name: '', file: sourceFile, sha256: own }, ...parts],
      compiled: compiledOf(code, cache),
    },
    files: { [sourceFile]: content, [codeFile]: code, [cacheFile]: cache, ...collected.files },
    rules,
    known,
    path: file.path,
  }
}

/** Finds what rules include or look up, within their source only, and keeps it for the store. */
class Collector {
  readonly parts: Part[] = []
  readonly files: Record<string, Buffer> = {}
  private readonly source: Source
  private readonly main: string

  constructor(source: Source, main: string) {
    this.source = source
    this.main = main
  }

  resolve({ href, from }: Reference): { readonly name: string; readonly octets: Buffer } | undefined {
    const path = resolvePath(href, from === '' ? this.main : from)
    // Code lists are published beside the schemas, while the rules expect them in their own folder.
    const found = (path === undefined ? undefined : this.source.find(path)) ?? this.source.findByName(basename(href))
    if (found === undefined) return undefined
    const octets = found.content()
    const known = this.parts.find(part => part.from === from && part.href === href)
    if (known === undefined) {
      const file = `parts/${this.parts.length + 1}-${slug(basename(href))}`
      this.parts.push({ from, href, name: found.path, file, sha256: sha256Of(octets) })
      this.files[file] = octets
    }
    return { name: found.path, octets }
  }
}
