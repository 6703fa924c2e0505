import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { itShared } from '../support/shared.ts'

const main = fileURLToPath(new URL('../../conformance/official/main.ts', import.meta.url))

function official(...words: readonly string[]): Promise<{ code: number; output: string; errors: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, [main, ...words], (error, output, errors) =>
      resolve({ code: error === null ? 0 : Number(error.code), output, errors }),
    )
  })
}

describe('npm run official', () => {
  it('says that the data is not there, and where it looked', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'passerelle-official-'))
    const { code, output, errors } = await official('--data', folder)
    expect([code, output]).toEqual([2, ''])
    expect(errors).toContain(
      `the official data is not there (${join(folder, 'en16931')}); --data FOLDER says where it is`,
    )
  })

  it('knows its sections', async () => {
    const { code, errors } = await official('--only', 'everything')
    expect(code).toBe(2)
    expect(errors).toContain('--only takes one of cases, answers, round-trip, xsd, outside')
  })

  itShared('prints an object for every row', async () => {
    const { code, output } = await official('--only', 'round-trip', '--json')
    expect(code).toBe(0)
    const rows = output
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as object)
    expect(rows).toHaveLength(12)
    expect(rows.at(-1)).toMatchObject({
      section: 'round-trip',
      name: 'total',
      figures: { documents: 149, identical: 149, invoices: 147, 'lost unsaid': 0 },
    })
  })
})
