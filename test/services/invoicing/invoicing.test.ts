import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Octets, inMemory } from '../../../src/kernel/index.ts'
import type { SendOutcome, SendRequest } from '../../../src/services/invoicing/index.ts'
import { invoiceCii, invoiceJson, invoiceUbl, nextNumber } from '../../support/invoices.ts'
import { type TestNetwork, type TestNode, startNetwork } from '../../support/network.ts'
import { type TestPeer, startPeer } from '../../support/peer.ts'
import { settled } from '../../support/rest.ts'
import { kept } from '../../support/rows.ts'

const seller = '0225:391838042'
const buyer = '0225:732829320'

let network: TestNetwork
let peer: TestPeer
let node: TestNode
beforeAll(async () => {
  network = await startNetwork()
  const identity = network.issue('access-point', { commonName: 'PFR000800' })
  peer = await startPeer(identity)
  const certificate = network.file('peer.pem', identity.certificatePem)
  const values = { 'receivers.static': [{ participant: buyer, url: peer.url, certificate }] }
  node = await network.start('sender', { values })
})
afterAll(async () => {
  await peer?.[Symbol.asyncDispose]()
  await network?.[Symbol.asyncDispose]()
})

async function send(value: object | Octets, change: Partial<SendRequest> = {}): Promise<SendOutcome> {
  const source: SendRequest['source'] = isOctets(value) ? { kind: 'xml', octets: value } : { kind: 'json', value }
  return await node.node.invoicing.send({ source, route: { kind: 'peppol' }, idempotency: undefined, ...change })
}

function isOctets(value: object): value is Octets {
  return 'kind' in value
}

function invoice(number = nextNumber(), more: object = {}): object {
  return { ...invoiceJson({ number, seller, buyer }), ...more }
}

/** `idempotency` of a request with this body. */
function keyed(key: string, body: string): Pick<SendRequest, 'idempotency'> {
  return { idempotency: { key, requestSha256: createHash('sha256').update(body).digest('hex') } }
}

describe('an invoice that is wrong', () => {
  it.each<[string, () => object | Octets, string]>([
    ['an unknown field', () => invoice(undefined, { colour: 'red' }), '/colour'],
    ['a missing number', () => invoice(undefined, { number: undefined }), '/number'],
    ['totals that do not add up', () => invoice(undefined, { totals: { payable: '1.00' } }), '/totals'],
    [
      'CII whose totals do not add up',
      () => {
        const cii = invoiceCii({ number: nextNumber(), seller, buyer }).toString()
        return inMemory(Buffer.from(cii.replace(/(DuePayableAmount>)[^<]*/, '$11.00')))
      },
      '/totals/payable',
    ],
    ['no XML', () => inMemory(Buffer.from('{}')), ''],
    ['another XML document', () => inMemory(Buffer.from('<Order xmlns="x"/>')), ''],
  ])('for %s is told what and where, and nothing of it is stored', async (_, made, pointer) => {
    const before = await kept(node)
    const outcome = await send(made())
    expect(outcome.kind).toBe('invalid')
    if (outcome.kind !== 'invalid') return
    expect(outcome.findings.some(finding => finding.severity === 'fatal')).toBe(true)
    expect(outcome.findings.some(finding => finding.pointer.startsWith(pointer))).toBe(true)
    expect(await kept(node)).toEqual(before)
  })

  it.each([
    ['CII', () => invoiceCii({ number: nextNumber(), seller, buyer })],
    ['JSON', () => Buffer.from(JSON.stringify(invoice()))],
  ])('because %s is sent as a PDF is told so', async (_, made) => {
    const outcome = await send({}, { source: { kind: 'pdf', octets: inMemory(made()) } })
    expect(outcome).toMatchObject({ kind: 'invalid', findings: [{ rule: 'pdf.not-a-pdf' }] })
  })

  it('because nobody can be reached under its kind of address is told so', async () => {
    const outcome = await send(invoiceJson({ number: nextNumber(), seller, buyer: '0037:12345' }))
    expect(outcome).toMatchObject({ kind: 'invalid', findings: [{ pointer: '/buyer/endpoint/scheme' }] })
  })

  it('for want of an electronic address is told so', async () => {
    const { buyer: party, ...rest } = invoice() as { buyer: { endpoint?: unknown } }
    const outcome = await send({ ...rest, buyer: { ...party, endpoint: undefined } })
    expect(outcome).toMatchObject({ kind: 'invalid' })
  })
})

describe('an invoice number', () => {
  it('of the same seller is taken once, whatever the document', async () => {
    const number = nextNumber()
    const first = await send(invoice(number))
    const before = await kept(node)
    const second = await send(invoice(number, { buyerReference: 'another order' }))
    expect(second).toMatchObject({ kind: 'number-taken', invoiceId: first.kind === 'accepted' && first.invoiceId })
    await node.node.exchange.settle()
    expect(await kept(node)).toMatchObject({ transmissions: before['transmissions'], invoices: before['invoices'] })
  })

  it('of another seller is another number', async () => {
    const number = nextNumber()
    await send(invoice(number))
    const ubl = invoiceUbl({ number, seller: '0225:900000001', buyer })
    expect((await send(inMemory(ubl))).kind).toBe('accepted')
  })

  it('is taken once by many at the same time', async () => {
    const number = nextNumber()
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => send(invoice(number))))
    expect(outcomes.filter(({ kind }) => kind === 'accepted')).toHaveLength(1)
    expect(outcomes.filter(({ kind }) => kind === 'number-taken')).toHaveLength(7)
  })
})

describe('a repeated request', () => {
  it('has the answer of the first', async () => {
    const [key, number] = [randomUUID(), nextNumber()]
    const first = await send(invoice(number), keyed(key, 'body'))
    const second = await send(invoice(number), keyed(key, 'body'))
    expect(first).toMatchObject({ kind: 'accepted', repeated: false })
    expect(second).toMatchObject({
      kind: 'accepted',
      repeated: true,
      invoiceId: first.kind === 'accepted' ? first.invoiceId : '',
    })
  })

  it('is posted once', async () => {
    const [key, number] = [randomUUID(), nextNumber()]
    await node.node.exchange.settle()
    const before = peer.posts.length
    await Promise.all(Array.from({ length: 5 }, () => send(invoice(number), keyed(key, 'body'))))
    await node.node.exchange.settle()
    expect(peer.posts).toHaveLength(before + 1)
  })

  it('with another body under the same key is refused', async () => {
    const key = randomUUID()
    await send(invoice(), keyed(key, 'body'))
    expect(await send(invoice(), keyed(key, 'another body'))).toMatchObject({ kind: 'key-reused' })
  })
})

describe('the way of an invoice', () => {
  it('is the one that the operator has configured for its receiver', async () => {
    const outcome = await send(invoice())
    if (outcome.kind !== 'accepted') throw new Error(outcome.kind)
    const transmission = await settled(node, outcome.transmissionId!, 'delivered')
    expect(transmission.route).toMatchObject({ kind: 'static', url: peer.url })
  })

  it('is the one that the caller names before it', async () => {
    const elsewhere = await startPeer(peer.identity)
    const route = { kind: 'static', url: elsewhere.url, certificatePem: peer.identity.certificatePem } as const
    const outcome = await send(invoice(), { route })
    if (outcome.kind !== 'accepted') throw new Error(outcome.kind)
    await settled(node, outcome.transmissionId!, 'delivered')
    expect(elsewhere.posts).toHaveLength(1)
    await elsewhere[Symbol.asyncDispose]()
  })

  it('is that of the network for every other receiver', async () => {
    const outcome = await send(invoiceJson({ number: nextNumber(), seller, buyer: '0225:900000019' }))
    if (outcome.kind !== 'accepted') throw new Error(outcome.kind)
    const transmission = await settled(node, outcome.transmissionId!, 'failed')
    expect(transmission).toMatchObject({ route: { kind: 'peppol' }, failure: { code: 'unregistered' } })
  })
})
