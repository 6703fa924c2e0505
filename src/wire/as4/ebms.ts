import { WireError } from '../../kernel/index.ts'

interface EbmsError {
  readonly shortDescription: string
  /** '' where no specification gives one. */
  readonly category: 'Content' | 'Communication' | 'Unpackaging' | 'Processing' | ''
  readonly severity: 'failure' | 'warning'
  readonly origin: 'ebms' | 'security' | 'reliability'
}

/** The errors of ebMS 3 core §6.7 and AS4 §3.2, as listed in [peppol.md §1.7]. */
export const ebmsErrors = {
  'EBMS:0001': row('ValueNotRecognized', 'Content', 'failure', 'ebms'),
  'EBMS:0002': row('FeatureNotSupported', 'Content', 'warning', 'ebms'),
  'EBMS:0003': row('ValueInconsistent', 'Content', 'failure', 'ebms'),
  'EBMS:0004': row('Other', 'Content', 'failure', 'ebms'),
  'EBMS:0005': row('ConnectionFailure', 'Communication', 'failure', 'ebms'),
  'EBMS:0006': row('EmptyMessagePartitionChannel', 'Communication', 'warning', 'ebms'),
  'EBMS:0007': row('MimeInconsistency', 'Unpackaging', 'failure', 'ebms'),
  'EBMS:0008': row('FeatureNotSupported', 'Unpackaging', 'failure', 'ebms'),
  'EBMS:0009': row('InvalidHeader', 'Unpackaging', 'failure', 'ebms'),
  'EBMS:0010': row('ProcessingModeMismatch', 'Processing', 'failure', 'ebms'),
  'EBMS:0011': row('ExternalPayloadError', 'Content', 'failure', 'ebms'),
  'EBMS:0101': row('FailedAuthentication', 'Processing', 'failure', 'security'),
  'EBMS:0102': row('FailedDecryption', 'Processing', 'failure', 'security'),
  'EBMS:0103': row('PolicyNoncompliance', 'Processing', 'failure', 'security'),
  'EBMS:0201': row('DysfunctionalReliability', 'Processing', 'failure', 'reliability'),
  'EBMS:0202': row('DeliveryFailure', 'Communication', 'failure', 'reliability'),
  'EBMS:0301': row('MissingReceipt', 'Communication', 'failure', 'ebms'),
  'EBMS:0302': row('InvalidReceipt', 'Communication', 'failure', 'ebms'),
  'EBMS:0303': row('DecompressionFailure', 'Communication', 'failure', 'ebms'),
  // Not in any standard: phase4 since 4.5.0 answers it to a repeated MessageId. It is read, never written.
  'EBMS:4001': row('DuplicateDetected', '', 'failure', 'ebms'),
} as const satisfies Record<string, EbmsError>

/** The codes a fault of ours can carry; a peer may send others. */
export type EbmsCode = keyof typeof ebmsErrors

export function isEbmsCode(code: string): code is EbmsCode {
  return Object.hasOwn(ebmsErrors, code)
}

/**
 * The message is wrong in a way that AS4 has a word for: the door answers an error signal.
 * `message` (Description) and `detail` (ErrorDetail) are told to the peer, so neither says why a decryption failed; `cause` stays here.
 */
export class EbmsFault extends WireError<EbmsCode> {
  readonly detail: string
  /** The message in error as its sender calls it, where the fault was found before an Envelope could say so. */
  readonly refToMessageId: string | undefined

  /** `detail` is the message where none is given. */
  constructor(code: EbmsCode, message: string, options?: EbmsFaultOptions) {
    super(code, message, options)
    this.detail = options?.detail ?? message
    this.refToMessageId = options?.refToMessageId
  }
}

interface EbmsFaultOptions extends ErrorOptions {
  readonly detail?: string
  readonly refToMessageId?: string | undefined
}

/** What was posted is not a SOAP 1.2 message at all, so an ebMS error signal would mean nothing to whoever sent it. */
export class NotAs4Error extends WireError<'not-as4'> {
  constructor(message: string, options?: ErrorOptions) {
    super('not-as4', message, options)
  }
}

function row(
  shortDescription: string,
  category: EbmsError['category'],
  severity: EbmsError['severity'],
  origin: EbmsError['origin'],
): EbmsError {
  return { shortDescription, category, severity, origin }
}
