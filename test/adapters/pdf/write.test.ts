import { afterAll, describe, expect, it } from 'vitest'
import { createPdfReader, createPdfWriter } from '../../../src/adapters/pdf/index.ts'
import { instantOf } from '../../../src/kernel/index.ts'
import { facturxProfiles, writeFacturxXml } from '../../../src/wire/facturx/index.ts'
import { type Invoice, readInvoice } from '../../../src/wire/invoice/index.ts'
import { viewOf } from '../../../src/wire/view/index.ts'
import { invoiceJson } from '../../support/invoices.ts'

const reader = createPdfReader()
const writer = createPdfWriter()
afterAll(async () => {
  await reader[Symbol.asyncDispose]()
  await writer[Symbol.asyncDispose]()
})

const at = instantOf('2026-11-21T10:20:30Z')

function invoiceOf(lines: number): Invoice {
  const facts = { number: 'F-1', seller: '0225:391838042', buyer: '0225:732829320', lines }
  const read = readInvoice(invoiceJson(facts))
  if ('findings' in read) throw new Error(JSON.stringify(read.findings))
  return read.invoice
}

describe('the writer of PDFs', () => {
  it.each(facturxProfiles)(
    'makes a Factur-X %s of an invoice, which is read again without a warning',
    async profile => {
      const invoice = invoiceOf(3)
      const xml = writeFacturxXml(invoice, profile)
      const files = [
        { name: 'plan.pdf', mimeType: 'application/pdf', description: 'Plan', octets: Buffer.from('%PDF-') },
      ]
      const pdf = await writer.write(viewOf(invoice), { branding: {}, at, embedded: { xml, profile, files } })
      const contents = await reader.read(pdf)
      expect(contents.xml).toEqual(xml)
      expect(contents.conformanceLevel).toBe(profile)
      expect(contents.warnings).toEqual([])
      expect(contents.files).toEqual([{ ...files[0], relationship: 'Supplement' }])
    },
  )

  it('makes the same octets of the same view, and other ones of another view or branding', async () => {
    const view = viewOf(invoiceOf(60))
    const first = await writer.write(view, { branding: { color: '#0b5d5e' }, at })
    expect((await writer.write(view, { branding: { color: '#0b5d5e' }, at })).equals(first)).toBe(true)
    expect((await writer.write(view, { branding: { color: '#5e0b0b' }, at })).equals(first)).toBe(false)
    expect((await writer.write(viewOf(invoiceOf(61)), { branding: { color: '#0b5d5e' }, at })).equals(first)).toBe(
      false,
    )
  })

  it('names the invoice and its seller in the properties of the document', async () => {
    const pdf = await writer.write(viewOf(invoiceOf(1), { language: 'en' }), { branding: {}, at })
    const text = pdf.toString('utf8')
    expect(text).toContain('<rdf:li xml:lang="x-default">Invoice F-1</rdf:li>')
    expect(text).toContain('<rdf:li>Atelier des Quais</rdf:li>')
    expect(text).toContain('/Lang (en)')
  })
})
