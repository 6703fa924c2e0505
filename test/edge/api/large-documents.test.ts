import { createHash, randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { apiDoor } from '../../../src/edge/api/index.ts'
import { openEngine } from '../../../src/engine/index.ts'
import { systemClock } from '../../../src/kernel/index.ts'
import { invoiceJson, invoiceUbl } from '../../support/invoices.ts'
import { type Answer, ask, serve, type ServedDoor } from '../serve.ts'
import { conforms } from './described.ts'
import { invoice, memorySpool, type Script, scripted, uuid } from './scripted.ts'

/* Documents whose files are set aside while they arrive, and such as must be held: a little over the size from which that is done. */

const facts = { number: 'F-1', seller: '0225:391838042', buyer: '0225:732829320' }
const content = randomBytes(900_000)
const digits = content.toString('base64')

const withFile = (base64: string): Buffer =>
  Buffer.from(
    String(invoiceUbl(facts)).replace(
      '<cac:AccountingSupplierParty>',
      `<cac:AdditionalDocumentReference><cbc:ID>A-1</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="a.pdf">${base64}</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>$&`,
    ),
  )
const ubl = withFile(digits)
const folded = withFile(digits.replaceAll(/.{76}/g, '$&\r\n'))
const json = Buffer.from(
  JSON.stringify({
    ...invoiceJson(facts),
    attachments: [{ reference: 'A-1', file: { filename: 'a.pdf', mimeType: 'application/pdf', content: digits } }],
  }),
)

const real = {
  rulesFolder: 'none',
  clock: systemClock,
  threads: { count: 1, secondsMax: 60, megabytesMax: 512 },
}

const room = { bodyOctetsMax: 4_000_000, documentOctetsMax: 4_000_000 }

async function api(script: Script = {}): Promise<ServedDoor & Pick<ReturnType<typeof scripted>, 'sent'>> {
  const services = scripted({ ...room, ...script })
  return { ...(await serve(apiDoor(services))), sent: services.sent }
}

function post(served: ServedDoor, path: string, body: Buffer | string, type = 'application/xml'): Promise<Answer> {
  return ask(served.url, `/api/v1${path}`, { method: 'POST', headers: { 'content-type': type }, body })
}

interface Json {
  readonly attachments: readonly { readonly file: { readonly content: string } }[]
}

describe('a document with a large file', () => {
  it.each([
    ['UBL', ubl],
    ['UBL whose Base64 is folded', folded],
    ['JSON', json],
  ])('is judged as one without: %s', async (_title, body) => {
    const spool = memorySpool()
    await using served = await api({ spool })
    const answer = await post(served, '/validations', body)
    expect(conforms(answer, '/validations', 'post')).toMatchObject({ valid: true })
    expect(spool.kept.size).toBe(0)
  })

  it('has the finding of a small one when its Base64 is broken', async () => {
    await using served = await api()
    const answer = await post(served, '/validations', withFile(digits.slice(0, -1)))
    expect(answer.json()).toMatchObject({ valid: false, findings: [{ rule: 'value.base64' }] })
  })

  it.each([
    ['ubl', 'ubl', folded],
    ['cii', 'ubl', ubl],
    ['ubl', 'json', json],
  ])('is converted to %s from %s with its file, and nothing stays behind', async (to, _from, body) => {
    const spool = memorySpool()
    await using served = await api({ spool })
    const answer = await post(served, `/conversions?to=${to}`, body)
    expect(answer.status).toBe(200)
    expect(answer.text).toContain(`>${digits}<`)
    expect(answer.headers).toMatchObject({ 'content-type': 'application/xml', 'passerelle-left-out': '0' })
    await expect.poll(() => spool.kept.size).toBe(0)
  })

  it('is converted to JSON with its file', async () => {
    await using served = await api()
    const answer = await post(served, '/conversions?to=json', folded)
    expect((answer.json() as Json).attachments[0]?.file.content).toBe(digits)
  })

  it('is shown without it', async () => {
    await using served = await api()
    const answer = await post(served, '/conversions?to=html', ubl)
    expect(answer.text).toContain('a.pdf')
    expect(answer.text.length).toBeLessThan(100_000)
  })

  it('becomes a Factur-X that is judged, and has the file as a file', async () => {
    const spool = memorySpool()
    await using documents = openEngine({ ...real, threadedFrom: 100_000 })
    await using served = await api({ spool, documents })
    const report = (await post(served, '/conversions?to=facturx&report=true', ubl)).json() as { content: string }
    const pdf = Buffer.from(report.content, 'base64')
    expect(pdf.length).toBeGreaterThan(1_500_000)
    const answer = await post(served, '/validations', pdf, 'application/pdf')
    expect(answer.json()).toMatchObject({ syntax: 'facturx', profile: 'urn:cen.eu:en16931:2017' })
    await expect.poll(() => spool.kept.size).toBe(0)
    const back = await post(served, '/conversions?to=json', pdf)
    expect((back.json() as Json).attachments[0]?.file.content).toBe(digits)
  })

  it('of a form is judged as a whole', async () => {
    await using served = await api()
    const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.xml"\r\n\r\n'
    const body = Buffer.concat([Buffer.from(head), ubl, Buffer.from('\r\n--b--\r\n')])
    const answer = await post(served, '/validations', body, 'multipart/form-data; boundary=b')
    expect(answer.json()).toMatchObject({ verdicts: [{ file: 'a.xml', valid: true }] })
  })

  it.each(['ubl', 'cii', 'html', 'facturx'])('that is kept can be had as %s', async to => {
    const spool = memorySpool()
    const sbd = `<StandardBusinessDocument xmlns="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"><StandardBusinessDocumentHeader><HeaderVersion>1.0</HeaderVersion></StandardBusinessDocumentHeader>${String(ubl).replace(/^<\?xml.*\?>\n/, '')}</StandardBusinessDocument>`
    await using served = await api({ spool, invoices: [invoice()], payload: gzipSync(sbd) })
    const answer = await ask(served.url, `/api/v1/invoices/${uuid(101)}/files/${to}`)
    expect(answer.status).toBe(200)
    if (to === 'ubl' || to === 'cii') expect(answer.text).toContain(`>${digits}<`)
    expect(answer.text.length > 100_000).toBe(to === 'ubl' || to === 'cii')
    await expect.poll(() => spool.kept.size).toBe(0)
  })
})

describe('an invoice in JSON with a large file', () => {
  const type = 'application/json'

  it('goes to the service with the file beside it', async () => {
    const spool = memorySpool()
    await using served = await api({ spool, jsonOctetsMax: 100_000 })
    expect((await post(served, '/invoices', json, type)).status).toBe(202)
    const [request] = served.sent
    if (request?.source.kind !== 'json' || request.source.aside === undefined) throw new Error('nothing is set aside')
    const { prefix, files } = request.source.aside
    expect((request.source.value as Json).attachments[0]?.file.content).toBe(`${prefix}00000000`)
    expect(files).toMatchObject([{ kind: 'stored', size: digits.length }])
    expect([...spool.kept.values()].map(String)).toEqual([digits])
  })

  it('has the same key as any other request with these octets', async () => {
    await using served = await api({ jsonOctetsMax: 100_000 })
    const headers = { 'content-type': type, 'idempotency-key': 'k' }
    await ask(served.url, '/api/v1/invoices', { method: 'POST', headers, body: json })
    const requestSha256 = createHash('sha256').update(json).digest('hex')
    expect(served.sent[0]?.idempotency).toEqual({ key: 'k', requestSha256 })
  })

  it('leaves nothing behind when it is no JSON', async () => {
    const spool = memorySpool()
    await using served = await api({ spool, jsonOctetsMax: 100_000 })
    const answer = await post(served, '/invoices', Buffer.concat([json, Buffer.from('}')]), type)
    expect(conforms(answer, '/invoices', 'post')).toMatchObject({ status: 400, code: 'malformed-request' })
    expect(spool.kept.size).toBe(0)
  })

  it('is refused when it is large without it', async () => {
    const spool = memorySpool()
    await using served = await api({ spool, jsonOctetsMax: 100_000 })
    const long = Buffer.from(`{"attachments":[{"file":{"content":"${digits}"}}],"a":"${'word '.repeat(30_000)}"}`)
    const answer = await post(served, '/invoices', long, type)
    expect(conforms(answer, '/invoices', 'post')).toMatchObject({
      status: 413,
      code: 'body-too-large',
      detail: 'the document is longer than 100000 octets even without its files',
    })
    expect(spool.kept.size).toBe(0)
  })

  it('is refused when its body is over the limit', async () => {
    const spool = memorySpool()
    await using served = await api({ spool, bodyOctetsMax: 1_150_000, jsonOctetsMax: 100_000 })
    const chunked = { 'content-type': type, 'transfer-encoding': 'chunked' }
    const answer = await ask(served.url, '/api/v1/invoices', { method: 'POST', headers: chunked, body: json })
    expect(answer.json()).toMatchObject({ code: 'body-too-large' })
    expect(spool.kept.size).toBe(0)
  })
})
