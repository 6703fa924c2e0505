import { constants, createCipheriv, createHash, createSecretKey, hash, publicEncrypt } from 'node:crypto'
import { type Octets, type Random, isoOf } from '../../kernel/index.ts'
import type { Certificate, SigningKey } from '../pki/index.ts'
import { type Markup, tag, text } from '../xml/index.ts'
import { gcm, ns, uri } from './names.ts'
import type { PackedPayload, PartInfo, Party, Property, SealedMessage, SignedReference, UserMessage } from './types.ts'
import { signSoap, writeMessaging, writeToken, writeTokenReference } from './write-soap.ts'

interface SealOptions {
  readonly key: SigningKey
  /** Trusted before: the content key is wrapped for it, and only its holder can give the receipt. */
  readonly receiver: Certificate
  readonly random: Random
}

/**
 * Signs the header, the empty Body and the packed octets, and makes the content key that only the receiver can unwrap.
 * The octets themselves are enciphered by sealedBody, on every attempt to the same. The message has exactly one part, compressed.
 * [peppol.md §1.3–1.5]
 */
export async function sealMessage(
  message: UserMessage,
  payload: PackedPayload,
  { key, receiver, random }: SealOptions,
): Promise<SealedMessage> {
  const part = onlyPart(message)
  const unique = random.uuid()
  const contentKey = random.bytes(gcm.keyOctets)
  const attachment: SignedReference = {
    uri: `cid:${part.contentId}`,
    transforms: [uri.attachmentContentSignature],
    digestAlgorithm: uri.sha256,
    digest: payload.digest,
  }
  const { octets, references } = await signSoap(
    {
      messaging: writeMessaging(unique, writeUserMessage(message)),
      securityHeaders: writeEncryption({ contentKey, receiver, unique, contentId: part.contentId }),
      attachments: [attachment],
      unique,
    },
    key,
  )
  const boundary = `----=_Part_${unique}`
  const prologue = Buffer.concat([
    Buffer.from(`--${boundary}\r\n${soapPartHeaders}\r\n`),
    octets,
    Buffer.from(`\r\n--${boundary}\r\n${payloadPartHeaders}Content-ID: <${part.contentId}>\r\n\r\n`),
  ])
  const epilogue = Buffer.from(`\r\n--${boundary}--\r\n`)
  return {
    messageId: message.messageId,
    contentType: `multipart/related; boundary="${boundary}"; type="application/soap+xml"`,
    contentLength: prologue.length + gcm.ivOctets + payload.octets.size + gcm.tagOctets + epilogue.length,
    prologue,
    epilogue,
    contentKey,
    iv: random.bytes(gcm.ivOctets),
    references,
    receiverFingerprint: receiver.fingerprint,
  }
}

const soapPartHeaders = 'Content-Type: application/soap+xml;charset=UTF-8\r\nContent-Transfer-Encoding: binary\r\n'
const payloadPartHeaders =
  'Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\nContent-Description: Attachment\r\n'

/**
 * The whole request body, the same at every call. `octets` must be those the message was sealed over: the key and IV must never
 * meet other plain text, so other octets throw (stored ones at their end, before the tag makes them acceptable to anyone).
 */
export function sealedBody(sealed: SealedMessage, octets: Octets): Buffer | AsyncIterable<Buffer> {
  const framing = sealed.prologue.length + gcm.ivOctets + gcm.tagOctets + sealed.epilogue.length
  if (octets.size + framing !== sealed.contentLength) throw otherOctets()
  return octets.kind === 'stored' ? streamBody(sealed, octets.open()) : wholeBody(sealed, octets.bytes)
}

function wholeBody(sealed: SealedMessage, octets: Buffer): Buffer {
  checkOctets(sealed, hash('sha256', octets, 'buffer'))
  const cipher = createCipheriv(gcm.cipher, createSecretKey(sealed.contentKey), sealed.iv)
  const enciphered = cipher.update(octets)
  // Nothing is left to come: GCM is a stream cipher.
  cipher.final()
  return Buffer.concat([sealed.prologue, sealed.iv, enciphered, cipher.getAuthTag(), sealed.epilogue])
}

async function* streamBody(sealed: SealedMessage, octets: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const cipher = createCipheriv(gcm.cipher, createSecretKey(sealed.contentKey), sealed.iv)
  const digest = createHash('sha256')
  yield Buffer.concat([sealed.prologue, sealed.iv])
  for await (const chunk of octets) {
    digest.update(chunk)
    yield cipher.update(chunk)
  }
  checkOctets(sealed, digest.digest())
  cipher.final()
  yield Buffer.concat([cipher.getAuthTag(), sealed.epilogue])
}

function checkOctets(sealed: SealedMessage, digest: Buffer): void {
  const signed = sealed.references.find(reference => reference.uri.startsWith('cid:'))
  if (signed === undefined || !signed.digest.equals(digest)) throw otherOctets()
}

function otherOctets(): TypeError {
  return new TypeError('these are not the octets that the message was sealed over')
}

/** What cannot be written into a MIME header and a cid: reference alike is a mistake of the caller. */
function onlyPart({ parts }: UserMessage): PartInfo {
  const [part, second] = parts
  if (
    part === undefined ||
    second !== undefined ||
    !part.compressed ||
    !/^[\w!$&'*+./=?^`{|}~@-]+$/.test(part.contentId)
  ) {
    throw new TypeError('a sealed message has exactly one part, compressed, with a plain Content-ID')
  }
  return part
}

/** Encryption comes first in the header, because WSS4J must decrypt the attachment before it can check its digest. */
function writeEncryption(to: {
  readonly contentKey: Buffer
  readonly receiver: Certificate
  readonly unique: string
  readonly contentId: string
}): readonly Markup[] {
  const token = writeToken('G', to.receiver)
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  const wrapped = publicEncrypt({ key: to.receiver.publicKey, padding, oaepHash: 'sha256' }, to.contentKey)
  const keyId = `EK-${to.unique}`
  const dataId = `ED-${to.unique}`
  const encryptedKey = tag(
    'xenc:EncryptedKey',
    { 'xmlns:xenc': ns.xenc, Id: keyId },
    keyTransport,
    tag('ds:KeyInfo', { 'xmlns:ds': ns.ds }, writeTokenReference(token)),
    tag('xenc:CipherData', {}, tag('xenc:CipherValue', {}, text(wrapped.toString('base64')))),
    tag('xenc:ReferenceList', {}, tag('xenc:DataReference', { URI: `#${dataId}` })),
  )
  const keyReference = tag(
    'wsse:SecurityTokenReference',
    { 'xmlns:wsse11': ns.wsse11, 'wsse11:TokenType': uri.encryptedKeyToken },
    tag('wsse:Reference', { URI: `#${keyId}` }),
  )
  const encryptedData = tag(
    'xenc:EncryptedData',
    { 'xmlns:xenc': ns.xenc, Id: dataId, MimeType: 'application/gzip', Type: uri.attachmentContentOnly },
    tag('xenc:EncryptionMethod', { Algorithm: uri.aes128Gcm }),
    tag('ds:KeyInfo', { 'xmlns:ds': ns.ds }, keyReference),
    tag('xenc:CipherData', {}, tag('xenc:CipherReference', { URI: `cid:${to.contentId}` }, cipherTransforms)),
  )
  return [token.markup, encryptedKey, encryptedData]
}

const keyTransport = tag(
  'xenc:EncryptionMethod',
  { Algorithm: uri.rsaOaep },
  tag('ds:DigestMethod', { 'xmlns:ds': ns.ds, Algorithm: uri.sha256 }),
  tag('xenc11:MGF', { 'xmlns:xenc11': ns.xenc11, Algorithm: uri.mgf1Sha256 }),
)

const cipherTransforms = tag(
  'xenc:Transforms',
  {},
  tag('ds:Transform', { 'xmlns:ds': ns.ds, Algorithm: uri.attachmentCiphertext }),
)

/** eb:UserMessage in the order of the ebMS schema. [peppol.md §1.3] */
function writeUserMessage(message: UserMessage): Markup {
  const { agreement, service } = message
  return tag(
    'eb:UserMessage',
    { mpc: message.mpc },
    tag(
      'eb:MessageInfo',
      {},
      leaf('eb:Timestamp', isoOf(message.timestamp)),
      leaf('eb:MessageId', message.messageId),
      message.refToMessageId === undefined ? undefined : leaf('eb:RefToMessageId', message.refToMessageId),
    ),
    tag('eb:PartyInfo', {}, writeParty('eb:From', message.from), writeParty('eb:To', message.to)),
    tag(
      'eb:CollaborationInfo',
      {},
      agreement && leaf('eb:AgreementRef', agreement.value, { pmode: agreement.pmode, type: agreement.type }),
      leaf('eb:Service', service.value, { type: service.type }),
      leaf('eb:Action', message.action),
      leaf('eb:ConversationId', message.conversationId),
    ),
    writeProperties('eb:MessageProperties', message.properties),
    tag('eb:PayloadInfo', {}, ...message.parts.map(part => writePartInfo(part))),
  )
}

function writeParty(name: string, party: Party): Markup {
  return tag(name, {}, leaf('eb:PartyId', party.id, { type: party.type }), leaf('eb:Role', party.role))
}

function writePartInfo(part: PartInfo): Markup {
  const properties = [
    { name: 'MimeType', value: part.mimeType, type: undefined },
    { name: 'CompressionType', value: 'application/gzip', type: undefined },
  ]
  if (part.characterSet !== undefined) {
    properties.push({ name: 'CharacterSet', value: part.characterSet, type: undefined })
  }
  return tag('eb:PartInfo', { href: `cid:${part.contentId}` }, writeProperties('eb:PartProperties', properties))
}

function writeProperties(name: string, properties: readonly Property[]): Markup | undefined {
  if (properties.length === 0) return undefined
  const list = properties.map(property =>
    leaf('eb:Property', property.value, { name: property.name, type: property.type }),
  )
  return tag(name, {}, ...list)
}

function leaf(name: string, value: string, attributes: Readonly<Record<string, string | undefined>> = {}): Markup {
  return tag(name, attributes, text(value))
}
