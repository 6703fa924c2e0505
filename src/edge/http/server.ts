import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WireError } from '../../kernel/index.ts'

export interface ServerOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Paths of PEM files; plain HTTP when undefined. */
  readonly tls: { readonly key: string; readonly certificate: string } | undefined
  readonly headerOctetsMax: number
  /** A request must have arrived completely within. */
  readonly requestSeconds: number
  readonly keepAliveSeconds: number
  /** How long requests that are being served may take once the server is being disposed. */
  readonly stopSeconds: number
}

/** A listening server. Disposing stops taking connections, lets running requests end, then closes what is left. */
export interface HttpServer extends AsyncDisposable {
  /** The one it really has. */
  readonly port: number
}

/**
 * port-taken  another program listens there
 * forbidden   the port needs rights that this process lacks
 * address     the host is not an address of this machine
 */
export class ListenError extends WireError<'port-taken' | 'forbidden' | 'address'> {}

/** What it returns is not looked at: a handler answers through the response and sees to its own errors. */
type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

/** Listens; resolves once connections are taken. Throws ListenError. */
export async function listen(handler: Handler, options: ServerOptions): Promise<HttpServer> {
  let stopping = false
  const server = create(options, (request, response) => {
    // A kept connection would hold the stop up until it falls idle.
    if (stopping) response.setHeader('Connection', 'close')
    handler(request, response)
  })
  server.on('clientError', refuse)
  await opened(server, options)
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      if (stopping) return
      stopping = true
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      const deadline = setTimeout(() => server.closeAllConnections(), options.stopSeconds * 1000)
      await closed
      clearTimeout(deadline)
    },
  }
}

function create(options: ServerOptions, handler: Handler): Server {
  const requestTimeout = options.requestSeconds * 1000
  const limits = {
    maxHeaderSize: options.headerOctetsMax,
    requestTimeout,
    headersTimeout: Math.min(requestTimeout, 30_000),
    keepAliveTimeout: options.keepAliveSeconds * 1000,
    // Dead requests are looked for this often.
    connectionsCheckingInterval: Math.min(5000, requestTimeout / 2),
  }
  if (options.tls === undefined) return createServer(limits, handler)
  const { key, certificate } = options.tls
  return createTlsServer({ ...limits, key: readFileSync(key), cert: readFileSync(certificate) }, handler)
}

async function opened(server: Server, { host, port }: ServerOptions): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port, backlog: 1024 }, () => {
        server.off('error', reject)
        resolve()
      })
    })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const where = `${host}:${port}`
    if (code === 'EADDRINUSE') throw new ListenError('port-taken', `${where} is taken by another program`, { cause })
    if (code === 'EACCES') throw new ListenError('forbidden', `${where} may not be used by this user`, { cause })
    throw new ListenError('address', `cannot listen on ${where}: ${(cause as Error).message}`, { cause })
  }
}

/** What the HTTP parser refuses never gets to the doors; these are its reasons. */
const parserRefusals: Readonly<Record<string, readonly [number, string, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'the header is too large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'the request did not arrive in time'],
}

function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const [status, reason, detail] = parserRefusals[error.code ?? ''] ?? [400, 'Bad Request', 'the request is not HTTP']
  const body = JSON.stringify({ type: 'about:blank', title: reason, status, detail, retry: status === 408 })
  const head = `HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n`
  socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
}
