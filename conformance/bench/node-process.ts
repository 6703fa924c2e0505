import { type Octets, inMemory } from '../../src/kernel/index.ts'
import { loadConfig } from '../../src/config.ts'
import { type PasserelleNode, createNode } from '../../src/node.ts'
import type { Route } from '../../src/services/domain.ts'
import type { Log } from '../../src/services/ports.ts'
import { buyer, documentType, participantOf, process as billing, sampleInvoice, seller } from './sample.ts'
import type { Command, Reply } from './messages.ts'
import { postAll } from './poster.ts'

/* A whole node in a process of its own, driven over IPC. Nothing is left out: its own database, every commit, every check. */

const waiting = new Map<string, (delivered: boolean) => void>()
/** Those that ended before anybody waited for them. */
const ended = new Map<string, boolean>()

function end(transmissionId: string, delivered: boolean): void {
  const resolve = waiting.get(transmissionId)
  if (resolve === undefined) ended.set(transmissionId, delivered)
  else resolve(delivered)
}

async function whenEnded(transmissionId: string): Promise<boolean> {
  const early = ended.get(transmissionId)
  ended.delete(transmissionId)
  if (early !== undefined) return early
  const { promise, resolve } = Promise.withResolvers<boolean>()
  waiting.set(transmissionId, resolve)
  return await promise.finally(() => waiting.delete(transmissionId))
}

/** The node tells through its log when a transmission has come to its end. */
const log: Log = {
  info(event, fields) {
    if (event === 'transmission.delivered') end(String(fields?.['transmissionId']), true)
  },
  warn(event, fields) {
    if (event !== 'transmission.attempted') return
    process.stderr.write(`${String(fields?.['state'])}: ${String(fields?.['reason'])}\n`)
    end(String(fields?.['transmissionId']), false)
  },
  error(event, fields) {
    process.stderr.write(`${event} ${JSON.stringify(fields)} ${String(fields?.['cause'])}\n`)
  },
}

let node: PasserelleNode | undefined

async function obey(command: Command): Promise<Reply> {
  switch (command.kind) {
    case 'open':
      node = await createNode(loadConfig({ values: command.values }, {}), { log })
      return { kind: 'opened', url: node.url }
    case 'exchange':
      return await exchange(command)
    case 'post':
      return await postAll(command)
    case 'stop':
      await node?.[Symbol.asyncDispose]()
      return { kind: 'stopped' }
  }
}

async function exchange({ count, clients, octets, route }: Command & { kind: 'exchange' }): Promise<Reply> {
  const document = inMemory(sampleInvoice(octets))
  const milliseconds: number[] = []
  let left = count
  let failed = 0
  const startedAt = performance.now()
  async function client(): Promise<void> {
    while (left > 0) {
      left--
      const submittedAt = performance.now()
      if (!(await oneExchange(document, route))) failed++
      milliseconds.push(performance.now() - submittedAt)
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  return { kind: 'done', seconds: (performance.now() - startedAt) / 1000, milliseconds, failed }
}

async function oneExchange(document: Octets, route: Route): Promise<boolean> {
  if (node === undefined) throw new Error('not open')
  const { transmissionId } = await node.exchange.submit({
    sender: participantOf(seller),
    receiver: participantOf(buyer),
    documentType,
    process: billing,
    countryC1: 'FR',
    route,
    document,
    invoice: undefined,
    idempotency: undefined,
  })
  return await whenEnded(transmissionId)
}

process.on('message', (command: Command) => {
  obey(command)
    .catch((error: unknown): Reply => ({
      kind: 'broken',
      message: error instanceof Error ? (error.stack ?? '') : String(error),
    }))
    .then(reply => process.send?.(reply, () => command.kind === 'stop' && process.disconnect()))
    .catch(() => process.disconnect())
})
