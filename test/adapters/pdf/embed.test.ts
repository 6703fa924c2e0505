import { deflateSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { buildPdfA } from '../../../src/adapters/pdf/container.ts'
import { faces } from '../../../src/adapters/pdf/fonts.ts'
import { createPdfReader, createPdfWriter } from '../../../src/adapters/pdf/index.ts'
import { instantOf } from '../../../src/kernel/index.ts'
import { parseXml } from '../../../src/wire/xml/index.ts'
import { type Part, at, embeddedFile, fileSpecification, hybridParts, pdfOf, xml, xmpPacket } from './hybrid.ts'

const reader = createPdfReader()
const writer = createPdfWriter()
const strict = createPdfWriter({ contentOctetsMax: 1_000_000 })
afterAll(async () => {
  await reader[Symbol.asyncDispose]()
  await writer[Symbol.asyncDispose]()
  await strict[Symbol.asyncDispose]()
})

const day = instantOf('2026-11-21T10:20:30Z')
const invoice = { xml, profile: 'EN 16931' as const, files: [] }
const pdfaid = 'xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"'

function claim(part: string): Part {
  return xmpPacket(`<rdf:Description rdf:about="" ${pdfaid}>
    <pdfaid:part>${part}</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>`)
}

/** A PDF that claims PDF/A-3 and holds no files. */
function brought(changes: Readonly<Record<number, Part>> = {}): Buffer {
  return pdfOf({
    [at.catalog]: '<< /Type /Catalog /Pages 2 0 R /Metadata 7 0 R >>',
    [at.pages]: hybridParts[at.pages] ?? '',
    [at.page]: hybridParts[at.page] ?? '',
    [at.xmp]: claim('3'),
    ...changes,
  })
}

const ghostscriptPacket = `<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?>
<?adobe-xap-filters esc="CRLF"?>
<x:xmpmeta xmlns:x='adobe:ns:meta/' x:xmptk='XMP toolkit 2.9.1-13, framework 1.6'>
<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:iX='http://ns.adobe.com/iX/1.0/'>
<rdf:Description rdf:about='' xmlns:pdfaid='http://www.aiim.org/pdfa/ns/id/' pdfaid:part='2' pdfaid:conformance='B'/></rdf:RDF>
</x:xmpmeta>
<?xpacket end='w'?>`

function packetOf(pdf: Buffer): string {
  const [packet = ''] = /<\?xpacket begin[\s\S]*?<\?xpacket end[^>]*>/v.exec(pdf.toString('utf8')) ?? []
  return packet
}

describe('an invoice embedded in a PDF that somebody brings', () => {
  it('is found by the reader, without a warning', async () => {
    const pdf = await writer.embed(brought(), invoice, day)
    expect(await reader.read(pdf)).toEqual({
      xml,
      relationship: 'Alternative',
      files: [],
      conformanceLevel: 'EN 16931',
      warnings: [],
    })
  })

  it('leaves the page and the words of the packet as they were', async () => {
    const drawn = await buildPdfA(
      { title: 'Rapport & Cie', author: 'A', language: 'fr', at: day, content: '' },
      document => void document.font(faces.regular).addPage().text('Bonjour'),
    )
    const pdf = await writer.embed(drawn, invoice, day)
    expect(packetOf(pdf)).toContain('<rdf:li xml:lang="x-default">Rapport &amp; Cie</rdf:li>')
    expect((await reader.read(pdf)).warnings).toEqual([])
  })

  it.each(['1', '2', '3'])('makes PDF/A-3 of a claim of part %s', async part => {
    const packet = packetOf(await writer.embed(brought({ [at.xmp]: claim(part) }), invoice, day))
    expect(packet).toContain('<pdfaid:part>3</pdfaid:part>')
    expect(packet).toContain('<pdfaid:conformance>B</pdfaid:conformance>')
  })

  it('makes PDF/A-3 of a claim in an attribute', async () => {
    const claimed = xmpPacket(`<rdf:Description rdf:about="a>b" ${pdfaid} pdfaid:part="1" pdfaid:conformance="A"/>`)
    const packet = packetOf(await writer.embed(brought({ [at.xmp]: claimed }), invoice, day))
    expect(packet).toContain('pdfaid:part="3" pdfaid:conformance="A"/>')
  })

  it.each([
    ['1', 'leaves out', false],
    ['2', 'keeps', true],
  ])('of a claim of part %s %s the lists of used glyphs, which part 3 does not allow', async (part, _what, isKept) => {
    const fonts = {
      8: '<< /Type /FontDescriptor /FontName /A /CIDSet 9 0 R /CharSet (a) >>',
      9: { dict: '', stream: Buffer.from('x') },
    }
    const text = (await writer.embed(brought({ [at.xmp]: claim(part), ...fonts }), invoice, day)).toString('latin1')
    expect(text).toContain('/FontName /A')
    expect([text.includes('/CIDSet'), text.includes('/CharSet')]).toEqual([isKept, isKept])
  })

  it('is content with the quotes of others', async () => {
    const packet = { dict: '/Type /Metadata /Subtype /XML', stream: Buffer.from(ghostscriptPacket) }
    const pdf = await writer.embed(brought({ [at.xmp]: packet }), invoice, day)
    expect(packetOf(pdf)).toContain("pdfaid:part='3' pdfaid:conformance='B'/>")
    expect((await reader.read(pdf)).warnings).toEqual([])
  })

  it('adds its schema to the list of a packet that has one', async () => {
    const schemas = `<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/">
      <pdfaExtension:schemas><rdf:Bag><rdf:li>theirs</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>`
    const claimed = xmpPacket(`<rdf:Description rdf:about="" ${pdfaid} pdfaid:part="3"/>${schemas}`)
    const packet = packetOf(await writer.embed(brought({ [at.xmp]: claimed }), invoice, day))
    expect(packet.match(/<pdfaExtension:schemas>/gv)).toHaveLength(1)
    expect(packet).toMatch(/<rdf:li>theirs<\/rdf:li><rdf:li rdf:parseType="Resource"\s+xmlns:pdfaSchema/v)
    expect(() => parseXml(packet.slice(1 + packet.indexOf('?>') + 1))).not.toThrow()
  })

  it('keeps the files that are there, whatever the shape of their tree, and takes further ones under free names', async () => {
    const pdf = brought({
      [at.catalog]:
        '<< /Type /Catalog /Pages 2 0 R /Metadata 7 0 R /Names << /Dests << >> /EmbeddedFiles 6 0 R >> /AF [8 0 R] >>',
      [at.tree]: '<< /Kids [10 0 R 6 0 R] >>',
      8: fileSpecification('z.txt', 9, '/AFRelationship /Supplement'),
      9: embeddedFile(Buffer.from('theirs')),
      10: '<< /Limits [(z.txt) (z.txt)] /Names [(z.txt) 8 0 R] >>',
    })
    const files = [{ name: 'Z.txt', mimeType: 'text/plain', description: 'für & <uns>', octets: Buffer.from('ours') }]
    const contents = await reader.read(await writer.embed(pdf, { ...invoice, files }, day))
    expect(contents.xml).toEqual(xml)
    expect(contents.warnings).toEqual([])
    expect(contents.files.map(({ name, description, octets }) => [name, description, octets.toString()])).toEqual([
      ['z.txt', undefined, 'theirs'],
      ['Z (2).txt', 'für & <uns>', 'ours'],
    ])
  })

  const refused: readonly (readonly [title: string, code: string, changes: Readonly<Record<number, Part>>])[] = [
    ['claims no PDF/A', 'not-pdf-a', { [at.xmp]: xmpPacket('') }],
    ['claims PDF/A-4', 'not-pdf-a', { [at.xmp]: claim('4') }],
    ['has no XMP', 'not-pdf-a', { [at.xmp]: '<< >>' }],
    ['has broken XMP', 'not-pdf-a', { [at.xmp]: xmpPacket('<a>') }],
    [
      'speaks of an invoice in its XMP',
      'already-invoice',
      {
        [at.xmp]: xmpPacket(`<rdf:Description ${pdfaid} pdfaid:part="3"
          xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#" fx:ConformanceLevel="BASIC"/>`),
      },
    ],
    [
      'holds an invoice by its name',
      'already-invoice',
      {
        [at.catalog]: '<< /Type /Catalog /Pages 2 0 R /Metadata 7 0 R /AF [4 0 R] >>',
        [at.file]: fileSpecification('Factur-X.xml', at.octets),
        [at.octets]: embeddedFile(Buffer.from('<a/>')),
      },
    ],
    [
      'holds an invoice by its root element',
      'already-invoice',
      {
        [at.catalog]: '<< /Type /Catalog /Pages 2 0 R /Metadata 7 0 R /AF [4 0 R] >>',
        [at.file]: fileSpecification('rechnung.xml', at.octets),
        [at.octets]: embeddedFile(xml),
      },
    ],
    [
      'is signed',
      'signed',
      { [at.catalog]: '<< /Type /Catalog /Pages 2 0 R /Metadata 7 0 R /AcroForm << /SigFlags 3 >> >>' },
    ],
    [
      'is encrypted',
      'encrypted',
      {
        [at.catalog]:
          '<< /Type /Catalog /Pages 2 0 R /Metadata 7 0 R >>\nendobj\ntrailer << /Encrypt << /Filter /Standard >> >>\n9 0 obj\nnull',
      },
    ],
    [
      'unpacks to too much',
      'too-large',
      { [at.xmp]: { dict: '/Filter /FlateDecode', stream: deflateSync(Buffer.alloc(8_000_000)) } },
    ],
  ]

  it.each(refused)('is refused because the PDF %s', async (_title, code, changes) => {
    await expect(strict.embed(brought(changes), invoice, day)).rejects.toEqual(expect.objectContaining({ code }))
  })

  it.each([
    ['no PDF', 'no', 'not-a-pdf'],
    ['one that is cut', '%PDF-1.7\n1 0 obj\n<<', 'damaged'],
  ])('is refused because it is %s', async (_title, text, code) => {
    await expect(writer.embed(Buffer.from(text), invoice, day)).rejects.toEqual(expect.objectContaining({ code }))
  })
})
