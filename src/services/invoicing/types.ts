import type { Finding } from '../../wire/invoice/index.ts'
import type { IdempotencyKey, InvoiceId, Route, TransmissionId } from '../domain.ts'

export interface SendRequest {
  /** JSON in the shape of the EN 16931 model (already JSON.parsed), or a UBL document as it is. */
  readonly source: { readonly kind: 'json'; readonly value: unknown } | { readonly kind: 'ubl'; readonly octets: Buffer }
  readonly route: Route
  readonly idempotency: IdempotencyKey | undefined
}

export type SendOutcome =
  /** Committed; a worker sends it. */
  | { readonly kind: 'accepted'; readonly invoiceId: InvoiceId; readonly transmissionId: TransmissionId | undefined; readonly repeated: boolean }
  | { readonly kind: 'invalid'; readonly findings: readonly Finding[] }
  | { readonly kind: 'number-taken'; readonly invoiceId: InvoiceId }
  | { readonly kind: 'key-reused' }

export interface Invoicing {
  send(request: SendRequest): Promise<SendOutcome>
}
