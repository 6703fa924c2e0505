import { readDocument, readDocumentToSend } from '../../../src/wire/invoice/index.ts'
import { type RuleSet, compileSchematron, loadRules, runRules } from '../../../src/wire/schematron/index.ts'
import type { XmlElement } from '../../../src/wire/xml/index.ts'
import { sharedData } from '../../support/shared.ts'
import { rulesOf } from '../schematron/official.ts'
import { inventory, modelRuleOf } from './inventory.ts'

/* The same document before the model and before the official rules, compiled. */

const core = {
  ubl: [
    'en16931/schematron/EN16931-UBL-validation-preprocessed.sch',
    'peppol-bis/3.0.21/schematron/PEPPOL-EN16931-UBL.sch',
  ],
  cii: ['en16931/schematron/EN16931-CII-validation-preprocessed.sch'],
}
const flux2 = {
  ubl: 'france/schematron/20260804_BR-FR-Flux2-Schematron-UBL_V1.4.0.03.sch',
  cii: 'france/schematron/20260804_BR-FR-Flux2-Schematron-CII_V1.4.0.03.sch',
}

/** `missed`: the official rule fires and ours does not. `extra`: the other way round. */
export interface Difference {
  readonly document: string
  readonly syntax: 'ubl' | 'cii'
  readonly kind: 'missed' | 'extra'
  readonly rule: string
}

/** Where the model differs on purpose, and why. */
export interface Exception {
  readonly kind: Difference['kind']
  readonly rules: RegExp
  /** Of `syntax document`; a document that was changed has the change behind its name. */
  readonly where: RegExp
  readonly why: string
}

/** The differences that no exception explains; those that explain one are added to `met`. */
export function unexplained(
  differences: readonly Difference[],
  exceptions: readonly Exception[],
  met: Set<Exception>,
): string[] {
  return differences.flatMap(({ kind, rule, syntax, document }) => {
    const place = `${syntax} ${document}`
    const exception = exceptions.find(one => one.kind === kind && one.rules.test(rule) && one.where.test(place))
    if (exception === undefined) return [`${kind} ${rule} in ${place}`]
    met.add(exception)
    return []
  })
}

/** Whether the document is an invoice for the reader: without its mandatory terms nothing can be compared. */
export function isReadable(document: XmlElement): boolean {
  return !('findings' in readDocument(document))
}

/** Where model and official rules of EN 16931, and in UBL of Peppol, differ; of `only`, when that is given. */
export function differencesInCore(name: string, document: XmlElement, only?: ReadonlySet<string>): Difference[] {
  const syntax = syntaxOf(document)
  const theirs = claimed(runRules(document, core[syntax].map(rulesOf)), id => !id.startsWith('BR-FR-'))
  const mine = ours(document, syntax === 'cii' ? [] : ['peppol'], rule => theirs.claims(rule))
  return differences({ document: name, syntax }, theirs.rules, mine).filter(({ rule }) => only?.has(rule) ?? true)
}

/** Where model and BR-FR Flux 2 differ. */
export function differencesInFrance(
  name: string,
  document: XmlElement,
): { fired: Set<string>; differences: Difference[] } {
  const syntax = syntaxOf(document)
  const theirs = claimed(runRules(document, [rulesOf(flux2[syntax])]), () => true)
  const mine = ours(document, ['france'], rule => rule.startsWith('BR-FR-'))
  return { fired: theirs.rules, differences: differences({ document: name, syntax }, theirs.rules, mine) }
}

const extensionPacks = {
  ubl: 'france/schematron/20260804_EXTENDED-CTC-FR-UBL-V1.4.0.03.sch',
  cii: 'france/schematron/20260804_EXTENDED-CTC-FR-CII-V1.4.0.03.sch',
}

const isOfExtension = (rule: string) => !/^(BR-FR|PEPPOL)-/.test(rule)

/** Where model and EXTENDED-CTC-FR differ. */
export function differencesInExtension(
  name: string,
  document: XmlElement,
): { fired: Set<string>; differences: Difference[] } {
  const syntax = syntaxOf(document)
  const theirs = claimed(runRules(document, [rulesOf(extensionPacks[syntax])]), isOfExtension)
  const mine = ours(document, [], rule => theirs.claims(rule))
  const named = new Set([...mine].map(modelRuleOf))
  return { fired: theirs.rules, differences: differences({ document: name, syntax }, theirs.rules, named) }
}

let facturx: RuleSet | undefined

/** EXTENDED of Factur-X with the code lists that lie beside its schemas. */
function facturxRules(): RuleSet {
  const folder = 'france/facturx'
  return (facturx ??= loadRules(
    compileSchematron(sharedData(`${folder}/schematron-1.09/Factur-X_EXTENDED.sch`), ({ href }) => ({
      name: href,
      octets: sharedData(`${folder}/xsd-1.09/EXTENDED/${href}`),
    })),
  ))
}

/** Where model and EXTENDED of Factur-X differ, in the rules that have an id: code lists have none there. */
export function differencesInFacturx(
  name: string,
  document: XmlElement,
): { fired: Set<string>; differences: Difference[] } {
  const rules = facturxRules()
  const counts = (rule: string) => /^BR-.*(?<!ini|rev)$/.test(rule) && rules.ids.has(rule)
  const found = runRules(document, [rules]).filter(({ isError, rule }) => !isError && counts(rule))
  const fired = new Set(found.map(({ rule }) => rule))
  return { fired, differences: differences({ document: name, syntax: 'cii' }, fired, ours(document, [], counts)) }
}

function syntaxOf({ local }: XmlElement): 'ubl' | 'cii' {
  return local === 'CrossIndustryInvoice' ? 'cii' : 'ubl'
}

const isModels = (id: string) => inventory.some(({ ids, verdict }) => verdict === 'model' && ids.test(id))

function claimed(findings: readonly { rule: string; isError: boolean }[], counts: (id: string) => boolean) {
  const ids = findings.filter(({ isError, rule }) => !isError && counts(rule) && isModels(rule))
  return {
    rules: new Set(ids.map(({ rule }) => modelRuleOf(rule))),
    claims: (rule: string) => counts(rule) && isModels(rule),
  }
}

function ours(document: XmlElement, rules: ('peppol' | 'france')[], counts: (rule: string) => boolean): Set<string> {
  const reading = readDocumentToSend(document, { rules })
  const findings = 'findings' in reading ? reading.findings : reading.warnings
  return new Set(
    findings
      .map(({ rule }) => rule)
      .filter(rule => counts(rule) && (rules.includes('peppol') || !rule.startsWith('PEPPOL'))),
  )
}

function differences(
  { document, syntax }: Pick<Difference, 'document' | 'syntax'>,
  theirs: Set<string>,
  mine: Set<string>,
): Difference[] {
  return [
    ...Array.from(theirs.difference(mine), rule => ({ document, syntax, kind: 'missed' as const, rule })),
    ...Array.from(mine.difference(theirs), rule => ({ document, syntax, kind: 'extra' as const, rule })),
  ]
}
