import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { apiDoor } from '../../../src/edge/api/index.ts'
import { type Answer, ask, serve, type ServedDoor } from '../serve.ts'
import { conforms } from './described.ts'
import { scripted } from './scripted.ts'

const base = '/api/v1'
interface Served extends ServedDoor {
  readonly services: ReturnType<typeof scripted>
}

async function api(): Promise<Served> {
  const services = scripted({})
  return { ...(await serve(apiDoor(services))), services }
}

function call(served: Served, method: string, path: string, body?: string | Buffer): Promise<Answer> {
  return ask(served.url, base + path, { method, ...(body === undefined ? {} : { body }) })
}

const mapping = {
  mapping: 1,
  source: { kind: 'csv', rows: { kind: 'grouped', key: 'No' } },
  invoice: { '/number': 'No', '/issueDate': { from: 'Date', steps: [{ date: 'DD/MM/YYYY' }] } },
}
const document = JSON.stringify(mapping, undefined, 3)
const header = 'No;Date;Other\n'

describe('mappings', () => {
  it('are kept by name, given back as they were written, listed and forgotten', async () => {
    await using served = await api()
    const put = conforms(await call(served, 'PUT', '/mappings/sage', document), '/mappings/{name}', 'put')
    const links = { self: `${base}/mappings/sage`, trials: `${base}/mappings/sage/trials` }
    expect(put).toEqual({ name: 'sage', changedAt: '2026-11-21T10:00:00.000Z', links })
    const got = await call(served, 'GET', '/mappings/sage')
    conforms(got, '/mappings/{name}')
    expect(got.text).toBe(document)
    expect(got.headers['last-modified']).toBe('Sat, 21 Nov 2026 10:00:00 GMT')
    expect(conforms(await call(served, 'GET', '/mappings'), '/mappings')).toEqual({ mappings: [put] })
    expect((await call(served, 'DELETE', '/mappings/sage')).status).toBe(204)
    expect(conforms(await call(served, 'GET', '/mappings'), '/mappings')).toEqual({ mappings: [] })
  })

  it.each([
    ['GET', '/mappings/none', '/mappings/{name}'],
    ['DELETE', '/mappings/none', '/mappings/{name}'],
    ['POST', '/mappings/none/trials', '/mappings/{name}/trials'],
  ])('that are not there are answered with 404: %s %s', async (method, path, described) => {
    await using served = await api()
    const answer = await call(served, method, path, method === 'POST' ? header : undefined)
    expect(conforms(answer, described, method.toLowerCase())).toMatchObject({
      code: 'not-found',
      detail: 'there is no mapping none',
    })
  })

  it('that cannot be used are refused with every problem', async () => {
    await using served = await api()
    const wrong = { ...mapping, invoice: { '/numbr': 'No', '/seller': 'A' } }
    const problem = conforms(await call(served, 'PUT', '/mappings/a', JSON.stringify(wrong)), '/mappings/{name}', 'put')
    expect(problem).toMatchObject({
      status: 422,
      code: 'invalid-mapping',
      detail: 'the mapping has 2 problems; errors says where',
      errors: [{ pointer: '/invoice/~1numbr', rule: 'mapping' }, { pointer: '/invoice/~1seller' }],
    })
    expect((await call(served, 'GET', '/mappings/a')).status).toBe(404)
  })

  it.each([
    ['/mappings/a%20b', document, 400, 'invalid-parameter'],
    ['/mappings/a', Buffer.from([0x22, 0xff, 0x22]), 400, 'malformed-request'],
    ['/mappings/a', '{', 422, 'invalid-mapping'],
    ['/mappings/a', 'x'.repeat(2 * 1024 * 1024 + 1), 413, 'body-too-large'],
  ])('in what cannot be one are refused: %s', async (path, body, status, code) => {
    await using served = await api()
    const problem = conforms(await call(served, 'PUT', path, body), '/mappings/{name}', 'put')
    expect(problem).toMatchObject({ status, code })
  })

  it('are tried on an export, of which nothing is sent', async () => {
    await using served = await api()
    await call(served, 'PUT', '/mappings/sage', document)
    const rows = Array.from({ length: 45 }, (_, index) => `F${index};03/11/2026;x\n`).join('')
    const answer = await call(served, 'POST', '/mappings/sage/trials', `${header}${rows}G;soon;\n`)
    const report = conforms(answer, '/mappings/{name}/trials', 'post')
    expect(report).toMatchObject({
      invoices: 46,
      canBeSent: 0,
      unused: [{ name: 'Other', invoices: 45, example: 'x' }],
    })
    expect(report).toHaveProperty(
      'entries',
      expect.arrayContaining([expect.objectContaining({ code: 'value.date', source: 'Date', severity: 'blocks' })]),
    )
    expect(served.services.sent).toEqual([])
  })

  it('refuse an export they are not for', async () => {
    await using served = await api()
    await call(served, 'PUT', '/mappings/sage', document)
    const problem = conforms(
      await call(served, 'POST', '/mappings/sage/trials', 'A;B\n1;2\n'),
      '/mappings/{name}/trials',
      'post',
    )
    expect(problem).toMatchObject({
      status: 422,
      code: 'unreadable-source',
      detail: expect.stringMatching(/no column "No"/) as string,
    })
  })
})

describe('sending under a mapping', () => {
  it('makes the one invoice of an export and sends it', async () => {
    await using served = await api()
    await call(served, 'PUT', '/mappings/sage', document)
    const body = `${header}F1;03/11/2026;x\n`
    const headers = { 'content-type': 'text/csv', 'idempotency-key': 'k' }
    const answer = await ask(served.url, `${base}/invoices?mapping=sage`, { method: 'POST', headers, body })
    conforms(answer, '/invoices', 'post')
    const sha256 = createHash('sha256').update(body).digest('hex')
    expect(served.services.sent).toMatchObject([
      {
        source: { kind: 'json', value: { number: 'F1', issueDate: '2026-11-03' } },
        idempotency: { key: 'k', requestSha256: createHash('sha256').update(`sage\n${sha256}`).digest('hex') },
      },
    ])
  })

  it.each([
    ['none', `${header}F1;03/11/2026;x\n`, 404, 'not-found'],
    ['sage', `${header}F1;03/11/2026;x\nF2;03/11/2026;x\n`, 422, 'unreadable-source'],
    ['sage', header, 422, 'unreadable-source'],
    ['sage', 'A\n1\n', 422, 'unreadable-source'],
    ['sage', `${header}F1;31/02/2026;x\n`, 422, 'invalid-invoice'],
  ])('%s refuses %j', async (name, body, status, code) => {
    await using served = await api()
    await call(served, 'PUT', '/mappings/sage', document)
    const problem = conforms(await call(served, 'POST', `/invoices?mapping=${name}`, body), '/invoices', 'post')
    expect(problem).toMatchObject({ status, code })
    expect(served.services.sent).toEqual([])
  })

  it('says what could not be carried over, and where it came from', async () => {
    await using served = await api()
    await call(served, 'PUT', '/mappings/sage', document)
    const problem = (await call(served, 'POST', '/invoices?mapping=sage', `${header}F1;31/02/2026;x\n`)).json()
    expect(problem).toMatchObject({
      errors: [
        {
          rule: 'mapping.value.date',
          severity: 'fatal',
          pointer: '/issueDate',
          message: 'Date: "31/02/2026" is no date written DD/MM/YYYY',
        },
      ],
    })
  })
})
