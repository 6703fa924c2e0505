import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli } from '../../../src/edge/cli/index.ts'
import { invoiceCii, invoiceJson, invoiceUbl } from '../../support/invoices.ts'
import { run } from './program.ts'

const folder = mkdtempSync(join(tmpdir(), 'passerelle-convert-'))
const facts = { number: 'F-1', seller: '0225:391838042', buyer: '0225:732829320' }

function kept(name: string, content: Buffer | string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const sources = {
  ubl: kept('invoice.ubl.xml', invoiceUbl(facts)),
  cii: kept('invoice.cii.xml', invoiceCii(facts)),
  json: kept('invoice.json', JSON.stringify(invoiceJson(facts))),
}

async function convert(...words: string[]): Promise<{ code: number; output: string; errors: string }> {
  let [output, errors] = ['', '']
  const code = await runCli(['convert', ...words], {
    output: { write: text => (output += text) },
    errors: { write: text => (errors += text) },
    colours: false,
  })
  return { code, output, errors }
}

describe('convert', () => {
  it.each(Object.keys(sources) as (keyof typeof sources)[])('gives the same from %s', async from => {
    expect(await convert(sources[from], '--to', 'ubl')).toEqual({
      code: 0,
      output: String(invoiceUbl(facts)),
      errors: '',
    })
    expect(await convert(sources[from], '--to', 'cii')).toEqual({
      code: 0,
      output: String(invoiceCii(facts)),
      errors: '',
    })
    const { code, output, errors } = await convert(sources[from], '--to', 'json')
    expect([code, errors]).toEqual([0, ''])
    expect(JSON.parse(output)).toMatchObject({ number: 'F-1', totals: { payable: '174.60' } })
  })

  it('writes to a file and reads standard input', async () => {
    const path = join(folder, 'out.xml')
    const { code, output } = await run(['convert', '-', '--to', 'cii', '-o', path], {
      input: String(invoiceUbl(facts)),
    })
    expect([code, output, readFileSync(path, 'utf8')]).toEqual([0, '', String(invoiceCii(facts))])
  })

  it('names what is left out', async () => {
    const richer = String(invoiceUbl(facts))
      .replace('<cbc:IssueDate>', '<cbc:UUID>1</cbc:UUID><cbc:IssueDate>')
      .replace(
        '<cac:PaymentTerms>',
        '<cac:PaymentMeans><cbc:PaymentMeansCode>48</cbc:PaymentMeansCode><cac:CardAccount><cbc:PrimaryAccountNumberID>4111</cbc:PrimaryAccountNumberID><cbc:NetworkID>VISA</cbc:NetworkID></cac:CardAccount></cac:PaymentMeans><cac:PaymentTerms>',
      )
    const [file, path] = [kept('richer.xml', richer), join(folder, 'richer.cii.xml')]
    expect((await convert(file, '--to', 'cii')).errors).toBe(
      'passerelle: left out, as the model has no term for it: /Invoice/cbc:UUID\n' +
        'passerelle: Payment card network cannot be carried by CII: it has no place\n',
    )
    const told = JSON.parse((await convert(file, '--to', 'cii', '-o', path, '--json')).output)
    expect(told).toMatchObject({
      output: path,
      unmapped: ['/Invoice/cbc:UUID'],
      lost: [{ rule: 'cii.cannot-carry', pointer: '/paymentMeans/0/card/network' }],
    })
  })

  it('refuses what is no invoice with every finding', async () => {
    const { code, output, errors } = await convert(kept('order.xml', '<Order/>'), '--to', 'cii')
    expect([code, errors]).toEqual([1, 'passerelle: the document cannot be read as an invoice\n'])
    expect(output).toContain('document.root')
    expect(await convert(kept('text', 'hello'), '--to', 'ubl')).toMatchObject({ code: 1 })
  })

  it.each([
    ['without a syntax', []],
    ['for an unknown syntax', ['--to', 'edifact']],
    ['for --json without a file to write to', ['--to', 'ubl', '--json']],
    ['for a logo that is not there', ['--to', 'html', '--logo', join(folder, 'none.png')]],
    ['for a logo that nobody could show', ['--to', 'html', '--logo', sources.json]],
    ['for a file in a folder that is not there', ['--to', 'ubl', '-o', join(folder, 'none', 'out.xml')]],
    ['for packs, which a conversion does not ask', ['--to', 'ubl', '--rules', folder]],
  ])('is wrong usage %s', async (_, words) => {
    expect((await convert(sources.ubl, ...words)).code).toBe(2)
  })
})
