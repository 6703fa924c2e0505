import { readdirSync } from 'node:fs'
import { describe, expect } from 'vitest'
import { hasSharedData, itShared, sharedPath } from '../../support/shared.ts'
import {
  archived,
  compareWithOracle,
  documentsOf,
  frenchSamples,
  official,
  rulesOf,
  type UnitCase,
  unitCases,
  wrongCases,
} from './official.ts'

const ubl = { 'en16931-1.3.16': 'en-ubl', 'peppol-3.0.21': 'peppol-ubl' } as const
const cii = { 'en16931-1.3.16': 'en-cii' } as const

const peppolFolders = hasSharedData ? readdirSync(sharedPath('peppol-bis/unit')) : []

describe('the official unit cases', () => {
  itShared('of EN 16931 in UBL are all decided as they say', () => {
    const cases = [...unitCases('en16931/unit/Invoice-unit-UBL'), ...unitCases('en16931/unit/CreditNote-unit-UBL')]
    expect(cases).toHaveLength(817)
    expect(wrongCases(cases, [official('en-ubl')])).toEqual([])
  })

  itShared('of EN 16931 in CII are all decided as they say', () => {
    const cases = unitCases('en16931/unit/CII')
    expect(cases).toHaveLength(9)
    expect(wrongCases(cases, [official('en-cii')])).toEqual([])
  })

  itShared('of Peppol BIS in UBL are all decided as they say', () => {
    const cases = peppolFolders
      .filter(name => name.startsWith('UBL'))
      .flatMap(name => unitCases(`peppol-bis/unit/${name}`))
    expect(cases).toHaveLength(413)
    expect(wrongCases(cases, [official('en-ubl'), official('peppol-ubl')])).toEqual([])
  })

  itShared('of Peppol BIS in CII are all decided as they say', () => {
    const cases = peppolFolders
      .filter(name => name.startsWith('CII'))
      .flatMap(name => unitCases(`peppol-bis/unit/${name}`))
    expect(cases).toHaveLength(199)
    expect(wrongCases(cases, [official('en-cii'), official('peppol-cii')])).toEqual([])
  })

  itShared('are found wrong when they say the opposite', () => {
    const [first] = unitCases('en16931/unit/Invoice-unit-UBL')
    expect(first?.expected).toEqual([{ outcome: 'success', rule: 'BR-01' }])
    const opposite: UnitCase = { ...(first as UnitCase), expected: [{ outcome: 'failure', rule: 'BR-01' }] }
    expect(wrongCases([opposite], [official('en-ubl')])).toHaveLength(1)
  })
})

// Where the official stylesheet stops (two values where one is allowed, 'abc' as an amount) it says nothing that could be compared.
describe('the answers of the official stylesheets', () => {
  itShared.for([
    ['en16931/oracle/unit-ubl.jsonl', 'en16931', ubl, { compared: 1632, aborted: 2 }],
    ['en16931/oracle/unit-cii.jsonl', 'en16931', cii, { compared: 9, aborted: 0 }],
    ['en16931/oracle/examples-ubl.jsonl', 'en16931', ubl, { compared: 96, aborted: 0 }],
    ['en16931/oracle/examples-cii.jsonl', 'en16931', cii, { compared: 15, aborted: 0 }],
    ['peppol-bis/oracle/unit-ubl.jsonl', 'peppol-bis', ubl, { compared: 826, aborted: 0 }],
    ['peppol-bis/oracle/unit-cii.jsonl', 'peppol-bis', cii, { compared: 198, aborted: 1 }],
    ['peppol-bis/oracle/examples-ubl.jsonl', 'peppol-bis', ubl, { compared: 92, aborted: 0 }],
  ] as const)('in %s are ours', ([path, folder, columns, counts]) => {
    expect(compareWithOracle(path, { columns, documentOf: documentsOf(folder) })).toEqual({
      ...counts,
      differences: [],
    })
  })

  itShared('on 400 damaged UBL invoices are ours', () => {
    const documentOf = archived('en16931/oracle/mutants-ubl.tar.gz')
    const comparison = compareWithOracle('en16931/oracle/mutants-ubl.jsonl', { columns: ubl, documentOf })
    expect(comparison).toEqual({ compared: 678, aborted: 122, differences: [] })
  })

  itShared('on 200 damaged CII invoices are ours', () => {
    const documentOf = archived('en16931/oracle/mutants-cii.tar.gz')
    const comparison = compareWithOracle('en16931/oracle/mutants-cii.jsonl', { columns: cii, documentOf })
    expect(comparison).toEqual({ compared: 157, aborted: 43, differences: [] })
  })

  itShared('on the French samples are ours', () => {
    const { compared, differences } = frenchSamples()
    expect({ compared, differences }).toEqual({ compared: 120, differences: [] })
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
