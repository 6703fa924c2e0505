import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { inMemory } from '../../src/kernel/index.ts'
import type { Attempt, Transmission, TransmissionId } from '../../src/services/domain.ts'
import { parseParticipantId } from '../../src/wire/peppol/index.ts'
import { ask } from '../support/http.ts'
import { invoiceUbl, nextNumber } from '../support/invoices.ts'
import { type TestNetwork, type TestNode, billing, billingProcess, startNetwork } from '../support/network.ts'
import {
  type Manner,
  type TestPeer,
  cutAnswer,
  duplicateDetected,
  errorSignal,
  html,
  nothing,
  receipt,
  reset,
  silence,
  startPeer,
} from '../support/peer.ts'
import type { TestIdentity } from '../support/pki.ts'
import { settled } from '../support/rest.ts'
import { sign } from '../wire/smp/sign.ts'

const seller = '0225:391838042'

let network: TestNetwork
let node: TestNode
/** Waits between two attempts, so that one can be looked at, and less than a found address may be remembered. */
let patient: TestNode
let peerIdentity: TestIdentity
beforeAll(async () => {
  network = await startNetwork()
  peerIdentity = network.issue('access-point', { commonName: 'PFR000800' })
  node = await network.start('sender')
  const values = { 'exchange.retrySeconds': [30, 30], 'network.postMilliseconds': 400 }
  patient = await network.start('patient', { values })
})
afterAll(() => network?.[Symbol.asyncDispose]())

/** Each test has a peer and a participant of its own, so that nothing is cached from another. */
let peer: TestPeer
let receiver: string
let count = 0
beforeEach(async () => {
  peer = await startPeer(peerIdentity)
  receiver = `0225:receiver${++count}`
  await network.smp.publish(receiver, { url: peer.url, certificate: peerIdentity.certificate })
  network.dns.script = undefined
  network.smp.script = undefined
  network.lists.script = undefined
  return () => peer[Symbol.asyncDispose]()
})

async function submit(from: TestNode): Promise<TransmissionId> {
  const { transmissionId } = await from.node.exchange.submit({
    sender: parseParticipantId(seller),
    receiver: parseParticipantId(receiver),
    documentType: billing,
    process: billingProcess,
    countryC1: 'FR',
    route: { kind: 'peppol' },
    document: inMemory(invoiceUbl({ number: nextNumber(), seller, buyer: receiver })),
    invoice: undefined,
    idempotency: undefined,
  })
  return transmissionId
}

/** The transmission after one attempt that the peer answered in this manner. */
async function afterOne(...manners: readonly Manner[]): Promise<Transmission> {
  peer.script(...manners)
  const id = await submit(patient)
  await attempted(patient, id, 1)
  return (await patient.node.reader.findTransmission(id))!
}

async function attempted(from: TestNode, id: TransmissionId, number: number): Promise<readonly Attempt[]> {
  const attempts = async (): Promise<number> => {
    await from.node.exchange.settle()
    return (await from.node.reader.listAttempts(id)).length
  }
  await expect.poll(attempts, { timeout: 10_000, interval: 20 }).toBe(number)
  return await from.node.reader.listAttempts(id)
}

describe('after the first post a transmission is', () => {
  it('delivered by the signed receipt of the receiver', async () => {
    const transmission = await afterOne(receipt(peerIdentity))
    expect(transmission).toMatchObject({ state: 'delivered', peer: 'PFR000800', nextAttemptAt: undefined })
  })

  it.each<[string, Manner, string]>([
    ['the connection is reset after everything was read', reset, 'answer-lost'],
    ['the answer is cut in its middle', cutAnswer, 'answer-lost'],
    ['no answer comes in time', silence, 'answer-lost'],
    ['the answer is 204', nothing(204), 'answer-empty'],
    ['the answer is 200 without a body', nothing(200), 'answer-empty'],
    ['the answer is 202 without a body', nothing(202), 'answer-empty'],
    ['the answer is the 502 of a proxy', html(502), 'answer-not-soap'],
    ['the answer is a web page', html(200), 'answer-not-soap'],
    ['the answer is 500 without a word', nothing(500), 'answer-empty'],
  ])('indeterminate when %s', async (_, manner, code) => {
    const transmission = await afterOne(manner)
    expect(transmission).toMatchObject({ state: 'indeterminate', failure: { code, retry: true } })
    expect(transmission.nextAttemptAt).toBeGreaterThan(network.clock.now())
  })

  it.each<[string, () => Manner, string]>([
    ['signed by another access point', () => receipt(network.issue('access-point')), 'answer-foreign-signer'],
    [
      'about another message',
      () =>
        receipt(peerIdentity, forged => ({ ...forged, userMessage: { ...forged.userMessage, messageId: 'other@x' } })),
      'answer-other-message',
    ],
    [
      'for other octets',
      () => receipt(peerIdentity, ({ references, ...rest }) => ({ ...rest, references: references.map(blurred) })),
      'answer-digest-mismatch',
    ],
    [
      'for a part of the message',
      () => receipt(peerIdentity, ({ references, ...rest }) => ({ ...rest, references: references.slice(1) })),
      'answer-digest-mismatch',
    ],
  ])('not delivered by a receipt %s', async (_, manner, code) => {
    expect(await afterOne(manner())).toMatchObject({ state: 'indeterminate', failure: { code, retry: true } })
  })

  it.each<[string, () => Manner]>([
    ['signed', () => errorSignal('EBMS:0004', 'PEPPOL:NOT_SERVICED', peerIdentity)],
    ['unsigned', () => errorSignal('EBMS:0004', 'PEPPOL:NOT_SERVICED')],
    ['that another signed', () => errorSignal('EBMS:0004', 'PEPPOL:NOT_SERVICED', network.issue('access-point'))],
  ])('refused by an error signal %s', async (_, manner) => {
    const transmission = await afterOne(manner())
    expect(transmission).toMatchObject({ state: 'refused', nextAttemptAt: undefined })
    expect(transmission.failure).toMatchObject({ code: 'EBMS:0004', retry: false })
    expect(transmission.failure?.message).toContain('PEPPOL:NOT_SERVICED')
    const answer = await patient.node.reader.findContent(transmission.id, 'answer')
    expect(answer?.octets.kind === 'memory' && answer.octets.bytes.toString()).toContain('PEPPOL:NOT_SERVICED')
  })

  it('refused by an error signal even when it says that the message could not be taken', async () => {
    const transmission = await afterOne(errorSignal('EBMS:0202', 'too large', peerIdentity))
    expect(transmission).toMatchObject({ state: 'refused', failure: { code: 'EBMS:0202', retry: false } })
  })

  it('refused as a duplicate when nothing of it had left before', async () => {
    expect(await afterOne(duplicateDetected)).toMatchObject({ state: 'refused', failure: { code: 'EBMS:4001' } })
  })

  it.each([403, 404, 405, 413])('queued when a web server answers %i without a word of AS4', async status => {
    expect(await afterOne(html(status))).toMatchObject({ state: 'queued', failure: { retry: true } })
  })

  it('queued when nobody listens', async () => {
    await peer.stop()
    const transmission = await afterOne()
    expect(transmission).toMatchObject({ state: 'queued', failure: { code: 'unreachable', retry: true } })
    expect(transmission.nextAttemptAt).toBeGreaterThan(network.clock.now())
    const [attempt] = await patient.node.reader.listAttempts(transmission.id)
    expect(attempt?.steps.at(-1)).toMatchObject({ name: 'posted', detail: { failure: expect.any(String) } })
  })
})

function blurred<T extends { readonly digest: Buffer }>(reference: T): T {
  return { ...reference, digest: Buffer.alloc(reference.digest.length, 1) }
}

describe('when the answer was lost', () => {
  it.each<[string, Manner]>([
    ['by a reset', reset],
    ['by an empty answer', nothing(204)],
    ['by a proxy', html(502)],
    ['by an answer cut off', cutAnswer],
  ])('%s, the same octets are posted again and their receipt settles it', async (_, manner) => {
    peer.script(manner, receipt(peerIdentity))
    const id = await submit(node)
    await settled(node, id, 'delivered')
    expect(peer.posts).toHaveLength(2)
    const [first, second] = peer.posts
    expect(second!.contentType).toBe(first!.contentType)
    expect(second!.body.equals(first!.body)).toBe(true)
    const attempts = await node.node.reader.listAttempts(id)
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['indeterminate', 'delivered'])
    expect(attempts[1]?.steps.map(({ name }) => name)).not.toContain('sealed')
    const events = await node.node.reader.listEvents(id)
    expect(events.map(({ kind }) => kind)).toEqual(['submitted', 'answer-lost', 'delivered'])
  })

  it('the word duplicate leaves it to a person: it is neither delivered nor tried again', async () => {
    peer.script(reset, duplicateDetected)
    const id = await submit(node)
    await attempted(node, id, 2)
    await node.node.exchange.settle()
    expect(await node.node.reader.findTransmission(id)).toMatchObject({
      state: 'indeterminate',
      nextAttemptAt: undefined,
      failure: { code: 'EBMS:4001', retry: false },
    })
    expect(peer.posts).toHaveLength(2)
  })

  it('a refusal settles it as refused', async () => {
    peer.script(reset, errorSignal('EBMS:0004', 'no', peerIdentity))
    const id = await submit(node)
    expect(await settled(node, id, 'refused')).toMatchObject({ attempts: 2, failure: { code: 'EBMS:0004' } })
  })

  it('it stays indeterminate for ever when no attempt brings an answer', async () => {
    peer.script(reset)
    const id = await submit(node)
    await attempted(node, id, 4)
    await node.node.exchange.settle()
    expect(await node.node.reader.findTransmission(id)).toMatchObject({
      state: 'indeterminate',
      attempts: 4,
      nextAttemptAt: undefined,
      failure: { code: 'answer-lost', retry: false },
    })
    expect(new Set(peer.posts.map(({ body }) => body.toString('latin1'))).size).toBe(1)
  })

  it('and the receiver has vanished since, it is never called failed', async () => {
    peer.script(reset)
    const id = await submit(patient)
    await attempted(patient, id, 1)
    network.dns.script = { rcode: 3 }
    network.clock.advance(31_000)
    await attempted(patient, id, 2)
    expect(await patient.node.reader.findTransmission(id)).toMatchObject({
      state: 'indeterminate',
      nextAttemptAt: undefined,
    })
  })

  it('and the receiver has another certificate since, the same octets are posted all the same', async () => {
    peer.script(reset, receipt(peerIdentity))
    const id = await submit(patient)
    await attempted(patient, id, 1)
    const renewed = network.issue('access-point', { commonName: 'PFR000800' })
    await network.smp.publish(receiver, { url: peer.url, certificate: renewed.certificate })
    network.clock.advance(31_000)
    expect(await settled(patient, id, 'delivered')).toMatchObject({ attempts: 2 })
    expect(peer.posts[1]!.body.equals(peer.posts[0]!.body)).toBe(true)
  })
})

describe('while nothing has left', () => {
  it('a receiver that comes back gets it', async () => {
    const parked = peer
    await parked.stop()
    const id = await submit(patient)
    await attempted(patient, id, 1)
    peer = await startPeer(peerIdentity)
    await network.smp.publish(receiver, { url: peer.url, certificate: peerIdentity.certificate })
    network.clock.advance(31_000)
    expect(await settled(patient, id, 'delivered')).toMatchObject({ attempts: 2, failure: undefined })
    expect(peer.posts).toHaveLength(1)
  })

  it('a receiver with a new certificate gets it sealed anew', async () => {
    await peer.stop()
    const id = await submit(patient)
    await attempted(patient, id, 1)
    const before = (await patient.node.reader.findTransmission(id))?.messageId
    const renewed = network.issue('access-point', { commonName: 'PFR000800' })
    peer = await startPeer(renewed)
    await network.smp.publish(receiver, { url: peer.url, certificate: renewed.certificate })
    network.clock.advance(31_000)
    const transmission = await settled(patient, id, 'delivered')
    expect(before).toBeDefined()
    expect(transmission.messageId).not.toBe(before)
  })

  it('all attempts in vain end as failed', async () => {
    await peer.stop()
    const id = await submit(node)
    expect(await settled(node, id, 'failed')).toMatchObject({
      attempts: 4,
      nextAttemptAt: undefined,
      failure: { code: 'unreachable', retry: false },
    })
  })
})

describe('a receiver that the network', () => {
  it('does not know fails at once', async () => {
    network.dns.script = { rcode: 3 }
    const id = await submit(node)
    expect(await settled(node, id, 'failed')).toMatchObject({ attempts: 1, failure: { code: 'unregistered' } })
    expect(peer.posts).toHaveLength(0)
  })

  it('knows, but not for this document type, fails at once', async () => {
    const other = { ...billing, value: billing.value.replace('billing:3.0', 'selfbilling:3.0') }
    receiver = '0225:otherdocuments'
    await network.smp.publish(receiver, {
      url: peer.url,
      certificate: peerIdentity.certificate,
      documentTypes: [other],
    })
    const id = await submit(node)
    const { failure } = await settled(node, id, 'failed')
    expect(failure?.code).toBe('document-type-not-supported')
  })

  it('names with an expired certificate fails at once, and nothing is posted', async () => {
    const expired = network.issue('access-point', { validTo: '2026-01-01' })
    await network.smp.publish(receiver, { url: peer.url, certificate: expired.certificate })
    const id = await submit(node)
    expect((await settled(node, id, 'failed')).failure?.code).toBe('certificate-expired')
    expect(peer.posts).toHaveLength(0)
  })
})

describe('while the network has an outage, a transmission waits and is sent when it is over:', () => {
  it.each<[string, () => void, string]>([
    ['DNS says SERVFAIL', () => (network.dns.script = { rcode: 2 }), 'dns-unavailable'],
    ['DNS says REFUSED', () => (network.dns.script = { rcode: 5 }), 'dns-unavailable'],
    ['DNS is silent', () => (network.dns.script = 'silent'), 'dns-unavailable'],
    ['DNS talks nonsense', () => (network.dns.script = 'garbage'), 'dns-unavailable'],
    [
      'the SMP answers 500',
      () => (network.smp.script = (_request, response) => void response.writeHead(500).end()),
      'smp-unavailable',
    ],
    [
      'the SMP breaks the connection',
      () => (network.smp.script = request => void request.socket.resetAndDestroy()),
      'smp-unavailable',
    ],
    ['the SMP does not answer', () => (network.smp.script = () => undefined), 'smp-unavailable'],
    [
      'the SMP answers with a web page',
      () => (network.smp.script = (_request, response) => void response.end('<html></html>')),
      'smp-',
    ],
    [
      'a cache answers 403',
      () => (network.smp.script = (_request, response) => void response.writeHead(403).end()),
      'smp-unavailable',
    ],
  ])('%s', async (_, breakIt, code) => {
    breakIt()
    const id = await submit(patient)
    await attempted(patient, id, 1)
    const waiting = await patient.node.reader.findTransmission(id)
    expect(waiting).toMatchObject({ state: 'queued', failure: { retry: true } })
    expect(waiting?.failure?.code).toContain(code)
    network.dns.script = undefined
    network.smp.script = undefined
    network.clock.advance(31_000)
    await settled(patient, id, 'delivered')
    expect(peer.posts).toHaveLength(1)
  })

  it.each<[string, string, string]>([
    ['of the SMP', '/smp.crl', 'smp-revocation-unknown'],
    ['of the receiver', '/ap.crl', 'certificate-revocation-unknown'],
  ])('the revocation list %s cannot be had', async (_, path, code) => {
    const listless = await network.start(`without${path.slice(1)}`, { values: { 'exchange.retrySeconds': [30] } })
    network.lists.script = ({ url }, response) => {
      if (url === path) response.writeHead(500).end()
      else response.end(network.pki.crl(url === '/smp.crl' ? network.pki.smpCa : network.pki.accessPointCa))
    }
    const id = await submit(listless)
    await attempted(listless, id, 1)
    expect(await listless.node.reader.findTransmission(id)).toMatchObject({ state: 'queued', failure: { code } })
    network.lists.script = undefined
    network.clock.advance(31_000)
    await settled(listless, id, 'delivered')
  })

  it('the metadata is signed by a stranger', async () => {
    const { body, path } = await strangersMetadata()
    network.smp.script = (request, response) => {
      expect(request.url).toContain(path)
      response.end(body)
    }
    const id = await submit(patient)
    await attempted(patient, id, 1)
    expect(await patient.node.reader.findTransmission(id)).toMatchObject({
      state: 'queued',
      failure: { code: 'smp-untrusted' },
    })
    network.smp.script = undefined
    network.clock.advance(31_000)
    await settled(patient, id, 'delivered')
  })
})

describe('without anybody waking it, a node', () => {
  it('tries again when the pause is over', async () => {
    const awake = await network.start('awake', { values: { 'exchange.retrySeconds': [1] } })
    peer.script(nothing(204), receipt(peerIdentity))
    const id = await submit(awake)
    const state = async (): Promise<string | undefined> => (await awake.node.reader.findTransmission(id))?.state
    await expect.poll(state, { timeout: 10_000 }).toBe('delivered')
    expect(peer.posts).toHaveLength(2)
  })
})

describe('while its post waits for the answer, a transmission', () => {
  it('is being sent, and is delivered when the answer comes', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    peer.script(async post => {
      await promise
      await receipt(peerIdentity)(post)
    })
    const id = await submit(node)
    await expect.poll(() => peer.posts.length).toBe(1)
    expect(await node.node.reader.findTransmission(id)).toMatchObject({ state: 'sending', failure: undefined })
    resolve()
    await settled(node, id, 'delivered')
    expect(peer.posts).toHaveLength(1)
  })

  it('does not keep others from being sent', async () => {
    peer.script(silence, receipt(peerIdentity))
    const waiting = await submit(patient)
    await expect.poll(() => peer.posts.length).toBe(1)
    const other = await submit(patient)
    const state = async (): Promise<string | undefined> => (await patient.node.reader.findTransmission(other))?.state
    await expect.poll(state).toBe('delivered')
    await attempted(patient, waiting, 1)
  })
})

describe('every post', () => {
  it('carries a message that its receiver can open, named as the transmission says', async () => {
    const transmission = await afterOne(receipt(peerIdentity))
    const { userMessage, payloads } = await peer.posts[0]!.open()
    expect(userMessage).toMatchObject({
      messageId: transmission.messageId,
      from: { id: patient.identity.certificate.commonName },
      to: { id: 'PFR000800' },
    })
    expect(payloads[0]?.content.sha256.toString('hex')).toBe(transmission.contentSha256)
  })
})

/** The true metadata under the signature of an SMP of no authority that we know. */
async function strangersMetadata(): Promise<{ body: Buffer; path: string }> {
  const path = `/iso6523-actorid-upis::${receiver}/services/${encodeURIComponent(`${billing.scheme}::${billing.value}`)}`
  const { body } = await ask(network.smp.url + path)
  const stranger = network.pki.issue('smp', { signedBy: network.pki.root })
  return { body: sign(body.toString(), stranger), path: '/services/' }
}
