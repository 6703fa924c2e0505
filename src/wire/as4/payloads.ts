import { type Octets, type Spool, type SpoolWriter, joined } from '../../kernel/index.ts'
import type { Certificate, DecryptionKey } from '../pki/index.ts'
import { XmlError } from '../xml/index.ts'
import { type AttachmentDigest, attachmentDigest } from './attachment-digest.ts'
import { contentOf, contentReader } from './content.ts'
import { EbmsFault } from './ebms.ts'
import { type EncryptedPart, startDecryption } from './encryption.ts'
import { GcmReader } from './gcm.ts'
import { wholeOctetsMax } from './names.ts'
import type {
  As4Limits,
  MimeMessage,
  MimePart,
  PartInfo,
  PayloadContent,
  ReceivedPayload,
  SignedEnvelope,
  SignedReference,
  SignedUserMessage,
  UserMessage,
} from './types.ts'
import { VerifiedEnvelope } from './verify.ts'

interface PayloadInput {
  readonly mime: MimeMessage
  readonly keys: readonly DecryptionKey[]
  readonly spool: Spool
  readonly limits: As4Limits
}

/** The only SignedUserMessage there is. */
class ProvenMessage implements SignedUserMessage {
  readonly userMessage: UserMessage
  readonly signer: Certificate
  readonly references: readonly SignedReference[]
  readonly payloads: readonly ReceivedPayload[]
  readonly envelope: Buffer

  constructor(verified: VerifiedEnvelope, payloads: readonly ReceivedPayload[]) {
    this.userMessage = verified.userMessage
    this.signer = verified.signer
    this.references = verified.references
    this.envelope = verified.root
    this.payloads = payloads
  }
}

/** One attachment whose tag, digest and content have been proven, and whose octets wait in the spool. */
interface ProvenPart {
  readonly part: PartInfo
  readonly writer: SpoolWriter
  readonly content: PayloadContent
}

/**
 * Deciphers, hashes, inflates and spools the attachments as they arrive. Call it only for a trusted signer: here the first RSA
 * private operation is spent and the first octet is kept. On any failure everything spooled is discarded.
 * Throws EBMS:0102 and 0103 for the encryption, 0101 for a digest, 0303 for the compression, 0003 and 0011 for parts that do not
 * agree with the header, 0007 and 0202 for the packaging. [peppol.md §1.5, AS4 §5.1.8]
 */
export async function receivePayloads(signed: SignedEnvelope, input: PayloadInput): Promise<SignedUserMessage> {
  if (!(signed instanceof VerifiedEnvelope)) throw new TypeError('only verifyHeader makes a SignedEnvelope')
  const { parts } = signed.userMessage
  const contentIds = parts.map(part => part.contentId)
  const encrypted = startDecryption(signed.soap, contentIds, input.keys)
  const writers: SpoolWriter[] = []
  const spool: Spool = {
    create: () => {
      const writer = input.spool.create()
      writers.push(writer)
      return writer
    },
  }
  try {
    const proven = await receiveParts(signed, encrypted, { ...input, spool })
    const payloads: ReceivedPayload[] = []
    for (const { part, writer, content } of proven) {
      const octets: Octets = await writer.finish()
      writers.splice(writers.indexOf(writer), 1)
      payloads.push({ part, octets, content })
    }
    return new ProvenMessage(signed, payloads)
  } finally {
    for (const writer of writers) await writer.discard()
  }
}

/** Takes the attachments in the order of their arrival and returns them in the order of the header. */
async function receiveParts(
  signed: VerifiedEnvelope,
  encrypted: ReadonlyMap<string, EncryptedPart>,
  input: PayloadInput,
): Promise<readonly ProvenPart[]> {
  const { parts } = signed.userMessage
  const proven = new Map<PartInfo, ProvenPart>()
  const { attachments } = input.mime
  for (let next = await attachments.next(); next.done !== true; next = await attachments.next()) {
    const part = parts.find(({ contentId }) => contentId === next.value?.contentId)
    const encryption = part && encrypted.get(part.contentId)
    const digest = part && signed.attachmentDigests.get(part.contentId)
    if (part === undefined || encryption === undefined || digest === undefined) {
      throw new EbmsFault('EBMS:0003', 'the Content-ID of an attachment agrees with no eb:PartInfo')
    }
    proven.set(part, await receivePart(next.value, { part, encryption, digest }, input))
  }
  const inOrder = parts.map(part => proven.get(part)).filter(part => part !== undefined)
  if (inOrder.length !== parts.length) {
    throw new EbmsFault('EBMS:0011', 'there are fewer attachments than eb:PartInfo')
  }
  return inOrder
}

interface Expected {
  readonly part: PartInfo
  readonly encryption: EncryptedPart
  /** What the signature says the octets hash to. */
  readonly digest: Buffer
}

async function receivePart(mime: MimePart, expected: Expected, input: PayloadInput): Promise<ProvenPart> {
  const chunks = mime.body[Symbol.asyncIterator]()
  const { octets, ended } = await gather(chunks)
  const cipher = new GcmReader(await expected.encryption.contentKey)
  const hash = attachmentDigest(expected.part.compressed, expected.encryption.mimeType ?? mime.contentType)
  if (!ended) return await receiveLarge({ octets, chunks }, { cipher, hash, expected }, input)
  const plain = cipher.update(octets)
  cipher.end()
  hash.update(plain)
  checkDigest(hash, expected)
  const content = contentOf(plain, expected.part.compressed, input.limits)
  const writer = input.spool.create()
  await writer.write(plain)
  return { part: expected.part, writer, content }
}

/** The first octets, and whether they are all. */
async function gather(chunks: AsyncIterator<Buffer>): Promise<{ readonly octets: Buffer; readonly ended: boolean }> {
  const gathered: Buffer[] = []
  let size = 0
  while (size <= wholeOctetsMax) {
    const next = await chunks.next()
    if (next.done === true) return { octets: joined(gathered), ended: true }
    gathered.push(next.value)
    size += next.value.length
  }
  return { octets: joined(gathered), ended: false }
}

/**
 * The tag comes last. Until it is proven the plain octets are only guesses of whoever sent them, so a failure to inflate them is
 * kept quiet until the tag and the digest have spoken: told earlier, it would say something about the plain text.
 */
async function receiveLarge(
  arriving: { readonly octets: Buffer; readonly chunks: AsyncIterator<Buffer> },
  { cipher, hash, expected }: { cipher: GcmReader; hash: AttachmentDigest; expected: Expected },
  input: PayloadInput,
): Promise<ProvenPart> {
  const writer = input.spool.create()
  const content = contentReader(expected.part.compressed, input.limits)
  try {
    let chunk: Buffer | undefined = arriving.octets
    while (chunk !== undefined) {
      const plain = cipher.update(chunk)
      if (plain.length > 0) {
        hash.update(plain)
        // What has failed is not kept any longer: a bomb costs neither time nor space beyond the limit.
        if (!content.failed) {
          await content.write(plain)
          await writer.write(plain)
        }
      }
      const next = await arriving.chunks.next()
      chunk = next.done === true ? undefined : next.value
    }
    cipher.end()
    checkDigest(hash, expected)
    return { part: expected.part, writer, content: await content.end() }
  } catch (error) {
    content.abort()
    throw error
  }
}

function checkDigest(hash: AttachmentDigest, { digest }: Expected): void {
  if (!digestOf(hash).equals(digest)) throw new EbmsFault('EBMS:0101', 'the digest of an attachment does not match')
}

function digestOf(hash: AttachmentDigest): Buffer {
  try {
    return hash.end()
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    throw new EbmsFault('EBMS:0101', 'the digest of an attachment does not match', { cause: error })
  }
}
