import { describe, expect, it } from 'vitest'
import { type MappedInvoice, MappingRun, type RunReport } from '../../../src/wire/mapping/index.ts'

// Tests change what they like in an invoice, also into what is none.
// oxlint-disable-next-line typescript/no-explicit-any
type Json = any

/** An invoice with nothing weak about it. */
function sound(): Json {
  return JSON.parse(
    JSON.stringify({
      number: 'F-1',
      issueDate: '2026-11-03',
      dueDate: '2026-12-03',
      currency: 'EUR',
      buyerReference: 'order 42',
      seller: {
        name: 'Atelier des Quais',
        vatId: 'FR44391838042',
        legalRegistration: { scheme: '0002', value: '391838042' },
        identifiers: [{ scheme: '0009', value: '39183804200003' }],
        endpoint: { scheme: '0225', value: '391838042' },
        address: { country: 'FR' },
      },
      buyer: {
        name: 'Kunde GmbH',
        vatId: 'DE136695976',
        endpoint: { scheme: '9930', value: 'DE136695976' },
        address: { country: 'DE' },
      },
      paymentMeans: [{ code: '58', transfer: { account: 'FR7630006000011234567890189', bank: 'AGRIFRPP' } }],
      lines: [
        {
          id: '1',
          quantity: '3',
          unit: 'HUR',
          item: { name: 'Bookbinding' },
          price: { net: '48.50' },
          vat: { category: 'S', rate: '20' },
        },
      ],
    }),
  )
}

function mapped(json: object, more: Partial<MappedInvoice> = {}): MappedInvoice {
  return { place: 'line 2', json: json as MappedInvoice['json'], issues: [], taxCodes: [], unused: new Map(), ...more }
}

function reportOf(...invoices: readonly MappedInvoice[]): RunReport {
  const run = new MappingRun('2026-11-21')
  for (const invoice of invoices) run.add(invoice)
  return run.report()
}

/** `severity kind code pointer` of what is said about an invoice that was changed. */
function said(change: (json: Json) => void): readonly string[] {
  const json = sound()
  change(json)
  return reportOf(mapped(json)).entries.map(
    ({ severity, kind, code, pointer }) => `${severity} ${kind} ${code} ${pointer}`,
  )
}

const weak: readonly (readonly [title: string, change: (json: Json) => void, said: readonly string[]])[] = [
  ['no VAT identifier of the buyer', json => delete json.buyer.vatId, ['weak data vat-id.missing /buyer/vatId']],
  ['a VAT identifier of another form', json => (json.buyer.vatId = 'DE12'), ['weak data vat-id.wrong /buyer/vatId']],
  ['wrong check digits', json => (json.buyer.vatId = 'DE136695977'), ['weak data vat-id.wrong /buyer/vatId']],
  [
    'the VAT identifier of another company',
    json => (json.seller.vatId = 'FR83404833048'),
    ['weak data vat-id.other-siren /seller/vatId'],
  ],
  [
    'a French party without SIREN',
    json => delete json.seller.legalRegistration,
    ['weak data siren.missing /seller/legalRegistration'],
  ],
  [
    'a wrong SIREN',
    json => (
      (json.seller.legalRegistration.value = '391838043'),
      delete json.seller.vatId,
      (json.seller.taxRegistrationId = '1'),
      delete json.seller.identifiers
    ),
    ['weak data siren.wrong /seller/legalRegistration/value'],
  ],
  [
    'a wrong SIRET',
    json => (json.seller.identifiers[0].value = '39183804200004'),
    ['weak data siret.wrong /seller/identifiers/*/value'],
  ],
  [
    'the SIRET of another company',
    json => (json.seller.identifiers[0].value = '73282932000074'),
    ['weak data siret.other-siren /seller/identifiers/*/value'],
  ],
  [
    'a wrong SIREN as address',
    json => (json.seller.endpoint.value = '391838043'),
    ['weak data siren.wrong /seller/endpoint/value'],
  ],
  [
    'a wrong IBAN',
    json => (json.paymentMeans[0].transfer.account = 'FR7630006000011234567890188'),
    ['weak data iban.wrong /paymentMeans/*/transfer/account'],
  ],
  [
    'an account that is no IBAN for SEPA',
    json => (json.paymentMeans[0].transfer.account = '123'),
    ['weak data iban.wrong /paymentMeans/*/transfer/account'],
  ],
  [
    'a wrong BIC',
    json => (json.paymentMeans[0].transfer.bank = 'AGRI'),
    ['weak data bic.wrong /paymentMeans/*/transfer/bank'],
  ],
  [
    'an issue date long ago',
    json => ((json.issueDate = '2023-11-03'), delete json.dueDate),
    ['weak data date.far /issueDate'],
  ],
  [
    'an issue date far ahead',
    json => ((json.issueDate = '2027-11-03'), delete json.dueDate),
    ['weak data date.far /issueDate'],
  ],
  ['a due date far ahead', json => (json.dueDate = '2036-11-03'), ['weak data date.far /dueDate']],
  ['a due date before the issue date', json => (json.dueDate = '2026-10-03'), ['weak data date.order /dueDate']],
  ['a negative invoice', json => (json.lines[0].quantity = '-3'), ['weak data amount.negative /totals/payable']],
  ['an unknown unit', json => (json.lines[0].unit = 'heure'), ['blocks data unit.unknown /lines/*/unit']],
  ['an unknown currency', json => (json.currency = '€'), ['blocks data currency.unknown /currency']],
  [
    'the name of a country',
    json => (json.buyer.address.country = 'Allemagne'),
    ['blocks data country.name /buyer/address/country'],
  ],
  [
    'an unknown country',
    json => (json.buyer.address.country = 'Utopia'),
    ['blocks data country.unknown /buyer/address/country'],
  ],
  ['no electronic address', json => delete json.buyer.endpoint, ['blocks data endpoint.missing /buyer/endpoint']],
  ['an unknown tax', json => (json.lines[0].vat.category = 'TVA'), ['blocks data tax.unknown /lines/*/vat/category']],
  [
    'the standard category at zero',
    json => (json.lines[0].vat.rate = '0.0'),
    ['blocks data tax.standard-at-zero /lines/*/vat/rate'],
  ],
  ['a missing term', json => delete json.buyer.name, ['blocks missing BR-07 /buyer/name']],
  ['sums that do not match', json => (json.totals = { withVat: '174.61' }), ['blocks rule BR-CO-15 /totals/withVat']],
]

function numbered(number: string): object {
  return { ...sound(), number }
}

function use(rate: string): Partial<MappedInvoice> {
  return { taxCodes: [{ code: 'T1', category: 'S', rate }] }
}

describe('a report', () => {
  it('says nothing of an invoice without fault', () => {
    expect(reportOf(mapped(sound()))).toEqual({ invoices: 1, canBeSent: 1, entries: [], unused: [] })
  })

  it.each(weak)('names %s', (_, change, entries) => {
    expect(said(change)).toEqual(entries)
  })

  it('names an exempt tax without a reason', () => {
    const entries = said(json => (json.lines[0].vat = { category: 'E', rate: '0' }))
    expect(entries).toContain('weak data tax.exempt-without-reason /lines/*/vat')
    expect(
      said(json => {
        json.lines[0].vat = { category: 'E', rate: '0' }
        json.vatBreakdown = [{ category: 'E', rate: '0', exemptionReason: 'small business' }]
      }),
    ).toEqual([])
  })

  it('says what official rule says the same, and does not say it twice', () => {
    const json: Json = sound()
    json.lines[0].unit = 'heure'
    const [entry] = reportOf(mapped(json)).entries
    expect(entry).toMatchObject({
      term: 'BT-130',
      message: '"heure" is no unit of UN/ECE Recommendation 20: the step {"lookup": "@units"} makes it HUR (BR-CL-23)',
    })
  })

  it('counts invoices and occurrences, and keeps examples of different values', () => {
    const [first, second] = [sound(), sound()]
    first.lines.push({ ...first.lines[0], id: '2', unit: 'x' }, { ...first.lines[0], id: '3', unit: 'y' })
    second.number = 'F-2'
    second.lines[0].unit = 'x'
    const { invoices, canBeSent, entries } = reportOf(
      mapped(first),
      mapped(second, { place: 'line 9' }),
      mapped({ ...sound(), number: 'F-3' }),
    )
    expect([invoices, canBeSent]).toEqual([3, 1])
    expect(entries).toHaveLength(1)
    expect(entries[0]).toMatchObject({
      invoices: 2,
      occurrences: 3,
      examples: [
        { value: 'x', occurrences: 2, number: 'F-1', place: 'line 2' },
        { value: 'y', occurrences: 1, number: 'F-1', place: 'line 2' },
      ],
    })
  })

  it('keeps back a number that was used before by the same seller', () => {
    const other: Json = { ...sound(), seller: { ...sound().seller, vatId: undefined, name: 'Another' } }
    delete other.seller.vatId
    const run = new MappingRun('2026-11-21')
    run.add(mapped(sound()))
    expect(run.add(mapped(other)).entries.map(({ code }) => code)).not.toContain('number.duplicate')
    const again = run.add(mapped(sound(), { place: 'line 7' }))
    expect([again.canBeSent, again.entries]).toMatchObject([
      false,
      [
        {
          code: 'number.duplicate',
          severity: 'blocks',
          value: 'F-1',
          message: 'the invoice number F-1 was used before, at line 2',
        },
      ],
    ])
  })

  it('names a VAT code of the source that means several rates', () => {
    const same = reportOf(mapped(numbered('1'), use('20')), mapped(numbered('2'), use('20.0')))
    expect(same.entries).toEqual([])
    const { canBeSent, entries } = reportOf(mapped(numbered('1'), use('20')), mapped(numbered('2'), use('10')))
    expect(canBeSent).toBe(2)
    expect(entries).toMatchObject([
      {
        severity: 'weak',
        code: 'tax.code-with-several-rates',
        message: 'the VAT code "T1" of the source is S 20 in 1, S 10 in 2',
      },
    ])
  })

  it('puts the issue of the mapping in the place of the rule that follows from it', () => {
    const json: Json = sound()
    delete json.lines[0].unit
    const issue = { code: 'code.unmapped', pointer: '/lines/0/unit', source: 'Unit', value: 'x', message: 'm' } as const
    const { canBeSent, entries } = reportOf(mapped(json, { issues: [issue] }))
    expect(canBeSent).toBe(0)
    expect(entries).toMatchObject([
      { severity: 'blocks', kind: 'mapping', code: 'code.unmapped', pointer: '/lines/*/unit', source: 'Unit' },
    ])
  })

  it('lets an invoice pass whose rows disagree in what the invoice takes from the first', () => {
    const issue = { code: 'row.disagree', pointer: '', source: 'Client', value: 'y', message: 'm' } as const
    const { canBeSent, entries } = reportOf(mapped(sound(), { issues: [issue] }))
    expect([canBeSent, entries[0]?.severity]).toEqual([1, 'weak'])
  })

  it('puts what blocks first, and counts what is not used', () => {
    const json: Json = sound()
    delete json.buyer.vatId
    delete json.buyer.name
    const { entries, unused } = reportOf(
      mapped(json, {
        unused: new Map([
          ['A', '1'],
          ['B', '2'],
        ]),
      }),
      mapped({ ...json, number: 'F-2' }, { unused: new Map([['A', '3']]) }),
    )
    expect(entries.map(({ severity }) => severity)).toEqual(['blocks', 'weak'])
    expect(unused).toEqual([
      { name: 'A', invoices: 2, example: '1' },
      { name: 'B', invoices: 1, example: '2' },
    ])
  })

  it.each([
    {},
    { lines: 7, seller: [], buyer: null, paymentMeans: [null], number: 5 },
    { lines: [{ vat: 'S', unit: 3 }, 7] },
  ])('takes %j for what it is: no invoice', json => {
    expect(reportOf(mapped(json)).canBeSent).toBe(0)
  })
})
