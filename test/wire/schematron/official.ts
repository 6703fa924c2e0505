import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import {
  compileSchematron,
  loadRules,
  type RuleFinding,
  type RuleSet,
  runRules,
} from '../../../src/wire/schematron/index.ts'
import { childElements, childrenNamed, parseXml, textOf, type XmlElement } from '../../../src/wire/xml/index.ts'
import { sharedData, sharedPath } from '../../support/shared.ts'

/** Where the official rules lie, by the name that the oracle files give them. */
const sources = {
  'en-ubl': 'en16931/schematron/EN16931-UBL-validation-preprocessed.sch',
  'en-cii': 'en16931/schematron/EN16931-CII-validation-preprocessed.sch',
  'peppol-ubl': 'peppol-bis/3.0.21/schematron/PEPPOL-EN16931-UBL.sch',
  'peppol-cii': 'peppol-bis/3.0.19/schematron/PEPPOL-EN16931-CII.sch',
} as const
export type Official = keyof typeof sources

const loaded = new Map<string, RuleSet>()

/** Compiled once per process. */
export function official(name: Official): RuleSet {
  return rulesOf(sources[name])
}

/** A Schematron file of the shared data, compiled once per process. */
export function rulesOf(path: string): RuleSet {
  let rules = loaded.get(path)
  if (rules === undefined) loaded.set(path, (rules = loadRules(compileSchematron(sharedData(path)))))
  return rules
}

const vefa = 'http://difi.no/xsd/vefa/validator/1.0'

export interface UnitCase {
  /** File and number within it. */
  readonly name: string
  readonly document: XmlElement
  readonly expected: readonly { readonly outcome: 'success' | 'failure'; readonly rule: string }[]
}

/** The cases of the test sets in a folder of the shared data. */
export function unitCases(folder: string): UnitCase[] {
  return readdirSync(sharedPath(folder))
    .sort()
    .flatMap(file => testSet(`${folder}/${file}`))
}

function testSet(path: string): UnitCase[] {
  const { root } = parseXml(sharedData(path))
  if (root.local !== 'testSet') return []
  return childrenNamed(root, vefa, 'test').flatMap((test, index) => {
    const document = childElements(test).find(({ namespace }) => namespace !== vefa)
    if (document === undefined) return []
    const expected = childrenNamed(test, vefa, 'assert')
      .flatMap(childElements)
      .filter(({ local }) => ['success', 'error', 'warning', 'fatal'].includes(local))
      .map(one => ({
        outcome: one.local === 'success' ? ('success' as const) : ('failure' as const),
        rule: textOf(one).trim(),
      }))
    return [{ name: `${path}#${index + 1}`, document, expected }]
  })
}

/** The cases that the rules decide otherwise than expected. */
export function wrongCases(cases: readonly UnitCase[], rules: readonly RuleSet[]): string[] {
  return cases.flatMap(({ name, document, expected }) => {
    const failed = new Set(failures(runRules(document, rules)))
    const wrong = expected.filter(({ outcome, rule }) => failed.has(rule) === (outcome === 'success'))
    return wrong.map(({ outcome, rule }) => `${name}: ${outcome} of ${rule} expected`)
  })
}

function failures(findings: readonly RuleFinding[]): string[] {
  return findings.filter(({ isError }) => !isError).map(({ rule }) => rule)
}

interface OracleLine {
  readonly file: string
  readonly test?: number
  readonly [rules: string]: unknown
}

export interface Comparison {
  readonly compared: number
  /** The official stylesheet stopped with an error there and said nothing. */
  readonly aborted: number
  readonly differences: readonly string[]
}

/** Compares our findings, each as often as it was made, with what the official stylesheet found. */
export function compareWithOracle(
  path: string,
  {
    columns,
    documentOf,
  }: {
    readonly columns: Readonly<Record<string, Official>>
    readonly documentOf: (line: OracleLine) => XmlElement | undefined
  },
): Comparison {
  const differences: string[] = []
  let [compared, aborted] = [0, 0]
  for (const text of sharedData(path).toString().trimEnd().split('\n')) {
    const line = JSON.parse(text) as OracleLine
    for (const [column, name] of Object.entries(columns)) {
      const answer = line[column]
      if (answer === undefined) continue
      if (!Array.isArray(answer)) {
        aborted++
        continue
      }
      const document = documentOf(line)
      if (document === undefined) throw new Error(`${path}: ${line.file} is not there`)
      const ours = runRules(document, [official(name)]).map(({ rule, isError }) =>
        isError ? `error in ${rule}` : rule,
      )
      compared++
      const [left, right] = [ours.sort().join(' '), (answer as string[]).sort().join(' ')]
      if (left !== right) differences.push(`${line.file} ${line.test ?? ''} ${column}: ${left} instead of ${right}`)
    }
  }
  return { compared, aborted, differences }
}

/** Documents of a folder of the shared data, and cases within its test sets. */
export function documentsOf(folder: string): (line: OracleLine) => XmlElement | undefined {
  const read = new Map<string, XmlElement>()
  return ({ file, test }) => {
    const path = join(sharedPath(folder), file)
    if (!existsSync(path)) return undefined
    let root = read.get(path)
    if (root === undefined) read.set(path, (root = parseXml(readFileSync(path)).root))
    if (test === undefined) return root
    const found = childrenNamed(root, vefa, 'test')[test - 1]
    return found && childElements(found).find(({ namespace }) => namespace !== vefa)
  }
}

/** The files of a tar archive of the shared data, parsed when asked for. */
export function archived(path: string): (line: OracleLine) => XmlElement | undefined {
  const octets = gunzipSync(sharedData(path))
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

const frenchRules: Readonly<Record<string, string>> = {
  'BR-FR-CDV-Schematron-CDAR': '20260804_BR-FR-CDV-Schematron-CDAR_V1.4.0.03.sch',
  'BR-FR-Flux2-Schematron-CII': '20260804_BR-FR-Flux2-Schematron-CII_V1.4.0.03.sch',
  'BR-FR-Flux2-Schematron-UBL': '20260804_BR-FR-Flux2-Schematron-UBL_V1.4.0.03.sch',
  'EXTENDED-CTC-FR-CII': '20260804_EXTENDED-CTC-FR-CII-V1.4.0.03.sch',
  'EXTENDED-CTC-FR-UBL': '20260804_EXTENDED-CTC-FR-UBL-V1.4.0.03.sch',
  'EN16931-UBL-validation': 'EN16931-UBL-validation-preprocessed.sch',
  'EN16931-CII-validation': 'EN16931-CII-validation-preprocessed.sch',
}

/** Every French sample against the table of what the official stylesheets said; where the table breaks off (`…`), so do we. */
export function frenchSamples(): { readonly compared: number; readonly differences: readonly string[] } {
  const differences: string[] = []
  let compared = 0
  for (const line of sharedData('france/tables/sample-validation-results.txt').toString().trimEnd().split('\n')) {
    const [file = '', , , , results] = line.split(' | ')
    // Other lines are about PDF files.
    if (results === undefined) continue
    const { root } = parseXml(sharedData(`france/${file}`))
    for (const result of results.split(' ; ')) {
      const [name = '', answer = ''] = result.trim().split('=')
      const rules = rulesOf(`france/schematron/${frenchRules[name] ?? name}`)
      const found = new Set(runRules(root, [rules]).map(({ severity, rule }) => `${severity}:${rule}`))
      const ours = [...found].sort().join(' ') || 'ok'
      const [told = '', cut] = answer.split(' …')
      const theirs = told.split(' ')
      compared++
      if (cut === undefined ? ours !== theirs.sort().join(' ') : !theirs.every(one => found.has(one))) {
        differences.push(`${file} ${name}: ${ours} instead of ${answer}`)
      }
    }
  }
  return { compared, differences }
}
