import { cachedDataVersionTag } from 'node:v8'
import { Script } from 'node:vm'
import {
  compiledFormat,
  compileSchematron,
  linkRules,
  loadRules,
  rehearse,
  type Resolve,
  type RulesFactory,
  type RuleSet,
  rulesScript,
} from '../../wire/schematron/index.ts'
import { type Pack, packName } from './pack.ts'
import { readStored, sha256Of } from './store.ts'

/** The names of the files of a pack of rules. */
export const sourceFile = 'rules.sch'
export const codeFile = 'rules.js'
export const cacheFile = 'rules.cache'

/**
 * The rules of an imported pack, from the stored code; code of another compiler is not executed, the rules are compiled anew. Throws
 * PackError `damaged` when a file is not the one that was imported.
 */
export function loadPack(folder: string, pack: Pack): RuleSet {
  if (pack.compiled.format !== compiledFormat) {
    const { source, resolve } = readSources(folder, pack)
    return loadRules(compileSchematron(source, resolve))
  }
  // The code is ASCII.
  const code = readStored(folder, pack, { path: codeFile, sha256: pack.compiled.sha256 }).toString('latin1')
  const { v8, sha256 } = pack.compiled.cache
  const cachedData = v8 === kindOfV8() ? readStored(folder, pack, { path: cacheFile, sha256 }) : undefined
  return linkRules(code, factoryOf(scriptOf(code, { name: packName(pack), cachedData })))
}

/** Rules of code that was just compiled, and what makes loading them from the store three times as fast. */
export function loadCompiled(code: string): { readonly rules: RuleSet; readonly cache: Buffer } {
  const script = scriptOf(code, { name: 'rules', cachedData: undefined })
  const rules = linkRules(code, factoryOf(script))
  // What has not been called is not in the cache.
  rehearse(rules)
  return { cache: script.createCachedData(), rules }
}

/** V8 checks that the cache is of its own version and of this code, and compiles anew when it is not. */
function scriptOf(
  code: string,
  { name, cachedData }: { readonly name: string; readonly cachedData: Buffer | undefined },
): Script {
  const filename = `${name}.js`
  return new Script(rulesScript(code), cachedData === undefined ? { filename } : { filename, cachedData })
}

function factoryOf(script: Script): RulesFactory {
  return script.runInThisContext() as RulesFactory
}

/** What the index says of compiled code. */
export function compiledOf(code: string, cache: Buffer): Pack['compiled'] {
  return { format: compiledFormat, sha256: sha256Of(code), cache: { v8: kindOfV8(), sha256: sha256Of(cache) } }
}

/** V8 takes a cache of its own version and flags only; one that it would not take is not read. */
function kindOfV8(): string {
  return String(cachedDataVersionTag())
}

/** The stored Schematron file, and what finds the files beside it. Throws PackError `damaged`. */
export function readSources(folder: string, pack: Pack): { readonly source: Buffer; readonly resolve: Resolve } {
  const find = (from: string, href: string) => pack.parts.find(part => part.from === from && part.href === href)
  const read = (file: string, sha256: string): Buffer => readStored(folder, pack, { path: file, sha256 })
  return {
    source: read(sourceFile, find('', '')?.sha256 ?? pack.sha256),
    resolve: ({ from, href }) => {
      const part = find(from, href)
      return part === undefined ? undefined : { name: part.name, octets: read(part.file, part.sha256) }
    },
  }
}
