import { type Clock, type Instant, instantOf } from '../../src/kernel/index.ts'

/** A clock that a test turns by hand. */
export function handClock(at: string): Clock & { advance(milliseconds: number): void } {
  let now = instantOf(at)
  return {
    now: () => now,
    advance(milliseconds) {
      now = (now + milliseconds) as Instant
    },
  }
}
