import { createDecipheriv, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type SealedLetter, deliver, post, sealLetter } from '../support/access-point.ts'
import { invoiceUbl, nextNumber } from '../support/invoices.ts'
import { type TestNetwork, type TestNode, startNetwork } from '../support/network.ts'
import type { TestIdentity } from '../support/pki.ts'
import { contentOf, listed, received } from '../support/rest.ts'
import { kept } from '../support/rows.ts'
import { encipher } from '../wire/as4/forge.ts'

const seller = '0225:391838042'
const buyer = '0225:732829320'

let network: TestNetwork
let node: TestNode
let other: TestIdentity
beforeAll(async () => {
  network = await startNetwork()
  // The smallest payloads already lie in the blob store, so that what is left of a refused repeat can be seen there.
  node = await network.start('receiver', { participants: [buyer], values: { 'data.memoryOctetsMax': 0 } })
  other = network.issue('access-point', { commonName: 'PFR000700' })
})
afterAll(() => network?.[Symbol.asyncDispose]())

interface Resend {
  readonly messageId?: string
  readonly instanceId?: string
  readonly number?: string
  readonly sender?: string
  readonly from?: TestIdentity
}

function seal({ number = nextNumber(), from = other, sender = seller, ...ids }: Resend): Promise<SealedLetter> {
  // Seller and number decide the content; who posts it does not.
  const document = invoiceUbl({ number, seller, buyer })
  return sealLetter({ from, to: node.identity.certificate, sender, receiver: buyer, document, ...ids })
}

describe('the same message posted again', () => {
  it('gets the first receipt, octet for octet', async () => {
    const letter = await seal({})
    const first = await post(node.url, letter)
    const second = await post(node.url, letter)
    expect(second.status).toBe(200)
    expect(second.body.toString()).toContain('Receipt')
    expect(second.body.equals(first.body)).toBe(true)
  })

  it('leaves nothing behind', async () => {
    const letter = await seal({})
    await post(node.url, letter)
    await node.node.exchange.settle()
    const before = await kept(node)
    await post(node.url, letter)
    await node.node.exchange.settle()
    expect(await kept(node)).toEqual(before)
  })

  it('by many at once is stored once, and every one gets the same receipt', async () => {
    const letter = await seal({})
    const before = await kept(node)
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(node.url, letter)))
    expect(new Set(answers.map(({ body }) => body.toString())).size).toBe(1)
    await node.node.exchange.settle()
    expect(await kept(node)).toMatchObject({
      transmissions: before['transmissions']! + 1,
      files: before['files']! + 1,
    })
  })

  it('enciphered anew under the same signature is the same message', async () => {
    const letter = await seal({})
    const first = await post(node.url, letter)
    const iv = Buffer.alloc(12, 7)
    const at = letter.sealed.prologue.length
    // Another IV with the tag that belongs to it: the wire differs, the signed octets do not.
    const octets = await plainOctets(letter)
    const enciphered = encipher(octets, letter.sealed.contentKey, iv)
    const body = Buffer.concat([letter.body.subarray(0, at), enciphered, letter.sealed.epilogue])
    expect(body.equals(letter.body)).toBe(false)
    const second = await post(node.url, { contentType: letter.contentType, body })
    expect(second.body.equals(first.body)).toBe(true)
  })
})

describe('a message id used for another message', () => {
  it('is refused as a duplicate, and nothing is changed', async () => {
    const messageId = `${randomUUID()}@other.test`
    const first = await seal({ messageId })
    await post(node.url, first)
    await node.node.exchange.settle()
    const before = await kept(node)
    const envelope = await contentOf(node, messageId, 'envelope')
    const answer = await deliver(node.url, await seal({ messageId }))
    expect(answer).toMatchObject({ kind: 'error', authenticated: true })
    if (answer.kind !== 'error') return
    expect(answer.errors).toMatchObject([{ code: 'EBMS:0004', description: expect.stringMatching(/duplicate/) }])
    expect(await kept(node)).toEqual(before)
    expect((await contentOf(node, messageId, 'envelope')).equals(envelope)).toBe(true)
  })

  it('by many at once is given to one of them', async () => {
    const messageId = `${randomUUID()}@other.test`
    const letters = await Promise.all(Array.from({ length: 6 }, () => seal({ messageId })))
    const before = await kept(node)
    const answers = await Promise.all(letters.map(letter => deliver(node.url, letter)))
    expect(answers.filter(({ kind }) => kind === 'receipt')).toHaveLength(1)
    expect(answers.filter(({ kind }) => kind === 'error')).toHaveLength(5)
    await node.node.exchange.settle()
    expect(await kept(node)).toMatchObject({
      transmissions: before['transmissions']! + 1,
      files: before['files']! + 1,
    })
  })

  it('by another access point is refused too', async () => {
    const letter = await seal({})
    await post(node.url, letter)
    const from = network.issue('access-point', { commonName: 'PFR000701' })
    const answer = await deliver(node.url, await seal({ messageId: letter.sealed.messageId, from }))
    expect(answer).toMatchObject({ kind: 'error', errors: [{ code: 'EBMS:0004' }] })
  })
})

describe('an envelope that came before', () => {
  it('in a new message has its receipt, is marked as duplicate and is not handed over again', async () => {
    const ids = { instanceId: randomUUID(), number: nextNumber() }
    await post(node.url, await seal(ids))
    const again = await seal(ids)
    expect(await deliver(node.url, again)).toMatchObject({ kind: 'receipt' })
    await node.node.exchange.settle()
    expect((await received(node, again.sealed.messageId))?.state).toBe('duplicate')
    expect(await listed(node.url, { number: ids.number })).toHaveLength(1)
  })

  it('in many messages at once is handed over once', async () => {
    const ids = { instanceId: randomUUID(), number: nextNumber() }
    const letters = await Promise.all(Array.from({ length: 6 }, () => seal(ids)))
    const answers = await Promise.all(letters.map(letter => deliver(node.url, letter)))
    expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(['receipt']))
    await node.node.exchange.settle()
    const states = await Promise.all(
      letters.map(async ({ sealed }) => (await received(node, sealed.messageId))?.state ?? 'missing'),
    )
    expect(states.toSorted()).toEqual(['delivered', ...Array.from({ length: 5 }, () => 'duplicate')])
    expect(await listed(node.url, { number: ids.number })).toHaveLength(1)
  })

  it('with another content is an exception, and is not handed over', async () => {
    const instanceId = randomUUID()
    await post(node.url, await seal({ instanceId }))
    const number = nextNumber()
    const again = await seal({ instanceId, number })
    expect(await deliver(node.url, again)).toMatchObject({ kind: 'receipt' })
    await node.node.exchange.settle()
    const transmission = await received(node, again.sealed.messageId)
    expect(transmission).toMatchObject({ state: 'exception', failure: { code: 'instance-id-reused', retry: false } })
    expect(await listed(node.url, { number })).toEqual([])
  })

  it('of another sender is another envelope', async () => {
    const ids = { instanceId: randomUUID(), number: nextNumber() }
    await post(node.url, await seal(ids))
    const letter = await seal({ ...ids, sender: '0225:somebodyelse' })
    expect(await deliver(node.url, letter)).toMatchObject({ kind: 'receipt' })
    await node.node.exchange.settle()
    expect((await received(node, letter.sealed.messageId))?.state).toBe('delivered')
    expect(await listed(node.url, { number: ids.number })).toHaveLength(2)
  })

  it('keeps the evidence of each message that brought it', async () => {
    const ids = { instanceId: randomUUID(), number: nextNumber() }
    const letters = [await seal(ids), await seal(ids)]
    for (const letter of letters) {
      const answer = await post(node.url, letter)
      expect((await contentOf(node, letter.sealed.messageId, 'answer')).equals(answer.body)).toBe(true)
    }
  })
})

async function plainOctets(letter: SealedLetter): Promise<Buffer> {
  const { prologue, epilogue, contentKey, iv } = letter.sealed
  const wire = letter.body.subarray(prologue.length + 12, letter.body.length - epilogue.length - 16)
  return createDecipheriv('aes-128-gcm', contentKey, iv).update(wire)
}
