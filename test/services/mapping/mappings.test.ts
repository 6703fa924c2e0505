import { expect, it } from 'vitest'
import { instantOf } from '../../../src/kernel/index.ts'
import { createMappings } from '../../../src/services/mapping/index.ts'
import { memoryMappings } from '../../support/mappings.ts'

const at = instantOf('2026-11-21T10:00:00Z')
const document = JSON.stringify({
  mapping: 1,
  source: { kind: 'csv', rows: { kind: 'grouped', key: 'N' } },
  invoice: { '/number': 'N', '/issueDate': 'Date' },
})

function services(): { store: ReturnType<typeof memoryMappings>; mappings: ReturnType<typeof createMappings> } {
  const store = memoryMappings()
  return { store, mappings: createMappings({ clock: { now: () => at }, store }) }
}

it('only a mapping that can be used is kept', async () => {
  const { mappings, store } = services()
  expect(await mappings.save('a', '{"mapping":2}')).toMatchObject({ kind: 'invalid', problems: [{}, {}, {}] })
  expect(await store.listMappings()).toEqual([])
  expect(await mappings.save('a', document)).toEqual({ kind: 'saved', mapping: { name: 'a', document, changedAt: at } })
  expect(await store.findMapping('a')).toEqual({ name: 'a', document, changedAt: at })
})

it('a kept mapping whose terms are no more is a fault of ours, and says which', async () => {
  const { mappings, store } = services()
  await store.saveMapping({ name: 'old', document: document.replace('/number', '/gone'), changedAt: at })
  await expect(mappings.tryOn('old', Buffer.from('N;Date\n1;\n'))).rejects.toThrow(
    /^the mapping old can no longer be used: \/invoice\/~1gone is no term/,
  )
})

it('dates are far or near from the day of the clock', async () => {
  const { mappings } = services()
  await mappings.save('a', document)
  const codes = async (date: string): Promise<readonly string[]> => {
    const outcome = await mappings.tryOn('a', Buffer.from(`N;Date\n1;${date}\n`))
    return outcome.kind === 'tried' ? outcome.report.entries.map(({ code }) => code) : [outcome.kind]
  }
  expect(await codes('2026-11-21')).not.toContain('date.far')
  expect(await codes('2024-11-21')).toContain('date.far')
})

it('one invoice is mapped, also when its rows disagree in what the first one says', async () => {
  const { mappings } = services()
  await mappings.save('a', document)
  expect(await mappings.mapOne('a', Buffer.from('N;Date\n1;2026-11-03\n1;2026-11-04\n'))).toEqual({
    kind: 'mapped',
    json: { number: '1', issueDate: '2026-11-03' },
  })
  expect(await mappings.mapOne('a', Buffer.from('N;Date\n1;\n2;\n'))).toEqual({ kind: 'not-one', invoices: 2 })
  expect(await mappings.mapOne('b', Buffer.from('N;Date\n1;\n'))).toEqual({ kind: 'unknown' })
})
