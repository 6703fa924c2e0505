import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import {
  type Invoice,
  cannotCarry,
  invoiceJsonSchema,
  readCii,
  readDocument,
  readDocumentToSend,
  readInvoice,
  readUbl,
  writeCii,
  writeUbl,
} from '../../../src/wire/invoice/index.ts'
import { hasSharedData, itShared } from '../../support/shared.ts'
import { type Json, extended, sample } from './sample.ts'
import { xsdErrorsOf } from './xsd.ts'

/** By the rules of EN 16931 and its extension alone. */
function readGood(json: unknown): Invoice {
  const reading = readInvoice(json, { rules: [] })
  if ('findings' in reading) throw new Error(JSON.stringify(reading.findings))
  return reading.invoice
}

function fatal(invoice: Invoice, syntax: 'ubl' | 'cii'): string[] {
  return cannotCarry(invoice, syntax)
    .filter(({ severity }) => severity === 'fatal')
    .map(({ pointer }) => pointer)
}

describe('an invoice of EXTENDED-CTC-FR with every group', () => {
  it.each(['380', '381'])('of type %s loses nothing on the way through UBL', typeCode => {
    const invoice = readGood(sample(json => (extended(json), (json.typeCode = typeCode))))
    // UBL demands a net amount in every line.
    const lines = invoice.lines.map(line => ({ ...line, net: line.net ?? expect.anything() }))
    expect(readUbl(writeUbl(invoice))).toEqual({
      invoice: { ...invoice, lines },
      syntax: 'ubl',
      warnings: [],
      unmapped: [],
    })
    expect(fatal(invoice, 'ubl')).toEqual([])
  })

  it('loses nothing on the way through CII', () => {
    const invoice = readGood(sample(forCii))
    expect(readCii(writeCii(invoice))).toEqual({ invoice, syntax: 'cii', warnings: [], unmapped: [] })
    expect(fatal(invoice, 'cii')).toEqual([])
  })

  itShared('is valid against the XSDs', () => {
    for (const typeCode of ['380', '381']) {
      const invoice = readGood(sample(json => (extended(json), (json.typeCode = typeCode))))
      expect(xsdErrorsOf(writeUbl(invoice))).toEqual([])
      expect(xsdErrorsOf(writeCii(invoice), 'D22B')).toEqual([])
      expect(xsdErrorsOf(writeCii(invoice), 'Factur-X EXTENDED')).toEqual([])
    }
    const older = readGood(sample(json => (forCii(json), (json.precedingInvoices.length = 1))))
    expect(xsdErrorsOf(writeCii(older), 'D16B')).toEqual([])
  })

  it('has the shape of the JSON Schema', () => {
    const validate = new Ajv2020({ formats: { date: true }, allowUnionTypes: true }).compile(invoiceJsonSchema())
    for (const json of [sample(extended), sample(forCii), JSON.parse(JSON.stringify(readGood(sample(extended))))]) {
      expect(validate(json) || validate.errors).toBe(true)
    }
    const { properties } = invoiceJsonSchema() as { properties: { lines: { items: { required: string[] } } } }
    expect(properties.lines.items.required).toEqual(['id', 'item'])
  })

  it('has groups whose net amount is the sum of the lines right below them', () => {
    const { lines, totals } = readGood(sample(extended))
    const nets = lines.map(({ id, net }) => [id, net?.toString()])
    expect(nets[0]).toEqual(['G', lines[2]?.net?.toString()])
    expect(nets[1]).toEqual(['H', '0.00'])
    expect(nets.at(-1)).toEqual(['I', undefined])
    const counted = [lines[2]?.net, lines[3]?.net].map(String).map(Number)
    expect(Number(totals.lineNet)).toBeCloseTo(
      counted.reduce((a, b) => a + b, 0),
      2,
    )
  })
})

/** A card network and a second payment reference have no place in CII. */
function forCii(json: Json): void {
  extended(json)
  json.paymentMeans[1].remittanceInformation = json.paymentMeans[0].remittanceInformation
  delete json.paymentMeans[0].card.network
  json.seller.contact = { name: 'N', department: 'D' }
  Object.assign(json.paymentMeans[1].transfer, { account: 'FR7630006000011234567890189', proprietaryAccount: 'X1' })
  Object.assign(json.lines[2], { amountWithVat: '300.00' })
  json.partialPaymentAmount = '100.00'
  json.paymentDiscount = {
    from: '2026-11-20',
    period: '8',
    periodUnit: 'DAY',
    base: '500.00',
    percentage: '2',
    amount: '10.00',
  }
  json.paymentPenalty = { percentage: '12' }
  json.furtherPaymentTerms = [{ text: 'second', dueDate: '2027-01-20', amount: '200.00' }, { dueDate: '2027-02-20' }]
  json.prepayments = [{ amount: '10.00', date: '2026-11-03' }, { amount: '90.00' }]
}

describe('what only some syntaxes carry', () => {
  it('is named: a department, a proprietary account and the amount with VAT of a line in UBL', () => {
    expect(fatal(readGood(sample(forCii)), 'ubl')).toEqual([
      '/seller/contact/department',
      '/paymentMeans/1/transfer/proprietaryAccount',
      '/lines/2/amountWithVat',
      '/partialPaymentAmount',
      '/paymentDiscount/base',
      '/furtherPaymentTerms/0/text',
      '/furtherPaymentTerms/0/dueDate',
      '/furtherPaymentTerms/0/amount',
      '/furtherPaymentTerms/1/dueDate',
    ])
  })

  it('is named: a department without a person, and a proprietary account beside another one, in CII', () => {
    const invoice = readGood(
      sample(json => {
        json.seller.contact = { department: 'D' }
        Object.assign(json.paymentMeans[0].transfer, { account: '12345', proprietaryAccount: 'X1' })
      }),
    )
    expect(fatal(invoice, 'cii')).toEqual(['/seller/contact/department', '/paymentMeans/0/transfer/proprietaryAccount'])
  })

  it('is named: a payer in UBL when there are no payment means to stand in', () => {
    const { paymentMeans: _, ...invoice } = readGood(
      sample(json => (json.payer = { name: 'N', identifiers: [{ value: '1', scheme: '0088' }] })),
    )
    expect(fatal(invoice, 'ubl')).toEqual(['/payer/name', '/payer/identifiers/0/value', '/payer/identifiers/0/scheme'])
    expect(fatal(invoice, 'cii')).toEqual([])
  })

  it('is named: further payment terms in CII when there are no first ones', () => {
    const whole = readGood(sample(json => (json.furtherPaymentTerms = [{ dueDate: '2027-02-20' }])))
    const { paymentTerms: _, dueDate: __, ...invoice } = whole
    expect(fatal(invoice, 'cii')).toEqual(['/furtherPaymentTerms'])
    expect(fatal(whole, 'cii')).toEqual([])
  })

  it('is named: what only hangs on a term that is missing', () => {
    const invoice = readGood(
      sample((json: Json) => {
        json.lines[0].packageUnit = 'C62'
        json.lines[0].notes = [{ subjectCode: 'BLU' }]
      }),
    )
    expect(fatal(invoice, 'ubl')).toEqual(['/lines/0/packageUnit', '/lines/0/notes/0/subjectCode'])
    expect(fatal(invoice, 'cii')).toEqual(['/lines/0/packageUnit'])
  })

  it('is not: a discount and a penalty for the time of payment, in either', () => {
    const paymentDiscount = { from: '2026-11-20', period: '8', periodUnit: 'DAY', percentage: '2', amount: '10.00' }
    const paymentPenalty = { percentage: '12' }
    const invoice = readGood(sample(json => Object.assign(json, { paymentDiscount, paymentPenalty })))
    for (const document of [writeUbl(invoice), writeUbl({ ...invoice, typeCode: '381' }), writeCii(invoice)]) {
      const reading = readDocument(document)
      expect('invoice' in reading && JSON.parse(JSON.stringify(reading.invoice))).toMatchObject({
        paymentDiscount,
        paymentPenalty,
      })
      if (hasSharedData) expect(xsdErrorsOf(document)).toEqual([])
    }
  })

  it('is named: prepayments in a credit note of UBL', () => {
    const invoice = readGood(sample(json => ((json.prepayments = [{ amount: '1.00' }]), (json.typeCode = '381'))))
    expect(fatal(invoice, 'ubl')).toEqual(['/prepayments/0/amount'])
    expect(readUbl(writeUbl({ ...invoice, typeCode: '380' }))).toMatchObject({ invoice: { prepayments: [{}] } })
  })

  it('is warned of: a second preceding invoice of a line, which needs D22B', () => {
    const invoice = readGood(sample(json => (json.lines[0].precedingInvoices = [{ number: '1' }, { number: '2' }])))
    expect(cannotCarry(invoice, 'cii')).toMatchObject([
      { severity: 'warning', pointer: '/lines/0/precedingInvoices/1', term: 'EXT-FR-FE-136' },
    ])
    expect(cannotCarry(invoice, 'ubl')).toEqual([])
  })

  it('a payer stands in the first payment means of UBL only, with all its identifiers', () => {
    const written = writeUbl(readGood(sample(extended))).toString()
    expect(written.match(/<cac:PayerParty>/g)).toHaveLength(1)
    expect(
      written.match(/<cac:PayerParty>.*?<\/cac:PayerParty>/)?.[0].match(/<cac:PartyIdentification>/g),
    ).toHaveLength(2)
  })
})

const ubl = writeUbl(readGood(sample(extended))).toString()

describe('what EN 16931 has no term for', () => {
  it.each([
    [
      'a second party of a kind',
      /(<cac:AgentParty>.*?<\/cac:AgentParty>)(<cac:Serv.*?<\/cac:ServiceProviderParty>)/,
      '$1$2$2',
    ],
    ['a second delivery of a line', /(?<=<\/cac:DocumentReference>)<cac:Delivery>.*?<\/cac:Delivery>/, '$&$&'],
    [
      'a line VAT amount in a third currency',
      /(<cac:TaxTotal>)(<cbc:TaxAmount currencyID="EUR">50)/,
      '<cac:TaxTotal><cbc:TaxAmount currencyID="DKK">1</cbc:TaxAmount></cac:TaxTotal>$1$2',
    ],
  ])('makes no document wrong: %s is named', (_title, from, to) => {
    const forged = ubl.replace(from, to)
    expect(forged).not.toBe(ubl)
    const reading = readUbl(Buffer.from(forged))
    expect('unmapped' in reading && reading.unmapped).toHaveLength(1)
  })

  it.each([
    ['a manufacturer', { lines: [{ seller: { name: 'M' } }, {}] }, '/lines/0/seller', '/cac:ManufacturerParty'],
    ['a service provider', { invoicer: { name: 'M' } }, '/invoicer', '/cac:ServiceProviderParty/cac:Party'],
    ['an industry', { payer: { role: 'DS' } }, '/payer/role', '/cbc:IndustryClassificationCode'],
  ])('means the same in UBL under EXTENDED-CTC-FR only: %s', (_title, more, pointer, place) => {
    const core = readGood(
      sample((json: Json) => {
        const { lines: [line] = [{}], ...rest } = more as Json
        Object.assign(json, rest)
        Object.assign(json.lines[0], line)
      }),
    )
    expect(fatal(core, 'ubl')).toEqual([pointer])
    expect(fatal(core, 'cii')).toEqual([])
    const customization = 'urn:cen.eu:en16931:2017#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr'
    const written = writeUbl({ ...core, customization }).toString()
    expect(readUbl(Buffer.from(written))).toMatchObject({ invoice: more, unmapped: [] })
    const elsewhere = readUbl(Buffer.from(written.replace(customization, core.customization)))
    expect('unmapped' in elsewhere && elsewhere.unmapped.map(xpath => xpath.endsWith(place))).toEqual([true])
    expect(writeUbl(core).toString()).not.toContain(place.slice(1).split('/')[0])
  })

  it('says nothing in the attribute of an element without a value', () => {
    const empty = ubl.replace(/(<cbc:PackQuantity unitCode="C62">)6/, '$1')
    expect(empty).not.toBe(ubl)
    const reading = readUbl(Buffer.from(empty))
    expect('invoice' in reading && reading.invoice.lines[2]?.packageUnit).toBeUndefined()
  })

  it('is not a part of another invoice, when a line refers to it', () => {
    const invoice = readGood(sample(json => (json.lines[0].precedingInvoices = [{ number: 'F-2026-0041' }])))
    expect(readUbl(writeUbl(invoice))).toMatchObject({ invoice: { lines: [{ precedingInvoices: [{}] }, {}] } })
    const own = writeUbl(invoice).toString().replace('>F-2026-0041<', '>F-2026-0042<')
    const reading = readUbl(Buffer.from(own))
    expect('invoice' in reading && reading.invoice.lines[0]?.precedingInvoices).toBeUndefined()
  })
})

function rulesOf(change: (json: Json) => unknown): string[] {
  const reading = readInvoice(sample(change))
  return ('findings' in reading ? reading.findings : reading.warnings).map(({ rule, pointer }) => `${rule} ${pointer}`)
}

function part(kind: string | undefined): string[] {
  return rulesOf(json => json.lines.push({ id: '9', item: { name: 'x' }, ...(kind === undefined ? {} : { kind }) }))
}

describe('lines with parts', () => {
  it('groups and information need no quantity, price and VAT', () => {
    expect(part('GROUP')).toEqual([])
    expect(part('INFORMATION')).toEqual([])
  })

  it.each([undefined, 'DETAIL'])('every other line does (%s)', kind => {
    expect(part(kind)).toEqual([
      'BR-22 /lines/2/quantity',
      'BR-23 /lines/2/unit',
      'BR-26 /lines/2/price/net',
      'BR-CO-04 /lines/2/vat/category',
    ])
  })

  it('a group that contains itself has no net amount to compute', () => {
    const json = sample(invoice => {
      invoice.lines.push({ id: '8', parentId: '9', kind: 'GROUP', item: { name: 'x' } })
      invoice.lines.push({ id: '9', parentId: '8', kind: 'GROUP', item: { name: 'y' } })
    })
    const { lines } = readGood(json)
    expect([lines[2]?.net, lines[3]?.net]).toEqual([undefined, undefined])
  })

  it('may be a part of a part twenty thousand times', () => {
    const { lines } = readGood(
      sample((json: Json) => {
        json.lines[0].parentId = 'G19999'
        for (let depth = 0; depth < 20_000; depth++) {
          json.lines.push({ id: `G${depth}`, parentId: `G${depth - 1}`, kind: 'GROUP', item: { name: 'x' } })
        }
      }),
    )
    expect(lines[2]?.net).toEqual(lines[0]?.net)
  })

  it('two groups of one id have the same parts', () => {
    const { lines } = readGood(
      sample((json: Json) => {
        json.lines[0].parentId = 'G'
        const group = { id: 'G', parentId: 'T', kind: 'GROUP', item: { name: 'x' } }
        json.lines.push(group, group, { ...group, id: 'T', parentId: undefined })
        delete json.lines[4].parentId
      }),
    )
    expect(lines.slice(2).map(({ net }) => String(net))).toEqual(['250.00', '250.00', '500.00'])
  })

  it('a group does not count in the totals and the VAT breakdown, whatever it says itself', () => {
    const before = readGood(sample())
    const after = readGood(
      sample(json =>
        json.lines.push(
          { ...json.lines[0], id: '9', kind: 'GROUP', net: '250.00' },
          { ...json.lines[0], id: '10', kind: 'INFORMATION' },
        ),
      ),
    )
    expect(after.totals).toEqual(before.totals)
    expect(after.vatBreakdown).toEqual(before.vatBreakdown)
  })
})

/** What the rules of CII say of the extended sample, changed, as a document. */
function rulesOfCii(change: (json: Json) => unknown, customization?: string): string[] {
  const invoice = readGood(sample(json => (forCii(json), delete json.paymentMeans[1].transfer.proprietaryAccount)))
  const json = JSON.parse(JSON.stringify(invoice))
  change(json)
  if (customization !== undefined) json.customization = customization
  const changed = readInvoice(json, { rules: [] })
  const document = writeCii('invoice' in changed ? changed.invoice : json)
  const reading = readDocumentToSend(document, { rules: [] })
  return ('findings' in reading ? reading.findings : reading.warnings).map(({ rule, pointer }) => `${rule} ${pointer}`)
}

const facturx = 'urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended'

describe('the rules of an extension in CII', () => {
  it('have nothing against the sample, in either extension', () => {
    expect(rulesOfCii(() => {})).toEqual([])
    expect(rulesOfCii(() => {}, facturx)).toEqual([])
  })

  it('want one account number for a credit transfer', () => {
    const rules = rulesOfCii(json => {
      const transfer = { account: 'FR7630006000011234567890189', proprietaryAccount: 'X1' }
      json.paymentMeans = [{ code: '58', transfer }]
    })
    expect(rules).toEqual(['BR-CO-27 /paymentMeans/0/transfer/account'])
  })

  it('know the subject codes of the notes of lines', () => {
    const rules = rulesOfCii(json => (json.lines[2].notes = [{ subjectCode: '§', text: 'x' }]))
    expect(rules).toEqual(['BR-CL-08 /lines/2/notes/0/subjectCode'])
  })

  it('warn of an unknown code of an attribute', () => {
    const rules = rulesOfCii(json => (json.lines[2].item.attributes = [{ code: '§', name: 'x', value: 'x' }]))
    expect(rules).toEqual(['BR-FXEXT-04 /lines/2/item/attributes/0/code'])
  })

  it('do not want a country of the place of delivery of a line, which those of UBL want', () => {
    expect(rulesOfCii(json => (json.lines[2].delivery = { address: { city: 'Lyon' } }))).toEqual([])
  })

  it.each([
    [facturx, 'BuyerTradeParty', ['BR-FXEXT-03']],
    [facturx, 'SellerTradeParty', []],
    [undefined, 'BuyerTradeParty', []],
  ])('in %s have this against a tax number of %s: %j', (customization, party, rules) => {
    const invoice = readGood(sample(json => (forCii(json), delete json.paymentMeans[1].transfer.proprietaryAccount)))
    const cii = String(writeCii(customization === undefined ? invoice : { ...invoice, customization }))
    const other = '<ram:SpecifiedTaxRegistration><ram:ID schemeID="XX">1</ram:ID></ram:SpecifiedTaxRegistration>'
    const changed = cii.replace(new RegExp(`</ram:${party}>`), `${other}$&`)
    expect(changed).not.toBe(cii)
    const reading = readDocumentToSend(Buffer.from(changed), { rules: [] })
    expect('findings' in reading ? reading.findings : []).toMatchObject(
      rules.map(rule => ({ rule, severity: 'fatal', location: expect.stringContaining(`ram:${party}`) })),
    )
  })

  it('have other names in Factur-X', () => {
    const rules = rulesOfCii(json => {
      json.lines[2].net = '1.00'
      json.lines[0].parentId = 'nobody'
      json.vatBreakdown[0].tax = '1.00'
    }, facturx)
    expect(rules).toEqual(
      expect.arrayContaining(['BR-FXEXT-11 /lines/0/parentId', 'BR-FXEXT-S-09b /vatBreakdown/0/tax']),
    )
  })
})
