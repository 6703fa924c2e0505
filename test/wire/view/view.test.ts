import { describe, expect, it } from 'vitest'
import type { PartialInvoice } from '../../../src/wire/invoice/index.ts'
import { viewOf } from '../../../src/wire/view/index.ts'
import { decimal } from '../../support/decimal.ts'

describe('a view', () => {
  it('of nothing has nothing but a title', () => {
    expect(viewOf({})).toEqual({
      language: 'en',
      title: 'Invoice',
      number: '',
      currency: '',
      facts: [],
      parties: [],
      lines: undefined,
      adjustments: undefined,
      vat: undefined,
      totals: undefined,
      payment: undefined,
      paymentQr: undefined,
      notes: undefined,
      legalNotices: undefined,
      attachments: undefined,
      technical: undefined,
      pageLabel: 'Page',
      colon: ': ',
    })
  })

  it('of a Factur-X MINIMUM has parties and totals and no lines', () => {
    const view = viewOf({
      number: 'M-1',
      currency: 'EUR',
      seller: { name: 'S', address: { country: 'FR' }, vatId: 'FR1' },
      buyer: { name: 'B' },
      totals: { withoutVat: decimal('100'), vat: decimal('20'), withVat: decimal('120'), payable: decimal('120') },
    })
    expect(view.parties.map(({ role, name }) => `${role}: ${name}`)).toEqual(['Vendeur: S', 'Client: B'])
    expect(view.lines).toBeUndefined()
    expect(view.totals?.items.map(({ label, value }) => `${label}=${value}`)).toEqual([
      'Total HT=100,00\u00a0€',
      'Total TVA=20,00\u00a0€',
      'Total TTC=120,00\u00a0€',
      'Net à payer=120,00\u00a0€',
    ])
  })

  it('shows what is taken off with a minus, and leaves out sums of nothing', () => {
    const totals = { allowances: decimal('5'), charges: decimal('0.00'), paid: decimal('7'), rounding: decimal('0') }
    expect(viewOf({ totals }).totals?.items.map(({ value }) => value)).toEqual(['-5.00', '-7.00'])
  })

  it('of a credit note says what is credited, and not what is to be paid', () => {
    const credit = viewOf({ typeCode: '381', totals: { payable: decimal('5') } }, { language: 'fr' })
    expect(credit).toMatchObject({ title: 'Avoir', totals: { items: [{ label: 'Net à votre crédit', strong: true }] } })
  })

  it('puts what French law demands apart, and words for programs at the end', () => {
    const view = viewOf(
      {
        process: 'S1',
        seller: { legalInformation: 'SAS' },
        notes: [
          { text: 'Bonjour' },
          { subjectCode: 'PMT', text: '40 €' },
          { subjectCode: 'PMD', text: 'taux' },
          { subjectCode: 'AAB', text: 'sans' },
          { subjectCode: 'BAR', text: 'B2B' },
        ],
      },
      { language: 'fr' },
    )
    expect(view.notes?.items).toEqual([{ label: undefined, text: 'Bonjour' }])
    expect(view.legalNotices?.items.map(({ label }) => label)).toEqual([
      undefined,
      'Indemnité forfaitaire de recouvrement',
      'Pénalités de retard',
      'Escompte',
    ])
    expect(view.technical?.items.map(({ value }) => value)).toEqual(['S1', 'B2B'])
    expect(view.facts).toEqual([{ label: 'Catégorie d’opération', value: 'Prestation de services' }])
  })

  it('names identifiers by their scheme, and an electronic address as networks write it', () => {
    const seller = {
      legalRegistration: { value: '123456789', scheme: '0002' },
      identifiers: [{ value: '4', scheme: '0199' }, { value: '5', scheme: '0237' }, { value: '6' }],
      endpoint: { value: '123456789', scheme: '0002' },
    }
    expect(viewOf({ seller }).parties[0]?.facts.map(({ label, value }) => `${label}=${value}`)).toEqual([
      'SIREN=123456789',
      'LEI=4',
      'Identifier=5 (0237)',
      'Identifier=6',
      'Electronic address=0002:123456789',
    ])
  })

  it('shows a date of delivery alone as a fact, with a place as a party', () => {
    expect(viewOf({ delivery: { date: '2026-11-21' } })).toMatchObject({
      facts: [{ label: 'Delivery date', value: '21 November 2026' }],
      parties: [],
    })
    expect(viewOf({ delivery: { date: '2026-11-21', name: 'Here' } })).toMatchObject({
      facts: [],
      parties: [{ role: 'Delivery', name: 'Here' }],
    })
  })

  it('groups an IBAN by four, and no other account number', () => {
    const accounts = ['DE89370400440532013000', '1234567890123456']
    const paymentMeans = accounts.map(account => ({ transfer: { account } }))
    expect(viewOf({ paymentMeans }).payment?.items).toEqual([
      { label: 'IBAN', value: 'DE89 3704 0044 0532 0130 00' },
      { label: 'Account', value: '1234567890123456' },
    ])
  })

  it('says once what every way of paying repeats, and the holder of each account', () => {
    const paymentMeans = ['1', '2'].map(account => ({
      code: '30',
      remittanceInformation: 'R',
      transfer: { account, accountName: 'Me' },
    }))
    expect(viewOf({ paymentMeans }).payment?.items.map(({ value }) => value)).toEqual([
      'Credit transfer',
      '1',
      'Me',
      'R',
      '2',
      'Me',
    ])
  })

  it('says the reason of an exemption in words, by its code where there are none', () => {
    const view = viewOf({
      vatBreakdown: [
        { category: 'AE', exemptionReasonCode: 'VATEX-EU-AE' },
        { category: 'E', exemptionReason: 'Art. 261', exemptionReasonCode: 'VATEX-FR-CGI261-1' },
        { category: 'S' },
      ],
    })
    expect(view.vat?.rows.map(({ cells }) => cells[0])).toEqual([
      'Reverse charge (AE)',
      'Exempt (E)',
      'Standard rated (S)',
    ])
    expect(view.vat?.rows.flatMap(({ details }) => details.map(({ text }) => text))).toEqual([
      'Reverse charge (VATEX-EU-AE)',
      'Art. 261 (VATEX-FR-CGI261-1)',
    ])
  })
})

describe('the lines of a view', () => {
  it('name units, show prices of many, and rates that are not ordinary with their category', () => {
    const rows = rowsOf([
      { unit: 'KGM', price: { net: decimal('2.5') }, vat: { category: 'S', rate: decimal('20') } },
      {
        unit: 'H87',
        price: { net: decimal('9'), baseQuantity: decimal('100.0') },
        vat: { category: 'E', rate: decimal('0') },
      },
      {
        unit: '4X9',
        price: { net: decimal('9'), baseQuantity: decimal('1.00'), baseUnit: 'KGM' },
        vat: { category: 'O' },
      },
    ])
    expect(rows.map(({ cells }) => cells.slice(3, 6))).toEqual([
      ['kg', '2.50', '20%'],
      ['piece', '9.00 / 100', 'E 0%'],
      ['4X9', '9.00 / 1 kg', 'O'],
    ])
  })

  it('stand under the line they are a part of, in the order of the document', () => {
    expect(
      placesOf([
        { id: 'b1', parentId: 'b' },
        { id: 'a', kind: 'GROUP' },
        { id: 'b' },
        { id: 'a1', parentId: 'a' },
        { id: 'a1x', parentId: 'a1', kind: 'INFORMATION' },
        { id: 'a2', parentId: 'a', kind: 'DETAIL' },
      ]),
    ).toEqual(['a 0 group', 'a1 1 plain', 'a1x 2 information', 'a2 1 plain', 'b 0 plain', 'b1 1 plain'])
  })

  it('are all there, even when their parents make no sense', () => {
    expect(
      placesOf([
        { id: 'lost', parentId: 'nowhere' },
        { id: 'self', parentId: 'self' },
        { id: 'x', parentId: 'y' },
        { id: 'y', parentId: 'x' },
        { id: 'x', parentId: 'y' },
        {},
      ]),
    ).toEqual(['lost 0 plain', ' 0 plain', 'self 0 plain', 'x 0 plain', 'y 1 plain', 'x 2 plain'])
  })

  it('may nest as deep as they like', () => {
    const lines = Array.from({ length: 20_000 }, (_, id) => ({ id: `${id}`, ...(id > 0 && { parentId: `${id - 1}` }) }))
    expect(rowsOf(lines).at(-1)).toMatchObject({ depth: 19_999 })
  })
})

function rowsOf(lines: NonNullable<PartialInvoice['lines']>) {
  return viewOf({ lines }).lines?.rows ?? []
}

function placesOf(lines: NonNullable<PartialInvoice['lines']>): string[] {
  return rowsOf(lines).map(({ cells, depth, kind }) => `${cells[0]} ${depth} ${kind}`)
}
