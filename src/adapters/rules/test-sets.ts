import { runRules } from '../../wire/schematron/index.ts'
import { attributeOf, childElements, childrenNamed, parseXml, textOf, type XmlElement } from '../../wire/xml/index.ts'
import type { RulesDraft } from './draft-rules.ts'
import type { Source } from './source.ts'
import { syntaxOf } from './syntax.ts'

/*
 * The unit tests that CEN and OpenPEPPOL publish beside their rules, in the format of the VEFA validator: fragments of invoices, each with
 * the ids of the rules that it must pass (success) or break (error, warning, fatal).
 */

const vefa = 'http://difi.no/xsd/vefa/validator/1.0'

interface UnitCase {
  /** File and number within it. */
  readonly name: string
  readonly configuration: string
  readonly document: XmlElement
  readonly expected: readonly { readonly breaks: boolean; readonly rule: string }[]
}

/** The test sets of a source. Throws XmlError when one is not well-formed. */
export function readTestSets(source: Source): readonly UnitCase[] {
  return source.meant
    .filter(({ path }) => /\.xml?$/i.test(path))
    .flatMap(file => {
      const content = file.content()
      return content.includes(vefa) ? named(file.path, () => testSet(file.path, content)) : []
    })
}

function testSet(path: string, content: Buffer): readonly UnitCase[] {
  const { root } = parseXml(content)
  if (root.local !== 'testSet' || root.namespace !== vefa) return []
  return childrenNamed(root, vefa, 'test').flatMap((test, index) => {
    const document = childElements(test).find(({ namespace }) => namespace !== vefa)
    if (document === undefined) return []
    const expected = childrenNamed(test, vefa, 'assert')
      .flatMap(childElements)
      .filter(({ local }) => ['success', 'error', 'warning', 'fatal'].includes(local))
      .map(one => ({ breaks: one.local !== 'success', rule: textOf(one).trim() }))
    const configuration = attributeOf(root, 'configuration') ?? ''
    return [{ name: `${path}#${index + 1}`, configuration, document, expected }]
  })
}

/** How many cases that are about the rules they decide as expected, and a sentence for each that they do not. */
export interface TestRun {
  readonly passed: number
  readonly failures: readonly string[]
}

/** Undefined when no case is about the rules. */
export function runTestSets({ pack, rules, known }: RulesDraft, cases: readonly UnitCase[]): TestRun | undefined {
  const failures: string[] = []
  let passed = 0
  for (const { name, configuration, document, expected } of cases) {
    const isMeant = known === undefined || known.tests?.test(configuration) === true
    const ours = expected.filter(({ rule }) => rules.ids.has(rule))
    if (!isMeant || syntaxOf(document) !== pack.syntax || ours.length === 0) continue
    const broken = new Set(
      runRules(document, [rules])
        .filter(({ isError }) => !isError)
        .map(({ rule }) => rule),
    )
    const wrong = ours.find(({ breaks, rule }) => broken.has(rule) !== breaks)
    if (wrong === undefined) passed++
    else failures.push(`${name}: ${wrong.rule} ${wrong.breaks ? 'finds nothing wrong' : 'finds something wrong'}`)
  }
  return passed + failures.length === 0 ? undefined : { passed, failures }
}

/** Says which file of several the problem is in. */
function named<Result>(path: string, read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    if (error instanceof Error) error.message = `${path}: ${error.message}`
    throw error
  }
}
