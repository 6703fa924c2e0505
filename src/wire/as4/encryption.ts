import type { DecryptionKey } from '../pki/index.ts'
import {
  type XmlElement,
  XmlError,
  attributeOf,
  childElements,
  childrenNamed,
  findChild,
  onlyChild,
} from '../xml/index.ts'
import { EbmsFault } from './ebms.ts'
import { gcm, ns, uri } from './names.ts'
import type { SoapMessage } from './soap.ts'
import { base64In, certificateNamedBy, directReference, noncompliant, targetOf } from './token.ts'
import { contentIdOf } from './user-message.ts'

/** How one attachment is to be deciphered. */
export interface EncryptedPart {
  /** Rejects with EBMS:0102. */
  readonly contentKey: Promise<Buffer>
  /** Of the octets under the encryption; decides how they are hashed. */
  readonly mimeType: string | undefined
}

interface WrappedKey {
  readonly key: DecryptionKey
  readonly wrapped: Buffer
  /** Ids of the xenc:EncryptedData it is for. */
  readonly references: ReadonlySet<string>
}

/**
 * Reads the encryption headers and starts to unwrap the content keys: every attachment is encrypted exactly once, for one of
 * our certificates. Throws EBMS:0103 for other algorithms or layouts, 0102 for everything else. [peppol.md §1.5]
 */
export function startDecryption(
  soap: SoapMessage,
  contentIds: readonly string[],
  keys: readonly DecryptionKey[],
): ReadonlyMap<string, EncryptedPart> {
  try {
    const { security } = soap
    if (security === undefined) throw cannotDecrypt()
    const wrappedKeys = new Map<XmlElement, WrappedKey>()
    for (const element of childrenNamed(security, ns.xenc, 'EncryptedKey')) {
      wrappedKeys.set(element, readEncryptedKey(element, soap, keys))
    }
    const parts = new Map<string, { readonly wrapped: WrappedKey; readonly mimeType: string | undefined }>()
    for (const element of childrenNamed(security, ns.xenc, 'EncryptedData')) {
      const contentId = readEncryptedData(element)
      const keyElement = targetOf(directReference(onlyChild(element, ns.ds, 'KeyInfo')), soap)
      const wrapped = keyElement && wrappedKeys.get(keyElement)
      if (wrapped === undefined || !wrapped.references.has(attributeOf(element, 'Id') ?? '')) throw cannotDecrypt()
      if (parts.has(contentId) || !contentIds.includes(contentId)) throw cannotDecrypt()
      parts.set(contentId, { wrapped, mimeType: attributeOf(element, 'MimeType') })
    }
    if (parts.size !== contentIds.length) throw new EbmsFault('EBMS:0102', 'an attachment is not encrypted')
    return startUnwrapping(parts)
  } catch (error) {
    if (error instanceof XmlError) throw noncompliant(`the encryption header is malformed: ${error.message}`)
    throw error
  }
}

/** One constant message for every way in which decryption can fail: which one it was helps only an attacker. */
export function cannotDecrypt(cause?: unknown): EbmsFault {
  return new EbmsFault('EBMS:0102', 'the message could not be decrypted', { cause })
}

function startUnwrapping(
  parts: ReadonlyMap<string, { readonly wrapped: WrappedKey; readonly mimeType: string | undefined }>,
): ReadonlyMap<string, EncryptedPart> {
  const started = new Map<WrappedKey, Promise<Buffer>>()
  const encrypted = new Map<string, EncryptedPart>()
  for (const [contentId, { wrapped, mimeType }] of parts) {
    const contentKey = started.get(wrapped) ?? unwrap(wrapped)
    started.set(wrapped, contentKey)
    encrypted.set(contentId, { contentKey, mimeType })
  }
  return encrypted
}

function unwrap({ key, wrapped }: WrappedKey): Promise<Buffer> {
  const contentKey = key.unwrap(wrapped).then(
    octets => {
      if (octets.length !== gcm.keyOctets) throw cannotDecrypt()
      return octets
    },
    (error: unknown) => {
      throw cannotDecrypt(error)
    },
  )
  // The attachments may fail before anyone waits for the key.
  contentKey.catch(() => undefined)
  return contentKey
}

function readEncryptedKey(element: XmlElement, soap: SoapMessage, keys: readonly DecryptionKey[]): WrappedKey {
  const method = onlyChild(element, ns.xenc, 'EncryptionMethod')
  const digest = findChild(method, ns.ds, 'DigestMethod')
  const mask = findChild(method, ns.xenc11, 'MGF')
  if (
    attributeOf(method, 'Algorithm') !== uri.rsaOaep ||
    (digest && attributeOf(digest, 'Algorithm')) !== uri.sha256 ||
    (mask && attributeOf(mask, 'Algorithm')) !== uri.mgf1Sha256 ||
    findChild(method, ns.xenc, 'OAEPparams') !== undefined
  ) {
    throw noncompliant('the key transport is not RSA-OAEP with SHA-256, MGF1 with SHA-256 and no label')
  }
  const certificate = certificateNamedBy(onlyChild(element, ns.ds, 'KeyInfo'), soap)
  const key = keys.find(candidate => candidate.certificate.der.equals(certificate))
  if (key === undefined) throw cannotDecrypt()
  const wrapped = base64In(onlyChild(onlyChild(element, ns.xenc, 'CipherData'), ns.xenc, 'CipherValue'))
  const references = childrenNamed(onlyChild(element, ns.xenc, 'ReferenceList'), ns.xenc, 'DataReference')
  const ids = references.map(reference => (attributeOf(reference, 'URI') ?? '').replace(/^#/, ''))
  return { key, wrapped, references: new Set(ids) }
}

/** Checks one xenc:EncryptedData and returns the Content-ID of the attachment it is about. */
function readEncryptedData(element: XmlElement): string {
  const method = onlyChild(element, ns.xenc, 'EncryptionMethod')
  if (attributeOf(method, 'Algorithm') !== uri.aes128Gcm)
    throw noncompliant('the content encryption is not AES-128-GCM')
  if (attributeOf(element, 'Type') !== uri.attachmentContentOnly) {
    throw noncompliant('an xenc:EncryptedData is not about the content of an attachment')
  }
  const reference = onlyChild(onlyChild(element, ns.xenc, 'CipherData'), ns.xenc, 'CipherReference')
  const [transform, second] = childElements(onlyChild(reference, ns.xenc, 'Transforms'))
  if (
    transform?.local !== 'Transform' ||
    transform.namespace !== ns.ds ||
    attributeOf(transform, 'Algorithm') !== uri.attachmentCiphertext ||
    second !== undefined
  ) {
    throw noncompliant('an xenc:CipherReference has other transforms than the attachment one')
  }
  const contentId = contentIdOf(attributeOf(reference, 'URI') ?? '')
  if (contentId === undefined) throw noncompliant('an xenc:CipherReference is not a cid: reference')
  return contentId
}
