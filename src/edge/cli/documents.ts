import { availableParallelism } from 'node:os'
import { openEngine, type Engine } from '../../engine/index.ts'
import { systemClock } from '../../kernel/index.ts'
import type { Arguments } from './command.ts'
import { rulesFolderOf } from './rules.ts'

/** From here on a second core is worth the tenths of a second that a thread takes to load the packs. */
const manyFiles = 100

const largeOctets = 1024 * 1024

/** The engine for so many documents: in this thread for a few, in as many threads as there are cores for many. */
export function engineFor(given: Arguments, documents: number): Engine & { readonly atOnce: number } {
  const cores = Math.min(availableParallelism(), 16)
  const isSpread = documents >= manyFiles && cores > 1
  const engine = openEngine({
    rulesFolder: rulesFolderOf(given),
    clock: systemClock,
    threads: { count: isSpread ? cores : 1, secondsMax: 120, megabytesMax: 1024 },
    threadedFrom: isSpread ? 0 : largeOctets,
  })
  // Two for each thread: one is worked on while the next one is being read.
  return { ...engine, atOnce: isSpread ? cores * 2 : 1 }
}
