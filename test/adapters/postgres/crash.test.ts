import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '../../../src/adapters/postgres/index.ts'
import type { Instant } from '../../../src/kernel/index.ts'
import { type TestDatabase, testDatabase } from '../../support/postgres.ts'
import { runScript } from '../../support/processes/index.ts'
import { inboundRecord, outboundRecord, settlement, start } from '../../support/records.ts'

const later = (start + 60_000) as Instant

let database: TestDatabase
let store: Database
beforeAll(async () => {
  database = await testDatabase()
  store = await database.connect()
})
afterAll(() => database[Symbol.asyncDispose]())
beforeEach(async () => {
  await store.claimInbound(100, later)
  await store.claimOutbound(100, later)
})

describe('kill -9 of a process that holds claims', () => {
  it.each([
    ['unsealed: they wait as if they had never been claimed', 'open', 'queued'],
    ['sealed: nobody knows whether they were posted', 'seal', 'indeterminate'],
  ])('%s', async (_, seal, state) => {
    const outbound = [outboundRecord(), outboundRecord()]
    const inbound = inboundRecord()
    for (const record of outbound) await store.recordOutbound(record)
    await store.recordInbound(inbound)
    const holder = await runScript('claimer', database.url, seal)
    expect(holder.line).toBe('3')
    expect(await store.recover(later)).toBe(0)
    await holder.kill()
    await expect.poll(() => store.recover(later), { timeout: 5000 }).toBe(3)
    for (const { id } of outbound) expect(await store.findTransmission(id)).toMatchObject({ state })
    const claims = await store.claimOutbound(100, later)
    expect(claims.map(({ transmission }) => transmission.id).toSorted()).toEqual(
      outbound.map(({ id }) => id).toSorted(),
    )
    expect(claims.every(({ sealed }) => (sealed !== undefined) === (seal === 'seal'))).toBe(true)
    expect(await store.claimInbound(100, later)).toHaveLength(1)
  })
})

/** Ends the connections of that name, as a restart of the server would. */
async function terminate(name: string): Promise<void> {
  const admin = new Client(database.url)
  await admin.connect()
  await admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = $1`,
    [name],
  )
  await admin.end()
}

describe('a connection that the server ends', () => {
  it('and that proved this process alive comes back with the same claims', async () => {
    const record = outboundRecord()
    await store.recordOutbound(record)
    const [claim] = await store.claimOutbound(100, later)
    await terminate('passerelle claimant')
    await expect.poll(() => store.claimOutbound(100, later), { timeout: 5000 }).toEqual([])
    const other = await database.connect()
    expect(await other.recover(later)).toBe(0)
    await store.settleOutbound(claim!.transmission.id, settlement())
    expect(await store.findTransmission(record.id)).toMatchObject({ state: 'delivered' })
  })

  it('and that was idle in the pool is not used again', async () => {
    await store.recordInbound(inboundRecord())
    await terminate('passerelle')
    const record = inboundRecord()
    await expect
      .poll(() => store.recordInbound(record).catch(() => undefined))
      .toEqual({ kind: 'recorded', state: 'received' })
    expect(await store.findTransmission(record.id)).toBeDefined()
  })

  it('still announces work to the others', async () => {
    const other = await database.connect()
    let called = 0
    using listening = other.onWork(() => called++)
    await terminate('passerelle claimant')
    await expect.poll(() => called, { timeout: 5000 }).toBeGreaterThan(0)
    const before = called
    await store.recordInbound(inboundRecord())
    await expect.poll(() => called, { timeout: 5000 }).toBeGreaterThan(before)
    expect(listening).toBeDefined()
  })
})
