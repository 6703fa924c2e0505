import type Koa from 'koa'
import { Problem } from './problem.ts'
import type { RequestState } from './stack.ts'

export type Method = 'get' | 'post' | 'put' | 'delete'

/** One resource and method. The path is a template as OpenAPI writes it: `/invoices/{id}`. */
export interface RouteEntry {
  readonly method: Method
  readonly path: string
  /** `parameters` are those of the path, decoded. */
  handle(ctx: RouteContext, parameters: Readonly<Record<string, string>>): Promise<void>
}

export type RouteContext = Koa.ParameterizedContext<RequestState>

/** Serves a table of routes below a base path and leaves every other path to who comes next. */
export function serveRoutes(base: string, entries: readonly RouteEntry[]): Koa.Middleware<RequestState> {
  const compiled = entries.map(entry => ({ entry, pattern: compile(base + entry.path) }))
  return async (ctx, next) => {
    const matching = compiled.flatMap(({ entry, pattern }) => {
      const match = pattern.exec(ctx.path)
      return match === null ? [] : [{ entry, match }]
    })
    if (matching.length === 0) {
      await next()
      return
    }
    const method = ctx.method === 'HEAD' ? 'get' : ctx.method.toLowerCase()
    const found = matching.find(({ entry }) => entry.method === method)
    if (found === undefined) {
      const allowed = [...new Set(matching.map(({ entry }) => entry.method.toUpperCase()))].join(', ')
      throw new Problem('method-not-allowed', `${ctx.method} is not known here; ${allowed} is`, {
        headers: { Allow: allowed },
      })
    }
    await found.entry.handle(ctx, parametersOf(found.match))
  }
}

/** The parameters of the query, each at most once. Throws Problem `invalid-parameter` for an unknown one. */
export function readQuery<const K extends string>(ctx: Koa.Context, known: readonly K[]): Partial<Record<K, string>> {
  const given = readParameters(ctx, Object.fromEntries(known.map(name => [name, 'one'])) as Record<K, 'one'>)
  const values: Partial<Record<K, string>> = {}
  for (const name of known) {
    const [value] = given[name]
    if (value !== undefined) values[name] = value
  }
  return values
}

/** The parameters of the query; of each whether it may be given several times. Throws Problem `invalid-parameter`. */
export function readParameters<const K extends string>(
  ctx: Koa.Context,
  known: Readonly<Record<K, 'one' | 'many'>>,
): Readonly<Record<K, readonly string[]>> {
  const names = Object.keys(known) as K[]
  const values = Object.fromEntries(names.map(name => [name, [] as readonly string[]])) as Record<K, readonly string[]>
  for (const [name, value] of Object.entries(ctx.query)) {
    if (!Object.hasOwn(known, name)) {
      throw new Problem('invalid-parameter', `${name} is no parameter of this resource; known are ${names.join(', ')}`)
    }
    const given = typeof value === 'string' ? [value] : (value ?? [])
    if (given.length > 1 && known[name as K] === 'one') {
      throw new Problem('invalid-parameter', `${name} is given more than once`)
    }
    values[name as K] = given.map(one => checkText(name, one))
  }
  return values
}

function compile(template: string): RegExp {
  const source = template.replaceAll(/[.+*?^$()[\]\\|]/g, String.raw`\$&`).replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')
  return new RegExp(`^${source}$`)
}

function parametersOf(match: RegExpExecArray): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(match.groups ?? {}).map(([name, value]) => [name, checkText(name, decode(value))]),
  )
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch (cause) {
    throw new Problem('malformed-request', 'the path holds a broken percent-encoding', { cause })
  }
}

/** U+0000 stands in no name of ours, and PostgreSQL takes it for an error. */
function checkText(name: string, value: string): string {
  if (value.includes('\0')) throw new Problem('invalid-parameter', `${name} holds U+0000`)
  return value
}
