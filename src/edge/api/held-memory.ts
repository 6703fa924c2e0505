import { Problem, type RouteContext } from '../http/index.ts'

/** Seconds after which a request that found no memory is worth another try. */
const retryAfterSeconds = '10'

/** Calls it when the answer has left or the caller has hung up. */
export function whenAnswered({ res }: RouteContext, call: () => void): void {
  if (res.closed) call()
  else res.once('close', call)
}

interface Waiting {
  readonly octets: number
  begin(): void
}

/**
 * The memory for documents that must be held as a whole (a PDF is read from its end, a form is split), so that the bound holds for
 * several at once: what does not fit waits its turn, in the order of coming. One that is larger than all of it goes alone.
 */
export class HeldMemory {
  private readonly octetsMax: number
  private readonly waitSecondsMax: number
  private octets = 0
  private readonly waiting: Waiting[] = []

  constructor({ octetsMax, waitSecondsMax }: { readonly octetsMax: number; readonly waitSecondsMax: number }) {
    this.octetsMax = octetsMax
    this.waitSecondsMax = waitSecondsMax
  }

  /** Resolves when there is room, which the request has until its answer has left. Throws Problem `unavailable`. */
  async enter(ctx: RouteContext, octets: number): Promise<void> {
    const wanted = Math.min(octets, this.octetsMax)
    if (this.waiting.length > 0 || this.octets + wanted > this.octetsMax) await this.turn(ctx, wanted)
    else this.octets += wanted
    const leave = (): void => {
      this.octets -= wanted
      this.admit()
    }
    whenAnswered(ctx, leave)
  }

  private turn(ctx: RouteContext, octets: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(deadline)
        ctx.res.off('close', giveUp)
      }
      const place: Waiting = {
        octets,
        begin: () => {
          end()
          resolve()
        },
      }
      const giveUp = (): void => {
        end()
        this.waiting.splice(this.waiting.indexOf(place), 1)
        // Whoever stood behind may be small enough.
        this.admit()
        reject(
          new Problem('unavailable', 'the memory for large documents is taken by others', {
            headers: { 'Retry-After': retryAfterSeconds },
          }),
        )
      }
      const deadline = setTimeout(giveUp, this.waitSecondsMax * 1000)
      ctx.res.once('close', giveUp)
      this.waiting.push(place)
    })
  }

  private admit(): void {
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      if (this.octets + next.octets > this.octetsMax) return
      this.waiting.shift()
      this.octets += next.octets
      next.begin()
    }
  }
}
