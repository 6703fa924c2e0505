import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inMemory } from '../../src/kernel/index.ts'
import type { TransmissionId } from '../../src/services/domain.ts'
import { parseParticipantId } from '../../src/wire/peppol/index.ts'
import { invoiceUbl, nextNumber } from '../support/invoices.ts'
import { type TestNetwork, type TestNode, billing, billingProcess, startNetwork } from '../support/network.ts'
import { query } from '../support/rows.ts'

const seller = '0225:391838042'
const buyer = '0225:732829320'

let network: TestNetwork
let sender: TestNode
let receiver: TestNode
beforeAll(async () => {
  network = await startNetwork()
  const values = { 'exchange.retrySeconds': Array.from({ length: 20 }, () => 1) }
  sender = await network.start('sender', { values })
  receiver = await network.start('receiver', { participants: [buyer] })
})
afterAll(() => network?.[Symbol.asyncDispose]())

/** Ends every connection that the node has to its database, in the midst of what they do. */
async function disconnect(node: TestNode): Promise<void> {
  await query(
    node,
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  )
}

async function submit(): Promise<TransmissionId | undefined> {
  try {
    const { transmissionId } = await sender.node.exchange.submit({
      sender: parseParticipantId(seller),
      receiver: parseParticipantId(buyer),
      documentType: billing,
      process: billingProcess,
      countryC1: 'FR',
      route: { kind: 'peppol' },
      document: inMemory(invoiceUbl({ number: nextNumber(), seller, buyer })),
      invoice: undefined,
      idempotency: undefined,
    })
    return transmissionId
  } catch {
    return undefined
  }
}

describe('a database that ends every connection in mid-traffic', () => {
  it.each([
    ['of the sender', () => [sender]],
    ['of the receiver', () => [receiver]],
    ['of both', () => [sender, receiver]],
  ])('%s loses nothing and doubles nothing', async (_, nodes) => {
    const before = await inboundCount()
    const submitted: (TransmissionId | undefined)[] = []
    for (let round = 0; round < 5; round++) {
      const some = Promise.all(Array.from({ length: 12 }, submit))
      await Promise.all(nodes().map(disconnect))
      submitted.push(...(await some))
      await Promise.all(nodes().map(disconnect))
    }
    const accepted = submitted.filter(id => id !== undefined)
    const open = async (): Promise<unknown> => [await jobs(sender), await jobs(receiver)]
    await expect.poll(open, { timeout: 40_000, interval: 200 }).toEqual([0, 0])
    for (const id of accepted) {
      expect(await sender.node.reader.findTransmission(id)).toMatchObject({ state: 'delivered' })
    }
    // What was not acknowledged may have been taken nevertheless.
    const all = (await query(sender, `select id from transmission where direction = 'outbound'`)).length
    expect(await inboundCount()).toBe(all)
    expect(before).toBeLessThan(all)
  })
})

async function jobs(node: TestNode): Promise<number> {
  return (await query(node, `select 1 from job`)).length
}

async function inboundCount(): Promise<number> {
  return (await query(receiver, `select 1 from transmission where state = 'delivered'`)).length
}
