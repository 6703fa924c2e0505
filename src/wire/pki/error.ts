import { WireError } from '../../kernel/index.ts'

/**
 * malformed: not the certificate, list or key it should be. expired, not-yet-valid: outside its dates, or its issuer is.
 * untrusted: no pinned issuer signed it, or its key is too weak. wrong-purpose: genuine, but not for this role.
 * revoked: listed. revocation-unknown: no list of the issuer that still holds.
 */
export type PkiErrorCode =
  | 'malformed'
  | 'expired'
  | 'not-yet-valid'
  | 'untrusted'
  | 'revoked'
  | 'revocation-unknown'
  | 'wrong-purpose'

/** A certificate or revocation list is not to be relied on. */
export class PkiError extends WireError<PkiErrorCode> {}
