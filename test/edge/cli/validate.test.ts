import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli } from '../../../src/edge/cli/index.ts'
import { readInvoice, writeUbl } from '../../../src/wire/invoice/index.ts'
import { invoiceJson } from '../../support/invoices.ts'
import { itShared, sharedPath } from '../../support/shared.ts'

const folder = mkdtempSync(join(tmpdir(), 'passerelle-validate-'))
const packs = join(folder, 'packs')

async function cli(...words: string[]): Promise<{ code: number; output: string; errors: string }> {
  let [output, errors] = ['', '']
  const code = await runCli([...words, '--rules', packs], {
    output: { write: text => (output += text) },
    errors: { write: text => (errors += text) },
    colours: false,
  })
  return { code, output, errors }
}

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

function rule(id: string, test: string, flag: string): string {
  return `<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2"><pattern><rule context="/*">
    <assert id="${id}" flag="${flag}" test="${test}">${id} is broken</assert></rule></pattern></schema>`
}

const empty = join(folder, 'empty')
mkdirSync(empty)
const good = file('good.xml', '<a><b/></a>')
const bad = file('bad.xml', '<a/>')
await cli('rules', 'import', file('needs-b-1.0.sch', rule('B', 'b', 'fatal')))
await cli('rules', 'import', file('likes-c-1.0.sch', rule('C', 'c', 'warning')))
await cli(
  'rules',
  'import',
  file('later.sch', rule('D', 'd', 'fatal')),
  '--name',
  'needs-b',
  '--version',
  '2.0',
  '--valid-from',
  '2100-01-01',
)

describe('rules', () => {
  it('lists what was imported', async () => {
    const { code, output } = await cli('rules', 'list', '--json')
    const listed = output
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as { name: string; version: string })
    expect(code).toBe(0)
    expect(listed.map(({ name, version }) => `${name}@${version}`)).toEqual([
      'likes-c@1.0',
      'needs-b@1.0',
      'needs-b@2.0',
    ])
    expect((await cli('rules', 'list')).output).toContain('needs-b@1.0')
  })

  it('says why a file cannot be imported', async () => {
    const { code, errors } = await cli('rules', 'import', file('wrong.sch', rule('X', 'f()', 'fatal')))
    expect([code, errors]).toEqual([1, 'passerelle: assert X in line 2: there is no function f()\n'])
  })

  it.for([
    [['rules', 'import'], 'rules import wants a PATH'],
    [['rules', 'nonsense'], 'rules knows import, list, activate, deactivate, diff'],
    [['rules', 'import', good, '--version', '../x'], '--version takes letters'],
    [['rules', 'import', good, '--valid-from', '2026-02-30'], '--valid-from must be a day'],
  ] as const)('%j is wrong usage', async ([words, message]) => {
    const { code, errors } = await cli(...words)
    expect(code).toBe(2)
    expect(errors).toContain(message)
  })
})

describe('validate', () => {
  it('gives one line for each file in the order given', async () => {
    const { code, output } = await cli('validate', good, bad, good, '--pack', 'needs-b', '--json')
    const lines = output
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as { file: string; valid: boolean })
    expect(code).toBe(1)
    expect(lines.map(({ file, valid }) => [file, valid])).toEqual([
      [good, true],
      [bad, false],
      [good, true],
    ])
    expect(lines[1]).toEqual({
      file: bad,
      syntax: 'other',
      profile: null,
      valid: false,
      packs: ['needs-b@1.0'],
      findings: [
        { rule: 'B', severity: 'fatal', layer: 'pack', location: '/a', pointer: null, message: 'B is broken' },
      ],
    })
  })

  it('takes warnings for valid, and several packs', async () => {
    const { code, output } = await cli('validate', good, '--pack', 'needs-b', '--pack', 'likes-c')
    expect([code, output]).toEqual([0, `${good}: valid (needs-b@1.0, likes-c@1.0)\n  C  /a  C is broken\n`])
  })

  it('takes the version of the day', async () => {
    const { code, output } = await cli('validate', good, '--pack', 'needs-b', '--as-of', '2100-01-01', '--json')
    expect([code, JSON.parse(output)]).toMatchObject([1, { packs: ['needs-b@2.0'], findings: [{ rule: 'D' }] }])
  })

  it('tells what is no XML, and goes on', async () => {
    const broken = file('broken.xml', '<a>')
    const { code, output } = await cli('validate', broken, good, '--pack', 'needs-b', '--json')
    const [first, second] = output
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as object)
    expect(code).toBe(1)
    expect(first).toMatchObject({
      syntax: 'unknown',
      valid: false,
      findings: [{ rule: 'xml', layer: 'xsd', severity: 'fatal' }],
    })
    expect(second).toMatchObject({ file: good, valid: true })
  })

  it('without a pack checks by the model', async () => {
    const reading = readInvoice(invoiceJson({ number: 'F-1', seller: '0225:391838042', buyer: '0225:552081317' }))
    const ubl = 'invoice' in reading ? writeUbl(reading.invoice).toString() : ''
    const right = file('right.xml', ubl)
    const wrong = file('wrong.xml', ubl.replace(/(<cbc:PayableAmount[^>]*>)[^<]*/, '$11.00'))
    const { code, output } = await cli('validate', right, wrong, '--json')
    const [first, second] = output
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as object)
    expect(code).toBe(1)
    expect(first).toMatchObject({ syntax: 'ubl', valid: true, packs: [] })
    expect(second).toMatchObject({
      valid: false,
      findings: [{ rule: 'BR-CO-16', layer: 'model', pointer: '/totals/payable' }],
    })
  })

  it.for([
    [['validate'], 'validate wants FILE'],
    [['validate', join(folder, 'none.xml')], 'is not there'],
    [['validate', join(folder, '*.nothing')], 'fits no file'],
    [['validate', empty], 'holds no .xml, .pdf or .json file'],
    [['validate', good, '--language', 'de'], '--language de: must be en or fr'],
    [['validate', good, '--format', 'html'], '--format html: must be sarif or junit'],
    [['validate', good, '--pack', 'nonsense'], 'there is no pack nonsense; imported are likes-c, needs-b'],
    [['validate', good, '--pack', 'needs-b@9'], 'there is no pack needs-b@9'],
    [['validate', good, '--as-of', 'today'], '--as-of must be a day'],
  ] as const)('%j is wrong usage', async ([words, message]) => {
    const { code, errors } = await cli(...words)
    expect(code).toBe(2)
    expect(errors).toContain(message)
  })

  itShared('judges an official example by the official rules', async () => {
    const source = sharedPath('en16931/schematron/EN16931-UBL-validation-preprocessed.sch')
    expect((await cli('rules', 'import', source, '--name', 'en16931-ubl', '--version', '1.3.16')).code).toBe(0)
    const example = sharedPath('peppol-bis/examples/3.0.21/base-example.xml')
    const { code, output } = await cli('validate', example, '--pack', 'en16931-ubl', '--json')
    expect([code, JSON.parse(output)]).toMatchObject([
      0,
      { valid: true, packs: ['en16931-ubl@1.3.16'], syntax: 'ubl', findings: [] },
    ])
  })
})
