import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database } from '../../src/adapters/postgres/index.ts'
import type { Registration } from '../../src/services/domain.ts'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'

let database: TestDatabase
let store: Database
beforeAll(async () => {
  database = await testDatabase()
  store = await database.connect()
})
afterAll(() => database[Symbol.asyncDispose]())

function registration(value: string, name = 'Acheteur «SA»'): Registration {
  return {
    participant: { scheme: 'iso6523-actorid-upis', value },
    name,
    services: [
      { documentType: { scheme: 'busdox-docid-qns', value: 'a::b##c::2.1' }, process: { scheme: 'p', value: 'urn:x' } },
    ],
  }
}

it('a registration is found as it was saved, whatever the case of the participant', async () => {
  const saved = registration('0225:AbC')
  await store.saveRegistration(saved)
  expect(await store.findRegistration(saved.participant)).toEqual(saved)
  expect(await store.findRegistration(registration('0225:aBc').participant)).toEqual(saved)
})

it('a registration replaces the whole one of before', async () => {
  await store.saveRegistration(registration('0225:one'))
  const changed = { ...registration('0225:ONE', 'New'), services: [] }
  await store.saveRegistration(changed)
  expect(await store.findRegistration(changed.participant)).toEqual(changed)
})

it('a removed registration is not found', async () => {
  const { participant } = registration('0225:gone')
  await store.saveRegistration(registration('0225:gone'))
  await store.removeRegistration(participant)
  await store.removeRegistration(participant)
  expect(await store.findRegistration(participant)).toBeUndefined()
})
