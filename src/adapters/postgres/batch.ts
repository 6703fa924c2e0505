/**
 * Gathers concurrent calls of one kind into one statement and one commit: while one batch is on its way the next gathers.
 * A call alone starts at once, with the other calls of the same turn of the event loop. Each caller gets its own result. When a statement fails because of what it holds, its calls
 * are repeated one by one, so that a bad row harms nobody else; when the connection failed all of them fail.
 */
export class Batch<Item, Result> {
  readonly #run: (items: readonly Item[]) => Promise<readonly Result[]>
  readonly #octetsOf: (item: Item) => number
  #waiting: Call<Item, Result>[] = []
  #busy = false

  /** `run` returns one result per item, in order. */
  constructor(run: (items: readonly Item[]) => Promise<readonly Result[]>, octetsOf: (item: Item) => number = () => 0) {
    this.#run = run
    this.#octetsOf = octetsOf
  }

  add(item: Item): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    this.#waiting.push({ item, resolve, reject })
    if (!this.#busy) void this.#work()
    return promise
  }

  async #work(): Promise<void> {
    this.#busy = true
    do {
      // What else this turn of the event loop brings goes along: a tenth more exchanges, since a statement costs more than its rows.
      await new Promise(resolve => setImmediate(resolve))
      await this.#settle(this.#take())
    } while (this.#waiting.length > 0)
    this.#busy = false
  }

  /** The oldest calls that fit; at least one. */
  #take(): readonly Call<Item, Result>[] {
    let octets = 0
    let count = 0
    for (const { item } of this.#waiting) {
      octets += this.#octetsOf(item)
      if (count > 0 && (octets > octetsMax || count >= itemsMax)) break
      count++
    }
    return this.#waiting.splice(0, count)
  }

  async #settle(calls: readonly Call<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#run(calls.map(({ item }) => item))
      calls.forEach((call, index) => call.resolve(results[index] as Result))
    } catch (failure) {
      const only = calls.length === 1 ? calls[0] : undefined
      if (only !== undefined) only.reject(failure)
      else if (isConnectionFailure(failure)) for (const call of calls) call.reject(failure)
      else for (const call of calls) await this.#settle([call])
    }
  }
}

interface Call<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (failure: unknown) => void
}

const itemsMax = 64
const octetsMax = 4_000_000

/** The server did not judge the statement; it, or the way to it, is gone. Classes 08 and 57 of SQLSTATE, errors of the system and of the pool. */
function isConnectionFailure(failure: unknown): boolean {
  if (!(failure instanceof Error)) return false
  const { code } = failure as { code?: unknown }
  if (typeof code === 'string') return /^(08|57P|E[A-Z]+$)/.test(code)
  return /connection (terminated|ended)|not queryable|acquiring a connection/i.test(failure.message)
}
