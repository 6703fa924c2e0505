import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createHttpClient } from '../../../src/adapters/http/index.ts'
import { loadConfig } from '../../../src/config.ts'
import { inMemory, systemRandom } from '../../../src/kernel/index.ts'
import { type Core, createCore } from '../../../src/node.ts'
import { type Exchange, createExchange } from '../../../src/services/exchange/index.ts'
import type { ExchangeStore } from '../../../src/services/ports.ts'
import { parseParticipantId } from '../../../src/wire/peppol/index.ts'
import { type SealedLetter, sealLetter } from '../../support/access-point.ts'
import { invoiceUbl, nextNumber } from '../../support/invoices.ts'
import { memoryLog } from '../../support/log.ts'
import { type PreparedNode, type TestNetwork, billing, billingProcess, startNetwork } from '../../support/network.ts'
import { type TestPeer, startPeer } from '../../support/peer.ts'
import { contentOf, received } from '../../support/rest.ts'
import { filesIn, kept, query } from '../../support/rows.ts'

/* The database takes what it is given, and its answers get lost: the exchange on a real one, with a line that fails on demand. */

const seller = '0225:391838042'
const buyer = '0225:732829320'

type Failing = 'before' | 'after'

let network: TestNetwork
let prepared: PreparedNode
let core: Core
let exchange: Exchange
let peer: TestPeer
const log = memoryLog()
/** What the next call of this name does instead of answering. */
const failures = new Map<string, Failing[]>()

beforeAll(async () => {
  network = await startNetwork()
  prepared = await network.prepare('doubtful', { participants: [buyer], values: { 'data.memoryOctetsMax': 0 } })
  core = await createCore(loadConfig({ values: prepared.values }, {}), { log, clock: network.clock })
  peer = await startPeer(network.issue('access-point', { commonName: 'PFR000800' }))
  exchange = createExchange({
    ...core,
    random: systemRandom,
    log,
    store: failing(core.database),
    http: createHttpClient({ connectTimeoutMilliseconds: 1000, connectionsPerOrigin: 4, allowPrivate: true }),
    signingKey: core.keys,
    decryptionKeys: [core.keys],
    messageIdHost: 'doubtful.test',
    limits: core.config.limits,
    answerTimeoutMilliseconds: 5000,
    retryPausesSeconds: [0, 0],
    sendConcurrency: 4,
    processConcurrency: 4,
    stopSeconds: 1,
  })
})
afterAll(async () => {
  await exchange?.[Symbol.asyncDispose]()
  await core?.[Symbol.asyncDispose]()
  await peer?.[Symbol.asyncDispose]()
  await network?.[Symbol.asyncDispose]()
})
beforeEach(() => failures.clear())

/** Each function of the store, before or after whose commit the connection breaks when the test says so. */
function failing(store: ExchangeStore): ExchangeStore {
  return new Proxy(store, {
    get(target, name: keyof ExchangeStore) {
      const called = target[name].bind(target) as (...given: unknown[]) => unknown
      return async (...given: unknown[]) => {
        const failure = failures.get(name)?.shift()
        if (failure === 'before') throw new Error('Connection terminated unexpectedly')
        const answer = await called(...given)
        if (failure === 'after') throw new Error('Connection terminated unexpectedly')
        return answer
      }
    },
  })
}

function letter(document?: Buffer): Promise<SealedLetter> {
  const from = network.issue('access-point', { commonName: 'PFR000700' })
  return sealLetter({ from, to: core.keys.certificate, sender: seller, receiver: buyer, ...(document && { document }) })
}

/** One that a worker reads after the receipt. */
function largeLetter(): Promise<SealedLetter> {
  const filling = Buffer.from(`<!--${randomBytes(300_000).toString('hex')}-->`)
  return letter(Buffer.concat([invoiceUbl({ number: nextNumber(), seller, buyer }), filling]))
}

async function receive({ contentType, body }: SealedLetter): Promise<{ status: number; text: string }> {
  const answer = await exchange.receive({ contentType, body: single(body) })
  return { status: answer.status, text: answer.body.toString() }
}

async function* single(body: Buffer): AsyncGenerator<Buffer> {
  yield body
}

async function submit(note = ''): Promise<unknown> {
  return await exchange.submit({
    sender: parseParticipantId(seller),
    receiver: parseParticipantId('0225:peer'),
    documentType: billing,
    process: billingProcess,
    countryC1: 'FR',
    route: { kind: 'static', url: peer.url, certificatePem: peer.identity.certificatePem },
    document: inMemory(
      Buffer.concat([invoiceUbl({ number: nextNumber(), seller, buyer: '0225:peer' }), Buffer.from(`<!--${note}-->`)]),
    ),
    invoice: undefined,
    idempotency: undefined,
  })
}

describe('a received message', () => {
  it('that the database did not take is answered with 500, and taken when it comes again', async () => {
    failures.set('recordInbound', ['before'])
    const message = await letter()
    const before = await kept({ ...prepared })
    expect(await receive(message)).toMatchObject({ status: 500, text: expect.stringContaining('try again') })
    expect(await kept(prepared)).toMatchObject({ transmissions: before['transmissions'] })
    expect(await receive(message)).toMatchObject({ status: 200, text: expect.stringContaining('Receipt') })
  })

  it('that the database took without our knowing keeps its document', async () => {
    failures.set('recordInbound', ['after'])
    const message = await letter()
    expect((await receive(message)).status).toBe(500)
    expect(await receive(message)).toMatchObject({ status: 200, text: expect.stringContaining('Receipt') })
    const octets = await contentOf({ ...prepared, node: { reader: core.reader } }, message.sealed.messageId, 'payload')
    expect(octets.length).toBeGreaterThan(0)
  })

  it('whose result cannot be stored at first is handed over once it can', async () => {
    failures.set('settleInbound', ['before'])
    const message = await largeLetter()
    expect((await receive(message)).status).toBe(200)
    await exchange.settle()
    const found = { ...prepared, node: { reader: core.reader } }
    expect(await received(found, message.sealed.messageId)).toMatchObject({ state: 'delivered' })
  })
})

describe('what the database gave us without our knowing', () => {
  it('is taken up at the second look: a received message', async () => {
    failures.set('claimInbound', ['after'])
    const message = await largeLetter()
    expect((await receive(message)).status).toBe(200)
    const found = { ...prepared, node: { reader: core.reader } }
    const state = async (): Promise<string | undefined> => (await received(found, message.sealed.messageId))?.state
    await exchange.settle()
    expect(await state()).toBe('processing')
    await core.database.recover(network.clock.now(), [])
    await exchange.settle()
    expect(await state()).toBe('processing')
    await core.database.recover(network.clock.now(), [])
    await exchange.settle()
    expect(await state()).toBe('delivered')
  })

  it('is taken up at the second look: a document to send', async () => {
    failures.set('claimOutbound', ['after'])
    const before = peer.posts.length
    // More than there are places, so that some have to be claimed.
    await Promise.all(Array.from({ length: 8 }, () => submit()))
    await exchange.settle()
    expect(failures.get('claimOutbound')).toEqual([])
    expect(peer.posts.length).toBeLessThan(before + 8)
    await core.database.recover(network.clock.now(), [])
    await core.database.recover(network.clock.now(), [])
    await exchange.settle()
    await expect.poll(() => peer.posts.length).toBe(before + 8)
  })

  it('is left alone as long as it is held', async () => {
    failures.set('claimInbound', ['after'])
    const message = await largeLetter()
    await receive(message)
    const found = { ...prepared, node: { reader: core.reader } }
    await exchange.settle()
    const { id, state } = (await received(found, message.sealed.messageId))!
    expect(state).toBe('processing')
    for (let look = 0; look < 3; look++) expect(await core.database.recover(network.clock.now(), [id])).toBe(0)
    expect(await core.database.recover(network.clock.now(), [])).toBe(0)
    expect(await core.database.recover(network.clock.now(), [])).toBe(1)
    await exchange.settle()
  })
})

describe('a submitted document', () => {
  it('that the database did not take is refused, and nothing is sent', async () => {
    failures.set('recordOutbound', ['before'])
    const before = peer.posts.length
    await expect(submit()).rejects.toThrow('Connection terminated')
    await exchange.settle()
    expect(peer.posts).toHaveLength(before)
  })

  it('that the database took without our knowing keeps its document', async () => {
    failures.set('recordOutbound', ['after'])
    const large = randomBytes(400_000).toString('hex')
    await expect(submit(large)).rejects.toThrow('Connection terminated')
    const [row] = await query(
      prepared,
      `select payload_key from content join transmission t on t.id = transmission_id
       where t.direction = 'outbound' order by t.created_at desc limit 1`,
    )
    expect(filesIn(prepared.blobFolder)).toContain(row?.['payload_key'])
  })

  it('whose sealed message cannot be stored is not posted before it can', async () => {
    failures.set('keepSealed', ['before'])
    const before = peer.posts.length
    // More than there are places: what is claimed later is sealed after its own commit.
    const submitted = (await Promise.all(Array.from({ length: 5 }, () => submit()))) as {
      transmissionId: Parameters<typeof core.reader.listAttempts>[0]
    }[]
    await exchange.settle()
    for (const { transmissionId } of submitted) {
      await expect.poll(() => settledState(transmissionId)).toBe('delivered')
    }
    expect(peer.posts).toHaveLength(before + 5)
    const attempts = await Promise.all(submitted.map(({ transmissionId }) => core.reader.listAttempts(transmissionId)))
    expect(attempts.map(list => list.map(({ outcome }) => outcome).join()).toSorted()).toEqual([
      ...Array.from({ length: 4 }, () => 'delivered'),
      'queued,delivered',
    ])
  })

  it('is sealed in the commit that records it, when the receiver is at hand', async () => {
    const { transmissionId } = (await submit()) as { transmissionId: string }
    const rows = await query(
      prepared,
      `select message_id from sealed_message where transmission_id = '${transmissionId}'`,
    )
    expect(rows).toHaveLength(1)
    await exchange.settle()
    const posted = await peer.posts.at(-1)?.open()
    expect(posted?.userMessage.messageId).toBe(rows[0]?.['message_id'])
  })

  it('whose receipt cannot be stored at first is not posted again', async () => {
    failures.set('settleOutbound', ['before'])
    const before = peer.posts.length
    const { transmissionId } = (await submit()) as { transmissionId: Parameters<typeof core.reader.listAttempts>[0] }
    await exchange.settle()
    expect(await settledState(transmissionId)).toBe('delivered')
    expect(peer.posts).toHaveLength(before + 1)
    expect(log.events.map(({ event }) => event)).toContain('exchange.settle-failed')
  })

  it('whose receipt was stored without our knowing is settled once', async () => {
    failures.set('settleOutbound', ['after'])
    const { transmissionId } = (await submit()) as { transmissionId: Parameters<typeof core.reader.listAttempts>[0] }
    await exchange.settle()
    expect(await settledState(transmissionId)).toBe('delivered')
    expect(await core.reader.listAttempts(transmissionId)).toHaveLength(1)
    expect((await core.reader.listEvents(transmissionId)).map(({ kind }) => kind)).toEqual(['submitted', 'delivered'])
  })
})

async function settledState(id: Parameters<typeof core.reader.listAttempts>[0]): Promise<string | undefined> {
  await exchange.settle()
  return (await core.reader.findTransmission(id))?.state
}
