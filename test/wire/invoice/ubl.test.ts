import { describe, expect, it } from 'vitest'
import { readUbl, readDocumentToSend, writeUbl } from '../../../src/wire/invoice/index.ts'
import { readGood, sample, ublFindingsOf } from './sample.ts'

const good = writeUbl(readGood(sample())).toString()

function forged(from: string | RegExp, to: string): string {
  const forgery = good.replace(from, to)
  if (forgery === good) throw new Error(`nothing to forge: ${String(from)}`)
  return forgery
}

const line = '/Invoice/cac:InvoiceLine'

/** Each forgery breaks one thing. */
const forgeries: [title: string, document: string, finding: Record<string, string>][] = [
  ['text that is not XML', 'hello', { rule: 'xml' }],
  ['a DOCTYPE', forged('<Invoice', '<!DOCTYPE x><Invoice'), { rule: 'xml' }],
  ['an unclosed element', good.slice(0, -20), { rule: 'xml' }],
  ['another root', forged(/Invoice-2"/, 'Order-2"'), { rule: 'document.root' }],
  [
    'two numbers',
    forged('<cbc:IssueDate>', '<cbc:ID>2</cbc:ID><cbc:IssueDate>'),
    { rule: 'ubl.structure', location: '/Invoice/cbc:ID[2]' },
  ],
  [
    'two payment terms',
    forged('</cac:PaymentTerms>', '<cbc:Note>x</cbc:Note></cac:PaymentTerms>'),
    { rule: 'UBL-SR-05' },
  ],
  [
    'two VAT numbers',
    forged(
      '<cac:PartyLegalEntity>',
      '<cac:PartyTaxScheme><cbc:CompanyID>FR1</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme><cac:PartyLegalEntity>',
    ),
    { rule: 'UBL-SR-12' },
  ],
  [
    'a VAT number without its scheme',
    forged('<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>', '</cac:PartyTaxScheme>'),
    { rule: 'UBL-SR-53' },
  ],
  [
    'abc as an amount',
    forged('>250.00</cbc:LineExtensionAmount>', '>abc</cbc:LineExtensionAmount>'),
    { rule: 'value.amount', pointer: '/lines/0/net', location: `${line}[1]/cbc:LineExtensionAmount` },
  ],
  [
    'an exponent in an amount',
    forged('>250.00</cbc:LineExtensionAmount>', '>2.5e2</cbc:LineExtensionAmount>'),
    { rule: 'value.amount', pointer: '/lines/0/net' },
  ],
  [
    'a day that does not exist',
    forged('2026-11-20<', '2026-11-31<'),
    { rule: 'PEPPOL-EN16931-F001', pointer: '/issueDate', location: '/Invoice/cbc:IssueDate' },
  ],
  [
    'a date with a time zone',
    forged('2026-11-20<', '2026-11-20Z<'),
    { rule: 'PEPPOL-EN16931-F001', pointer: '/issueDate' },
  ],
  [
    'an amount in another currency',
    forged('"EUR">62.50', '"USD">62.50'),
    { rule: 'PEPPOL-EN16931-R051', pointer: '/lines/0/price/net' },
  ],
  [
    'an amount without currency',
    forged(' currencyID="EUR">62.50', '>62.50'),
    { rule: 'PEPPOL-EN16931-R051', pointer: '/lines/0/price/net' },
  ],
  [
    'a charge indicator that is neither',
    forged('>false</cbc:ChargeIndicator>', '>no</cbc:ChargeIndicator>'),
    { rule: 'PEPPOL-EN16931-R043' },
  ],
  [
    'text between elements',
    forged('<cbc:IssueDate>', 'x<cbc:IssueDate>'),
    { rule: 'ubl.structure', location: '/Invoice' },
  ],
  ['an element inside a value', forged('>F-2026-0042<', '><b/>F-2026-0042<'), { rule: 'ubl.structure' }],
  [
    'a wrong total',
    forged('570.32</cbc:TaxInclusive', '570.33</cbc:TaxInclusive'),
    {
      rule: 'BR-CO-15',
      term: 'BT-112',
      actual: '570.33',
      expected: '570.32',
      delta: '0.01',
      location: '/Invoice/cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount',
    },
  ],
  [
    'a wrong line',
    forged('250.00</cbc:Line', '251.00</cbc:Line'),
    { rule: 'PEPPOL-EN16931-R120', location: `${line}[1]/cbc:LineExtensionAmount` },
  ],
  ['no amount due', forged(/<cbc:PayableAmount.*?<\/cbc:PayableAmount>/, ''), { rule: 'BR-15', term: 'BT-115' }],
  [
    'no number',
    forged('<cbc:ID>F-2026-0042</cbc:ID>', ''),
    { rule: 'BR-02', term: 'BT-1', location: '/Invoice/cbc:ID' },
  ],
  ['an empty number', forged('>F-2026-0042<', '> <'), { rule: 'PEPPOL-EN16931-R008', pointer: '/number' }],
  ['an empty group', forged(/<cac:Contact>.*<\/cac:Contact>/, '<cac:Contact/>'), { rule: 'PEPPOL-EN16931-R008' }],
  ['a credit note type in an Invoice', forged('>380<', '>381<'), { rule: 'BR-CL-01', term: 'BT-3' }],
]

/** Number of lines of an invoice with so many, there and back. */
function linesAfter(count: number): number | false {
  const json = sample(invoice => {
    invoice.lines = Array.from({ length: count }, (_, index) => ({ ...invoice.lines[0], id: String(index + 1) }))
  })
  const reading = readDocumentToSend(writeUbl(readGood(json)))
  return 'invoice' in reading && reading.invoice.lines.length
}

describe('a UBL document to be sent', () => {
  it('is accepted as we write it', () => {
    expect(ublFindingsOf(good)).toEqual([])
  })

  it.each(forgeries)('is refused with %s', (_title, document, finding) => {
    const findings = ublFindingsOf(document)
    expect(findings[0]).toMatchObject({ severity: 'fatal', ...finding })
  })

  it('keeps to the limits it is given', () => {
    for (const limits of [{ octetsMax: 1000 }, { nodesMax: 50 }, { depthMax: 3 }, { attributesPerElementMax: 1 }]) {
      const reading = readUbl(Buffer.from(good), { limits })
      expect('findings' in reading && reading.findings).toMatchObject([{ rule: 'xml', severity: 'fatal' }])
    }
  })

  it('names what the model has no term for', () => {
    const document = forged('<cbc:IssueDate>', '<cbc:UUID listID="x">1</cbc:UUID><cbc:IssueDate>').replace(
      '<cbc:Name>Étagère',
      '<cbc:Keyword>k</cbc:Keyword><cbc:Name languageID="fr">Étagère',
    )
    const reading = readDocumentToSend(Buffer.from(document))
    expect('unmapped' in reading && reading.unmapped).toEqual([
      '/Invoice/cbc:UUID',
      '/Invoice/cac:InvoiceLine[1]/cac:Item/cbc:Keyword',
      '/Invoice/cac:InvoiceLine[1]/cac:Item/cbc:Name/@languageID',
    ])
  })

  it('may use other prefixes, CDATA, comments and blanks', () => {
    const document = good
      .replaceAll('cbc:', 'b:')
      .replace('xmlns:cbc', 'xmlns:b')
      .replace('xmlns:b:', 'xmlns:b')
      .replace('>F-2026-0042<', '> <!-- n --><![CDATA[F-2026-0042]]>\n<')
    const reading = readDocumentToSend(Buffer.from(document))
    expect('invoice' in reading && reading.invoice).toEqual(readGood(sample()))
  })

  it('takes 1 and 0 for the charge indicator', () => {
    const reading = readDocumentToSend(Buffer.from(forged('>false</cbc:ChargeIndicator>', '>0</cbc:ChargeIndicator>')))
    expect('invoice' in reading && reading.invoice.lines[1]?.allowances).toHaveLength(1)
  })

  it('is read for the receiver even when its amounts are wrong', () => {
    expect('invoice' in readUbl(Buffer.from(forged('570.32</cbc:Payable', '1.00</cbc:Payable')))).toBe(true)
  })

  it('is a CreditNote for a credit note, with its own names', () => {
    const document = writeUbl(readGood(sample(json => (json.typeCode = '381')))).toString()
    expect(document).toContain('<CreditNote xmlns="urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"')
    expect(document).toContain('<cbc:CreditNoteTypeCode>381</cbc:CreditNoteTypeCode>')
    expect(document).toContain('<cbc:CreditedQuantity unitCode="C62">4</cbc:CreditedQuantity>')
    expect(document).toContain('<cbc:PaymentDueDate>2026-12-20</cbc:PaymentDueDate>')
    const wrong = document.replace('100">', '').replace(/(CreditedQuantity unitCode="C62">)4/, '$1x')
    expect(ublFindingsOf(wrong)[0]).toMatchObject({
      rule: 'value.amount',
      location: '/CreditNote/cac:CreditNoteLine[1]/cbc:CreditedQuantity',
    })
  })

  it('writes NA where only the sales order is known, and reads nothing from it', () => {
    const invoice = readGood(sample(json => ((json.salesOrderReference = 'S1'), delete json.purchaseOrderReference)))
    const document = writeUbl(invoice)
    expect(document.toString()).toContain(
      '<cac:OrderReference><cbc:ID>NA</cbc:ID><cbc:SalesOrderID>S1</cbc:SalesOrderID>',
    )
    expect(readUbl(document)).toMatchObject({ invoice })
  })

  it('may have ten thousand lines', () => {
    expect(linesAfter(10_000)).toBe(10_000)
  })

  it('may have ten thousand lines with a fault each', () => {
    const lines = Array.from({ length: 10_000 }, () => good.match(/<cac:InvoiceLine>.*?<\/cac:InvoiceLine>/)?.[0] ?? '')
    const document = forged(
      /<cac:InvoiceLine>.*<\/cac:InvoiceLine>/,
      lines.join('').replaceAll('>62.50<', '><x/>62,50<'),
    )
    expect(ublFindingsOf(document).length).toBe(1000)
  })
})
