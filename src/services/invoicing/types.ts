import type { Octets } from '../../kernel/index.ts'
import type { Finding } from '../../wire/invoice/index.ts'
import type { IdempotencyKey, InvoiceId, Route, TransmissionId } from '../domain.ts'

/**
 * Large files that were taken out of a document: their Base64 digits by number, and what the 32 digits in the place of each begin with;
 * the last 8 are the number.
 */
export interface SetAside {
  readonly prefix: string
  readonly files: readonly Octets[]
}

export interface SendRequest {
  /**
   * JSON in the shape of the EN 16931 model (already JSON.parsed), a UBL or CII document as it is, or a Factur-X (pdf). A large document,
   * and the large files of JSON, are spooled to the blob store by the door (BlobStore.create()) and given as stored octets; they belong
   * to the service from then on.
   */
  readonly source:
    | { readonly kind: 'json'; readonly value: unknown; readonly aside?: SetAside | undefined }
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
