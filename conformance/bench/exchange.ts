import { readFileSync } from 'node:fs'
import { makeBed } from './bed.ts'
import { NodeProcess } from './child.ts'
import type { Reply } from './messages.ts'
import { highWaterMebibytes, processorSeconds } from './processor-time.ts'

/** Times in milliseconds, CPU in seconds per 1000 exchanges, memory in MiB; NaN where it cannot be measured or does not apply. */
export interface ExchangeFigures {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly sender: number
  readonly receiver: number
  readonly database: number
  readonly senderMemory: number
  readonly receiverMemory: number
  readonly failed: number
}

export interface ExchangeLoad {
  readonly octets: number
  readonly count: number
  readonly warmUp: number
  readonly clients: number
}

/**
 * Both ends on this machine, and the commit before the receipt: a sender that seals, posts and verifies but keeps nothing, against a
 * whole node. What load generators of other stacks measure.
 */
export async function measureReception({ octets, count, warmUp, clients }: ExchangeLoad): Promise<ExchangeFigures> {
  await using bed = await makeBed()
  await using sender = new NodeProcess()
  const receiver = await bed.openReceiver()
  const load = {
    octets,
    clients,
    url: `${receiver.url}/as4`,
    keys: bed.senderKeys,
    receiver: bed.receiverKeys.certificate,
  }
  await sender.post({ ...load, count: warmUp })
  const ends = { sender: sender.pid, receiver: receiver.process.pid, database: bed.database }
  return await figuresOf(ends, count, () => sender.post({ ...load, count }))
}

/**
 * Both ends on this machine: two node processes, each with its own database in one PostgreSQL that syncs every commit, real keys,
 * every check. An exchange is submit (commit) → seal → keep (commit) → post → receive (commit) → receipt → verify → settle (commit), and
 * at the receiver read and settle (commit).
 */
export async function measureExchange({ octets, count, warmUp, clients }: ExchangeLoad): Promise<ExchangeFigures> {
  await using bed = await makeBed()
  const sender = await bed.openNode('sender', bed.senderKeys)
  const receiver = await bed.openReceiver()
  const certificatePem = readFileSync(bed.receiverKeys.certificate, 'utf8')
  const route = { kind: 'static', url: `${receiver.url}/as4`, certificatePem } as const
  await sender.process.exchange({ count: warmUp, clients, octets, route })
  const ends = { sender: sender.process.pid, receiver: receiver.process.pid, database: bed.database }
  return await figuresOf(ends, count, () => sender.process.exchange({ count, clients, octets, route }))
}

async function figuresOf(
  ends: { readonly sender: number; readonly receiver: number; readonly database: number | undefined },
  count: number,
  run: () => Promise<Reply & { kind: 'done' }>,
): Promise<ExchangeFigures> {
  const processes = [ends.sender, ends.receiver, ends.database]
  const before = processes.map(processorSeconds)
  const { seconds, milliseconds, failed } = await run()
  const after = processes.map(processorSeconds)
  const perThousand = (index: number): number => (((after[index] ?? 0) - (before[index] ?? 0)) * 1000) / count
  return {
    perSecond: count / seconds,
    ...percentiles(milliseconds),
    sender: perThousand(0),
    receiver: perThousand(1),
    database: perThousand(2),
    senderMemory: highWaterMebibytes(ends.sender),
    receiverMemory: highWaterMebibytes(ends.receiver),
    failed,
  }
}

export function percentiles(milliseconds: readonly number[]): { readonly p50: number; readonly p99: number } {
  const sorted = milliseconds.toSorted((a, b) => a - b)
  const at = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? Number.NaN
  return { p50: at(0.5), p99: at(0.99) }
}
