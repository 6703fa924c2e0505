import { PDFArray, PDFDict, PDFDocument, PDFName, type PDFRawStream, decodePDFRawStream } from '@cantoo/pdf-lib'
import { afterAll, describe, expect, it } from 'vitest'
import { type Container, buildPdfA } from '../../../src/adapters/pdf/container.ts'
import { faces } from '../../../src/adapters/pdf/fonts.ts'
import { createPdfReader } from '../../../src/adapters/pdf/index.ts'
import { instantOf } from '../../../src/kernel/index.ts'
import { facturxProfiles, relationshipsOf } from '../../../src/wire/facturx/index.ts'
import { parseXml } from '../../../src/wire/xml/index.ts'
import { xml } from './hybrid.ts'

const reader = createPdfReader()
afterAll(() => reader[Symbol.asyncDispose]())

const container: Container = {
  title: 'Facture F-1',
  author: 'Atelier des Quais',
  language: 'fr',
  at: instantOf('2026-11-21T10:20:30.456Z'),
  content: 'Bonjour',
  embedded: { xml, profile: 'EN 16931', files: [] },
}

function draw(document: PDFKit.PDFDocument): void {
  document.font(faces.regular)
  document.addPage().text('Bonjour, 1\u202f234,50 €')
}

function file(name: string, mimeType = 'text/plain', content = 'x'): object {
  return { name, mimeType, description: undefined, octets: Buffer.from(content) }
}

async function catalogOf(pdf: Buffer): Promise<PDFDict> {
  return (await PDFDocument.load(pdf, { updateMetadata: false })).catalog
}

async function packetOf(pdf: Buffer): Promise<string> {
  const stream = (await catalogOf(pdf)).lookup(PDFName.of('Metadata')) as PDFRawStream
  return Buffer.from(decodePDFRawStream(stream).decode()).toString('utf8')
}

describe('the container of a Factur-X', () => {
  it.each(facturxProfiles)(
    'of the profile %s gives back what was put in, without a warning that is not of our sample',
    async profile => {
      const pdf = await buildPdfA({ ...container, embedded: { xml, profile, files: [] } }, draw)
      const contents = await reader.read(pdf)
      expect(contents.xml).toEqual(xml)
      expect(contents.relationship).toBe(relationshipsOf(profile)[0])
      expect(contents.conformanceLevel).toBe(profile)
      // The sample is EN 16931.
      expect(contents.warnings.map(({ message }) => message)).toEqual(
        profile === 'EN 16931' ? [] : [`The XMP packet says ${profile}, the XML is EN 16931`],
      )
    },
  )

  it('is a PDF 1.7 that claims PDF/A-3b: below 1.4 there would be no XMP', async () => {
    const pdf = await buildPdfA(container, draw)
    expect(pdf.subarray(0, 8).toString()).toBe('%PDF-1.7')
    expect(await packetOf(pdf)).toMatch(/<pdfaid:part>3<\/pdfaid:part>\s*<pdfaid:conformance>B</v)
  })

  it('says names with & < > in its XMP and in its information, each in its own way', async () => {
    const pdf = await buildPdfA({ ...container, title: '<1> & "2"\u0007', author: 'Dupont & Fils\r\nβιβλία' }, draw)
    const packet = await packetOf(pdf)
    expect(() => parseXml(packet)).not.toThrow()
    expect(packet).toContain('<rdf:li>Dupont &amp; Fils βιβλία</rdf:li>')
    expect(packet).toContain('&lt;1&gt; &amp; "2"</rdf:li>')
    const document = await PDFDocument.load(pdf, { updateMetadata: false })
    expect(document.getAuthor()).toBe('Dupont & Fils βιβλία')
    expect(document.getTitle()).toBe('<1> & "2"')
  })

  it('attaches each file with type, relationship, date and description, in the name tree and in AF', async () => {
    const catalog = await catalogOf(await buildPdfA(container, draw))
    const specification = catalog.lookup(PDFName.of('AF'), PDFArray).lookup(0, PDFDict)
    const text = String(specification)
    expect(text).toContain('/AFRelationship /Alternative')
    expect(text).toContain('/Desc (Factur-X invoice)')
    const stream = specification.lookup(PDFName.of('EF'), PDFDict).lookup(PDFName.of('F')) as PDFRawStream
    expect(stream.dict.lookup(PDFName.of('Subtype'))).toBe(PDFName.of('text/xml'))
    expect(String(stream.dict.lookup(PDFName.of('Params')))).toContain('/ModDate (D:20261121102030Z)')
    expect(String(catalog.lookup(PDFName.of('Names'))).replaceAll(/\s+/gv, ' ')).toContain('/EmbeddedFiles')
  })

  it('takes further files as supplements, under names that stand beside the invoice', async () => {
    const files = [
      file('Zone.txt'),
      file('plan.pdf', 'application/pdf'),
      file('plan.pdf', 'application/pdf', 'another plan'),
      file('plan.pdf', 'application/pdf'),
      file('Factur-X.XML'),
      file('../βιβλία.txt'),
      file(''),
      file('a', 'no mime type'),
    ] as never
    const pdf = await buildPdfA({ ...container, embedded: { xml, profile: 'EN 16931', files } }, draw)
    const contents = await reader.read(pdf)
    expect(contents.xml).toEqual(xml)
    expect(contents.warnings).toEqual([])
    expect(contents.files.map(({ name, mimeType, relationship }) => [name, mimeType, relationship])).toEqual([
      ['Factur-X (2).XML', 'text/plain', 'Supplement'],
      ['Zone.txt', 'text/plain', 'Supplement'],
      ['a', 'application/octet-stream', 'Supplement'],
      ['attachment', 'text/plain', 'Supplement'],
      ['plan (2).pdf', 'application/pdf', 'Supplement'],
      ['plan.pdf', 'application/pdf', 'Supplement'],
      ['.._βιβλία.txt', 'text/plain', 'Supplement'],
    ])
  })

  it('is the same octets for the same input, and has another identifier for another document', async () => {
    const [first, again] = [await buildPdfA(container, draw), await buildPdfA(container, draw)]
    const others = [
      { ...container, title: 'Facture F-2' },
      { ...container, content: 'Bonsoir' },
      { ...container, at: instantOf('2026-11-22T00:00:00Z') },
      { ...container, embedded: { xml: Buffer.from('<other/>'), profile: 'EN 16931' as const, files: [] } },
    ]
    expect(again.equals(first)).toBe(true)
    const ids = [idOf(first)]
    for (const other of others) ids.push(idOf(await buildPdfA(other, draw)))
    expect(new Set(ids).size).toBe(5)
  })

  it('holds no invoice when none is given', async () => {
    const pdf = await buildPdfA({ ...container, embedded: undefined }, draw)
    await expect(reader.read(pdf)).rejects.toEqual(expect.objectContaining({ code: 'no-invoice' }))
    expect(await packetOf(pdf)).not.toContain('fx:')
  })

  it('is not begun when drawing fails', async () => {
    const failing = buildPdfA(container, () => {
      throw new RangeError('no ink')
    })
    await expect(failing).rejects.toThrow('no ink')
  })
})

function idOf(pdf: Buffer): string {
  return /\/ID \[<([0-9a-f]{32})>/v.exec(pdf.toString('latin1'))?.[1] ?? ''
}
