import { type Markup, tag, text } from '../xml/index.ts'
import { algorithms } from './algorithms.ts'
import type { Transform } from './types.ts'

const dsNamespace = 'http://www.w3.org/2000/09/xmldsig#'

/** What a ds:Reference is written from. */
export interface ReferenceContent {
  readonly uri: string
  readonly transforms: readonly Transform[]
  /** SHA-256. */
  readonly digest: Buffer
}

/**
 * One ds:Reference with the prefix ds, in canonical form where xmlns:ds is bound by the element around it.
 * `declares`: it binds the prefix itself, as in a receipt's NonRepudiationInformation. [AS4 §5.1.8]
 */
export function writeReference({ uri, transforms, digest }: ReferenceContent, declares = false): Markup {
  const list = transforms.map(transform => writeTransform('ds:Transform', transform))
  return tag(
    'ds:Reference',
    { 'xmlns:ds': declares ? dsNamespace : undefined, URI: uri },
    list.length === 0 ? undefined : tag('ds:Transforms', {}, ...list),
    tag('ds:DigestMethod', { Algorithm: algorithms.sha256 }),
    tag('ds:DigestValue', {}, text(digest.toString('base64'))),
  )
}

export interface SignedInfoContent {
  readonly canonicalization: Transform
  /** From writeReference. */
  readonly references: readonly Markup[]
  /**
   * Prefix → URI of the other namespaces that the canonical form carries, '' for the default one: with the inclusive method all
   * that are in scope where the signature will stand, with the exclusive one those of the prefix list.
   */
  readonly namespaces?: Readonly<Record<string, string>>
}

/** ds:SignedInfo in its canonical form: its octets are what is signed, and it goes into the message as it is. RSA with SHA-256. */
export function writeSignedInfo({ canonicalization, references, namespaces = {} }: SignedInfoContent): Markup {
  const declarations = Object.entries({ ...namespaces, ds: dsNamespace })
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([prefix, uri]) => [prefix === '' ? 'xmlns' : `xmlns:${prefix}`, uri])
  return tag(
    'ds:SignedInfo',
    Object.fromEntries(declarations),
    writeTransform('ds:CanonicalizationMethod', canonicalization),
    tag('ds:SignatureMethod', { Algorithm: algorithms.rsaSha256 }),
    ...references,
  )
}

export interface SignatureContent {
  readonly id?: string
  readonly signedInfo: Markup
  /** Signature over the octets of signedInfo. */
  readonly value: Buffer
  /** ds:KeyInfo, or nothing. */
  readonly keyInfo?: Markup
}

/** The whole ds:Signature. It binds the prefix ds. */
export function writeSignature({ id, signedInfo, value, keyInfo }: SignatureContent): Markup {
  return tag(
    'ds:Signature',
    { 'xmlns:ds': dsNamespace, Id: id },
    signedInfo,
    tag('ds:SignatureValue', {}, text(value.toString('base64'))),
    keyInfo,
  )
}

function writeTransform(name: string, { algorithm, prefixes }: Transform): Markup {
  if (prefixes.length === 0) return tag(name, { Algorithm: algorithm })
  const list = { 'xmlns:ec': algorithms.exclusiveC14n, PrefixList: prefixes.join(' ') }
  return tag(name, { Algorithm: algorithm }, tag('ec:InclusiveNamespaces', list))
}
