export type {
  Certificate,
  CertificateRole,
  DecryptionKey,
  DistinguishedName,
  RevocationList,
  SigningKey,
  TrustSnapshot,
  TrustedCertificate,
} from './types.ts'
export { PkiError } from './error.ts'
export { readCertificate, readCertificates } from './certificate.ts'
export { readRevocationList } from './revocation.ts'
export { buildTrust, issuerOf, trustCertificate, withRevocationList } from './trust.ts'
export { keysOf } from './keys.ts'
