import { Client } from 'pg'
import { connectionSettings } from './pool.ts'

/*
 * Who works on a row. A process has a number, written into the rows it claims, and holds a session advisory lock on it through a
 * connection that does nothing else. The server frees the lock when the process dies; then anybody may give back its rows.
 * The same connection carries the notifications.
 *
 * Modes: held (lock and LISTEN are there), lost (reconnecting; nobody may claim), closed.
 */

export interface Claimant extends AsyncDisposable {
  /** Resolves once the lock is held; rejects when it cannot be had in time. The number stays the same for the life of the process. */
  number(): Promise<number>
  /** Calls the listeners of this process at once, and those of the others by one notification at most every few milliseconds. */
  announceWork(): void
  onWork(listener: () => void): Disposable
}

/** Space of the two-part advisory locks whose second part is a claimant's number. */
export const claimantLockSpace = 0x636c_6d74

const channel = 'passerelle_work'
const reconnectMilliseconds = 200
const holdMillisecondsMax = 15_000

/**
 * A notification takes a lock of the whole server at its commit, which would make every recording wait for the one before; so it goes
 * out beside them, seldom. It may get lost with this process, therefore all listeners are called from time to time anyway.
 */
const notifyEveryMilliseconds = 25
const callAnywayMilliseconds = 5000

export async function openClaimant(url: string): Promise<Claimant> {
  const claimant = new ConnectedClaimant(url)
  try {
    await claimant.number()
  } catch (failure) {
    await claimant[Symbol.asyncDispose]()
    throw failure
  }
  return claimant
}

class ConnectedClaimant implements Claimant {
  readonly #url: string
  readonly #listeners = new Set<() => void>()
  readonly #pulse: NodeJS.Timeout
  #client: Client | undefined
  #number: number | undefined
  #held: Promise<number>
  #notifying: NodeJS.Timeout | undefined
  #sending = false
  #closed = false

  constructor(url: string) {
    this.#url = url
    this.#held = this.#hold()
    this.#pulse = setInterval(() => this.#call(), callAnywayMilliseconds)
    this.#pulse.unref()
  }

  number(): Promise<number> {
    return this.#held
  }

  announceWork(): void {
    this.#call()
    this.#scheduleNotification()
  }

  onWork(listener: () => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    clearInterval(this.#pulse)
    clearTimeout(this.#notifying)
    this.#listeners.clear()
    await this.#held.catch(() => undefined)
    await this.#client?.end().catch(() => undefined)
  }

  /** Connects until the lock is held again. Claims of before are still ours unless another process has given them back meanwhile. */
  async #hold(): Promise<number> {
    const deadline = performance.now() + holdMillisecondsMax
    for (;;) {
      const client = new Client(connectionSettings(this.#url, 'passerelle claimant'))
      client.on('error', () => undefined)
      try {
        await client.connect()
        const number = await this.#lock(client)
        this.#client = client
        client.once('end', () => this.#lose())
        client.on('notification', ({ payload }) => {
          if (payload !== String(number)) this.#call()
        })
        return number
      } catch (failure) {
        await client.end().catch(() => undefined)
        if (this.#closed || performance.now() > deadline) throw failure
        await new Promise(resolve => setTimeout(resolve, reconnectMilliseconds))
      }
    }
  }

  /** Waits for the lock: after a broken connection the server may still hold it for the old one. */
  async #lock(client: Client): Promise<number> {
    if (this.#number === undefined) {
      const { rows } = await client.query<{ number: number }>(`select nextval('claimant') as number`)
      this.#number = rows[0]?.number
    }
    const number = this.#number
    if (number === undefined) throw new Error('no number for this process')
    await client.query('select pg_advisory_lock($1::integer, $2::integer)', [claimantLockSpace, number])
    await client.query(`listen ${channel}`)
    return number
  }

  #lose(): void {
    this.#client = undefined
    if (this.#closed) return
    this.#held = this.#retry()
    this.#held.catch(() => undefined)
  }

  /** Tries for ever, but lets those who wait know after each deadline. */
  async #retry(): Promise<number> {
    try {
      const number = await this.#hold()
      this.#call()
      return number
    } catch (failure) {
      setTimeout(() => this.#lose(), reconnectMilliseconds).unref()
      throw failure
    }
  }

  #call(): void {
    for (const listener of this.#listeners) listener()
  }

  /** One at a time: a connection answers one query after the other. */
  async #notify(): Promise<void> {
    this.#notifying = undefined
    if (this.#sending) return this.#scheduleNotification()
    this.#sending = true
    await this.#client?.query('select pg_notify($1, $2)', [channel, String(this.#number)]).catch(() => undefined)
    this.#sending = false
  }

  #scheduleNotification(): void {
    this.#notifying ??= setTimeout(() => void this.#notify(), notifyEveryMilliseconds).unref()
  }
}
