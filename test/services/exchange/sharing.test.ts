import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHttpClient } from '../../../src/adapters/http/index.ts'
import { loadConfig } from '../../../src/config.ts'
import { inMemory, systemClock, systemRandom } from '../../../src/kernel/index.ts'
import { type Core, createCore } from '../../../src/node.ts'
import { type Exchange, createExchange } from '../../../src/services/exchange/index.ts'
import { parseParticipantId } from '../../../src/wire/peppol/index.ts'
import { invoiceUbl, nextNumber } from '../../support/invoices.ts'
import { memoryLog } from '../../support/log.ts'
import { type TestNetwork, billing, billingProcess, startNetwork } from '../../support/network.ts'
import { type TestPeer, receipt, silence, startPeer } from '../../support/peer.ts'

const seller = '0225:391838042'

let network: TestNetwork
let core: Core
let exchange: Exchange
let slow: TestPeer
let sound: TestPeer
const log = memoryLog()

beforeAll(async () => {
  network = await startNetwork()
  const prepared = await network.prepare('sharing', {})
  core = await createCore(loadConfig({ values: prepared.values }, {}), { log })
  slow = await startPeer(network.issue('access-point', { commonName: 'PFR000810' }))
  sound = await startPeer(network.issue('access-point', { commonName: 'PFR000811' }))
  exchange = createExchange({
    ...core,
    clock: systemClock,
    random: systemRandom,
    log,
    store: core.database,
    http: createHttpClient({ connectTimeoutMilliseconds: 1000, connectionsPerOrigin: 100, allowPrivate: true }),
    signingKey: core.keys,
    decryptionKeys: [core.keys],
    messageIdHost: 'sharing.test',
    limits: core.config.limits,
    answerTimeoutMilliseconds: 60_000,
    retryPausesSeconds: [3600],
    sendConcurrency: 4,
    processConcurrency: 1,
    slowAfterMilliseconds: 100,
    stopSeconds: 0,
  })
  await exchange.start()
})
afterAll(async () => {
  await exchange?.[Symbol.asyncDispose]()
  await core?.[Symbol.asyncDispose]()
  await slow?.[Symbol.asyncDispose]()
  await sound?.[Symbol.asyncDispose]()
  await network?.[Symbol.asyncDispose]()
})

async function submitTo(peer: TestPeer): Promise<void> {
  const outcome = await exchange.submit({
    sender: parseParticipantId(seller),
    receiver: parseParticipantId('0225:peer'),
    documentType: billing,
    process: billingProcess,
    countryC1: 'FR',
    route: { kind: 'static', url: peer.url, certificatePem: peer.identity.certificatePem },
    document: inMemory(invoiceUbl({ number: nextNumber(), seller, buyer: '0225:peer' })),
    invoice: undefined,
    idempotency: undefined,
  })
  expect(outcome.kind).toBe('recorded')
}

function deliveries(): number {
  return log.events.filter(({ event }) => event === 'transmission.delivered').length
}

describe('a peer that never answers', () => {
  it('holds up nobody else, though more is waiting for it than there are places', async () => {
    slow.script(silence)
    for (let message = 0; message < 12; message++) await submitTo(slow)
    for (let message = 0; message < 3; message++) await submitTo(sound)
    await expect.poll(() => deliveries(), { timeout: 10_000 }).toBe(3)
    expect(sound.posts.length).toBe(3)
    await expect.poll(() => log.events.some(({ event }) => event === 'transmission.deferred')).toBe(true)
    expect(slow.posts.length).toBeLessThan(12)
  })

  it('gets what was kept back once it answers', async () => {
    const kept = 12 - slow.posts.length
    expect(kept).toBeGreaterThan(0)
    slow.script(receipt(slow.identity))
    for (const { request } of slow.posts) request.socket.destroy()
    await expect.poll(() => deliveries(), { timeout: 15_000 }).toBe(3 + kept)
  })
})
