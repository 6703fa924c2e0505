import { describe, expect, it } from 'vitest'
import { WireError } from '../../../src/kernel/index.ts'
import { readDocument, summaryOf } from '../../../src/wire/invoice/index.ts'
import { invoiceCii, invoiceUbl } from '../../support/invoices.ts'
import { engine } from './engine.ts'

const facts = { number: 'F-1', seller: '0225:391838042', buyer: '0225:732829320' }
const ubl = invoiceUbl(facts)
const cii = invoiceCii(facts)
const pdf = Buffer.from('%PDF-1.7')

function summaryIn(document: Buffer): unknown {
  const reading = readDocument(document)
  return 'invoice' in reading && summaryOf(reading.invoice)
}

describe('the survey of a received document', () => {
  it.each([
    ['UBL', ubl],
    ['CII', cii],
  ])('is the summary of the invoice, and what validate says: %s', async (_, document) => {
    const { documents } = engine()
    expect(await documents.survey(document)).toEqual({
      kind: 'invoice',
      summary: summaryIn(document),
      verdict: await documents.validate(document),
    })
  })

  it('is of the invoice inside a PDF', async () => {
    const { documents } = engine({
      pdf: { xml: cii, relationship: 'Data', files: [], conformanceLevel: 'EN 16931', warnings: [] },
    })
    expect(await documents.survey(pdf)).toMatchObject({
      kind: 'invoice',
      summary: summaryIn(cii),
      verdict: { syntax: 'facturx' },
    })
  })

  it.each([
    ['XML of another kind', Buffer.from('<a/>'), undefined, 'document.root'],
    ['a PDF that cannot be read', pdf, new WireError('encrypted', 'it is encrypted'), 'pdf.encrypted'],
  ])('says why it is none: %s', async (_, document, failure, rule) => {
    const { documents } = engine(failure && { pdf: failure })
    const surveyed = await documents.survey(document)
    expect(surveyed).toMatchObject({ kind: 'unreadable', findings: [{ rule }] })
  })
})
