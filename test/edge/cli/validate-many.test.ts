import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli } from '../../../src/edge/cli/index.ts'
import { childrenNamed, attributeOf, parseXml, textOf } from '../../../src/wire/xml/index.ts'
import { invoiceCii, invoiceJson, invoiceUbl } from '../../support/invoices.ts'
import { run } from './program.ts'

const folder = mkdtempSync(join(tmpdir(), 'passerelle-many-'))
const noRules = join(folder, 'no-rules')
mkdirSync(noRules)

describe('a rules folder that is named', () => {
  it('must be there: a document is not judged by less than was asked for', async () => {
    const file = join(folder, 'invoice.xml')
    writeFileSync(file, invoiceUbl({ number: 'F-1', seller: '0225:391838042', buyer: '0225:732829320' }))
    const missing = join(folder, 'missing')
    const { code, errors } = await run(['validate', file, '--rules', missing], {})
    expect([code, errors]).toEqual([2, `passerelle: --rules ${missing} is no folder; see passerelle validate --help\n`])
  })
})
const facts = { number: 'F-1', seller: '0225:391838042', buyer: '0225:732829320' }
const ubl = invoiceUbl(facts)
const wrong = Buffer.from(String(ubl).replace(/(<cbc:PayableAmount[^>]*>)[^<]*/, '$11.00'))

interface Line {
  readonly file: string
  readonly syntax: string
  readonly valid: boolean
  readonly findings: readonly { readonly rule: string; readonly message: string }[]
}

async function validate(
  words: readonly string[],
  isScreen = false,
): Promise<{ code: number; output: string; errors: string }> {
  let [output, errors] = ['', '']
  const code = await runCli(['validate', ...words, '--rules', noRules], {
    output: { write: text => (output += String(text)) },
    errors: { write: text => (errors += String(text)), isTTY: isScreen },
    colours: false,
  })
  return { code, output, errors }
}

function lines(output: string): readonly Line[] {
  return output
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Line)
}

function kept(path: string, content: string | Buffer): string {
  const whole = join(folder, path)
  mkdirSync(join(whole, '..'), { recursive: true })
  writeFileSync(whole, content)
  return whole
}

const some = join(folder, 'some')
kept('some/b.XML', ubl)
kept('some/a/a.xml', invoiceCii(facts))
kept('some/a/note.txt', 'not looked at')
kept('some/c.json', JSON.stringify(invoiceJson(facts)))
kept('some/d.pdf', 'no PDF')

describe('the files of validate', () => {
  it('are also those that links below a folder lead to, but not what links to folders do', async () => {
    const linked = join(folder, 'linked')
    mkdirSync(linked)
    symlinkSync(join(some, 'b.XML'), join(linked, 'b.xml'))
    symlinkSync(linked, join(linked, 'again.xml'))
    symlinkSync(join(folder, 'nowhere'), join(linked, 'lost.xml'))
    const { output } = await validate([linked, '--json'])
    expect(lines(output).map(({ file, valid }) => [file.slice(linked.length), valid])).toEqual([['/b.xml', true]])
  })

  it('are those below a folder, in an order that does not change', async () => {
    const { code, output } = await validate([some, '--json'])
    expect(code).toBe(1)
    expect(lines(output).map(({ file, syntax, valid }) => [file.slice(some.length), syntax, valid])).toEqual([
      ['/a/a.xml', 'cii', true],
      ['/b.XML', 'ubl', true],
      ['/c.json', 'json', true],
      ['/d.pdf', 'unknown', false],
    ])
  })

  it('are those that fit a pattern which no shell has seen', async () => {
    const { code, output } = await validate([join(some, '**/*.xml'), join(some, 'c.*'), '--json'])
    expect([code, lines(output).map(({ file }) => file.slice(some.length))]).toEqual([0, ['/a/a.xml', '/c.json']])
  })

  it('are standard input for a hyphen', async () => {
    const { code, output } = await run(['validate', '-', '--json', '--rules', noRules], { input: String(ubl) })
    expect([code, lines(output)]).toMatchObject([0, [{ file: '-', syntax: 'ubl', valid: true }]])
  })

  it('may have a pattern as their name', async () => {
    const named = kept('odd/[a].xml', ubl)
    expect(await validate([named])).toMatchObject({ code: 0 })
  })
})

describe('many files', () => {
  it('are judged by threads and told in the order given, whatever some of them are', async () => {
    const files = Array.from({ length: 150 }, (_, index) => {
      const content = [ubl, wrong, Buffer.from('<a'), Buffer.from(''), invoiceUbl({ ...facts, lines: 300 })][index % 5]
      return kept(`many/${index}.xml`, content ?? '')
    })
    const { code, output } = await validate([...files, '--json'])
    expect(code).toBe(1)
    expect(lines(output).map(({ file }) => file)).toEqual(files)
    expect(
      lines(output)
        .slice(0, 5)
        .map(({ findings }) => findings.map(({ rule }) => rule)),
    ).toEqual([[], ['BR-CO-16'], ['xml'], ['document.empty'], []])
  })

  it('with a pack that is not there are wrong usage', async () => {
    const { code, errors } = await validate([join(folder, 'many'), '--pack', 'none'])
    expect([code, errors]).toEqual([2, 'passerelle: there is no pack none; imported are none\n'])
  })

  it('have a bar while they are judged, on a terminal and nowhere else', async () => {
    expect((await validate([some])).errors).toBe('')
    expect((await validate([some], true)).errors).toContain('█████████████████░░░░░░░░░░░░░ 2 of 4'.slice(-6))
    expect((await validate([some, '--json'], true)).errors).toBe('')
  })
})

describe('findings', () => {
  it('are told in French when that is asked for', async () => {
    const { output } = await validate([kept('wrong.xml', wrong), '--json', '--language', 'fr'])
    expect(lines(output)[0]?.findings[0]).toMatchObject({
      rule: 'BR-CO-16',
      message: expect.stringContaining('Montant'),
    })
  })
})

describe('--format sarif', () => {
  it('is one run with a result for each finding', async () => {
    const [bad, odd] = [kept('sarif/bad one.xml', wrong), kept('sarif/text.xml', 'text')]
    const { code, output } = await validate([bad, odd, kept('sarif/good.xml', ubl), '--format', 'sarif'])
    const log = JSON.parse(output)
    expect([code, log.version, log.runs.length]).toEqual([1, '2.1.0', 1])
    const [{ tool, results }] = log.runs
    expect(tool.driver).toEqual({ name: 'passerelle', rules: [{ id: 'BR-CO-16' }, { id: 'document.format' }] })
    expect(results).toMatchObject([
      {
        ruleId: 'BR-CO-16',
        ruleIndex: 0,
        level: 'error',
        message: { text: expect.stringContaining('BT-115') },
        locations: [
          {
            physicalLocation: { artifactLocation: { uri: `file://${bad.replace(' ', '%20')}` } },
            logicalLocations: [{ fullyQualifiedName: '/Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount' }],
          },
        ],
        properties: { layer: 'model', severity: 'fatal', pointer: '/totals/payable' },
      },
      { ruleId: 'document.format', ruleIndex: 1, properties: { layer: 'xsd', severity: 'fatal' } },
    ])
  })

  it('is whole without a finding', async () => {
    const { output } = await validate([kept('sarif/good.xml', ubl), '--format', 'sarif'])
    expect(JSON.parse(output).runs).toEqual([
      {
        language: 'en',
        columnKind: 'utf16CodeUnits',
        results: [],
        tool: { driver: { name: 'passerelle', rules: [] } },
      },
    ])
  })
})

describe('--format junit', () => {
  it('is one test case for each file, with its failure', async () => {
    const files = [
      kept('junit/good.xml', ubl),
      kept('junit/bad "&" one.xml', wrong),
      kept('junit/odd.xml', '<a\u0001/>'),
    ]
    const { code, output } = await validate([...files, '--format', 'junit'])
    const suites = parseXml(Buffer.from(output)).root
    const [suite] = childrenNamed(suites, '', 'testsuite')
    const cases = suite === undefined ? [] : childrenNamed(suite, '', 'testcase')
    expect(code).toBe(1)
    expect(
      [suites, suite].map(one => one && ['tests', 'failures', 'errors'].map(name => attributeOf(one, name))),
    ).toEqual([
      ['3', '2', '0'],
      ['3', '2', '0'],
    ])
    expect(cases.map(one => [attributeOf(one, 'classname'), attributeOf(one, 'name')])).toEqual([
      ['ubl', files[0]],
      ['ubl', files[1]],
      ['unknown', files[2]],
    ])
    const failures = cases.map(one =>
      childrenNamed(one, '', 'failure').map(failure => [attributeOf(failure, 'type'), textOf(failure)]),
    )
    expect(failures).toEqual([
      [],
      [['BR-CO-16', expect.stringMatching(/^fatal BR-CO-16 \/Invoice\/cac:LegalMonetaryTotal\/cbc:PayableAmount /)]],
      [['xml', expect.stringMatching(/^fatal xml /)]],
    ])
  })
})
