import { describe, expect, it } from 'vitest'
import type { PartialInvoice } from '../../../src/wire/invoice/index.ts'
import { viewOf } from '../../../src/wire/view/index.ts'
import { isCreditorReference, isIban } from '../../../src/wire/view/iban.ts'
import { decimal } from '../../support/decimal.ts'

const swiss = 'CH9300762011623852957'
const transfer = { account: 'FR76 3000 6000 0112 3456 7890 189', accountName: 'Atelier Verdeau', bank: 'AGRIFRPP' }
const means = { code: '58', transfer, remittanceInformation: 'FA 2026/0318' }

const invoice: PartialInvoice = {
  number: 'FA-2026-0318',
  typeCode: '380',
  currency: 'EUR',
  seller: { name: 'Atelier Verdeau SARL' },
  paymentMeans: [means],
  totals: { payable: decimal('2602.3') },
}

describe('the code of a SEPA credit transfer [EPC069-12 v2.1]', () => {
  it('says who is paid what, where and why', () => {
    expect(text(invoice)).toBe(
      [
        'BCD',
        '002',
        '1',
        'SCT',
        'AGRIFRPP',
        'Atelier Verdeau',
        'FR7630006000011234567890189',
        'EUR2602.30',
        '',
        '',
        'FA 2026/0318',
      ].join('\n'),
    )
  })

  it.each([
    ['another currency', { currency: 'CHF' }],
    ['a credit note', { typeCode: '381' }],
    ['nothing due', { totals: { payable: decimal('0.00') } }],
    ['something to get back', { totals: { payable: decimal('-0.01') } }],
    ['more than the code can say', { totals: { payable: decimal('1000000000.00') } }],
    ['parts of a cent', { totals: { payable: decimal('1.001') } }],
    ['no amount', { totals: {} }],
    ['no totals', { totals: undefined }],
    ['no way of paying', { paymentMeans: [] }],
    ['a direct debit', { paymentMeans: [{ ...means, code: '59' }] }],
    ['an account that is no IBAN', paidTo({ account: '30006000011234567890189' })],
    ['an IBAN with a wrong check digit', paidTo({ account: 'FR7630006000011234567890188' })],
    ['an IBAN outside SEPA', paidTo({ account: 'TR330006100519786457841326' })],
    ['an IBAN outside the EEA without a BIC', { paymentMeans: [{ ...means, transfer: { account: swiss } }] }],
    ['nobody to pay', { seller: {}, paymentMeans: [{ ...means, transfer: { account: transfer.account } }] }],
    ['a reference of 141 characters', { paymentMeans: [{ ...means, remittanceInformation: 'x'.repeat(141) }] }],
    ['more than 331 octets', { paymentMeans: [{ ...means, remittanceInformation: 'Ω'.repeat(140) }] }],
  ] as [string, object][])('is not made for %s', (_, change) => {
    expect(text({ ...invoice, ...change })).toBeUndefined()
  })

  it.each([
    ['the smallest amount', { totals: { payable: decimal('0.01') } }, 7, 'EUR0.01'],
    ['the largest amount', { totals: { payable: decimal('999999999.99') } }, 7, 'EUR999999999.99'],
    ['an amount with zeros at the end', { totals: { payable: decimal('5.5000') } }, 7, 'EUR5.50'],
    ['a plain credit transfer', { paymentMeans: [{ ...means, code: '30' }] }, 3, 'SCT'],
    ['a payment to a bank account', { paymentMeans: [{ ...means, code: '42' }] }, 3, 'SCT'],
    ['the second way of paying', { paymentMeans: [{ code: '10' }, means] }, 3, 'SCT'],
    ['a BIC of eleven', paidTo({ bank: 'AGRIFRPP847' }), 4, 'AGRIFRPP847'],
    ['a bank identifier that is no BIC', paidTo({ bank: '30006' }), 4, ''],
    ['a name of more than 70 characters', paidTo({ accountName: 'É'.repeat(71) }), 5, 'É'.repeat(70)],
    ['a name on two lines', paidTo({ accountName: ' A\r\nB\tC ' }), 5, 'A B C'],
    ['a payee', named({ payee: { name: 'Factor' } }), 5, 'Factor'],
    ['the seller', named({}), 5, 'Atelier Verdeau SARL'],
    ['an IBAN outside the EEA with a BIC', paidTo({ account: swiss, bank: 'POFICHBE' }), 6, swiss],
    ['a reference of 140 characters', asked('x'.repeat(140)), 10, 'x'.repeat(140)],
    ['a creditor reference', asked('RF18 5390 0754 7034'), 9, 'RF18539007547034'],
    ['a creditor reference with a wrong check digit', asked('RF19539007547034'), 10, 'RF19539007547034'],
    ['a Belgian reference', asked('+++090/9337/55493+++'), 10, '+++090/9337/55493+++'],
    ['no reference', { paymentMeans: [{ code: '58', transfer }] }, 10, 'FA-2026-0318'],
  ] as [string, object, number, string][])('takes %s', (_, change, line, said) => {
    expect(text({ ...invoice, ...change })?.split('\n')[line]).toBe(said)
  })

  it('ends with the last element that says something', () => {
    expect(text({ ...invoice, ...asked('RF18539007547034') })).toMatch(/\nRF18539007547034$/)
  })
})

describe('check digits', () => {
  it('of an IBAN are proven', () => {
    expect(['DE89370400440532013000', 'NL91ABNA0417164300', 'GB82WEST12345698765432'].map(isIban)).toEqual([
      true,
      true,
      true,
    ])
    expect(['DE88370400440532013000', 'de89370400440532013000', 'DE89', ''].map(isIban)).toEqual([
      false,
      false,
      false,
      false,
    ])
  })

  it('of a creditor reference are proven', () => {
    expect(['RF18539007547034', 'RF712348231'].map(isCreditorReference)).toEqual([true, true])
    expect(['RF18539007547035', 'RF18', `RF18${'1'.repeat(22)}`].map(isCreditorReference)).toEqual([
      false,
      false,
      false,
    ])
  })
})

function text(of: PartialInvoice): string | undefined {
  return viewOf(of).paymentQr?.text
}

function paidTo(change: object): object {
  return { paymentMeans: [{ ...means, transfer: { ...transfer, ...change } }] }
}

function asked(remittanceInformation: string): object {
  return { paymentMeans: [{ ...means, remittanceInformation }] }
}

function named(change: object): object {
  return { ...change, paymentMeans: [{ ...means, transfer: { account: transfer.account } }] }
}
