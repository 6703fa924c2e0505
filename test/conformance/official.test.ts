import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { itShared, sharedData, sharedPath } from '../support/shared.ts'

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

  itShared('names the case that is decided otherwise than it says', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'passerelle-official-'))
    for (const place of ['en16931/unit/Invoice-unit-UBL', 'en16931/unit/CreditNote-unit-UBL', 'en16931/unit/CII']) {
      mkdirSync(join(folder, place), { recursive: true })
    }
    for (const place of ['peppol-bis', 'france']) mkdirSync(join(folder, place))
    for (const place of ['en16931/schematron', 'peppol-bis/3.0.19', 'peppol-bis/3.0.21']) {
      symlinkSync(sharedPath(place), join(folder, place))
    }
    const file = 'en16931/unit/Invoice-unit-UBL/BR-02.xml'
    const spoiled = sharedData(file)
      .toString()
      .replace('<success>BR-02<', '<error>BR-02<')
      .replace('/success>', '/error>')
    writeFileSync(join(folder, file), spoiled)
    const { code, output } = await official('--data', folder, '--only', 'cases')
    expect(code).toBe(1)
    expect(output).toContain(`${file}#1: failure of BR-02 expected\n\n1 differences`)
    expect(output).toMatch(/total +2 +1\n/)
  })
})
