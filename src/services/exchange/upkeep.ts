import type { Log } from '../ports.ts'
import { type SweepWorld, sweep } from './sweep.ts'

/** How often a node looks for rows of processes that died without it noticing. */
const recoverEveryMilliseconds = 30_000
/** How often, and how long after the start, octets that nobody names are looked for. */
const sweepEveryMilliseconds = 24 * 60 * 60 * 1000
const sweepAfterMilliseconds = 60_000

/** What a running node does from time to time: gives back what dead processes held, and sweeps what they left. */
export class Upkeep implements Disposable {
  readonly #world: SweepWorld & { readonly log: Log }
  readonly #recover: () => Promise<void>
  #recovery: NodeJS.Timeout | undefined
  #sweeping: NodeJS.Timeout | undefined
  #stopped = false

  constructor(world: SweepWorld, recover: () => Promise<void>) {
    this.#world = world
    this.#recover = recover
  }

  start(): void {
    const { log } = this.#world
    this.#recovery = setInterval(() => {
      this.#recover().catch((cause: unknown) => log.error('exchange.recover-failed', { cause }))
    }, recoverEveryMilliseconds).unref()
    this.#sweeping = setTimeout(() => void this.#sweep(), sweepAfterMilliseconds).unref()
  }

  async #sweep(): Promise<void> {
    try {
      await sweep(this.#world)
    } catch (cause) {
      this.#world.log.error('exchange.sweep-failed', { cause })
    }
    if (!this.#stopped) this.#sweeping = setTimeout(() => void this.#sweep(), sweepEveryMilliseconds).unref()
  }

  [Symbol.dispose](): void {
    this.#stopped = true
    clearInterval(this.#recovery)
    clearTimeout(this.#sweeping)
  }
}
