import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Worker } from '../../../src/services/exchange/worker.ts'
import { memoryLog } from '../../support/log.ts'

/** Rows that fall due, claimed as a database would, and worked on until the test lets them end. */
function bench(concurrency: number) {
  const due: number[] = []
  const done: number[] = []
  const running = new Map<number, () => void>()
  const leaving = new Map<number, () => void>()
  const claims: number[] = []
  const log = memoryLog()
  const worker = new Worker<number>(
    {
      name: 'test',
      concurrency,
      claim: async most => {
        claims.push(most)
        await setImmediate()
        return due.splice(0, most)
      },
      work: (claim, leave) => {
        leaving.set(claim, leave)
        return new Promise<void>(resolve => running.set(claim, resolve)).then(() => void done.push(claim))
      },
    },
    log,
  )
  async function finish(claim: number): Promise<void> {
    running.get(claim)?.()
    running.delete(claim)
    await soon()
  }
  return { due, done, running, leaving, claims, log, worker, finish }
}

async function soon(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await setImmediate()
}

describe('a worker', () => {
  it('claims what is due up to its free places', async () => {
    const { due, running, worker } = bench(2)
    due.push(1, 2, 3)
    worker.wake()
    await soon()
    expect([...running.keys()]).toEqual([1, 2])
    expect(due).toEqual([3])
  })

  it('claims again when a place falls free and more may be due', async () => {
    const { due, running, worker, finish } = bench(2)
    due.push(1, 2, 3)
    worker.wake()
    await soon()
    await finish(1)
    expect([...running.keys()]).toEqual([2, 3])
  })

  it('gives the place of work that only waits to another, and the place is one place for all that', async () => {
    const { due, running, leaving, worker, finish } = bench(2)
    due.push(1, 2, 3, 4, 5)
    worker.wake()
    await soon()
    leaving.get(1)?.()
    leaving.get(1)?.()
    await soon()
    expect([...running.keys()]).toEqual([1, 2, 3])
    expect(worker.held()).toEqual([1, 2, 3])
    await finish(1)
    expect([...running.keys()]).toEqual([2, 3])
    await finish(2)
    expect([...running.keys()]).toEqual([3, 4])
  })

  it('lets no more than eight times its places be left', async () => {
    const { due, running, leaving, worker } = bench(1)
    due.push(...Array.from({ length: 20 }, (_, index) => index))
    worker.wake()
    for (let turn = 0; turn < 20; turn++) {
      await soon()
      leaving.get(turn)?.()
    }
    expect(running.size).toBe(9)
  })

  it('does not ask the database after each work when the last claim found little', async () => {
    const { due, claims, worker, finish } = bench(4)
    due.push(1, 2)
    worker.wake()
    await soon()
    await finish(1)
    await finish(2)
    expect(claims).toEqual([4])
  })

  it('sees a row that falls due while a claim is under way', async () => {
    const { due, running, worker } = bench(4)
    worker.wake()
    due.push(1)
    const late = setImmediate().then(() => {
      due.push(2)
      worker.wake()
    })
    await late
    await soon()
    expect(new Set(running.keys())).toEqual(new Set([1, 2]))
  })

  it('goes on after a work that throws', async () => {
    const log = memoryLog()
    const due = [1, 2]
    const done: number[] = []
    const worker = new Worker<number>(
      {
        name: 'test',
        concurrency: 1,
        claim: async most => due.splice(0, most),
        work: async claim => {
          if (claim === 1) throw new Error('broken')
          done.push(claim)
        },
      },
      log,
    )
    worker.wake()
    await soon()
    expect(done).toEqual([2])
    expect(log.events.map(({ event }) => event)).toEqual(['worker.failed'])
  })

  it('goes on after a claim that throws', async () => {
    const log = memoryLog()
    let broken = true
    const worked: number[] = []
    const worker = new Worker<number>(
      {
        name: 'test',
        concurrency: 1,
        claim: async () => {
          if (broken) throw new Error('database away')
          return worked.length === 0 ? [1] : []
        },
        work: async claim => void worked.push(claim),
      },
      log,
    )
    worker.wake()
    await soon()
    broken = false
    worker.wake()
    await soon()
    expect(worked).toEqual([1])
    expect(log.events.map(({ event }) => event)).toEqual(['worker.claim-failed'])
  })

  it('waits for what is under way when disposed, and claims nothing more', async () => {
    const { due, running, worker, finish } = bench(1)
    due.push(1, 2)
    worker.wake()
    await soon()
    let ended = false
    const disposing = worker[Symbol.asyncDispose]().then(() => (ended = true))
    await soon()
    expect(ended).toBe(false)
    await finish(1)
    await disposing
    expect([...running.keys()]).toEqual([])
    expect(due).toEqual([2])
  })
})
