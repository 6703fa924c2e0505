import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { apiDoor, apiRoutes } from '../../../src/edge/api/index.ts'
import { instantOf } from '../../../src/kernel/index.ts'
import type { InvoiceId } from '../../../src/services/domain.ts'
import type { TrustedCertificate } from '../../../src/wire/pki/index.ts'
import { parseDocumentTypeId } from '../../../src/wire/peppol/index.ts'
import { invoiceCii, invoiceUbl } from '../../support/invoices.ts'
import { type Answer, ask, serve, type ServedDoor } from '../serve.ts'
import { ajv, conforms, description } from './described.ts'
import { ciiDocumentType, documentType, invoice, process, type Script, scripted, steps, uuid } from './scripted.ts'

const base = '/api/v1'
interface Served extends ServedDoor {
  readonly services: ReturnType<typeof scripted>
}

async function api(script: Script = {}): Promise<Served> {
  const services = scripted(script)
  return { ...(await serve(apiDoor(services))), services }
}

const jsonType = { 'content-type': 'application/json' }
const post = (served: Served, body: string, headers: Record<string, string> = jsonType): Promise<Answer> =>
  ask(served.url, `${base}/invoices`, { method: 'POST', headers, body })

describe('the description of the API', () => {
  it('documents every route and routes every documented path', () => {
    const routed = [...apiRoutes(scripted({})).map(({ method, path }) => `${method} ${path}`), 'get /openapi.json']
    const documented = Object.entries(description.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map(method => `${method} ${path}`),
    )
    expect(routed.toSorted()).toEqual(documented.toSorted())
  })

  it('names the parameters of each path, and every operation once', () => {
    const ids = new Set<string>()
    for (const [path, methods] of Object.entries(
      description.paths as Record<
        string,
        Record<string, { operationId: string; parameters?: { name: string; in: string }[] }>
      >,
    )) {
      for (const operation of Object.values(methods)) {
        expect(ids).not.toContain(operation.operationId)
        ids.add(operation.operationId)
        const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1])
        expect((operation.parameters ?? []).filter(one => one.in === 'path').map(one => one.name)).toEqual(inPath)
      }
    }
  })

  it('holds only schemas that are schemas, and only references that lead somewhere', () => {
    for (const name of Object.keys(description.components.schemas)) {
      expect(() => ajv.compile({ $ref: `api#/components/schemas/${name}` })).not.toThrow()
    }
  })

  it('is served to everyone, also without a token', async () => {
    await using served = await api({ tokenHashes: ['0'.repeat(64)] })
    const answer = await ask(served.url, `${base}/openapi.json`)
    expect(answer.status).toBe(200)
    expect(answer.json()).toMatchObject({ openapi: '3.1.0', servers: [{ url: 'http://127.0.0.1/api/v1' }] })
  })
})

describe('sending', () => {
  it('JSON is answered with 202, the id and where to look', async () => {
    await using served = await api()
    const answer = await post(served, '{"number":"F-1"}')
    expect(conforms(answer, '/invoices', 'post')).toMatchObject({
      id: uuid(101),
      transmissionId: uuid(2),
      repeated: false,
    })
    expect(answer.headers['location']).toBe(`${base}/invoices/${uuid(101)}`)
    expect(served.services.sent).toEqual([
      { source: { kind: 'json', value: { number: 'F-1' } }, route: { kind: 'peppol' }, idempotency: undefined },
    ])
  })

  it.each(['application/xml', 'text/xml; charset=utf-8'])('XML as %s is handed on octet for octet', async type => {
    await using served = await api()
    expect((await post(served, '<Invoice/>', { 'content-type': type })).status).toBe(202)
    expect(served.services.sent[0]?.source).toMatchObject({
      kind: 'xml',
      octets: { kind: 'memory', bytes: Buffer.from('<Invoice/>') },
    })
  })

  it('with an Idempotency-Key hands on the key and the hash of the body', async () => {
    await using served = await api({
      outcome: { kind: 'accepted', invoiceId: uuid(101) as InvoiceId, transmissionId: undefined, repeated: true },
    })
    const answer = await post(served, '{}', { ...jsonType, 'idempotency-key': 'order 1'.replace(' ', '-') })
    expect(conforms(answer, '/invoices', 'post')).toMatchObject({ repeated: true })
    expect(served.services.sent[0]?.idempotency).toEqual({
      key: 'order-1',
      requestSha256: createHash('sha256').update('{}').digest('hex'),
    })
  })

  it('an invoice that breaks rules is answered with 422 and every finding', async () => {
    const finding = {
      rule: 'BR-CO-15',
      severity: 'fatal',
      pointer: '/totals/withVat',
      message: 'BT-112 is not BT-109 + BT-110',
      term: 'BT-112',
      actual: '1',
      expected: '2',
    } as const
    await using served = await api({ outcome: { kind: 'invalid', findings: [finding] } })
    const problem = conforms(await post(served, '{}'), '/invoices', 'post')
    expect(problem).toMatchObject({ status: 422, code: 'invalid-invoice', retry: false, errors: [finding] })
  })

  it('a number that is taken is answered with 409 and the invoice that has it', async () => {
    await using served = await api({ outcome: { kind: 'number-taken', invoiceId: uuid(7) as InvoiceId } })
    const problem = conforms(await post(served, '{}'), '/invoices', 'post')
    expect(problem).toMatchObject({
      status: 409,
      code: 'number-taken',
      links: { invoice: `${base}/invoices/${uuid(7)}` },
    })
  })

  it('a key of another request is answered with 409', async () => {
    await using served = await api({ outcome: { kind: 'key-reused' } })
    expect(conforms(await post(served, '{}'), '/invoices', 'post')).toMatchObject({ status: 409, code: 'key-reused' })
  })

  const refusals: readonly (readonly [string, string, Record<string, string>, number, string])[] = [
    ['no JSON', '{', jsonType, 400, 'malformed-request'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]).toString('latin1'), jsonType, 400, 'malformed-request'],
    ['an empty document', '', { 'content-type': 'application/xml' }, 400, 'malformed-request'],
    ['another type', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported-media-type'],
    ['no type', '{}', {}, 415, 'unsupported-media-type'],
    ['too much JSON', `"${'x'.repeat(1000)}"`, jsonType, 413, 'body-too-large'],
    ['too much XML', 'x'.repeat(5001), { 'content-type': 'text/xml' }, 413, 'body-too-large'],
    ['a key with a space', '{}', { ...jsonType, 'idempotency-key': 'a b' }, 400, 'invalid-parameter'],
    ['a key that is too long', '{}', { ...jsonType, 'idempotency-key': 'k'.repeat(256) }, 400, 'invalid-parameter'],
  ]
  it.each(refusals)('%s is refused and nothing sent', async (...row) => {
    const [title, body, headers, status, code] = row
    await using served = await api()
    const answer = await ask(served.url, `${base}/invoices`, {
      method: 'POST',
      headers,
      body: title === 'no UTF-8' ? Buffer.from(body, 'latin1') : body,
    })
    expect(conforms(answer, '/invoices', 'post')).toMatchObject({ status, code, retry: false })
    expect(served.services.sent).toEqual([])
  })
})

describe('looking at invoices', () => {
  it('lists a page with the cursor of the next', async () => {
    await using served = await api({ invoices: [1, 2, 3, 4].map(number => invoice(number)) })
    const first = conforms(await ask(served.url, `${base}/invoices?limit=2&direction=outbound&number=F-1`), '/invoices')
    expect(first).toMatchObject({ invoices: [{ number: 'F-1' }, { number: 'F-2' }], next: uuid(102) })
    expect(served.services.queries).toEqual([{ direction: 'outbound', number: 'F-1', after: undefined, most: 3 }])
    await ask(served.url, `${base}/invoices?cursor=${uuid(102)}`)
    expect(served.services.queries[1]).toMatchObject({ after: uuid(102), direction: undefined })
  })

  it('gives no cursor with the last page', async () => {
    await using served = await api()
    expect(conforms(await ask(served.url, `${base}/invoices`), '/invoices')).not.toHaveProperty('next')
  })

  it.each(['limit=0', 'limit=4', 'limit=x', 'cursor=x', 'direction=up', 'limit=1&limit=1', 'other=1'])(
    'refuses ?%s',
    async query => {
      await using served = await api()
      expect(conforms(await ask(served.url, `${base}/invoices?${query}`), '/invoices')).toMatchObject({
        status: 400,
        code: 'invalid-parameter',
      })
    },
  )

  it('shows one, its status and its trace', async () => {
    const failure = { code: 'EBMS:0004', message: 'not serviced', retry: false }
    await using served = await api({
      invoices: [invoice(1, { state: 'refused', failure, nextAttemptAt: instantOf('2026-11-21T11:00:00Z') })],
    })
    const path = `${base}/invoices/${uuid(101)}`
    const shown = conforms(await ask(served.url, path), '/invoices/{id}')
    expect(shown).toMatchObject({
      number: 'F-1',
      state: 'refused',
      transmission: { sender: 'iso6523-actorid-upis::0225:111', failure },
    })
    const status = conforms(await ask(served.url, `${path}/status`), '/invoices/{id}/status')
    expect(status).toMatchObject({ state: 'refused', final: true, failure, nextAttemptAt: '2026-11-21T11:00:00.000Z' })
    const trace = conforms(await ask(served.url, `${path}/events`), '/invoices/{id}/events')
    expect(trace).toMatchObject({
      events: [{ kind: 'delivered' }],
      attempts: [{ number: 1, outcome: 'delivered', steps }],
    })
  })

  it.each(['queued', 'sending', 'indeterminate', 'received', 'processing'] as const)(
    'does not call %s final',
    async state => {
      await using served = await api({ invoices: [invoice(1, { state })] })
      expect((await ask(served.url, `${base}/invoices/${uuid(101)}/status`)).json()).toMatchObject({ final: false })
    },
  )

  it.each(['', '/status', '/events', '/files/original', '/files/ubl', '/files/cii', '/files/receipt'])(
    'answers 404 for an invoice that is not there: %s',
    async rest => {
      await using served = await api()
      for (const id of [uuid(9), 'x']) {
        const answer = await ask(served.url, `${base}/invoices/${id}${rest}`)
        expect(conforms(answer, `/invoices/{id}${rest}`)).toMatchObject({ status: 404, code: 'not-found' })
      }
    },
  )

  it('answers 405 with the methods it knows', async () => {
    await using served = await api()
    const answer = await ask(served.url, `${base}/invoices`, { method: 'DELETE' })
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'POST, GET'])
  })
})

describe('files', () => {
  const path = `${base}/invoices/${uuid(101)}/files`

  it('gives the document without its envelope', async () => {
    await using served = await api()
    const answer = await ask(served.url, `${path}/ubl`)
    conforms(answer, '/invoices/{id}/files/ubl')
    expect(answer.text).toBe('<Invoice xmlns="urn:x"><a>b</a></Invoice>')
    expect(answer.headers['content-disposition']).toBe('attachment; filename="F-1.xml"')
  })

  const facts = { number: 'F-1', seller: '0225:111', buyer: '0225:222' }
  const cii = { documentType: parseDocumentTypeId(ciiDocumentType) }
  const travelled = {
    ubl: { invoices: [invoice()], payload: wrapped(invoiceUbl(facts)) },
    cii: { invoices: [invoice(1, cii)], payload: wrapped(invoiceCii(facts)) },
  }

  it.each([
    ['ubl', invoiceUbl(facts)],
    ['cii', invoiceCii(facts)],
  ] as const)('gives what travelled as %s in that syntax and as the original, as it was', async (syntax, document) => {
    await using served = await api(travelled[syntax])
    for (const name of ['original', syntax]) {
      const answer = await ask(served.url, `${path}/${name}`)
      conforms(answer, `/invoices/{id}/files/${name}`)
      expect(answer.text).toBe(withoutDeclaration(document))
      expect(answer.headers).not.toHaveProperty('passerelle-left-out')
    }
  })

  it.each([
    ['ubl', 'cii', invoiceCii(facts)],
    ['cii', 'ubl', invoiceUbl(facts)],
  ] as const)('converts what travelled as %s to %s', async (from, to, document) => {
    await using served = await api(travelled[from])
    const answer = await ask(served.url, `${path}/${to}`)
    conforms(answer, `/invoices/{id}/files/${to}`)
    expect(answer.text).toBe(document.toString())
    expect(answer.headers['passerelle-left-out']).toBe('0')
    expect(answer.headers['content-disposition']).toBe(`attachment; filename="F-1.${to}.xml"`)
  })

  it('shows what we sent as we want it to look, and what came in plainly', async () => {
    await using sent = await api(travelled.ubl)
    expect((await ask(sent.url, `${path}/html`)).text).toContain('Merci de votre confiance')
    const arrived = { ...travelled.ubl, invoices: [{ ...travelled.ubl.invoices[0], direction: 'inbound' }] }
    await using received = await api(arrived as Script)
    const page = await ask(received.url, `${path}/html`)
    expect([page.status, page.text.includes('Merci de votre confiance')]).toEqual([200, false])
  })

  it('counts what a converted document does not say', async () => {
    const richer = invoiceUbl(facts).toString().replace('<cbc:IssueDate>', '<cbc:UUID>1</cbc:UUID><cbc:IssueDate>')
    await using served = await api({ payload: wrapped(Buffer.from(richer)) })
    expect((await ask(served.url, `${path}/cii`)).headers['passerelle-left-out']).toBe('1')
  })

  it.each([
    ['is no invoice', wrapped(Buffer.from('<Invoice xmlns="urn:x"/>'))],
    ['is too large', wrapped(Buffer.from(`<Invoice xmlns="urn:x">${'x'.repeat(17 * 1024 * 1024)}</Invoice>`))],
  ])('answers 422 when what shall be converted %s', async (_, payload) => {
    await using served = await api({ payload })
    const answer = await ask(served.url, `${path}/cii`)
    expect(conforms(answer, '/invoices/{id}/files/cii')).toMatchObject({ status: 422, code: 'not-convertible' })
  })

  it('gives the receipt as it came', async () => {
    await using served = await api()
    const answer = await ask(served.url, `${path}/receipt`)
    conforms(answer, '/invoices/{id}/files/receipt')
    expect(answer.text).toBe('<receipt/>')
  })

  it('answers HEAD without a body', async () => {
    await using served = await api()
    const answer = await ask(served.url, `${path}/ubl`, { method: 'HEAD' })
    expect([answer.status, answer.text]).toEqual([200, ''])
  })

  it('breaks off, rather than end well, when the stored document turns out broken', async () => {
    const whole = gzipSync(
      `<?xml version="1.0"?><StandardBusinessDocument xmlns="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"><StandardBusinessDocumentHeader/><Invoice xmlns="urn:x">${Array.from({ length: 60_000 }, (_, index) => index).join(' ')}</Invoice></StandardBusinessDocument>`,
    )
    await using served = await api({ payload: whole.subarray(0, whole.length - 20) })
    await expect(ask(served.url, `${path}/ubl`)).rejects.toThrow()
  })
})

/** A document in its envelope as it is stored. */
function wrapped(document: Buffer): Buffer {
  return gzipSync(
    `<?xml version="1.0"?><StandardBusinessDocument xmlns="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"><StandardBusinessDocumentHeader><HeaderVersion>1.0</HeaderVersion></StandardBusinessDocumentHeader>${withoutDeclaration(document)}</StandardBusinessDocument>`,
  )
}

function withoutDeclaration(document: Buffer): string {
  return document
    .toString()
    .replace(/^<\?xml.*?\?>\s*/, '')
    .trim()
}

describe('looking up a participant', () => {
  const path = `${base}/participants/0225:222`
  const template = '/participants/{participant}'
  const question = `?documentType=${encodeURIComponent(documentType)}&process=${encodeURIComponent(process)}`
  const certificate = {
    commonName: 'PFR000002',
    fingerprint: 'f'.repeat(64),
    validTo: instantOf('2027-01-01T00:00:00Z'),
  } as TrustedCertificate

  it('tells what its SMP publishes, with every step', async () => {
    await using served = await api({ card: { kind: 'found', smp: 'http://smp.test', documentTypes: [], steps } })
    const card = conforms(await ask(served.url, path), template)
    expect(card).toEqual({
      participant: 'iso6523-actorid-upis::0225:222',
      smp: 'http://smp.test',
      documentTypes: [],
      steps,
    })
  })

  it('tells the endpoint for a document type and process', async () => {
    await using served = await api({
      lookup: {
        kind: 'found',
        address: 'https://ap.test/as4',
        transportProfile: 'peppol-transport-as4-v2_0',
        certificate,
        steps,
      },
    })
    const found = conforms(await ask(served.url, path + question), template)
    expect(found).toMatchObject({
      endpoint: { address: 'https://ap.test/as4', certificate: { commonName: 'PFR000002' } },
      steps,
    })
  })

  it.each(['', question])('keeps unregistered (404, final) apart from unavailable (503, again)%s', async query => {
    const failure = { code: 'unregistered', message: 'no such name', retry: false }
    const absent = { kind: 'unregistered', failure, steps } as const
    await using one = await api({ card: absent, lookup: absent })
    expect(conforms(await ask(one.url, path + query), template)).toMatchObject({
      status: 404,
      code: 'unregistered',
      retry: false,
      steps,
      failure,
    })
    const down = { kind: 'unavailable', failure: { code: 'dns', message: 'SERVFAIL', retry: true }, steps } as const
    await using other = await api({ card: down, lookup: down })
    const answer = await ask(other.url, path + query)
    expect(conforms(answer, template)).toMatchObject({ status: 503, code: 'unavailable', retry: true, steps })
    expect(answer.headers['retry-after']).toBe('30')
  })

  it.each([
    ['a participant that is none', `${base}/participants/hello`],
    ['a document type alone', `${path}?documentType=${encodeURIComponent(documentType)}`],
    ['a document type that is none', `${path}?documentType=x&process=${encodeURIComponent(process)}`],
    ['an unknown parameter', `${path}?x=1`],
    ['fresh that is neither', `${path}${question}&fresh=1`],
  ])('refuses %s', async (_title, asked) => {
    await using served = await api()
    expect(conforms(await ask(served.url, asked), template)).toMatchObject({ status: 400, code: 'invalid-parameter' })
  })
})

describe('authentication', () => {
  const tokenHashes = ['hush', 'other'].map(token => createHash('sha256').update(token).digest('hex'))
  const path = `${base}/invoices`

  it('takes each configured token', async () => {
    await using served = await api({ tokenHashes })
    for (const token of ['hush', 'other']) {
      expect((await ask(served.url, path, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200)
    }
  })

  it.each([
    ['no token', {}],
    ['another token', { authorization: 'Bearer wrong' }],
    ['the hash instead of the token', { authorization: `Bearer ${tokenHashes[0]!}` }],
    ['another scheme', { authorization: 'Basic hush' }],
    ['an empty token', { authorization: 'Bearer ' }],
  ])('refuses %s', async (_title, headers) => {
    await using served = await api({ tokenHashes })
    const answer = await ask(served.url, path, { headers })
    expect(conforms(answer, '/invoices')).toMatchObject({ status: 401, code: 'unauthorized' })
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="passerelle"')
  })

  it('tells a stranger nothing about which paths there are', async () => {
    await using served = await api({ tokenHashes })
    expect((await ask(served.url, `${base}/nothing`)).status).toBe(401)
  })

  it('without tokens answers only under loopback names, so that a web page cannot reach it through a name of its own', async () => {
    await using served = await api()
    const under = async (host: string): Promise<number> => (await ask(served.url, path, { headers: { host } })).status
    for (const host of ['localhost:8080', '127.0.0.1', '127.0.0.2:1', '[::1]:8080']) expect(await under(host)).toBe(200)
    for (const host of ['evil.example', '127.0.0.1.evil.example', '10.0.0.1']) expect(await under(host)).toBe(403)
  })
})
