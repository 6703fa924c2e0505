import { createHash } from 'node:crypto'
import { isoOf } from '../../kernel/index.ts'
import type { Mappings } from '../../services/mapping/index.ts'
import type { StoredMapping } from '../../services/ports.ts'
import { Problem, type ProblemError, readBody, type RouteContext, type RouteEntry } from '../http/index.ts'
import { apiBase } from './representation.ts'

export interface MappingServices {
  readonly mappings: Mappings
}

/** A mapping is written by hand. */
const mappingOctetsMax = 2 * 1024 * 1024
/** Longer exports are for `passerelle map`, which holds one invoice at a time. */
const sourceOctetsMax = 8 * 1024 * 1024

/** Mappings of ERP exports by name: keep them, try them. Nothing of an export is kept. */
export function mappingRoutes({ mappings }: MappingServices): readonly RouteEntry[] {
  return [
    { method: 'get', path: '/mappings', handle: ctx => list(mappings, ctx) },
    { method: 'put', path: '/mappings/{name}', handle: (ctx, { name = '' }) => save(mappings, ctx, name) },
    { method: 'get', path: '/mappings/{name}', handle: (ctx, { name = '' }) => show(mappings, ctx, name) },
    { method: 'delete', path: '/mappings/{name}', handle: (ctx, { name = '' }) => remove(mappings, ctx, name) },
    { method: 'post', path: '/mappings/{name}/trials', handle: (ctx, { name = '' }) => tryOn(mappings, ctx, name) },
  ]
}

async function list(mappings: Mappings, ctx: RouteContext): Promise<void> {
  ctx.body = { mappings: (await mappings.list()).map(summaryJson) }
}

async function save(mappings: Mappings, ctx: RouteContext, name: string): Promise<void> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) {
    throw new Problem('invalid-parameter', 'name must be 1 to 64 letters, digits, points, hyphens or underscores')
  }
  const { content } = await readBody(ctx, mappingOctetsMax)
  const outcome = await mappings.save(name, textOf(content))
  if (outcome.kind === 'saved') {
    ctx.body = summaryJson(outcome.mapping)
    return
  }
  const errors: readonly ProblemError[] = outcome.problems.map(({ pointer, message }) => ({
    rule: 'mapping',
    pointer,
    message,
  }))
  const count = errors.length === 1 ? '1 problem' : `${errors.length} problems`
  throw new Problem('invalid-mapping', `the mapping has ${count}; errors says where`, { errors })
}

function textOf(octets: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets)
  } catch (cause) {
    throw new Problem('malformed-request', 'the body is not UTF-8', { cause })
  }
}

async function show(mappings: Mappings, ctx: RouteContext, name: string): Promise<void> {
  const found = await mappings.find(name)
  if (found === undefined) throw unknown(name)
  ctx.type = 'application/json'
  ctx.set('Last-Modified', new Date(found.changedAt).toUTCString())
  ctx.body = found.document
}

async function remove(mappings: Mappings, ctx: RouteContext, name: string): Promise<void> {
  if (!(await mappings.remove(name))) throw unknown(name)
  ctx.status = 204
}

async function tryOn(mappings: Mappings, ctx: RouteContext, name: string): Promise<void> {
  const { content } = await readBody(ctx, sourceOctetsMax)
  const outcome = await mappings.tryOn(name, content)
  if (outcome.kind !== 'tried') throw refusal(name, outcome)
  ctx.body = outcome.report
}

/** The one invoice of a body, mapped; the hash is of the body under this mapping. Throws Problem. */
export async function readMapped(
  { mappings }: MappingServices,
  ctx: RouteContext,
  name: string,
): Promise<{ readonly json: unknown; readonly sha256: string }> {
  const { content, sha256 } = await readBody(ctx, sourceOctetsMax)
  const outcome = await mappings.mapOne(name, content)
  switch (outcome.kind) {
    case 'mapped':
      return { json: outcome.json, sha256: createHash('sha256').update(`${name}\n${sha256}`).digest('hex') }
    case 'lost': {
      const errors: readonly ProblemError[] = outcome.findings.map(finding => ({ ...finding }))
      throw new Problem('invalid-invoice', 'the mapping cannot carry over everything; errors says what', { errors })
    }
    case 'not-one': {
      const found = outcome.invoices === 0 ? 'no invoice' : 'more than one invoice'
      throw new Problem('unreadable-source', `the source holds ${found}; it must be exactly one`)
    }
    case 'unknown':
    case 'unreadable':
      throw refusal(name, outcome)
  }
}

function refusal(name: string, outcome: { kind: 'unknown' } | { kind: 'unreadable'; message: string }): Problem {
  return outcome.kind === 'unknown' ? unknown(name) : new Problem('unreadable-source', outcome.message)
}

function unknown(name: string): Problem {
  return new Problem('not-found', `there is no mapping ${name}`)
}

function summaryJson({ name, changedAt }: Pick<StoredMapping, 'name' | 'changedAt'>): object {
  const self = `${apiBase}/mappings/${encodeURIComponent(name)}`
  return { name, changedAt: isoOf(changedAt), links: { self, trials: `${self}/trials` } }
}
