import { describe, expect, it } from 'vitest'
import { SingleFlightCache } from '../../../src/services/directory/cache.ts'
import { handClock } from '../../support/clock.ts'

const forTen = { ttlSeconds: () => 10, fresh: false }

function cacheOf(entriesMax = 10) {
  const clock = handClock('2026-11-21T10:00:00Z')
  let fetches = 0
  const cache = new SingleFlightCache<number>(clock, entriesMax)
  const fetch = async (): Promise<number> => ++fetches
  return { clock, cache, fetch, fetches: () => fetches }
}

describe('the cache of look-ups', () => {
  it('answers from memory until the time to live ends, and says how old the answer is', async () => {
    const { clock, cache, fetch } = cacheOf()
    expect(await cache.get('a', fetch, forTen)).toEqual({ value: 1, ageSeconds: 0 })
    clock.advance(9_000)
    expect(await cache.get('a', fetch, forTen)).toEqual({ value: 1, ageSeconds: 9 })
    clock.advance(1_000)
    expect(await cache.get('a', fetch, forTen)).toEqual({ value: 2, ageSeconds: 0 })
  })

  it('keeps nothing whose time to live is zero', async () => {
    const { cache, fetch } = cacheOf()
    await cache.get('a', fetch, { ttlSeconds: () => 0, fresh: false })
    expect((await cache.get('a', fetch, forTen)).value).toBe(2)
  })

  it('goes past the memory when asked for a fresh answer, and remembers that one', async () => {
    const { cache, fetch } = cacheOf()
    await cache.get('a', fetch, forTen)
    expect((await cache.get('a', fetch, { ...forTen, fresh: true })).value).toBe(2)
    expect((await cache.get('a', fetch, forTen)).value).toBe(2)
  })

  it('lets everybody who asks meanwhile share one fetch', async () => {
    const { cache, fetch, fetches } = cacheOf()
    const all = await Promise.all([cache.get('a', fetch, forTen), cache.get('a', fetch, forTen)])
    expect(all.map(({ value }) => value)).toEqual([1, 1])
    expect(fetches()).toBe(1)
  })

  it('forgets a fetch that failed', async () => {
    const { cache, fetch } = cacheOf()
    await expect(cache.get('a', () => Promise.reject(new Error('away')), forTen)).rejects.toThrow('away')
    expect((await cache.get('a', fetch, forTen)).value).toBe(1)
  })

  it('drops the oldest entry when it is full', async () => {
    const { cache, fetch } = cacheOf(2)
    for (const key of ['a', 'b', 'c']) await cache.get(key, fetch, forTen)
    expect((await cache.get('b', fetch, forTen)).value).toBe(2)
    expect((await cache.get('a', fetch, forTen)).value).toBe(4)
  })
})
