import { type Certificate, PkiError, readCertificate } from '../pki/index.ts'
import { type XmlElement, XmlError, childrenNamed } from '../xml/index.ts'
import {
  type ParsedSignature,
  SignatureError,
  type SignatureReference,
  checkDigest,
  checkSignatureValue,
  digestXml,
  readSignature,
} from '../xmldsig/index.ts'
import { EbmsFault } from './ebms.ts'
import { ns, uri } from './names.ts'
import type { SoapMessage } from './soap.ts'
import { certificateNamedBy } from './token.ts'
import type { SignedReference } from './types.ts'
import { contentIdOf } from './user-message.ts'

export interface CheckedSignature {
  readonly signer: Certificate
  readonly references: readonly SignedReference[]
  /** By Content-ID: what the octets of each attachment must hash to. */
  readonly attachmentDigests: ReadonlyMap<string, Buffer>
}

/**
 * The only ds:Signature of the header, its algorithms exactly those of the profile. Throws EBMS:0101.
 * Comes before everything that costs an RSA operation or a digest. [peppol.md §1.4]
 */
export function readHeaderSignature(soap: SoapMessage): ParsedSignature {
  const [element, second] = soap.security === undefined ? [] : childrenNamed(soap.security, ns.ds, 'Signature')
  if (element === undefined) throw unauthenticated('the message is not signed')
  if (second !== undefined) throw unauthenticated('the message has more than one ds:Signature')
  const signature = proving(() => readSignature(element))
  if (signature.canonicalization.algorithm !== uri.exclusiveC14n) {
    throw unauthenticated('the CanonicalizationMethod is not exclusive C14N')
  }
  if (signature.signatureAlgorithm !== uri.rsaSha256) throw unauthenticated('the SignatureMethod is not RSA-SHA256')
  for (const reference of signature.references) checkReferenceAlgorithms(reference)
  return signature
}

/**
 * Proves the signature over exactly `soap.messaging`, `soap.body` and the named attachments, by the certificate that its KeyInfo
 * leads to. The digests of the attachments are left to be compared. `extraElements`: whether more elements of the header may be signed.
 */
export function checkSignature(
  soap: SoapMessage,
  signature: ParsedSignature,
  contentIds: readonly string[],
  options: { readonly extraElements: 'refused' | 'checked' },
): CheckedSignature {
  const attachmentDigests = new Map<string, Buffer>()
  const elements = new Map<XmlElement, SignatureReference>()
  for (const reference of signature.references) {
    const contentId = contentIdOf(reference.uri)
    const element = reference.uri.startsWith('#') ? soap.ids.get(reference.uri.slice(1)) : undefined
    if (contentId !== undefined && !attachmentDigests.has(contentId)) {
      attachmentDigests.set(contentId, reference.digest)
    } else if (element !== undefined && !elements.has(element)) elements.set(element, reference)
    else throw unauthenticated('a ds:Reference leads nowhere or to where another one leads')
  }
  checkCoverage({ elements, attachmentDigests }, soap, contentIds, options.extraElements)
  const signer = proving(() => readCertificate(certificateNamedBy(signature.keyInfo, soap)))
  if (signer.publicKey.asymmetricKeyType !== 'rsa') throw unauthenticated('the key of the signer is not an RSA key')
  proving(() => {
    for (const [element, reference] of elements) checkElement(element, reference)
    checkSignatureValue(signature, signer.publicKey)
  })
  return { signer, references: signature.references.map(reference => signedReference(reference)), attachmentDigests }
}

/**
 * Everything must be signed, and nothing else: a receipt promises the sender that we hold exactly the octets whose digests it lists.
 * The elements are compared as objects, so that what is read is what was signed, wherever else a look-alike may stand.
 */
function checkCoverage(
  signed: { elements: ReadonlyMap<XmlElement, unknown>; attachmentDigests: ReadonlyMap<string, unknown> },
  soap: SoapMessage,
  contentIds: readonly string[],
  extraElements: 'refused' | 'checked',
): void {
  if (!signed.elements.has(soap.messaging)) throw unauthenticated('eb:Messaging is not signed')
  if (!signed.elements.has(soap.body)) throw unauthenticated('S12:Body is not signed')
  if (signed.elements.size > 2 && extraElements === 'refused') {
    throw unauthenticated('more is signed than eb:Messaging, S12:Body and the attachments')
  }
  for (const contentId of contentIds) {
    if (!signed.attachmentDigests.has(contentId)) throw unauthenticated('an attachment is not signed')
  }
  if (signed.attachmentDigests.size !== contentIds.length) {
    throw unauthenticated('an attachment is signed that eb:PayloadInfo does not name')
  }
}

function checkReferenceAlgorithms(reference: SignatureReference): void {
  if (reference.digestAlgorithm !== uri.sha256) throw unauthenticated('a DigestMethod is not SHA-256')
  const [transform, second] = reference.transforms
  const expected = contentIdOf(reference.uri) === undefined ? uri.exclusiveC14n : uri.attachmentContentSignature
  if (transform?.algorithm !== expected || second !== undefined) {
    throw unauthenticated('a ds:Reference has other transforms than the profile allows')
  }
}

function checkElement(element: XmlElement, reference: SignatureReference): void {
  for (const transform of reference.transforms) checkDigest(reference, digestXml(element, transform))
}

function signedReference({ uri, transforms, digestAlgorithm, digest }: SignatureReference): SignedReference {
  const reference = { uri, transforms: transforms.map(({ algorithm }) => algorithm), digestAlgorithm, digest }
  const prefixLists = transforms.map(({ prefixes }) => prefixes)
  return prefixLists.some(list => list.length > 0) ? { ...reference, prefixLists } : reference
}

/** Strangers learn that the signature failed, not why; the cause stays for the log. */
function proving<T>(step: () => T): T {
  try {
    return step()
  } catch (error) {
    if (error instanceof SignatureError || error instanceof PkiError || error instanceof XmlError) {
      throw new EbmsFault('EBMS:0101', 'the signature could not be verified', { cause: error })
    }
    throw error
  }
}

function unauthenticated(message: string): EbmsFault {
  return new EbmsFault('EBMS:0101', message)
}
