import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { addressingOf, invoiceJsonSchema, summaryOf } from '../../../src/wire/invoice/index.ts'
import { readCodeLists } from '../../../src/wire/peppol/index.ts'
import { french, readGood, sample } from './sample.ts'

const codeLists = readCodeLists(
  JSON.parse(readFileSync(new URL('../../../config/code-lists/peppol-9.7.json', import.meta.url), 'utf8')),
)

describe('where an invoice goes', () => {
  it('is said by its electronic addresses, specification and process', () => {
    expect(addressingOf(readGood(sample()), 'ubl')).toEqual({
      addressing: {
        sender: { scheme: 'iso6523-actorid-upis', value: '0225:900000001' },
        receiver: { scheme: 'iso6523-actorid-upis', value: '0225:900000019' },
        documentType: {
          scheme: 'busdox-docid-qns',
          value:
            'urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1',
        },
        process: { scheme: 'cenbii-procid-ubl', value: 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0' },
        countryC1: 'FR',
      },
    })
  })

  it('a credit note has its own document type', () => {
    const addressed = addressingOf(readGood(sample(json => (json.typeCode = '381'))), 'ubl')
    expect('addressing' in addressed && addressed.addressing.documentType.value).toMatch(/CreditNote-2::CreditNote##/)
  })

  it('a self-billed invoice goes from the buyer to the seller', () => {
    const addressed = addressingOf(
      readGood(
        sample(json => {
          json.customization = 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0'
          json.process = 'urn:fdc:peppol.eu:2017:poacc:selfbilling:01:1.0'
          json.typeCode = '389'
          json.buyer.address.country = 'BE'
        }),
      ),
      'ubl',
    )
    expect('addressing' in addressed && addressed.addressing).toMatchObject({
      sender: { value: '0225:900000019' },
      receiver: { value: '0225:900000001' },
      countryC1: 'BE',
    })
  })

  it('a French invoice has the French document type and process', () => {
    const addressed = addressingOf(readGood(sample(french)), 'ubl')
    expect('addressing' in addressed && addressed.addressing).toMatchObject({
      documentType: {
        value:
          'urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##urn:cen.eu:en16931:2017#compliant#urn:peppol:france:billing:cius:1.0::2.1',
      },
      process: { value: 'urn:peppol:france:billing:regulated' },
    })
  })

  it.each([
    ['urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0', 'poacc:billing:3.0::D16B'],
    ['urn:cen.eu:en16931:2017', 'urn:cen.eu:en16931:2017#compliant#urn:peppol:france:billing:cius:1.0::D22B'],
    [
      'urn:cen.eu:en16931:2017#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr',
      'urn:cen.eu:en16931:2017#conformant#urn:peppol:france:billing:extended:1.0::D22B',
    ],
  ])('as CII under %s has a document type of the Peppol code list', (customization, ending) => {
    const process = ending.endsWith('D16B') ? 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0' : 'B1'
    for (const typeCode of ['380', '381']) {
      const addressed = addressingOf({ ...readGood(sample()), customization, process, typeCode }, 'cii')
      if ('findings' in addressed) throw new Error(JSON.stringify(addressed.findings))
      const { value } = addressed.addressing.documentType
      expect(value).toMatch(/^urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100::CrossIndustryInvoice##/)
      expect(value.endsWith(ending)).toBe(true)
      expect(codeLists.stateOf(addressed.addressing.documentType)).toBe('active')
    }
  })

  it('is unknown without an address, and the finding says which', () => {
    const { endpoint: _, ...buyer } = readGood(sample()).buyer
    const addressed = addressingOf({ ...readGood(sample()), buyer }, 'ubl')
    expect('findings' in addressed && addressed.findings).toMatchObject([
      { rule: 'PEPPOL-EN16931-R010', pointer: '/buyer/endpoint', term: 'BT-49' },
    ])
  })
})

describe('the summary', () => {
  it('is what a list shows', () => {
    expect(summaryOf(readGood(sample()))).toEqual({
      number: 'F-2026-0042',
      typeCode: '380',
      issueDate: '2026-11-20',
      dueDate: '2026-12-20',
      currency: 'EUR',
      payable: '570.32',
      sellerName: 'Atelier du Canal SAS',
      buyerName: 'Librairie des Halles SARL',
    })
  })
})

describe('the JSON Schema', () => {
  const validate = new Ajv2020({ formats: { date: true }, allowUnionTypes: true }).compile(invoiceJsonSchema())

  it('accepts the sample and what is made of it', () => {
    expect(validate(sample())).toBe(true)
    expect(validate(JSON.parse(JSON.stringify(readGood(sample()))))).toBe(true)
  })

  it.each([
    ['an unknown field', { x: 1 }],
    ['a missing number', { number: undefined }],
    ['lines that are no array', { lines: {} }],
    ['no lines', { lines: [] }],
    ['an empty text', { buyerReference: '' }],
    ['an amount that is none', { totals: { payable: '1,00' } }],
    ['a VAT point date code that is none', { vatPointDateCode: '4' }],
  ])('refuses %s', (_title, change) => {
    expect(validate(JSON.parse(JSON.stringify({ ...sample(), ...change })))).toBe(false)
  })

  it('names the business term of each field', () => {
    const { properties } = invoiceJsonSchema() as { properties: Record<string, { description: string }> }
    expect(properties['dueDate']?.description).toBe('BT-9 Payment due date')
  })
})
