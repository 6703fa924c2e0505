import type { BlobKey, Clock } from '../../kernel/index.ts'
import type { BlobStore, ExchangeStore, Log } from '../ports.ts'

export interface SweepWorld {
  readonly clock: Clock
  readonly log: Log
  readonly store: Pick<ExchangeStore, 'findNamed'>
  readonly blobs: Pick<BlobStore, 'list' | 'remove'>
}

/** No commit takes as long: what is older and not named never will be. */
const youngMilliseconds = 24 * 60 * 60 * 1000

const batchMax = 500

/**
 * Removes octets that no transmission names: those of a process that was killed between writing them and its commit. Returns how many.
 * May run in many nodes at once.
 */
export async function sweep(world: SweepWorld): Promise<number> {
  let removed = 0
  let batch: BlobKey[] = []
  const before = world.clock.now() - youngMilliseconds
  for await (const { key, at } of world.blobs.list()) {
    if (at >= before) continue
    batch.push(key)
    if (batch.length < batchMax) continue
    removed += await removeUnnamed(world, batch)
    batch = []
  }
  removed += await removeUnnamed(world, batch)
  if (removed > 0) world.log.warn('exchange.swept', { blobs: removed })
  return removed
}

async function removeUnnamed({ store, blobs }: SweepWorld, keys: readonly BlobKey[]): Promise<number> {
  if (keys.length === 0) return 0
  const named = await store.findNamed(keys)
  const unnamed = keys.filter(key => !named.has(key))
  for (const key of unnamed) await blobs.remove(key)
  return unnamed.length
}
