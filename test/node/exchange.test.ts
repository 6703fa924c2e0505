import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inMemory } from '../../src/kernel/index.ts'
import type { TransmissionId } from '../../src/services/domain.ts'
import type { Submission } from '../../src/services/exchange/index.ts'
import { formatIdentifier, parseDocumentTypeId, parseParticipantId } from '../../src/wire/peppol/index.ts'
import { invoiceCii, invoiceJson, invoiceUbl, nextNumber } from '../support/invoices.ts'
import { type TestNetwork, type TestNode, billing, billingProcess, startNetwork } from '../support/network.ts'
import { type TestPeer, startPeer } from '../support/peer.ts'
import { type RestInvoice, contentOf, file, get, listed, received, sendInvoice, settled } from '../support/rest.ts'

const seller = '0225:391838042'
const buyer = '0225:732829320'

let network: TestNetwork
let sender: TestNode
let receiver: TestNode
let peer: TestPeer
beforeAll(async () => {
  network = await startNetwork()
  sender = await network.start('sender', { participants: [seller] })
  receiver = await network.start('receiver', { participants: [buyer] })
  peer = await startPeer(network.issue('access-point', { commonName: 'PFR000800' }))
})
afterAll(async () => {
  await peer?.[Symbol.asyncDispose]()
  await network?.[Symbol.asyncDispose]()
})

function submission(change: Partial<Submission> = {}): Submission {
  const receiving = change.receiver ?? parseParticipantId(buyer)
  return {
    sender: parseParticipantId(seller),
    receiver: receiving,
    documentType: billing,
    process: billingProcess,
    countryC1: 'FR',
    route: { kind: 'peppol' },
    document: inMemory(invoiceUbl({ number: nextNumber(), seller, buyer: receiving.value })),
    invoice: undefined,
    idempotency: undefined,
    ...change,
  }
}

/** Both ends of an invoice that has arrived. */
async function arrived(number: string): Promise<{ sent: RestInvoice; came: RestInvoice }> {
  await sender.node.exchange.settle()
  await receiver.node.exchange.settle()
  const [sent] = await listed(sender.url, { number, direction: 'outbound' })
  const [came] = await listed(receiver.url, { number, direction: 'inbound' })
  return { sent: sent!, came: came! }
}

describe('an invoice sent as JSON', () => {
  const number = nextNumber()
  let sent: RestInvoice
  let came: RestInvoice
  beforeAll(async () => {
    await sendInvoice(sender.url, invoiceJson({ number, seller, buyer }))
    ;({ sent, came } = await arrived(number))
  })

  it('is delivered at both ends', () => {
    expect(sent).toMatchObject({ state: 'delivered', number, payable: '174.60', buyerName: 'Librairie Mistral' })
    expect(came).toMatchObject({ state: 'delivered', number, payable: '174.60', sellerName: 'Atelier des Quais' })
  })

  it('is the same message at both ends', () => {
    expect(came.transmission).toMatchObject({
      messageId: sent.transmission.messageId,
      instanceId: sent.transmission.instanceId,
      contentSha256: sent.transmission.contentSha256,
      sender: `iso6523-actorid-upis::${seller}`,
      receiver: `iso6523-actorid-upis::${buyer}`,
    })
  })

  it('names the other access point at both ends', () => {
    expect(sent.transmission.peer).toBe(receiver.identity.certificate.commonName)
    expect(came.transmission.peer).toBe(sender.identity.certificate.commonName)
  })

  it('leaves a trace of every step with its time', async () => {
    const { attempts } = await get<Trace>(sender.url, sent.links.events)
    expect(attempts).toHaveLength(1)
    expect(attempts[0]?.outcome).toBe('delivered')
    expect(attempts[0]?.steps.map(({ name }) => name)).toEqual([
      'name-hash',
      'naptr',
      'smp',
      'smp-signature',
      'endpoint',
      'certificate',
      'sealed',
      'posted',
      'answer',
    ])
    // The shortest may take less than half a microsecond.
    const times = attempts[0]?.steps.map(({ microseconds }) => microseconds) ?? []
    for (const time of times) expect(time).toBeGreaterThanOrEqual(0)
    expect(Math.max(...times)).toBeGreaterThan(0)
  })

  it('tells in the trace what each step found', async () => {
    const { attempts } = await get<Trace>(sender.url, sent.links.events)
    const details = Object.fromEntries(attempts[0]?.steps.map(({ name, detail }) => [name, detail]) ?? [])
    expect(details).toMatchObject({
      naptr: { url: receiver.url, server: network.dns.address },
      smp: { status: 200 },
      'smp-signature': { signer: receiver.smp.certificate.commonName },
      endpoint: { address: `${receiver.url}/as4`, transportProfile: 'peppol-transport-as4-v2_0' },
      certificate: { subject: receiver.identity.certificate.commonName },
      sealed: { messageId: sent.transmission.messageId },
      posted: { status: 200, url: `${receiver.url}/as4` },
      answer: { kind: 'receipt', signer: receiver.identity.certificate.commonName },
    })
  })

  it('has its events at both ends', async () => {
    const out = await get<Trace>(sender.url, sent.links.events)
    const into = await get<Trace>(receiver.url, came.links.events)
    expect(out.events.map(({ kind }) => kind)).toEqual(['submitted', 'delivered'])
    expect(into.events.map(({ kind }) => kind)).toEqual(['received', 'delivered'])
  })

  it('has the same receipt at both ends', async () => {
    const [ours, theirs] = await Promise.all([
      file(sender.url, sent.links.receipt).then(String),
      file(receiver.url, came.links.receipt).then(String),
    ])
    expect(ours).toContain('NonRepudiationInformation')
    expect(ours).toBe(theirs)
  })

  it('is the same document at both ends, to the byte', async () => {
    const [ours, theirs] = await Promise.all([
      file(sender.url, sent.links.ubl).then(String),
      file(receiver.url, came.links.ubl).then(String),
    ])
    expect(ours).toContain(`<cbc:ID>${number}</cbc:ID>`)
    expect(ours).toBe(theirs)
  })

  it('is told to both logs with its transmission', () => {
    expect(said(sender, 'transmission.delivered', sent.transmission.id)).toBe(true)
    expect(said(receiver, 'as4.received', came.transmission.id)).toBe(true)
  })
})

describe('an invoice sent as CII', () => {
  const documentType = parseDocumentTypeId(
    'busdox-docid-qns::urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100::CrossIndustryInvoice' +
      '##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::D16B',
  )

  it('arrives as it was written, is listed as an invoice and can be had as UBL', async () => {
    const [number, address] = [nextNumber(), '0225:cii']
    const participant = parseParticipantId(address)
    const services = [{ documentType, process: billingProcess }]
    await receiver.node.registry.register({ participant, name: 'cii', services })
    network.dns.publish(address, receiver.url)
    const cii = invoiceCii({ number, seller, buyer: address })
    await sendInvoice(sender.url, cii)
    const { sent, came } = await arrived(number)
    expect(came).toMatchObject({ state: 'delivered', transmission: { documentType: formatIdentifier(documentType) } })
    const body = cii.toString().replace(/^<\?xml[^>]*\?>\s*/, '')
    expect(String(await file(receiver.url, came.links.original))).toBe(body)
    expect(String(await file(receiver.url, came.links.cii))).toBe(body)
    expect(String(await file(receiver.url, came.links.ubl))).toBe(
      String(invoiceUbl({ number, seller, buyer: address })),
    )
    expect(sent.state).toBe('delivered')
  })
})

interface Trace {
  readonly events: readonly { readonly kind: string }[]
  readonly attempts: readonly {
    readonly outcome: string
    readonly steps: readonly {
      readonly name: string
      readonly microseconds: number
      readonly detail: Record<string, unknown>
    }[]
  }[]
}

describe('an invoice sent as UBL', () => {
  it('arrives as it was written, with what we do not know and its white space', async () => {
    const number = nextNumber()
    const ubl = invoiceUbl({ number, seller, buyer }).toString().replace('<cbc:ID>', '<!-- kept -->\n  <cbc:ID>')
    await sendInvoice(sender.url, Buffer.from(ubl))
    const { came } = await arrived(number)
    const text = await file(receiver.url, came.links.ubl).then(String)
    expect(text.replace(/^<\?xml[^>]*\?>\s*/, '')).toBe(ubl.replace(/^<\?xml[^>]*\?>\s*/, ''))
  })

  it('is found by its number in the list of both ends', async () => {
    const number = nextNumber()
    await sendInvoice(sender.url, invoiceUbl({ number, seller, buyer }))
    await arrived(number)
    expect(await listed(sender.url, { number })).toHaveLength(1)
    expect(await listed(receiver.url, { number })).toHaveLength(1)
  })
})

describe('where a document goes', () => {
  const pint = parseDocumentTypeId(
    'peppol-doctype-wildcard::urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice' +
      '##urn:peppol:pint:billing-1@jp-1@more::2.1',
  )

  it('is found by a wildcard registration, and the registration lets it in', async () => {
    const wildcard = { ...pint, value: pint.value.replace('@jp-1@more', '@jp-1*') }
    const service = { documentType: wildcard, process: billingProcess }
    const participant = parseParticipantId('0225:wildcard')
    await receiver.node.registry.register({ participant, name: 'wildcard', services: [service] })
    network.dns.publish('0225:wildcard', receiver.url)
    const { transmissionId } = await sender.node.exchange.submit(
      submission({ receiver: participant, documentType: pint }),
    )
    await settled(sender, transmissionId, 'delivered')
    const [attempt] = await sender.node.reader.listAttempts(transmissionId)
    expect(attempt?.steps.filter(({ name }) => name === 'smp')).toHaveLength(2)
  })

  it('is not found when only another wildcard is registered', async () => {
    const other = { ...pint, value: pint.value.replace('@jp-1@more', '@sg-1*') }
    const participant = parseParticipantId('0225:otherwildcard')
    const services = [{ documentType: other, process: billingProcess }]
    await receiver.node.registry.register({ participant, name: 'other', services })
    network.dns.publish('0225:otherwildcard', receiver.url)
    const { transmissionId } = await sender.node.exchange.submit(
      submission({ receiver: participant, documentType: pint }),
    )
    const transmission = await settled(sender, transmissionId, 'failed')
    expect(transmission.failure?.code).toBe('document-type-not-supported')
  })

  it('is said by another SMP when the first redirects there', async () => {
    const participant = parseParticipantId('0225:moved')
    const services = [{ documentType: billing, process: billingProcess }]
    await receiver.node.registry.register({ participant, name: 'moved', services })
    const target = `${receiver.url}/${encodeURIComponent('iso6523-actorid-upis::0225:moved')}/services/${encodeURIComponent(`${billing.scheme}::${billing.value}`)}`
    await network.smp.redirect(
      '0225:moved',
      target,
      `CN=${receiver.smp.certificate.commonName},OU=PEPPOL TEST SMP,O=Passerelle Test,C=BE`,
    )
    const { transmissionId } = await sender.node.exchange.submit(submission({ receiver: participant }))
    await settled(sender, transmissionId, 'delivered')
    const [attempt] = await sender.node.reader.listAttempts(transmissionId)
    expect(attempt?.steps.map(({ name }) => name)).toContain('redirect')
  })

  it('is not believed when the target of a redirect is signed by another SMP than it names', async () => {
    const participant = parseParticipantId('0225:hijacked')
    const services = [{ documentType: billing, process: billingProcess }]
    await receiver.node.registry.register({ participant, name: 'hijacked', services })
    const target = `${receiver.url}/${encodeURIComponent('iso6523-actorid-upis::0225:hijacked')}/services/${encodeURIComponent(`${billing.scheme}::${billing.value}`)}`
    await network.smp.redirect('0225:hijacked', target, 'CN=PFR000999,OU=PEPPOL TEST SMP,O=Passerelle Test,C=BE')
    const { transmissionId } = await sender.node.exchange.submit(submission({ receiver: participant }))
    await expect.poll(() => failureOf(transmissionId)).toMatchObject({ code: expect.stringMatching(/^smp-/) })
  })

  it('may be said by hand: nothing is looked up then', async () => {
    const participant = parseParticipantId('0225:inno-zone')
    const services = [{ documentType: billing, process: billingProcess }]
    await receiver.node.registry.register({ participant, name: 'by hand', services })
    const route = {
      kind: 'static',
      url: `${receiver.url}/as4`,
      certificatePem: receiver.identity.certificatePem,
    } as const
    const { transmissionId } = await sender.node.exchange.submit(submission({ receiver: participant, route }))
    await settled(sender, transmissionId, 'delivered')
    const [attempt] = await sender.node.reader.listAttempts(transmissionId)
    expect(attempt?.steps.map(({ name }) => name)).toEqual(['certificate', 'sealed', 'posted', 'answer'])
  })

  it('may be said by hand only with a certificate of the network', async () => {
    const stranger = network.pki.issue('access-point', { signedBy: network.pki.root })
    const route = { kind: 'static', url: peer.url, certificatePem: stranger.certificatePem } as const
    const { transmissionId } = await sender.node.exchange.submit(submission({ route }))
    const transmission = await settled(sender, transmissionId, 'failed')
    expect(transmission.failure?.code).toBe('certificate-untrusted')
    expect(peer.posts).toHaveLength(0)
  })
})

describe('a document that arrives and', () => {
  it('cannot be read is receipted and waits for a person', async () => {
    const broken = invoiceUbl({ number: nextNumber(), seller, buyer })
      .toString()
      .replace(/<cbc:ID>[^<]*<\/cbc:ID>/, '')
    const { transmissionId } = await sender.node.exchange.submit(
      submission({ document: inMemory(Buffer.from(broken)) }),
    )
    const { messageId } = await settled(sender, transmissionId, 'delivered')
    await receiver.node.exchange.settle()
    const transmission = await received(receiver, messageId)
    expect(transmission).toMatchObject({ state: 'exception', failure: { retry: false, message: expect.any(String) } })
    const events = await receiver.node.reader.listEvents(transmission!.id)
    expect(events.map(({ kind }) => kind)).toEqual(['received', 'exception'])
    expect(gunzipSync(await contentOf(receiver, messageId, 'payload')).toString()).toContain(broken.slice(-200))
  })

  it('is no invoice is delivered and not listed as one', async () => {
    const documentType = parseDocumentTypeId(
      'busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:Order-2::Order##urn:fdc:peppol.eu:poacc:trns:order:3::2.1',
    )
    const participant = parseParticipantId('0225:orders')
    const services = [{ documentType, process: billingProcess }]
    await receiver.node.registry.register({ participant, name: 'orders', services })
    network.dns.publish('0225:orders', receiver.url)
    const number = nextNumber()
    const order = `<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"><ID>${number}</ID></Order>`
    const { transmissionId } = await sender.node.exchange.submit(
      submission({ receiver: participant, documentType, document: inMemory(Buffer.from(order)) }),
    )
    const { messageId } = await settled(sender, transmissionId, 'delivered')
    await receiver.node.exchange.settle()
    expect(await received(receiver, messageId)).toMatchObject({ state: 'delivered' })
    expect(await listed(receiver.url, { number })).toEqual([])
  })
})

describe('a document that is not XML', () => {
  it('goes as BinaryContent and arrives to the byte', async () => {
    const pdf = Buffer.concat([
      Buffer.from('%PDF-1.7\n'),
      Buffer.from(Array.from({ length: 20_000 }, (_, i) => i % 256)),
    ])
    const documentType = parseDocumentTypeId('busdox-docid-qns::urn:passerelle:test:pdf##invoice::1')
    const participant = parseParticipantId('0225:pdf')
    await receiver.node.registry.register({
      participant,
      name: 'pdf',
      services: [{ documentType, process: billingProcess }],
    })
    network.dns.publish('0225:pdf', receiver.url)
    const { transmissionId } = await sender.node.exchange.submit(
      submission({
        receiver: participant,
        documentType,
        document: inMemory(pdf),
        wrapping: { kind: 'binary', mimeType: 'application/pdf' },
      }),
    )
    const { messageId } = await settled(sender, transmissionId, 'delivered')
    const content = gunzipSync(await contentOf(receiver, messageId, 'payload')).toString()
    const [, base64 = ''] = /<BinaryContent [^>]*mimeType="application\/pdf"[^>]*>([^<]*)</.exec(content) ?? []
    expect(Buffer.from(base64, 'base64').equals(pdf)).toBe(true)
  })
})

describe('two nodes on one database', () => {
  it('share the work, and nothing is sent twice', async () => {
    const first = await network.start('first', { values: { 'exchange.sendersMax': 2 } })
    const second = await network.start('second', { values: { 'exchange.sendersMax': 2 }, beside: first })
    const ids: TransmissionId[] = []
    for (let count = 0; count < 24; count++) {
      const { transmissionId } = await first.node.exchange.submit(submission())
      ids.push(transmissionId)
    }
    const states = async (): Promise<readonly (string | undefined)[]> =>
      await Promise.all(ids.map(async id => (await first.node.reader.findTransmission(id))?.state))
    await expect.poll(states, { timeout: 15_000 }).toEqual(ids.map(() => 'delivered'))
    expect([...deliveredBy(first), ...deliveredBy(second)].toSorted()).toEqual([...ids].toSorted())
    expect(deliveredBy(first).length).toBeGreaterThan(0)
    expect(deliveredBy(second).length).toBeGreaterThan(0)
  })

  it('both hand out what came in through one of them', async () => {
    const front = await network.start('front', { participants: ['0225:shared'] })
    const back = await network.start('back', { beside: front })
    const number = nextNumber()
    const ubl = invoiceUbl({ number, seller, buyer: '0225:shared' })
    await sendInvoice(sender.url, ubl)
    await sender.node.exchange.settle()
    await expect.poll(async () => (await listed(back.url, { number }))[0]?.state).toBe('delivered')
    const [came] = await listed(back.url, { number })
    const octets = await file(back.url, came!.links.ubl)
    const [sent] = await listed(sender.url, { number })
    const ours = await file(sender.url, sent!.links.ubl)
    expect(octets.equals(ours)).toBe(true)
  })
})

async function failureOf(id: TransmissionId): Promise<unknown> {
  await sender.node.exchange.settle()
  return (await sender.node.reader.findTransmission(id))?.failure
}

function said(node: TestNode, event: string, id: string): boolean {
  return node.log.events.some(line => line.event === event && line.fields['transmissionId'] === id)
}

function deliveredBy(node: TestNode): string[] {
  return node.log.events
    .filter(({ event }) => event === 'transmission.delivered')
    .map(({ fields }) => String(fields['transmissionId']))
}
