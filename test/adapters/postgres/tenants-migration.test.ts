import type { Knex } from 'knex'
import { Client } from 'pg'
import { expect, it } from 'vitest'
import { up as exchange } from '../../../migrations/0001_exchange.ts'
import { up as verdict } from '../../../migrations/0002_verdict.ts'
import { up as blobs } from '../../../migrations/0003_blobs.ts'
import { up as mappings } from '../../../migrations/0004_mappings.ts'
import { up as exceptions } from '../../../migrations/0005_exceptions.ts'
import { migrateDatabase } from '../../../src/adapters/postgres/index.ts'
import { instantOf } from '../../../src/kernel/index.ts'
import type { TenantId } from '../../../src/services/domain.ts'
import { testDatabase } from '../../support/postgres.ts'

const before = {
  '0001_exchange': exchange,
  '0002_verdict': verdict,
  '0003_blobs': blobs,
  '0004_mappings': mappings,
  '0005_exceptions': exceptions,
}

it('mappings that are there when tenants come are those of the node, and can be replaced', async () => {
  await using database = await testDatabase()
  const client = new Client(database.url)
  await client.connect()
  try {
    await client.query('drop schema public cascade; create schema public')
    await client.query('create table migration (name text primary key, applied_at timestamptz not null default now())')
    const runner = { raw: (sql: string) => client.query(sql) } as unknown as Knex
    for (const [name, up] of Object.entries(before)) {
      await up(runner)
      await client.query('insert into migration (name) values ($1)', [name])
    }
    await client.query(`insert into mapping values ('sage', '{ "as": "written" }', '2026-11-21T10:00:00Z')`)
  } finally {
    await client.end()
  }
  const [first] = await migrateDatabase(database.url)
  expect(first).toBe('0006_tenants')

  const store = await database.connect()
  const key = { tenant: undefined, name: 'sage' }
  const changedAt = instantOf('2026-11-21T10:00:00Z')
  expect(await store.findMapping(key)).toEqual({ ...key, document: '{ "as": "written" }', changedAt })
  expect(await store.saveMapping({ ...key, document: '{}', changedAt })).toBe('saved')
  expect(await store.listMappings(undefined)).toEqual([{ ...key, changedAt }])
  expect(await store.listMappings('sage' as TenantId)).toEqual([])
})
