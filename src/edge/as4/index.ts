import type { Middleware } from 'koa'
import type { Exchange } from '../../services/exchange/index.ts'

/** POST /as4. Everything that AS4 has an answer for is answered by the exchange; this door only carries octets. */
export function as4Door(exchange: Pick<Exchange, 'receive'>): Middleware {
  return async ctx => {
    if (ctx.method !== 'POST') {
      // Monitors and people look here with GET; AS4 has no rule for it. [peppol.md §1.2]
      ctx.set('Allow', 'POST')
      ctx.status = ctx.method === 'GET' || ctx.method === 'HEAD' ? 200 : 405
      ctx.type = 'text/plain; charset=utf-8'
      ctx.body = 'This is a Peppol AS4 endpoint. Messages come by POST.\n'
      return
    }
    // A refusal must still go out over the socket when the rest of the message was not read: Node reads and drops what follows, so
    // that senders who listen only after their last octet get the answer too.
    const body = ctx.req.iterator({ destroyOnReturn: false })
    const answer = await exchange.receive({ contentType: ctx.get('content-type') || undefined, body })
    ctx.status = answer.status
    ctx.set('Content-Type', answer.contentType)
    if (answer.status === 503) ctx.set('Retry-After', '60')
    ctx.body = answer.body
  }
}
