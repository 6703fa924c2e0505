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

/** Makes the sample an invoice of the French reform: specification, billing mode and the notes that the law demands. */
export function french(json: Json): void {
  Object.assign(json, {
    customization: 'urn:cen.eu:en16931:2017',
    process: 'B1',
    notes: [
      { subjectCode: 'PMT', text: 'Indemnité forfaitaire de 40 € pour frais de recouvrement' },
      { subjectCode: 'PMD', text: 'Pénalités de retard : trois fois le taux légal' },
      { subjectCode: 'AAB', text: 'Pas d’escompte' },
      { subjectCode: 'BAR', text: 'B2B' },
    ],
  })
}

/** All groups and nearly all terms of the model. */
export function everything(json: Json): void {
  const place = { line1: 'a', line2: 'b', line3: 'c', city: 'd', postCode: 'e', subdivision: 'f', country: 'FR' }
  const contact = { name: 'n', phone: 'p', email: 'e@x.example' }
  const identifiers = [{ value: '12345678200010', scheme: '0009' }]
  Object.assign(json, {
    // A specification of nobody's: the rules of EN 16931 alone.
    customization: 'urn:cen.eu:en16931:2017#compliant#urn:example.org:all',
    process: 'M1',
    vatCurrency: 'USD',
    vatPointDate: '2026-11-20',
    projectReference: 'P',
    contractReference: 'C',
    salesOrderReference: 'S',
    receivingAdviceReference: 'R',
    despatchAdviceReference: 'D',
    tenderReference: 'T',
    invoicedObjects: [{ value: 'O', scheme: 'AAA' }],
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
    notes: [{ text: 'n' }],
    objects: [{ value: 'o', scheme: 'AAB' }],
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

/** Everything, and all that EXTENDED-CTC-FR adds: parts of lines, other parties, dates and lines of references. */
export function extended(json: Json): void {
  everything(json)
  const place = { line1: 'a', city: 'd', postCode: 'e', country: 'FR' }
  const party = {
    name: 'N',
    tradingName: 'T',
    role: 'AB',
    identifiers: [
      { value: '12345678200010', scheme: '0009' },
      { value: '4006381333931', scheme: '0088' },
    ],
    legalRegistration: { value: '123456782', scheme: '0002' },
    vatId: 'FR11123456782',
    legalInformation: 'SAS',
    endpoint: { value: '123456782', scheme: '0225' },
    address: place,
    contact: { name: 'C', phone: '1', email: 'c@x.example' },
  }
  const {
    name: _,
    tradingName: __,
    identifiers: ___,
    legalInformation: ____,
    legalRegistration: _____,
    ...payee
  } = party
  const reference = { number: 'R1', line: '2', date: '2026-10-01' }
  Object.assign(json, {
    customization: 'urn:cen.eu:en16931:2017#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr',
    process: 'S1',
    purchaseOrderDate: '2026-10-02',
    despatchAdviceDate: '2026-10-03',
    contractDate: '2026-10-04',
    contractType: 'frame',
    invoicedObjects: [
      { value: 'O', scheme: 'AAA' },
      { value: 'P', scheme: 'AAB' },
    ],
    precedingInvoices: [{ number: '1', typeCode: '380', issueDate: '2026-01-01' }, { number: '2' }],
    sellerAgent: party,
    buyerAgent: party,
    invoicer: party,
    invoicee: party,
    payer: party,
    deliveryTerms: { code: 'DAP', place: 'Lyon' },
    exchangeRate: { source: 'EUR', target: 'USD', rate: '1.1634', date: '2026-11-19' },
  })
  Object.assign(json.payee, payee)
  for (const group of [json.allowances, json.charges]) {
    Object.assign(group[0].vat, { exemptionReason: 'why', exemptionReasonCode: 'VATEX-EU-132' })
  }
  const [line] = json.lines
  Object.assign(line, {
    kind: 'DETAIL',
    parentId: 'G',
    notes: [{ subjectCode: 'BLU', text: 'n' }, { text: 'm' }],
    objects: [
      { value: 'o', scheme: 'AAB' },
      { value: 'F1', scheme: 'AFL' },
    ],
    purchaseOrder: 'PO',
    salesOrder: 'SO',
    salesOrderLine: '3',
    despatchAdvice: reference,
    receivingAdvice: { number: 'R2', line: '5' },
    precedingInvoices: [{ number: '7', typeCode: '380', issueDate: '2026-02-01', line: '4' }],
    otherDocuments: [{ number: 'D1' }],
    delivery: { name: 'Shop', location: { value: '5', scheme: '0088' }, date: '2026-11-01', address: place },
    deliveryTerms: { code: 'EXW', place: 'Paris' },
    seller: party,
    vatPointDateCode: '35',
    vatAmount: '50.00',
    vatAmountInVatCurrency: '58.17',
    packageQuantity: '6',
    packageUnit: 'C62',
  })
  Object.assign(line.vat, { exemptionReason: '#F1#' })
  Object.assign(line.price, { discountReason: 'r', discountReasonCode: '95' })
  line.item.attributes.push({ code: 'AAJ', quantity: '12', unit: 'GRM' })
  const group = { id: 'G', kind: 'GROUP', item: { name: 'group' } }
  const nested = { id: 'H', kind: 'GROUP', parentId: 'G', item: { name: 'inner group' } }
  const information = { id: 'I', kind: 'INFORMATION', parentId: 'H', item: { name: 'gift' } }
  json.lines.unshift(group, nested)
  json.lines.push(information)
}
