import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../../src/edge/cli/index.ts'
import { invoiceUbl, nextNumber } from '../support/invoices.ts'
import { startNetwork, type TestNetwork, type TestNode } from '../support/network.ts'
import { sendInvoice, settled } from '../support/rest.ts'

const left = '0225:391838042'
const right = '0225:732829320'
const folder = mkdtempSync(join(tmpdir(), 'passerelle-rules-diff-'))

let network: TestNetwork
let one: TestNode
let two: TestNode
beforeAll(async () => {
  network = await startNetwork()
  one = await network.start('one', { participants: [left] })
  two = await network.start('two', { participants: [right] })
})
afterAll(() => network?.[Symbol.asyncDispose]())

/** Rules of UBL that demand this many notes. */
function release(version: string, notes: number): string {
  const file = join(folder, `notes-${version}.sch`)
  writeFileSync(
    file,
    `<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2">
      <ns prefix="ubl" uri="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>
      <ns prefix="cbc" uri="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"/>
      <pattern><rule context="/ubl:Invoice"><assert id="NOTES" test="count(cbc:Note) >= ${notes}">notes</assert></rule></pattern></schema>`,
  )
  return file
}

async function rules(...words: string[]): Promise<{ code: number; lines: readonly Record<string, unknown>[] }> {
  let output = ''
  const code = await runCli(['rules', ...words, '--json', '--rules', join(folder, 'rules')], {
    output: { write: text => (output += text) },
    errors: { write: () => undefined },
    colours: false,
  })
  const lines = output.trimEnd().split('\n').filter(Boolean)
  return { code, lines: lines.map(line => JSON.parse(line) as Record<string, unknown>) }
}

/** `{'http.port': 1}` as a file has it: `{http: {port: 1}}`. */
function nested(values: Readonly<Record<string, unknown>>): object {
  const tree: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(values)) {
    const names = key.split('.')
    const last = names.pop() ?? ''
    let branch = tree
    for (const name of names) branch = (branch[name] ??= {}) as Record<string, unknown>
    branch[last] = value
  }
  return tree
}

describe('the next release of rules', () => {
  it('is tried on the documents that a node keeps, the newest first', async () => {
    const numbers = [nextNumber(), nextNumber(), nextNumber()]
    for (const number of numbers) {
      const { transmissionId } = await sendInvoice(one.url, invoiceUbl({ number, seller: left, buyer: right }))
      await settled(one, transmissionId, 'delivered')
    }
    await two.node.exchange.settle()
    await rules('import', release('1.0', 0))
    await rules('import', release('2.0', 3))
    const config = network.file('two.json', JSON.stringify(nested(two.values)))
    const { code, lines } = await rules('diff', 'notes@1.0', 'notes@2.0', '--config', config, '--documents', '2')
    expect(code).toBe(0)
    const [, newest, before, total] = lines
    for (const [line, number] of [
      [newest, numbers[2]],
      [before, numbers[1]],
    ] as const) {
      expect(line).toMatchObject({ old: { valid: true }, new: { valid: false }, added: ['error NOTES'], removed: [] })
      expect(line?.['document']).toMatch(new RegExp(` ${number}$`))
    }
    expect(total).toEqual({ documents: 2, differing: 2, others: 0 })
  })
})
