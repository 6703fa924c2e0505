import { type RuleFinding, type RuleSet, runRules } from '../../src/wire/schematron/index.ts'
import { childElements, childrenNamed, parseXml, textOf, type XmlElement } from '../../src/wire/xml/index.ts'
import type { OfficialData } from './data.ts'
import type { Official } from './rules.ts'

/** A suite of official unit cases and the rules that decide them, in the order in which they are run. */
export interface Suite {
  readonly name: string
  readonly rules: readonly Official[]
  readonly folders: readonly string[]
}

export function suites(data: OfficialData): readonly Suite[] {
  const peppol = (syntax: string): readonly string[] => data.find(`peppol-bis/unit/${syntax}-*`)
  return [
    { name: 'EN 16931 UBL invoice', rules: ['en-ubl'], folders: ['en16931/unit/Invoice-unit-UBL'] },
    { name: 'EN 16931 UBL credit note', rules: ['en-ubl'], folders: ['en16931/unit/CreditNote-unit-UBL'] },
    { name: 'EN 16931 CII', rules: ['en-cii'], folders: ['en16931/unit/CII'] },
    { name: 'Peppol BIS UBL', rules: ['en-ubl', 'peppol-ubl'], folders: peppol('UBL') },
    { name: 'Peppol BIS CII', rules: ['en-cii', 'peppol-cii'], folders: peppol('CII') },
  ]
}

const vefa = 'http://difi.no/xsd/vefa/validator/1.0'

export interface UnitCase {
  /** File and number within it. */
  readonly name: string
  readonly document: XmlElement
  readonly expected: readonly { readonly outcome: 'success' | 'failure'; readonly rule: string }[]
}

/** The cases of the test sets in some folders. */
export function unitCases(data: OfficialData, ...folders: readonly string[]): readonly UnitCase[] {
  return folders.flatMap(folder => data.files(folder).flatMap(path => testSet(data, path)))
}

function testSet(data: OfficialData, path: string): readonly UnitCase[] {
  const { root } = parseXml(data.read(path))
  if (root.local !== 'testSet') return []
  return childrenNamed(root, vefa, 'test').flatMap((test, index) => {
    const document = documentIn(test)
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

/** The document of a case, counted from 1, in a test set. */
export function caseIn(testSetRoot: XmlElement, number: number): XmlElement | undefined {
  const test = childrenNamed(testSetRoot, vefa, 'test')[number - 1]
  return test && documentIn(test)
}

function documentIn(test: XmlElement): XmlElement | undefined {
  return childElements(test).find(({ namespace }) => namespace !== vefa)
}

/** What the rules that failed decide otherwise than expected. */
export function wrongOutcomes({ name, expected }: UnitCase, failed: ReadonlySet<string>): readonly string[] {
  const wrong = expected.filter(({ outcome, rule }) => failed.has(rule) === (outcome === 'success'))
  return wrong.map(({ outcome, rule }) => `${name}: ${outcome} of ${rule} expected`)
}

/** The cases that the rules decide otherwise than expected. */
export function wrongCases(cases: readonly UnitCase[], rules: readonly RuleSet[]): readonly string[] {
  return cases.flatMap(one => wrongOutcomes(one, new Set(failures(runRules(one.document, rules)))))
}

function failures(findings: readonly RuleFinding[]): readonly string[] {
  return findings.filter(({ isError }) => !isError).map(({ rule }) => rule)
}
