import { constants, publicEncrypt } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { digestOf, encipher } from './forge.ts'
import { type Posted, receiver, resign, sender } from './support.ts'

/* Messages written as other products write them, by templates of their own: nothing here comes out of the code under test. */

const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
const wsu = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'
const soap = 'http://www.w3.org/2003/05/soap-envelope'
const eb = 'http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/'
const ds = 'http://www.w3.org/2000/09/xmldsig#'
const swa = 'http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#'
const x509 = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3'
const base64Binary = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary'
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const sha256 = 'http://www.w3.org/2001/04/xmlenc#sha256'

/** Filled in when the message is signed. */
const unknownDigest = Buffer.alloc(32).toString('base64')
const contentKey = Buffer.alloc(16, 'template key 123')

function token(id: string, der: Buffer): string {
  return `<wsse:BinarySecurityToken EncodingType="${base64Binary}" ValueType="${x509}" wsu:Id="${id}">${der.toString('base64')}</wsse:BinarySecurityToken>`
}

function encryption(contentId: string, mimeType: string): string {
  const oaep = { key: receiver.certificate.publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
  const wrapped = publicEncrypt(oaep, contentKey).toString('base64')
  return (
    `<xenc:EncryptedKey xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Id="EK-1">` +
    `<xenc:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#rsa-oaep"><ds:DigestMethod xmlns:ds="${ds}" Algorithm="${sha256}"/>` +
    `<xenc11:MGF xmlns:xenc11="http://www.w3.org/2009/xmlenc11#" Algorithm="http://www.w3.org/2009/xmlenc11#mgf1sha256"/></xenc:EncryptionMethod>` +
    `<ds:KeyInfo xmlns:ds="${ds}"><wsse:SecurityTokenReference><wsse:Reference URI="#G1" ValueType="${x509}"/></wsse:SecurityTokenReference></ds:KeyInfo>` +
    `<xenc:CipherData><xenc:CipherValue>${wrapped}</xenc:CipherValue></xenc:CipherData>` +
    `<xenc:ReferenceList><xenc:DataReference URI="#ED-1"/></xenc:ReferenceList></xenc:EncryptedKey>` +
    `<xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Id="ED-1" MimeType="${mimeType}" Type="${swa}Attachment-Content-Only">` +
    `<xenc:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes128-gcm"/><ds:KeyInfo xmlns:ds="${ds}">` +
    `<wsse:SecurityTokenReference xmlns:wsse11="http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd" wsse11:TokenType="http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#EncryptedKey"><wsse:Reference URI="#EK-1"/></wsse:SecurityTokenReference></ds:KeyInfo>` +
    `<xenc:CipherData><xenc:CipherReference URI="cid:${contentId}"><xenc:Transforms><ds:Transform xmlns:ds="${ds}" Algorithm="${swa}Attachment-Ciphertext-Transform"/></xenc:Transforms></xenc:CipherReference></xenc:CipherData></xenc:EncryptedData>`
  )
}

interface SignatureManner {
  readonly infoPrefixes: string
  readonly messagingPrefixes: string | undefined
  readonly messagingId: string
  readonly bodyId: string
  readonly order: readonly ('messaging' | 'body' | 'attachment')[]
  readonly contentId: string
  readonly digest: string
}

function reference(uri: string, transform: string, digest: string): string {
  return `<ds:Reference URI="${uri}"><ds:Transforms>${transform}</ds:Transforms><ds:DigestMethod Algorithm="${sha256}"/><ds:DigestValue>${digest}</ds:DigestValue></ds:Reference>`
}

function signature(manner: SignatureManner): string {
  const inclusive = (prefixes: string) => `<ec:InclusiveNamespaces xmlns:ec="${exclusive}" PrefixList="${prefixes}"/>`
  const plain = `<ds:Transform Algorithm="${exclusive}"/>`
  const listed = manner.messagingPrefixes
    ? `<ds:Transform Algorithm="${exclusive}">${inclusive(manner.messagingPrefixes)}</ds:Transform>`
    : plain
  const references = {
    messaging: reference(`#${manner.messagingId}`, listed, unknownDigest),
    body: reference(`#${manner.bodyId}`, plain, unknownDigest),
    attachment: reference(
      `cid:${manner.contentId}`,
      `<ds:Transform Algorithm="${swa}Attachment-Content-Signature-Transform"/>`,
      manner.digest,
    ),
  }
  return (
    `<ds:Signature xmlns:ds="${ds}" Id="SIG-1"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="${exclusive}">${inclusive(manner.infoPrefixes)}</ds:CanonicalizationMethod>` +
    `<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>${manner.order.map(part => references[part]).join('')}</ds:SignedInfo>` +
    `<ds:SignatureValue>${unknownDigest}</ds:SignatureValue><ds:KeyInfo Id="KI-1"><wsse:SecurityTokenReference wsu:Id="STR-1"><wsse:Reference URI="#X509-1" ValueType="${x509}"/></wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>`
  )
}

function header(prefix: string, timestamp: string, href: string, properties: string): string {
  const p = prefix
  return (
    `<${p}:UserMessage><${p}:MessageInfo><${p}:Timestamp>${timestamp}</${p}:Timestamp><${p}:MessageId>1-2-3@host.example</${p}:MessageId></${p}:MessageInfo>` +
    `<${p}:PartyInfo><${p}:From><${p}:PartyId type="urn:fdc:peppol.eu:2017:identifiers:ap">POP000111</${p}:PartyId><${p}:Role>${eb}initiator</${p}:Role></${p}:From>` +
    `<${p}:To><${p}:PartyId type="urn:fdc:peppol.eu:2017:identifiers:ap">POP000222</${p}:PartyId><${p}:Role>${eb}responder</${p}:Role></${p}:To></${p}:PartyInfo>` +
    `<${p}:CollaborationInfo><${p}:AgreementRef>urn:fdc:peppol.eu:2017:agreements:tia:ap_provider</${p}:AgreementRef><${p}:Service type="cenbii-procid-ubl">urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</${p}:Service>` +
    `<${p}:Action>busdox-docid-qns::urn:x::Invoice##urn:y::2.1</${p}:Action><${p}:ConversationId>9@host.example</${p}:ConversationId></${p}:CollaborationInfo>` +
    `<${p}:MessageProperties><${p}:Property name="originalSender" type="iso6523-actorid-upis">9915:a</${p}:Property><${p}:Property name="finalRecipient" type="iso6523-actorid-upis">9915:b</${p}:Property></${p}:MessageProperties>` +
    `<${p}:PayloadInfo><${p}:PartInfo href="cid:${href}"><${p}:PartProperties>${properties}</${p}:PartProperties></${p}:PartInfo></${p}:PayloadInfo></${p}:UserMessage>`
  )
}

export interface Phase4Manner {
  /** Saxon writes namespace declarations before the attributes, the JDK after them and with standalone. */
  readonly serializer: 'saxon' | 'jdk'
  readonly content: Buffer
  /** Of what an uncompressed document is hashed over. */
  readonly uncompressedDigest?: string
}

/** As phase4 does it. [peers.md §2] */
export function phase4Message({ serializer, content, uncompressedDigest }: Phase4Manner): Posted {
  const contentId = 'phase4-att-1@cid'
  const octets = uncompressedDigest === undefined ? gzipSync(content) : content
  const compression =
    uncompressedDigest === undefined ? '<eb:Property name="CompressionType">application/gzip</eb:Property>' : ''
  const declarations = `xmlns:ds="${ds}" xmlns:eb="${eb}" xmlns:ebbp="http://docs.oasis-open.org/ebxml-bp/ebbp-signals-2.0" xmlns:ns5="http://schemas.xmlsoap.org/soap/envelope/" xmlns:ns6="${soap}" xmlns:wsu="${wsu}" xmlns:xlink="http://www.w3.org/1999/xlink"`
  const attributes = 'ns6:mustUnderstand="true" wsu:Id="phase4-msg-1"'
  const messaging = serializer === 'saxon' ? `${declarations} ${attributes}` : `${attributes} ${declarations}`
  const body = serializer === 'saxon' ? `xmlns:wsu="${wsu}" wsu:Id="id-1"` : `wsu:Id="id-1" xmlns:wsu="${wsu}"`
  const standalone = serializer === 'saxon' ? '' : ' standalone="no"'
  const properties = `<eb:Property name="MimeType">application/xml</eb:Property>${compression}`
  const security =
    token('G1', receiver.certificate.der) +
    encryption(contentId, uncompressedDigest === undefined ? 'application/gzip' : 'application/xml') +
    token('X509-1', sender.certificate.der) +
    signature({
      infoPrefixes: 'S12',
      messagingPrefixes: 'S12',
      messagingId: 'phase4-msg-1',
      bodyId: 'id-1',
      order: ['messaging', 'body', 'attachment'],
      contentId,
      digest: uncompressedDigest ?? digestOf(octets),
    })
  const text =
    `<?xml version="1.0" encoding="UTF-8"${standalone}?><S12:Envelope xmlns:S12="${soap}"><S12:Header>` +
    `<wsse:Security xmlns:wsse="${wsse}" xmlns:wsu="${wsu}" S12:mustUnderstand="true">${security}</wsse:Security>` +
    `<eb:Messaging ${messaging}>${header('eb', '2026-11-21T10:00:00.000Z', contentId, properties)}</eb:Messaging></S12:Header><S12:Body ${body}/></S12:Envelope>`
  const boundary = '----=_Part_0_1950117092.1769701143986'
  return {
    contentType: `multipart/related; boundary="${boundary}"; type="application/soap+xml"`,
    body: Buffer.concat([
      Buffer.from(
        `--${boundary}\r\nContent-Type: application/soap+xml;charset=UTF-8\r\nContent-Transfer-Encoding: binary\r\n\r\n${resign(text, sender)}\r\n--${boundary}\r\n` +
          `Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\nContent-Description: Attachment\r\nContent-ID: <${contentId}>\r\n\r\n`,
      ),
      encipher(octets, contentKey),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
  }
}

/** As Oxalis, which is CXF, does it. [peers.md §3] */
export function oxalisMessage(content: Buffer): Posted {
  const contentId = '5d4f@host.example'
  const octets = gzipSync(content)
  const security =
    token('G1', receiver.certificate.der) +
    encryption(contentId, 'application/gzip') +
    token('X509-1', sender.certificate.der) +
    signature({
      infoPrefixes: 'env',
      messagingPrefixes: undefined,
      messagingId: '_messaging',
      bodyId: '_body',
      order: ['body', 'messaging', 'attachment'],
      contentId,
      digest: digestOf(octets),
    })
  const properties =
    '<ns2:Property name="CompressionType">application/gzip</ns2:Property><ns2:Property name="MimeType">application/xml</ns2:Property>'
  const text =
    `<env:Envelope xmlns:env="${soap}"><env:Header>` +
    `<ns2:Messaging xmlns:ns2="${eb}" xmlns:wsu="${wsu}" xmlns:ns3="${soap}" xmlns:xmime="http://www.w3.org/2005/05/xmlmime" env:mustUnderstand="true" wsu:Id="_messaging">` +
    `${header('ns2', '2026-11-21T11:00:00.0001234+01:00', contentId, properties)}</ns2:Messaging>` +
    `<wsse:Security xmlns:wsse="${wsse}" xmlns:wsu="${wsu}" env:mustUnderstand="true">${security}</wsse:Security>` +
    `</env:Header><env:Body xmlns:wsu="${wsu}" wsu:Id="_body"/></env:Envelope>`
  const boundary = 'uuid:f9e7a8f6-7a3a-4d1c-9d55-0123456789ab'
  return {
    contentType: `multipart/related; type="application/soap+xml"; boundary="${boundary}"; start="<split.root.message@cxf.apache.org>"; start-info="application/soap+xml"`,
    body: Buffer.concat([
      Buffer.from(
        `\r\n--${boundary}\r\nContent-Type: application/soap+xml; charset=UTF-8; type="application/soap+xml"\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <split.root.message@cxf.apache.org>\r\n\r\n${resign(text, sender)}\r\n--${boundary}\r\n` +
          `Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <${contentId}>\r\nCompressionType: application/gzip\r\nMimeType: application/xml\r\n\r\n`,
      ),
      encipher(octets, contentKey),
      Buffer.from(`\r\n--${boundary}--`),
    ]),
  }
}

export interface ReceiptManner {
  readonly refToMessageId: string
  /** The ds:Reference elements of the received signature, as text; they bind their prefixes. */
  readonly references: readonly string[]
}

/** The receipt of phase4: a child of its own, and an extra declaration on the copied InclusiveNamespaces. [peers.md §2] */
export function phase4Receipt({ refToMessageId, references }: ReceiptManner): string {
  const parts = references
    .map(reference => reference.replaceAll('<ec:InclusiveNamespaces ', `<ec:InclusiveNamespaces xmlns:wsse="${wsse}" `))
    .map(reference => `<ebbp:MessagePartNRInformation>${reference}</ebbp:MessagePartNRInformation>`)
  return resign(
    `<?xml version="1.0" encoding="UTF-8"?><S12:Envelope xmlns:S12="${soap}"><S12:Header>` +
      `<wsse:Security xmlns:wsse="${wsse}" xmlns:wsu="${wsu}" S12:mustUnderstand="true">${token('X509-1', receiver.certificate.der)}` +
      `${answerSignature('S12', 'S12')}</wsse:Security>` +
      `<eb:Messaging xmlns:ds="${ds}" xmlns:eb="${eb}" xmlns:ebbp="http://docs.oasis-open.org/ebxml-bp/ebbp-signals-2.0" xmlns:ns3="${soap}" xmlns:wsu="${wsu}" ns3:mustUnderstand="true" wsu:Id="_messaging">` +
      `<eb:SignalMessage><eb:MessageInfo><eb:Timestamp>2026-11-21T10:00:01.123Z</eb:Timestamp><eb:MessageId>receipt@phase4</eb:MessageId><eb:RefToMessageId>${refToMessageId}</eb:RefToMessageId></eb:MessageInfo>` +
      `<eb:Receipt><ebbp:NonRepudiationInformation>${parts.join('')}</ebbp:NonRepudiationInformation><phase4 xmlns="urn:fdc:com.helger.phase4:ns:info" timestamp="2025-09-09T14:40:58Z" version="4.0.1"/></eb:Receipt>` +
      `</eb:SignalMessage></eb:Messaging></S12:Header><S12:Body xmlns:wsu="${wsu}" wsu:Id="_body"/></S12:Envelope>`,
    receiver,
  )
}

/** The receipt of Oxalis: two identical tokens, the first of them unused; `xmlns=""` on SignalMessage. [peers.md §3] */
export function oxalisReceipt({ refToMessageId, references }: ReceiptManner): string {
  const tokens = token('unused', receiver.certificate.der) + token('X509-1', receiver.certificate.der)
  const parts = references.map(reference => `<ns4:MessagePartNRInformation>${reference}</ns4:MessagePartNRInformation>`)
  return resign(
    `<env:Envelope xmlns:env="${soap}"><env:Header>` +
      `<ns2:Messaging xmlns:ns2="${eb}" xmlns:wsu="${wsu}" env:mustUnderstand="true" wsu:Id="_messaging">` +
      `<ns2:SignalMessage xmlns=""><ns2:MessageInfo><ns2:Timestamp>2026-11-21T11:00:01.123+01:00</ns2:Timestamp><ns2:MessageId>receipt@oxalis</ns2:MessageId><ns2:RefToMessageId>${refToMessageId}</ns2:RefToMessageId></ns2:MessageInfo>` +
      `<ns2:Receipt><ns4:NonRepudiationInformation xmlns:ns4="http://docs.oasis-open.org/ebxml-bp/ebbp-signals-2.0">${parts.join('')}</ns4:NonRepudiationInformation></ns2:Receipt>` +
      `</ns2:SignalMessage></ns2:Messaging>` +
      `<wsse:Security xmlns:wsse="${wsse}" xmlns:wsu="${wsu}" env:mustUnderstand="true">${tokens}${answerSignature('env', undefined)}</wsse:Security>` +
      `</env:Header><env:Body xmlns:wsu="${wsu}" wsu:Id="_body"/></env:Envelope>`,
    receiver,
  )
}

function answerSignature(infoPrefixes: string, messagingPrefixes: string | undefined): string {
  const order = ['messaging', 'body'] as const
  const ids = { messagingId: '_messaging', bodyId: '_body', contentId: '', digest: unknownDigest }
  return signature({ infoPrefixes, messagingPrefixes, order, ...ids })
}
