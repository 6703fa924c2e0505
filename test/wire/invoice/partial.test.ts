import { describe, expect, it } from 'vitest'
import {
  readDocument,
  readDocumentToSend,
  readInvoice,
  readPartialDocument,
  writeCii,
} from '../../../src/wire/invoice/index.ts'
import { everything, readGood, sample } from './sample.ts'

/** The terms of the profile MINIMUM. [Factur-X 1.08 §6] */
const minimum = new Set([1, 2, 3, 5, 10, 13, 23, 24, 27, 30, 31, 40, 44, 47, 109, 110, 112, 115].map(n => `BT-${n}`))

const whole = readGood(sample())

describe('a document that is no whole invoice', () => {
  const document = writeCii(whole, { customization: 'urn:factur-x.eu:1p0:minimum', only: term => minimum.has(term) })

  it('says what it says, and the findings say what is missing', () => {
    const reading = readPartialDocument(document)
    if (!('invoice' in reading)) throw new Error(JSON.stringify(reading.findings))
    expect(reading.syntax).toBe('cii')
    expect(reading.unmapped).toEqual([])
    expect(reading.invoice).toMatchObject({ number: whole.number, totals: { payable: whole.totals.payable } })
    expect(reading.invoice.customization).toBe('urn:factur-x.eu:1p0:minimum')
    expect([reading.invoice.lines, reading.invoice.vatBreakdown, reading.invoice.dueDate]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(reading.findings.map(({ rule }) => rule).sort()).toEqual(['BR-10', 'BR-12', 'BR-16', 'BR-CO-18'])
    expect(readDocument(document)).toEqual({ findings: reading.findings })
  })

  it.each(['urn:factur-x.eu:1p0:minimum', 'urn:zugferd.de:2p0:basicwl'])(
    'is not sent, for one reason: that %s has no lines',
    customization => {
      const poor = document.toString().replace('urn:factur-x.eu:1p0:minimum', customization)
      const reading = readDocumentToSend(Buffer.from(poor))
      const profile = customization.endsWith('minimum') ? 'MINIMUM' : 'BASIC WL'
      expect(reading).toMatchObject({
        findings: [{ rule: 'BR-16', severity: 'fatal', pointer: '/lines', message: expect.stringContaining(profile) }],
      })
      expect('findings' in reading && reading.findings).toHaveLength(1)
    },
  )

  it('is not sent for what it lacks, when its profile has lines', () => {
    const reading = readDocumentToSend(
      Buffer.from(document.toString().replace('urn:factur-x.eu:1p0:minimum', 'urn:cen.eu:en16931:2017')),
      { rules: [] },
    )
    expect('findings' in reading && reading.findings.map(({ rule }) => rule)).toContain('BR-CO-18')
  })

  it('is written again as it is', () => {
    const reading = readPartialDocument(document)
    if (!('invoice' in reading)) throw new Error(JSON.stringify(reading.findings))
    expect(writeCii(reading.invoice)).toEqual(document)
  })

  it('leaves out a value that is none, and says so', () => {
    const reading = readPartialDocument(Buffer.from(document.toString().replace('>570.32</ram:Due', '>abc</ram:Due')))
    if (!('invoice' in reading)) throw new Error(JSON.stringify(reading.findings))
    expect(reading.findings[0]).toMatchObject({ rule: 'value.amount', pointer: '/totals/payable' })
    expect(reading.invoice.totals?.payable).toBeUndefined()
    expect(reading.invoice.totals?.withVat).toEqual(whole.totals.withVat)
  })

  it('is the invoice when nothing is missing', () => {
    expect(readPartialDocument(writeCii(whole))).toEqual({ invoice: whole, syntax: 'cii', findings: [], unmapped: [] })
  })

  it('is nothing when it is XML of another kind or no XML', () => {
    expect(readPartialDocument(Buffer.from('<a/>'))).toMatchObject({ findings: [{ rule: 'document.root' }] })
    expect(readPartialDocument(Buffer.from('a'))).toMatchObject({ findings: [{ rule: 'xml' }] })
  })
})

describe('writing some terms only', () => {
  it('asks for each term by its number, without the number of a part', () => {
    const asked = new Set<string>()
    const reading = readInvoice(sample(everything), { rules: [] })
    if ('findings' in reading) throw new Error(JSON.stringify(reading.findings))
    writeCii(reading.invoice, { only: term => asked.add(term) !== undefined })
    expect([...asked].filter(term => !/^(BT-\d+|EXT-FX|EXT-FR-FE(-\d+)?)$/.test(term))).toEqual([])
    expect(asked.has('BT-30')).toBe(true)
  })

  it('leaves out the lines when no term of them is wanted, and keeps the scheme with its identifier', () => {
    const written = writeCii(whole, { only: term => minimum.has(term) }).toString()
    expect(written).not.toContain('IncludedSupplyChainTradeLineItem')
    expect(written).toContain('<ram:SpecifiedLegalOrganization><ram:ID schemeID="0002">')
  })
})
