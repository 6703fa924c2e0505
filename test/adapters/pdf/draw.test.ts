import { readFileSync } from 'node:fs'
import PdfDocument from 'pdfkit'
import { describe, expect, it } from 'vitest'
import { drawInvoice } from '../../../src/adapters/pdf/draw.ts'
import { createPdfWriter, encodeQr } from '../../../src/adapters/pdf/index.ts'
import { type PartialInvoice, readInvoice } from '../../../src/wire/invoice/index.ts'
import { type Branding, type InvoiceView, languages, viewOf } from '../../../src/wire/view/index.ts'
import { decimal } from '../../support/decimal.ts'
import { everyTerm, unsaid } from '../../support/every-term.ts'
import { pdfText } from '../../support/pdf-text.ts'
import { jpeg, png } from '../../support/png.ts'

const sample = invoiceOf('invoice-fr.json')
const line = sample.lines?.[0] ?? {}

describe('an invoice on paper', () => {
  it('says every term that the view says', async () => {
    const { invoice, said } = everyTerm()
    const text = (await drawn(viewOf(invoice, { language: 'fr' }))).flat().join('\n')
    const missing = said.filter(({ shown }) => !text.includes(shown)).map(({ path }) => path)
    expect(missing.toSorted()).toEqual(Object.keys(unsaid).toSorted())
  })

  it('of three lines is one page, of forty-two is three', async () => {
    expect(await drawn(viewOf(sample))).toHaveLength(1)
    expect(await drawn(viewOf(invoiceOf('invoice-three-pages.json')))).toHaveLength(3)
  })

  it.each(languages)('is drawn in %s', async language => {
    const view = viewOf(sample, { language })
    const [page = []] = await drawn(view)
    expect(page).toContain(view.title)
    expect(page).toContain(view.totals?.items.at(-1)?.value)
  })

  it('numbers its pages and repeats the head of the table on each', async () => {
    const pages = await drawn(viewOf(withLines(100)), { footer: 'Foot' })
    expect(pages.length).toBeGreaterThan(3)
    pages.forEach((page, index) => {
      expect(page.slice(-2)).toEqual(['Foot', `Page ${index + 1}/${pages.length}`])
      const isTable = page.includes('Article')
      expect(page.filter(text => text === 'Désignation')).toHaveLength(isTable ? 1 : 0)
      if (index > 0) expect(page).toContain('Facture FA-2026-0318')
    })
  })

  it('shows each line once, in order, and never parts one from its amount', async () => {
    const pages = await drawn(viewOf(withLines(200)))
    expect(pages.flat().filter(text => /^\d{4}$/.test(text))).toEqual(
      Array.from({ length: 200 }, (_, index) => `${1000 + index}`),
    )
    for (const page of pages) {
      expect(page.filter(text => text === 'Article')).toHaveLength(page.filter(text => text === '1\u202f178,00').length)
    }
  })

  it('keeps totals and VAT breakdown on one page', async () => {
    for (let count = 5; count < 16; count += 2) {
      const pages = await drawn(viewOf(withLines(count)))
      const holders = pages.filter(page => page.includes('Total HT') || page.includes('Montant TVA'))
      expect(holders, `${count} lines`).toHaveLength(1)
    }
  })

  it('does not leave the title of a group at the foot of a page', async () => {
    const group = { id: 'G', kind: 'GROUP', item: { name: 'Group' } }
    for (let count = 9; count < 14; count += 1) {
      const lines = [...(withLines(count).lines ?? []), group, { ...line, id: 'P', parentId: 'G' }]
      const pages = await drawn(viewOf({ ...sample, lines }))
      const holder = pages.find(page => page.includes('Group'))
      expect(holder, `${count} lines`).toContain('P')
    }
  })

  it('of nothing is one page', async () => {
    expect(await drawn(viewOf({}))).toEqual([['Invoice', 'Page 1/1']])
  })
})

describe('texts that fit no line', () => {
  it('are broken at blanks, and inside a word only when it alone is too wide', async () => {
    const name = `short ${'W'.repeat(60)} end`
    const page = (await drawn(viewOf({ lines: [{ item: { name } }] }))).flat()
    const pieces = page.filter(text => /W|short|end/.test(text))
    expect(pieces.join(' ').replaceAll('W W', 'WW')).toBe(name)
    expect(pieces[0]).toBe('short')
    expect(pieces.length).toBeGreaterThan(3)
  })

  it('go on over as many pages as they need, with nothing lost', async () => {
    const words = Array.from({ length: 3000 }, (_, index) => `w${index}`)
    const pages = await drawn(
      viewOf({
        notes: [{ text: words.join(' ') }],
        lines: [{ item: { name: 'x', description: words.join(' ') } }],
        paymentTerms: words.join('\n'),
        seller: { name: words.join(' ') },
      }),
    )
    const found = pages
      .flat()
      .join(' ')
      .match(/\bw2999\b/g)
    expect(found).toHaveLength(5)
    expect(
      pages
        .flat()
        .join(' ')
        .match(/\bw\d+\b/g)?.length,
    ).toBeGreaterThan(15_000)
  })

  it('may be one word of a hundred thousand letters', async () => {
    const text = (await drawn(viewOf({ lines: [{ item: { name: 'W'.repeat(100_000) } }] }))).flat().join('')
    expect(text.match(/W/g)).toHaveLength(100_000)
  })

  it('of a thousand lines are all there', async () => {
    expect((await drawn(viewOf(withLines(1000)))).flat().filter(text => text === 'Article')).toHaveLength(1000)
  })
})

describe('characters', () => {
  it.each([
    ['Latin, Greek and Cyrillic', 'Œuvre œ ß ñ ğ ő ł Ωμέγα Журнал € № ½', 'Œuvre œ ß ñ ğ ő ł Ωμέγα Журнал € № ½'],
    ['narrow no-break spaces', '1\u202f234\u00a0€', '1\u202f234\u00a0€'],
    ['letters and accents apart', 'e\u0301', '\u00e9'],
    ['tabs', 'a\tb', 'a b'],
    ['controls', 'a\u0000\u0007\u001b\u007fb', 'ab'],
    ['invisible marks', 'a\u00ad\u200b\u200d\ufeff\u202eb', 'ab'],
    ['scripts the font lacks', '中文 אב 🙂', '□□ □□ □'],
    ['halves of a pair', 'a\ud800b', 'a□b'],
    ['blanks the font lacks', 'a\u3000b', 'a b'],
    ['what looks like a multiplication', '3×4 3x4 → ->', '3×4 3x4 → ->'],
  ])('are drawn or replaced: %s', async (_, text, shown) => {
    expect((await drawn(viewOf({ notes: [{ text }] }))).flat()).toContain(shown)
    // The writer says beforehand what is going to be a box.
    expect(createPdfWriter().lacking(text)).toHaveLength(shown.split('□').length - 1)
  })

  it('that are lacking are named, each once', () => {
    expect(createPdfWriter().lacking('中文 and 中 אב □')).toEqual(['中', '文', 'א', 'ב'])
  })

  it('end lines in every way that texts do', async () => {
    const page = (await drawn(viewOf({ notes: [{ text: 'a\r\nb\rc\nd\u2028e\u0085f' }] }))).flat()
    expect(page.filter(text => /^[a-f]$/.test(text))).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })
})

describe('a logo', () => {
  it.each([
    ['PNG with alpha', png()],
    ['PNG with a palette', png({ color: 3, bits: 4, palette: Buffer.alloc(6) })],
    ['interlaced PNG', png({ interlace: 1, rows: Buffer.alloc(5 + 5 + 5 + 13) })],
    ['JPEG', jpeg()],
  ])('stands instead of the name: %s', async (_, logo) => {
    const pdf = await bytesOf(viewOf(sample), { logo })
    expect(pdf.toString('latin1')).toContain('/Subtype /Image')
    expect(pdfText(pdf)[0]?.filter(text => text === 'Atelier Verdeau SARL')).toHaveLength(2)
  })

  it('that is no picture is left out', async () => {
    const pdf = await bytesOf(viewOf(sample), { logo: png().subarray(0, -4) })
    expect(pdf.toString('latin1')).not.toContain('/Subtype /Image')
    expect(pdfText(pdf)[0]?.filter(text => text === 'Atelier Verdeau SARL')).toHaveLength(3)
  })
})

describe('a QR code', () => {
  it('holds its text as UTF-8 at error correction level M', () => {
    const rows = encodeQr('BCD')
    expect(rows).toHaveLength(21)
    // The format begins in row 8: level M is 00, which the mask of the format makes 10. [ISO/IEC 18004 §7.9]
    expect(rows[8]?.slice(0, 2)).toEqual([true, false])
    expect(encodeQr('é'.repeat(165))).toHaveLength(encodeQr('x'.repeat(330)).length)
  })

  it('of the longest text needs version 13', () => {
    expect(encodeQr('x'.repeat(331))).toHaveLength(17 + 4 * 13)
  })
})

function invoiceOf(name: string): PartialInvoice {
  const file = new URL(`../../../docs/images/${name}`, import.meta.url)
  const reading = readInvoice(JSON.parse(readFileSync(file, 'utf8')))
  if ('findings' in reading) throw new Error(JSON.stringify(reading.findings))
  return reading.invoice
}

function withLines(count: number): PartialInvoice {
  const lines = Array.from({ length: count }, (_, index) => ({
    ...line,
    id: `${1000 + index}`,
    quantity: decimal('4'),
    item: { name: 'Article', description: 'One or two words' },
  }))
  return { ...sample, lines }
}

async function drawn(view: InvoiceView, branding: Branding = {}): Promise<string[][]> {
  return pdfText(await bytesOf(view, branding))
}

async function bytesOf(view: InvoiceView, branding: Branding): Promise<Buffer> {
  const document = new PdfDocument({ autoFirstPage: false, font: '' })
  drawInvoice(document, view, branding)
  document.end()
  return Buffer.concat(await document.toArray())
}
