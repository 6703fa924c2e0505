import type { Clock, Instant } from '../../kernel/index.ts'

export interface Cached<Value> {
  readonly value: Value
  /** 0 when it was fetched for this very caller. */
  readonly ageSeconds: number
}

interface Entry<Value> {
  readonly value: Value
  readonly since: Instant
  readonly until: Instant
}

/**
 * Keeps answers until their own time to live ends, the oldest out first when full. Callers that ask for the same key while its
 * answer is being fetched share that one fetch.
 */
export class SingleFlightCache<Value> {
  readonly #clock: Clock
  readonly #entriesMax: number
  readonly #entries = new Map<string, Entry<Value>>()
  readonly #underWay = new Map<string, Promise<Value>>()

  constructor(clock: Clock, entriesMax: number) {
    this.#clock = clock
    this.#entriesMax = entriesMax
  }

  /** `ttlSeconds` of a fetched value decides how long it is kept; 0 keeps it not at all. */
  async get(
    key: string,
    fetch: () => Promise<Value>,
    { ttlSeconds, fresh }: { readonly ttlSeconds: (value: Value) => number; readonly fresh: boolean },
  ): Promise<Cached<Value>> {
    const now = this.#clock.now()
    const entry = this.#entries.get(key)
    if (entry !== undefined && !fresh && entry.until > now) {
      return { value: entry.value, ageSeconds: Math.max(1, Math.round((now - entry.since) / 1000)) }
    }
    const running = this.#underWay.get(key) ?? this.#fetch(key, fetch, ttlSeconds)
    return { value: await running, ageSeconds: 0 }
  }

  #fetch(key: string, fetch: () => Promise<Value>, ttlSeconds: (value: Value) => number): Promise<Value> {
    const running = fetch()
      .then(value => {
        this.#keep(key, value, ttlSeconds(value))
        return value
      })
      .finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, running)
    return running
  }

  #keep(key: string, value: Value, ttlSeconds: number): void {
    this.#entries.delete(key)
    if (ttlSeconds <= 0) return
    const since = this.#clock.now()
    this.#entries.set(key, { value, since, until: (since + ttlSeconds * 1000) as Instant })
    if (this.#entries.size > this.#entriesMax) {
      const oldest = this.#entries.keys().next()
      if (!oldest.done) this.#entries.delete(oldest.value)
    }
  }
}
