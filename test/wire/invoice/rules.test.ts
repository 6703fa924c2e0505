import { describe, expect, it } from 'vitest'
import { readInvoice } from '../../../src/wire/invoice/index.ts'
import { type Defect, tableRules } from './defects.ts'
import { en16931Rules } from './defects-en16931.ts'
import { frenchRules, multiSeller, toPublicBody, twoWay } from './defects-france.ts'
import { peppolRules } from './defects-peppol.ts'
import { type Json, briefly, findingsOf, french, sample } from './sample.ts'

const sets: Readonly<Record<string, readonly Defect[]>> = {
  'of the table of terms': tableRules,
  'of EN 16931': en16931Rules,
  'of Peppol': peppolRules,
  'of France': frenchRules,
}

describe.each(Object.entries(sets))('the rules %s', (_title, defects) => {
  it.each(defects.map(defect => [`${defect.rule}: ${defect.name}`, defect] as const))('%s', (_name, defect) => {
    const [english, inFrench] = [defect.find('en'), defect.find('fr')]
    expect([...new Set(english.map(({ rule }) => rule))].sort()).toEqual(
      [...new Set([defect.rule, ...defect.also])].sort(),
    )
    expect(briefly(inFrench)).toEqual(briefly(english))
    for (const [index, { message }] of english.entries()) {
      const other = inFrench[index]?.message ?? ''
      expect(other).not.toBe(message)
      expect(message + other).not.toMatch(/[{}]|undefined/)
    }
  })
})

/** The sample under EN 16931 itself, in a process of nobody's. */
function plain(change: (json: Json) => unknown = () => {}): Json {
  return sample(json => {
    Object.assign(json, { customization: 'urn:cen.eu:en16931:2017', process: 'urn:x' })
    change(json)
  })
}

function isFrench(json: Json): boolean {
  return findingsOf(json).some(({ rule }) => rule.startsWith('BR-FR-'))
}

describe('French rules', () => {
  it.each([
    ['an ordinary invoice', french, []],
    ['one of several sellers', multiSeller, []],
    ['one in both directions', twoWay, []],
    ['one to a public body', toPublicBody, ['france-b2g'] as const],
  ])('have nothing against %s', (_title, change, more) => {
    const reading = readInvoice(sample(change), { rules: ['auto', ...more] })
    expect('findings' in reading && reading.findings).toBe(false)
  })

  it('judge an invoice under EN 16931 itself between parties in France, whatever its process', () => {
    expect(isFrench(plain())).toBe(true)
    expect(isFrench(plain(({ seller }) => (seller.address.country = 'RE')))).toBe(true)
    expect(isFrench(plain(({ buyer }) => (buyer.address.country = 'BE')))).toBe(false)
  })

  it('judge an invoice in a French billing mode whatever the countries', () => {
    expect(isFrench(plain(json => ((json.process = 'B1'), (json.buyer.address.country = 'BE'))))).toBe(true)
  })

  it('leave Peppol BIS Billing between French parties to Peppol, unless they are asked for', () => {
    expect(findingsOf(sample())).toEqual([])
    const reading = readInvoice(sample(), { rules: ['france'] })
    expect('findings' in reading && new Set(reading.findings.map(({ rule }) => rule))).toEqual(
      new Set(['BR-FR-05', 'BR-FR-08']),
    )
  })

  it('can be left out', () => {
    const reading = readInvoice(plain(), { rules: [] })
    expect('invoice' in reading).toBe(true)
  })

  it('say one missing address once', () => {
    const json = sample(invoice => (french(invoice), delete invoice.seller.endpoint))
    expect(briefly(findingsOf(json))).toEqual(['BR-FR-13 /seller/endpoint'])
  })
})
