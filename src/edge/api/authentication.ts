import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import type Koa from 'koa'
import { Problem } from '../http/index.ts'

/**
 * Bearer tokens, known by their SHA-256. Without any the API is open: configuration allows that on loopback only, and here
 * the name in the Host header must be loopback too, or a web page could reach it through a name that it controls.
 */
export function authenticate(tokenHashes: readonly string[]): Koa.Middleware {
  const known = tokenHashes.map(hash => Buffer.from(hash, 'hex'))
  return async (ctx, next) => {
    if (known.length === 0) refuseForeignHost(ctx)
    else checkToken(ctx, known)
    await next()
  }
}

function checkToken(ctx: Koa.Context, known: readonly Buffer[]): void {
  const token = /^Bearer ([\w.~+/=-]+)$/i.exec(ctx.get('Authorization'))?.[1]
  const digest = createHash('sha256')
    .update(token ?? '')
    .digest()
  // Every hash is compared, so that the time says nothing about which one came near.
  const matches = known.filter(hash => timingSafeEqual(hash, digest))
  if (token !== undefined && matches.length > 0) return
  const detail = token === undefined ? 'send Authorization: Bearer TOKEN' : 'the token is not known'
  throw new Problem('unauthorized', detail, { headers: { 'WWW-Authenticate': 'Bearer realm="passerelle"' } })
}

function refuseForeignHost(ctx: Koa.Context): void {
  const host = ctx.hostname.replaceAll(/^\[|\]$/g, '')
  if (host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))) return
  throw new Problem(
    'forbidden',
    `without API tokens this API answers only under a loopback address, not under ${ctx.host}`,
  )
}
