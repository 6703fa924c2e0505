import type { Octets } from '../../kernel/index.ts'
import type { Wrapping } from '../../wire/peppol/index.ts'
import type { Addressing, IdempotencyKey, RecordedInvoice, Route, TransmissionId } from '../domain.ts'
import type { OutboundOutcome } from '../ports.ts'

/** An HTTP request to the AS4 endpoint, its body not yet read. */
export interface As4Request {
  readonly contentType: string | undefined
  readonly body: AsyncIterable<Buffer>
}

/** Always a whole HTTP answer: a receipt, an error signal (200), or a refusal that AS4 has no word for (4xx/5xx, text/plain). */
export interface As4Answer {
  readonly status: number
  readonly contentType: string
  readonly body: Buffer
  /** Set once a user message was recorded or recognised. */
  readonly transmissionId: TransmissionId | undefined
}

export interface Submission extends Omit<Addressing, 'instanceId'> {
  readonly route: Route
  /** The business document as it is, no envelope around it. */
  readonly document: Octets
  /** For a document that is not XML, such as a PDF. */
  readonly wrapping?: Wrapping
  readonly invoice: RecordedInvoice | undefined
  readonly idempotency: IdempotencyKey | undefined
}

export type SubmitOutcome = OutboundOutcome & { readonly transmissionId: TransmissionId }

/** The heart: receive, submit, send, process. */
export interface Exchange extends AsyncDisposable {
  receive(request: As4Request): Promise<As4Answer>
  /** Committed when it resolves; sent by a worker. */
  submit(submission: Submission): Promise<SubmitOutcome>
  /** Recovers what dead processes left, then works until disposed. */
  start(): Promise<void>
  /** Resolves when nothing is due and nothing is being worked on (tests and one-shot commands). */
  settle(): Promise<void>
}
