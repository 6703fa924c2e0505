import {
  compiledFormat,
  compileSchematron,
  loadRules,
  type Resolve,
  type RuleSet,
} from '../../wire/schematron/index.ts'
import type { Pack } from './pack.ts'
import { readStored } from './store.ts'

/** The names of the files of a pack of rules. */
export const sourceFile = 'rules.sch'
export const codeFile = 'rules.js'

/**
 * The rules of an imported pack, from the stored code; code of another compiler is not executed, the rules are compiled anew. Throws
 * PackError `damaged` when a file is not the one that was imported.
 */
export function loadPack(folder: string, pack: Pack): RuleSet {
  if (pack.compiled.format !== compiledFormat) {
    const { source, resolve } = readSources(folder, pack)
    return loadRules(compileSchematron(source, resolve))
  }
  const code = readStored(folder, pack, { path: codeFile, sha256: pack.compiled.sha256 })
  return loadRules(code.toString('utf8'))
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
