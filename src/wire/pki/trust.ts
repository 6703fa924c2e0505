import { type Instant, isoOf } from '../../kernel/index.ts'
import { isIssuedBy } from './certificate.ts'
import { PkiError } from './error.ts'
import type { Certificate, CertificateRole, RevocationList, TrustSnapshot, TrustedCertificate } from './types.ts'

/**
 * Proves a certificate for a role at a moment. In this order: not before, not after, signed by a pinned issuer of the role,
 * that issuer and its root valid and fit, made for an end entity that signs and decrypts, a key that is strong enough, not
 * revoked. [peppol.md §2.4] Chains are found by signature and once per snapshot; the rest is looked at each time. Throws PkiError.
 */
export function trustCertificate(
  certificate: Certificate,
  role: CertificateRole,
  trust: TrustSnapshot,
  at: Instant,
): TrustedCertificate {
  checkDates(certificate, at)
  const chain = chainOf(certificate, role, trust)
  if (chain === undefined) throw explainStranger(certificate, role, trust)
  checkDates(chain.issuer, at)
  checkDates(chain.root, at)
  checkPurpose(certificate)
  checkKey(certificate)
  if (trust.revocation === 'required') checkRevocation(certificate, chain, { trust, at })
  return certificate as TrustedCertificate
}

export interface TrustAnchors {
  readonly roots: readonly Certificate[]
  readonly accessPointIssuers: readonly Certificate[]
  readonly smpIssuers: readonly Certificate[]
  readonly revocation: TrustSnapshot['revocation']
}

/** A snapshot without revocation lists yet. Throws `untrusted` for an anchor that could never prove anything. */
export function buildTrust({ roots, accessPointIssuers, smpIssuers, revocation }: TrustAnchors): TrustSnapshot {
  for (const root of roots) {
    if (!isIssuedBy(root, root)) throw new PkiError('untrusted', `${root.commonName} is not a self-signed CA`)
  }
  for (const issuer of [...accessPointIssuers, ...smpIssuers]) {
    if (rootOf(issuer, roots) === undefined) {
      throw new PkiError('untrusted', `${issuer.commonName} is not an issuing CA under one of the roots`)
    }
  }
  const issuers = { 'access-point': accessPointIssuers, smp: smpIssuers }
  return { roots, issuers, revocations: new Map(), revocation }
}

/** The same trust with a list that readRevocationList() has proven for that issuer, in place of an earlier one. */
export function withRevocationList(trust: TrustSnapshot, issuer: Certificate, list: RevocationList): TrustSnapshot {
  return { ...trust, revocations: new Map([...trust.revocations, [issuer.fingerprint, list]]) }
}

/** The pinned issuer of the role that signed it, whose own chain ends in a root. Dates are not looked at. */
export function issuerOf(
  certificate: Certificate,
  role: CertificateRole,
  trust: TrustSnapshot,
): Certificate | undefined {
  return chainOf(certificate, role, trust)?.issuer
}

interface Chain {
  readonly issuer: Certificate
  readonly root: Certificate
}

type Chains = Record<CertificateRole, WeakMap<Certificate, Chain | 'none'>>

/** Three RSA verifications per certificate would cost as much as the message itself. Forgotten together with the snapshot. */
const chainsOfSnapshot = new WeakMap<TrustSnapshot, Chains>()

function chainOf(certificate: Certificate, role: CertificateRole, trust: TrustSnapshot): Chain | undefined {
  let chains = chainsOfSnapshot.get(trust)
  if (chains === undefined) {
    chains = { 'access-point': new WeakMap(), smp: new WeakMap() }
    chainsOfSnapshot.set(trust, chains)
  }
  let chain = chains[role].get(certificate)
  if (chain === undefined) {
    chain = findChain(certificate, role, trust) ?? 'none'
    chains[role].set(certificate, chain)
  }
  return chain === 'none' ? undefined : chain
}

function findChain(certificate: Certificate, role: CertificateRole, trust: TrustSnapshot): Chain | undefined {
  for (const issuer of trust.issuers[role]) {
    if (!isIssuedBy(certificate, issuer)) continue
    const root = rootOf(issuer, trust.roots)
    if (root !== undefined) return { issuer, root }
  }
  return undefined
}

/** The root that signed this issuing CA, or the CA itself where a private network has only one. */
function rootOf(issuer: Certificate, roots: readonly Certificate[]): Certificate | undefined {
  if (issuer.authority === undefined || issuer.unhandledCriticalExtensions.length > 0) return undefined
  return roots.find(root => {
    if (root.unhandledCriticalExtensions.length > 0) return false
    if (root.fingerprint === issuer.fingerprint) return true
    // pathLenConstraint counts the CA certificates below; there is one. [RFC 5280 §4.2.1.9]
    const isLongEnough = root.authority?.pathLengthMax === undefined || root.authority.pathLengthMax >= 1
    return isLongEnough && isIssuedBy(issuer, root)
  })
}

function explainStranger(certificate: Certificate, role: CertificateRole, trust: TrustSnapshot): PkiError {
  const other = role === 'smp' ? 'access-point' : 'smp'
  if (chainOf(certificate, other, trust) !== undefined) {
    return new PkiError('wrong-purpose', `${certificate.commonName} is a certificate for ${other}, not for ${role}`)
  }
  return new PkiError('untrusted', `${certificate.commonName} was not issued by a trusted CA for ${role}`)
}

/** Both ends are inclusive. [RFC 5280 §4.1.2.5] */
function checkDates({ commonName, validFrom, validTo }: Certificate, at: Instant): void {
  if (at < validFrom) throw new PkiError('not-yet-valid', `${commonName} is valid only from ${isoOf(validFrom)}`)
  // The last second belongs to the certificate, whatever its milliseconds.
  if (at >= validTo + 1000) throw new PkiError('expired', `${commonName} expired ${isoOf(validTo)}`)
}

const clientAuth = '1.3.6.1.5.5.7.3.2'

function checkPurpose(certificate: Certificate): void {
  const { commonName, authority, keyUsage, extendedKeyUsage, unhandledCriticalExtensions } = certificate
  if (authority !== undefined) throw new PkiError('wrong-purpose', `${commonName} is a CA, not an end entity`)
  for (const usage of ['digitalSignature', 'keyEncipherment'] as const) {
    if (keyUsage !== undefined && !keyUsage.has(usage)) {
      throw new PkiError('wrong-purpose', `the key usage of ${commonName} lacks ${usage}`)
    }
  }
  if (extendedKeyUsage !== undefined && !extendedKeyUsage.has(clientAuth)) {
    throw new PkiError('wrong-purpose', `the extended key usage of ${commonName} lacks clientAuth`)
  }
  if (unhandledCriticalExtensions.length > 0) {
    const list = unhandledCriticalExtensions.join(', ')
    throw new PkiError('wrong-purpose', `${commonName} has critical extensions that are not understood: ${list}`)
  }
}

const modulusBitsMin = 2048

function checkKey({ commonName, publicKey }: Certificate): void {
  const bits = publicKey.asymmetricKeyType === 'rsa' ? (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) : 0
  if (bits < modulusBitsMin) throw new PkiError('untrusted', `${commonName} has no RSA key of ${modulusBitsMin} bits`)
}

interface Moment {
  readonly trust: TrustSnapshot
  readonly at: Instant
}

/** A list that is missing or past nextUpdate says nothing, which is not the same as good. [peppol.md §2.3] */
function checkRevocation(certificate: Certificate, { issuer, root }: Chain, { trust, at }: Moment): void {
  if (trust.revocations.get(root.fingerprint)?.revoked.has(issuer.serial) === true) {
    throw new PkiError('revoked', `${issuer.commonName} is revoked`)
  }
  const list = trust.revocations.get(issuer.fingerprint)
  if (list === undefined) throw new PkiError('revocation-unknown', `no revocation list of ${issuer.commonName}`)
  if (list.revoked.has(certificate.serial)) throw new PkiError('revoked', `${certificate.commonName} is revoked`)
  if (at > list.nextUpdate) {
    throw new PkiError(
      'revocation-unknown',
      `the revocation list of ${issuer.commonName} ended ${isoOf(list.nextUpdate)}`,
    )
  }
}
