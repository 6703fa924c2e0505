import type Koa from 'koa'
import { type Clock, type Instant, isoOf } from '../../kernel/index.ts'
import type { Certificate } from '../../wire/pki/index.ts'

/** What readiness depends on. */
export interface OpsServices {
  readonly clock: Clock
  /** Resolves when the database answers and its schema is the one this program wants; rejects with the reason. */
  checkDatabase(): Promise<void>
  /** Certificates that this node signs with, by what they are for. */
  readonly certificates: readonly { readonly name: string; readonly certificate: Certificate }[]
}

interface Check {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
}

/** A database that does not answer within this time is not ready. */
const databaseMilliseconds = 3000
const dayMilliseconds = 86_400_000

/** `/live`: the process serves requests. `/ready`: it can do its work; 503 with reasons when not. Leaves other paths alone. */
export function opsDoor(services: OpsServices): Koa.Middleware {
  return async (ctx, next) => {
    const isRead = ctx.method === 'GET' || ctx.method === 'HEAD'
    if (!isRead || (ctx.path !== '/live' && ctx.path !== '/ready')) {
      await next()
      return
    }
    ctx.set('Cache-Control', 'no-store')
    if (ctx.path === '/live') {
      ctx.body = { status: 'live' }
      return
    }
    const now = services.clock.now()
    const checks = [await databaseCheck(services), ...services.certificates.map(one => certificateCheck(one, now))]
    const ready = checks.every(check => check.ok)
    ctx.status = ready ? 200 : 503
    ctx.body = { status: ready ? 'ready' : 'not ready', checks }
  }
}

async function databaseCheck(services: OpsServices): Promise<Check> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Error(`no answer within ${databaseMilliseconds} ms`)),
    databaseMilliseconds,
  )
  try {
    await Promise.race([services.checkDatabase(), late.promise])
    return { name: 'database', ok: true, detail: 'answers, schema is current' }
  } catch (error) {
    return { name: 'database', ok: false, detail: error instanceof Error ? error.message : String(error) }
  } finally {
    clearTimeout(timer)
  }
}

function certificateCheck({ name, certificate }: OpsServices['certificates'][number], now: Instant): Check {
  const { validFrom, validTo, commonName } = certificate
  if (now < validFrom) return { name, ok: false, detail: `${commonName} is not valid before ${isoOf(validFrom)}` }
  if (now > validTo) return { name, ok: false, detail: `${commonName} has ended on ${isoOf(validTo)}` }
  const days = Math.floor((validTo - now) / dayMilliseconds)
  return { name, ok: true, detail: `${commonName} is valid for ${days} more days` }
}
