import { describe, expect, it } from 'vitest'
import {
  type Finding,
  type Invoice,
  cannotCarry,
  readCii,
  readDocument,
  readDocumentToSend,
  readPartialDocument,
  readUbl,
  writeCii,
  writeUbl,
} from '../../../src/wire/invoice/index.ts'
import { hasSharedData, itShared, sharedData } from '../../support/shared.ts'
import { ciiDocuments, facturxDocuments, frenchPairs, officialDocuments, xmlOf } from './official.ts'
import { type Json, everything, readGood, sample } from './sample.ts'
import { xsdErrorsOf } from './xsd.ts'

function invoiceIn(document: Buffer): Invoice {
  const reading = readDocument(document)
  if ('findings' in reading) throw new Error(JSON.stringify(reading.findings))
  return reading.invoice
}

describe.skipIf(!hasSharedData)('every official CII example', () => {
  it.each(ciiDocuments)('%s: read, write, read is the identity', path => {
    const invoice = invoiceIn(sharedData(path))
    const written = writeCii(invoice)
    expect(readCii(written)).toEqual({ invoice, syntax: 'cii', warnings: [], unmapped: [] })
    expect(xsdErrorsOf(written, 'D16B')).toEqual([])
    expect(xsdErrorsOf(written, 'D22B')).toEqual([])
  })

  it('says nothing in more than these places that the model has no term for', () => {
    const unmapped = ciiDocuments.flatMap(path => {
      const reading = readCii(sharedData(path))
      const file = path.split('/').at(-1) ?? ''
      return 'unmapped' in reading
        ? reading.unmapped.map(place => `${file} ${place.replace(/.*Transaction\//, '')}`)
        : []
    })
    expect(unmapped.sort()).toEqual(unmappedPlaces)
  })

  it('with parts of lines says which line is part of which, and only details add to the totals', () => {
    const path = ciiDocuments.find(document => document.includes('SOUS-LIGNE')) ?? ''
    const { lines, totals } = invoiceIn(sharedData(path))
    expect(lines.map(({ id, parentId, kind }) => [id, parentId, kind])).toEqual([
      ['1', undefined, 'GROUP'],
      ['2', '1', 'DETAIL'],
      ['3', '1', 'DETAIL'],
      ['4', undefined, 'INFORMATION'],
    ])
    expect(String(totals.lineNet)).toBe('500.00')
  })
})

describe.skipIf(!hasSharedData)('the invoice in every official Factur-X', () => {
  it.each(facturxDocuments)('%s: read, write, read is the identity', path => {
    const reading = readPartialDocument(xmlOf(path))
    if (!('invoice' in reading)) throw new Error(JSON.stringify(reading.findings))
    // BASIC WL has no lines.
    expect(reading.findings.map(({ rule }) => rule)).toEqual(path.includes('BASIC_WL') ? ['BR-16'] : [])
    expect(reading.unmapped).toEqual([])
    const written = writeCii(reading.invoice)
    expect(readPartialDocument(written)).toEqual(reading)
    expect(xsdErrorsOf(written, 'D22B')).toEqual([])
    if (!path.includes('BASIC_WL')) expect(xsdErrorsOf(written, 'Factur-X EXTENDED')).toEqual([])
  })
})

const line = 'ram:IncludedSupplyChainTradeLineItem'
const grossBase = 'ram:SpecifiedLineTradeAgreement/ram:GrossPriceProductTradePrice/ram:BasisQuantity'
/** The gross price has another base quantity than the net price (the price itself, copied there), and BT-149 is one. */
const unmappedPlaces: readonly string[] = [
  `CII_business_example_01.xml ${line}[1]/${grossBase}`,
  `CII_business_example_01.xml ${line}[3]/${grossBase}`,
  `CII_example2.xml ${line}[1]/${grossBase}`,
  `CII_example2.xml ${line}[3]/${grossBase}`,
  `CII_example5.xml ${line}[1]/${grossBase}`,
]

/**
 * What the authors say in one syntax only: a department, an amount with VAT of a line and the profile in CII; a discount of 0 and a card
 * in UBL.
 */
const saidOnce =
  /^.(seller|buyer).contact.(name|department)$|^.lines.\d+.(price.discount|amountWithVat)$|^.customization$|^.paymentMeans.0.card./

describe.skipIf(!hasSharedData)('an official French invoice in both syntaxes', () => {
  it.each(frenchPairs)('%s is the same invoice', (cii, ubl) => {
    const [fromCii, fromUbl] = [termsOf(invoiceIn(sharedData(cii))), termsOf(invoiceIn(sharedData(ubl)))]
    const different = [...new Map([...fromCii, ...fromUbl]).keys()].filter(key => fromCii.get(key) !== fromUbl.get(key))
    expect(different.filter(key => !saidOnce.test(key))).toEqual([])
  })
})

describe.skipIf(!hasSharedData)('every official example in the other syntax', () => {
  it.each(ciiDocuments)('%s as UBL keeps every term or names it', path => {
    const invoice = invoiceIn(sharedData(path))
    expect(losses(invoice, writeUbl(invoice))).toEqual(pointers(cannotCarry(invoice, 'ubl')))
    expect(xsdErrorsOf(writeUbl(invoice))).toEqual([])
  })

  it.each(officialDocuments)('%s as CII keeps every term or names it', path => {
    const reading = readUbl(sharedData(path))
    if ('findings' in reading) return
    const written = writeCii(reading.invoice)
    expect(losses(reading.invoice, written)).toEqual(pointers(cannotCarry(reading.invoice, 'cii')))
    expect(xsdErrorsOf(written, 'D22B')).toEqual([])
  })

  it('names nothing for most of them, and these terms for the others', () => {
    const named = [...ciiDocuments, ...officialDocuments].flatMap(path => {
      const reading = readDocument(sharedData(path))
      if ('findings' in reading) return []
      const lost = cannotCarry(reading.invoice, path.includes('cii') || path.includes('CII') ? 'ubl' : 'cii')
      return lost.map(({ severity, pointer }) => `${path.split('/').at(-1)} ${severity} ${pointer}`)
    })
    expect(named.sort()).toEqual([
      'CreditNote-Max_content.xml warning /precedingInvoices/1',
      ...['EN16931', 'EXTENDED'].flatMap(profile => [
        `F202500001_INV_20250201_CII_Commentee_${profile}.xml fatal /buyer/contact/department`,
        `F202500001_INV_20250201_CII_Commentee_${profile}.xml fatal /paymentMeans/0/transfer/proprietaryAccount`,
        `F202500001_INV_20250201_CII_Commentee_${profile}.xml fatal /seller/contact/department`,
      ]),
      'Invoice-Max_content.xml warning /precedingInvoices/1',
      'Snippet-cn.xml warning /precedingInvoices/1',
      'UC10_F202600004_MULTI-VENDEUR_CII_Commentee_EXTENDED.xml fatal /lines/0/amountWithVat',
      'UC10_F202600004_MULTI-VENDEUR_CII_Commentee_EXTENDED.xml fatal /lines/3/amountWithVat',
      'UC10_F202600004_MULTI-VENDEUR_UBL_Commentee_EXTENDED.xml fatal /paymentMeans/0/card/network',
      'UC11_F202600022_MULTI-VENDEUR_CII_Commentee_EXTENDED..xml fatal /lines/0/amountWithVat',
      'UC11_F202600022_MULTI-VENDEUR_CII_Commentee_EXTENDED..xml fatal /lines/4/amountWithVat',
      'payment1.xml fatal /paymentMeans/0/card/network',
    ])
  })
})

function pointers(findings: readonly Finding[]): string[] {
  return findings.filter(({ severity }) => severity === 'fatal').map(({ pointer }) => pointer)
}

/** Pointers of the terms that are not read again from the document. */
function losses(invoice: Invoice, document: Buffer): string[] {
  const [before, after] = [termsOf(invoice), termsOf(invoiceIn(document))]
  return [...before].filter(([pointer, value]) => after.get(pointer) !== value).map(([pointer]) => pointer)
}

function termsOf(value: unknown, pointer = '', terms = new Map<string, string>()): Map<string, string> {
  if (typeof value !== 'object' || value === null) return terms.set(pointer, String(value))
  const json: Json = JSON.parse(JSON.stringify(value))
  if (typeof json !== 'object') return terms.set(pointer, String(json))
  // CII writes identifiers without a scheme first; their order says nothing.
  const entries = Object.entries(pointer.endsWith('/identifiers') ? sorted(json) : json)
  for (const [key, inner] of entries) termsOf(inner, `${pointer}/${key}`, terms)
  return terms
}

function sorted(identifiers: Json[]): Json[] {
  return identifiers.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

const good = writeCii(readGood(sample())).toString()

function forged(from: string | RegExp, to: string): string {
  const forgery = good.replace(from, to)
  if (forgery === good) throw new Error(`nothing to forge: ${String(from)}`)
  return forgery
}

function findingsIn(document: string): readonly Finding[] {
  const reading = readDocumentToSend(Buffer.from(document))
  return 'findings' in reading ? reading.findings : reading.warnings
}

function unmappedIn(document: string): readonly string[] {
  const reading = readCii(Buffer.from(document))
  return 'unmapped' in reading ? reading.unmapped : ['refused']
}

const transaction = '/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction'
const settlement = `${transaction}/ram:ApplicableHeaderTradeSettlement`

/** Each forgery breaks one thing. */
const forgeries: [title: string, document: string, finding: Record<string, string>][] = [
  ['text that is not XML', 'hello', { rule: 'xml' }],
  ['a DOCTYPE', forged('<rsm:Cross', '<!DOCTYPE x><rsm:Cross'), { rule: 'xml' }],
  ['another root', good.replaceAll('CrossIndustryInvoice:100', 'CrossIndustryOrder:100'), { rule: 'document.root' }],
  [
    'two numbers',
    forged('<ram:TypeCode>380', '<ram:ID>2</ram:ID><ram:TypeCode>380'),
    { rule: 'cii.structure', location: '/rsm:CrossIndustryInvoice/rsm:ExchangedDocument/ram:ID[2]' },
  ],
  [
    'two currencies',
    forged(
      '<ram:InvoiceCurrencyCode>',
      '<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode><ram:InvoiceCurrencyCode>',
    ),
    { rule: 'cii.structure', location: `${settlement}/ram:InvoiceCurrencyCode[2]` },
  ],
  ...(
    [
      [
        'CII-SR-477',
        `<ram:LineTotalAmount>1</ram:LineTotalAmount><ram:TaxBasisTotalAmount>`,
        '<ram:TaxBasisTotalAmount>',
      ],
      ['CII-SR-487', '<ram:DuePayableAmount>1</ram:DuePayableAmount><ram:DuePayableAmount>', '<ram:DuePayableAmount>'],
      [
        'CII-SR-441',
        '<ram:ChargeAmount>1</ram:ChargeAmount></ram:NetPriceProductTradePrice>',
        '</ram:NetPriceProductTradePrice>',
      ],
      ['CII-SR-473', '<ram:ActualAmount>1</ram:ActualAmount><ram:Reason>', '<ram:Reason>'],
      ['CII-SR-460', '<ram:URIUniversalCommunication/></ram:BuyerTradeParty>', '</ram:BuyerTradeParty>'],
    ] as const
  ).map(([rule, to, from]): [string, string, Record<string, string>] => [
    `what ${rule} allows once`,
    forged(from, to),
    { rule },
  ]),
  [
    'abc as an amount',
    forged('>250.00</ram:LineTotalAmount>', '>abc</ram:LineTotalAmount>'),
    {
      rule: 'value.amount',
      pointer: '/lines/0/net',
      location: `${transaction}/ram:IncludedSupplyChainTradeLineItem[1]/ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount`,
    },
  ],
  [
    'a day that does not exist',
    forged('>20261120<', '>20261131<'),
    { rule: 'PEPPOL-EN16931-F001', pointer: '/issueDate', term: 'BT-2' },
  ],
  ['a date with hyphens', forged('>20261120<', '>2026-11-20<'), { rule: 'PEPPOL-EN16931-F001', pointer: '/issueDate' }],
  [
    'a date in another format',
    forged('format="102">20261120<', 'format="610">20261120<'),
    { rule: 'PEPPOL-EN16931-F001', pointer: '/issueDate' },
  ],
  [
    'a total VAT amount in another currency',
    forged('<ram:TaxTotalAmount currencyID="EUR">', '<ram:TaxTotalAmount currencyID="USD">'),
    { rule: 'PEPPOL-EN16931-R051' },
  ],
  [
    'an amount in another currency',
    forged('<ram:DuePayableAmount>', '<ram:DuePayableAmount currencyID="USD">'),
    { rule: 'PEPPOL-EN16931-R051', pointer: '/totals/payable' },
  ],
  [
    'a charge indicator that is neither',
    forged('>false</udt:Indicator>', '>no</udt:Indicator>'),
    { rule: 'PEPPOL-EN16931-R043' },
  ],
  [
    'text between elements',
    forged('<ram:SellerTradeParty>', 'x<ram:SellerTradeParty>'),
    { rule: 'cii.structure', location: `${transaction}/ram:ApplicableHeaderTradeAgreement` },
  ],
  ['an element inside a value', forged('>F-2026-0042<', '><b/>F-2026-0042<'), { rule: 'cii.structure' }],
  [
    'a wrong total',
    forged('570.32</ram:GrandTotal', '570.33</ram:GrandTotal'),
    {
      rule: 'BR-CO-15',
      term: 'BT-112',
      delta: '0.01',
      location: `${settlement}/ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:GrandTotalAmount`,
    },
  ],
  ['no amount due', forged(/<ram:DuePayableAmount.*?<\/ram:DuePayableAmount>/, ''), { rule: 'BR-15', term: 'BT-115' }],
  [
    'no number',
    forged('<ram:ID>F-2026-0042</ram:ID>', ''),
    { rule: 'BR-02', location: '/rsm:CrossIndustryInvoice/rsm:ExchangedDocument/ram:ID' },
  ],
  [
    'a VAT point date code of another list',
    writeCii(readGood(sample(json => (json.vatPointDateCode = '3'))))
      .toString()
      .replace('>5</ram:DueDate', '>3</ram:DueDate'),
    { rule: 'BR-CL-06', pointer: '/vatPointDateCode' },
  ],
]

describe('a CII document to be sent', () => {
  it('is accepted as we write it', () => {
    expect(findingsIn(good)).toEqual([])
    expect(readDocumentToSend(Buffer.from(good))).toMatchObject({ invoice: readGood(sample()) })
  })

  it.each(forgeries)('is refused with %s', (_title, document, finding) => {
    expect(findingsIn(document)[0]).toMatchObject({ severity: 'fatal', ...finding })
  })

  it('may be a credit note under the same root', () => {
    const invoice = readGood(sample(json => (json.typeCode = '381')))
    expect(readDocumentToSend(writeCii(invoice))).toMatchObject({ invoice })
  })
})

describe('what CII says in its own way', () => {
  itShared('is valid against both XSDs and loses nothing, with every group', () => {
    for (const typeCode of ['380', '381']) {
      const invoice = readGood(sample(json => (everything(json), (json.typeCode = typeCode), simplify(json))))
      const written = writeCii(invoice)
      expect(readCii(written)).toEqual({ invoice, syntax: 'cii', warnings: [], unmapped: [] })
      expect(cannotCarry(invoice, 'cii')).toEqual([])
      expect([xsdErrorsOf(written, 'D16B'), xsdErrorsOf(written, 'D22B')]).toEqual([[], []])
    }
  })

  it('a VAT point date code is that of UNTDID 2475, in every VAT breakdown', () => {
    const invoice = readGood(sample(json => ((json.vatPointDateCode = '432'), (json.lines[0].vat.rate = '10'))))
    const written = writeCii(invoice)
    expect(written.toString().match(/<ram:DueDateTypeCode>72</g)).toHaveLength(invoice.vatBreakdown.length)
    expect(readCii(written)).toMatchObject({ invoice })
  })

  it('a note may begin as UBL writes subject codes, and UBL is said not to carry it', () => {
    const plain = { ...readGood(sample()), notes: [{ text: '#AAI#x' }, { subjectCode: 'LONG', text: 'y' }] }
    expect(findingsIn(String(writeCii({ ...plain, notes: plain.notes.slice(0, 1) })))).toEqual([])
    expect(readCii(writeCii(plain))).toMatchObject({ invoice: plain })
    expect(pointers(cannotCarry(plain, 'cii'))).toEqual([])
    expect(pointers(cannotCarry(plain, 'ubl'))).toEqual(['/notes/0/text', '/notes/1/subjectCode'])
  })

  it('a credit note may have a due date without payment means, and NA is an order number', () => {
    const { paymentMeans: _, ...rest } = readGood(sample(json => (json.salesOrderReference = 'S1')))
    const invoice = { ...rest, typeCode: '381', purchaseOrderReference: 'NA' }
    const reading = readDocumentToSend(writeCii(invoice))
    expect('invoice' in reading && reading.invoice).toEqual(invoice)
  })

  it('payment means of two kinds and a VAT currency that is none are refused', () => {
    const invoice = readGood(sample())
    const means = [...(invoice.paymentMeans ?? []), { code: '10' }]
    expect(findingsIn(String(writeCii({ ...invoice, paymentMeans: means })))).toMatchObject([{ rule: 'CII-SR-467' }])
    expect(findingsIn(String(writeCii({ ...invoice, vatCurrency: 'EUR' })))[0]).toMatchObject({ rule: 'BR-53' })
  })

  it('two VAT point date codes are refused', () => {
    const json = sample(invoice => ((invoice.vatPointDateCode = '432'), (invoice.lines[0].vat.rate = '10')))
    const document = writeCii(readGood(json)).toString().replace('>72<', '>29<')
    expect(findingsIn(document)[0]).toMatchObject({ rule: 'CII-SR-462', pointer: '/vatPointDateCode', term: 'BT-8' })
  })

  it('an account number that is no IBAN is a proprietary one', () => {
    const written = writeCii(readGood(sample(json => (json.paymentMeans[0].transfer.account = '12345'))))
    expect(written.toString()).toContain('<ram:ProprietaryID>12345</ram:ProprietaryID>')
    expect(readCii(written)).toMatchObject({ invoice: { paymentMeans: [{ transfer: { account: '12345' } }] } })
  })

  it('an identifier without a scheme is an ID, one with a scheme a GlobalID', () => {
    const identifiers = [{ value: 'A' }, { value: '12345678200010', scheme: '0009' }]
    const written = writeCii(readGood(sample(json => (json.seller.identifiers = identifiers))))
    expect(written.toString()).toContain(
      '<ram:SellerTradeParty><ram:ID>A</ram:ID><ram:GlobalID schemeID="0009">12345678200010</ram:GlobalID>',
    )
    expect(readCii(written)).toMatchObject({ invoice: { seller: { identifiers } } })
  })

  it('a discount stands in the gross price, computed when the invoice does not say it', () => {
    const invoice = readGood(sample(json => (json.lines[0].price = { net: '62.50', discount: '7.50' })))
    expect(readCii(writeCii(invoice))).toMatchObject({
      invoice: { lines: [{ price: { gross: expect.anything() } }, {}] },
    })
    expect(writeCii(invoice).toString()).toContain('<ram:ChargeAmount>70.00</ram:ChargeAmount>')
  })

  it('a payment reference is one for all payment means: a second one is named', () => {
    const invoice = readGood(sample())
    const [means] = invoice.paymentMeans ?? []
    if (means === undefined) throw new Error('no payment means')
    const [one, other] = [
      { ...means, remittanceInformation: 'one' },
      { ...means, remittanceInformation: 'other' },
    ]
    const twice = { ...invoice, paymentMeans: [one, other] }
    expect(cannotCarry(twice, 'cii')).toMatchObject([
      { rule: 'cii.cannot-carry', severity: 'fatal', pointer: '/paymentMeans/1/remittanceInformation', term: 'BT-83' },
    ])
    expect(cannotCarry(twice, 'ubl')).toEqual([])
  })

  it('a due date of a credit note without payment means is named for UBL', () => {
    const { paymentMeans: _, ...invoice } = { ...readGood(sample()), typeCode: '381' }
    expect(cannotCarry(invoice, 'ubl')).toMatchObject([{ rule: 'ubl.cannot-carry', pointer: '/dueDate', term: 'BT-9' }])
    expect(cannotCarry(invoice, 'cii')).toEqual([])
  })

  it('a second preceding invoice needs D22B', () => {
    const invoice = { ...readGood(sample()), precedingInvoices: [{ number: '1' }, { number: '2' }] }
    expect(cannotCarry(invoice, 'cii')).toMatchObject([
      { severity: 'warning', pointer: '/precedingInvoices/1', term: 'BG-3' },
    ])
    expect(readCii(writeCii(invoice))).toMatchObject({ invoice })
  })
})

describe('what a CII document says beyond the model', () => {
  it.each([
    ['an unknown element', '<ram:BuyerTradeParty>', '<ram:Unknown>1</ram:Unknown><ram:BuyerTradeParty>', 'ram:Unknown'],
    [
      'a role of the contact',
      '</ram:PersonName>',
      '</ram:PersonName><ram:Responsibility>R</ram:Responsibility>',
      'ram:Responsibility',
    ],
    [
      'another tax than VAT',
      '<ram:ApplicableTradeTax><ram:Calc',
      '<ram:ApplicableTradeTax><ram:TypeCode>GST</ram:TypeCode></ram:ApplicableTradeTax>$&',
      'ram:ApplicableTradeTax[1]',
    ],
    ['an unknown attribute', '<ram:Name>Librairie', '<ram:Name languageID="fr">Librairie', 'ram:Name/@languageID'],
  ])('%s is named', (_title, from, to, place) => {
    const source = good.includes(from) ? good : withContact()
    const [found = ''] = unmappedIn(source.replace(from, to))
    expect(found.endsWith(place)).toBe(true)
  })

  it('names the name of a project, and not our filler for it', () => {
    const written = writeCii(readGood(sample(json => (json.projectReference = 'P1')))).toString()
    expect(unmappedIn(written)).toEqual([])
    expect(unmappedIn(written.replace('>Project reference<', '>The new bridge<'))).toEqual([
      `${transaction}/ram:ApplicableHeaderTradeAgreement/ram:SpecifiedProcuringProject/ram:Name`,
    ])
  })
})

function withContact(): string {
  return writeCii(
    readGood(sample(json => (json.seller.contact = { name: 'N', phone: '1', email: 'e@x.example' }))),
  ).toString()
}

/** As much as D16B has and both directions keep: one preceding invoice, identical references, a card without network. */
function simplify(json: Json): void {
  json.precedingInvoices.length = 1
  json.paymentMeans[1].remittanceInformation = json.paymentMeans[0].remittanceInformation
  delete json.paymentMeans[0].card.network
}

describe('the syntax of a document', () => {
  const invoice = readGood(sample())

  it('is seen by its root', () => {
    expect(readDocument(writeUbl(invoice))).toMatchObject({ invoice })
    expect(readDocument(writeCii(invoice))).toMatchObject({ invoice })
  })

  it('is held to where one is asked for', () => {
    expect(readUbl(writeCii(invoice))).toMatchObject({ findings: [{ rule: 'ubl.root' }] })
    expect(readCii(writeUbl(invoice))).toMatchObject({ findings: [{ rule: 'cii.root' }] })
    expect(readDocument(Buffer.from('<a/>'))).toMatchObject({ findings: [{ rule: 'document.root' }] })
  })
})
