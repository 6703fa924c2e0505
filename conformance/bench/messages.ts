import type { Route } from '../../src/services/domain.ts'

/** What the driver of a benchmark and the node in its child process say to each other. */
export type Command =
  | { readonly kind: 'open'; readonly values: Readonly<Record<string, unknown>> }
  /** A closed loop: so many clients, each submits, waits for the receipt, submits again. */
  | {
      readonly kind: 'exchange'
      readonly count: number
      readonly clients: number
      readonly octets: number
      readonly route: Route
    }
  | { readonly kind: 'stop' }

export type Reply =
  | { readonly kind: 'opened'; readonly url: string }
  | {
      readonly kind: 'done'
      readonly seconds: number
      readonly milliseconds: readonly number[]
      readonly failed: number
    }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'broken'; readonly message: string }
