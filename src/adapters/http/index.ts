import { rootCertificates } from 'node:tls'
import { Client, Pool, type buildConnector } from 'undici'
import { type HttpClient, HttpFailure, type HttpRequest } from '../../services/ports.ts'
import { guardedConnector } from './connector.ts'
import { Exchange, type Given } from './exchange.ts'

export interface HttpOptions {
  /** Name look-up, TCP and TLS handshake together. */
  readonly connectTimeoutMilliseconds: number
  /** Connections to one origin at most, and kept ones as well; further requests wait for a free one. */
  readonly connectionsPerOrigin: number
  /** Whether loopback, private and other special addresses may be connected to. Never on a public network: metadata names the address. */
  readonly allowPrivate: boolean
  /** PEM certificates trusted beside those of the public authorities. */
  readonly extraAuthorities?: readonly string[]
}

/** Disposing closes every connection once its request has ended. */
export function createHttpClient(options: HttpOptions): HttpClient & AsyncDisposable {
  const client = new PooledClient(options)
  return {
    request: request => client.request(request),
    [Symbol.asyncDispose]: () => client.close(),
  }
}

/** Pools without a request for so long are closed. */
const idleMilliseconds = 300_000
/** Least recently used pools beyond this number are closed. */
const poolsMax = 500
/** Below what common servers keep (Jetty 30 s, nginx 75 s), so that we close first. A server may announce less. */
const keepAliveMilliseconds = 10_000

interface Entry {
  readonly pool: Pool
  usedAt: number
}

class PooledClient {
  readonly #options: HttpOptions
  readonly #clientOptions: Client.Options
  /** By origin, least recently used first. */
  readonly #pools = new Map<string, Entry>()
  readonly #sweeper: NodeJS.Timeout

  constructor(options: HttpOptions) {
    this.#options = options
    this.#clientOptions = {
      connect: connectorOf(options),
      allowH2: false,
      pipelining: 1,
      keepAliveTimeout: keepAliveMilliseconds,
      // The time-out of the request is the only one: it covers everything.
      headersTimeout: 0,
      bodyTimeout: 0,
    }
    this.#sweeper = setInterval(() => this.#sweep(), idleMilliseconds / 5)
    this.#sweeper.unref()
  }

  async request(request: HttpRequest): Promise<Given> {
    const url = parseUrl(request.url)
    const deadline = performance.now() + request.timeoutMilliseconds
    const first = new Exchange(request, url, deadline)
    try {
      return await first.run(this.#poolOf(url.origin))
    } catch (failure) {
      if (!first.diedUnanswered || !(request.body === undefined || Buffer.isBuffer(request.body.octets))) throw failure
    }
    // Other kept connections may be as dead as this one: the second try gets a connection of its own.
    const client = new Client(url.origin, this.#clientOptions)
    try {
      return await new Exchange(request, url, deadline).run(client)
    } catch (failure) {
      // The first try may have reached the peer even when the second could not.
      throw failure instanceof HttpFailure ? new HttpFailure('lost', failure.message, { cause: failure }) : failure
    } finally {
      await client.destroy()
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper)
    const pools = [...this.#pools.values()]
    this.#pools.clear()
    await Promise.all(pools.map(({ pool }) => pool.close()))
  }

  #poolOf(origin: string): Pool {
    const pool =
      this.#pools.get(origin)?.pool ??
      new Pool(origin, { ...this.#clientOptions, connections: this.#options.connectionsPerOrigin })
    this.#pools.delete(origin)
    this.#pools.set(origin, { pool, usedAt: performance.now() })
    if (this.#pools.size > poolsMax) this.#drop([...this.#pools.keys()][0])
    return pool
  }

  #sweep(): void {
    const oldest = performance.now() - idleMilliseconds
    for (const [origin, { usedAt }] of this.#pools) if (usedAt < oldest) this.#drop(origin)
  }

  /** Requests under way end as they would have. */
  #drop(origin: string | undefined): void {
    if (origin === undefined) return
    const entry = this.#pools.get(origin)
    this.#pools.delete(origin)
    entry?.pool.close().catch(() => undefined)
  }
}

function connectorOf(options: HttpOptions): buildConnector.connector {
  const { connectTimeoutMilliseconds: timeout, extraAuthorities, allowPrivate } = options
  const ca = extraAuthorities && [...rootCertificates, ...extraAuthorities]
  return guardedConnector({ timeout, allowH2: false, ...(ca && { ca }) }, allowPrivate)
}

/** An address of metadata may be anything: what is no http(s) URL reaches nobody. */
function parseUrl(text: string): URL {
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new HttpFailure('unreachable', `not an http or https URL: ${text}`)
  }
  return url
}
