import { createHttpClient } from '../../src/adapters/http/index.ts'
import { loadKeys } from '../../src/adapters/keys/index.ts'
import { inMemory, instantOf, systemRandom } from '../../src/kernel/index.ts'
import { type SealedMessage, packPayload, readAnswer, sealMessage, sealedBody } from '../../src/wire/as4/index.ts'
import { buildUserMessage } from '../../src/wire/peppol/index.ts'
import { type Bed, makeBed } from './bed.ts'
import { type ExchangeFigures, type ExchangeLoad, percentiles } from './exchange.ts'
import { memorySpool } from './memory-spool.ts'
import { highWaterMebibytes, processorSeconds } from './processor-time.ts'
import { buyer, documentType, participantOf, process, sampleSbd, seller } from './sample.ts'

interface Prepared {
  readonly sealed: SealedMessage
  readonly body: Buffer
}

/** The receiver alone: messages sealed beforehand are posted as fast as it takes them; each receipt is read and must prove the message. */
export async function measureReceiver({ octets, count, warmUp, clients }: ExchangeLoad): Promise<ExchangeFigures> {
  await using bed = await makeBed()
  const receiver = await bed.openReceiver()
  await using http = createHttpClient({
    connectTimeoutMilliseconds: 5000,
    connectionsPerOrigin: clients,
    allowPrivate: true,
  })
  const post = async ({ sealed, body }: Prepared): Promise<boolean> => {
    const answer = await http.request({
      method: 'POST',
      url: `${receiver.url}/as4`,
      headers: { 'content-type': sealed.contentType },
      body: { octets: body, length: body.length },
      timeoutMilliseconds: 60_000,
      answerOctetsMax: 1_000_000,
    })
    return readAnswer(answer, sealed).kind === 'receipt'
  }
  await run(await prepare(bed, warmUp, octets), clients, post)
  const messages = await prepare(bed, count, octets)
  const processes = [receiver.process.pid, bed.database]
  const before = processes.map(processorSeconds)
  const startedAt = performance.now()
  const { milliseconds, failed } = await run(messages, clients, post)
  const seconds = (performance.now() - startedAt) / 1000
  const after = processes.map(processorSeconds)
  const perThousand = (index: number): number => (((after[index] ?? 0) - (before[index] ?? 0)) * 1000) / count
  return {
    perSecond: count / seconds,
    ...percentiles(milliseconds),
    sender: Number.NaN,
    receiver: perThousand(0),
    database: perThousand(1),
    senderMemory: Number.NaN,
    receiverMemory: highWaterMebibytes(receiver.process.pid),
    failed,
  }
}

async function prepare(bed: Bed, count: number, octets: number): Promise<readonly Prepared[]> {
  const sender = loadKeys({ ...bed.senderKeys, pkcs12: undefined, password: undefined })
  const receiver = loadKeys({ ...bed.receiverKeys, pkcs12: undefined, password: undefined })
  if (sender === undefined || receiver === undefined) throw new Error('the bed has no keys')
  const prepared: Prepared[] = []
  for (let number = 0; number < count; number++) {
    const timestamp = instantOf(new Date())
    // Every envelope is another one, or the receiver would rightly call it a duplicate.
    const packed = await packPayload(inMemory(sampleSbd(octets, timestamp, systemRandom.uuid())), memorySpool)
    const message = buildUserMessage({
      messageId: `${systemRandom.uuid()}@bench`,
      timestamp,
      conversationId: systemRandom.uuid(),
      senderAccessPoint: sender.certificate.commonName,
      receiverAccessPoint: receiver.certificate.commonName,
      sender: participantOf(seller),
      receiver: participantOf(buyer),
      documentType,
      process,
      contentId: `${systemRandom.uuid()}@bench`,
    })
    const sealed = await sealMessage(message, packed, {
      key: sender,
      receiver: receiver.certificate,
      random: systemRandom,
    })
    const body = sealedBody(sealed, packed.octets)
    if (!Buffer.isBuffer(body)) throw new Error('a small message stays in memory')
    prepared.push({ sealed, body })
  }
  return prepared
}

async function run(
  messages: readonly Prepared[],
  clients: number,
  post: (message: Prepared) => Promise<boolean>,
): Promise<{ readonly milliseconds: readonly number[]; readonly failed: number }> {
  const left = [...messages]
  const milliseconds: number[] = []
  let failed = 0
  async function client(): Promise<void> {
    for (let message = left.pop(); message !== undefined; message = left.pop()) {
      const startedAt = performance.now()
      if (!(await post(message))) failed++
      milliseconds.push(performance.now() - startedAt)
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  return { milliseconds, failed }
}
