import type { Clock } from '../../kernel/index.ts'
import type { ExchangeStore, Log } from '../ports.ts'

export interface AlarmWorld {
  readonly clock: Clock
  readonly log: Log
  readonly store: Pick<ExchangeStore, 'nextDue'>
}

/** Without news a waiting row is looked for this often at least. */
const sleepMillisecondsMax = 60_000

/** Wakes the sender when the next waiting row falls due: one of ours at once when it is settled, those of others by looking. */
export class Alarm implements Disposable {
  readonly #world: AlarmWorld
  readonly #ring: () => void
  #timer: NodeJS.Timeout | undefined
  #rings = Number.POSITIVE_INFINITY
  #look: NodeJS.Timeout | undefined
  #stopped = false

  constructor(world: AlarmWorld, ring: () => void) {
    this.#world = world
    this.#ring = ring
  }

  /** Looks into the database soon, at most once per second whatever the traffic. */
  set(): void {
    if (this.#stopped) return
    this.#look ??= setTimeout(() => void this.#lookForNext(), 1000).unref()
  }

  /** Rings then, unless it rings earlier anyway. */
  ringAt(at: number): void {
    if (this.#stopped || at >= this.#rings) return
    clearTimeout(this.#timer)
    this.#rings = at
    const sleep = Math.max(0, at - this.#world.clock.now())
    this.#timer = setTimeout(() => {
      this.#rings = Number.POSITIVE_INFINITY
      this.#ring()
      this.set()
    }, sleep).unref()
  }

  async #lookForNext(): Promise<void> {
    const latest = this.#world.clock.now() + sleepMillisecondsMax
    try {
      this.ringAt(Math.min((await this.#world.store.nextDue()) ?? latest, latest))
    } catch (cause) {
      // Who stops meanwhile closes the database under this look.
      if (!this.#stopped) this.#world.log.error('exchange.alarm-failed', { cause })
      this.ringAt(latest)
    } finally {
      this.#look = undefined
    }
  }

  [Symbol.dispose](): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    clearTimeout(this.#look)
  }
}
