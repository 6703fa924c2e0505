import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database } from '../../src/adapters/postgres/index.ts'
import { instantOf } from '../../src/kernel/index.ts'
import type { TenantId } from '../../src/services/domain.ts'
import type { MappingKey } from '../../src/services/ports.ts'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'

let database: TestDatabase
let store: Database
beforeAll(async () => {
  database = await testDatabase()
  store = await database.connect()
})
afterAll(() => database[Symbol.asyncDispose]())

/** Of the node. */
function own(name: string): MappingKey {
  return { tenant: undefined, name }
}

const at = instantOf('2026-11-21T10:00:00.123Z')
// Blanks, order and doubled keys are the author's.
const document = '{ "b": "é \\u0041",\n  "a": 1, "a": 2 }'

it('a mapping is found as it was saved, character for character', async () => {
  await store.saveMapping({ ...own('Sage'), document, changedAt: at })
  expect(await store.findMapping(own('Sage'))).toEqual({ ...own('Sage'), document, changedAt: at })
  expect(await store.findMapping(own('sage'))).toBeUndefined()
})

it('a mapping replaces the one of its name', async () => {
  const later = instantOf('2026-11-22T10:00:00Z')
  await store.saveMapping({ ...own('twice'), document, changedAt: at })
  await store.saveMapping({ ...own('twice'), document: '{}', changedAt: later })
  expect(await store.findMapping(own('twice'))).toEqual({ ...own('twice'), document: '{}', changedAt: later })
})

it('mappings are listed by name, without their documents', async () => {
  await store.saveMapping({ ...own('b'), document, changedAt: at })
  await store.saveMapping({ ...own('a'), document, changedAt: at })
  const names = (await store.listMappings(undefined)).filter(({ name }) => name.length === 1)
  expect(names).toEqual([
    { ...own('a'), changedAt: at },
    { ...own('b'), changedAt: at },
  ])
})

it('a mapping is removed once', async () => {
  await store.saveMapping({ ...own('gone'), document, changedAt: at })
  expect([await store.removeMapping(own('gone')), await store.removeMapping(own('gone'))]).toEqual([true, false])
  expect(await store.findMapping(own('gone'))).toBeUndefined()
})

it('mappings of tenants and those of the node are apart, also under the same name', async () => {
  const [acme, zenith] = ['acme', 'zenith'] as TenantId[] as [TenantId, TenantId]
  for (const id of [acme, zenith]) {
    const look = { color: undefined, footer: undefined }
    await store.saveTenant({ id, name: id, participants: [], look, changedAt: at })
  }
  const keys = [own('journal'), { tenant: acme, name: 'journal' }, { tenant: zenith, name: 'journal' }]
  for (const key of keys) {
    for (const document of ['{}', `{"of": "${key.tenant}"}`]) {
      expect(await store.saveMapping({ ...key, document, changedAt: at })).toBe('saved')
    }
  }
  for (const key of keys) {
    expect(await store.findMapping(key)).toEqual({ ...key, document: `{"of": "${key.tenant}"}`, changedAt: at })
  }
  expect(await store.listMappings(acme)).toEqual([{ tenant: acme, name: 'journal', changedAt: at }])
  expect(await store.removeMapping({ tenant: acme, name: 'journal' })).toBe(true)
  expect(await store.listMappings(acme)).toEqual([])
  expect(await store.findMapping({ tenant: zenith, name: 'journal' })).toBeDefined()
  expect(await store.findMapping(own('journal'))).toBeDefined()
})

it('no mapping is kept for a tenant that is not there', async () => {
  const key = { tenant: 'nobody' as TenantId, name: 'journal' }
  expect(await store.saveMapping({ ...key, document, changedAt: at })).toBe('unknown-tenant')
  expect(await store.findMapping(key)).toBeUndefined()
})
