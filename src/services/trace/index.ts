import type { Step, StepName } from '../domain.ts'

type Detail = Step['detail']

/** Notes what an attempt did and how long each step took. */
export class StepRecorder {
  readonly steps: Step[] = []
  #since = process.hrtime.bigint()

  /** The step took the time since the last one. */
  note(name: StepName, detail: Detail): void {
    const now = process.hrtime.bigint()
    this.steps.push({ name, microseconds: Number((now - this.#since) / 1000n), detail })
    this.#since = now
  }

  /** Steps that somebody else timed. */
  append(steps: readonly Step[]): void {
    this.steps.push(...steps)
    this.#since = process.hrtime.bigint()
  }
}
