import { readFileSync } from 'node:fs'
import { XmlDocument as LibxmlDocument, XsdValidator } from 'libxml2-wasm'
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs'
import { describe, expect, it } from 'vitest'
import { facturxProfiles, lostIn, writeFacturxXml } from '../../../src/wire/facturx/index.ts'
import { type Invoice, readInvoice, readPartialDocument, readDocument } from '../../../src/wire/invoice/index.ts'
import { itShared, sharedData, sharedPath } from '../../support/shared.ts'

function invoiceOf(changes: object = {}): Invoice {
  const read = readInvoice({ ...json, ...changes })
  if ('findings' in read) throw new Error(JSON.stringify(read.findings))
  return read.invoice
}

const address = { line1: '1 quai Voltaire', city: 'Paris', postCode: '75007', country: 'FR' }
const json = {
  number: 'F-1',
  issueDate: '2026-11-21',
  dueDate: '2026-12-21',
  currency: 'EUR',
  buyerReference: 'B-7',
  projectReference: 'P-9',
  notes: [{ subjectCode: 'PMT', text: 'Indemnité 40 EUR' }],
  seller: {
    name: 'Atelier & Fils',
    vatId: 'FR44391838042',
    legalRegistration: { value: '391838042', scheme: '0002' },
    endpoint: { value: '391838042', scheme: '0225' },
    address,
    contact: { name: 'Anne' },
  },
  buyer: { name: 'Librairie', endpoint: { value: '732829320', scheme: '0225' }, address },
  paymentMeans: [{ code: '30', transfer: { account: 'FR7630006000011234567890189', bank: 'AGRIFRPP' } }],
  lines: [
    {
      id: '1',
      quantity: '3',
      unit: 'HUR',
      item: { name: 'Reliure', description: 'Cuir', sellersId: 'R-1' },
      price: { net: '48.50' },
      vat: { category: 'S', rate: '20' },
      allowances: [{ amount: '4.37', percentage: '3', reason: 'Rabais', base: '145.50' }],
    },
  ],
}

const elements = (xml: Buffer): string[] => [...xml.toString().matchAll(/<ram:(\w+)/gv)].map(([, name = '']) => name)

describe('the XML of a profile', () => {
  it('of MINIMUM has its few terms and no more', () => {
    const xml = writeFacturxXml(invoiceOf(), 'MINIMUM')
    expect([...new Set(elements(xml))]).toEqual([
      'BusinessProcessSpecifiedDocumentContextParameter',
      'ID',
      'GuidelineSpecifiedDocumentContextParameter',
      'TypeCode',
      'IssueDateTime',
      'ApplicableHeaderTradeAgreement',
      'BuyerReference',
      'SellerTradeParty',
      'Name',
      'SpecifiedLegalOrganization',
      'PostalTradeAddress',
      'CountryID',
      'SpecifiedTaxRegistration',
      'BuyerTradeParty',
      'ApplicableHeaderTradeDelivery',
      'ApplicableHeaderTradeSettlement',
      'InvoiceCurrencyCode',
      'SpecifiedTradeSettlementHeaderMonetarySummation',
      'TaxBasisTotalAmount',
      'TaxTotalAmount',
      'GrandTotalAmount',
      'DuePayableAmount',
    ])
    // The buyer's address would be one element more.
    expect(elements(xml).filter(name => name === 'CountryID')).toHaveLength(1)
  })

  it.each(facturxProfiles)('of %s says the profile in BT-24, whatever the invoice says', profile => {
    const read = readPartialDocument(writeFacturxXml(invoiceOf(), profile))
    if (!('invoice' in read)) throw new Error('no invoice')
    expect(read.invoice.customization).toBe(
      {
        MINIMUM: 'urn:factur-x.eu:1p0:minimum',
        'BASIC WL': 'urn:factur-x.eu:1p0:basicwl',
        BASIC: 'urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic',
        'EN 16931': 'urn:cen.eu:en16931:2017',
        EXTENDED: 'urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended',
      }[profile],
    )
    expect(read.unmapped).toEqual([])
  })

  it.each(['EN 16931', 'EXTENDED'] as const)('of %s gives the whole invoice again', profile => {
    const invoice = invoiceOf()
    const read = readDocument(writeFacturxXml(invoice, profile))
    if (!('invoice' in read)) throw new Error('no invoice')
    expect({ ...read.invoice, customization: '' }).toEqual({ ...invoice, customization: '' })
  })

  it('of EN 16931 leaves out the lines that only group others, whose parts are there', () => {
    const read = readPartialDocument(writeFacturxXml(grouped(), 'EN 16931'))
    if (!('invoice' in read)) throw new Error('no invoice')
    expect(read.invoice.lines?.map(({ id, parentId, kind }) => [id, parentId, kind])).toEqual([
      ['1.1', undefined, undefined],
    ])
  })
})

describe('what a profile cannot say', () => {
  it('is named with its pointer and its term', () => {
    expect(lostIn(invoiceOf(), 'BASIC', 'fr')[0]?.message).toMatch(
      / \(BT-11\) ne peut pas être exprimé dans le profil Factur-X BASIC$/,
    )
    expect(lostIn(invoiceOf(), 'BASIC')).toEqual([
      {
        rule: 'facturx.cannot-carry',
        severity: 'warning',
        pointer: '/projectReference',
        message: 'Project reference (BT-11) cannot be said in the Factur-X profile BASIC',
        term: 'BT-11',
      },
      ...[
        ['/seller/contact', 'BG-6', 'Seller contact'],
        ['/paymentMeans/0/transfer/bank', 'BT-86', 'Payment service provider identifier'],
        ['/lines/0/allowances/0/base', 'BT-137', 'Invoice line allowance base amount'],
        ['/lines/0/allowances/0/percentage', 'BT-138', 'Invoice line allowance percentage'],
        ['/lines/0/item/description', 'BT-154', 'Item description'],
        ['/lines/0/item/sellersId', 'BT-155', "Item Seller's identifier"],
      ].map(([pointer, term, name]) =>
        expect.objectContaining({
          pointer,
          term,
          severity: 'warning',
          message: `${name} (${term}) cannot be said in the Factur-X profile BASIC`,
        }),
      ),
    ])
  })

  it('is one finding where nothing of a group can be said', () => {
    const lost = lostIn(invoiceOf(), 'BASIC WL').map(({ pointer }) => pointer)
    expect(lost).toEqual(['/projectReference', '/seller/contact', '/paymentMeans/0/transfer/bank', '/lines'])
  })

  it('is nothing for a profile that says all', () => {
    expect(lostIn(invoiceOf(), 'EN 16931')).toEqual([])
    expect(lostIn(grouped(), 'EXTENDED')).toEqual([])
  })

  it.each([
    ['MINIMUM', 'warning'],
    ['BASIC WL', 'fatal'],
    ['BASIC', 'fatal'],
  ] as const)(
    'is, of the rounding amount in %s, %s: without it the amounts that are there do not add up',
    (profile, severity) => {
      const invoice = invoiceOf({ totals: { rounding: '0.40' } })
      expect(lostIn(invoice, profile).filter(({ term }) => term === 'BT-114')).toEqual([
        expect.objectContaining({ pointer: '/totals/rounding', severity }),
      ])
    },
  )

  it('is, where lines have parts, the group and who its parts belong to', () => {
    const lost = lostIn(grouped(), 'EN 16931').map(({ pointer, term }) => [pointer, term])
    expect(lost).toEqual([
      ['/lines/0', 'BG-25'],
      ['/lines/1/parentId', 'EXT-FR-FE-162'],
      ['/lines/1/kind', 'EXT-FR-FE-163'],
    ])
  })
})

describe('an invoice of several sellers', () => {
  it.each([
    ['MINIMUM', 0],
    ['BASIC WL', 1],
    ['BASIC', 1],
    ['EN 16931', 1],
    ['EXTENDED', 0],
  ] as const)('is, in %s, lost %i times', (profile, count) => {
    const lost = lostIn({ ...invoiceOf(), process: 'S8' }, profile).filter(({ severity }) => severity === 'fatal')
    expect(lost.map(({ pointer, term }) => [pointer, term])).toEqual(count === 0 ? [] : [['/process', 'BT-23']])
  })
})

function grouped(): Invoice {
  const [line] = json.lines
  return invoiceOf({
    lines: [
      { id: '1', kind: 'GROUP', item: { name: 'Lot' } },
      { ...line, id: '1.1', parentId: '1', kind: 'DETAIL' },
    ],
  })
}

describe('the official schemas of 1.09', () => {
  const schemas = {
    'BASIC WL': 'BASICWL/Factur-X_BASICWL.xsd',
    'EN 16931': 'EN16931/Factur-X_EN16931.xsd',
    EXTENDED: 'EXTENDED/Factur-X_EXTENDED.xsd',
  } as const
  const examples = [
    'france/examples/z12-014-annexB-v1.3/UC1/UC1_F202500003_00-INV_20250701_UBL_EN16931.xml',
    'france/examples/z12-014-annexB-v1.3/sous-ligne/UC12_F202600025_SOUS-LIGNE_UBL_Commentee_EXTENDED.xml',
    'france/examples/z12-014-annexB-v1.3/multi-vendeur/UC10_F202600004_MULTI-VENDEUR_UBL_Commentee_EXTENDED.xml',
    'france/examples/z12-012-annexB-v1.2/F202500001/F202500001_INV_20250201_UBL.xml',
  ]

  itShared.each(Object.entries(schemas))('accept what is written of every example as %s', (profile, schema) => {
    using validator = load(`france/facturx/xsd-1.09/${schema}`)
    for (const example of examples) {
      const read = readDocument(sharedData(example))
      if (!('invoice' in read)) throw new Error(JSON.stringify(read.findings))
      const xml = writeFacturxXml(read.invoice, profile as keyof typeof schemas)
      using document = LibxmlDocument.fromBuffer(xml)
      expect(() => validator.validate(document), example).not.toThrow()
    }
  })
})

function load(name: string): XsdValidator {
  xmlRegisterFsInputProviders()
  const path = sharedPath(name)
  using schema = LibxmlDocument.fromBuffer(readFileSync(path), { url: path })
  return XsdValidator.fromDoc(schema)
}
