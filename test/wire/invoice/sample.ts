import { readFileSync } from 'node:fs'
import { type Finding, type Invoice, readInvoice, readDocumentToSend } from '../../../src/wire/invoice/index.ts'

// Test code reaches into JSON freely.
export type Json = any // oxlint-disable-line typescript/no-explicit-any

const text = readFileSync(new URL('../../vectors/invoice.json', import.meta.url), 'utf8')

/** The sample invoice in its JSON form, changed. */
export function sample(change: (invoice: Json) => unknown = () => {}): Json {
  const invoice: Json = JSON.parse(text)
  change(invoice)
  return invoice
}

/** The findings of a JSON invoice; none when it is good. */
export function findingsOf(json: unknown): readonly Finding[] {
  const reading = readInvoice(json)
  return 'findings' in reading ? reading.findings : reading.warnings
}

/** Reads what must be good. */
export function readGood(json: unknown): Invoice {
  const reading = readInvoice(json)
  if ('findings' in reading) throw new Error(JSON.stringify(reading.findings, undefined, 1))
  return reading.invoice
}

/** The findings of a UBL document that shall be sent. */
export function ublFindingsOf(document: Buffer | string): readonly Finding[] {
  const reading = readDocumentToSend(Buffer.from(document))
  return 'findings' in reading ? reading.findings : reading.warnings
}

/** `rule pointer` of each finding. */
export function briefly(findings: readonly Finding[]): string[] {
  return findings.map(({ rule, pointer }) => `${rule} ${pointer}`)
}

/** All groups and nearly all terms of the model. */
export function everything(json: Json): void {
  const place = { line1: 'a', line2: 'b', line3: 'c', city: 'd', postCode: 'e', subdivision: 'f', country: 'FR' }
  const contact = { name: 'n', phone: 'p', email: 'e@x.example' }
  const identifiers = [{ value: '12345678200010', scheme: '0009' }]
  Object.assign(json, {
    customization: 'urn:cen.eu:en16931:2017',
    process: 'M1',
    vatCurrency: 'USD',
    vatPointDate: '2026-11-20',
    projectReference: 'P',
    contractReference: 'C',
    salesOrderReference: 'S',
    receivingAdviceReference: 'R',
    despatchAdviceReference: 'D',
    tenderReference: 'T',
    invoicedObject: { value: 'O', scheme: 'AAA' },
    buyerAccountingReference: 'B',
    notes: [{ subjectCode: 'AAI', text: 'a note\non two lines' }, { text: '<&> "plain"' }],
    precedingInvoices: [{ number: '1', issueDate: '2026-01-01' }, { number: '2' }],
    payee: {
      name: 'Payee',
      identifier: { value: '1', scheme: '0088' },
      legalRegistration: { value: '2', scheme: '0002' },
    },
    taxRepresentative: { name: 'Rep', vatId: 'FR1', address: place },
    delivery: { name: 'Shop', location: { value: '5', scheme: '0088' }, date: '2026-11-01', address: place },
    period: { start: '2026-11-01', end: '2026-11-30' },
    bankCreditorId: 'FR00ZZZ123456',
    paymentMeans: [
      {
        code: '59',
        text: 'direct debit',
        remittanceInformation: 'RF18',
        directDebit: { mandate: 'M', debitedAccount: 'FR76' },
        card: { number: '411111', holder: 'H', network: 'VISA' },
      },
      { code: '59', transfer: { account: 'A', accountName: 'N', bank: 'B' } },
    ],
    allowances: [
      {
        amount: '10',
        base: '100',
        percentage: '10',
        reason: 'r',
        reasonCode: '95',
        vat: { category: 'S', rate: '20' },
      },
    ],
    charges: [{ amount: '5', reason: 'freight', reasonCode: 'FC', vat: { category: 'S', rate: '20.0' } }],
    totals: { vatInVatCurrency: '70.00', paid: '100', rounding: '0.05' },
    attachments: [
      { reference: 'A1', description: 'd', url: 'https://x.example/a' },
      { reference: 'A2', file: { content: 'YWJj', mimeType: 'text/csv', filename: 'a.csv' } },
    ],
  })
  Object.assign(json.seller, {
    identifiers,
    tradingName: 'T',
    taxRegistrationId: 'TR',
    legalInformation: 'Capital',
    contact,
    address: place,
  })
  Object.assign(json.buyer, { identifiers, tradingName: 'T', contact, address: place })
  Object.assign(json.lines[0], {
    note: 'n',
    object: { value: 'o', scheme: 'AAB' },
    purchaseOrderLine: '7',
    buyerAccountingReference: 'b',
    period: { start: '2026-11-02', end: '2026-11-03' },
    charges: [{ amount: '1', base: '10', percentage: '10', reason: 'c', reasonCode: 'FC' }],
    price: { gross: '70.00', discount: '7.50', baseQuantity: '2', baseUnit: 'C62' },
  })
  Object.assign(json.lines[0].item, {
    description: 'd',
    buyersId: 'b',
    standardId: { value: '4006381333931', scheme: '0160' },
    classifications: [{ code: '1', list: 'STI', listVersion: '2' }],
    originCountry: 'FR',
    attributes: [{ name: 'Colour', value: 'Oak' }],
  })
}
