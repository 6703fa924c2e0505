import { describe, expect, it } from 'vitest'
import { readInvoice, readUbl, writeUbl } from '../../../src/wire/invoice/index.ts'
import { type Json, briefly, findingsOf, readGood, sample } from './sample.ts'

describe('the JSON form', () => {
  it('takes the sample and computes what it leaves out', () => {
    const invoice = readGood(sample())
    expect(JSON.parse(JSON.stringify(invoice.totals))).toEqual({
      lineNet: '506.23',
      withoutVat: '506.23',
      vat: '64.09',
      withVat: '570.32',
      payable: '570.32',
    })
    expect(JSON.parse(JSON.stringify(invoice.vatBreakdown))).toEqual([
      { category: 'S', rate: '20', taxable: '250.00', tax: '50.00' },
      { category: 'S', rate: '5.5', taxable: '256.23', tax: '14.09' },
    ])
    expect(invoice.lines.map(({ net }) => net?.toString())).toEqual(['250.00', '256.23'])
    expect(invoice.lines[1]?.allowances?.[0]?.amount.toString()).toBe('28.47')
    expect(invoice.typeCode).toBe('380')
    expect(invoice.process).toBe('urn:fdc:peppol.eu:2017:poacc:billing:01:1.0')
  })

  it('is stable: what it computed it accepts again', () => {
    const invoice = readGood(sample())
    expect(readGood(JSON.parse(JSON.stringify(invoice)))).toEqual(invoice)
  })

  it('comes back from UBL as it went', () => {
    const invoice = readGood(sample())
    expect(readUbl(writeUbl(invoice))).toEqual({ invoice, syntax: 'ubl', warnings: [], unmapped: [] })
  })

  it.each([null, 1, 'x', [], true])('refuses %j as an invoice', json => {
    const reading = readInvoice(json)
    expect('findings' in reading && reading.findings[0]).toMatchObject({ rule: 'json.type', pointer: '' })
  })

  it('names the nearest field for an unknown one', () => {
    const [finding] = findingsOf(sample(json => (json.dueDat = '2026-12-20')))
    expect(finding).toMatchObject({ rule: 'json.unknown-field', pointer: '/dueDat', severity: 'fatal' })
    expect(finding?.message).toBe('The field "dueDat" is unknown; did you mean dueDate?')
  })

  it('escapes an unknown field in the pointer and is not fooled by names of Object', () => {
    const json = JSON.parse('{"a/b~c":1,"__proto__":{"x":1},"constructor":1}')
    const pointers = findingsOf({ ...sample(), ...json, ['__proto__']: undefined, toString: 1 }).map(
      ({ pointer }) => pointer,
    )
    expect(pointers).toContain('/a~1b~0c')
    expect(pointers).toContain('/constructor')
    expect(pointers).toContain('/toString')
  })

  it('reports everything at once', () => {
    const findings = findingsOf(
      sample(json => {
        delete json.number
        json.issueDate = '2026-02-30'
        json.lines[0].price.net = 'abc'
        json.lines[1].vat.rat = 5
        json.buyer.name = 5
      }),
    )
    expect(briefly(findings).sort()).toEqual([
      'BR-02 /number',
      'PEPPOL-EN16931-F001 /issueDate',
      'json.type /buyer/name',
      'json.unknown-field /lines/1/vat/rat',
      'value.amount /lines/0/price/net',
    ])
  })
})

/** Each change breaks one rule and no other. */
const single: [title: string, change: (json: Json) => unknown, ...expected: string[]][] = [
  ['no number', json => delete json.number, 'BR-02 /number'],
  ['an empty number', json => (json.number = '  '), 'value.text /number'],
  ['a control character', json => (json.number = 'A\u0000'), 'value.text /number'],
  ['a number of two lines', json => (json.number = 'F-\n1'), 'value.text /number'],
  ['a tab in an identifier', json => (json.seller.endpoint.value = '12\t3'), 'value.text /seller/endpoint/value'],
  [
    'a scheme with a carriage return',
    json => (json.seller.endpoint.scheme = '02\r25'),
    'value.text /seller/endpoint/scheme',
  ],
  ['half a surrogate pair', json => (json.buyer.name = '\ud800'), 'value.text /buyer/name'],
  ['no issue date', json => delete json.issueDate, 'BR-03 /issueDate'],
  ['no currency', json => delete json.currency, 'BR-05 /currency'],
  ['no seller name', json => delete json.seller.name, 'BR-06 /seller/name'],
  ['no buyer name', json => delete json.buyer.name, 'BR-07 /buyer/name'],
  ['no seller address', json => delete json.seller.address, 'BR-08 /seller/address'],
  ['no seller country', json => delete json.seller.address.country, 'BR-09 /seller/address/country'],
  ['no buyer address', json => delete json.buyer.address, 'BR-10 /buyer/address'],
  ['no buyer country', json => delete json.buyer.address.country, 'BR-11 /buyer/address/country'],
  ['no line id', json => delete json.lines[0].id, 'BR-21 /lines/0/id'],
  ['no quantity', json => delete json.lines[0].quantity, 'BR-22 /lines/0/quantity'],
  ['no unit', json => delete json.lines[0].unit, 'BR-23 /lines/0/unit'],
  ['no item name', json => delete json.lines[0].item.name, 'BR-25 /lines/0/item/name'],
  ['no price', json => delete json.lines[0].price, 'BR-26 /lines/0/price/net'],
  ['no VAT category', json => delete json.lines[0].vat, 'BR-CO-04 /lines/0/vat/category'],
  ['a date with a time', json => (json.issueDate = '2026-11-20T00:00'), 'PEPPOL-EN16931-F001 /issueDate'],
  ['29 February of a common year', json => (json.dueDate = '2026-02-29'), 'PEPPOL-EN16931-F001 /dueDate'],
  ['a quantity of another kind', json => (json.lines[0].quantity = true), 'json.type /lines/0/quantity'],
  ['a number that has lost digits', json => (json.lines[0].price.net = 0.1 + 0.2), 'value.amount /lines/0/price/net'],
  ['lines that are no array', json => (json.lines = {}), 'json.type /lines'],
  ['a line that is no object', json => (json.lines[0] = 5), 'json.type /lines/0'],
  ['a currency that is none', json => (json.currency = 'EUX'), 'BR-CL-04 /currency'],
  ['a type that is none', json => (json.typeCode = '999'), 'BR-CL-01 /typeCode', 'PEPPOL-EN16931-P0100 /typeCode'],
  ['a unit that is none', json => (json.lines[0].unit = 'PIECE'), 'BR-CL-23 /lines/0/unit'],
  ['a country that is none', json => (json.buyer.address.country = 'FRA'), 'BR-CL-14 /buyer/address/country'],
  ['an address scheme that is none', json => (json.buyer.endpoint.scheme = '1234'), 'BR-CL-25 /buyer/endpoint/scheme'],
  ['an address without scheme', json => delete json.seller.endpoint.scheme, 'BR-62 /seller/endpoint/scheme'],
  ['a wrong line net amount', json => (json.lines[0].net = '250.03'), 'PEPPOL-EN16931-R120 /lines/0/net'],
  ['a wrong sum of lines', json => (json.totals = { lineNet: '506.24' }), 'BR-CO-10 /totals/lineNet'],
  [
    'a sum of allowances that are not there',
    json => (json.totals = { allowances: '1.00' }),
    'BR-CO-11 /totals/allowances',
  ],
  ['a sum of charges that are not there', json => (json.totals = { charges: '1.00' }), 'BR-CO-12 /totals/charges'],
  ['a wrong amount without VAT', json => (json.totals = { withoutVat: '500.00' }), 'BR-CO-13 /totals/withoutVat'],
  ['a wrong total VAT amount', json => (json.totals = { vat: '64.10' }), 'BR-CO-14 /totals/vat'],
  ['a wrong amount with VAT', json => (json.totals = { withVat: '570.33' }), 'BR-CO-15 /totals/withVat'],
  ['a wrong amount due', json => (json.totals = { payable: '570.33' }), 'BR-CO-16 /totals/payable'],
  [
    'a negative price',
    json => ((json.lines[0].price.net = '-62.50'), (json.lines[0].quantity = '-4')),
    'BR-27 /lines/0/price/net',
  ],
  [
    'a negative gross price',
    json => (json.lines[0].price = { net: '62.50', gross: '-1', discount: '-63.50' }),
    'BR-28 /lines/0/price/gross',
  ],
  [
    'a net price that is not gross minus discount',
    json => (json.lines[0].price = { net: '62.50', gross: '70', discount: '7' }),
    'PEPPOL-EN16931-R046 /lines/0/price/net',
  ],
  [
    'a base quantity of another unit',
    json => Object.assign(json.lines[0].price, { baseQuantity: '1', baseUnit: 'KGM' }),
    'PEPPOL-EN16931-R130 /lines/0/price/baseUnit',
  ],
  [
    'an allowance without reason',
    json => delete json.lines[1].allowances[0].reason,
    'BR-42 /lines/1/allowances/0',
    'BR-CO-23 /lines/1/allowances/0',
  ],
  [
    'a wrong allowance amount',
    json => (json.lines[1].allowances[0].amount = '29.00'),
    'PEPPOL-EN16931-R040 /lines/1/allowances/0/amount',
  ],
  [
    'a base without percentage',
    json => (json.lines[1].allowances = [{ amount: '1', base: '10', reason: 'x' }]),
    'PEPPOL-EN16931-R042 /lines/1/allowances/0/percentage',
  ],
  [
    'a percentage without base',
    json => (json.lines[1].allowances = [{ amount: '1', percentage: '10', reason: 'x' }]),
    'PEPPOL-EN16931-R041 /lines/1/allowances/0/base',
  ],
  [
    'an allowance without amount',
    json => (json.lines[1].allowances = [{ reason: 'x' }]),
    'BR-41 /lines/1/allowances/0/amount',
  ],
  [
    'a tax point date and its code',
    json => Object.assign(json, { vatPointDate: '2026-11-20', vatPointDateCode: '35' }),
    'BR-CO-03 /vatPointDateCode',
  ],
  [
    'a period that ends before it starts',
    json => (json.period = { start: '2026-11-02', end: '2026-11-01' }),
    'BR-29 /period/end',
  ],
  ['an empty line period', json => (json.lines[0].period = {}), 'BR-CO-20 /lines/0/period'],
  [
    'a line period outside the period',
    json => ((json.period = { start: '2026-11-01' }), (json.lines[0].period = { start: '2026-10-31' })),
    'PEPPOL-EN16931-R110 /lines/0/period/start',
  ],
  ['an accounting currency without its amount', json => (json.vatCurrency = 'USD'), 'BR-53 /totals/vatInVatCurrency'],
  [
    'an amount in no accounting currency',
    json => (json.totals = { vatInVatCurrency: '1' }),
    'PEPPOL-EN16931-R054 /totals/vatInVatCurrency',
  ],
  [
    'a credit transfer without account',
    json => delete json.paymentMeans[0].transfer,
    'BR-61 /paymentMeans/0/transfer/account',
  ],
  ['two payment codes', json => json.paymentMeans.push({ code: '10' }), 'UBL-SR-47 /paymentMeans/1/code'],
  [
    'direct debit without mandate',
    json => (json.paymentMeans = [{ code: '59' }]),
    'PEPPOL-EN16931-R061 /paymentMeans/0/directDebit/mandate',
  ],
  ['a VAT number without country', json => (json.seller.vatId = '12345'), 'BR-CO-09 /seller/vatId'],
  ['a payee that is the seller', json => (json.payee = { name: json.seller.name }), 'UBL-SR-19 /payee/name'],
  ['no electronic address of the buyer', json => delete json.buyer.endpoint, 'PEPPOL-EN16931-R010 /buyer/endpoint'],
  ['no electronic address of the seller', json => delete json.seller.endpoint, 'PEPPOL-EN16931-R020 /seller/endpoint'],
  ['another process', json => (json.process = 'x'), 'PEPPOL-EN16931-R007 /process'],
  [
    'no reference of the buyer',
    json => (delete json.buyerReference, delete json.purchaseOrderReference),
    'PEPPOL-EN16931-R003 /buyerReference',
  ],
  ['two notes', json => (json.notes = [{ text: 'a' }, { text: 'b' }]), 'PEPPOL-EN16931-R002 /notes/1'],
  [
    'a note subject that is none',
    json => (json.notes = [{ subjectCode: 'XXX', text: 'a' }]),
    'BR-CL-08 /notes/0/subjectCode',
  ],
  ['a note that looks coded', json => (json.notes = [{ text: '#AAI#x' }]), 'value.text /notes/0/text'],
  [
    'an attachment without content',
    json => (json.attachments = [{ reference: '1', file: { content: '', mimeType: 'text/csv', filename: 'a' } }]),
    'value.text /attachments/0/file/content',
  ],
  ['a corrected invoice outside Germany', json => (json.typeCode = '384'), 'PEPPOL-EN16931-P0112 /typeCode'],
  [
    'an attachment that is not base64',
    json => (json.attachments = [{ reference: '1', file: { content: '?', mimeType: 'text/csv', filename: 'a.csv' } }]),
    'value.base64 /attachments/0/file/content',
  ],
  [
    'an attachment of a forbidden type',
    json => (json.attachments = [{ reference: '1', file: { content: 'YQ==', mimeType: 'text/html', filename: 'a' } }]),
    'BR-CL-24 /attachments/0/file/mimeType',
  ],
  [
    'an item attribute without value',
    json => (json.lines[0].item.attributes = [{ name: 'Colour' }]),
    'BR-54 /lines/0/item/attributes/0/value',
  ],
  [
    'a due date of a credit note without payment means',
    json => ((json.typeCode = '381'), delete json.paymentMeans),
    'ubl.cannot-carry /dueDate',
  ],
]

describe('one wrong thing is one finding', () => {
  it.each(single)('%s', (_title: string, change: (json: Json) => unknown, ...expected: string[]) => {
    expect(briefly(findingsOf(sample(change)))).toEqual(expected)
  })

  it('a seller without any identifier', () => {
    const json = sample(({ seller }) => {
      delete seller.vatId
      delete seller.legalRegistration
    })
    expect(briefly(findingsOf(json))).toEqual(['BR-S-02 /seller/vatId', 'BR-CO-26 /seller'])
  })

  it('no lines', () => {
    const findings = briefly(findingsOf(sample(json => (json.lines = []))))
    expect(findings).toContain('BR-16 /lines')
  })

  it('a card number in full is a warning', () => {
    const json = sample(({ paymentMeans }) => (paymentMeans[0].card = { number: '4111111111111111' }))
    const reading = readInvoice(json)
    expect('invoice' in reading && briefly(reading.warnings)).toEqual(['BR-51 /paymentMeans/0/card/number'])
  })

  it('a mismatch says field, expected, actual and delta', () => {
    const [finding] = findingsOf(sample(json => (json.totals = { withVat: '600' })))
    expect(finding).toEqual({
      rule: 'BR-CO-15',
      severity: 'fatal',
      pointer: '/totals/withVat',
      term: 'BT-112',
      actual: '600.00',
      expected: '570.32',
      delta: '29.68',
      message:
        'Invoice total amount with VAT (BT-112) is 600.00 and must be 570.32 (difference 29.68): amount without VAT (BT-109) + VAT (BT-110)',
    })
  })

  it('of a hundred thousand unknown fields the first thousand are named', () => {
    const json = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`unknown${index}`, index]))
    expect(findingsOf(json)).toHaveLength(1000)
  })

  it('a thousand findings are enough', () => {
    const json = sample(invoice => (invoice.lines = Array.from({ length: 3000 }, () => 5)))
    expect(findingsOf(json)).toHaveLength(1000)
  })
})
