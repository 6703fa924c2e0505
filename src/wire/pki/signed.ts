import { type KeyObject, verify } from 'node:crypto'
import { DerReader, type DerValue, derTag, malformed, readBitOctets, readOid } from './der.ts'

/** What certificates and revocation lists have in common: a body, an algorithm, a signature. [RFC 5280 §4.1.1, §5.1.1] */
export interface Signed {
  readonly body: DerValue
  readonly algorithm: string
  readonly signature: Buffer
}

export function readSigned(der: Buffer): Signed {
  const outer = new DerReader(der)
  const signed = outer.inside(derTag.sequence)
  outer.end()
  const body = signed.next(derTag.sequence)
  const algorithm = readOid(signed.inside(derTag.sequence).next(derTag.oid))
  const signature = readBitOctets(signed.next(derTag.bitString))
  signed.end()
  return { body, algorithm, signature }
}

/** The algorithm inside the signed body must be the one the signature uses. [RFC 5280 §4.1.1.2] */
export function checkSameAlgorithm(inside: DerReader, signed: Signed): void {
  if (readOid(inside.next(derTag.oid)) !== signed.algorithm) throw malformed('two different signature algorithms')
}

/** RSASSA-PKCS1-v1_5 with the hashes that are still sound; everything else, SHA-1 first of all, proves nothing. [RFC 8017 §A.2.4] */
const signatureHashes: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
])

/** Whether that key made the signature. */
export function isSignedBy({ body, algorithm, signature }: Signed, publicKey: KeyObject): boolean {
  const hash = signatureHashes.get(algorithm)
  if (hash === undefined || publicKey.asymmetricKeyType !== 'rsa') return false
  return verify(hash, body.encoded, publicKey, signature)
}
