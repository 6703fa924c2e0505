import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type Socket, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { createHttpClient } from '../../../src/adapters/http/index.ts'
import { HttpFailure, type HttpRequest } from '../../../src/services/ports.ts'

const stack: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of stack.splice(0).toReversed()) await end()
})

function client(change: Partial<Parameters<typeof createHttpClient>[0]> = {}) {
  const made = createHttpClient({
    connectTimeoutMilliseconds: 1000,
    connectionsPerOrigin: 4,
    allowPrivate: true,
    ...change,
  })
  stack.push(async () => made[Symbol.asyncDispose]())
  return made
}

function get(url: string, change: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'GET',
    url,
    headers: {},
    body: undefined,
    timeoutMilliseconds: 2000,
    answerOctetsMax: 100_000,
    ...change,
  }
}

function post(url: string, octets: Buffer | AsyncIterable<Buffer>, length: number): HttpRequest {
  return get(url, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: { octets, length } })
}

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  stack.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise(resolve => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}

function serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  return listen(createServer(handler))
}

async function kindOf(promise: Promise<unknown>): Promise<string> {
  const failure = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  expect(failure).toBeInstanceOf(HttpFailure)
  return (failure as HttpFailure).kind
}

/** Answers the first request of a connection and resets at the second; `always` resets every later connection at once. */
async function fickle(always: boolean): Promise<{ url: string; bodies: string[] }> {
  const bodies: string[] = []
  let connections = 0
  const url = await listen(
    createTcpServer(socket => {
      const number = ++connections
      let requests = 0
      socket.on('error', () => undefined)
      socket.on('data', chunk => {
        if (!chunk.toString().includes('\r\n\r\n')) return
        requests++
        if ((number === 1 && requests === 2) || (always && number > 1)) socket.resetAndDestroy()
        else {
          bodies.push(chunk.toString().split('\r\n\r\n')[1] ?? '')
          socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
        }
      })
    }),
  )
  return { url, bodies }
}

function selfSigned(): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'passerelle-tls-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-keyout', key, '-out', cert, ...subject],
    { stdio: 'ignore' },
  )
  const pair = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  rmSync(folder, { recursive: true })
  return pair
}

async function* streamed(...pieces: readonly string[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) yield Buffer.from(piece)
}

async function* broken(): AsyncGenerator<Buffer> {
  yield Buffer.from('a')
  throw new Error('the disk')
}

describe('an answer', () => {
  it('of any status is an answer, with its headers and octets', async () => {
    const url = await serve((_, response) => {
      response.writeHead(503, { 'Content-Type': 'text/x', 'X-Two': ['a', 'b'] }).end('sorry')
    })
    const answer = await client().request(get(`${url}/path?q=1`))
    expect(answer).toMatchObject({ status: 503, contentType: 'text/x', body: Buffer.from('sorry') })
    expect(answer.headers['x-two']).toBe('a, b')
  })

  it('that redirects is not followed', async () => {
    const url = await serve((_, response) => response.writeHead(302, { location: '/elsewhere' }).end())
    expect(await client().request(get(url))).toMatchObject({ status: 302, headers: { location: '/elsewhere' } })
  })

  it('to a posted body comes with the body whole, in memory or streamed with its length', async () => {
    const url = await serve((request, response) => {
      void text(request).then(body => response.end(`${request.headers['content-length']}:${body}`))
    })
    const octets = Buffer.from('hello')
    const inMemory = await client().request(post(url, octets, 5))
    const inPieces = await client().request(post(url, streamed('he', 'llo'), 5))
    expect([inMemory.body.toString(), inPieces.body.toString()]).toEqual(['5:hello', '5:hello'])
  })

  it('comes over a kept connection', async () => {
    const ports: (number | undefined)[] = []
    const url = await serve((request, response) => {
      ports.push(request.socket.remotePort)
      response.end()
    })
    const http = client()
    for (let i = 0; i < 10; i++) await http.request(get(url))
    // The pool may open a second one while the first is being made ready again.
    expect(new Set(ports).size).toBeLessThanOrEqual(2)
  })
})

describe('unreachable: the peer cannot have seen the request', () => {
  it('when nobody listens', async () => {
    const server = createTcpServer()
    const url = await listen(server)
    await stack.pop()?.()
    expect(await kindOf(client().request(get(url)))).toBe('unreachable')
  })

  it('when the host name does not exist', async () => {
    expect(await kindOf(client().request(get('http://nobody.invalid/')))).toBe('unreachable')
  })

  it('when the URL is none', async () => {
    expect(await kindOf(client().request(get('ftp://127.0.0.1/')))).toBe('unreachable')
    expect(await kindOf(client().request(get('::')))).toBe('unreachable')
  })

  it('when a header cannot be written', async () => {
    const url = await serve((_, response) => response.end())
    expect(await kindOf(client().request(get(url, { headers: { 'x-a': 'a\r\nb: c' } })))).toBe('unreachable')
  })

  it('when time ends while the request waits for a free connection', async () => {
    let requests = 0
    const url = await serve(() => requests++)
    const http = client({ connectionsPerOrigin: 1 })
    const first = kindOf(http.request(get(url, { timeoutMilliseconds: 400 })))
    await expect.poll(() => requests).toBe(1)
    expect(await kindOf(http.request(get(url, { timeoutMilliseconds: 100 })))).toBe('unreachable')
    expect(await first).toBe('lost')
    expect(requests).toBe(1)
  })

  it.each([
    'http://127.0.0.1',
    'http://localhost',
    'http://[::1]',
    'http://[::ffff:127.0.0.1]',
    'http://169.254.169.254',
  ])('when private addresses are not allowed and the address is %s', async origin => {
    let requests = 0
    const url = await serve(() => requests++)
    const request = get(`${origin}:${new URL(url).port}/`)
    expect(await kindOf(client({ allowPrivate: false }).request(request))).toBe('unreachable')
    expect(requests).toBe(0)
  })
})

describe('lost: the peer may have acted on the request', () => {
  it('when the answer does not come in time', async () => {
    const url = await serve(() => undefined)
    expect(await kindOf(client().request(get(url, { timeoutMilliseconds: 100 })))).toBe('lost')
  })

  it('when the answer stops in its middle', async () => {
    const url = await serve((_, response) => response.writeHead(200, { 'content-length': 10 }).write('half'))
    expect(await kindOf(client().request(get(url, { timeoutMilliseconds: 100 })))).toBe('lost')
  })

  it('when a new connection is reset, and the request is not repeated', async () => {
    let connections = 0
    const url = await listen(
      createTcpServer(socket => {
        connections++
        socket.on('error', () => undefined)
        socket.once('data', () => socket.resetAndDestroy())
      }),
    )
    expect(await kindOf(client().request(post(url, Buffer.from('x'), 1)))).toBe('lost')
    expect(connections).toBe(1)
  })

  it('when the answer is longer than wanted, announced or not', async () => {
    const announced = await serve((_, response) => response.end(Buffer.alloc(200)))
    const chunked = await serve((_, response) => {
      response.write(Buffer.alloc(60))
      setTimeout(() => response.end(Buffer.alloc(60)), 20)
    })
    for (const url of [announced, chunked]) {
      expect(await kindOf(client().request(get(url, { answerOctetsMax: 100 })))).toBe('lost')
    }
    expect((await client().request(get(announced, { answerOctetsMax: 200 }))).body).toHaveLength(200)
  })

  it('when the answer is no HTTP', async () => {
    const url = await listen(createTcpServer(socket => socket.once('data', () => socket.end('SSH-2.0-x\r\n'))))
    expect(await kindOf(client().request(get(url)))).toBe('lost')
  })

  it('when the body to be sent breaks', async () => {
    const url = await serve(() => undefined)
    expect(await kindOf(client().request(post(url, broken(), 10)))).toBe('lost')
  })
})

describe('a kept connection that the peer closes at the next request', () => {
  it('gets the same octets once more on a new one', async () => {
    const { url, bodies } = await fickle(false)
    const http = client({ connectionsPerOrigin: 1 })
    await http.request(post(url, Buffer.from('one'), 3))
    expect(await http.request(post(url, Buffer.from('two'), 3))).toMatchObject({ status: 200 })
    expect(bodies).toEqual(['one', 'two'])
  })

  it('is lost when the new one breaks as well', async () => {
    const { url } = await fickle(true)
    const http = client({ connectionsPerOrigin: 1 })
    await http.request(post(url, Buffer.from('one'), 3))
    expect(await kindOf(http.request(post(url, Buffer.from('two'), 3)))).toBe('lost')
  })

  it('is lost when the body was a stream', async () => {
    const { url, bodies } = await fickle(false)
    const http = client({ connectionsPerOrigin: 1 })
    await http.request(post(url, Buffer.from('one'), 3))
    expect(await kindOf(http.request(post(url, streamed('two'), 3)))).toBe('lost')
    expect(bodies).toEqual(['one'])
  })
})

describe('TLS', () => {
  it('with an authority of our own is trusted only where it is named', async () => {
    const pair = selfSigned()
    const url = (await listen(createTlsServer(pair, (_, response) => response.end('ok')))).replace('http', 'https')
    expect(await kindOf(client().request(get(url)))).toBe('unreachable')
    expect(await client({ extraAuthorities: [pair.cert] }).request(get(url))).toMatchObject({ status: 200 })
  })

  it('spoken to a server that does not is unreachable', async () => {
    const url = (await serve((_, response) => response.end())).replace('http', 'https')
    expect(await kindOf(client().request(get(url)))).toBe('unreachable')
  })
})
