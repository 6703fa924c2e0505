import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { runCli } from '../../../src/edge/cli/index.ts'
import { mappingSchema } from '../../../src/wire/mapping/index.ts'

const page = readFileSync(new URL('../../../docs/mapping.md', import.meta.url), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'passerelle-mapping-docs-'))
const files = new Map(
  Array.from(page.matchAll(/```\w+ file=(\S+)\n(.*?)```/gs), ([, name = '', text = '']) => [name, text] as const),
)
for (const [name, text] of files) writeFileSync(join(folder, name), text)

async function map(...words: string[]): Promise<{ code: number; output: string; errors: string }> {
  let [output, errors] = ['', '']
  const code = await runCli(['map', ...words], {
    output: { write: text => (output += text) },
    errors: { write: text => (errors += text) },
    colours: false,
  })
  return { code, output, errors }
}

describe('the documentation of mappings', () => {
  it('has four files', () => {
    expect([...files.keys()]).toEqual(['export.csv', 'mapping.json', 'export.json', 'json-mapping.json'])
  })

  it.each(['mapping.json', 'json-mapping.json'])(
    '%s fits the published schema, and its samples are as expected',
    async name => {
      const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictTypes: false, strictRequired: false })
      const validate = ajv.compile(mappingSchema)
      expect(validate(JSON.parse(files.get(name) ?? '')), JSON.stringify(validate.errors)).toBe(true)
      const { code, output, errors } = await map('--test', join(folder, name))
      expect([code, output, errors]).toEqual([0, expect.stringContaining('as expected'), ''])
    },
  )

  it('shows the report as it is', async () => {
    const shown = /```text report\n(.*?)```/s.exec(page)?.[1]
    const { code, output } = await map(join(folder, 'mapping.json'), join(folder, 'export.csv'))
    expect(output.replaceAll(/.*date\.far(?:.*\n){3}/g, '')).toBe(shown)
    expect(code).toBe(1)
  })

  it('maps JSON into an invoice that can be sent', async () => {
    const { code, output } = await map(join(folder, 'json-mapping.json'), join(folder, 'export.json'), '--json')
    const [invoice = '', report = ''] = output.trim().split('\n')
    expect(JSON.parse(invoice)).toMatchObject({ number: '2026-17', canBeSent: true, place: '/invoices/0' })
    expect(JSON.parse(report)).toMatchObject({ report: { invoices: 1, canBeSent: 1, unused: [] } })
    expect(code).toBe(0)
  })
})
