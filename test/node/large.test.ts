import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from '../support/http.ts'
import { invoiceJson, invoiceUbl, nextNumber } from '../support/invoices.ts'
import { type TestNetwork, type TestNode, startNetwork } from '../support/network.ts'
import { file, listed, sendInvoice, settled } from '../support/rest.ts'
import { filesIn, kept } from '../support/rows.ts'

const left = '0225:391838042'
const right = '0225:732829320'

/** 22 MB that no compression makes smaller: 30 MB in Base64. */
const attached = randomBytes(22_500_000).toString('base64')

let network: TestNetwork
let one: TestNode
let two: TestNode
beforeAll(async () => {
  network = await startNetwork()
  one = await network.start('one', { participants: [left] })
  two = await network.start('two', { participants: [right] })
})
afterAll(() => network?.[Symbol.asyncDispose]())

/** An invoice that carries a file. */
function heavyInvoice({ number, seller, buyer }: { number: string; seller: string; buyer: string }): Buffer {
  const document =
    `<cac:AdditionalDocumentReference><cbc:ID>annex</cbc:ID><cac:Attachment>` +
    `<cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="annex.pdf">${attached}` +
    `</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>`
  return Buffer.from(
    invoiceUbl({ number, seller, buyer }).toString().replace('<cac:AccountingSupplierParty>', `${document}$&`),
  )
}

/** The same in JSON. */
function heavyJson(number: string): object {
  const file = { filename: 'annex.pdf', mimeType: 'application/pdf', content: attached }
  return { ...invoiceJson({ number, seller: left, buyer: right }), attachments: [{ reference: 'annex', file }] }
}

function sha256(octets: Buffer): string {
  return createHash('sha256').update(octets).digest('hex')
}

describe('an invoice with a file of 30 MB', () => {
  it.each<[string, () => { from: TestNode; to: TestNode; seller: string; buyer: string }]>([
    ['one', () => ({ from: one, to: two, seller: left, buyer: right })],
    ['the other', () => ({ from: two, to: one, seller: right, buyer: left })],
  ])('goes %s way and is the same document at the other end, to the byte', async (_, way) => {
    const { from, to, seller, buyer } = way()
    const number = nextNumber()
    const ubl = heavyInvoice({ number, seller, buyer })
    const filesBefore = [filesIn(from.blobFolder).length, filesIn(to.blobFolder).length]
    const { transmissionId } = await sendInvoice(from.url, ubl)
    const { contentSize } = await settled(from, transmissionId, 'delivered')
    await to.node.exchange.settle()
    expect(contentSize).toBeGreaterThan(30_000_000)
    const [came] = await listed(to.url, { number, direction: 'inbound' })
    expect(came).toMatchObject({ state: 'delivered', number })
    const arrived = await file(to.url, came!.links.ubl)
    // The XML declaration belongs to the file, not to the document in the envelope.
    const declaration = /^<\?xml[^>]*\?>\s*/.exec(ubl.toString('latin1', 0, 200))?.[0].length ?? 0
    expect(arrived.length).toBe(ubl.length - declaration)
    expect(sha256(arrived)).toBe(sha256(ubl.subarray(declaration)))
    // One file at each end: what was signed. The spooled request and every unfinished file are gone.
    expect(filesIn(from.blobFolder)).toHaveLength(filesBefore[0]! + 1)
    expect(filesIn(to.blobFolder)).toHaveLength(filesBefore[1]! + 1)
  })
})

describe('an invoice in JSON with a file of 30 MB', () => {
  it('arrives as UBL with that file', async () => {
    const number = nextNumber()
    const filesBefore = [filesIn(one.blobFolder).length, filesIn(two.blobFolder).length]
    const { transmissionId } = await sendInvoice(one.url, heavyJson(number))
    await settled(one, transmissionId, 'delivered')
    await two.node.exchange.settle()
    const [came] = await listed(two.url, { number, direction: 'inbound' })
    const arrived = await file(two.url, `/api/v1/invoices/${came!.id}/files/attachments/1`)
    expect(sha256(arrived)).toBe(sha256(Buffer.from(attached, 'base64')))
    expect(filesIn(one.blobFolder)).toHaveLength(filesBefore[0]! + 1)
    expect(filesIn(two.blobFolder)).toHaveLength(filesBefore[1]! + 1)
  })

  it('leaves nothing when it breaks a rule', async () => {
    const before = await kept(one)
    const body = JSON.stringify({ ...heavyJson(nextNumber()), totals: { payable: '1.00' } })
    const headers = { 'content-type': 'application/json' }
    expect((await ask(`${one.url}/api/v1/invoices`, { method: 'POST', headers, body })).status).toBe(422)
    expect(await kept(one)).toEqual(before)
  })
})

describe('of a large request that is refused nothing is left:', () => {
  it('an invoice that breaks a rule', async () => {
    const before = await kept(one)
    const ubl = heavyInvoice({ number: nextNumber(), seller: left, buyer: right }).toString('latin1')
    const broken = ubl.replace(/(<cbc:PayableAmount[^>]*>)[^<]*/, '$19.99')
    expect(broken).not.toBe(ubl)
    expect(await send(Buffer.from(broken, 'latin1'))).toBe(422)
    expect(await kept(one)).toEqual(before)
  })

  it('an invoice whose number was used before', async () => {
    const number = nextNumber()
    const { transmissionId } = await sendInvoice(one.url, invoiceUbl({ number, seller: left, buyer: right }))
    await settled(one, transmissionId, 'delivered')
    const before = await kept(one)
    expect(await send(heavyInvoice({ number, seller: left, buyer: right }))).toBe(409)
    expect(await kept(one)).toEqual(before)
  })

  it('a document that is cut off', async () => {
    const before = await kept(one)
    const ubl = heavyInvoice({ number: nextNumber(), seller: left, buyer: right })
    expect(await send(ubl.subarray(0, 20_000_000))).toBe(422)
    expect(await kept(one)).toEqual(before)
  })
})

async function send(ubl: Buffer): Promise<number> {
  const headers = { 'content-type': 'application/xml' }
  const { status } = await ask(`${one.url}/api/v1/invoices`, { method: 'POST', headers, body: ubl })
  return status
}
