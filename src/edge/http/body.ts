import { createHash } from 'node:crypto'
import type Koa from 'koa'
import type { Octets, Spool } from '../../kernel/index.ts'
import { Problem } from './problem.ts'

/** A body that was read to its end. */
export interface ReadBody<T> {
  readonly content: T
  /** SHA-256 of the octets, hexadecimal. */
  readonly sha256: string
}

/** The whole body in memory. Throws Problem `body-too-large` as soon as it is. */
export async function readBody(ctx: Koa.Context, octetsMax: number): Promise<ReadBody<Buffer>> {
  const chunks: Buffer[] = []
  const hash = createHash('sha256')
  for await (const chunk of bodyOf(ctx, octetsMax)) {
    chunks.push(chunk)
    hash.update(chunk)
  }
  return { content: Buffer.concat(chunks), sha256: hash.digest('hex') }
}

/** The body as octets, in the blob store when it is large. Nothing is left behind when it fails. */
export async function spoolBody(ctx: Koa.Context, spool: Spool, octetsMax: number): Promise<ReadBody<Octets>> {
  const writer = spool.create()
  const hash = createHash('sha256')
  try {
    for await (const chunk of bodyOf(ctx, octetsMax)) {
      hash.update(chunk)
      await writer.write(chunk)
    }
    return { content: await writer.finish(), sha256: hash.digest('hex') }
  } catch (error) {
    await writer.discard()
    throw error
  }
}

/** The body as it arrives. Throws Problem `body-too-large` as soon as it is. */
export async function* bodyOf(ctx: Koa.Context, octetsMax: number): AsyncGenerator<Buffer> {
  const encoding = ctx.get('Content-Encoding')
  if (encoding !== '' && encoding.toLowerCase() !== 'identity') {
    throw new Problem(
      'unsupported-media-type',
      `Content-Encoding ${encoding} is not understood; send the body as it is`,
    )
  }
  const tooLarge = (): Problem => new Problem('body-too-large', `the body is longer than ${octetsMax} octets`)
  if (Number(ctx.get('Content-Length')) > octetsMax) throw tooLarge()
  let size = 0
  // Breaking off must not destroy the socket: the refusal still has to go out over it.
  for await (const chunk of ctx.req.iterator({ destroyOnReturn: false })) {
    size += (chunk as Buffer).length
    if (size > octetsMax) throw tooLarge()
    yield chunk as Buffer
  }
}
