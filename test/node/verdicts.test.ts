import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { importPacks } from '../../src/adapters/rules/index.ts'
import type { Verdict } from '../../src/services/domain.ts'
import { sealLetter } from '../support/access-point.ts'
import { ask } from '../support/http.ts'
import { invoiceJson, invoiceUbl, nextNumber } from '../support/invoices.ts'
import { type TestNetwork, type TestNode, startNetwork } from '../support/network.ts'
import { type RestInvoice, get, listed, sendInvoice } from '../support/rest.ts'
import { kept } from '../support/rows.ts'

/* A rule of our own, imported as an operator imports the official ones: what leaves obeys it, what arrives is judged by it. */

const seller = '0225:391838042'
const buyer = '0225:732829320'

const rules = `<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2">
  <ns prefix="ubl" uri="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>
  <ns prefix="cbc" uri="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"/>
  <pattern><rule context="/ubl:Invoice">
    <assert id="HOUSE-01" flag="fatal" test="not(cbc:BuyerReference = 'forbidden')">[HOUSE-01] This reference is forbidden</assert>
    <assert id="HOUSE-02" flag="warning" test="cbc:BuyerReference">[HOUSE-02] A reference is wanted</assert>
  </rule></pattern></schema>`

let network: TestNetwork
let node: TestNode

beforeAll(async () => {
  network = await startNetwork()
  node = await network.start('judging', { participants: [buyer] })
  const folder = String(node.values['rules.folder'])
  await importPacks(folder, network.file('house-1.0.sch', rules), {
    name: 'house',
    version: '1.0',
    applies: [{}],
  })
  await importPacks(folder, network.file('house-2.0.sch', rules.replaceAll('warning', 'fatal')), {
    name: 'house',
    version: '2.0',
    validFrom: '2099-01-01',
    applies: [{}],
  })
})
afterAll(() => network?.[Symbol.asyncDispose]())

async function post(invoice: object): Promise<{ status: number; json: { errors?: readonly { rule: string }[] } }> {
  const { status, body } = await ask(`${node.url}/api/v1/invoices`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(invoice),
  })
  return { status, json: JSON.parse(body.toString()) as { errors?: readonly { rule: string }[] } }
}

async function arrive(buyerReference: string | undefined): Promise<RestInvoice & { verdict?: Partial<Verdict> }> {
  const number = nextNumber()
  const from = network.issue('access-point', { commonName: 'PFR000700' })
  const ubl = invoiceUbl({ number, seller, buyer }).toString()
  const reference = buyerReference === undefined ? '' : `<cbc:BuyerReference>${buyerReference}</cbc:BuyerReference>`
  const document = Buffer.from(ubl.replace(/<cbc:BuyerReference>[^<]*<\/cbc:BuyerReference>/, reference))
  const { contentType, body } = await sealLetter({
    from,
    to: node.node.keys.certificate,
    sender: seller,
    receiver: buyer,
    document,
  })
  const answer = await ask(`${node.url}/as4`, { method: 'POST', headers: { 'content-type': contentType }, body })
  expect(answer.body.toString()).toContain('Receipt')
  const [found] = await listed(node.url, { number })
  return found as RestInvoice
}

describe('an invoice on its way out', () => {
  it('that an imported pack refuses is refused with its rule, and nothing of it is kept', async () => {
    const before = await kept(node)
    const invoice = { ...invoiceJson({ number: nextNumber(), seller, buyer }), buyerReference: 'forbidden' }
    const { status, json } = await post(invoice)
    expect(status).toBe(422)
    expect(json.errors?.map(({ rule }) => rule)).toEqual(['HOUSE-01'])
    expect(await kept(node)).toEqual(before)
  })

  it('carries its verdict with the packs that judged', async () => {
    const { id } = await sendInvoice(node.url, invoiceJson({ number: nextNumber(), seller, buyer }))
    const invoice = await get<{ verdict: Partial<Verdict> }>(node.url, `/api/v1/invoices/${id}`)
    expect(invoice.verdict).toEqual({ valid: true, packs: ['house@1.0'] })
  })
})

describe('an invoice that arrives', () => {
  it('is delivered with its verdict, valid or not', async () => {
    const good = await arrive('a reference')
    expect(good).toMatchObject({ state: 'delivered', verdict: { valid: true, packs: ['house@1.0'] } })
    const bad = await arrive('forbidden')
    expect(bad).toMatchObject({ state: 'delivered', verdict: { valid: false, packs: ['house@1.0'] } })
    const { findings } = await get<Verdict>(node.url, `/api/v1/invoices/${bad.id}/verdict`)
    expect(findings).toMatchObject([
      { rule: 'HOUSE-01', severity: 'fatal', layer: 'pack', location: expect.stringMatching(/^\/\w*:?Invoice/) },
    ])
  })

  it('is judged again by the rules of another day, and the kept verdict stays', async () => {
    const { id } = await arrive(undefined)
    const path = `/api/v1/invoices/${id}/verdict`
    const first = await get<Verdict>(node.url, path)
    expect(first.findings.filter(({ rule }) => rule.startsWith('HOUSE'))).toMatchObject([{ severity: 'warning' }])
    const later = await get<Verdict>(node.url, `${path}?asOf=2099-01-01`)
    expect(later).toMatchObject({ valid: false, packs: ['house@2.0'] })
    expect(await get<Verdict>(node.url, path)).toEqual(first)
  })

  it('gets no verdict for a day that is none', async () => {
    const { id } = await arrive('x')
    const { status, body } = await ask(`${node.url}/api/v1/invoices/${id}/verdict?asOf=2026-02-30`)
    expect(status).toBe(400)
    expect(body.toString()).toContain('asOf must be a day')
  })
})
