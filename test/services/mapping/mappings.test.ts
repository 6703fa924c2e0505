import { describe, expect, it } from 'vitest'
import { instantOf } from '../../../src/kernel/index.ts'
import { createMappings } from '../../../src/services/mapping/index.ts'
import type { MappingKey, MappingStore } from '../../../src/services/ports.ts'
import type { TenantId } from '../../../src/services/domain.ts'
import { memoryMappings } from '../../support/tenants.ts'

/** Of the node. */
function own(name: string): MappingKey {
  return { tenant: undefined, name }
}

const at = instantOf('2026-11-21T10:00:00Z')
const document = JSON.stringify({
  mapping: 1,
  source: { kind: 'csv', rows: { kind: 'grouped', key: 'N' } },
  invoice: { '/number': 'N', '/issueDate': 'Date' },
})

function services(): { store: MappingStore; mappings: ReturnType<typeof createMappings> } {
  const { store } = memoryMappings(tenant => tenant === 'acme')
  return { store, mappings: createMappings({ clock: { now: () => at }, store }) }
}

it('only a mapping that can be used is kept', async () => {
  const { mappings, store } = services()
  expect(await mappings.save(own('a'), '{"mapping":2}')).toMatchObject({ kind: 'invalid', problems: [{}, {}, {}] })
  expect(await store.listMappings(undefined)).toEqual([])
  expect(await mappings.save(own('a'), document)).toEqual({
    kind: 'saved',
    mapping: { ...own('a'), document, changedAt: at },
  })
  expect(await store.findMapping(own('a'))).toEqual({ ...own('a'), document, changedAt: at })
})

it('a kept mapping whose terms are no more is a fault of ours, and says which', async () => {
  const { mappings, store } = services()
  await store.saveMapping({ ...own('old'), document: document.replace('/number', '/gone'), changedAt: at })
  await expect(mappings.tryOn(own('old'), Buffer.from('N;Date\n1;\n'))).rejects.toThrow(
    /^the mapping old can no longer be used: \/invoice\/~1gone is no term/,
  )
})

it('dates are far or near from the day of the clock', async () => {
  const { mappings } = services()
  await mappings.save(own('a'), document)
  const codes = async (date: string): Promise<readonly string[]> => {
    const outcome = await mappings.tryOn(own('a'), Buffer.from(`N;Date\n1;${date}\n`))
    return outcome.kind === 'tried' ? outcome.report.entries.map(({ code }) => code) : [outcome.kind]
  }
  expect(await codes('2026-11-21')).not.toContain('date.far')
  expect(await codes('2024-11-21')).toContain('date.far')
})

it('one invoice is mapped, also when its rows disagree in what the first one says', async () => {
  const { mappings } = services()
  await mappings.save(own('a'), document)
  expect(await mappings.mapOne(own('a'), Buffer.from('N;Date\n1;2026-11-03\n1;2026-11-04\n'))).toEqual({
    kind: 'mapped',
    json: { number: '1', issueDate: '2026-11-03' },
  })
  expect(await mappings.mapOne(own('a'), Buffer.from('N;Date\n1;\n2;\n'))).toEqual({ kind: 'not-one', invoices: 2 })
  expect(await mappings.mapOne(own('b'), Buffer.from('N;Date\n1;\n'))).toEqual({ kind: 'unknown' })
})

describe('mappings of a tenant', () => {
  const key = { tenant: 'acme' as TenantId, name: 'a' }

  it('are others than those of the node, under the same name', async () => {
    const { mappings } = services()
    await mappings.save(own('a'), document)
    expect(await mappings.find(key)).toBeUndefined()
    const other = document.replace('"/issueDate":"Date"', '"/issueDate":"Day"')
    expect(await mappings.save(key, other)).toMatchObject({ kind: 'saved', mapping: key })
    expect((await mappings.find(own('a')))?.document).toBe(document)
    const source = Buffer.from('N;Day\n1;2026-11-03\n')
    expect(await mappings.mapOne(key, source)).toMatchObject({ kind: 'mapped', json: { issueDate: '2026-11-03' } })
    expect(await mappings.mapOne(own('a'), source)).toMatchObject({ kind: 'unreadable' })
    expect(await mappings.remove(key)).toBe(true)
    expect(await mappings.list(undefined)).toMatchObject([{ name: 'a' }])
  })

  it('are kept for no tenant that is not there', async () => {
    const { mappings } = services()
    const nobody = { tenant: 'nobody' as TenantId, name: 'a' }
    expect(await mappings.save(nobody, document)).toEqual({ kind: 'unknown-tenant' })
  })

  it('are named with it where they can no longer be used', async () => {
    const { mappings, store } = services()
    await store.saveMapping({ ...key, document: document.replace('/number', '/gone'), changedAt: at })
    await expect(mappings.tryOn(key, Buffer.from('N;Date\n1;\n'))).rejects.toThrow(
      /^the mapping a of tenant acme can no/,
    )
  })
})

it('a thousand mappings are kept in one place, and one of them may still be replaced', async () => {
  const { mappings, store } = services()
  for (let number = 0; number < 1000; number++) {
    await store.saveMapping({ ...own(`m${number}`), document, changedAt: at })
  }
  expect(await mappings.save(own('one-more'), document)).toEqual({ kind: 'too-many', most: 1000 })
  expect(await mappings.save(own('m7'), document)).toMatchObject({ kind: 'saved' })
  expect(await mappings.save({ tenant: 'acme' as TenantId, name: 'one-more' }, document)).toMatchObject({
    kind: 'saved',
  })
})
