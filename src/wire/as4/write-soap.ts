import { hash } from 'node:crypto'
import type { Certificate, SigningKey } from '../pki/index.ts'
import { type Markup, tag, text } from '../xml/index.ts'
import { writeReference, writeSignature, writeSignedInfo } from '../xmldsig/index.ts'
import { ns, uri } from './names.ts'
import type { SignedReference } from './types.ts'

/**
 * Everything here is written in its canonical form: each signed element binds the prefixes that it uses itself, in C14N order, so
 * that the digest is taken over the very text that goes out and nothing is parsed again. [EXC-C14N §3]
 */
interface SoapContent {
  /** From writeMessaging. */
  readonly messaging: Markup
  /** What goes into wsse:Security before the signature: WSS4J works from top to bottom. [peppol.md §1.5] */
  readonly securityHeaders?: readonly Markup[]
  /** Digests that are signed beside those of the header and the Body. */
  readonly attachments?: readonly SignedReference[]
  /** Makes the ids of this message unique; an XML name without a colon. */
  readonly unique: string
}

/** A SOAP message as text, with what its signature covers. */
interface SignedSoap {
  readonly octets: Buffer
  readonly references: readonly SignedReference[]
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>'

/** eb:Messaging with the id that signSoap refers to. */
export function writeMessaging(unique: string, ...children: readonly Markup[]): Markup {
  const declarations = { 'xmlns:S12': ns.soap12, 'xmlns:eb': ns.eb, 'xmlns:wsu': ns.wsu }
  const attributes = { ...declarations, 'wsu:Id': messagingId(unique), 'S12:mustUnderstand': 'true' }
  return tag('eb:Messaging', attributes, ...children)
}

/** Signs eb:Messaging, an empty S12:Body and the attachments. */
export async function signSoap(content: SoapContent, key: SigningKey): Promise<SignedSoap> {
  const { messaging, unique } = content
  const body = writeBody(unique)
  const references = [
    elementReference(messagingId(unique), messaging),
    elementReference(bodyId(unique), body),
    ...(content.attachments ?? []),
  ]
  const signedInfo = writeSignedInfo({
    canonicalization: { algorithm: uri.exclusiveC14n, prefixes: ['S12'] },
    namespaces: { S12: ns.soap12 },
    references: references.map(reference =>
      writeReference({
        uri: reference.uri,
        digest: reference.digest,
        transforms: reference.transforms.map(algorithm => ({ algorithm, prefixes: [] })),
      }),
    ),
  })
  const value = await key.sign(Buffer.from(signedInfo))
  const token = writeToken('X509', key.certificate)
  const signature = writeSignature({
    id: `SIG-${unique}`,
    signedInfo,
    value,
    keyInfo: tag('ds:KeyInfo', { Id: `KI-${unique}` }, writeTokenReference(token, `STR-${unique}`)),
  })
  const security = writeSecurity(...(content.securityHeaders ?? []), token.markup, signature)
  return { octets: writeEnvelope([security, messaging], body), references }
}

/** The same message without a signature: for error signals of a node that has no key for its peer. */
export function plainSoap(content: Pick<SoapContent, 'messaging' | 'unique'>): Buffer {
  return writeEnvelope([content.messaging], writeBody(content.unique))
}

interface Token {
  readonly id: string
  /** wsse:BinarySecurityToken. */
  readonly markup: Markup
}

const tokens = new WeakMap<Certificate, Map<string, Token>>()

/** The certificate as a token. Its text, and with it its id, is the same in every message. `role` keeps two tokens of one message apart. */
export function writeToken(role: string, certificate: Certificate): Token {
  const known = tokens.get(certificate) ?? new Map<string, Token>()
  tokens.set(certificate, known)
  const written = known.get(role) ?? tokenOf(`${role}-${certificate.fingerprint}`, certificate)
  known.set(role, written)
  return written
}

function tokenOf(id: string, certificate: Certificate): Token {
  const attributes = { EncodingType: uri.base64Binary, ValueType: uri.x509v3, 'wsu:Id': id }
  const base64 = text(certificate.der.toString('base64'))
  return { id, markup: tag('wsse:BinarySecurityToken', attributes, base64) }
}

/** wsse:SecurityTokenReference with a direct reference. [BSP R3058] */
export function writeTokenReference(token: Token, id?: string): Markup {
  const reference = tag('wsse:Reference', { URI: `#${token.id}`, ValueType: uri.x509v3 })
  return tag('wsse:SecurityTokenReference', { 'wsu:Id': id }, reference)
}

function writeSecurity(...children: readonly Markup[]): Markup {
  const attributes = { 'xmlns:wsse': ns.wsse, 'xmlns:wsu': ns.wsu, 'S12:mustUnderstand': 'true' }
  return tag('wsse:Security', attributes, ...children)
}

function writeBody(unique: string): Markup {
  return tag('S12:Body', { 'xmlns:S12': ns.soap12, 'xmlns:wsu': ns.wsu, 'wsu:Id': bodyId(unique) })
}

function writeEnvelope(headers: readonly Markup[], body: Markup): Buffer {
  const envelope = tag('S12:Envelope', { 'xmlns:S12': ns.soap12 }, tag('S12:Header', {}, ...headers), body)
  return Buffer.from(declaration + envelope)
}

function elementReference(id: string, canonical: Markup): SignedReference {
  return {
    uri: `#${id}`,
    transforms: [uri.exclusiveC14n],
    digestAlgorithm: uri.sha256,
    digest: hash('sha256', canonical, 'buffer'),
  }
}

function messagingId(unique: string): string {
  return `messaging-${unique}`
}

function bodyId(unique: string): string {
  return `body-${unique}`
}
