import { createHttpClient } from '../../src/adapters/http/index.ts'
import { loadKeys, readPem } from '../../src/adapters/keys/index.ts'
import { inMemory, instantOf, systemRandom } from '../../src/kernel/index.ts'
import type { HttpClient } from '../../src/services/ports.ts'
import { type SealedMessage, packPayload, readAnswer, sealMessage, sealedBody } from '../../src/wire/as4/index.ts'
import type { Certificate, DecryptionKey, SigningKey } from '../../src/wire/pki/index.ts'
import { buildUserMessage } from '../../src/wire/peppol/index.ts'
import { memorySpool } from './memory-spool.ts'
import type { PostLoad, Reply } from './messages.ts'
import { buyer, documentType, participantOf, process, sampleSbd, seller } from './sample.ts'

/* A sender that keeps nothing: what a load generator does, with all of our wire. */

export interface Prepared {
  readonly sealed: SealedMessage
  readonly body: Buffer
}

export function keysIn(files: { readonly key: string; readonly certificate: string }): SigningKey & DecryptionKey {
  const keys = loadKeys({ ...files, pkcs12: undefined, password: undefined })
  if (keys === undefined) throw new Error(`no key in ${files.key}`)
  return keys
}

/** A message that nobody has sent before: another message id and another envelope each time. */
export async function prepareMessage(
  octets: number,
  { sender, receiver }: { readonly sender: SigningKey; readonly receiver: Certificate },
): Promise<Prepared> {
  const timestamp = instantOf(new Date())
  const packed = await packPayload(inMemory(sampleSbd(octets, timestamp, systemRandom.uuid())), memorySpool)
  const message = buildUserMessage({
    messageId: `${systemRandom.uuid()}@bench`,
    timestamp,
    conversationId: systemRandom.uuid(),
    senderAccessPoint: sender.certificate.commonName,
    receiverAccessPoint: receiver.commonName,
    sender: participantOf(seller),
    receiver: participantOf(buyer),
    documentType,
    process,
    contentId: `${systemRandom.uuid()}@bench`,
  })
  const sealed = await sealMessage(message, packed, { key: sender, receiver, random: systemRandom })
  const body = sealedBody(sealed, packed.octets)
  if (!Buffer.isBuffer(body)) throw new Error('a small message stays in memory')
  return { sealed, body }
}

/** Whether the receiver gave a receipt that proves exactly this message. */
export async function postMessage(http: HttpClient, url: string, { sealed, body }: Prepared): Promise<boolean> {
  const answer = await http.request({
    method: 'POST',
    url,
    headers: { 'content-type': sealed.contentType },
    body: { octets: body, length: body.length },
    timeoutMilliseconds: 60_000,
    answerOctetsMax: 1_000_000,
  })
  return readAnswer(answer, sealed).kind === 'receipt'
}

/** A closed loop: each client seals, posts, verifies, and begins again. */
export async function postAll({ count, clients, octets, url, keys, receiver }: PostLoad): Promise<Reply> {
  await using http = createHttpClient({
    connectTimeoutMilliseconds: 5000,
    connectionsPerOrigin: clients,
    allowPrivate: true,
  })
  const sender = keysIn(keys)
  const certificate = certificateIn(receiver)
  const milliseconds: number[] = []
  let left = count
  let failed = 0
  const startedAt = performance.now()
  async function client(): Promise<void> {
    while (left > 0) {
      left--
      const beganAt = performance.now()
      const message = await prepareMessage(octets, { sender, receiver: certificate })
      if (!(await postMessage(http, url, message))) failed++
      milliseconds.push(performance.now() - beganAt)
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  return { kind: 'done', seconds: (performance.now() - startedAt) / 1000, milliseconds, failed }
}

function certificateIn(file: string): Certificate {
  const [certificate] = readPem(file)
  if (certificate === undefined) throw new Error(`no certificate in ${file}`)
  return certificate
}
