import { createHash, createSign } from 'node:crypto'
import { type XmlElement, canonicalize, childElements, parseXml } from '../../../src/wire/xml/index.ts'
import type { TestIdentity } from '../../support/pki.ts'

/** Every option breaks one rule of [peppol.md §5.2] and leaves the signature true in itself. */
export interface SigningOptions {
  readonly canonicalization?: 'inclusive' | 'exclusive'
  readonly hash?: 'sha256' | 'sha1'
  readonly digestHash?: 'sha256' | 'sha1'
  readonly uri?: string
  readonly transforms?: readonly string[]
  readonly referenceCount?: number
  readonly keyInfo?: string
}

export const inclusive = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
export const enveloped = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'
const signatureMethods = {
  sha256: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  sha1: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
} as const
const digestMethods = {
  sha256: 'http://www.w3.org/2001/04/xmlenc#sha256',
  sha1: 'http://www.w3.org/2000/09/xmldsig#sha1',
} as const

/** Takes away the signature of a SignedServiceMetadata, if it has one, and puts a new one in as last child of the root. */
export function sign(xml: string, identity: TestIdentity, options: SigningOptions = {}): Buffer {
  const { canonicalization = 'inclusive', hash = 'sha256', digestHash = 'sha256', uri = '' } = options
  const unsigned = withoutSignature(xml)
  const document = parseXml(unsigned)
  const canonical = canonicalize(document.root, {
    method: options.transforms ? methodOf(options.transforms) : 'inclusive',
    document,
  })
  const digest = createHash(digestHash).update(canonical).digest('base64')
  const transforms = (options.transforms ?? [enveloped])
    .map(algorithm => `<Transform Algorithm="${algorithm}"/>`)
    .join('')
  const reference =
    `<Reference URI="${uri}"><Transforms>${transforms}</Transforms>` +
    `<DigestMethod Algorithm="${digestMethods[digestHash]}"/><DigestValue>${digest}</DigestValue></Reference>`
  const keyInfo =
    options.keyInfo ??
    `<KeyInfo><X509Data><X509Certificate>${identity.certificate.der.toString('base64')}</X509Certificate></X509Data></KeyInfo>`
  const signature =
    `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>` +
    `<CanonicalizationMethod Algorithm="${canonicalization === 'inclusive' ? inclusive : exclusive}"/>` +
    `<SignatureMethod Algorithm="${signatureMethods[hash]}"/>${reference.repeat(options.referenceCount ?? 1)}</SignedInfo>` +
    `<SignatureValue></SignatureValue>${keyInfo}</Signature>`
  const at = unsigned.lastIndexOf('</')
  const complete = unsigned.slice(0, at) + signature + unsigned.slice(at)
  const signedInfo = find(parseXml(complete).root, 'SignedInfo')
  const value = createSign(`RSA-${hash.toUpperCase()}`)
    .update(canonicalize(signedInfo, { method: canonicalization }))
    .sign(identity.privateKey, 'base64')
  return Buffer.from(complete.replace('<SignatureValue></SignatureValue>', `<SignatureValue>${value}</SignatureValue>`))
}

export function withoutSignature(xml: string): string {
  return xml.replace(/<([A-Za-z0-9]+:)?Signature[ >][^]*<\/\1?Signature>\s*/, '')
}

function methodOf(transforms: readonly string[]): 'exclusive' | 'inclusive' {
  return transforms.includes(exclusive) ? 'exclusive' : 'inclusive'
}

function find(element: XmlElement, local: string): XmlElement {
  for (const child of childElements(element)) {
    if (child.local === local) return child
    const below = childElements(child).length > 0 ? findIn(child, local) : undefined
    if (below) return below
  }
  throw new Error(`no ${local}`)
}

function findIn(element: XmlElement, local: string): XmlElement | undefined {
  try {
    return find(element, local)
  } catch {
    return undefined
  }
}
