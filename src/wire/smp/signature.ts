import { type Certificate, PkiError, readCertificates } from '../pki/index.ts'
import { type XmlDocument, type XmlElement, childElements, childrenNamed, textOf } from '../xml/index.ts'
import {
  type ParsedSignature,
  SignatureError,
  algorithms,
  checkDigest,
  checkSignatureValue,
  digestXml,
  readSignature,
} from '../xmldsig/index.ts'
import { SmpError } from './errors.ts'
import { signatureNamespace } from './namespaces.ts'

/**
 * Proves the enveloped signature of a SignedServiceMetadata and returns who made it; whether he is trusted is another question.
 * Strict: one signature in the whole document, last child of the root; one Reference URI="" with the enveloped-signature transform
 * alone; inclusive C14N, RSA-SHA256, SHA-256. So every octet but the signature's own is covered. [peppol.md §5.2]
 * @throws SmpError `signature`
 */
export function verifySignature(document: XmlDocument): Certificate {
  const element = onlySignature(document.root)
  try {
    const signature = readSignature(element)
    checkShape(signature)
    const signer = signerOf(signature)
    checkSignatureValue(signature, signer.publicKey)
    const [reference] = signature.references
    const transform = { algorithm: algorithms.inclusiveC14n, prefixes: [] }
    if (reference) checkDigest(reference, digestXml(document.root, transform, element, document))
    return signer
  } catch (error) {
    if (!(error instanceof SignatureError || error instanceof PkiError)) throw error
    throw new SmpError('signature', error.message, { cause: error })
  }
}

/** A second signature anywhere is how wrapping attacks begin. */
function onlySignature(root: XmlElement): XmlElement {
  const children = childElements(root)
  const last = children.at(-1)
  if (children.length !== 2 || last === undefined || !isSignature(last)) {
    throw wrong('SignedServiceMetadata must hold ServiceMetadata and, as last child, one ds:Signature')
  }
  if (signaturesBelow(root) !== 1) throw wrong('there is more than one ds:Signature')
  return last
}

/** The parser bounds the depth of the tree. */
function signaturesBelow(element: XmlElement): number {
  let count = 0
  for (const child of childElements(element)) count += (isSignature(child) ? 1 : 0) + signaturesBelow(child)
  return count
}

function isSignature(element: XmlElement): boolean {
  return element.namespace === signatureNamespace && element.local === 'Signature'
}

/** Exactly what §5.2 names, whatever else wire/xmldsig can read for AS4. */
function checkShape({ canonicalization, signatureAlgorithm, references }: ParsedSignature): void {
  if (canonicalization.algorithm !== algorithms.inclusiveC14n)
    throw wrong('the canonicalisation is not inclusive C14N 1.0')
  if (signatureAlgorithm !== algorithms.rsaSha256) throw wrong('the signature method is not RSA-SHA256')
  const [reference] = references
  if (reference === undefined || references.length !== 1)
    throw wrong(`there are ${references.length} references, not one`)
  if (reference.uri !== '') throw wrong('the reference does not name the whole document (URI="")')
  const [transform] = reference.transforms
  if (reference.transforms.length !== 1 || transform?.algorithm !== algorithms.envelopedSignature) {
    throw wrong('the reference has not the enveloped-signature transform alone')
  }
  if (reference.digestAlgorithm !== algorithms.sha256) throw wrong('the digest method is not SHA-256')
}

/** The first certificate; one that is not the signer's fails with the signature's value. */
function signerOf({ keyInfo }: ParsedSignature): Certificate {
  const data = keyInfo && childrenNamed(keyInfo, signatureNamespace, 'X509Data')[0]
  const element = data && childrenNamed(data, signatureNamespace, 'X509Certificate')[0]
  if (element === undefined) throw wrong('KeyInfo holds no X509Certificate')
  const [certificate] = readCertificates(textOf(element))
  if (certificate === undefined) throw wrong('X509Certificate is empty')
  return certificate
}

function wrong(message: string): SmpError {
  return new SmpError('signature', message)
}
