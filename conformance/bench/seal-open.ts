import { constants, publicEncrypt } from 'node:crypto'
import { type Instant, inMemory, systemRandom } from '../../src/kernel/index.ts'
import {
  type As4Limits,
  type SealedMessage,
  buildReceipt,
  packPayload,
  parseEnvelope,
  readAnswer,
  readMime,
  receivePayloads,
  sealMessage,
  sealedBody,
  verifyHeader,
} from '../../src/wire/as4/index.ts'
import { type Certificate, type DecryptionKey, type SigningKey, trustCertificate } from '../../src/wire/pki/index.ts'
import { buildUserMessage } from '../../src/wire/peppol/index.ts'
import { makeTestPki } from '../../test/support/pki.ts'
import { memorySpool } from './memory-spool.ts'
import { buyer, documentType, participantOf, process, sampleSbd, seller } from './sample.ts'

const limits: As4Limits = {
  soapOctetsMax: 262_144,
  partHeaderOctetsMax: 8192,
  partsMax: 4,
  messageOctetsMax: 10_000_000,
  inflatedOctetsMax: 10_000_000,
  headOctets: 65_536,
}

const rounds = 400
const warmUp = 200

type Keys = SigningKey & DecryptionKey

/** Microseconds per message, one at a time, beside the RSA private operations that no implementation can avoid. */
export async function measureSealOpen(octets: number): Promise<Readonly<Record<string, number>>> {
  const pki = makeTestPki()
  const trust = pki.trust()
  const sender: Keys = pki.issue('access-point').keys
  const receiver: Keys = pki.issue('access-point').keys
  const sbd = inMemory(sampleSbd(octets))
  const packed = await packPayload(sbd, memorySpool)
  const seal = (): Promise<SealedMessage> =>
    sealMessage(messageOf(sender.certificate, receiver.certificate), packed, {
      key: sender,
      receiver: receiver.certificate,
      random: systemRandom,
    })
  const sealed = await seal()
  const body = sealedBody(sealed, packed.octets)
  if (!Buffer.isBuffer(body)) throw new Error('a small message stays in memory')
  const open = async () => {
    const mime = await readMime(sealed.contentType, inOneChunk(body), limits)
    const signed = verifyHeader(parseEnvelope(mime))
    trustCertificate(signed.signer, 'access-point', trust, Date.now() as Instant)
    return await receivePayloads(signed, { mime, keys: [receiver], spool: memorySpool, limits })
  }
  const opened = await open()
  const stamp = { messageId: 'r@bench', at: Date.now() as Instant }
  const receipt = await buildReceipt(opened, receiver, stamp)
  const answer = { status: 200, contentType: 'application/soap+xml', body: receipt }
  const wrapped = wrappedKeyOf(receiver.certificate)
  const digestible = Buffer.alloc(1000)
  return {
    'RSA sign': await microseconds(() => sender.sign(digestible)),
    'RSA unwrap': await microseconds(() => receiver.unwrap(wrapped)),
    pack: await microseconds(() => packPayload(sbd, memorySpool)),
    seal: await microseconds(seal),
    open: await microseconds(open),
    'receipt, built': await microseconds(() => buildReceipt(opened, receiver, stamp)),
    'receipt, read': await microseconds(() => readAnswer(answer, sealed)),
  }
}

async function microseconds(work: () => unknown): Promise<number> {
  for (let round = 0; round < warmUp; round++) await work()
  const startedAt = performance.now()
  for (let round = 0; round < rounds; round++) await work()
  return ((performance.now() - startedAt) * 1000) / rounds
}

function messageOf(sender: Certificate, receiver: Certificate) {
  return buildUserMessage({
    messageId: `${systemRandom.uuid()}@bench`,
    timestamp: Date.now() as Instant,
    conversationId: systemRandom.uuid(),
    senderAccessPoint: sender.commonName,
    receiverAccessPoint: receiver.commonName,
    sender: participantOf(seller),
    receiver: participantOf(buyer),
    documentType,
    process,
    contentId: `${systemRandom.uuid()}@bench`,
  })
}

function wrappedKeyOf(certificate: Certificate): Buffer {
  return publicEncrypt(
    { key: certificate.publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
    Buffer.alloc(16, 7),
  )
}

async function* inOneChunk(octets: Buffer): AsyncGenerator<Buffer> {
  yield octets
}
