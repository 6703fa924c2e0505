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
  /** The same loop without a node: seal, post, verify the receipt; nothing is stored at this end. */
  | ({ readonly kind: 'post' } & PostLoad)
  | { readonly kind: 'stop' }

export interface PostLoad {
  readonly count: number
  readonly clients: number
  readonly octets: number
  readonly url: string
  /** Paths of PEM files: our pair, and the receiver's certificate. */
  readonly keys: { readonly key: string; readonly certificate: string }
  readonly receiver: string
}

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
