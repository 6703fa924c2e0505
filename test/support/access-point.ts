import { createCipheriv, createHash, randomUUID } from 'node:crypto'
import { type Instant, inMemory, systemClock, systemRandom } from '../../src/kernel/index.ts'
import {
  type Answer,
  type HttpAnswer,
  type SealedMessage,
  type UserMessage,
  packPayload,
  readAnswer,
  sealMessage,
  sealedBody,
} from '../../src/wire/as4/index.ts'
import type { Certificate } from '../../src/wire/pki/index.ts'
import {
  type DocumentTypeId,
  type ParticipantId,
  type ProcessId,
  buildSbd,
  buildUserMessage,
  parseParticipantId,
} from '../../src/wire/peppol/index.ts'
import { ask } from './http.ts'
import { invoiceUbl, nextNumber } from './invoices.ts'
import { billing, billingProcess } from './network.ts'
import type { TestIdentity } from './pki.ts'

/* The other access point: it seals and posts messages, sound ones and such with one defect. */

export interface Letter {
  readonly from: TestIdentity
  /** Of the receiving access point. */
  readonly to: Certificate
  /** `0225:…` */
  readonly sender: string
  readonly receiver: string
  readonly documentType?: DocumentTypeId
  readonly process?: ProcessId
  readonly messageId?: string
  readonly instanceId?: string
  /** The business document; an invoice when absent. */
  readonly document?: Buffer
  /** Changes what the header says and leaves the envelope. */
  readonly header?: (message: UserMessage) => UserMessage
  /** Changes the content (SBD) before it is compressed. */
  readonly content?: (sbd: Buffer) => Buffer
  /** Instead of the compressed content: what is signed. */
  readonly packed?: Buffer
  /** Instead of the packed octets: what is enciphered under the signature over the packed ones. */
  readonly enciphered?: Buffer
}

export interface Posted {
  readonly contentType: string
  readonly body: Buffer
}

export interface SealedLetter extends Posted {
  readonly sealed: SealedMessage
  /** The SBD. */
  readonly content: Buffer
}

export async function sealLetter(letter: Letter): Promise<SealedLetter> {
  const {
    from,
    to,
    documentType = billing,
    process = billingProcess,
    messageId = `${randomUUID()}@other.test`,
  } = letter
  const sender = parseParticipantId(letter.sender)
  const receiver = parseParticipantId(letter.receiver)
  const content = contentOf(letter, { sender, receiver, documentType, process })
  const message = buildUserMessage({
    messageId,
    timestamp: systemClock.now(),
    conversationId: randomUUID(),
    senderAccessPoint: from.certificate.commonName,
    receiverAccessPoint: to.commonName,
    sender,
    receiver,
    documentType,
    process,
    contentId: 'payload-1@ap.example',
  })
  const packed = letter.packed ?? (await compress(content))
  const digest = createHash('sha256').update(packed).digest()
  const facts = { size: content.length, sha256: createHash('sha256').update(content).digest() }
  const sealed = await sealMessage(
    letter.header?.(message) ?? message,
    { octets: inMemory(packed), digest, content: facts },
    { key: from.keys, receiver: to, random: systemRandom },
  )
  const body =
    letter.enciphered === undefined ? sealedBody(sealed, inMemory(packed)) : withOctets(sealed, letter.enciphered)
  return { sealed, content, contentType: sealed.contentType, body: body as Buffer }
}

function contentOf(
  letter: Letter,
  ids: { sender: ParticipantId; receiver: ParticipantId; documentType: DocumentTypeId; process: ProcessId },
): Buffer {
  const { sender, receiver, instanceId = randomUUID(), content = (sbd: Buffer) => sbd } = letter
  const document = letter.document ?? invoiceUbl({ number: nextNumber(), seller: sender, buyer: receiver })
  const sbd = buildSbd({ ...ids, countryC1: 'FR', instanceId, createdAt: fixedTime }, inMemory(document))
  if (!('kind' in sbd) || sbd.kind !== 'memory') throw new Error('a document in memory stays there')
  return content(sbd.bytes)
}

/** The same document has the same envelope whenever it is sent. */
const fixedTime = Date.UTC(2026, 10, 21) as Instant

async function compress(content: Buffer): Promise<Buffer> {
  const { octets } = await packPayload(inMemory(content), memoryOnly)
  if (octets.kind !== 'memory') throw new Error('the spool of the tests keeps everything in memory')
  return octets.bytes
}

/** A spool for what tests make and read. */
export const memoryOnly = {
  create() {
    const chunks: Buffer[] = []
    return {
      write: (chunk: Buffer) => void chunks.push(chunk),
      finish: () => Promise.resolve(inMemory(Buffer.concat(chunks))),
      discard: () => Promise.resolve(),
    }
  },
}

/** The message with other octets in its attachment, enciphered with its own content key. */
function withOctets(sealed: SealedMessage, octets: Buffer): Buffer {
  const cipher = createCipheriv('aes-128-gcm', sealed.contentKey, sealed.iv)
  const enciphered = Buffer.concat([cipher.update(octets), cipher.final()])
  return Buffer.concat([sealed.prologue, sealed.iv, enciphered, cipher.getAuthTag(), sealed.epilogue])
}

/** One POST on a connection of its own; `chunks` sends the body chunked, in these pieces. */
export async function post(url: string, posted: Posted, chunks?: readonly Buffer[]): Promise<HttpAnswer> {
  const type = { 'content-type': posted.contentType }
  const given = chunks
    ? { headers: type, chunks }
    : { headers: { ...type, 'content-length': posted.body.length }, body: posted.body }
  const { status, headers, body } = await ask(`${url}/as4`, { method: 'POST', ...given })
  return { status, contentType: headers['content-type'], body }
}

/** Posts and reads the answer as its sender would. */
export async function deliver(url: string, letter: SealedLetter): Promise<Answer> {
  return readAnswer(await post(url, letter), letter.sealed)
}
