import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from '../support/http.ts'
import { invoiceJson, nextNumber } from '../support/invoices.ts'
import { type TestNetwork, type TestNode, startNetwork } from '../support/network.ts'
import { type RestInvoice, file, get, listed } from '../support/rest.ts'

/* A Factur-X as a document type of its own: the PDF travels as it is, its XML tells where to, and what arrives is an invoice. */

const seller = '0225:391838042'
const buyer = '0225:732829320'
const facturx =
  'busdox-docid-qns::urn:peppol:doctype:pdf+xml##urn:cen.eu:en16931:2017#conformant#urn:peppol:france:billing:Factur-X:1.0::D22B'
const regulated = 'cenbii-procid-ubl::urn:peppol:france:billing:regulated'

let network: TestNetwork
let receiver: TestNode
let sender: TestNode
beforeAll(async () => {
  network = await startNetwork()
  const services = [{ documentType: facturx, process: regulated }]
  receiver = await network.start('receiver', {
    values: { 'registrations.participants': [{ participant: buyer, name: 'Librairie Mistral', services }] },
  })
  const certificate = network.file('receiver.pem', receiver.identity.certificatePem)
  const values = { 'receivers.static': [{ participant: buyer, url: `${receiver.url}/as4`, certificate }] }
  sender = await network.start('sender', { values })
})
afterAll(() => network?.[Symbol.asyncDispose]())

function json(number: string): string {
  const french = { customization: 'urn:cen.eu:en16931:2017', process: 'S1', ...frenchFacts }
  return JSON.stringify({ ...invoiceJson({ number, seller, buyer }), ...french })
}

async function convert(to: string, type: string, document: Buffer | string): Promise<Buffer> {
  const { status, body } = await ask(`${sender.url}/api/v1/conversions?to=${to}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: document,
  })
  expect(status, body.toString('utf8', 0, 500)).toBe(200)
  return body
}

async function post(pdf: Buffer): Promise<{ status: number; json: Record<string, unknown> }> {
  const { status, body } = await ask(`${sender.url}/api/v1/invoices`, {
    method: 'POST',
    headers: { 'content-type': 'application/pdf' },
    body: pdf,
  })
  return { status, json: JSON.parse(body.toString()) as Record<string, unknown> }
}

const frenchFacts = {
  notes: [
    { subjectCode: 'PMT', text: 'Indemnité forfaitaire de 40 €' },
    { subjectCode: 'PMD', text: "Trois fois le taux d'intérêt légal" },
    { subjectCode: 'AAB', text: "Pas d'escompte" },
  ],
  dueDate: '2026-12-21',
  seller: {
    name: 'Atelier des Quais',
    vatId: 'FR44391838042',
    legalRegistration: { scheme: '0002', value: '391838042' },
    endpoint: { scheme: '0225', value: '391838042' },
    address: { line1: '1 quai', city: 'Lyon', postCode: '69002', country: 'FR' },
  },
  buyer: {
    name: 'Librairie Mistral',
    legalRegistration: { scheme: '0002', value: '732829320' },
    endpoint: { scheme: '0225', value: '732829320' },
    address: { line1: '2 rue', city: 'Nantes', postCode: '44000', country: 'FR' },
  },
}

describe('a Factur-X', () => {
  it('travels as it is and arrives as an invoice with its verdict, its XML and its page', async () => {
    const number = nextNumber()
    const pdf = await convert('facturx', 'application/json', json(number))
    const answer = await post(pdf)
    expect(answer.status, JSON.stringify(answer.json)).toBe(202)
    await expect.poll(() => listed(receiver.url, { number }), { timeout: 10_000 }).toHaveLength(1)
    const [found] = (await listed(receiver.url, { number })) as [RestInvoice & { verdict: object }]
    expect(found).toMatchObject({ direction: 'inbound', state: 'delivered', verdict: { valid: true } })
    expect(await file(receiver.url, found.links.original)).toEqual(pdf)
    expect((await file(receiver.url, found.links.ubl)).toString()).toContain(`<cbc:ID>${number}</cbc:ID>`)
    const { attachments } = await get<{ attachments: readonly { name: string }[] }>(
      receiver.url,
      `/api/v1/invoices/${found.id}/files/attachments`,
    )
    expect(attachments.map(({ name }) => name)).toContain('factur-x.xml')
  })

  it('that breaks a rule is refused with the rule', async () => {
    const cii = (await convert('cii', 'application/json', json(nextNumber()))).toString()
    const without = cii.replaceAll(/<ram:IncludedNote>.*?<\/ram:IncludedNote>/gs, '')
    expect(without).not.toBe(cii)
    const answer = await post(await convert('facturx', 'application/xml', without))
    expect(answer.status).toBe(422)
    const rules = (answer.json['errors'] as readonly { rule: string }[]).map(({ rule }) => rule)
    expect(rules).toContain('BR-FR-05')
  })

  it('that is no Factur-X is refused', async () => {
    const answer = await post(Buffer.from('%PDF-1.7\nnot one'))
    expect(answer.status).toBe(422)
    expect((answer.json['errors'] as readonly { rule: string }[])[0]?.rule).toMatch(/^pdf\./)
  })
})
