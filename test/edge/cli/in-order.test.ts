import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { inOrder } from '../../../src/edge/cli/in-order.ts'

/** The later in the list, the sooner it is done. */
async function laterFirst(item: number): Promise<number> {
  for (let turns = 10 - item; turns > 0; turns--) await turn()
  return item
}

async function fail(item: number): Promise<number> {
  await turn()
  throw new Error(`item ${item}`)
}

describe('work on several items at once', () => {
  it('gives results in the order of the items, whichever is done first', async () => {
    const given: number[] = []
    for await (const result of inOrder([1, 2, 3, 4, 5, 6, 7], 3, laterFirst)) given.push(result)
    expect(given).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('never has more under way than it may', async () => {
    let [underWay, most] = [0, 0]
    const work = async (): Promise<void> => {
      most = Math.max(most, ++underWay)
      await turn()
      underWay--
    }
    for await (const _ of inOrder(Array.from({ length: 20 }), 4, work)) continue
    expect(most).toBe(4)
  })

  it('fails with the first failure, and leaves no other unhandled', async () => {
    await expect(Array.fromAsync(inOrder([1, 2, 3], 3, fail))).rejects.toThrow('item 1')
    await turn()
  })
})
