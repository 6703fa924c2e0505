import type { Knex } from 'knex'
import { up as exchange } from '../../../migrations/0001_exchange.ts'
import { up as verdict } from '../../../migrations/0002_verdict.ts'
import { up as blobs } from '../../../migrations/0003_blobs.ts'
import { up as exceptions } from '../../../migrations/0005_exceptions.ts'
import { up as mappings } from '../../../migrations/0004_mappings.ts'
import { up as tenants } from '../../../migrations/0006_tenants.ts'

/** In order, for ever: a migration that has been released is not changed. */
const migrations: readonly { readonly name: string; readonly up: (database: Knex) => Promise<void> }[] = [
  { name: '0001_exchange', up: exchange },
  { name: '0002_verdict', up: verdict },
  { name: '0003_blobs', up: blobs },
  { name: '0004_mappings', up: mappings },
  { name: '0005_exceptions', up: exceptions },
  { name: '0006_tenants', up: tenants },
]

/** Key of the advisory lock that lets one node migrate while the others wait; a dead node holds none, unlike a row of a lock table. */
const migrationLock = 0x6d696772

/**
 * Brings the database to the newest shape, all in one transaction: either every missing migration ran or none. Safe to call from many nodes at once.
 * Returns the names of those it ran.
 */
export async function migrate(database: Knex): Promise<readonly string[]> {
  return database.transaction(async transaction => {
    await transaction.raw('select pg_advisory_xact_lock(?)', [migrationLock])
    await transaction.raw(
      `create table if not exists migration (name text primary key, applied_at timestamptz not null default now())`,
    )
    const applied = new Set(await transaction('migration').pluck<string[]>('name'))
    const missing = migrations.filter(({ name }) => !applied.has(name))
    for (const { name, up } of missing) {
      await up(transaction)
      await transaction('migration').insert({ name })
    }
    return missing.map(({ name }) => name)
  })
}
