import type Koa from 'koa'
import type { Random } from '../../kernel/index.ts'
import type { Log } from '../../services/ports.ts'
import { Problem, problemDocument } from './problem.ts'

/** What every door may rely on in `ctx.state`. */
export interface RequestState {
  requestId: string
}

/** Gives the request an id (the caller's own when it is fit to be logged), and gives it back as X-Request-Id. */
export function requestId(random: Random): Koa.Middleware<RequestState> {
  return async (ctx, next) => {
    const given = ctx.get('X-Request-Id')
    ctx.state.requestId = /^[\w.:-]{1,100}$/.test(given) ? given : random.uuid()
    ctx.set('X-Request-Id', ctx.state.requestId)
    await next()
  }
}

/** The one place where a thrown error becomes an answer. What is not a Problem is our fault: it is logged, and not told. */
export function errorMapper(log: Log): Koa.Middleware<RequestState> {
  return async (ctx, next) => {
    try {
      await next()
      if (ctx.status === 404 && ctx.body === undefined) {
        throw new Problem('not-found', `there is nothing at ${ctx.path}`)
      }
    } catch (cause) {
      const { requestId } = ctx.state
      // The caller hung up: there is nobody to answer.
      if (!ctx.writable) return
      const problem =
        cause instanceof Problem
          ? cause
          : new Problem('internal', 'the error is in our log under the id of this request')
      if (problem.code === 'internal')
        log.error('request failed', { requestId, method: ctx.method, path: ctx.path, cause })
      ctx.status = problem.status
      ctx.set(problem.headers)
      // A body that was not read to its end would be taken for the next request.
      if (!ctx.req.complete) ctx.set('Connection', 'close')
      ctx.body = JSON.stringify(problemDocument(problem, requestId))
      ctx.type = 'application/problem+json'
    }
  }
}
