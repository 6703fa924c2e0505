import type { Log } from '../ports.ts'

export interface WorkerSource<Claim> {
  readonly name: string
  /** Most claims under way at once. */
  readonly concurrency: number
  claim(most: number): Promise<readonly Claim[]>
  /**
   * Settles its claim in every case; a rejection is a bug or a dead database, and the claim is given back by recovery. `leave` gives
   * the place to another while this work only waits for somebody else.
   */
  work(claim: Claim, leave: () => void): Promise<void>
}

/** A free place that was set aside; exactly one of begin and release ends it. */
export interface Place<Claim> {
  begin(claim: Claim): void
  release(): void
}

/** Work that has left its place is bounded too: so many times the places. */
const leftMaxTimes = 8

/**
 * Claims due rows while there are free places and hands each to `work`.
 *
 * Modes: idle (nothing due, waits for wake()), claiming (one claim query under way), full (no free place; the next finished work claims
 * again). wake() during a claim makes the claim run once more, so that a row committed meanwhile is never left lying.
 */
export class Worker<Claim> implements AsyncDisposable {
  readonly #source: WorkerSource<Claim>
  readonly #log: Log
  readonly #underWay = new Map<Promise<void>, Claim>()
  #reserved = 0
  /** How much of what is under way has left its place. */
  #left = 0
  #claiming: Promise<void> | undefined
  #wokenMeanwhile = false
  /** The last claim filled every free place, so that more rows may be due. */
  #more = false
  #stopped = false

  constructor(source: WorkerSource<Claim>, log: Log) {
    this.#source = source
    this.#log = log
  }

  /** Something may be due. Cheap; call it as often as you like. */
  wake(): void {
    if (this.#stopped) return
    if (this.#claiming !== undefined) {
      this.#wokenMeanwhile = true
      return
    }
    const run = this.#claimAll().finally(() => {
      this.#claiming = undefined
      if (this.#wokenMeanwhile) this.wake()
    })
    this.#claiming = run
  }

  /**
   * Sets a place aside for a row that is about to be recorded as claimed, which saves the claim. undefined when none is free or older
   * rows may be waiting for it.
   */
  reserve(): Place<Claim> | undefined {
    if (this.#free() <= 0 || this.#more || this.#claiming !== undefined || this.#stopped) return undefined
    this.#reserved++
    return {
      begin: claim => {
        this.#reserved--
        this.#begin(claim)
      },
      release: () => {
        this.#reserved--
      },
    }
  }

  /** What is being worked on. */
  held(): readonly Claim[] {
    return [...this.#underWay.values()]
  }

  /** Resolves when nothing is claimed and nothing under way, as of the last wake(). */
  async idle(): Promise<void> {
    while (this.#claiming !== undefined || this.#underWay.size + this.#reserved > 0) {
      await this.#claiming
      if (this.#underWay.size > 0) await Promise.race(this.#underWay.keys())
      // A reserved place waits for a commit that somebody else is making.
      else if (this.#reserved > 0) await new Promise(resolve => setTimeout(resolve, 5))
    }
  }

  /** Claims nothing more and waits for what is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true
    await this.idle()
  }

  async #claimAll(): Promise<void> {
    try {
      for (;;) {
        this.#wokenMeanwhile = false
        const free = this.#free()
        this.#more = free <= 0
        if (free <= 0 || this.#stopped) return
        const claims = await this.#source.claim(free)
        for (const claim of claims) this.#begin(claim)
        this.#more = claims.length === free
        if (!this.#more) return
      }
    } catch (cause) {
      this.#log.error('worker.claim-failed', { worker: this.#source.name, cause })
    }
  }

  #free(): number {
    return this.#source.concurrency - (this.#underWay.size - this.#left) - this.#reserved
  }

  #begin(claim: Claim): void {
    let hasLeft = false
    const leave = (): void => {
      if (hasLeft || this.#left >= this.#source.concurrency * leftMaxTimes) return
      hasLeft = true
      this.#left++
      if (this.#more) this.wake()
    }
    const running = this.#source
      .work(claim, leave)
      .catch((cause: unknown) => this.#log.error('worker.failed', { worker: this.#source.name, cause }))
      .finally(() => {
        this.#underWay.delete(running)
        if (hasLeft) this.#left--
        // Who has left its place must not do so once more.
        hasLeft = true
        if (this.#more) this.wake()
      })
    this.#underWay.set(running, claim)
  }
}
