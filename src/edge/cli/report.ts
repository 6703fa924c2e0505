import type { Verdict } from '../../services/documents/index.ts'

/** The verdict on one file: a line of --json. */
export interface FileVerdict extends Verdict {
  readonly file: string
}

/** Takes verdicts in the order of the files and writes them as they come, or at the end. */
export interface VerdictReport {
  add(verdict: FileVerdict): void
  end(): void
}
