import { randomUUID } from 'node:crypto'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '../../src/kernel/index.ts'
import {
  EbmsFault,
  type SignedUserMessage,
  buildErrorSignal,
  buildReceipt,
  parseEnvelope,
  readMime,
  receivePayloads,
  verifyHeader,
} from '../../src/wire/as4/index.ts'
import { memoryOnly } from './access-point.ts'
import type { TestIdentity } from './pki.ts'

/** A post that has arrived completely, and what a peer can do with it. */
export interface ArrivedPost {
  readonly contentType: string
  readonly body: Buffer
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The message, opened with the peer's key. */
  open(): Promise<SignedUserMessage>
  answer(status: number, contentType?: string, body?: Buffer | string): void
}

export type Manner = (post: ArrivedPost) => Promise<void> | void

/** An access point that does as the script says: one manner per post, the last one for all that follow. */
export interface TestPeer extends AsyncDisposable {
  readonly url: string
  readonly identity: TestIdentity
  /** Those that arrived completely, in order. */
  readonly posts: readonly ArrivedPost[]
  script(...manners: readonly Manner[]): void
  /** Ends every connection and refuses further ones. */
  stop(): Promise<void>
}

const soapType = 'application/soap+xml; charset=UTF-8'

export async function startPeer(identity: TestIdentity): Promise<TestPeer> {
  const posts: ArrivedPost[] = []
  let manners: Manner[] = [receipt(identity)]
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('error', () => undefined)
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const post = arrivedPost(identity, { request, response, body: Buffer.concat(chunks) })
      posts.push(post)
      const manner = manners.length > 1 ? manners.shift() : manners[0]
      Promise.resolve(manner?.(post)).catch((error: unknown) => post.answer(500, 'text/plain', String(error)))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const stop = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
  return {
    url: `http://127.0.0.1:${port}/as4`,
    identity,
    posts,
    script: (...given) => {
      manners = [...given]
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function arrivedPost(
  identity: TestIdentity,
  { request, response, body }: { request: IncomingMessage; response: ServerResponse; body: Buffer },
): ArrivedPost {
  const contentType = request.headers['content-type'] ?? ''
  return {
    contentType,
    body,
    request,
    response,
    open: () => openPost(identity, contentType, body),
    answer(status, type, octets) {
      response.writeHead(status, { connection: 'close', ...(type === undefined ? {} : { 'content-type': type }) })
      response.end(octets)
    },
  }
}

const limits = {
  soapOctetsMax: 262_144,
  partHeaderOctetsMax: 8192,
  partsMax: 4,
  messageOctetsMax: 200_000_000,
  inflatedOctetsMax: 200_000_000,
  headOctets: 65_536,
}

async function openPost(identity: TestIdentity, contentType: string, body: Buffer): Promise<SignedUserMessage> {
  const mime = await readMime(contentType, single(body), limits)
  const signed = verifyHeader(parseEnvelope(mime))
  return await receivePayloads(signed, { mime, keys: [identity.keys], spool: memoryOnly, limits })
}

async function* single(body: Buffer): AsyncGenerator<Buffer> {
  yield body
}

function stamp(): { readonly messageId: string; readonly at: ReturnType<typeof systemClock.now> } {
  return { messageId: `${randomUUID()}@peer.test`, at: systemClock.now() }
}

/* ── Manners ───────────────────────────────────────────────────────────────────────────────── */

/** A signed receipt; `change` forges what it speaks of. */
export function receipt(
  by: TestIdentity,
  change: (message: SignedUserMessage) => SignedUserMessage = message => message,
): Manner {
  return async post => {
    post.answer(200, soapType, await buildReceipt(change(await post.open()), by.keys, stamp()))
  }
}

export function errorSignal(code: 'EBMS:0004' | 'EBMS:0202', detail: string, by?: TestIdentity): Manner {
  return async post => {
    const { userMessage } = await post.open()
    const fault = new EbmsFault(code, detail, { detail })
    const options = { refToMessageId: userMessage.messageId, key: by?.keys, stamp: stamp() }
    post.answer(200, soapType, await buildErrorSignal(fault, options))
  }
}

/** The error phase4 answers to a message id that it has seen. */
export const duplicateDetected: Manner = async post => {
  const { userMessage } = await post.open()
  const options = { refToMessageId: userMessage.messageId, key: undefined, stamp: stamp() }
  const signal = await buildErrorSignal(new EbmsFault('EBMS:0004', 'x'), options)
  post.answer(400, soapType, signal.toString().replaceAll('EBMS:0004', 'EBMS:4001'))
}

/** Reads everything, then the connection is gone. */
export const reset: Manner = ({ request }) => void request.socket.resetAndDestroy()

/** The head of an answer, half of its body, then nothing. */
export const cutAnswer: Manner = ({ response }) => {
  response.writeHead(200, { 'content-type': soapType, 'content-length': '1000' })
  response.write('<half', () => response.socket?.destroy())
}

export const nothing =
  (status: number): Manner =>
  post =>
    post.answer(status)

export const html =
  (status: number): Manner =>
  post =>
    post.answer(status, 'text/html', '<!DOCTYPE html><html><body>Bad Gateway</body></html>')

/** Never answers; the connection stays. */
export const silence: Manner = () => undefined
