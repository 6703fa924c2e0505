import type { Clock, Instant } from '../../kernel/index.ts'

/**
 * Keeps one slow peer from holding up the others: as long as it answers in time it may have every place of the sender, once it lets
 * a message wait it gets no more than its share.
 */
export class PeerShares {
  readonly #clock: Clock
  readonly #share: number
  readonly #slowAfterMilliseconds: number
  /** When each message under way to a peer began, oldest first. */
  readonly #underWay = new Map<string, Set<{ readonly since: Instant }>>()

  constructor(clock: Clock, options: { readonly share: number; readonly slowAfterMilliseconds: number }) {
    this.#clock = clock
    this.#share = options.share
    this.#slowAfterMilliseconds = options.slowAfterMilliseconds
  }

  /** Counts a message to the peer (an origin) as under way until it is disposed. undefined: the peer is slow and has its share. */
  enter(origin: string): Disposable | undefined {
    const underWay = this.#underWay.get(origin) ?? new Set()
    const [oldest] = underWay
    const now = this.#clock.now()
    if (oldest && underWay.size >= this.#share && now - oldest.since >= this.#slowAfterMilliseconds) return undefined
    const message = { since: now }
    this.#underWay.set(origin, underWay.add(message))
    return {
      [Symbol.dispose]: () => {
        underWay.delete(message)
        if (underWay.size === 0) this.#underWay.delete(origin)
      },
    }
  }
}
