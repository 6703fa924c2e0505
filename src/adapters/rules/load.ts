import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compiledFormat, compileSchematron, loadRules, type RuleSet } from '../../wire/schematron/index.ts'
import { type Pack, PackError, packName } from './pack.ts'
import { codeFile, sha256Of, sourceFile } from './store.ts'

/**
 * The rules of an imported pack, from the stored code; code of another compiler is not executed, the rules are compiled anew. Throws
 * PackError `damaged` when a file is not the one that was imported.
 */
export function loadPack(folder: string, pack: Pack): RuleSet {
  const place = join(folder, packName(pack))
  if (pack.compiled.format === compiledFormat) {
    const code = read(join(place, codeFile), pack)
    if (sha256Of(code) !== pack.compiled.sha256) throw damaged(pack, codeFile)
    return loadRules(code.toString('utf8'))
  }
  const source = read(join(place, sourceFile), pack)
  if (sha256Of(source) !== pack.sha256) throw damaged(pack, sourceFile)
  return loadRules(compileSchematron(source))
}

function read(path: string, pack: Pack): Buffer {
  if (!existsSync(path)) throw damaged(pack, path)
  return readFileSync(path)
}

function damaged(pack: Pack, file: string): PackError {
  return new PackError('damaged', `${file} of ${packName(pack)} is not the one that was imported; import it again`)
}
