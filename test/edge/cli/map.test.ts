import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli } from '../../../src/edge/cli/index.ts'
import { run } from './program.ts'

const folder = mkdtempSync(join(tmpdir(), 'passerelle-map-'))

function kept(name: string, content: object | string): string {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const lookup = (field: string): object => ({ from: 'Tax', steps: [{ lookup: { table: 'vat', field } }] })
const mapping = {
  mapping: 1,
  source: { kind: 'csv', rows: { kind: 'grouped', key: 'No' } },
  tables: { vat: { A: { category: 'S', rate: '20' } } },
  invoice: {
    '/number': 'No',
    '/issueDate': 'Date',
    '/currency': { constant: 'EUR' },
    '/buyerReference': 'No',
    '/paymentTerms': { constant: '30 days' },
    '/seller/name': { constant: 'Atelier des Quais' },
    '/seller/vatId': { constant: 'FR44391838042' },
    '/seller/endpoint/scheme': { constant: '0225' },
    '/seller/endpoint/value': { constant: '391838042' },
    '/seller/address/country': { constant: 'FR' },
    '/buyer/name': 'Customer',
    '/buyer/endpoint/scheme': { constant: '0225' },
    '/buyer/endpoint/value': { constant: '732829320' },
    '/buyer/address/country': { constant: 'FR' },
    '/lines': {
      each: 'rows',
      fields: {
        '/id': { position: true },
        '/item/name': 'What',
        '/quantity': { constant: '1' },
        '/unit': { constant: 'C62' },
        '/price/net': 'Price',
        '/vat/category': lookup('category'),
        '/vat/rate': lookup('rate'),
      },
    },
  },
}
const header = 'No;Date;Customer;What;Price;Tax;Colour\n'
const row = (number: string, tax = 'A'): string => `${number};2026-11-03;Librairie Mistral;Book;10;${tax};blue\n`
const mappingFile = kept('mapping.json', mapping)
const good = kept('good.csv', header + row('F-1') + row('F/2') + row('f_2'))
const mixed = kept('mixed.csv', header + row('G-1') + row('G-2', 'B'))

async function map(...words: string[]): Promise<{ code: number; output: string; errors: string }> {
  let [output, errors] = ['', '']
  const code = await runCli(['map', ...words], {
    output: { write: text => (output += text) },
    errors: { write: text => (errors += text) },
    colours: false,
  })
  return { code, output, errors }
}

describe('map', () => {
  it('speaks French when it is asked to', async () => {
    const { code, output, errors } = await map(mappingFile, mixed, '--check', '--language', 'fr')
    expect([code, errors]).toEqual([1, ''])
    expect(output).toContain('2 factures : 1 sans envoi possible\n')
    expect(output).toContain('    le code "B" n\'a pas d\'entrée dans la table vat\n')
    expect(output).toContain('(G-2, ligne 3)')
    expect(output).toContain('Colour  dans 2 factures, par exemple "blue"')
    expect(await map(mappingFile, mixed, '--language', 'de')).toMatchObject({
      code: 2,
      errors: expect.stringContaining('--language de: must be en or fr'),
    })
  })

  it('writes each invoice that can be sent under its number, and a number no file can have under another', async () => {
    const out = join(folder, 'out')
    const { code, output, errors } = await map(mappingFile, good, '-o', out)
    expect([code, errors]).toEqual([0, ''])
    expect(output).toContain('3 invoices: 3 can be sent\n')
    expect(output).toContain('Colour  in 3 invoices, for example "blue"\n')
    expect(output).toContain(`Written to ${out}: 3\n`)
    expect(readdirSync(out).sort()).toEqual(['F-1.json', 'F_2.json', 'f_2-2.json'])
    expect(JSON.parse(readFileSync(join(out, 'F-1.json'), 'utf8'))).toMatchObject({
      number: 'F-1',
      totals: { payable: '12.00' },
    })
  })

  it.each([
    ['ubl', '<Invoice '],
    ['cii', '<rsm:CrossIndustryInvoice '],
  ])('writes %s', async (syntax, root) => {
    const out = join(folder, syntax)
    expect((await map(mappingFile, mixed, '-o', out, '--to', syntax)).code).toBe(1)
    expect(readdirSync(out)).toEqual([`G-1.${syntax}.xml`])
    expect(readFileSync(join(out, `G-1.${syntax}.xml`), 'utf8')).toContain(root)
  })

  it('writes nothing with --check', async () => {
    const out = join(folder, 'checked')
    expect((await map(mappingFile, good, '-o', out, '--check')).code).toBe(0)
    expect(readdirSync(folder)).not.toContain('checked')
  })

  it('tells of each invoice and of the run with --json', async () => {
    const { code, output } = await map(mappingFile, mixed, '--json')
    const lines = output
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as object)
    expect(code).toBe(1)
    expect(lines).toMatchObject([
      { file: mixed, number: 'G-1', place: 'line 2', canBeSent: true },
      {
        number: 'G-2',
        canBeSent: false,
        entries: expect.arrayContaining([expect.objectContaining({ code: 'code.unmapped', value: 'B' })]) as object,
      },
      { report: { invoices: 2, canBeSent: 1 } },
    ])
  })

  it('takes several files as one run, and standard input as a file', async () => {
    const { code, output } = await map(mappingFile, good, good)
    expect([code, output]).toEqual([1, expect.stringContaining('number.duplicate  /number')])
    const read = await run(['map', mappingFile, '-'], { input: readFileSync(good, 'utf8') })
    expect([read.code, read.output]).toEqual([0, expect.stringContaining('3 can be sent')])
  })

  it('refuses a mapping with every problem', async () => {
    const wrong = kept('wrong.json', {
      ...mapping,
      invoice: { '/numbr': 'No', '/issueDate': { from: 'Date', steps: ['day'] } },
    })
    const { code, output, errors } = await map(wrong, good)
    expect([code, errors]).toEqual([2, `passerelle: ${wrong} is no mapping that can be used\n`])
    expect(output.split('\n').map(line => line.trim().split('  ')[0])).toEqual([
      '/invoice/~1numbr',
      '/invoice/~1issueDate/steps/0',
      '',
    ])
    const { output: json } = await map(wrong, good, '--json')
    expect(JSON.parse(json)).toMatchObject({ error: { code: 'invalid-mapping', problems: [{}, {}] } })
  })

  it('says when a file is not what the mapping is for, and reports the others', async () => {
    const other = kept('other.csv', 'A;B\n1;2\n')
    const { code, output, errors } = await map(mappingFile, other, good)
    expect(code).toBe(2)
    expect(errors).toMatch(/other\.csv: the file has no column "No"/)
    expect(output).toContain('3 invoices: 3 can be sent')
  })

  it('runs samples and shows what differs', async () => {
    const sample = { source: header + row('F-1'), expect: { '/number': 'F-2', '/totals/payable': '12.00' } }
    const tested = kept('tested.json', {
      ...mapping,
      samples: [sample, { ...sample, name: 'right', expect: { '/number': 'F-1' } }],
    })
    expect(await map('--test', tested)).toEqual({
      code: 1,
      output: 'sample 1: differs\n  invoice 1 /number: expected "F-2", is "F-1"\nright: as expected\n',
      errors: '',
    })
    expect((await map('--test', mappingFile)).errors).toContain('has no samples')
  })

  it('proposes a mapping, with its doubts on standard error', async () => {
    const { code, output, errors } = await map('--init', 'csv', good)
    expect(code).toBe(0)
    expect(JSON.parse(output)).toMatchObject({
      mapping: 1,
      source: { kind: 'csv', delimiter: ';' },
      invoice: { '/buyer/name': { from: 'Customer' } },
    })
    expect(errors).toContain('passerelle: not recognised: Colour\n')
  })

  it('prints its schema', async () => {
    const { code, output } = await map('--schema')
    expect([code, JSON.parse(output)]).toMatchObject([0, { title: expect.stringMatching(/version 1$/) as string }])
  })

  it.each([
    [[], 'map wants MAPPING FILE'],
    [[mappingFile], 'map wants MAPPING FILE'],
    [[mappingFile, join(folder, 'nowhere.csv')], 'is not there'],
    [[folder, good], 'is no file'],
    [[mappingFile, good, '--to', 'pdf', '-o', folder], '--to pdf: must be json, ubl or cii'],
    [[mappingFile, good, '--to', 'constructor', '-o', folder], '--to constructor: must be json, ubl or cii'],
    [[mappingFile, good, '--to', 'ubl'], '--to goes with --output'],
    [[mappingFile, good, '-o', good], 'is no folder'],
    [['--init', 'xml', good], '--init must be csv or json'],
    [['--init', 'csv'], 'map --init wants one FILE'],
  ])('refuses the command line %#', async (words, message) => {
    const { code, errors } = await map(...words)
    expect([code, errors]).toEqual([2, expect.stringContaining(message)])
  })
})
