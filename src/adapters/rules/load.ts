import { compiledFormat, compileSchematron, loadRules, type RuleSet } from '../../wire/schematron/index.ts'
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
  if (pack.compiled.format !== compiledFormat) return loadRules(recompile(folder, pack))
  const code = readStored(folder, pack, { path: codeFile, sha256: pack.compiled.sha256 })
  return loadRules(code.toString('utf8'))
}

function recompile(folder: string, pack: Pack): string {
  const find = (from: string, href: string) => pack.parts.find(part => part.from === from && part.href === href)
  const read = (file: string, sha256: string): Buffer => readStored(folder, pack, { path: file, sha256 })
  const own = find('', '')
  return compileSchematron(read(sourceFile, own?.sha256 ?? pack.sha256), ({ from, href }) => {
    const part = find(from, href)
    return part === undefined ? undefined : { name: part.name, octets: read(part.file, part.sha256) }
  })
}
