import { WireError } from '../../kernel/index.ts'

/**
 * Of reading. not-a-pdf: no PDF header. encrypted: opens with a password only. damaged: too broken to find the invoice in. too-large:
 * over the limit of memory. two-invoices: more than one invoice XML, and they differ. no-invoice: a PDF without one. timeout: over the
 * limit of time. Of embedding, beside these: not-pdf-a: does not claim PDF/A-1 to 3. signed:
 * would not be any more. already-invoice: holds one.
 */
export type PdfErrorCode =
  | 'not-a-pdf'
  | 'encrypted'
  | 'damaged'
  | 'too-large'
  | 'two-invoices'
  | 'no-invoice'
  | 'timeout'
  | 'not-pdf-a'
  | 'signed'
  | 'already-invoice'

/** A PDF cannot be used as it is. */
export class PdfError extends WireError<PdfErrorCode> {}
