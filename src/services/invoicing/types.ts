import type { Octets } from '../../kernel/index.ts'
import type { Finding } from '../../wire/invoice/index.ts'
import type { IdempotencyKey, InvoiceId, Route, TransmissionId } from '../domain.ts'

export interface SendRequest {
  /**
   * JSON in the shape of the EN 16931 model (already JSON.parsed), a UBL or CII document as it is, or a Factur-X (pdf). A large document is spooled to the
   * blob store by the door (BlobStore.create()) and given as stored octets; they belong to the service from then on.
   */
  readonly source:
    | { readonly kind: 'json'; readonly value: unknown }
    | { readonly kind: 'xml' | 'pdf'; readonly octets: Octets }
  readonly route: Route
  readonly idempotency: IdempotencyKey | undefined
  /** Of the findings; English when not given. */
  readonly language?: 'en' | 'fr' | undefined
}

export type SendOutcome =
  /** Committed; a worker sends it. */
  | {
      readonly kind: 'accepted'
      readonly invoiceId: InvoiceId
      readonly transmissionId: TransmissionId | undefined
      readonly repeated: boolean
    }
  | { readonly kind: 'invalid'; readonly findings: readonly Finding[] }
  | { readonly kind: 'number-taken'; readonly invoiceId: InvoiceId }
  | { readonly kind: 'key-reused' }

export interface Invoicing {
  send(request: SendRequest): Promise<SendOutcome>
}
