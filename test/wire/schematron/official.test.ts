import { describe, expect } from 'vitest'
import { compareFrenchSamples, compareWithOracle, oracles } from '../../../conformance/official/oracles.ts'
import { officialRules } from '../../../conformance/official/rules.ts'
import { suites, unitCases as casesOf } from '../../../conformance/official/unit-cases.ts'
import { hasSharedData, itShared } from '../../support/shared.ts'
import { data, rulesOf, type UnitCase, unitCases, wrongCases } from './official.ts'

const officialSuites = hasSharedData ? suites(data) : []

describe('the official unit cases', () => {
  itShared.for([
    ['EN 16931 UBL invoice', 665],
    ['EN 16931 UBL credit note', 152],
    ['EN 16931 CII', 9],
    ['Peppol BIS UBL', 413],
    ['Peppol BIS CII', 199],
  ] as const)('of %s, %i, are all decided as they say', ([name, count]) => {
    const { rules = [], folders = [] } = officialSuites.find(suite => suite.name === name) ?? {}
    const cases = casesOf(data, ...folders)
    expect(cases).toHaveLength(count)
    expect(
      wrongCases(
        cases,
        rules.map(one => officialRules(data, one)),
      ),
    ).toEqual([])
  })

  itShared('are found wrong when they say the opposite', () => {
    const [first] = unitCases('en16931/unit/Invoice-unit-UBL')
    expect(first?.expected).toEqual([{ outcome: 'success', rule: 'BR-01' }])
    const opposite: UnitCase = { ...(first as UnitCase), expected: [{ outcome: 'failure', rule: 'BR-01' }] }
    expect(wrongCases([opposite], [officialRules(data, 'en-ubl')])).toHaveLength(1)
  })
})

// Where the official stylesheet stops (two values where one is allowed, 'abc' as an amount) it says nothing that could be compared.
describe('the answers of the official stylesheets', () => {
  const counts: Readonly<Record<string, readonly [compared: number, aborted: number]>> = {
    'en16931/oracle/unit-ubl.jsonl en16931-1.3.16': [817, 0],
    'en16931/oracle/unit-ubl.jsonl peppol-3.0.21': [815, 2],
    'en16931/oracle/unit-cii.jsonl en16931-1.3.16': [9, 0],
    'en16931/oracle/examples-ubl.jsonl en16931-1.3.16': [48, 0],
    'en16931/oracle/examples-ubl.jsonl peppol-3.0.21': [48, 0],
    'en16931/oracle/examples-cii.jsonl en16931-1.3.16': [15, 0],
    'en16931/oracle/mutants-ubl.jsonl en16931-1.3.16': [317, 83],
    'en16931/oracle/mutants-ubl.jsonl peppol-3.0.21': [361, 39],
    'en16931/oracle/mutants-cii.jsonl en16931-1.3.16': [157, 43],
    'peppol-bis/oracle/unit-ubl.jsonl en16931-1.3.16': [413, 0],
    'peppol-bis/oracle/unit-ubl.jsonl peppol-3.0.21': [413, 0],
    'peppol-bis/oracle/unit-cii.jsonl en16931-1.3.16': [198, 1],
    'peppol-bis/oracle/examples-ubl.jsonl en16931-1.3.16': [46, 0],
    'peppol-bis/oracle/examples-ubl.jsonl peppol-3.0.21': [46, 0],
  }

  itShared.for(oracles.map(oracle => [`${oracle.path} ${oracle.column}`, oracle] as const))(
    'in %s are ours',
    ([name, oracle]) => {
      const { compared, aborted, differences } = compareWithOracle(data, oracle)
      expect(differences).toEqual([])
      expect([compared, aborted.length]).toEqual(counts[name])
    },
  )

  itShared('are found to differ when other rules are asked', () => {
    const oracle = oracles.find(({ column }) => column === 'peppol-3.0.21')
    if (oracle === undefined) throw new Error('no answers of Peppol')
    const { compared, differences } = compareWithOracle(data, { ...oracle, rules: 'en-cii' })
    expect(differences.length).toBe(compared)
  })

  itShared('on the French samples are ours', () => {
    expect(compareFrenchSamples(data)).toEqual({ compared: 120, aborted: [], differences: [] })
  })
})

describe('the packs', () => {
  itShared.for([
    ['peppol-bis/3.0.19/schematron/PEPPOL-EN16931-UBL.sch', 156],
    ['peppol-bis/3.0.20/schematron/PEPPOL-EN16931-UBL.sch', 159],
    ['peppol-bis/3.0.21/schematron/PEPPOL-EN16931-UBL-SB.sch', 62],
    ['peppol/mls/peppol-mls-1.0.1.sch', 31],
    ['peppol/reporting/tsr/peppol-transaction-statistics-reporting-1.0.4.sch', 40],
    ['peppol/reporting/eusr/peppol-end-user-statistics-reporting-1.1.4.sch', 42],
    ['france/schematron/ppf/PPF_Flux1_UBL_1_8_DEMARRAGE_v0_2.sch', 77],
    ['france/schematron/ppf/PPF_Flux1_CII_1_8_CIBLE_v0_2.sch', 109],
    ['france/schematron/ppf/PPF_Flux10_v1_0.sch', 150],
  ] as const)('%s has %i checks that compile', ([path, size]) => {
    expect(rulesOf(path).size).toBe(size)
  })
})
