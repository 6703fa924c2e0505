import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli } from '../../../src/edge/cli/index.ts'
import { invoiceJson, invoiceUbl } from '../../support/invoices.ts'

const folder = mkdtempSync(join(tmpdir(), 'passerelle-rules-cli-'))
let count = 0

/** The command line over one store, with what it says as JSON and in words. */
function program(): (...words: string[]) => Promise<{ code: number; lines: readonly Line[]; text: string }> {
  const store = join(folder, `store-${++count}`)
  return async (...words) => {
    let [output, errors] = ['', '']
    const code = await runCli(['rules', ...words, '--rules', store], {
      output: { write: text => (output += text) },
      errors: { write: text => (errors += text) },
      colours: false,
    })
    const lines = words.includes('--json') ? output.trimEnd().split('\n').filter(Boolean) : []
    return { code, lines: lines.map(line => JSON.parse(line) as Line), text: output + errors }
  }
}

type Line = Readonly<Record<string, unknown>>

function folderWith(files: Readonly<Record<string, string | Buffer>>): string {
  const place = join(folder, `source-${++count}`)
  mkdirSync(place)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(place, name), content)
  return place
}

function rules(...checks: readonly string[]): string {
  return `<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2"><title>Mine</title>
    <ns prefix="ubl" uri="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>
    <ns prefix="cbc" uri="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"/>
    <pattern><rule context="/ubl:Invoice">${checks.join('')}</rule></pattern></schema>`
}

const number = '<assert id="NUMBER" flag="fatal" test="cbc:ID">a number</assert>'
const schema = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" version="2.0"><xs:element name="thing" type="xs:string"/></xs:schema>`
const failing = `<testSet xmlns="http://difi.no/xsd/vefa/validator/1.0"><test><assert><success>NUMBER</success></assert>
  <Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/></test></testSet>`

describe('rules import', () => {
  it('says which files of a folder it passed over and why, and imports the others', async () => {
    const run = program()
    const source = folderWith({ 'mine-1.0.sch': rules(number), 'other.xsd': '<a/>' })
    const { code, lines } = await run('import', source, '--json')
    expect(code).toBe(1)
    expect(lines).toMatchObject([
      { name: 'mine' },
      { error: { file: 'other.xsd', message: 'passed over: other.xsd: the root is no xs:schema' } },
    ])
    const { text } = await run('import', source)
    expect(text).toContain('passerelle: passed over: other.xsd: the root is no xs:schema')
  })

  it('brings rules and schemas of a folder, and list shows both', async () => {
    const run = program()
    const source = folderWith({ 'mine-1.0.sch': rules(number), 'thing.xsd': schema })
    const { code, lines } = await run('import', source, '--json')
    expect(code).toBe(0)
    expect(lines).toMatchObject([
      { kind: 'rules', name: 'mine', version: '1.0', syntax: 'ubl', checks: 1, active: true, state: 'by-name' },
      { kind: 'schema', name: 'thing-xsd', version: '2.0', entries: [{ root: '{}thing' }], state: 'in-force' },
    ])
    expect((await run('list', '--json')).lines).toEqual(lines)
    const { text } = await run('list')
    expect(text).toMatch(/^mine@1\.0 +ubl +1 checks {2}run by name only {2}mine-1\.0\.sch$/m)
    expect(text).toMatch(/^thing-xsd@2\.0 +xsd +1 files +in force {2}thing\.xsd$/m)
  })

  it('takes just one kind, and says for which documents rules are', async () => {
    const run = program()
    const source = folderWith({ 'mine-1.0.sch': rules(number), 'thing.xsd': schema })
    const told = ['--profile', 'urn:x:*', '--profile', 'urn:y', '--process', 'B1', '--country', 'fr']
    const { lines } = await run('import', source, '--kind', 'rules', '--order', '7', ...told, '--json')
    expect(lines).toMatchObject([
      {
        name: 'mine',
        order: 7,
        state: 'in-force',
        applies: [{ profiles: ['urn:x:*', 'urn:y'], processes: ['B1'], countries: ['FR'] }],
      },
    ])
  })

  it('shows the unit tests, and ends with 1 when one fails', async () => {
    const run = program()
    const source = folderWith({ 'mine-1.0.sch': rules(number), 'tests.xml': failing })
    const { code, text } = await run('import', source)
    expect(code).toBe(1)
    expect(text).toContain('not active')
    expect(text).toContain('unit tests: 0 passed, 1 failed')
    expect(text).toContain('tests.xml#1: NUMBER finds something wrong')
    const refused = await run('activate', 'mine@1.0')
    expect([refused.code, refused.text]).toEqual([1, expect.stringContaining('--force ignores that')])
    const forced = await run('import', source, '--force', '--json')
    expect([forced.code, forced.lines]).toMatchObject([
      0,
      [{ active: true, tests: { passed: 0, failed: 1 }, failures: ['tests.xml#1: NUMBER finds something wrong'] }],
    ])
  })
})

describe('rules activate and deactivate', () => {
  it('switch a release and set its days', async () => {
    const run = program()
    await run('import', join(folderWith({ 'mine-1.0.sch': rules(number) }), 'mine-1.0.sch'), '--profile', '*')
    expect((await run('deactivate', 'mine@1.0')).text).toContain('not active')
    expect((await run('list', '--json')).lines).toMatchObject([{ active: false, state: 'inactive' }])
    const { lines } = await run('activate', 'mine@1.0', '--from', '2100-01-01', '--to', '2100-12-31', '--json')
    expect(lines).toMatchObject([{ active: true, state: 'not-yet', validFrom: '2100-01-01', validTo: '2100-12-31' }])
    expect((await run('list')).text).toContain('not yet in force (from 2100-01-01 to 2100-12-31)')
    expect(await run('activate', 'mine@2.0')).toMatchObject({
      code: 2,
      text: expect.stringContaining('no pack mine@2.0'),
    })
  })
})

describe('rules diff', () => {
  const facts = { number: 'F-1', seller: '0225:391838042', buyer: '0225:552081317' }
  const old = rules(
    number,
    '<assert id="GONE" test="true()">gone</assert>',
    '<assert id="TEXT" test="true()">one</assert>',
    '<assert id="STRICTER" flag="warning" test="cbc:Note[2]">two notes</assert>',
  )
  const next = rules(
    number,
    '<assert id="TEXT" test="true()">[TEXT]-two</assert>',
    '<assert id="STRICTER" flag="fatal" test="cbc:Note[2]">two notes</assert>',
    '<assert id="NEW" flag="warning" test="cbc:Note[3]">three notes</assert>',
  )

  async function withBoth(): Promise<ReturnType<typeof program>> {
    const run = program()
    const source = folderWith({ 'mine-1.0.sch': old, 'mine-2.0.sch': next })
    await run('import', source, '--profile', '*')
    return run
  }

  it('names the checks that are added, removed or changed', async () => {
    const run = await withBoth()
    const { code, lines } = await run('diff', 'mine@1.0', 'mine@2.0', '--json')
    expect(code).toBe(0)
    expect(lines).toMatchObject([
      {
        old: 'mine@1.0',
        new: 'mine@2.0',
        added: [{ id: 'NEW', severity: 'warning', message: 'three notes' }],
        removed: [{ id: 'GONE' }],
        changed: [
          { id: 'TEXT', what: ['message'], old: { message: 'one' }, new: { message: 'two' } },
          { id: 'STRICTER', what: ['severity'], old: { severity: 'warning' }, new: { severity: 'fatal' } },
        ],
      },
    ])
    const { text } = await run('diff', 'mine@1.0', 'mine@2.0')
    expect(text).toContain('mine@1.0 → mine@2.0: 1 added, 1 removed, 2 changed')
    expect(text).toContain('    severity was warning\n    severity is  fatal')
  })

  it('names the documents whose findings differ, and passes over those that the rules are not for', async () => {
    const run = await withBoth()
    const files = folderWith({
      'a.xml': invoiceUbl(facts),
      'b.xml': '<b/>',
      'c.json': JSON.stringify(invoiceJson(facts)),
    })
    const { lines } = await run('diff', 'mine@1.0', 'mine@2.0', files, '--json')
    expect(lines.slice(1)).toEqual([
      {
        document: join(files, 'a.xml'),
        old: { valid: true },
        new: { valid: false },
        added: ['fatal STRICTER', 'warning NEW'],
        removed: ['warning STRICTER'],
      },
      { documents: 1, differing: 1, others: 2 },
    ])
    const { text } = await run('diff', 'mine@1.0', 'mine@2.0', files)
    expect(text).toContain('a.xml: valid → invalid\n  + fatal STRICTER')
    expect(text).toContain('1 documents judged, 1 of them differ; 2 others are not of these rules')
  })

  it('wants two packs of rules that are there', async () => {
    const run = await withBoth()
    await run('import', folderWith({ 'thing.xsd': schema }))
    expect((await run('diff', 'mine@1.0', 'mine@3.0')).text).toContain('there is no pack mine@3.0')
    expect((await run('diff', 'mine@1.0', 'thing-xsd@2.0')).text).toContain('only rules are compared')
  })
})

describe('wrong usage', () => {
  it.for([
    ['activate', 'x@1'],
    ['deactivate', 'x@1'],
    ['diff', 'mine@1.0', 'x@1'],
    ['diff', 'thing-xsd@2.0', 'mine@1.0'],
  ])('is %j, a pack that is not there', async words => {
    const run = program()
    await run('import', folderWith({ 'mine-1.0.sch': rules(number), 'thing.xsd': schema }))
    const { code, lines } = await run(...words, '--json')
    expect([code, lines]).toMatchObject([2, [{ error: { code: 'unknown-pack' } }]])
  })

  it.for([
    [['list', 'x'], 'rules list takes no name'],
    [['activate'], 'rules activate wants one NAME@VERSION'],
    [['deactivate', 'a', 'b'], 'rules deactivate wants one NAME@VERSION'],
    [['diff', 'a'], 'rules diff wants NAME@OLD NAME@NEW'],
    [['import', folder, '--kind', 'x'], '--kind takes rules or schema'],
    [['import', folder, '--name', '../../x'], '--name takes small letters'],
    [['import', 'nowhere'], 'nowhere is not there'],
    [['activate', 'x@1', '--from', 'today'], '--from must be a day'],
  ] as const)('is %j', async ([words, message]) => {
    const { code, text } = await program()(...words)
    expect([code, text]).toEqual([2, expect.stringContaining(message)])
  })
})
