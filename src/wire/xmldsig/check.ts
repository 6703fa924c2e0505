import { type KeyObject, hash, verify } from 'node:crypto'
import { type XmlDocument, type XmlElement, canonicalize } from '../xml/index.ts'
import { canonicalizationMethod } from './algorithms.ts'
import { SignatureError } from './error.ts'
import type { ParsedSignature, SignatureReference, Transform } from './types.ts'

/**
 * Proves that the holder of the key signed this ds:SignedInfo. What its references name is proven one by one with
 * checkDigest. Throws `value`, or `algorithm` when the key is not RSA. [XMLDSIG §3.2.2]
 */
export function checkSignatureValue(signature: ParsedSignature, publicKey: KeyObject): void {
  if (publicKey.asymmetricKeyType !== 'rsa') throw new SignatureError('algorithm', 'the key is not an RSA key')
  const { algorithm, prefixes } = signature.canonicalization
  const method = canonicalizationMethod(algorithm)
  const octets = Buffer.from(canonicalize(signature.signedInfo, { method, inclusivePrefixes: prefixes }))
  if (!verify('sha256', octets, publicKey, signature.value)) {
    throw new SignatureError('value', 'ds:SignatureValue does not hold for ds:SignedInfo')
  }
}

/** The digest of what a reference names must be the signed one. Throws `digest`. */
export function checkDigest(reference: SignatureReference, digest: Buffer): void {
  if (!reference.digest.equals(digest)) {
    throw new SignatureError('digest', `ds:DigestValue of the reference ${JSON.stringify(reference.uri)} is another`)
  }
}

/**
 * SHA-256 of an element's canonical form. `omit`: the signature that the enveloped-signature transform takes out.
 * `document`: with URI="" the instructions outside the root are signed too; `element` is then its root. Throws `algorithm`.
 */
export function digestXml(
  element: XmlElement,
  transform: Transform,
  omit?: XmlElement,
  document?: XmlDocument,
): Buffer {
  const canonical = canonicalize(element, {
    method: canonicalizationMethod(transform.algorithm),
    inclusivePrefixes: transform.prefixes,
    ...(omit === undefined ? {} : { omit }),
    ...(document === undefined ? {} : { document }),
  })
  return hash('sha256', canonical, 'buffer')
}
