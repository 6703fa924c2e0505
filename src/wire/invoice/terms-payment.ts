import * as lists from './code-lists.ts'
import type { Invoice } from './model.ts'
import { type Fields, amount, code, date, many, one, percentage, quantity, text } from './table.ts'

/* The rows of the payment instructions: part of the table in terms.ts. */

const settlement = 'rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement'
const paymentTerms = `${settlement}/ram:SpecifiedTradePaymentTerms`

export const paymentMeans = many(
  'BG-16 Payment instructions',
  ['cac:PaymentMeans', `${settlement}/ram:SpecifiedTradeSettlementPaymentMeans`],
  {
    code: code('BT-81', 'Payment means type code', ['cbc:PaymentMeansCode', 'ram:TypeCode'], {
      missing: 'BR-49',
      codes: { rule: 'BR-CL-16', list: lists.paymentMeans },
      once: 'UBL-SR-27',
    }),
    text: text('BT-82', 'Payment means text', ['cbc:PaymentMeansCode/@name', 'ram:Information']),
    remittanceInformation: text(
      'BT-83',
      'Remittance information',
      ['cbc:PaymentID', `/${settlement}/ram:PaymentReference`],
      { once: 'UBL-SR-26' },
    ),
    transfer: one('BG-17 Credit transfer', ['cac:PayeeFinancialAccount', '.'], {
      account: text(
        'BT-84',
        'Payment account identifier',
        [
          'cbc:ID',
          'ram:PayeePartyCreditorFinancialAccount/ram:IBANID | ram:PayeePartyCreditorFinancialAccount/ram:ProprietaryID',
        ],
        { missing: 'BR-50', ciiFirstIf: /^[A-Z]{2}\d{2} ?[A-Za-z0-9 ]{11,}$/, ciiOverflow: 'proprietaryAccount' },
      ),
      proprietaryAccount: text('EXT-FR-FE', 'Proprietary payment account identifier', ['', '']),
      accountName: text('BT-85', 'Payment account name', [
        'cbc:Name',
        'ram:PayeePartyCreditorFinancialAccount/ram:AccountName',
      ]),
      bank: text('BT-86', 'Payment service provider identifier', [
        'cac:FinancialInstitutionBranch/cbc:ID',
        'ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID',
      ]),
    }),
    card: one('BG-18 Payment card information', ['cac:CardAccount', 'ram:ApplicableTradeSettlementFinancialCard'], {
      number: text('BT-87', 'Payment card primary account number', ['cbc:PrimaryAccountNumberID', 'ram:ID'], {
        missing: 'value.missing',
      }),
      holder: text('BT-88', 'Payment card holder name', ['cbc:HolderName', 'ram:CardholderName']),
      network: text('', 'Payment card network', ['cbc:NetworkID', '']),
    }),
    directDebit: one('BG-19 Direct debit', ['cac:PaymentMandate', '.'], {
      mandate: text('BT-89', 'Mandate reference identifier', ['cbc:ID', `/${paymentTerms}/ram:DirectDebitMandateID`], {
        once: 'UBL-SR-28',
      }),
      debitedAccount: text('BT-91', 'Debited account identifier', [
        'cac:PayerFinancialAccount/cbc:ID',
        'ram:PayerPartyDebtorFinancialAccount/ram:IBANID',
      ]),
    }),
  },
)

/** A term of Factur-X EXTENDED. */
const facturx = 'EXT-FX'

/** `kind` is that of the elements: Discount, Penalty. */
function paymentCondition(what: string, kind: 'Discount' | 'Penalty') {
  const period = `cac:${kind === 'Discount' ? 'SettlementPeriod' : 'PenaltyPeriod'}`
  return one(`${facturx} ${what}`, ['cac:PaymentTerms', `${paymentTerms}/ram:ApplicableTradePayment${kind}Terms`], {
    from: date(facturx, `${what} base date`, [`${period}/cbc:StartDate`, 'ram:BasisDateTime/udt:DateTimeString']),
    period: quantity(facturx, `${what} period`, [`${period}/cbc:DurationMeasure`, 'ram:BasisPeriodMeasure']),
    periodUnit: code(facturx, `${what} period unit`, [
      `${period}/cbc:DurationMeasure/@unitCode`,
      'ram:BasisPeriodMeasure/@unitCode',
    ]),
    base: amount(facturx, `${what} base amount`, ['', 'ram:BasisAmount']),
    percentage: percentage(facturx, `${what} percentage`, [
      kind === 'Discount' ? 'cbc:SettlementDiscountPercent' : 'cbc:PenaltySurchargePercent',
      'ram:CalculationPercent',
    ]),
    amount: amount(facturx, `${what} amount`, [
      kind === 'Discount' ? 'cbc:SettlementDiscountAmount' : 'cbc:PenaltyAmount',
      `ram:Actual${kind}Amount`,
    ]),
  })
}

export const extendedPaymentFields = {
  partialPaymentAmount: amount(facturx, 'Partial payment amount', ['', `${paymentTerms}/ram:PartialPaymentAmount`]),
  paymentDiscount: paymentCondition('Payment discount', 'Discount'),
  paymentPenalty: paymentCondition('Payment penalty', 'Penalty'),
  furtherPaymentTerms: many(`${facturx} Further payment terms`, ['', `${paymentTerms}[+]`], {
    text: text(facturx, 'Further payment terms', ['', 'ram:Description']),
    dueDate: date(facturx, 'Further payment due date', ['', 'ram:DueDateDateTime/udt:DateTimeString']),
    amount: amount(facturx, 'Further partial payment amount', ['', 'ram:PartialPaymentAmount']),
  }),
} satisfies Partial<Fields<Invoice>>
