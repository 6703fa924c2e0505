import type { Instant, Octets } from '../../kernel/index.ts'
import type { Certificate } from '../pki/index.ts'

/* ── The ebMS 3 header, in and out ─────────────────────────────────────────────────────────── */

export interface Party {
  readonly id: string
  readonly type: string | undefined
  readonly role: string
}

export interface Property {
  readonly name: string
  readonly value: string
  readonly type: string | undefined
}

export interface PartInfo {
  /** Content-ID of the MIME part, without `cid:` and without brackets. */
  readonly contentId: string
  /** Type before compression. [AS4 §1.3] */
  readonly mimeType: string
  readonly compressed: boolean
  readonly characterSet: string | undefined
}

/** eb:UserMessage. Says what the sender wrote; nothing here is Peppol's. */
export interface UserMessage {
  readonly messageId: string
  readonly timestamp: Instant
  readonly refToMessageId: string | undefined
  readonly mpc: string | undefined
  readonly from: Party
  readonly to: Party
  readonly agreement:
    | { readonly value: string; readonly type: string | undefined; readonly pmode: string | undefined }
    | undefined
  readonly service: { readonly value: string; readonly type: string | undefined }
  readonly action: string
  readonly conversationId: string
  readonly properties: readonly Property[]
  readonly parts: readonly PartInfo[]
}

/** One ds:Reference of a signature: what a receipt lists and what the sender compares. */
export interface SignedReference {
  /** `#id` or `cid:content-id`, verbatim. */
  readonly uri: string
  /** Transform algorithms in order. */
  readonly transforms: readonly string[]
  /** The PrefixList of each transform in order, as received; absent where none has one. A receipt repeats them. [peppol.md §1.6] */
  readonly prefixLists?: readonly (readonly string[])[]
  readonly digestAlgorithm: string
  /** The digest's octets. */
  readonly digest: Buffer
}

/* ── Inbound: each step returns what the next one demands ──────────────────────────────────── */

/** The SOAP part, and the attachments as they arrive. Attachments must be read in order and to their end. */
export interface MimeMessage {
  readonly root: Buffer
  readonly attachments: AsyncIterator<MimePart, undefined>
}

export interface MimePart {
  /** Without brackets. */
  readonly contentId: string
  readonly contentType: string
  /** The transfer encoding is already undone. */
  readonly body: AsyncIterable<Buffer>
}

/** The header, read and checked for shape. Nothing is proven. `E` is opaque to everyone but wire/as4. */
export interface Envelope {
  readonly kind: 'envelope'
  /** May be quoted in an error signal (refToMessageInError); it is the sender's claim. */
  readonly messageId: string
}

/** The signature over eb:Messaging and S12:Body holds, and it names a digest for each attachment. The signer is not trusted yet. */
export interface SignedEnvelope {
  readonly kind: 'signed-envelope'
  /** Built from signed bytes only. */
  readonly userMessage: UserMessage
  readonly signer: Certificate
  readonly references: readonly SignedReference[]
}

/** All of it: header, signer and every attachment, proven. */
export interface SignedUserMessage {
  readonly userMessage: UserMessage
  readonly signer: Certificate
  readonly references: readonly SignedReference[]
  readonly payloads: readonly ReceivedPayload[]
  /** The SOAP part as received: evidence. */
  readonly envelope: Buffer
}

export interface ReceivedPayload {
  readonly part: PartInfo
  /** The very octets whose digest is signed (still compressed when part.compressed): evidence, and what is stored. */
  readonly octets: Octets
  readonly content: PayloadContent
}

/** What the octets are after decompression. */
export interface PayloadContent {
  readonly size: number
  readonly sha256: Buffer
  /** The first As4Limits.headOctets octets, or all of them when `complete`. */
  readonly head: Buffer
  /** The last octets (up to 256), to see how the document ends without reading it again. */
  readonly tail: Buffer
  readonly complete: boolean
}

/* ── Outbound ──────────────────────────────────────────────────────────────────────────────── */

/** A payload compressed once. Its octets are what is signed and enciphered, on every attempt. [AS4 §1.3] */
export interface PackedPayload {
  readonly octets: Octets
  /** SHA-256 of the octets. */
  readonly digest: Buffer
  /** Of the content before compression. */
  readonly content: { readonly size: number; readonly sha256: Buffer }
}

/**
 * A message sealed once. With the packed octets beside it the same request body can be made again, byte for byte.
 * Plain data, so that it can be stored before the first octet leaves.
 */
export interface SealedMessage {
  readonly messageId: string
  /** Value of the HTTP Content-Type header. */
  readonly contentType: string
  /** Octets of the whole body, known before the first is sent. */
  readonly contentLength: number
  /** Every octet before the cipher text: MIME preamble, SOAP part, part headers. */
  readonly prologue: Buffer
  readonly epilogue: Buffer
  /** AES-128 key and 12-octet IV; used for these octets and never for others. */
  readonly contentKey: Buffer
  readonly iv: Buffer
  /** What the receipt must list. */
  readonly references: readonly SignedReference[]
  /** Fingerprint of the certificate the content key is wrapped for; the receipt must be signed with it. */
  readonly receiverFingerprint: string
}

/* ── Answers ───────────────────────────────────────────────────────────────────────────────── */

export interface HttpAnswer {
  readonly status: number
  readonly contentType: string | undefined
  readonly body: Buffer
}

export interface EbmsErrorReport {
  /** As written by the peer, e.g. `EBMS:0004`; not necessarily one we know. */
  readonly code: string
  readonly severity: 'failure' | 'warning'
  readonly shortDescription: string
  readonly description: string
  readonly detail: string
  readonly refToMessageId: string | undefined
}

/**
 * What came back for a posted message.
 * receipt: verified signature of the expected receiver over exactly our digests.
 * error: one or more eb:Error; `authenticated` says whether the expected receiver signed it.
 * unusable: anything else (no body, HTML, foreign or broken receipt): the outcome is not known.
 */
export type Answer =
  | { readonly kind: 'receipt'; readonly receiptId: string; readonly timestamp: Instant; readonly signer: Certificate }
  | { readonly kind: 'error'; readonly errors: readonly EbmsErrorReport[]; readonly authenticated: boolean }
  | { readonly kind: 'unusable'; readonly reason: UnusableReason; readonly message: string }

export type UnusableReason =
  | 'empty'
  | 'not-soap'
  | 'not-a-signal'
  | 'unsigned'
  | 'bad-signature'
  | 'foreign-signer'
  | 'other-message'
  | 'digest-mismatch'

/* ── Limits ────────────────────────────────────────────────────────────────────────────────── */

/** Inclusive bounds; reaching past one refuses the message. Units in the names. */
export interface As4Limits {
  readonly soapOctetsMax: number
  readonly partHeaderOctetsMax: number
  readonly partsMax: number
  /** Of the whole request body. */
  readonly messageOctetsMax: number
  /** Of one payload after decompression. */
  readonly inflatedOctetsMax: number
  /** How much of the content is kept at hand in PayloadContent.head. */
  readonly headOctets: number
}
