import { createHttpClient } from '../../src/adapters/http/index.ts'
import { type Bed, makeBed } from './bed.ts'
import { type ExchangeFigures, type ExchangeLoad, percentiles } from './exchange.ts'
import { type Prepared, keysIn, postMessage, prepareMessage } from './poster.ts'
import { highWaterMebibytes, processorSeconds } from './processor-time.ts'

/** The receiver alone: messages sealed beforehand are posted as fast as it takes them; each receipt is read and must prove the message. */
export async function measureReceiver({ octets, count, warmUp, clients }: ExchangeLoad): Promise<ExchangeFigures> {
  await using bed = await makeBed()
  const receiver = await bed.openReceiver()
  await using http = createHttpClient({
    connectTimeoutMilliseconds: 5000,
    connectionsPerOrigin: clients,
    allowPrivate: true,
  })
  const post = (message: Prepared): Promise<boolean> => postMessage(http, `${receiver.url}/as4`, message)
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
  const sender = keysIn(bed.senderKeys)
  const receiver = keysIn(bed.receiverKeys)
  const prepared: Prepared[] = []
  for (let number = 0; number < count; number++) {
    prepared.push(await prepareMessage(octets, { sender, receiver: receiver.certificate }))
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
