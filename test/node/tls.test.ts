import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { type PasserelleNode, createNode } from '../../src/node.ts'
import { der, sequence } from '../support/der.ts'
import { invoiceJson, nextNumber } from '../support/invoices.ts'
import { memoryLog } from '../support/log.ts'
import { type TestNetwork, type TestNode, startNetwork } from '../support/network.ts'
import { extension, makeCa } from '../support/pki.ts'
import { sendInvoice, settled } from '../support/rest.ts'

/* Two nodes as on the public network: the receiver behind HTTPS, the sender with whom it is to trust. */

const seller = '0225:391838042'
const buyer = '0225:732829320'

let network: TestNetwork
let receiver: PasserelleNode
/** PEM files. */
let serverCertificate: string
let accessPointCertificate: string

beforeAll(async () => {
  network = await startNetwork()
  const loopback = der(0x87, Buffer.from([127, 0, 0, 1]))
  const server = makeCa('loopback', undefined, { extensions: [extension('2.5.29.17', sequence(loopback))] })
  serverCertificate = network.file('tls.pem', server.certificatePem)
  const prepared = await network.prepare('receiver', {
    participants: [buyer],
    values: {
      'http.tlsCertificate': serverCertificate,
      'http.tlsKey': network.file('tls.key.pem', server.privateKeyPem),
    },
  })
  accessPointCertificate = network.file('receiver.pem', prepared.identity.certificatePem)
  receiver = await createNode(loadConfig({ values: prepared.values }, {}), { log: memoryLog(), clock: network.clock })
})
afterAll(async () => {
  await receiver?.[Symbol.asyncDispose]()
  await network?.[Symbol.asyncDispose]()
})

async function startSender(name: string, values: Readonly<Record<string, unknown>>): Promise<TestNode> {
  const receivers = [{ participant: buyer, url: `${receiver.url}/as4`, certificate: accessPointCertificate }]
  return await network.start(name, {
    values: { 'receivers.static': receivers, 'network.insecure': false, 'exchange.retrySeconds': [], ...values },
  })
}

describe('a receiver behind HTTPS', () => {
  it('gets what a sender posts that trusts its authority', async () => {
    expect(receiver.url).toMatch(/^https:/)
    const sender = await startSender('trusting', { 'network.tlsAuthorities': [serverCertificate] })
    const { transmissionId } = await sendInvoice(sender.url, invoiceJson({ number: nextNumber(), seller, buyer }))
    const { messageId } = await settled(sender, transmissionId, 'delivered')
    expect(messageId).toBeDefined()
  })

  it('gets nothing from a sender that does not know its authority', async () => {
    const sender = await startSender('wary', {})
    const { transmissionId } = await sendInvoice(sender.url, invoiceJson({ number: nextNumber(), seller, buyer }))
    const { failure } = await settled(sender, transmissionId, 'failed')
    expect(failure).toMatchObject({ code: 'unreachable', message: expect.stringMatching(/certificate/i) })
  })
})
