import { describe, expect, it } from 'vitest'
import { WireError } from '../../../src/kernel/index.ts'
import type { PdfContents } from '../../../src/services/ports.ts'
import type { Target } from '../../../src/services/documents/index.ts'
import { readInvoice, writeCii } from '../../../src/wire/invoice/index.ts'
import { invoiceCii, invoiceJson, invoiceUbl } from '../../support/invoices.ts'
import { engine } from './engine.ts'

const facts = { number: 'F-1', seller: '0225:391838042', buyer: '0225:732829320' }
const ubl = String(invoiceUbl(facts))
const partial = Buffer.from(ubl.replace(/<cbc:IssueDate>.*?<\/cbc:IssueDate>/, ''))
const beside = {
  name: 'sheet.csv',
  mimeType: 'text/csv',
  description: undefined,
  relationship: 'Supplement',
  octets: Buffer.from('a;b'),
}
const pdf: PdfContents = {
  xml: invoiceCii(facts),
  relationship: 'Data',
  files: [beside],
  conformanceLevel: 'EN 16931',
  warnings: [],
}
const aPdf = Buffer.from('%PDF-1.7')
const attached = Buffer.from(
  ubl.replace(
    '<cac:AccountingSupplierParty>',
    '<cac:AdditionalDocumentReference><cbc:ID>A-1</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject>YQ==</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference><cac:AccountingSupplierParty>',
  ),
)

const attachment = { reference: 'A-1', file: { content: 'YQ==', mimeType: 'text/csv', filename: 'a.csv' } }
const reading = readInvoice({ ...invoiceJson(facts), attachments: [attachment] })
const withAttachment = 'invoice' in reading ? writeCii(reading.invoice) : Buffer.alloc(0)

describe('a document', () => {
  it('that is none of Peppol comes back from JSON without address and process, and is valid', async () => {
    const { documents } = engine()
    const plain = ubl
      .replace(/(<cbc:CustomizationID>)[^<]*/, '$1urn:cen.eu:en16931:2017')
      .replace(/<cbc:ProfileID>.*?<\/cbc:ProfileID>/, '')
      .replaceAll(/<cbc:EndpointID.*?<\/cbc:EndpointID>/g, '')
      .replaceAll('>FR</cbc:IdentificationCode>', '>BE</cbc:IdentificationCode>')
    const json = await documents.convert(Buffer.from(plain), 'json')
    expect(json).toMatchObject({ kind: 'converted' })
    const octets = 'octets' in json ? json.octets : Buffer.alloc(0)
    expect(await documents.validate(octets)).toMatchObject({ valid: true, findings: [] })
    const back = await documents.convert(octets, 'ubl')
    expect('octets' in back && String(back.octets)).toBe(plain)
  })

  it.each([
    ['UBL', Buffer.from(ubl)],
    ['CII', invoiceCii(facts)],
    ['JSON', Buffer.from(JSON.stringify(invoiceJson(facts)))],
    ['a PDF', aPdf],
  ])('is converted from %s to every target', async (_, document) => {
    const { documents } = engine({ pdf })
    const expected: Readonly<Record<Target, readonly [string, string | RegExp]>> = {
      ubl: ['application/xml', ubl],
      cii: ['application/xml', String(invoiceCii(facts))],
      json: ['application/json', /"number": "F-1"/],
      html: ['text/html', /^<!doctype html>\n?<html lang="fr">/],
      pdf: ['application/pdf', '%PDF-1.7 fr F-1'],
      facturx: ['application/pdf', '%PDF-1.7 fr F-1'],
    }
    for (const [to, [mimeType, content]] of Object.entries(expected)) {
      const conversion = await documents.convert(document, to as Target)
      expect(conversion).toMatchObject({ kind: 'converted', mimeType, unmapped: [], lost: [] })
      const text = conversion.kind === 'converted' ? String(conversion.octets) : ''
      if (typeof content === 'string') expect(text).toBe(content)
      else expect(text).toMatch(content)
    }
  })

  it('that is not whole is shown and nothing else', async () => {
    const { documents } = engine()
    for (const to of ['html', 'pdf'] as const) {
      expect(await documents.convert(partial, to)).toMatchObject({ kind: 'converted' })
    }
    for (const to of ['ubl', 'cii', 'json', 'facturx'] as const) {
      expect(await documents.convert(partial, to)).toMatchObject({ kind: 'unreadable', findings: [{ rule: 'BR-03' }] })
    }
  })

  it.each([
    ['a mandatory term', { ...invoiceJson(facts), issueDate: undefined }, ['BR-03']],
    ['a field that there is not', { ...invoiceJson(facts), colour: 'red' }, ['json.unknown-field']],
    ['a value of another kind', { ...invoiceJson(facts), dueDate: 'soon' }, ['PEPPOL-EN16931-F001']],
    ['all lines', { ...invoiceJson(facts), lines: [] }, ['BR-16']],
    ['everything in its groups', { number: 'F-1', seller: {}, buyer: {}, lines: [{}], vatBreakdown: [{}] }, ['BR-03']],
  ])('in JSON that has or lacks %s is shown and nothing else', async (_title, json, rules) => {
    const { documents } = engine()
    const document = Buffer.from(JSON.stringify(json))
    expect(await documents.open(document)).toMatchObject({
      kind: 'partial',
      syntax: 'json',
      invoice: { number: 'F-1' },
    })
    for (const to of ['html', 'pdf'] as const) {
      expect(await documents.convert(document, to)).toMatchObject({ kind: 'converted' })
    }
    const page = await documents.convert(document, 'html')
    expect('octets' in page && page.octets.toString()).toContain('F-1')
    for (const to of ['ubl', 'json', 'facturx'] as const) {
      const refused = await documents.convert(document, to)
      expect('findings' in refused && refused.findings.map(({ rule }) => rule)).toEqual(expect.arrayContaining(rules))
    }
  })

  it.each(['[]', '{}', '1', '{"colour":"red"}'])('is not %s', async json => {
    expect(await engine().documents.convert(Buffer.from(json), 'html')).toMatchObject({ kind: 'unreadable' })
  })

  it('that cannot be read says why', async () => {
    const { documents } = engine({ pdf: new WireError('encrypted', 'a password is needed') })
    expect(await documents.convert(aPdf, 'ubl')).toMatchObject({
      kind: 'unreadable',
      findings: [{ rule: 'pdf.encrypted' }],
    })
    expect(await documents.convert(Buffer.from('<a/>'), 'html')).toMatchObject({
      kind: 'unreadable',
      findings: [{ rule: 'document.root' }],
    })
  })

  it('with characters that the font of the PDF lacks names them, and just for what is drawn', async () => {
    const { documents } = engine()
    const given = { ...invoiceJson(facts), notes: [{ text: '発票 and 票' }] }
    const document = Buffer.from(JSON.stringify(given))
    const warning = { rule: 'pdf.characters', severity: 'warning', pointer: '/notes/0/text', term: 'BT-22' }
    const converted = { kind: 'converted', lost: [warning] }
    expect(await documents.convert(document, 'pdf')).toMatchObject(converted)
    expect(await documents.convert(document, 'facturx', { language: 'fr' })).toMatchObject({
      lost: [{ ...warning, message: expect.stringContaining('absents de la police du PDF') }],
    })
    for (const to of ['html', 'ubl', 'json'] as const) {
      expect(await documents.convert(document, to)).toMatchObject({ kind: 'converted', lost: [] })
    }
    expect(await documents.convert(document, 'facturx', { into: aPdf })).toMatchObject({ lost: [] })
  })

  it('in a poorer profile of Factur-X names what that does not say', async () => {
    const conversion = await engine().documents.convert(Buffer.from(ubl), 'facturx', { profile: 'MINIMUM' })
    expect(
      conversion.kind === 'converted' && conversion.lost.map(({ rule, pointer }) => [rule, pointer]),
    ).toContainEqual(['facturx.cannot-carry', '/lines'])
  })
})

describe('what is in a document', () => {
  it('is the XML of a PDF, the other files of the PDF and the attachments', async () => {
    const { documents } = engine({ pdf: { ...pdf, xml: withAttachment } })
    const files = [
      { name: 'factur-x.xml', mimeType: 'text/xml', relationship: 'Data', origin: 'xml' },
      { name: 'sheet.csv', relationship: 'Supplement', origin: 'pdf' },
      { name: 'a.csv', mimeType: 'text/csv', origin: 'invoice', octets: Buffer.from('a') },
    ]
    expect(await documents.files(aPdf)).toMatchObject({ syntax: 'facturx', files, findings: [] })
    expect(await documents.open(aPdf)).toMatchObject({
      kind: 'invoice',
      syntax: 'facturx',
      invoice: { number: 'F-1' },
      files,
    })
  })

  it('is found in JSON, and in XML that is no invoice', async () => {
    const { documents } = engine()
    const json = { ...invoiceJson(facts), attachments: [attachment] }
    expect(await documents.files(Buffer.from(JSON.stringify(json)))).toMatchObject({
      syntax: 'json',
      files: [{ name: 'a.csv', mimeType: 'text/csv', octets: Buffer.from('a') }],
    })
    const order = Buffer.from(
      String(attached)
        .replaceAll(/Invoice(?=[ >])/g, 'Order')
        .replaceAll('Invoice-2', 'Order-2'),
    )
    expect(await documents.files(order)).toMatchObject({
      syntax: 'other',
      files: [{ name: 'A-1', mimeType: 'application/octet-stream' }],
      findings: [],
    })
  })

  it('cannot be had from what cannot be read', async () => {
    const { documents } = engine()
    expect(await documents.files(Buffer.from('hello'))).toMatchObject({
      files: [],
      findings: [{ rule: 'document.format' }],
    })
    expect(await documents.files(Buffer.from('{"a":1}'))).toMatchObject({
      files: [],
      findings: expect.arrayContaining([expect.objectContaining({ rule: 'json.unknown-field' })]),
    })
  })

  it('of an invoice that is not whole is there, with what is wrong', async () => {
    expect(await engine().documents.open(partial)).toMatchObject({
      kind: 'partial',
      syntax: 'ubl',
      invoice: { number: 'F-1' },
      findings: [{ rule: 'BR-03' }],
    })
  })
})
