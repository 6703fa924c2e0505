export interface Measured<Result> {
  /** Median of the milliseconds of processor time of this thread, because others may share the machine. */
  readonly milliseconds: number
  /** Of the first time. */
  readonly result: Result
}

/**
 * What work costs once it is warm: half of the time it is repeated unmeasured, then at least three times. With no time for that, what
 * it costs the first and only time.
 */
export function measure<Result>(work: () => Result, milliseconds: number): Measured<Result> {
  const begin = processor()
  const result = work()
  const first = processor() - begin
  if (milliseconds === 0) return { milliseconds: first, result }
  rounds(work, milliseconds / 2)
  return { milliseconds: median(rounds(work, milliseconds / 2)), result }
}

/** The kernel counts the time of a thread in steps of some milliseconds: a round is long enough not to feel them. */
const roundMilliseconds = 150

function rounds(work: () => unknown, milliseconds: number): readonly number[] {
  const spent: number[] = []
  const begin = performance.now()
  while (spent.length < 3 || performance.now() - begin < milliseconds) {
    const [before, startedAt] = [processor(), performance.now()]
    let times = 0
    do {
      work()
      times++
    } while (performance.now() - startedAt < roundMilliseconds)
    spent.push((processor() - before) / times)
  }
  return spent
}

/** Milliseconds of processor time of this thread so far. */
function processor(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
