import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inMemory } from '../../src/kernel/index.ts'
import type { TransmissionId } from '../../src/services/domain.ts'
import { parseParticipantId } from '../../src/wire/peppol/index.ts'
import { deliver, post, sealLetter } from '../support/access-point.ts'
import { invoiceJson, invoiceUbl, nextNumber } from '../support/invoices.ts'
import {
  type PreparedNode,
  type TestNetwork,
  type TestNode,
  billing,
  billingProcess,
  startNetwork,
} from '../support/network.ts'
import { receipt, silence, startPeer } from '../support/peer.ts'
import { type TestProcess, runScript } from '../support/processes/index.ts'
import { contentOf, listed, received, sendInvoice, settled } from '../support/rest.ts'
import { query } from '../support/rows.ts'

const seller = '0225:391838042'

let network: TestNetwork
beforeAll(async () => {
  network = await startNetwork()
})
afterAll(() => network?.[Symbol.asyncDispose]())

function run({ values }: PreparedNode): Promise<TestProcess> {
  return runScript('node', JSON.stringify(values))
}

/** Sends so many invoices over REST, as many clients at once; calls back after each that was acknowledged. */
async function sendMany(
  url: string,
  { buyer, count, acknowledged }: { buyer: string; count: number; acknowledged: (sofar: number) => void },
): Promise<readonly string[]> {
  const done: string[] = []
  const sendOne = async (): Promise<void> => {
    const number = nextNumber()
    try {
      await sendInvoice(url, invoiceJson({ number, seller, buyer }))
    } catch {
      // Not acknowledged: it may be there or not.
      return
    }
    done.push(number)
    acknowledged(done.length)
  }
  await Promise.all(Array.from({ length: count }, sendOne))
  return done
}

/** How often each invoice number is at this node, going this way. */
async function counted(node: PreparedNode, direction: string): Promise<ReadonlyMap<string, number>> {
  const rows = await query(
    node,
    `select number, count(*)::int as times from invoice where direction = $1 group by number`,
    [direction],
  )
  return new Map(rows.map(({ number, times }) => [String(number), Number(times)]))
}

async function waiting(node: PreparedNode): Promise<number> {
  const [row] = await query(node, `select count(*)::int as jobs from job`)
  return Number(row?.['jobs'])
}

describe('kill -9 of a sender', () => {
  it.each([1, 50])('after it has taken %i of 50 invoices loses none and doubles none', async enough => {
    const buyer = `0225:buyer${enough}`
    const receiver = await network.start(`receiver-${enough}`, { participants: [buyer] })
    const prepared = await network.prepare(`sender-${enough}`)
    const child = await run(prepared)
    let killed: Promise<void> | undefined
    const acknowledged = await sendMany(child.line, {
      buyer,
      count: 50,
      acknowledged: sofar => {
        if (sofar === enough) killed = child.kill()
      },
    })
    await killed
    expect(acknowledged.length).toBeGreaterThanOrEqual(enough)
    await network.start(`sender-${enough}-again`, { beside: prepared })
    await expect.poll(() => waiting(prepared), { timeout: 15_000 }).toBe(0)
    await expect.poll(() => waiting(receiver), { timeout: 15_000 }).toBe(0)
    const [sent, came] = [await counted(prepared, 'outbound'), await counted(receiver, 'inbound')]
    // What was not acknowledged may have been taken: then it is treated as everything else.
    for (const number of acknowledged) expect(came.get(number), number).toBe(1)
    expect([...came.keys()].toSorted()).toEqual([...sent.keys()].toSorted())
    expect([...came.values()].every(times => times === 1)).toBe(true)
    const states = await query(prepared, `select distinct state from transmission`)
    expect(states).toEqual([{ state: 'delivered' }])
  })

  it('while its receiver holds the answer: the same octets are posted again', async () => {
    const identity = network.issue('access-point', { commonName: 'PFR000800' })
    await using peer = await startPeer(identity)
    await network.smp.publish('0225:holding', { url: peer.url, certificate: identity.certificate })
    peer.script(silence, receipt(identity))
    const prepared = await network.prepare('sender-holding')
    const child = await run(prepared)
    const { transmissionId } = await sendInvoice(
      child.line,
      invoiceJson({ number: nextNumber(), seller, buyer: '0225:holding' }),
    )
    await expect.poll(() => peer.posts.length, { timeout: 10_000 }).toBe(1)
    await child.kill()
    const again = await network.start('sender-holding-again', { beside: prepared })
    await settled(again, transmissionId, 'delivered')
    expect(peer.posts).toHaveLength(2)
    expect(peer.posts[1]!.body.equals(peer.posts[0]!.body)).toBe(true)
    const events = await again.node.reader.listEvents(transmissionId)
    expect(events.map(({ kind }) => kind)).toEqual(['submitted', 'recovered', 'delivered'])
  })
})

describe('kill -9 of a receiver', () => {
  it('in the midst of 50 messages loses none and doubles none', async () => {
    const buyer = '0225:falling'
    const prepared = await network.prepare('falling', { participants: [buyer] })
    const child = await run(prepared)
    network.dns.publish(buyer, child.line)
    const values = { 'exchange.retrySeconds': Array.from({ length: 30 }, () => 1) }
    const sender = await network.start('sender-to-falling', { values })
    const ids = await Promise.all(Array.from({ length: 50 }, () => submit(sender, buyer)))
    const delivered = (): number => sender.log.events.filter(({ event }) => event === 'transmission.delivered').length
    await expect.poll(delivered, { timeout: 15_000, interval: 1 }).toBeGreaterThan(5)
    await child.kill()
    const again = await network.start('falling-again', { beside: prepared, participants: [buyer] })
    for (const id of ids) await deliveredSoon(sender, id)
    await expect.poll(() => waiting(again), { timeout: 15_000 }).toBe(0)
    const came = await counted(again, 'inbound')
    expect(came.size).toBe(50)
    expect([...came.values()].every(times => times === 1)).toBe(true)
  })

  it('right after its receipts keeps what it has receipted, and repeats the receipts', async () => {
    const buyer = '0225:receipting'
    const prepared = await network.prepare('receipting', {
      participants: [buyer],
      values: { 'data.memoryOctetsMax': 0 },
    })
    const child = await run(prepared)
    const from = network.issue('access-point')
    const to = prepared.identity.certificate
    const letters = await Promise.all(
      Array.from({ length: 12 }, () => sealLetter({ from, to, sender: seller, receiver: buyer })),
    )
    let killed: Promise<void> | undefined
    const answers = await Promise.all(
      letters.map(async letter => {
        const answer = await post(child.line, letter).catch(() => undefined)
        killed ??= answer && child.kill()
        return { letter, answer }
      }),
    )
    await killed
    const receipted = answers.filter(({ answer }) => answer?.status === 200)
    expect(receipted.length).toBeGreaterThan(0)
    const again = await network.start('receipting-again', { beside: prepared, participants: [buyer] })
    await again.node.exchange.settle()
    for (const { letter, answer } of receipted) {
      const { messageId } = letter.sealed
      expect(await received(again, messageId)).toMatchObject({ state: 'delivered' })
      expect((await contentOf(again, messageId, 'payload')).length).toBeGreaterThan(0)
      expect((await post(again.url, letter)).body.equals(answer!.body)).toBe(true)
    }
    for (const { letter } of answers) expect((await deliver(again.url, letter)).kind).toBe('receipt')
    await again.node.exchange.settle()
    expect(await listed(again.url, { direction: 'inbound' })).toHaveLength(12)
  })
})

async function submit(from: TestNode, buyer: string): Promise<TransmissionId> {
  const { transmissionId } = await from.node.exchange.submit({
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
}

async function deliveredSoon(node: TestNode, id: TransmissionId): Promise<void> {
  const state = async (): Promise<string | undefined> => (await node.node.reader.findTransmission(id))?.state
  await expect.poll(state, { timeout: 20_000 }).toBe('delivered')
}
