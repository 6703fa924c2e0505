import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { runRules } from '../../src/wire/schematron/index.ts'
import { parseXml, type XmlElement } from '../../src/wire/xml/index.ts'
import type { OfficialData } from './data.ts'
import { type Official, officialRules, rulesAt } from './rules.ts'
import { caseIn } from './unit-cases.ts'

/** What one official stylesheet says of the documents that a file names, one in a line. */
export interface Oracle {
  readonly path: string
  /** The member of each line with its answer. */
  readonly column: string
  /** Our copy of its rules. */
  readonly rules: Official
  readonly documents: { readonly folder: string } | { readonly archive: string }
}

const columns = {
  ubl: { 'en16931-1.3.16': 'en-ubl', 'peppol-3.0.21': 'peppol-ubl' },
  cii: { 'en16931-1.3.16': 'en-cii' },
} as const

const files = [
  ['en16931', 'unit-ubl'],
  ['en16931', 'unit-cii'],
  ['en16931', 'examples-ubl'],
  ['en16931', 'examples-cii'],
  ['en16931', 'mutants-ubl'],
  ['en16931', 'mutants-cii'],
  ['peppol-bis', 'unit-ubl'],
  ['peppol-bis', 'unit-cii'],
  ['peppol-bis', 'examples-ubl'],
] as const

export const oracles: readonly Oracle[] = files.flatMap(([folder, name]) => {
  const path = `${folder}/oracle/${name}.jsonl`
  const documents = name.startsWith('mutants') ? { archive: `${folder}/oracle/${name}.tar.gz` } : { folder }
  const said = Object.entries(columns[name.endsWith('ubl') ? 'ubl' : 'cii'])
  return said.map(([column, rules]) => ({ path, column, rules, documents }))
})

interface OracleLine {
  readonly file: string
  readonly test?: number
  readonly [column: string]: unknown
}

export interface Comparison {
  readonly compared: number
  /** Where the official stylesheet stopped with an error and said nothing: the document, and why. */
  readonly aborted: readonly string[]
  readonly differences: readonly string[]
}

/** Compares our findings, each as often as it was made, with what the official stylesheet found. */
export function compareWithOracle(data: OfficialData, { path, column, rules, documents }: Oracle): Comparison {
  const documentOf = 'folder' in documents ? documentsIn(data, documents.folder) : archived(data, documents.archive)
  const [aborted, differences]: [string[], string[]] = [[], []]
  let compared = 0
  for (const text of data.read(path).toString().trimEnd().split('\n')) {
    const line = JSON.parse(text) as OracleLine
    const answer = line[column]
    if (answer === undefined) continue
    const about = `${path} ${line.file}${line.test === undefined ? '' : `#${line.test}`} ${column}`
    if (!Array.isArray(answer)) {
      aborted.push(`${about}: ${(answer as { readonly error: string }).error.trim()}`)
      continue
    }
    const document = documentOf(line)
    if (document === undefined) throw new Error(`${path}: ${line.file} is not there`)
    const ours = runRules(document, [officialRules(data, rules)])
    const said = ours.map(({ rule, isError }) => (isError ? `error in ${rule}` : rule))
    compared++
    const [left, right] = [said.toSorted().join(' '), (answer as string[]).toSorted().join(' ')]
    if (left !== right) differences.push(`${about}: ${left} instead of ${right}`)
  }
  return { compared, aborted, differences }
}

/** Documents of a folder, and cases within its test sets. */
function documentsIn(data: OfficialData, folder: string): (line: OracleLine) => XmlElement | undefined {
  const read = new Map<string, XmlElement>()
  return ({ file, test }) => {
    const path = join(data.path(folder), file)
    if (!existsSync(path)) return undefined
    let root = read.get(path)
    if (root === undefined) read.set(path, (root = parseXml(readFileSync(path)).root))
    return test === undefined ? root : caseIn(root, test)
  }
}

/** The files of a tar archive, parsed when asked for. */
function archived(data: OfficialData, path: string): (line: OracleLine) => XmlElement | undefined {
  const octets = gunzipSync(data.read(path))
  const files = new Map<string, Buffer>()
  for (let at = 0; at + 512 <= octets.length;) {
    const name = octets.toString('utf8', at, at + 100).replace(/\0.*$/s, '')
    const size = Number.parseInt(octets.toString('ascii', at + 124, at + 136), 8) || 0
    if (size > 0) files.set(name.split('/').at(-1) ?? name, octets.subarray(at + 512, at + 512 + size))
    at += 512 + Math.ceil(size / 512) * 512
  }
  return ({ file }) => {
    const found = files.get(file.split('/').at(-1) ?? file)
    return found && parseXml(found).root
  }
}

/** The table of what the official stylesheets say of the French samples, and its names for the rules. */
export const frenchTable = 'france/tables/sample-validation-results.txt'

const frenchRules: Readonly<Record<string, string>> = {
  'BR-FR-CDV-Schematron-CDAR': '20260804_BR-FR-CDV-Schematron-CDAR_V1.4.0.03.sch',
  'BR-FR-Flux2-Schematron-CII': '20260804_BR-FR-Flux2-Schematron-CII_V1.4.0.03.sch',
  'BR-FR-Flux2-Schematron-UBL': '20260804_BR-FR-Flux2-Schematron-UBL_V1.4.0.03.sch',
  'EXTENDED-CTC-FR-CII': '20260804_EXTENDED-CTC-FR-CII-V1.4.0.03.sch',
  'EXTENDED-CTC-FR-UBL': '20260804_EXTENDED-CTC-FR-UBL-V1.4.0.03.sch',
  'EN16931-UBL-validation': 'EN16931-UBL-validation-preprocessed.sch',
  'EN16931-CII-validation': 'EN16931-CII-validation-preprocessed.sch',
}

/** Every French sample against the table; where the table breaks off (`…`), so do we. */
export function compareFrenchSamples(data: OfficialData): Comparison {
  const differences: string[] = []
  let compared = 0
  for (const line of data.read(frenchTable).toString().trimEnd().split('\n')) {
    const [file = '', , , , results] = line.split(' | ')
    // Other lines are about PDF files.
    if (results === undefined) continue
    const { root } = parseXml(data.read(`france/${file}`))
    for (const result of results.split(' ; ')) {
      const [name = '', answer = ''] = result.trim().split('=')
      const rules = rulesAt(data, `france/schematron/${frenchRules[name] ?? name}`)
      const found = new Set(runRules(root, [rules]).map(({ severity, rule }) => `${severity}:${rule}`))
      const ours = [...found].toSorted().join(' ') || 'ok'
      const [told = '', cut] = answer.split(' …')
      const theirs = told.split(' ')
      compared++
      if (cut === undefined ? ours !== theirs.toSorted().join(' ') : !theirs.every(one => found.has(one))) {
        differences.push(`${file} ${name}: ${ours} instead of ${answer}`)
      }
    }
  }
  return { compared, aborted: [], differences }
}
