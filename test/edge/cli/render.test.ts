import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli } from '../../../src/edge/cli/index.ts'
import { invoiceCii, invoiceUbl } from '../../support/invoices.ts'
import { run } from './program.ts'

const folder = mkdtempSync(join(tmpdir(), 'passerelle-render-'))
const facts = { number: 'F-1', seller: '0225:391838042', buyer: '0225:732829320' }

function kept(name: string, content: Buffer | string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

async function cli(
  words: readonly string[],
  isScreen = false,
): Promise<{ code: number; output: string; errors: string }> {
  let [output, errors] = ['', '']
  const code = await runCli(words, {
    output: { write: content => (output += Buffer.from(content).toString('latin1')), isTTY: isScreen },
    errors: { write: content => (errors += String(content)) },
    colours: false,
  })
  return { code, output, errors }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const reference = (name: string, content: string): string =>
  `<cac:AdditionalDocumentReference><cbc:ID>A-1</cbc:ID><cbc:DocumentDescription>Sheet</cbc:DocumentDescription><cac:Attachment><cbc:EmbeddedDocumentBinaryObject mimeCode="text/csv" filename="${name}">${content}</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>`
const attached = String(invoiceUbl(facts)).replace(
  '<cac:AccountingSupplierParty>',
  `${reference('../../sheet.csv', base64('a;b'))}${reference('sheet.csv', base64('c;d'))}${reference('bad.csv', '*')}<cac:AccountingSupplierParty>`,
)
const ubl = kept('invoice.xml', invoiceUbl(facts))

describe('render', () => {
  it('shows an invoice as a page in the language of the seller, or in the one asked for', async () => {
    expect(await cli(['render', ubl])).toMatchObject({
      code: 0,
      errors: '',
      output: expect.stringContaining('<html lang="fr">'),
    })
    expect(await cli(['render', ubl, '--language', 'de'])).toMatchObject({
      output: expect.stringContaining('<html lang="de">'),
    })
  })

  it('embeds an invoice in a PDF/A that is brought', async () => {
    const pages = kept('pages.pdf', Buffer.from((await cli(['render', ubl, '--to', 'pdf'])).output, 'latin1'))
    const output = join(folder, 'embedded.pdf')
    expect(await cli(['convert', ubl, '--to', 'facturx', '--pdf', pages, '-o', output])).toMatchObject({ code: 0 })
    expect(readFileSync(output).includes('factur-x.xml')).toBe(true)
    expect(await cli(['convert', ubl, '--to', 'facturx', '--pdf', ubl, '-o', output])).toMatchObject({
      code: 1,
      output: expect.stringContaining('pdf.not-a-pdf'),
    })
    expect(await cli(['convert', ubl, '--to', 'cii', '--pdf', pages])).toMatchObject({ code: 2 })
  })

  it('shows an invoice that lacks something, with what it has', async () => {
    const partial = kept('partial.xml', String(invoiceUbl(facts)).replace(/<cbc:IssueDate>.*?<\/cbc:IssueDate>/, ''))
    expect(await cli(['render', partial])).toMatchObject({ code: 0, output: expect.stringContaining('F-1') })
    expect(await cli(['convert', partial, '--to', 'cii'])).toMatchObject({
      code: 1,
      output: expect.stringContaining('BR-03'),
    })
  })

  it('writes a PDF to a file or a pipe, and never to a terminal', async () => {
    const path = join(folder, 'out.pdf')
    expect(
      await cli(['render', ubl, '--to', 'pdf', '-o', path, '--color', '#005599', '--footer', 'Merci'], true),
    ).toMatchObject({ code: 0 })
    expect(readFileSync(path).subarray(0, 5).toString()).toBe('%PDF-')
    expect((await cli(['render', ubl, '--to', 'pdf'])).output.slice(0, 5)).toBe('%PDF-')
    expect(await cli(['render', ubl, '--to', 'pdf'], true)).toMatchObject({
      code: 2,
      output: '',
      errors: expect.stringContaining('pdf is binary'),
    })
  })

  it.each([
    [['--to', 'ubl'], '--to ubl: must be html or pdf'],
    [['--language', 'ja'], '--language ja: must be one of fr, en, de, it, es, nl'],
    [['--color', 'red'], '--color red: must be # and six hexadecimal digits'],
    [['--json'], '--json goes with --output'],
  ])('%j is wrong usage', async (words, message) => {
    const { code, output, errors } = await cli(['render', ubl, ...words])
    expect([code, output + errors]).toEqual([2, expect.stringContaining(message)])
  })
})

describe('convert --to facturx', () => {
  it('gives a PDF from which the invoice comes back', async () => {
    const path = join(folder, 'invoice.pdf')
    expect(await cli(['convert', ubl, '--to', 'facturx', '-o', path])).toMatchObject({ code: 0 })
    const back = JSON.parse((await cli(['convert', path, '--to', 'json'])).output)
    expect(back).toMatchObject({
      number: 'F-1',
      customization: 'urn:cen.eu:en16931:2017',
      totals: { payable: '174.60' },
    })
  })

  it('of a poorer profile names what is lost', async () => {
    const path = join(folder, 'basic.pdf')
    const { code, output } = await cli([
      'convert',
      ubl,
      '--to',
      'facturx',
      '--profile',
      'basic-wl',
      '-o',
      path,
      '--json',
    ])
    const { lost } = JSON.parse(output)
    expect([code, lost.every((one: { rule: string }) => one.rule === 'facturx.cannot-carry')]).toEqual([0, true])
    expect(lost.map((one: { pointer: string }) => one.pointer)).toContain('/lines')
  })

  it.each([
    [
      ['--to', 'facturx', '--profile', 'rich'],
      '--profile rich: must be one of MINIMUM, BASIC WL, BASIC, EN 16931, EXTENDED',
    ],
    [['--to', 'cii', '--profile', 'BASIC'], '--profile is for --to facturx, not cii'],
  ])('%j is wrong usage', async (words, message) => {
    const { code, errors } = await cli(['convert', ubl, ...words])
    expect([code, errors]).toEqual([2, expect.stringContaining(message)])
  })
})

describe('a file', () => {
  it.each([
    ['that is not there', join(folder, 'none.xml'), 'is not there'],
    ['that is a folder', folder, 'is no file'],
  ])('%s is wrong usage', async (_, path, message) => {
    for (const words of [
      ['render', path],
      ['convert', path, '--to', 'cii'],
      ['extract', path],
    ]) {
      expect(await cli(words)).toMatchObject({ code: 2, errors: expect.stringContaining(message) })
    }
  })
})

describe('extract', () => {
  it('writes what is attached under safe names, and over nothing', async () => {
    const into = join(folder, 'attachments')
    const file = kept('attached.xml', attached)
    const { code, output } = await cli(['extract', file, '-o', into, '--json'])
    const told = output
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(code).toBe(0)
    expect(told).toEqual([
      { file: join(into, 'sheet.csv'), name: '../../sheet.csv', mimeType: 'text/csv', description: 'Sheet', size: 3 },
      { file: join(into, 'sheet-2.csv'), name: 'sheet.csv', mimeType: 'text/csv', description: 'Sheet', size: 3 },
    ])
    await cli(['extract', file, '-o', into])
    expect(readdirSync(into).toSorted()).toEqual(['sheet-2.csv', 'sheet-3.csv', 'sheet-4.csv', 'sheet.csv'])
    expect(readFileSync(join(into, 'sheet.csv'), 'utf8')).toBe('a;b')
  })

  it('writes the XML of a Factur-X as it is in it', async () => {
    const [pdf, into] = [join(folder, 'with-xml.pdf'), join(folder, 'xml')]
    await cli(['convert', kept('i.cii.xml', invoiceCii(facts)), '--to', 'facturx', '-o', pdf])
    expect((await cli(['extract', pdf, '-o', into])).output).toContain('factur-x.xml  text/xml')
    expect(readFileSync(join(into, 'factur-x.xml'), 'utf8')).toContain('CrossIndustryInvoice')
  })

  it('takes the attachments of what is no invoice, and says when there are none', async () => {
    const order = kept('order.xml', attached.replaceAll(/Invoice(?=[ >])/g, 'Order').replaceAll('Invoice-2', 'Order-2'))
    const into = join(folder, 'order')
    expect(await cli(['extract', order, '-o', into])).toMatchObject({ code: 0 })
    expect(readdirSync(into)).toHaveLength(2)
    expect(await cli(['extract', ubl, '-o', join(folder, 'none')])).toMatchObject({
      code: 0,
      output: 'there are no files in it\n',
    })
  })

  it('says of what cannot be read what it is not', async () => {
    const { code, errors } = await cli(['extract', kept('text.txt', 'hello')])
    expect([code, errors]).toEqual([1, 'passerelle: The document is neither XML nor PDF nor JSON\n'])
  })

  it('reads standard input', async () => {
    const into = join(folder, 'piped')
    const { code } = await run(['extract', '-', '-o', into], { input: attached })
    expect([code, readdirSync(into)]).toEqual([0, ['sheet-2.csv', 'sheet.csv']])
  })
})
