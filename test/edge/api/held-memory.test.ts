import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { HeldMemory } from '../../../src/edge/api/index.ts'
import type { RouteContext } from '../../../src/edge/http/index.ts'

/** A request, as much as the memory looks at; `end` sends its answer. */
function request(): { readonly ctx: RouteContext; readonly end: () => void } {
  const res = Object.assign(new EventEmitter(), { closed: false })
  return {
    ctx: { res } as unknown as RouteContext,
    end: () => {
      res.closed = true
      res.emit('close')
    },
  }
}

/** Enters, and writes down when it is in. */
function entering(
  held: HeldMemory,
  octets: number,
  log: number[],
): { readonly end: () => void; readonly done: Promise<void> } {
  const { ctx, end } = request()
  return { end, done: held.enter(ctx, octets).then(() => void log.push(octets)) }
}

describe('the memory for large documents', () => {
  it('is for as many as fit, and the others wait in the order of coming', async () => {
    const held = new HeldMemory({ octetsMax: 100, waitSecondsMax: 60 })
    const log: number[] = []
    const first = entering(held, 60, log)
    await first.done
    const second = entering(held, 50, log)
    // It would fit, but not before who came before it.
    const third = entering(held, 10, log)
    await new Promise(setImmediate)
    expect(log).toEqual([60])
    first.end()
    await Promise.all([second.done, third.done])
    expect(log).toEqual([60, 50, 10])
  })

  it('is all for one that is larger than it', async () => {
    const held = new HeldMemory({ octetsMax: 100, waitSecondsMax: 60 })
    const log: number[] = []
    const large = entering(held, 1000, log)
    await large.done
    const small = entering(held, 1, log)
    await new Promise(setImmediate)
    expect(log).toEqual([1000])
    large.end()
    await small.done
  })

  it('is refused to who has waited too long, and those behind go on', async () => {
    const held = new HeldMemory({ octetsMax: 100, waitSecondsMax: 0.05 })
    const log: number[] = []
    await entering(held, 60, log).done
    const second = entering(held, 50, log)
    const third = entering(held, 40, log)
    await expect(second.done).rejects.toMatchObject({ code: 'unavailable', headers: { 'Retry-After': '10' } })
    await third.done
    expect(log).toEqual([60, 40])
  })

  it('is not kept for a caller who has hung up', async () => {
    const held = new HeldMemory({ octetsMax: 100, waitSecondsMax: 60 })
    const log: number[] = []
    const first = entering(held, 100, log)
    await first.done
    const waiting = entering(held, 100, log)
    waiting.end()
    await expect(waiting.done).rejects.toMatchObject({ code: 'unavailable' })
    const gone = request()
    gone.end()
    first.end()
    await held.enter(gone.ctx, 100)
    await entering(held, 100, log).done
  })
})
