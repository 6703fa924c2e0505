import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { get as getSecurely } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type Koa from 'koa'
import { describe, expect, it } from 'vitest'
import {
  ListenError,
  listen,
  Problem,
  readBody,
  readQuery,
  serveRoutes,
  spoolBody,
} from '../../../src/edge/http/index.ts'
import { inMemory, type Spool } from '../../../src/kernel/index.ts'
import { ask, raw, serve } from '../serve.ts'

const hello: Koa.Middleware = async ctx => {
  ctx.body = 'hello'
}

const readAll: Koa.Middleware = async ctx => void (ctx.body = (await readBody(ctx, 100)).sha256)

const sha: Koa.Middleware = async ctx => {
  const { content, sha256 } = await readBody(ctx, 10)
  ctx.body = { size: content.length, sha256 }
}

const slow: Koa.Middleware = async ctx => {
  await delay(300)
  ctx.body = 'done'
}

const never: Koa.Middleware = () => new Promise(() => undefined)

describe('a request', () => {
  it('keeps the id it came with when that is fit for a log, and gets one otherwise', async () => {
    await using served = await serve([hello])
    expect((await ask(served.url, '/', { headers: { 'x-request-id': 'a.b-1' } })).headers['x-request-id']).toBe('a.b-1')
    const own = (await ask(served.url, '/', { headers: { 'x-request-id': 'a b' } })).headers['x-request-id']
    expect(own).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('with a header that is too large is answered with 431', async () => {
    await using served = await serve([hello], { headerOctetsMax: 2048 })
    const answer = await raw(served.url, `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(4000)}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 431 [\s\S]*application\/problem\+json[\s\S]*"the header is too large"/)
  })

  it('that is not HTTP is answered with 400', async () => {
    await using served = await serve([hello])
    expect(await raw(served.url, 'hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [\s\S]*"the request is not HTTP"/)
  })

  it('that does not arrive in time is answered with 408', async () => {
    await using served = await serve([readAll], { requestSeconds: 1 })
    const answer = await raw(served.url, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc')
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
  })
})

describe('the error mapper', () => {
  it('writes a problem with status, code, pointer and whether a retry helps', async () => {
    const errors = [{ pointer: '/number', rule: 'BR-02', message: 'missing' }]
    await using served = await serve([
      () => {
        throw new Problem('invalid-invoice', 'one rule is broken', { errors })
      },
    ])
    const answer = await ask(served.url, '/', { headers: { 'x-request-id': 'r1' } })
    expect(answer.status).toBe(422)
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(answer.json()).toEqual({
      type: 'urn:passerelle:problem:invalid-invoice',
      title: 'The invoice breaks rules',
      status: 422,
      detail: 'one rule is broken',
      instance: 'urn:passerelle:request:r1',
      code: 'invalid-invoice',
      retry: false,
      errors,
    })
  })

  it('tells nothing of an unexpected error, and logs it under the id of the request', async () => {
    await using served = await serve([
      () => {
        throw new Error('password is hush')
      },
    ])
    const answer = await ask(served.url, '/', { headers: { 'x-request-id': 'r2' } })
    expect(answer.status).toBe(500)
    expect(answer.text).not.toContain('hush')
    expect(answer.json()).toMatchObject({ code: 'internal', retry: true })
    expect(served.log.events).toEqual([
      expect.objectContaining({
        level: 'error',
        fields: expect.objectContaining({ requestId: 'r2', cause: expect.any(Error) }),
      }),
    ])
  })

  it('answers 404 for what no door serves', async () => {
    await using served = await serve([])
    expect((await ask(served.url, '/nothing')).json()).toMatchObject({
      status: 404,
      code: 'not-found',
      detail: 'there is nothing at /nothing',
    })
  })
})

describe('a body', () => {
  it('is read to its end', async () => {
    await using served = await serve([sha])
    const answer = await ask(served.url, '/', { method: 'POST', body: '0123456789' })
    expect(answer.json()).toEqual({
      size: 10,
      sha256: '84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882',
    })
  })

  it('that says it is too large is refused at once, and the connection closed', async () => {
    await using served = await serve([sha])
    const answer = await raw(served.url, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 413 [\s\S]*Connection: close[\s\S]*"body-too-large"/)
  })

  it('that turns out too large is refused as well', async () => {
    await using served = await serve([sha])
    const answer = await raw(
      served.url,
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n0123456789a\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('that is compressed is refused', async () => {
    await using served = await serve([sha])
    const answer = await ask(served.url, '/', { method: 'POST', headers: { 'content-encoding': 'gzip' }, body: 'x' })
    expect(answer.json()).toMatchObject({ status: 415, code: 'unsupported-media-type' })
  })

  it('leaves nothing in the spool when it is too large', async () => {
    let open = 0
    const spool: Spool = {
      create: () => {
        open += 1
        const chunks: Buffer[] = []
        return {
          write: chunk => void chunks.push(chunk),
          finish: async () => inMemory(Buffer.concat(chunks)),
          discard: async () => void (open -= 1),
        }
      },
    }
    const spooled: Koa.Middleware = async ctx =>
      void (ctx.body = String((await spoolBody(ctx, spool, 10)).content.size))
    await using served = await serve([spooled])
    expect((await ask(served.url, '/', { method: 'POST', body: '0123456789' })).text).toBe('10')
    expect(open).toBe(1)
    expect((await ask(served.url, '/', { method: 'POST', body: '0123456789a' })).status).toBe(413)
    expect(open).toBe(1)
  })
})

describe('the route table', () => {
  const table = serveRoutes('/base', [
    { method: 'get', path: '/things/{id}', handle: async (ctx, parameters) => void (ctx.body = parameters) },
    { method: 'post', path: '/things/{id}', handle: async ctx => void (ctx.body = 'posted') },
    { method: 'get', path: '/query', handle: async ctx => void (ctx.body = readQuery(ctx, ['a'])) },
  ])

  it('finds the handler by method and template and decodes parameters', async () => {
    await using served = await serve([table])
    expect((await ask(served.url, '/base/things/a%3Ab')).json()).toEqual({ id: 'a:b' })
    expect((await ask(served.url, '/base/things/1', { method: 'POST' })).text).toBe('posted')
    expect((await ask(served.url, '/base/things/1', { method: 'HEAD' })).status).toBe(200)
  })

  it('leaves other paths to who comes next', async () => {
    await using served = await serve([table, hello])
    for (const path of ['/base/things', '/base/things/1/2', '/things/1', '/xbase/things/1']) {
      expect((await ask(served.url, path)).text).toBe('hello')
    }
  })

  it('refuses another method and says which are known', async () => {
    await using served = await serve([table])
    const answer = await ask(served.url, '/base/things/1', { method: 'DELETE' })
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'GET, POST'])
  })

  it('refuses a broken percent-encoding, an unknown query name and one given twice', async () => {
    await using served = await serve([table])
    expect((await ask(served.url, '/base/things/%ff')).json()).toMatchObject({ status: 400, code: 'malformed-request' })
    expect((await ask(served.url, '/base/query?b=1')).json()).toMatchObject({ status: 400, code: 'invalid-parameter' })
    expect((await ask(served.url, '/base/query?a=1&a=2')).json()).toMatchObject({
      status: 400,
      code: 'invalid-parameter',
    })
    expect((await ask(served.url, '/base/query?a=1')).json()).toEqual({ a: '1' })
  })

  it.each(['/base/things/a%00', '/base/query?a=%00'])('refuses U+0000, which no database takes: %s', async path => {
    await using served = await serve([table])
    expect((await ask(served.url, path)).json()).toMatchObject({ status: 400, code: 'invalid-parameter' })
  })
})

describe('the server', () => {
  it('says clearly that a port is taken', async () => {
    await using served = await serve([hello])
    const second = serve([hello], { port: served.server.port })
    await expect(second).rejects.toMatchObject({
      code: 'port-taken',
      message: `127.0.0.1:${served.server.port} is taken by another program`,
    })
    await expect(second).rejects.toBeInstanceOf(ListenError)
  })

  it('says clearly that an address is not one of this machine', async () => {
    await expect(serve([hello], { host: '192.0.2.1' })).rejects.toMatchObject({ code: 'address' })
  })

  it('lets a running request end when it stops, and takes no new one', async () => {
    const served = await serve([slow])
    const running = ask(served.url, '/')
    await delay(100)
    const stopped = served[Symbol.asyncDispose]()
    await expect(ask(served.url, '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect((await running).text).toBe('done')
    await stopped
  })

  it('closes what does not end in time', async () => {
    const served = await serve([never], { stopSeconds: 0 })
    const running = ask(served.url, '/')
    running.catch(() => undefined)
    await delay(50)
    await served[Symbol.asyncDispose]()
    await expect(running).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  it('does not wait for idle connections', async () => {
    const served = await serve([hello], { keepAliveSeconds: 60 })
    const agent = new Agent({ keepAlive: true })
    const [response] = await once(get(served.url, { agent }), 'response')
    response.resume()
    await once(response, 'end')
    await served[Symbol.asyncDispose]()
    agent.destroy()
  })

  it.skipIf(spawnSync('openssl', ['version']).status !== 0)('serves HTTPS with a key and a certificate', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'passerelle-tls-'))
    const [key, certificate] = [join(folder, 'k.pem'), join(folder, 'c.pem')]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, ...subject],
      { stdio: 'ignore' },
    )
    await using server = await listen((_request, response) => void response.end('secure'), {
      host: '127.0.0.1',
      port: 0,
      tls: { key, certificate },
      headerOctetsMax: 16_384,
      requestSeconds: 5,
      keepAliveSeconds: 1,
      stopSeconds: 1,
    })
    const options = {
      port: server.port,
      host: '127.0.0.1',
      servername: 'localhost',
      ca: readFileSync(certificate),
      agent: false,
    } as const
    const [response] = await once(getSecurely(options), 'response')
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk as Buffer)
    expect(Buffer.concat(chunks).toString()).toBe('secure')
  })
})
