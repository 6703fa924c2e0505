import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type ExchangeWorld, createExchange } from '../../../src/services/exchange/index.ts'
import { systemClock } from '../../../src/kernel/index.ts'
import { memoryLog } from '../../support/log.ts'

/** A database without work that can be closed; afterwards every question fails. */
function idleStore() {
  let closed = false
  let looks = 0
  return {
    close: () => {
      closed = true
    },
    looks: () => looks,
    store: {
      recover: async () => 0,
      claimOutbound: async () => [],
      claimInbound: async () => [],
      onWork: () => ({ [Symbol.dispose]: () => {} }),
      nextDue: async () => {
        looks += 1
        // Slow enough to be closed under the question.
        await new Promise(resolve => setTimeout(resolve, 50))
        if (closed) throw new Error('the database is closed')
        return undefined
      },
    },
  }
}

function start() {
  const log = memoryLog()
  const database = idleStore()
  const world = { clock: systemClock, log, sendConcurrency: 1, processConcurrency: 1, store: database.store }
  return { log, database, exchange: createExchange(world as unknown as ExchangeWorld) }
}

describe('an exchange that stops', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('does not look into the database any more', async () => {
    const { exchange, database, log } = start()
    await exchange.start()
    await exchange[Symbol.asyncDispose]()
    database.close()
    await vi.advanceTimersByTimeAsync(5000)
    expect(database.looks()).toBe(0)
    expect(log.events).toEqual([])
  })

  it('does not complain of a database that was closed under its last look', async () => {
    const { exchange, database, log } = start()
    await exchange.start()
    await vi.advanceTimersByTimeAsync(1010)
    await exchange[Symbol.asyncDispose]()
    database.close()
    await vi.advanceTimersByTimeAsync(5000)
    expect(database.looks()).toBe(1)
    expect(log.events).toEqual([])
  })

  it('says it when the database fails while it works', async () => {
    const { exchange, database, log } = start()
    await exchange.start()
    database.close()
    await vi.advanceTimersByTimeAsync(1100)
    expect(log.events.map(({ event }) => event)).toEqual(['exchange.alarm-failed'])
    await exchange[Symbol.asyncDispose]()
  })
})
