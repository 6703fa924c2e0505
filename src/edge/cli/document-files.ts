import { globSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from './command.ts'

/** What a folder is searched for. */
const endings = /\.(?:xml|pdf|json)$/i

/** A larger file is not even read: French law sets 100 MB for an invoice, which is 134 MB in Base64. */
const octetsMax = 256 * 1024 * 1024

/** Standard input. */
export const standardInput = '-'

/**
 * The files that the words of a command line mean, in the order given: files as they are, folders with every XML, PDF and JSON file
 * below them, patterns (`in/*.xml`) that the shell has left alone, `-`. Throws UsageError for what is not there.
 */
export function listFiles(words: readonly string[]): readonly string[] {
  return words.flatMap(word => {
    if (word === standardInput) return [word]
    const found = statSync(word, { throwIfNoEntry: false })
    if (found?.isDirectory() === true) return filesBelow(word)
    if (found !== undefined) return [word]
    if (!/[*?[{]/.test(word)) throw new UsageError(`${word} is not there`)
    const matches = globSync(word).filter(isFile).sort()
    if (matches.length === 0) throw new UsageError(`${word} fits no file`)
    return matches
  })
}

function filesBelow(folder: string): readonly string[] {
  const files = [...walk(folder)].sort()
  if (files.length === 0) throw new UsageError(`${folder} holds no .xml, .pdf or .json file`)
  return files
}

/** Of links those to a file: one to a folder may lead back to where it stands, and `readdirSync` alone would follow it. */
function* walk(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* walk(path)
    else if (endings.test(entry.name) && (entry.isFile() || (entry.isSymbolicLink() && isFile(path)))) yield path
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

/** The whole file, or standard input. Throws UsageError for what is no file, or one that no document is as large as. */
export function readDocumentFile(file: string): Buffer {
  if (file === standardInput) return readFileSync(0)
  const found = statSync(file, { throwIfNoEntry: false })
  if (found === undefined) throw new UsageError(`${file} is not there`)
  if (!found.isFile() && !found.isFIFO() && !found.isCharacterDevice()) throw new UsageError(`${file} is no file`)
  if (found.size > octetsMax) throw new UsageError(`${file} has more than ${octetsMax} octets`)
  return readFileSync(file)
}
