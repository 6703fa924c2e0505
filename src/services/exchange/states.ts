import type { OutboundState } from '../domain.ts'

/**
 * What one attempt came to.
 *
 * receipt          the expected receiver signed for exactly our bytes
 * error            the receiver refused the message; every eb:Error is final [peppol.md §1.8]
 * error-duplicate  the receiver says it has this message id already
 * not-sent         nothing can have reached the receiver; later may be better
 * unsendable       nothing can have reached the receiver, and never will
 * answer-lost      the message left, and no usable answer came
 */
export type AttemptOutcome = 'receipt' | 'error' | 'error-duplicate' | 'not-sent' | 'unsendable' | 'answer-lost'

/** `queued`: nothing of it may have reached the receiver. `indeterminate`: an earlier attempt may have arrived. */
export type WaitingState = 'queued' | 'indeterminate'

type Row = Readonly<
  Record<WaitingState, { readonly state: Exclude<OutboundState, 'sending'>; readonly again: boolean }>
>

/**
 * The life of an outbound transmission. Once a message may have arrived it is never called failed:
 * it stays indeterminate, and only its own bytes are posted again. [peppol.md §1.8]
 */
const transitions: Readonly<Record<AttemptOutcome, Row>> = {
  receipt: {
    queued: { state: 'delivered', again: false },
    indeterminate: { state: 'delivered', again: false },
  },
  error: {
    queued: { state: 'refused', again: false },
    indeterminate: { state: 'refused', again: false },
  },
  // After a lost receipt a duplicate most likely is our own first post: a person reconciles it.
  'error-duplicate': {
    queued: { state: 'refused', again: false },
    indeterminate: { state: 'indeterminate', again: false },
  },
  'not-sent': {
    queued: { state: 'queued', again: true },
    indeterminate: { state: 'indeterminate', again: true },
  },
  unsendable: {
    queued: { state: 'failed', again: false },
    indeterminate: { state: 'indeterminate', again: false },
  },
  'answer-lost': {
    queued: { state: 'indeterminate', again: true },
    indeterminate: { state: 'indeterminate', again: true },
  },
}

export interface NextState {
  readonly state: Exclude<OutboundState, 'sending'>
  /** undefined: no further attempt. */
  readonly retryAfterSeconds: number | undefined
}

/** The state after an attempt. `attempts` counts this one; `pausesSeconds[n-1]` is the pause after the n-th attempt, and after the last pause comes the last attempt. */
export function next(
  from: WaitingState,
  outcome: AttemptOutcome,
  attempts: number,
  pausesSeconds: readonly number[],
): NextState {
  const { state, again } = transitions[outcome][from]
  if (!again) return { state, retryAfterSeconds: undefined }
  const pause = pausesSeconds[attempts - 1]
  if (pause !== undefined) return { state, retryAfterSeconds: pause }
  return { state: state === 'queued' ? 'failed' : state, retryAfterSeconds: undefined }
}
