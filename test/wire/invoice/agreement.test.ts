import { globSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readDocumentToSend, readInvoice, writeCii, writeUbl } from '../../../src/wire/invoice/index.ts'
import { type XmlElement, XmlError, parseXml } from '../../../src/wire/xml/index.ts'
import { hasSharedData, sharedData, sharedPath } from '../../support/shared.ts'
import { unitCases } from '../schematron/official.ts'
import {
  type Difference,
  type Exception,
  differencesInCore,
  differencesInFrance,
  isReadable,
  unexplained,
} from './agreement.ts'
import { frenchRules } from './defects-france.ts'
import { modelRuleOf } from './inventory.ts'
import { ciiDocuments, frenchPairs, officialDocuments, verdictsOfMutants } from './official.ts'
import { sample } from './sample.ts'

/** Each of them is met. */
const exceptions: readonly Exception[] = [
  {
    kind: 'missed',
    rules: /^PEPPOL-EN16931-R007$/,
    where: /^ubl/,
    why: 'a process that is missing is said once, by R001',
  },
  {
    kind: 'missed',
    rules: /^PEPPOL-EN16931-R054$/,
    where: /sample-discount-price/,
    why: 'the accounting currency is that of the invoice, which R005 says; there is no second total to demand',
  },
  {
    kind: 'missed',
    rules: /^BR-FR-DEC-0[12]$/,
    where: /negativ_faktura|huf_example|ubl m0(0960|1571|1910)/,
    why: 'written as +0.10 or 64. and so refused for its form: the model has the number, and writes it without the sign or point',
  },
  {
    kind: 'missed',
    rules: /^BR-(47|48|CO-17)$/,
    where: /^cii/,
    why: 'a VAT breakdown whose TypeCode is not VAT is none for the model, which misses its amount in BR-CO-14',
  },
  { kind: 'extra', rules: /^BR-CO-14$/, where: /^cii/, why: 'the other side of it' },
  {
    kind: 'missed',
    rules: /^BR-(30|50)$/,
    where: /^cii/,
    why: 'an element without content is no term: the end of a period is optional, and BR-61 demands the account',
  },
  {
    kind: 'extra',
    rules: /^BR-(AF-01|AF-08|S-08|Z-08)$/,
    where: /^cii/,
    why: 'the rules of CII take a breakdown that nothing belongs to for right when it is alone, or near zero',
  },
  {
    kind: 'extra',
    rules: /^BR-CO-15$/,
    where: /^cii/,
    why: 'the rule of CII takes equal totals with and without VAT for right whatever the VAT is',
  },
  /* Mutations of French invoices */
  {
    kind: 'extra',
    rules: /^BR-FR-16$/,
    where: /^ubl .*UC5b/,
    why: 'the rule of UBL forgets the lines of credit notes',
  },
  {
    kind: 'missed',
    rules: /^BR-FR-CO-10$/,
    where: /^cii/,
    why: 'a GlobalID without schemeID: for the model it is an identifier without scheme, which CII allows in ID',
  },
  {
    kind: 'missed',
    rules: /^BR-FR-MV-03$/,
    where: /^cii/,
    why: 'the type code of a referenced document, which tells an object from other documents, is no term of the model',
  },
  {
    kind: 'extra',
    rules: /^BR-FR-(03|CO-07)$/,
    where: /^ubl .*UC5b.*PaymentDueDate/,
    why: 'the rules of UBL look for the due date of a credit note where UBL has none',
  },
]

const met = new Set<Exception>()

function parsed(document: Buffer): XmlElement | undefined {
  try {
    const { root } = parseXml(document)
    return isReadable(root) ? root : undefined
  } catch (error) {
    if (error instanceof XmlError) return undefined
    throw error
  }
}

/** An extension has rules of its own, and Self-Billing a pack of its own. */
function hasCoreRules(document: Buffer): boolean {
  return !document.includes('#conformant#') && !document.includes('selfbilling')
}

function differencesIn(documents: readonly (readonly [name: string, document: Buffer])[]): Difference[] {
  return documents.flatMap(([name, document]) => {
    const root = parsed(document)
    if (root === undefined) return []
    return [
      ...(hasCoreRules(document) ? differencesInCore(name, root) : []),
      ...differencesInFrance(name, root).differences,
    ]
  })
}

describe.skipIf(!hasSharedData)('the model and the official rules', { timeout: 120_000 }, () => {
  it('find the same in every example', () => {
    const french = globSync('france/examples/**/*UBL*.xml', { cwd: sharedPath('') })
    const paths = [...officialDocuments, ...ciiDocuments, ...french]
    expect(unexplained(differencesIn(paths.map(path => [path, sharedData(path)])), exceptions, met)).toEqual([])
  })

  it.each(['ubl', 'cii'] as const)('find the same in every mutated %s document', syntax => {
    const documents = verdictsOfMutants(syntax).map(({ name, document }) => [name, document] as const)
    expect(unexplained(differencesIn(documents), exceptions, met)).toEqual([])
  })

  it('find the same in mutated French invoices', () => {
    const [first = []] = frenchPairs
    const credit = frenchPairs.flat().filter(path => path.includes('UC5b'))
    const sellers = ciiDocuments.flatMap(path => (path.includes('UC10') ? [path, path.replace('CII', 'UBL')] : []))
    const fired = new Set<string>()
    const differences = [...first, ...credit, ...sellers].flatMap(path =>
      mutationsOf(sharedData(path).toString(), sellers.includes(path) ? 3 : 1).flatMap(([name, document]) => {
        const root = parsed(Buffer.from(document))
        if (root === undefined) return []
        const found = differencesInFrance(`${path.split('/').at(-1)} ${name}`, root)
        for (const rule of found.fired) fired.add(rule)
        return found.differences
      }),
    )
    expect(unexplained(differences, exceptions, met)).toEqual([])
    // So many of the rules were really put to the test.
    expect(fired.size).toBeGreaterThan(30)
  })

  it('find in each French sample what was found when it was collected', () => {
    const table = sharedData('france/tables/sample-validation-results.txt').toString().split('\n')
    const rows = table.flatMap(row => {
      const [, path, flux2] = /^(examples\S*\/\S+\.xml) .*BR-FR-Flux2-Schematron-(?:UBL|CII)=([^;|]*)/.exec(row) ?? []
      return path === undefined || flux2 === undefined ? [] : [{ path, flux2 }]
    })
    expect(rows.length).toBeGreaterThan(15)
    for (const { path, flux2 } of rows) {
      const ids = [...flux2.matchAll(/fatal:(BR-FR-\S+)/g)].map(([, id = '']) => modelRuleOf(id))
      const reading = readDocumentToSend(sharedData(`france/${path}`), { rules: ['france'] })
      const findings = 'findings' in reading ? reading.findings : reading.warnings
      const rules = findings.map(({ rule }) => rule).filter(rule => rule.startsWith('BR-FR-'))
      expect([path, ...new Set(rules)]).toEqual([path, ...new Set(ids)])
    }
  })

  it.each(['ubl', 'cii'] as const)('find the same in each French defect, written as %s', syntax => {
    const fired = new Set<string>()
    const differences = frenchRules.flatMap(({ name, json = sample }) => {
      const reading = readInvoice(json(), { rules: [] })
      if ('findings' in reading) return []
      const document = syntax === 'cii' ? writeCii(reading.invoice) : writeUbl(reading.invoice)
      const found = differencesInFrance(`defect: ${name}`, parseXml(document).root)
      for (const rule of found.fired) fired.add(rule)
      return found.differences
    })
    expect(unexplained(differences, exceptions, met)).toEqual([])
    expect(fired.size).toBeGreaterThan(50)
  })

  it('differ in nothing else: each exception is met', () => {
    expect(exceptions.filter(exception => !met.has(exception)).map(({ rules }) => rules.source)).toEqual([])
  })
})

/** What a leaf may become: a value of another place, mostly. */
const values =
  'X|A B|1999-12-31|19991231|12345|L|381|262|384|386|389|S2|S4|B8|M9|USD|-1.1234567|19.7|B2B|LISIBLE|é*|#BAR#B2B|#TXD#x|GROUP|AFL'
    .split('|')
    .concat('A'.repeat(130))

/** The document without a leaf, with another value in it, or under another scheme; and groups of notes twice. */
function mutationsOf(document: string, step: number): [name: string, document: string][] {
  const mutations: [string, string][] = []
  const leaves = [...document.matchAll(/<([a-z]+:[A-Za-z]+)([^<>]*)>([^<>]+)<\/\1>/g)]
  for (let index = 0; index < leaves.length; index += step) {
    const [leaf, name = '', attributes = '', value = ''] = leaves[index] ?? ['']
    const at = leaves[index]?.index ?? 0
    const put = (text: string) => document.slice(0, at) + text + document.slice(at + leaf.length)
    mutations.push([`without ${name}`, put('')])
    for (const other of [values[(at * 7) % values.length] ?? '', values[(at * 11 + 5) % values.length] ?? ''])
      mutations.push([`${name} ${other.slice(0, 9)}`, put(leaf.replace(`>${value}<`, `>${other}<`))])
    if (!attributes.includes('schemeID')) continue
    const scheme = ['0002', '0009', '0224', '0225', '0231', 'AFL'][at % 6] ?? ''
    mutations.push([`${name} of ${scheme}`, put(leaf.replace(/schemeID="[^"]*"/, `schemeID="${scheme}"`))])
    mutations.push([`${name} of no scheme`, put(leaf.replace(/ schemeID="[^"]*"/, ''))])
  }
  for (const [group] of document.matchAll(/<(ram:IncludedNote|cbc:Note|cac:BillingReference)>[^]*?<\/\1>/g))
    mutations.push(['a group twice', document.replace(group, group + group)])
  return mutations
}

/**
 * The official unit cases are fragments of invoices, made for one rule each. Where the element of a group is there with nothing in it,
 * the model has no such group and says what is missing of the invoice instead; what follows are the rules of such fragments.
 */
const ofEmptyGroups =
  'BR-09 BR-11 BR-17 BR-18 BR-19 BR-20 BR-21 BR-22 BR-24 BR-25 BR-26 BR-31 BR-32 BR-33 BR-36 BR-37 BR-38 BR-41 BR-42 BR-43 BR-44 BR-45 BR-46 BR-47 BR-49 BR-50 BR-52 BR-54 BR-55 BR-56 BR-57 BR-CO-04 BR-CO-19 BR-CO-20 BR-CO-22 BR-CO-23 BR-CO-24'
/** A scheme or category on an element without a value, and an allowance that does not say that it is one. */
const ofEmptyValues = 'BR-CL-07 BR-CL-10 BR-CL-11 BR-CL-13 BR-CL-17 BR-CL-18 BR-CL-21 BR-CL-23 BR-28'
/** Lines without amounts, or no breakdown at all: the sums cannot be told. */
const ofMissingAmounts = 'BR-AE-01 BR-AF-01 BR-AG-01 BR-E-01 BR-G-01 BR-IC-01 BR-O-01 BR-S-01 BR-IC-08 BR-O-08 BR-Z-08'
/** Two VAT totals in one currency, of which the reader refuses the second. */
const ofSecondTotals = 'BR-CO-15'

/** Where the case expects no finding: an address or a breakdown with nothing in it, and a tolerance that CII alone has. */
const extraInFragments = 'BR-08 BR-10 BR-CO-18 BR-CO-17'

function rulesOf(...lists: string[]): string[] {
  return lists.flatMap(list => list.split(' ')).sort()
}

/** Fragments of Peppol: allowances without an indicator, amounts without the currency of the invoice, an endpoint of nobody. */
const missedOfPeppol = 'R040 R041 R042 R054 R120 P0100 P0101 P0104 P0105 P0106 P0107 P0109 CL008'
/** And elements without a value, which the rules of Peppol take for one there; R008 says that they are empty. */
const extraOfPeppol = 'R003 R010 R020 R061'

interface Told {
  readonly cases: number
  readonly differences: readonly Difference[]
  readonly rules: (kind: Difference['kind']) => string[]
}

function decided(folders: readonly string[]): Told {
  const cases = folders.flatMap(folder =>
    unitCases(folder).filter(({ document }) => /^(Invoice|CreditNote|CrossIndustryInvoice)$/.test(document.local)),
  )
  const differences = cases.flatMap(({ name, document, expected }) =>
    differencesInCore(name, document, new Set(expected.map(({ rule }) => rule))),
  )
  const rules = (kind: Difference['kind']) =>
    [...new Set(differences.flatMap(one => (one.kind === kind ? [one.rule] : [])))].sort()
  return { cases: cases.length, differences, rules }
}

describe.skipIf(!hasSharedData)('the official unit cases', { timeout: 60_000 }, () => {
  it('are decided as expected, but for fragments of groups', () => {
    const folders = ['CII', 'CreditNote-unit-UBL', 'Invoice-unit-UBL'].map(name => `en16931/unit/${name}`)
    const { cases, differences, rules } = decided(folders)
    expect(rules('missed')).toEqual(rulesOf(ofEmptyGroups, ofEmptyValues, ofMissingAmounts, ofSecondTotals))
    expect(rules('extra')).toEqual(rulesOf(extraInFragments))
    expect(differences.length).toBeLessThan(cases / 5)
  })

  it('of Peppol are decided as expected, but for fragments', () => {
    const { cases, differences, rules } = decided(['peppol-bis/unit/UBL-PEPPOL'])
    const short = (kind: Difference['kind']) => rules(kind).map(rule => rule.replace('PEPPOL-EN16931-', ''))
    expect(short('missed')).toEqual(rulesOf(missedOfPeppol))
    expect(short('extra')).toEqual(rulesOf(extraOfPeppol))
    expect(differences.length).toBeLessThan(cases / 4)
  })
})
