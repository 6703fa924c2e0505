import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { apiDoor } from '../../../src/edge/api/index.ts'
import { invoiceJson, invoiceUbl } from '../../support/invoices.ts'
import { png } from '../../support/png.ts'
import { type Answer, ask, serve, type ServedDoor } from '../serve.ts'
import { conforms } from './described.ts'
import { type Script, scripted, uuid } from './scripted.ts'

const base = '/api/v1'
interface Served extends ServedDoor {
  readonly services: ReturnType<typeof scripted>
}

async function api(script: Script = {}): Promise<Served> {
  const services = scripted({ bodyOctetsMax: 100_000, ...script })
  return { ...(await serve(apiDoor(services))), services }
}

function call(served: Served, method: string, path: string, body?: object | string | Buffer): Promise<Answer> {
  const octets = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  return ask(served.url, base + path, { method, ...(octets === undefined ? {} : { body: octets }) })
}

const draft = { name: 'Acme', participants: ['0225:111'], branding: { color: '#0B5D5E', footer: 'Merci' } }
const [list, one, logo] = ['/tenants', '/tenants/{tenant}', '/tenants/{tenant}/logo']

describe('tenants', () => {
  it('are kept by id, shown, replaced, listed and forgotten', async () => {
    await using served = await api()
    const self = `${base}/tenants/acme`
    const summary = {
      id: 'acme',
      name: 'Acme',
      changedAt: '2026-11-21T10:00:00.000Z',
      links: { self, logo: `${self}/logo`, mappings: `${self}/mappings` },
    }
    const tenant = {
      ...summary,
      participants: ['iso6523-actorid-upis::0225:111'],
      branding: { color: '#0B5D5E', footer: 'Merci' },
    }
    for (const _ of [1, 2]) {
      expect(conforms(await call(served, 'PUT', '/tenants/acme', draft), one, 'put')).toEqual(tenant)
    }
    expect(conforms(await call(served, 'GET', '/tenants/acme'), one)).toEqual(tenant)
    expect(conforms(await call(served, 'GET', '/tenants'), list)).toEqual({ tenants: [summary] })
    const replaced = { ...summary, name: 'B', participants: [], branding: {} }
    expect(conforms(await call(served, 'PUT', '/tenants/acme', { name: 'B' }), one, 'put')).toEqual(replaced)
    expect((await call(served, 'DELETE', '/tenants/acme')).status).toBe(204)
    expect(conforms(await call(served, 'DELETE', '/tenants/acme'), one, 'delete')).toMatchObject({ status: 404 })
    expect(conforms(await call(served, 'GET', '/tenants'), list)).toEqual({ tenants: [] })
  })

  it('are listed in pages', async () => {
    await using served = await api()
    for (const id of ['c', 'a', 'b']) await call(served, 'PUT', `/tenants/${id}`, { name: id })
    const first = conforms(await call(served, 'GET', '/tenants?limit=2'), list)
    expect(first).toMatchObject({ tenants: [{ id: 'a' }, { id: 'b' }], next: 'b' })
    const second = conforms(await call(served, 'GET', '/tenants?limit=2&cursor=b'), list) as object
    expect(second).toMatchObject({ tenants: [{ id: 'c' }] })
    expect(second).not.toHaveProperty('next')
  })

  it.each([
    ['?limit=4', 'limit must be 1 to 3'],
    ['?cursor=%20', 'cursor must be the next of an earlier answer'],
    ['?name=x', 'name is no parameter of this resource; known are cursor, limit'],
  ])('are not listed by %s', async (query, detail) => {
    await using served = await api()
    expect(conforms(await call(served, 'GET', `/tenants${query}`), list)).toMatchObject({ status: 400, detail })
  })

  it.each<[string, string, string | Buffer, string]>([
    ['an id with a blank', '/tenants/a%20b', '{"name":"A"}', '400 invalid-parameter'],
    ['an id that begins with a point', '/tenants/.a', '{"name":"A"}', '400 invalid-parameter'],
    ['a long id', `/tenants/${'a'.repeat(65)}`, '{"name":"A"}', '400 invalid-parameter'],
    ['what is no JSON', '/tenants/a', '{', '400 malformed-request'],
    ['what is no UTF-8', '/tenants/a', Buffer.from([0x22, 0xff, 0x22]), '400 malformed-request'],
    ['a text', '/tenants/a', '"a"', '422 invalid-tenant'],
  ])('are not made of %s', async (_, path, body, refusal) => {
    await using served = await api()
    const { status, code } = conforms(await call(served, 'PUT', path, body), one, 'put') as Record<string, unknown>
    expect(`${String(status)} ${String(code)}`).toBe(refusal)
  })

  it('are refused with a pointer to each problem', async () => {
    await using served = await api()
    const wrong = { name: 'Acme', participants: ['0225:1', '0225:1'], branding: { color: 'red' } }
    expect(conforms(await call(served, 'PUT', '/tenants/acme', wrong), one, 'put')).toMatchObject({
      status: 422,
      code: 'invalid-tenant',
      detail: 'the tenant has 2 problems; errors says where',
      errors: [
        { rule: 'tenant', pointer: '/participants/1', message: '0225:1 is there already, at /participants/0' },
        { rule: 'tenant', pointer: '/branding/color', message: 'must be # and six hexadecimal digits' },
      ],
    })
    expect((await call(served, 'GET', '/tenants/acme')).status).toBe(404)
  })

  it('are refused where a participant is another one’s', async () => {
    await using served = await api()
    await call(served, 'PUT', '/tenants/acme', draft)
    const other = { name: 'Zenith', participants: ['0225:222', '0225:111'] }
    expect(conforms(await call(served, 'PUT', '/tenants/zenith', other), one, 'put')).toMatchObject({
      status: 409,
      code: 'participant-taken',
      retry: false,
      errors: [
        {
          rule: 'tenant.taken',
          pointer: '/participants/1',
          message: '0225:111 belongs to tenant acme',
          tenant: 'acme',
        },
      ],
    })
  })

  it.each([
    ['GET', '/tenants/none', one],
    ['DELETE', '/tenants/none', one],
    ['PUT', '/tenants/none/logo', logo],
    ['GET', '/tenants/none/logo', logo],
    ['DELETE', '/tenants/none/logo', logo],
    ['GET', '/tenants/none/mappings', '/tenants/{tenant}/mappings'],
    ['PUT', '/tenants/none/mappings/a', '/tenants/{tenant}/mappings/{name}'],
    ['GET', '/tenants/none/mappings/a', '/tenants/{tenant}/mappings/{name}'],
    ['DELETE', '/tenants/none/mappings/a', '/tenants/{tenant}/mappings/{name}'],
    ['POST', '/tenants/none/mappings/a/trials', '/tenants/{tenant}/mappings/{name}/trials'],
    ['POST', '/conversions?to=html&tenant=none', '/conversions'],
    ['POST', '/conversions?to=html&tenant=none&mapping=a', '/conversions'],
    ['POST', '/validations?tenant=none&mapping=a', '/validations'],
    ['POST', '/invoices?tenant=none&mapping=a', '/invoices'],
  ])('that are not there are answered with 404: %s %s', async (method, path, described) => {
    await using served = await api()
    const bodies: Readonly<Record<string, Buffer | string>> = {
      [logo]: png(),
      '/tenants/{tenant}/mappings/{name}': mapping,
    }
    const body = method === 'GET' || method === 'DELETE' ? undefined : (bodies[described] ?? ubl)
    expect(conforms(await call(served, method, path, body), described, method.toLowerCase())).toMatchObject({
      status: 404,
      code: 'not-found',
      detail: 'there is no tenant none',
    })
  })
})

describe('the logo of a tenant', () => {
  it('is kept as it is and forgotten', async () => {
    await using served = await api()
    await call(served, 'PUT', '/tenants/acme', draft)
    const put = conforms(await call(served, 'PUT', '/tenants/acme/logo', png()), logo, 'put')
    expect(put).toMatchObject({ id: 'acme', logo: { mimeType: 'image/png', size: png().length } })
    const got = await call(served, 'GET', '/tenants/acme/logo')
    conforms(got, logo)
    expect(got.text).toBe(png().toString())
    expect(got.headers).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': 'attachment; filename="acme.png"',
      'x-content-type-options': 'nosniff',
    })
    expect((await call(served, 'DELETE', '/tenants/acme/logo')).status).toBe(204)
    for (const method of ['GET', 'DELETE']) {
      const missing = conforms(await call(served, method, '/tenants/acme/logo'), logo, method.toLowerCase())
      expect(missing).toMatchObject({ status: 404, detail: 'tenant acme has no logo' })
    }
    expect(conforms(await call(served, 'GET', '/tenants/acme'), one)).not.toHaveProperty('logo')
  })

  it.each([
    ['no picture', '<svg/>', 422, 'invalid-logo'],
    ['nothing', '', 422, 'invalid-logo'],
  ])('is not made of %s', async (_, body, status, code) => {
    await using served = await api()
    await call(served, 'PUT', '/tenants/acme', draft)
    expect(conforms(await call(served, 'PUT', '/tenants/acme/logo', body), logo, 'put')).toMatchObject({ status, code })
  })
})

const mapping = JSON.stringify({
  mapping: 1,
  source: { kind: 'csv', rows: { kind: 'grouped', key: 'No' } },
  invoice: { '/number': 'No', '/issueDate': { from: 'Date', steps: [{ date: 'DD/MM/YYYY' }] } },
})
const own = mapping.replace('DD/MM/YYYY', 'MM/DD/YYYY')
const csv = 'No;Date\nF1;03/11/2026\n'

/** A mapping that says the rest of an invoice itself. */
function whole(dates: string): string {
  const facts = invoiceJson({ number: '', seller: '0225:111', buyer: '0225:222' })
  const {
    number: _number,
    issueDate: _date,
    lines,
    ...rest
  } = facts as { number: string; issueDate: string; lines: [object] }
  const date = { from: 'Date', steps: [{ date: dates }] }
  const fields = Object.fromEntries(constantsOf(lines[0]))
  const invoice = {
    '/number': 'No',
    '/issueDate': date,
    ...Object.fromEntries(constantsOf(rest)),
    '/lines': { each: 'rows', fields },
  }
  return JSON.stringify({ ...(JSON.parse(mapping) as object), invoice })
}

const note = { fields: { '/text': 'text' } }
const line = {
  fields: Object.fromEntries(
    constantsOf({
      id: '1',
      quantity: '3',
      unit: 'HUR',
      item: { name: 'x' },
      price: { net: '5' },
      vat: { category: 'S', rate: '20' },
    }),
  ),
}

function constantsOf(value: object, place = ''): readonly (readonly [pointer: string, expression: object])[] {
  return Object.entries(value).flatMap(([key, member]: [string, object | string]) =>
    typeof member === 'object' ? constantsOf(member, `${place}/${key}`) : [[`${place}/${key}`, { constant: member }]],
  )
}

const ubl = invoiceUbl({ number: 'F-1', seller: '0225:111', buyer: '0225:222' })

describe('mappings of a tenant', () => {
  it('are kept beside those of the node under the same name', async () => {
    await using served = await api()
    await call(served, 'PUT', '/tenants/acme', draft)
    await call(served, 'PUT', '/mappings/sage', own)
    const below = '/tenants/{tenant}/mappings'
    expect(conforms(await call(served, 'GET', '/tenants/acme/mappings'), below)).toEqual({ mappings: [] })
    const put = conforms(await call(served, 'PUT', '/tenants/acme/mappings/sage', mapping), `${below}/{name}`, 'put')
    const self = `${base}/tenants/acme/mappings/sage`
    const links = { self, trials: `${self}/trials` }
    expect(put).toEqual({ tenant: 'acme', name: 'sage', changedAt: '2026-11-21T10:00:00.000Z', links })
    expect((await call(served, 'GET', '/tenants/acme/mappings/sage')).text).toBe(mapping)
    expect((await call(served, 'GET', '/mappings/sage')).text).toBe(own)
    const trial = await call(served, 'POST', '/tenants/acme/mappings/sage/trials', csv)
    expect(conforms(trial, `${below}/{name}/trials`, 'post')).toMatchObject({ invoices: 1 })
    expect(conforms(await call(served, 'GET', '/tenants/acme/mappings'), below)).toEqual({ mappings: [put] })
    expect((await call(served, 'DELETE', '/tenants/acme/mappings/sage')).status).toBe(204)
    const gone = await call(served, 'GET', '/tenants/acme/mappings/sage')
    expect(conforms(gone, `${below}/{name}`)).toMatchObject({ detail: 'there is no mapping sage of tenant acme' })
    expect((await call(served, 'GET', '/mappings/sage')).status).toBe(200)
  })

  it('keep the tenant from being forgotten', async () => {
    await using served = await api()
    await call(served, 'PUT', '/tenants/acme', draft)
    await call(served, 'PUT', '/tenants/acme/mappings/sage', mapping)
    expect(conforms(await call(served, 'DELETE', '/tenants/acme'), one, 'delete')).toMatchObject({
      status: 409,
      code: 'tenant-in-use',
      links: { mappings: `${base}/tenants/acme/mappings` },
    })
    expect((await call(served, 'GET', '/tenants/acme')).status).toBe(200)
  })

  it('are as many as one answer can list', async () => {
    await using served = await api()
    const outcome = { kind: 'too-many', most: 1000 } as const
    const mappings = { ...served.services.mappings, save: async () => outcome }
    await using full = { ...(await serve(apiDoor({ ...served.services, mappings }))), services: served.services }
    const answer = await call(full, 'PUT', '/mappings/sage', mapping)
    expect(conforms(answer, '/mappings/{name}', 'put')).toMatchObject({ status: 409, code: 'too-many-mappings' })
  })

  it('make the invoice that is sent; the same request under another tenant is another one', async () => {
    await using served = await api()
    await call(served, 'PUT', '/mappings/sage', own)
    const hashes = new Set<string | undefined>()
    for (const id of ['acme', 'zenith']) {
      await call(served, 'PUT', `/tenants/${id}`, { name: id })
      await call(served, 'PUT', `/tenants/${id}/mappings/sage`, mapping)
    }
    for (const query of ['', '&tenant=acme', '&tenant=zenith']) {
      const headers = { 'content-type': 'text/csv', 'idempotency-key': 'k' }
      const sent = await ask(served.url, `${base}/invoices?mapping=sage${query}`, {
        method: 'POST',
        headers,
        body: csv,
      })
      conforms(sent, '/invoices', 'post')
      const request = served.services.sent.at(-1)
      const issueDate = query === '' ? '2026-03-11' : '2026-11-03'
      expect(request?.source).toMatchObject({ kind: 'json', value: { number: 'F1', issueDate } })
      hashes.add(request?.idempotency?.requestSha256)
    }
    expect(hashes.size).toBe(3)
    const body = createHash('sha256').update(csv).digest('hex')
    expect(hashes).toContain(createHash('sha256').update(`acme/sage\n${body}`).digest('hex'))
  })

  it('make the document that is converted or judged', async () => {
    await using served = await api()
    await call(served, 'PUT', '/tenants/acme', draft)
    await call(served, 'PUT', '/mappings/sage', whole('MM/DD/YYYY'))
    await call(served, 'PUT', '/tenants/acme/mappings/sage', whole('DD/MM/YYYY'))
    const page = await call(served, 'POST', '/conversions?to=html&mapping=sage&tenant=acme&language=en', csv)
    conforms(page, '/conversions', 'post')
    expect(page.text).toContain('03 November 2026')
    expect(page.text).toContain('#0b5d5e')
    const plain = await call(served, 'POST', '/conversions?to=html&mapping=sage&language=en', csv)
    expect(plain.text).toContain('11 March 2026')
    expect(plain.text).not.toContain('#0b5d5e')
    const verdict = await call(served, 'POST', '/validations?mapping=sage&tenant=acme', csv)
    expect(conforms(verdict, '/validations', 'post')).toMatchObject({ syntax: 'json', valid: true })
  })

  it.each([
    ['/conversions?to=html&mapping=none', csv, 404, 'not-found'],
    ['/conversions?to=html&mapping=sage', 'No;Date\n', 422, 'unreadable-source'],
    ['/validations?mapping=sage', 'No;Date\nF1;31/02/2026\n', 422, 'invalid-invoice'],
    ['/validations?mapping=sage', 'A\n1\n', 422, 'unreadable-source'],
    ['/validations?tenant=acme', csv, 400, 'invalid-parameter'],
    ['/invoices?tenant=acme', csv, 400, 'invalid-parameter'],
    ['/invoices?tenant=acme&tenant=b&mapping=a', csv, 400, 'invalid-parameter'],
  ])('are refused where they do not fit: %s', async (path, body, status, code) => {
    await using served = await api()
    await call(served, 'PUT', '/tenants/acme', draft)
    await call(served, 'PUT', '/mappings/sage', mapping)
    const described = path.replace(/\?.*/, '')
    expect(conforms(await call(served, 'POST', path, body), described, 'post')).toMatchObject({ status, code })
  })

  it('take an export whole, however long the texts in it are', async () => {
    await using served = await api({ bodyOctetsMax: 20_000_000 })
    const source = { kind: 'json', invoices: '' }
    const invoice = { ...(JSON.parse(whole('')) as { invoice: object }).invoice, '/number': 'No', '/issueDate': 'Date' }
    await call(served, 'PUT', '/mappings/sage', {
      mapping: 1,
      source,
      invoice: { ...invoice, '/notes': note, '/lines': line },
    })
    const text = 'QUJD'.repeat(400_000)
    const converted = await call(served, 'POST', '/conversions?to=json&mapping=sage', {
      No: 'F1',
      Date: '2026-11-03',
      text,
    })
    expect(converted.status, converted.text.slice(0, 500)).toBe(200)
    expect(converted.json()).toMatchObject({ number: 'F1', notes: [{ text }] })
  })

  it('take exports of 8 MB in a form as well', async () => {
    await using served = await api({ bodyOctetsMax: 20_000_000 })
    await call(served, 'PUT', '/mappings/sage', whole('DD/MM/YYYY'))
    const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    const headers = { 'content-type': 'multipart/form-data; boundary=b' }
    const send = (path: string, more: string): Promise<Answer> =>
      ask(served.url, base + path, { method: 'POST', headers, body: `${head}${csv}${more}\r\n--b--\r\n` })
    const page = await send('/conversions?to=html&mapping=sage&language=en', '')
    expect(page.text).toContain('03 November 2026')
    const verdicts = await send('/validations?mapping=sage', '')
    expect(verdicts.json()).toMatchObject({ verdicts: [{ file: 'a.csv', valid: true }] })
    const refused = await send('/validations?mapping=sage', ' '.repeat(8 * 1024 * 1024))
    expect(conforms(refused, '/validations', 'post')).toMatchObject({ status: 413, code: 'body-too-large' })
  })
})

it.each([
  ['PUT', '/tenants/acme', one, 256 * 1024],
  ['PUT', '/tenants/acme/logo', logo, 512 * 1024],
  ['POST', '/validations?mapping=sage', '/validations', 8 * 1024 * 1024],
  ['POST', '/conversions?to=pdf&mapping=sage', '/conversions', 8 * 1024 * 1024],
] as const)('%s %s refuses a longer body before it has come', async (method, path, described, most) => {
  await using served = await api({ bodyOctetsMax: 20_000_000 })
  // Only announced: what is sent on would meet a connection that is closed.
  const announced = await ask(served.url, base + path, { method, headers: { 'content-length': String(most + 1) } })
  expect(conforms(announced, described, method.toLowerCase())).toMatchObject({ status: 413, code: 'body-too-large' })
})

describe('what a tenant sends', () => {
  const page = `/invoices/${uuid(101)}/files/html`
  const namespace = 'http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader'
  const header = '<StandardBusinessDocumentHeader><HeaderVersion>1.0</HeaderVersion></StandardBusinessDocumentHeader>'
  const document = ubl.toString().replace(/^<\?xml[^>]*\?>\s*/, '')
  const enveloped = gzipSync(
    `<StandardBusinessDocument xmlns="${namespace}">${header}${document}</StandardBusinessDocument>`,
  )

  it('looks as it wants, and otherwise as the node wants', async () => {
    await using served = await api({ payload: enveloped })
    expect((await call(served, 'GET', page)).text).toContain('Merci de votre confiance')
    await call(served, 'PUT', '/tenants/acme', { ...draft, branding: { footer: 'Pied de page' } })
    const branded = (await call(served, 'GET', page)).text
    expect(branded).toContain('Pied de page')
    expect(branded).not.toContain('Merci de votre confiance')
  })

  it('looks so in a conversion that names it; what the call says goes before it', async () => {
    await using served = await api()
    await call(served, 'PUT', '/tenants/acme', draft)
    await call(served, 'PUT', '/tenants/acme/logo', png())
    const convert = async (query: string): Promise<string> =>
      (await call(served, 'POST', `/conversions?to=html&tenant=acme${query}`, ubl)).text
    const whole = await convert('')
    const picture = png().toString('base64')
    for (const part of ['#0b5d5e', 'Merci', picture]) expect(whole).toContain(part)
    const changed = await convert('&color=%23112233')
    for (const part of ['#112233', 'Merci', picture]) expect(changed).toContain(part)
    expect(changed).not.toContain('#0b5d5e')
  })
})
