import { once } from 'node:events'
import { connect } from 'node:net'
import { request } from 'node:http'
import Koa from 'koa'
import {
  type HttpServer,
  errorMapper,
  listen,
  requestId,
  type RequestState,
  type ServerOptions,
} from '../../src/edge/http/index.ts'
import { systemRandom } from '../../src/kernel/index.ts'
import { memoryLog } from '../support/log.ts'

export interface ServedDoor extends AsyncDisposable {
  readonly server: HttpServer
  readonly url: string
  readonly log: ReturnType<typeof memoryLog>
}

/** Serves doors behind the common stack on a free port of loopback. */
export async function serve(
  doors: readonly Koa.Middleware<RequestState>[],
  options: Partial<ServerOptions> = {},
): Promise<ServedDoor> {
  const log = memoryLog()
  const app = new Koa()
  app.use(requestId(systemRandom)).use(errorMapper(log))
  for (const door of doors) app.use(door)
  app.on('error', () => undefined)
  const server = await listen(app.callback(), {
    host: '127.0.0.1',
    port: 0,
    tls: undefined,
    headerOctetsMax: 16_384,
    requestSeconds: 30,
    keepAliveSeconds: 5,
    stopSeconds: 5,
    ...options,
  })
  return {
    server,
    url: `http://127.0.0.1:${server.port}`,
    log,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  json(): unknown
}

/** One request on a connection of its own. The path is sent as it is. */
export async function ask(
  url: string,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: Buffer | string } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(url)
  const sent = request({
    hostname,
    port,
    path,
    method: options.method ?? 'GET',
    headers: options.headers ?? {},
    agent: false,
  })
  sent.end(options.body)
  const [response] = await once(sent, 'response')
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  return { status: response.statusCode, headers: response.headers, text, json: (): unknown => JSON.parse(text) }
}

/** Writes octets on a connection and gives what comes back until the other end closes. */
export async function raw(url: string, octets: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const chunks: Buffer[] = []
  socket.on('data', chunk => chunks.push(chunk))
  socket.write(octets)
  await once(socket, 'close')
  return Buffer.concat(chunks).toString()
}
