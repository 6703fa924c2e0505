import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { joined } from '../../kernel/index.ts'
import { type HttpClient, HttpFailure, type HttpRequest } from '../../services/ports.ts'
import { ConnectFailure } from './connector.ts'

export type Given = Awaited<ReturnType<HttpClient['request']>>

/**
 * One request on one connection.
 *
 * Modes: waiting (for a connection; nothing has been sent), sent (its first octets go out), answered (the head of the answer is there), ended.
 * What fails while waiting is `unreachable`, later it is `lost`.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: HttpRequest
  readonly #url: URL
  readonly #deadline: number
  readonly #outcome = Promise.withResolvers<Given>()
  readonly #chunks: Buffer[] = []
  #controller: Dispatcher.DispatchController | undefined
  #connection: { readonly socket: Socket; readonly octetsReadBefore: number } | undefined
  #sent = false
  /** By our own decision: too late or too long. */
  #gaveUp = false
  #head: { readonly status: number; readonly headers: Readonly<Record<string, string>> } | undefined
  #size = 0

  constructor(request: HttpRequest, url: URL, deadline: number) {
    this.#request = request
    this.#url = url
    this.#deadline = deadline
  }

  /** Throws HttpFailure only. */
  async run(dispatcher: Dispatcher): Promise<Given> {
    const timer = setTimeout(() => this.#giveUp('no answer in time'), Math.max(0, this.#deadline - performance.now()))
    const { signal } = this.#request
    const leave = (): void => this.#giveUp('given up before the answer came')
    signal?.addEventListener('abort', leave)
    if (signal?.aborted) leave()
    try {
      dispatcher.dispatch(this.#dispatchOptions(), this)
    } catch (failure) {
      // A header or path that cannot be sent.
      this.#fail(failure)
    }
    try {
      return await this.#outcome.promise
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', leave)
    }
  }

  /** The failed exchange used a connection that had served before, and not one octet of an answer came: the peer had most likely closed it. */
  get diedUnanswered(): boolean {
    if (!this.#connection || this.#gaveUp) return false
    const { socket, octetsReadBefore } = this.#connection
    return octetsReadBefore > 0 && socket.bytesRead === octetsReadBefore
  }

  #dispatchOptions(): Dispatcher.DispatchOptions {
    const { method, headers, body } = this.#request
    const { origin, pathname, search } = this.#url
    const common = { origin, path: pathname + search, method }
    if (body === undefined) return { ...common, headers }
    const octets = Buffer.isBuffer(body.octets) ? body.octets : Readable.from(body.octets, { objectMode: false })
    return { ...common, headers: { ...headers, 'content-length': String(body.length) }, body: octets }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#gaveUp) {
      controller.abort(new Error('no connection in time'))
      return
    }
    this.#sent = true
    starting = socket => {
      this.#connection = { socket, octetsReadBefore: socket.bytesRead }
    }
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (status < 200) return
    this.#head = { status, headers: joinHeaders(headers) }
    const announced = Number(this.#head.headers['content-length'] ?? 0)
    if (announced > this.#request.answerOctetsMax) this.#refuseLength()
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#size > this.#request.answerOctetsMax) this.#refuseLength()
    else this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    if (!this.#head) return
    const { status, headers } = this.#head
    this.#outcome.resolve({ status, headers, contentType: headers['content-type'], body: joined(this.#chunks) })
  }

  onResponseError(_controller: Dispatcher.DispatchController, failure: Error): void {
    this.#fail(failure)
  }

  #refuseLength(): void {
    this.#giveUp(`the answer is longer than ${this.#request.answerOctetsMax} octets`)
  }

  #giveUp(reason: string): void {
    this.#gaveUp = true
    this.#fail(new Error(reason))
    this.#controller?.abort(new Error(reason))
  }

  #fail(failure: unknown): void {
    const kind = this.#sent && !(failure instanceof ConnectFailure) ? 'lost' : 'unreachable'
    const reason = failure instanceof Error ? failure.message : String(failure)
    this.#outcome.reject(new HttpFailure(kind, `${this.#url.host}: ${reason}`, { cause: failure }))
  }
}

/**
 * undici tells a handler that its request begins, and in the same turn publishes on which socket its head goes out. Both together say
 * whether the connection was a kept one.
 */
let starting: ((socket: Socket) => void) | undefined

subscribe('undici:client:sendHeaders', message => {
  const { socket } = message as { readonly socket: Socket }
  starting?.(socket)
  starting = undefined
})

function joinHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const joined: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) joined[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  }
  return joined
}
