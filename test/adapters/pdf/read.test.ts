import { constants, deflateRawSync } from 'node:zlib'
import { setImmediate } from 'node:timers/promises'
import { PDFDocument } from '@cantoo/pdf-lib'
import PDFKitDocument from 'pdfkit'
import { afterAll, describe, expect, it } from 'vitest'
import { createPdfReader } from '../../../src/adapters/pdf/index.ts'
import type { PdfContents } from '../../../src/services/ports.ts'
import { facturxNamespace, facturxXmp } from '../../../src/wire/facturx/index.ts'
import {
  type Part,
  at,
  embeddedFile,
  fileSpecification,
  flate,
  hybrid,
  hybridParts,
  pdfOf,
  xml,
  xmpPacket,
} from './hybrid.ts'

const reader = createPdfReader()
afterAll(() => reader[Symbol.asyncDispose]())

const other = Buffer.from(xml.toString().replace('of ours', 'planted'))

/** The catalog with other ways to the files. */
function catalog(ways: string): Part {
  return `<< /Type /Catalog /Pages 2 0 R /Metadata 7 0 R ${ways} >>`
}

function messagesOf({ warnings }: PdfContents): readonly string[] {
  return warnings.map(({ message }) => message)
}

function withCode(code: string): object {
  return expect.objectContaining({ code })
}

describe('the invoice in a PDF', () => {
  it('is read with its relationship and level, and without a warning when the container is as it should be', async () => {
    expect(await reader.read(hybrid())).toEqual({
      xml,
      relationship: 'Alternative',
      files: [],
      conformanceLevel: 'EN 16931',
      warnings: [],
    })
  })

  const found: readonly (readonly [
    title: string,
    pdf: () => Buffer | Promise<Buffer>,
    warnings?: readonly string[],
  ])[] = [
    ['through one level of Kids', () => hybrid({ [at.tree]: '<< /Kids [8 0 R] >>', 8: hybridParts[at.tree] ?? '' })],
    [
      'through two levels of Kids',
      () =>
        hybrid({
          [at.tree]: '<< /Kids [8 0 R] >>',
          8: '<< /Kids [10 0 R 9 0 R] >>',
          9: hybridParts[at.tree] ?? '',
          10: '<< /Names [] >>',
        }),
    ],
    [
      'in a name tree that contains itself',
      () => hybrid({ [at.tree]: '<< /Kids [6 0 R 8 0 R] >>', 8: '<< /Kids [6 0 R] /Names [(a) 4 0 R] >>' }),
    ],
    [
      'through AF only',
      () => hybrid({ [at.catalog]: catalog('/AF [4 0 R]') }),
      ['The invoice is not in the EmbeddedFiles name tree'],
    ],
    [
      'through the name tree only',
      () => hybrid({ [at.catalog]: catalog('/Names << /EmbeddedFiles 6 0 R >>') }),
      ['The invoice is not in the AF array of the catalog'],
    ],
    [
      'with UF only',
      () => hybrid({ [at.file]: '<< /Type /Filespec /UF (factur-x.xml) /EF << /UF 5 0 R >> /AFRelationship /Data >>' }),
    ],
    [
      'with F only',
      () => hybrid({ [at.file]: '<< /Type /Filespec /F (factur-x.xml) /EF << /F 5 0 R >> /AFRelationship /Source >>' }),
    ],
    [
      'without Params',
      () => hybrid({ [at.octets]: embeddedFile(xml, '/Subtype /text#2Fxml') }),
      ['The invoice has no ModDate'],
    ],
    [
      'without a mime type',
      () => hybrid({ [at.octets]: embeddedFile(xml, '/Params << /ModDate (D:20261121) >>') }),
      ['The mime type is missing instead of text/xml'],
    ],
    [
      'with a relationship that Factur-X does not allow',
      () => hybrid({ [at.file]: fileSpecification('factur-x.xml', at.octets, '/AFRelationship /Unspecified') }),
      ['AFRelationship Unspecified is none of Alternative, Source, Data'],
    ],
    [
      'without a relationship',
      () => hybrid({ [at.file]: fileSpecification('factur-x.xml', at.octets, '') }),
      ['AFRelationship is missing and is none of Alternative, Source, Data'],
    ],
    [
      'under the name of ZUGFeRD, in whatever capitals',
      () => hybrid({ [at.file]: fileSpecification('ZUGFeRD-Invoice.xml', at.octets) }),
      ['The invoice is named ZUGFeRD-Invoice.xml instead of factur-x.xml'],
    ],
    [
      'under another name, by its root element',
      () => hybrid({ [at.file]: fileSpecification('rechnung.xml', at.octets) }),
      ['The invoice is named rechnung.xml instead of factur-x.xml'],
    ],
    [
      'in a page only',
      () =>
        hybrid({
          [at.catalog]: catalog(''),
          [at.page]: '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /AF [4 0 R] >>',
        }),
      ['The invoice is not in the EmbeddedFiles name tree', 'The invoice is not in the AF array of the catalog'],
    ],
    [
      'in an annotation only',
      () =>
        hybrid({
          [at.catalog]: catalog(''),
          [at.page]:
            '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Annots [<< /Subtype /FileAttachment /FS 4 0 R >>] >>',
        }),
      ['The invoice is not in the EmbeddedFiles name tree', 'The invoice is not in the AF array of the catalog'],
    ],
    [
      'twice, where both are the same',
      () =>
        hybrid({
          [at.catalog]: catalog('/Names << /EmbeddedFiles 6 0 R >> /AF [4 0 R 8 0 R]'),
          8: fileSpecification('xrechnung.xml', 9),
          9: embeddedFile(xml),
        }),
    ],
    [
      'with a level unlike the XML',
      () => hybrid({ [at.xmp]: xmpPacket(facturxXmp('MINIMUM')) }),
      ['The XMP packet says MINIMUM, the XML is EN 16931'],
    ],
    ['without XMP', () => hybrid({ [at.xmp]: '<< >>' }), ['The XMP packet says no fx:ConformanceLevel']],
    ['with broken XMP', () => hybrid({ [at.xmp]: xmpPacket('<a>') }), ['The XMP packet is not well-formed XML']],
    [
      'with the XMP properties as attributes',
      () =>
        hybrid({
          [at.xmp]: xmpPacket(`<rdf:Description xmlns:fx="${facturxNamespace}" fx:ConformanceLevel="EN 16931"/>`),
        }),
    ],
    ['behind leading junk', () => Buffer.concat([Buffer.from('junk\r\n'.repeat(50)), hybrid()])],
    ['before trailing junk', () => Buffer.concat([hybrid(), Buffer.from('\0junk\n'.repeat(500))])],
    [
      'with a wrong startxref',
      () =>
        Buffer.from(
          hybrid()
            .toString('latin1')
            .replace(/startxref\n\d+/v, 'startxref\n7'),
          'latin1',
        ),
    ],
    ['with the last 200 octets cut', () => hybrid().subarray(0, -200)],
    ['in object streams', async () => await savedAgain({ useObjectStreams: true })],
    ['encrypted with an empty password by RC4', async () => await encrypted('1.4', '')],
    ['encrypted with an empty password by AES-128', async () => await encrypted('1.7', '')],
    ['encrypted with an empty password by AES-256', async () => await encrypted('1.7ext3', '')],
  ]

  const cases = found.map(([title, pdf, warnings = []]) => ({ title, pdf, warnings }))
  it.each(cases)('is found $title', async ({ pdf, warnings }) => {
    const contents = await reader.read(await pdf())
    expect(contents.xml.toString()).toBe(xml.toString())
    expect(messagesOf(contents)).toEqual(warnings)
  })

  const packed: readonly (readonly [title: string, part: Part])[] = [
    ['no filter', { dict: '', stream: xml }],
    ['ASCIIHex', { dict: '/Filter /ASCIIHexDecode', stream: Buffer.from(`${xml.toString('hex')}>`) }],
    ['RunLength', { dict: '/Filter /RunLengthDecode', stream: runLength(xml) }],
    ['ASCII85', { dict: '/Filter [/ASCII85Decode]', stream: Buffer.from('87cURD]j7BEbo80~>') }],
    ['Flate with parameters that say nothing', flate(xml, '/DecodeParms << /Predictor 1 >>')],
    [
      'Flate inside ASCIIHex',
      {
        dict: '/Filter [/ASCIIHexDecode /FlateDecode]',
        stream: Buffer.from(`${streamOf(flate(xml)).toString('hex')}>`),
      },
    ],
  ]

  it.each(packed)('is unpacked from %s', async (title, part) => {
    const contents = await reader.read(hybrid({ [at.octets]: part }))
    expect(contents.xml.toString()).toBe(title === 'ASCII85' ? 'Hello world!' : xml.toString())
  })

  it('comes with the other attachments', async () => {
    const contents = await reader.read(
      hybrid({
        [at.tree]: '<< /Names [(bon.pdf) 8 0 R (factur-x.xml) 4 0 R] >>',
        8: fileSpecification('bon.pdf', 9, '/AFRelationship /Supplement /Desc (Bon de livraison)'),
        9: embeddedFile(Buffer.from('%PDF-'), '/Subtype /application#2Fpdf'),
      }),
    )
    expect(contents.xml).toEqual(xml)
    expect(contents.files).toEqual([
      {
        name: 'bon.pdf',
        mimeType: 'application/pdf',
        description: 'Bon de livraison',
        relationship: 'Supplement',
        octets: Buffer.from('%PDF-'),
      },
    ])
  })

  it('is read although another attachment cannot be unpacked, which is said', async () => {
    const contents = await reader.read(
      hybrid({
        [at.catalog]: catalog('/Names << /EmbeddedFiles 6 0 R >> /AF [4 0 R 8 0 R]'),
        8: fileSpecification('scan.jbig2', 9),
        9: { dict: '/Filter /JBIG2Decode', stream: Buffer.from('x') },
      }),
    )
    expect(contents.files).toEqual([])
    expect(messagesOf(contents)).toEqual([
      'The attachment scan.jbig2 is left out: A stream cannot be unpacked: /JBIG2Decode stream encoding not supported',
    ])
  })

  it('is recovered from a document that has lost its catalog', async () => {
    const { [at.catalog]: _lost, ...rest } = hybridParts
    const contents = await reader.read(pdfOf(rest))
    expect(contents.xml).toEqual(xml)
    expect(contents.warnings).toContainEqual({ code: 'catalog', message: 'The PDF is damaged: it has no catalog' })
  })
})

describe('a PDF that cannot be used', () => {
  const refused: readonly (readonly [title: string, code: string, pdf: () => Buffer | Promise<Buffer>])[] = [
    ['is not one', 'not-a-pdf', () => Buffer.from('<?xml version="1.0"?><Invoice/>')],
    ['is empty', 'not-a-pdf', () => Buffer.alloc(0)],
    ['has no attachments', 'no-invoice', () => hybrid({ [at.catalog]: catalog('') })],
    [
      'has no invoice among its attachments',
      'no-invoice',
      () => hybrid({ [at.file]: fileSpecification('a.xml', at.octets), [at.octets]: flate(Buffer.from('<a/>')) }),
    ],
    [
      'has an invoice by its root, but as a supplement',
      'no-invoice',
      () => hybrid({ [at.file]: fileSpecification('old.xml', at.octets, '/AFRelationship /Supplement') }),
    ],
    [
      'has two different invoices of one name',
      'two-invoices',
      () =>
        hybrid({
          [at.catalog]: catalog('/AF [4 0 R 8 0 R]'),
          8: fileSpecification('factur-x.xml', 9),
          9: embeddedFile(other),
        }),
    ],
    [
      'has two different invoices of two names',
      'two-invoices',
      () =>
        hybrid({
          [at.catalog]: catalog('/AF [4 0 R 8 0 R]'),
          8: fileSpecification('xrechnung.xml', 9),
          9: embeddedFile(other),
        }),
    ],
    [
      'has another invoice under UF than under F',
      'two-invoices',
      () => hybrid({ [at.file]: '<< /F (factur-x.xml) /EF << /F 5 0 R /UF 8 0 R >> >>', 8: embeddedFile(other) }),
    ],
    ['needs a password', 'encrypted', async () => await encrypted('1.7ext3', 'secret')],
    ['is cut in half', 'damaged', () => hybrid().subarray(0, 400)],
    [
      'has its invoice in a filter that we do not know',
      'damaged',
      () => hybrid({ [at.octets]: { dict: '/Filter /JBIG2Decode', stream: xml } }),
    ],
    [
      'has its invoice behind a predictor',
      'damaged',
      () => hybrid({ [at.octets]: flate(xml, '/DecodeParms [<< /Predictor 12 /Columns 4 >>]') }),
    ],
    [
      'has its invoice in broken Flate',
      'damaged',
      () => hybrid({ [at.octets]: { dict: '/Filter /FlateDecode', stream: xml } }),
    ],
  ]

  it.each(refused)('because it %s is refused with its code', async (_title, code, pdf) => {
    await expect(reader.read(await pdf())).rejects.toEqual(withCode(code))
  })
})

describe('the bounds of the reader', () => {
  const blanks = blanksPacked(600)

  it('refuse 600 MB of blanks as an attachment', async () => {
    await expect(
      reader.read(hybrid({ [at.octets]: { dict: '/Filter /FlateDecode', stream: blanks } })),
    ).rejects.toEqual(withCode('too-large'))
  })

  it('refuse 600 MB of blanks as an object stream, which is unpacked while parsing', async () => {
    const bomb = { dict: '/Filter /FlateDecode /Type /ObjStm /N 1 /First 4', stream: blanks }
    await expect(reader.read(hybrid({ 8: bomb }))).rejects.toEqual(withCode('too-large'))
  })

  it('refuse a PDF with more objects than the memory of the worker holds', async () => {
    await using small = createPdfReader({ heapMegabytesMax: 32 })
    const objects = flate(Buffer.from(`9 0 [${'[1.5]'.repeat(2_000_000)}]`), '/Type /ObjStm /N 1 /First 4')
    await expect(small.read(hybrid({ 8: objects }))).rejects.toEqual(withCode('too-large'))
    expect((await small.read(hybrid())).relationship).toBe('Alternative')
  })

  it('refuse a PDF that never ends, and read the next one', async () => {
    await using impatient = createPdfReader({ timeoutMilliseconds: 1500 })
    await expect(impatient.read(endless())).rejects.toEqual(withCode('timeout'))
    expect((await impatient.read(hybrid())).xml).toEqual(xml)
  })

  it('let many wait for their turn', async () => {
    const pdfs = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? hybrid() : Buffer.from('no')))
    const outcomes = await Promise.allSettled(pdfs.map(pdf => reader.read(pdf)))
    expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual(pdfs.map((_, index) => index % 2 === 0))
  })

  it('leave nobody waiting when the reader is disposed of', async () => {
    const closing = createPdfReader()
    const outcomes = Promise.allSettled([closing.read(endless()), closing.read(hybrid())])
    await setImmediate()
    await closing[Symbol.asyncDispose]()
    const stopped = { status: 'rejected', reason: withCode('timeout') }
    expect(await outcomes).toEqual([stopped, stopped])
  })
})

/** That many MiB of blanks in Flate: one MiB, again and again. */
function blanksPacked(count: number): Buffer {
  const megabyte = deflateRawSync(Buffer.alloc(1024 * 1024, 0x20), { finishFlush: constants.Z_FULL_FLUSH })
  return Buffer.concat([Buffer.from([0x78, 0x9c]), ...Array.from({ length: count }, () => megabyte)])
}

/** Each of many streams has no end, and each is searched for it up to the end of the file. */
function endless(): Buffer {
  const streams = Array.from(
    { length: 40_000 },
    (_, index) => `${index + 10} 0 obj\n<< /Length 9 >>\nstream\n${'x'.repeat(200)}\n`,
  )
  return Buffer.concat([hybrid(), Buffer.from(streams.join(''))])
}

async function savedAgain(options: { readonly useObjectStreams: boolean }): Promise<Buffer> {
  const document = await PDFDocument.load(hybrid(), { updateMetadata: false })
  return Buffer.from(await document.save(options))
}

/** pdfkit chooses the cipher by the version. */
async function encrypted(pdfVersion: '1.4' | '1.7' | '1.7ext3', userPassword: string): Promise<Buffer> {
  const document = new PDFKitDocument({ pdfVersion, userPassword, ownerPassword: 'owner', font: '' })
  const more = { relationship: 'Alternative', modifiedDate: new Date(0) }
  document.file(xml, { name: 'factur-x.xml', type: 'text/xml', ...more })
  ;(document as unknown as { appendXML(text: string): void }).appendXML(facturxXmp('EN 16931'))
  document.end()
  return Buffer.concat((await Array.fromAsync(document)) as Buffer[])
}

/** Literal runs of up to 128 octets. */
function runLength(octets: Buffer): Buffer {
  const runs: Buffer[] = []
  for (let start = 0; start < octets.length; start += 128) {
    const run = octets.subarray(start, start + 128)
    runs.push(Buffer.from([run.length - 1]), run)
  }
  return Buffer.concat([...runs, Buffer.from([128])])
}

function streamOf(part: Part): Buffer {
  return typeof part === 'string' ? Buffer.from(part) : part.stream
}
