import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  type Attachment,
  extractAttachments,
  readDocument,
  skim,
  writeCii,
  writeUbl,
} from '../../../src/wire/invoice/index.ts'
import { hasSharedData, sharedData } from '../../support/shared.ts'
import { facturxDocuments, officialDocuments, xmlOf } from './official.ts'
import { type Json, readGood, sample } from './sample.ts'

async function* inChunks(document: Buffer | string, size: number): AsyncGenerator<Buffer> {
  const octets = Buffer.from(document)
  for (let at = 0; at < octets.length; at += size) yield octets.subarray(at, at + size)
}

interface Taken extends Omit<Attachment, 'content'> {
  readonly octets: string
}

async function taken(document: Buffer | string, size: number): Promise<Taken[]> {
  const files: Taken[] = []
  for await (const { content, ...rest } of extractAttachments(inChunks(document, size))) {
    const pieces: Buffer[] = []
    for await (const piece of content) pieces.push(piece)
    files.push({ ...rest, octets: Buffer.concat(pieces).toString() })
  }
  return files
}

const files = [
  { reference: 'A1', url: 'https://x.example/a' },
  {
    reference: 'A2',
    description: 'terms & more',
    file: { content: 'YWJj', mimeType: 'text/csv', filename: 'a > "b".csv' },
  },
  { reference: 'A3', file: { content: 'YQ==', mimeType: 'application/pdf', filename: 'é.pdf' } },
]
const invoice = readGood(
  sample((json: Json) => ((json.attachments = files), (json.invoicedObjects = [{ value: 'O', scheme: 'AAA' }]))),
)
const expected: Taken[] = [
  { reference: 'A2', name: 'a > "b".csv', mimeType: 'text/csv', description: 'terms & more', octets: 'abc' },
  { reference: 'A3', name: 'é.pdf', mimeType: 'application/pdf', description: undefined, octets: 'a' },
]
const ubl = writeUbl(invoice).toString()

describe('the files of a document as it passes by', () => {
  it.each([1, 2, 3, 5, 7, 64, 100_000])('are those of BG-24, in chunks of %i octets', async size => {
    expect(await taken(ubl, size)).toEqual(expected)
    expect(await taken(writeUbl({ ...invoice, typeCode: '381' }), size)).toEqual(expected)
    expect(await taken(writeCii(invoice), size)).toEqual(expected)
  })

  it.each([
    ['folded', 'Y\r\n  W\tJj\n'],
    ['with carriage returns as references', 'YW&#13;\nJ&#xD;j&#x20;'],
    ['in a CDATA section', '<![CDATA[YWJj]]>'],
    ['with comments and instructions in it', 'Y<!-- > "a < b" -->W<?x ?y>?>J<!---->j'],
    ['with a section of its own for the rest', 'YW<![CDATA[J]]>j'],
  ])('are decoded when their content is %s', async (_title, content) => {
    const document = ubl.replace('>YWJj<', `>${content}<`)
    for (const size of [1, 4, 9, 100_000]) expect(await taken(document, size)).toEqual(expected)
  })

  it('do not hang on prefixes, and other things with the same names are none', async () => {
    const other = ubl
      .replaceAll('cac:', 'x:')
      .replaceAll('cbc:', 'y:')
      .replace('<x:AccountingSupplierParty>', '<EmbeddedDocumentBinaryObject>YWJj</EmbeddedDocumentBinaryObject>$&')
    expect(await taken(other, 11)).toEqual(expected)
  })

  it('may be passed over, whole or in part', async () => {
    const names: string[] = []
    for await (const { name, content } of extractAttachments(inChunks(ubl, 3))) {
      names.push(name)
      for await (const _ of content) break
    }
    for await (const { name } of extractAttachments(inChunks(ubl, 3))) names.push(name)
    expect(names).toEqual([...expected, ...expected].map(({ name }) => name))
  })

  it('let go of the stream when one is enough', async () => {
    let isClosed = false
    async function* source(): AsyncGenerator<Buffer> {
      try {
        yield* inChunks(ubl, 50)
      } finally {
        isClosed = true
      }
    }
    for await (const _ of extractAttachments(source())) break
    expect(isClosed).toBe(true)
  })

  it('are none in a document without any', async () => {
    expect(await taken(writeUbl(readGood(sample())), 1000)).toEqual([])
  })
})

describe('a file of 20 MB', () => {
  const block = Buffer.from(Array.from({ length: 3 * 4096 }, (_, index) => (index * 7) % 251))
  const blocks = Math.ceil((20 * 1024 * 1024) / block.length)
  const [begin = '', end = ''] = ubl.split('YWJj')

  async function* source(): AsyncGenerator<Buffer> {
    yield Buffer.from(begin)
    const digits = Buffer.from(block.toString('base64'))
    for (let count = 0; count < blocks; count++) {
      // Odd sizes: digits that belong together come in different chunks.
      for (let at = 0; at < digits.length; at += 1021) yield digits.subarray(at, at + 1021)
    }
    yield Buffer.from(end)
  }

  it('comes out as it went in, a piece for each chunk', async () => {
    const [hash, wanted] = [createHash('sha256'), createHash('sha256')]
    for (let count = 0; count < blocks; count++) wanted.update(block)
    let largest = 0
    let names = ''
    for await (const { name, content } of extractAttachments(source())) {
      names += name
      if (name === 'é.pdf') continue
      for await (const piece of content) {
        hash.update(piece)
        largest = Math.max(largest, piece.length)
      }
    }
    expect(names).toBe('a > "b".csvé.pdf')
    expect(hash.digest('hex')).toBe(wanted.digest('hex'))
    expect(largest).toBeLessThanOrEqual(1024)
  })

  it('is skimmed away, and the invoice is read without it', async () => {
    const skimmed = await skim(source())
    expect(skimmed?.length).toBeLessThan(20_000)
    const reading = readDocument(skimmed ?? Buffer.alloc(0))
    expect('invoice' in reading && reading.invoice.attachments?.[1]?.file).toMatchObject({
      content: '',
      filename: 'a > "b".csv',
    })
  })
})

describe('a document that cannot be taken apart', () => {
  it.each([
    ['ends early', ubl.slice(0, ubl.indexOf('YWJj') + 3), 'not-well-formed'],
    ['ends inside a tag', ubl.slice(0, ubl.indexOf('mimeCode')), 'not-well-formed'],
    ['has a DOCTYPE', ubl.replace('<Invoice', '<!DOCTYPE x [<!ENTITY a "b">]><Invoice'), 'doctype'],
    ['has content that is not base64', ubl.replace('>YWJj<', '>YWJ*<'), 'unexpected'],
    ['has content in the other alphabet', ubl.replace('>YWJj<', '>YW-_<'), 'unexpected'],
    ['has digits behind the padding', ubl.replace('>YWJj<', '>YQ==YWJj<'), 'unexpected'],
    ['has a digit too few', ubl.replace('>YWJj<', '>YWJ<'), 'unexpected'],
    ['has an unknown reference in the content', ubl.replace('>YWJj<', '>YW&amp;Jj<'), 'unexpected'],
    ['has an element inside the content', ubl.replace('>YWJj<', '>YW<b/>Jj<'), 'unexpected'],
    ['has a tag without end', ubl.replace('<cbc:ID>A2', `<cbc:ID x="${'>'.repeat(70_000)}">A2`), 'limit'],
    ['has a term without end', ubl.replace('>A2<', `>${'A'.repeat(70_000)}<`), 'limit'],
    ['has elements without end', '<a>'.repeat(100), 'limit'],
  ])('is refused when it %s', async (_title, document, code) => {
    await expect(taken(document, 1000)).rejects.toMatchObject({ name: 'XmlError', code })
  })
})

describe.skipIf(!hasSharedData)('every official example', () => {
  it('has the files that the reader of the invoice finds in it', async () => {
    const documents = [...officialDocuments.map(path => sharedData(path)), ...facturxDocuments.map(path => xmlOf(path))]
    let count = 0
    for (const document of documents) {
      const reading = readDocument(document)
      if ('findings' in reading) continue
      const known = (reading.invoice.attachments ?? []).flatMap(({ reference, description, file }) =>
        file === undefined
          ? []
          : [{ reference, description, name: file.filename, mimeType: file.mimeType, content: file.content }],
      )
      const found: unknown[] = []
      for await (const { content, ...rest } of extractAttachments(inChunks(document, 1000))) {
        const pieces: Buffer[] = []
        for await (const piece of content) pieces.push(piece)
        found.push({ ...rest, content: Buffer.concat(pieces).toString('base64') })
      }
      expect(found).toEqual(known)
      count += known.length
    }
    expect(count).toBeGreaterThan(10)
  })
})
