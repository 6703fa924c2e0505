import { createHash } from 'node:crypto'
import { type IncomingMessage, type ServerResponse, createServer, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A line between a sender and an access point that can lose an answer. It remembers what went through. */
export class LossyLine implements AsyncDisposable {
  /** SHA-256 of each posted body, in order. */
  readonly posted: string[] = []
  readonly #target: string
  readonly #server = createServer((incoming, response) => {
    this.#pass(incoming, response).catch(() => incoming.socket.destroy())
  })
  #answersToLose: number

  private constructor(target: string, answersToLose: number) {
    this.#target = target
    this.#answersToLose = answersToLose
  }

  /** The first `answersToLose` requests arrive at the target, and the connection dies in place of their answers. */
  static async open(target: string, answersToLose: number): Promise<LossyLine> {
    const line = new LossyLine(target, answersToLose)
    await new Promise<void>(resolve => line.#server.listen(0, '127.0.0.1', resolve))
    return line
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${new URL(this.#target).pathname}`
  }

  async #pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(incoming)
    this.posted.push(createHash('sha256').update(body).digest('hex'))
    const { host: _ours, ...headers } = incoming.headers
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      forward(this.#target, { method: 'POST', headers }, resolve).on('error', reject).end(body)
    })
    const answerBody = await buffer(answer)
    if (this.#answersToLose > 0) {
      this.#answersToLose -= 1
      incoming.socket.destroy()
      return
    }
    response.writeHead(answer.statusCode ?? 502, { 'content-type': answer.headers['content-type'] ?? '' })
    response.end(answerBody)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
  }
}
