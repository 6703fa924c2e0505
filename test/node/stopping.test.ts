import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createNode } from '../../src/node.ts'
import { loadConfig } from '../../src/config.ts'
import { deliver, sealLetter } from '../support/access-point.ts'
import { ask } from '../support/http.ts'
import { invoiceJson, nextNumber } from '../support/invoices.ts'
import { memoryLog } from '../support/log.ts'
import { type TestNetwork, startNetwork } from '../support/network.ts'
import { receipt, silence, startPeer } from '../support/peer.ts'
import { received, sendInvoice, settled } from '../support/rest.ts'

const seller = '0225:391838042'
const buyer = '0225:732829320'

let network: TestNetwork
beforeAll(async () => {
  network = await startNetwork()
})
afterAll(() => network?.[Symbol.asyncDispose]())

describe('a node that is told to stop', () => {
  it('does not wait for an answer that does not come: the same octets are posted again later', async () => {
    const identity = network.issue('access-point', { commonName: 'PFR000800' })
    await using peer = await startPeer(identity)
    await network.smp.publish('0225:silent', { url: peer.url, certificate: identity.certificate })
    peer.script(silence, receipt(identity))
    const prepared = await network.prepare('stopping', { values: { 'network.postMilliseconds': 60_000 } })
    const node = await createNode(loadConfig({ values: prepared.values }, {}), { log: memoryLog() })
    const invoice = invoiceJson({ number: nextNumber(), seller, buyer: '0225:silent' })
    const { transmissionId } = await sendInvoice(node.url, invoice)
    await expect.poll(() => peer.posts.length).toBe(1)
    const before = performance.now()
    await node[Symbol.asyncDispose]()
    expect(performance.now() - before).toBeLessThan(10_000)
    const again = await network.start('stopping-again', { beside: prepared })
    await settled(again, transmissionId, 'delivered')
    expect(peer.posts[1]!.body.equals(peer.posts[0]!.body)).toBe(true)
    const attempts = await again.node.reader.listAttempts(transmissionId)
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['indeterminate', 'delivered'])
  })

  it('answers what it is receiving, and keeps it', async () => {
    const prepared = await network.prepare('receiving', { participants: [buyer] })
    const node = await createNode(loadConfig({ values: prepared.values }, {}), { log: memoryLog() })
    const from = network.issue('access-point')
    const letter = await sealLetter({ from, to: prepared.identity.certificate, sender: seller, receiver: buyer })
    const asked = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    network.lists.script = (_request, response) => {
      asked.resolve()
      void released.promise.then(() => response.end(network.pki.crl(network.pki.accessPointCa)))
    }
    const answer = deliver(node.url, letter)
    await asked.promise
    const stopped = node[Symbol.asyncDispose]()
    network.lists.script = undefined
    released.resolve()
    await stopped
    expect((await answer).kind).toBe('receipt')
    await expect(ask(`${node.url}/live`)).rejects.toThrow(/ECONNREFUSED/)
    const again = await network.start('receiving-again', { beside: prepared })
    await again.node.exchange.settle()
    expect(await received(again, letter.sealed.messageId)).toMatchObject({ state: 'delivered' })
  })
})
