import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPdfReader } from '../../src/adapters/pdf/index.ts'
import { type Answered, ask } from '../support/http.ts'
import { invoiceJson, nextNumber } from '../support/invoices.ts'
import { type TestNetwork, type TestNode, startNetwork } from '../support/network.ts'
import { pdfText } from '../support/pdf-text.ts'
import { png } from '../support/png.ts'
import { type RestInvoice, file, get, listed, sendInvoice } from '../support/rest.ts'

/* Two businesses on two nodes with one database: each has its own look and its own mappings. */

const buyer = '0225:732829320'
const atelier = {
  id: 'atelier',
  seller: '0225:391838042',
  color: '#0b5d5e',
  footer: 'Atelier des Quais SAS · Lyon',
  logo: png(),
}
const bureau = {
  id: 'bureau',
  seller: '0225:552100554',
  color: '#8a3b12',
  footer: 'Bureau du Lac · Annecy',
  logo: png({ width: 5 }),
}
const nobody = '0225:404833048'
const nodeFooter = 'Sent by the node'

let network: TestNetwork
let node: TestNode
let second: TestNode
beforeAll(async () => {
  network = await startNetwork()
  const values = { 'branding.footer': nodeFooter }
  node = await network.start('first', { participants: [buyer], values })
  second = await network.start('second', { beside: node, participants: [buyer], values })
  for (const { id, seller, color, footer, logo } of [atelier, bureau]) {
    await put(`/tenants/${id}`, { name: id, participants: [seller], branding: { color, footer } })
    await put(`/tenants/${id}/logo`, logo)
  }
})
afterAll(() => network?.[Symbol.asyncDispose]())

function call(method: string, path: string, body?: object | Buffer, to: TestNode = node): Promise<Answered> {
  const octets = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body))
  return ask(`${to.url}/api/v1${path}`, { method, ...(octets && { body: octets }) })
}

async function put(path: string, body: object | Buffer): Promise<void> {
  const { status, body: answer } = await call('PUT', path, body)
  expect(status, answer.toString()).toBe(200)
}

async function send(seller: string): Promise<{ readonly id: string; readonly number: string }> {
  const number = nextNumber()
  const { id } = await sendInvoice(node.url, invoiceJson({ number, seller, buyer }))
  return { id, number }
}

async function page(id: string, on: TestNode = node): Promise<string> {
  return (await file(on.url, `/api/v1/invoices/${id}/files/html`)).toString()
}

function shown(pdf: Buffer): string {
  return pdfText(pdf).flat().join(' ')
}

describe('the invoices of two tenants', () => {
  it('look differently as pages, PDFs and Factur-X, all of which are sound', async () => {
    await using reader = createPdfReader()
    for (const [tenant, other] of [
      [atelier, bureau],
      [bureau, atelier],
    ] as const) {
      const { id, number } = await send(tenant.seller)
      const html = await page(id)
      for (const part of [tenant.color, tenant.footer, tenant.logo.toString('base64')]) expect(html).toContain(part)
      for (const part of [other.color, other.footer, other.logo.toString('base64'), nodeFooter]) {
        expect(html).not.toContain(part)
      }
      expect(shown(await file(node.url, `/api/v1/invoices/${id}/files/pdf`))).toContain(tenant.footer)
      const facturx = await file(node.url, `/api/v1/invoices/${id}/files/facturx`)
      expect(shown(facturx)).toContain(tenant.footer)
      const { xml, warnings } = await reader.read(facturx)
      expect(xml.toString()).toContain(`<ram:ID>${number}</ram:ID>`)
      expect(warnings).toEqual([])
    }
  })

  it('look plain where they arrive, and as the node wants where nobody owns the sender', async () => {
    const { number } = await send(atelier.seller)
    const arrived = (): Promise<readonly RestInvoice[]> => listed(node.url, { number, direction: 'inbound' })
    await expect.poll(arrived, { timeout: 20_000 }).toHaveLength(1)
    const [inbound] = (await arrived()) as [RestInvoice]
    const received = await page(inbound.id)
    for (const part of [atelier.color, atelier.footer, nodeFooter]) expect(received).not.toContain(part)
    expect(await page((await send(nobody)).id)).toContain(nodeFooter)
  })

  it('are made so by a conversion that names the tenant: a Factur-X that may be sent as it is', async () => {
    const body = invoiceJson({ number: nextNumber(), seller: bureau.seller, buyer })
    const pdf = await call('POST', '/conversions?to=facturx&tenant=bureau', body)
    expect(pdf.status).toBe(200)
    expect(shown(pdf.body)).toContain(bureau.footer)
    const own = await call('POST', '/conversions?to=facturx&tenant=bureau&footer=Mine', body)
    expect(shown(own.body)).toContain('Mine')
    expect(shown(own.body)).not.toContain(bureau.footer)
  })

  it('change their look on every node at once', async () => {
    const { id } = await send(bureau.seller)
    const before = await page(id, second)
    expect(before).toContain(bureau.logo.toString('base64'))
    const logo = png({ height: 7 })
    await put('/tenants/bureau', { name: 'Bureau', participants: [bureau.seller], branding: { color: '#123456' } })
    await put('/tenants/bureau/logo', logo)
    const after = await page(id, second)
    for (const part of ['#123456', logo.toString('base64')]) expect(after).toContain(part)
    for (const part of [bureau.color, bureau.footer, bureau.logo.toString('base64')]) expect(after).not.toContain(part)
    expect((await call('DELETE', '/tenants/bureau/logo')).status).toBe(204)
    expect(await page(id, second)).not.toContain('<img')
    // A sender that changes hands takes its invoices with it.
    await put('/tenants/bureau', { name: 'Bureau', branding: { color: '#123456' } })
    expect(await page(id, second)).toContain(nodeFooter)
    await put('/tenants/atelier', {
      name: 'Atelier',
      participants: [atelier.seller, bureau.seller],
      branding: { color: atelier.color },
    })
    expect(await page(id, second)).toContain(atelier.color)
  })
})

describe('a participant', () => {
  it('goes to one of two tenants that want it at once, on two nodes', async () => {
    const wanted = { name: 'x', participants: ['0225:100000009'] }
    const outcomes = await Promise.all([
      call('PUT', '/tenants/left', wanted, node),
      call('PUT', '/tenants/right', wanted, second),
    ])
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set([200, 409]))
    const refused = outcomes.find(({ status }) => status === 409)
    const winner = outcomes[0].status === 200 ? 'left' : 'right'
    expect(JSON.parse(refused?.body.toString() ?? '')).toMatchObject({
      code: 'participant-taken',
      errors: [{ pointer: '/participants/0', tenant: winner, message: `0225:100000009 belongs to tenant ${winner}` }],
    })
    const listedIds = await get<{ tenants: readonly { id: string }[] }>(second.url, '/api/v1/tenants')
    expect(listedIds.tenants.map(({ id }) => id)).toContain(winner)
  })
})

describe('mappings of one name', () => {
  const docs = readFileSync(new URL('../../docs/mapping.md', import.meta.url), 'utf8')
  const example = (name: string): string =>
    new RegExp(`\`\`\`\\w+ file=${name}\\n(.*?)\`\`\``, 's').exec(docs)?.[1] ?? ''

  it('make of one export what each tenant says', async () => {
    const [header = '', first = '', more = ''] = example('export.csv').split('\n')
    const renamed = header.replace('Commande', 'Bestellung')
    const sources: Readonly<Record<string, string>> = { left: header, right: renamed }
    for (const [id, head] of Object.entries(sources)) {
      await put(`/tenants/${id}`, { name: id })
      const mapping =
        head === header ? example('mapping.json') : example('mapping.json').replaceAll('Commande', 'Bestellung')
      await put(`/tenants/${id}/mappings/journal`, Buffer.from(mapping))
    }
    expect((await call('GET', '/mappings/journal')).status).toBe(404)
    for (const [id, head] of Object.entries(sources)) {
      const source = Buffer.from([head, first.replace('FA-1001', id), more.replace('FA-1001', id)].join('\n'))
      const other = id === 'left' ? 'right' : 'left'
      expect((await call('POST', `/invoices?mapping=journal&tenant=${other}`, source)).status).toBe(422)
      const trial = await call('POST', `/tenants/${id}/mappings/journal/trials`, source, second)
      expect(JSON.parse(trial.body.toString())).toMatchObject({ invoices: 1, canBeSent: 1 })
      const sent = await call('POST', `/invoices?mapping=journal&tenant=${id}`, source, second)
      expect(sent.status, sent.body.toString()).toBe(202)
      expect(await listed(node.url, { number: id, direction: 'outbound' })).toHaveLength(1)
    }
    const kept = await call('DELETE', '/tenants/left')
    expect([kept.status, JSON.parse(kept.body.toString())]).toMatchObject([409, { code: 'tenant-in-use' }])
    expect((await call('DELETE', '/tenants/left/mappings/journal')).status).toBe(204)
    expect((await call('DELETE', '/tenants/left')).status).toBe(204)
    expect((await call('GET', '/tenants/right/mappings/journal')).status).toBe(200)
  })
})
