import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database } from '../../src/adapters/postgres/index.ts'
import { instantOf } from '../../src/kernel/index.ts'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'

let database: TestDatabase
let store: Database
beforeAll(async () => {
  database = await testDatabase()
  store = await database.connect()
})
afterAll(() => database[Symbol.asyncDispose]())

const at = instantOf('2026-11-21T10:00:00.123Z')
// Blanks, order and doubled keys are the author's.
const document = '{ "b": "é \\u0041",\n  "a": 1, "a": 2 }'

it('a mapping is found as it was saved, character for character', async () => {
  await store.saveMapping({ name: 'Sage', document, changedAt: at })
  expect(await store.findMapping('Sage')).toEqual({ name: 'Sage', document, changedAt: at })
  expect(await store.findMapping('sage')).toBeUndefined()
})

it('a mapping replaces the one of its name', async () => {
  const later = instantOf('2026-11-22T10:00:00Z')
  await store.saveMapping({ name: 'twice', document, changedAt: at })
  await store.saveMapping({ name: 'twice', document: '{}', changedAt: later })
  expect(await store.findMapping('twice')).toEqual({ name: 'twice', document: '{}', changedAt: later })
})

it('mappings are listed by name, without their documents', async () => {
  await store.saveMapping({ name: 'b', document, changedAt: at })
  await store.saveMapping({ name: 'a', document, changedAt: at })
  const names = (await store.listMappings()).filter(({ name }) => name.length === 1)
  expect(names).toEqual([
    { name: 'a', changedAt: at },
    { name: 'b', changedAt: at },
  ])
})

it('a mapping is removed once', async () => {
  await store.saveMapping({ name: 'gone', document, changedAt: at })
  expect([await store.removeMapping('gone'), await store.removeMapping('gone')]).toEqual([true, false])
  expect(await store.findMapping('gone')).toBeUndefined()
})
