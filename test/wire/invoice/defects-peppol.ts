import { writeUbl } from '../../../src/wire/invoice/index.ts'
import type { Defect } from './defects.ts'
import { documentFindings, jsonDefects } from './defects-en16931.ts'
import { type Json, readGood, sample } from './sample.ts'

/* Defects of invoices under Peppol BIS Billing 3; see defects.ts. */

const billing = 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0'
const process = 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0'
const vat = { category: 'S', rate: '20' }
const allowance = (terms: Json) => (json: Json) => (json.allowances = [{ reason: 'r', vat, ...terms }])
const euros = (json: Json, inVatCurrency: string) =>
  Object.assign(json, { vatCurrency: 'USD', totals: { vatInVatCurrency: inVatCurrency } })
const identifier = (scheme: string, value: string) => (json: Json) => (json.seller.identifiers = [{ scheme, value }])

/** The sample with reverse charge. */
function reverseCharge(): Json {
  return sample(({ lines }) => lines.forEach((line: Json) => (line.vat = { category: 'AE' })))
}

const exemptions = { P0104: 'G', P0105: 'O', P0106: 'IC', P0108: 'D', P0109: 'F', P0110: 'I', P0111: 'J' }

/** A value that looks like one of its scheme and fails it. */
const identifiers: Readonly<Record<string, readonly [scheme: string, bad: string]>> = {
  R040: ['0088', '4006381333932'],
  R041: ['0192', '974760674'],
  R042: ['0184', 'DK1234567'],
  R043: ['0208', '0123456789'],
  R044: ['0201', 'ABC-12'],
  R045: ['0210', 'ABC'],
  R047: ['0211', 'IT12345678901'],
  R049: ['0007', '5560360794'],
  R050: ['0151', '51824753557'],
  R052: ['0096', '123'],
  R053: ['0198', '12345678'],
  R054: ['0106', '123'],
  R055: ['0190', '123'],
  R057: ['0217', '123'],
}

export const peppolRules: readonly Defect[] = [
  ...jsonDefects(
    [
      ['PEPPOL-EN16931-R001', 'no process', json => (json.customization = `${billing}#x`)],
      ['PEPPOL-EN16931-R002', 'two notes', json => (json.notes = [{ text: 'a' }, { text: 'b' }])],
      [
        'PEPPOL-EN16931-R003',
        'no reference of the buyer',
        json => (delete json.buyerReference, delete json.purchaseOrderReference),
      ],
      [
        'PEPPOL-EN16931-R004',
        'a document type for a specification',
        json => Object.assign(json, { customization: `${billing}::2.1`, process }),
      ],
      ['PEPPOL-EN16931-R005', 'the currency as accounting currency', json => (json.vatCurrency = 'EUR')],
      ['PEPPOL-EN16931-R007', 'another process', json => (json.process = 'urn:x')],
      ['PEPPOL-EN16931-R010', 'no address of the buyer', ({ buyer }) => delete buyer.endpoint],
      ['PEPPOL-EN16931-R020', 'no address of the seller', ({ seller }) => delete seller.endpoint],
      ['PEPPOL-EN16931-R040', 'another share', allowance({ amount: '11', base: '100', percentage: '10' })],
      ['PEPPOL-EN16931-R041', 'a percentage of nothing', allowance({ amount: '11', percentage: '10' })],
      ['PEPPOL-EN16931-R042', 'a base without percentage', allowance({ amount: '11', base: '100' })],
      [
        'PEPPOL-EN16931-R046',
        'another discount',
        ({ lines }) => Object.assign(lines[0].price, { gross: '70', discount: '1' }),
      ],
      ['PEPPOL-EN16931-R054', 'VAT in no accounting currency', json => (json.totals = { vatInVatCurrency: '1' })],
      ['PEPPOL-EN16931-R055', 'VAT of another sign', json => euros(json, '-1')],
      [
        'PEPPOL-EN16931-R061',
        'a direct debit without mandate',
        json => (json.paymentMeans = [{ code: '59', directDebit: { debitedAccount: 'FR76' } }]),
      ],
      [
        'PEPPOL-EN16931-R110',
        'a line that begins before the invoice',
        json => ((json.period = { start: '2026-11-02' }), (json.lines[0].period = { start: '2026-11-01' })),
      ],
      [
        'PEPPOL-EN16931-R111',
        'a line that ends after the invoice',
        json => ((json.period = { end: '2026-11-01' }), (json.lines[0].period = { end: '2026-11-02' })),
      ],
      ['PEPPOL-EN16931-R120', 'another net amount', ({ lines }) => (lines[0].net = '250.10')],
      [
        'PEPPOL-EN16931-R121',
        'a price for nothing',
        ({ lines }) => ((lines[0].net = '250'), (lines[0].price.baseQuantity = '0')),
      ],
      ['PEPPOL-EN16931-R130', 'a price for another unit', ({ lines }) => (lines[0].price.baseUnit = 'KGM')],
      ['PEPPOL-EN16931-P0100', 'a type that is not allowed', json => (json.typeCode = '389')],
      ['PEPPOL-EN16931-P0101', 'a credit note that is not allowed', json => (json.typeCode = '261')],
      ['PEPPOL-EN16931-P0112', 'a German type', json => (json.typeCode = '384')],
      [
        'PEPPOL-EN16931-CL008',
        'an e-mail address',
        ({ buyer }) => (buyer.endpoint = { scheme: 'EM', value: 'a@b.example' }),
      ],
      [
        'PEPPOL-COMMON-R046',
        'a short Codice Fiscale',
        ({ buyer }) => (buyer.endpoint = { scheme: '9907', value: 'A' }),
        'BR-CL-25',
      ],
      [
        'PEPPOL-COMMON-R056-1',
        'a Dutch VAT address',
        ({ buyer }) => (buyer.endpoint = { scheme: '9944', value: 'NL1' }),
      ],
      ['PEPPOL-COMMON-R056-2', 'a Dutch VAT identifier', ({ buyer }) => (buyer.vatId = 'NL123')],
      ...Object.entries(identifiers).map(
        ([rule, [scheme, bad]]) => [`PEPPOL-COMMON-${rule}`, `${bad} in ${scheme}`, identifier(scheme, bad)] as const,
      ),
    ],
    sample,
    {},
  ),
  ...jsonDefects(
    Object.entries(exemptions).map(
      ([rule, code]) =>
        [
          `PEPPOL-EN16931-${rule}`,
          `VATEX-EU-${code} for reverse charge`,
          (json: Json) => (json.vatBreakdown = [{ category: 'AE', exemptionReasonCode: `VATEX-EU-${code}` }]),
        ] as const,
    ),
    reverseCharge,
    {},
  ),
  ...jsonDefects(
    [
      [
        'PEPPOL-EN16931-P0107',
        'VATEX-EU-AE for an exemption',
        json => {
          for (const line of json.lines) line.vat = { category: 'E' }
          json.vatBreakdown = [{ category: 'E', exemptionReasonCode: 'VATEX-EU-AE' }]
        },
      ],
    ],
    sample,
    {},
  ),
  documentDefect(
    'PEPPOL-EN16931-R008',
    'an empty element',
    '<cbc:BuyerReference>SERVICE-ACHATS<',
    '<cbc:BuyerReference><',
  ),
  documentDefect('PEPPOL-EN16931-F001', 'a date of no calendar', '2026-11-20', '2026-02-30'),
  documentDefect('PEPPOL-EN16931-R051', 'an amount in another currency', /(PriceAmount currencyID=)"EUR"/, '$1"USD"'),
]

function documentDefect(rule: string, name: string, from: string | RegExp, to: string): Defect {
  return {
    rule,
    name,
    also: [],
    find: language => documentFindings(writeUbl(readGood(sample())).toString().replace(from, to), { language }),
  }
}
