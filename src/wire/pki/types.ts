import type { KeyObject } from 'node:crypto'
import type { Brand, Instant } from '../../kernel/index.ts'

/** One X.509 v3 certificate, read once. */
export interface Certificate {
  readonly der: Buffer
  /** SHA-256 of the DER, 64 lower-case hexadecimal digits. */
  readonly fingerprint: string
  /** Attribute short name → values, e.g. CN, O, OU, C. Order of the RDNs is lost on purpose: it differs between generations. */
  readonly subject: DistinguishedName
  readonly issuer: DistinguishedName
  /** CN of the subject; for an access point its Seat ID (POP000306). '' when absent. */
  readonly commonName: string
  /** Lower-case hexadecimal, no leading zeros. */
  readonly serial: string
  readonly validFrom: Instant
  readonly validTo: Instant
  readonly publicKey: KeyObject
  /** undefined when the extension is absent. */
  readonly keyUsage: ReadonlySet<KeyUsage> | undefined
  /** OIDs; undefined when the extension is absent. */
  readonly extendedKeyUsage: ReadonlySet<string> | undefined
  readonly authority: { readonly pathLengthMax: number | undefined } | undefined
  readonly crlUrls: readonly string[]
  /** OIDs of critical extensions that this module does not understand; such a certificate proves nothing. [RFC 5280 §4.2] */
  readonly unhandledCriticalExtensions: readonly string[]
}

export type DistinguishedName = ReadonlyMap<string, readonly string[]>

export type KeyUsage =
  | 'digitalSignature'
  | 'nonRepudiation'
  | 'keyEncipherment'
  | 'dataEncipherment'
  | 'keyAgreement'
  | 'keyCertSign'
  | 'cRLSign'

/** What a certificate is used for; decides which issuing CA may have issued it. [peppol.md §2.1] */
export type CertificateRole = 'access-point' | 'smp'

/**
 * Everything a decision about a certificate depends on, at one moment: pinned CA certificates by role and revocation lists.
 * Immutable; a refreshed CRL makes a new snapshot.
 */
export interface TrustSnapshot {
  /** Self-signed CAs. Chains end here. */
  readonly roots: readonly Certificate[]
  /** Issuing CAs per role; each must chain to a root by signature, not by name. */
  readonly issuers: Readonly<Record<CertificateRole, readonly Certificate[]>>
  /** Verified lists, by fingerprint of the CA that issued them. */
  readonly revocations: ReadonlyMap<string, RevocationList>
  /** `off` only for private networks that have no lists. */
  readonly revocation: 'required' | 'off'
}

export interface RevocationList {
  readonly thisUpdate: Instant
  /** After this moment the list proves nothing. */
  readonly nextUpdate: Instant
  /** Serial numbers as in Certificate.serial → moment of revocation. */
  readonly revoked: ReadonlyMap<string, Instant>
}

/** A certificate that trustCertificate() has proven for a role at a moment. */
export type TrustedCertificate = Brand<Certificate, 'TrustedCertificate'>

/** Signs with the private key that belongs to `certificate`; the work happens off the main thread. */
export interface SigningKey {
  readonly certificate: Certificate
  /** RSASSA-PKCS1-v1_5 with SHA-256. */
  sign(data: Buffer): Promise<Buffer>
}

/** Unwraps content keys that were encrypted for `certificate`. */
export interface DecryptionKey {
  readonly certificate: Certificate
  /** RSA-OAEP, SHA-256 for digest and MGF1, empty label. Rejects when the key is not for us. */
  unwrap(wrapped: Buffer): Promise<Buffer>
}
