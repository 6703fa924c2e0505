import { randomBytes } from 'node:crypto'
import { readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Octets } from '../../../src/kernel/index.ts'
import { sweep } from '../../../src/services/exchange/sweep.ts'
import { type TestBlobs, blobFolder } from '../../support/blobs.ts'
import { handClock } from '../../support/clock.ts'
import { memoryLog } from '../../support/log.ts'
import { type TestDatabase, testDatabase } from '../../support/postgres.ts'
import { inboundRecord } from '../../support/records.ts'

let database: TestDatabase
let blobs: TestBlobs
beforeAll(async () => {
  database = await testDatabase()
  blobs = await blobFolder(10)
})
afterAll(async () => {
  await blobs?.[Symbol.asyncDispose]()
  await database?.[Symbol.asyncDispose]()
})

const now = Date.parse('2026-11-21T10:00:00Z')
const day = 24 * 60 * 60 * 1000

/** Octets in the blob store, written that long before now. */
async function stored(millisecondsAgo: number): Promise<Extract<Octets, { kind: 'stored' }>> {
  const writer = blobs.create()
  await writer.write(randomBytes(100))
  const octets = await writer.finish()
  if (octets.kind !== 'stored') throw new Error('kept in memory')
  const at = new Date(now - millisecondsAgo)
  utimesSync(join(blobs.folder, 'objects', octets.key.slice(0, 2), octets.key), at, at)
  return octets
}

function objects(): readonly string[] {
  return readdirSync(join(blobs.folder, 'objects'), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(({ name }) => name)
}

describe('a sweep', () => {
  it('removes what is a day old and named by no transmission, and nothing else', async () => {
    const store = await database.connect()
    const named = await stored(3 * day)
    await store.recordInbound(inboundRecord({ payload: named }))
    const forgotten = [await stored(3 * day), await stored(day + 1)]
    const young = await stored(day)
    writeFileSync(join(blobs.folder, 'objects', named.key.slice(0, 2), 'a-note.txt'), 'not ours')
    const log = memoryLog()
    const world = { clock: handClock('2026-11-21T10:00:00Z'), log, store, blobs }
    expect(await sweep(world)).toBe(2)
    expect(objects().toSorted()).toEqual([named.key, young.key, 'a-note.txt'].toSorted())
    expect(objects()).not.toContain(forgotten[0]?.key)
    expect(log.events).toMatchObject([{ event: 'exchange.swept', fields: { blobs: 2 } }])
    expect(await sweep(world)).toBe(0)
  })

  it('looks at more than it asks the database about at once', async () => {
    for (let count = 0; count < 510; count++) await stored(2 * day)
    const store = await database.connect()
    const world = { clock: handClock('2026-11-21T10:00:00Z'), log: memoryLog(), store, blobs }
    expect(await sweep(world)).toBe(510)
  })
})
