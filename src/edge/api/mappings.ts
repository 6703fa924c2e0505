import { createHash } from 'node:crypto'
import { isoOf } from '../../kernel/index.ts'
import type { TenantId } from '../../services/domain.ts'
import type { Mappings } from '../../services/mapping/index.ts'
import type { MappingKey, StoredMapping } from '../../services/ports.ts'
import type { Tenants } from '../../services/tenants/index.ts'
import { Problem, type ProblemError, readBody, readQuery, type RouteContext, type RouteEntry } from '../http/index.ts'
import { languageWanted } from './file-answer.ts'
import { invalidBody } from './json-body.ts'
import { checkName, findingLanguages, oneOf } from './parameters.ts'
import { apiBase } from './representation.ts'
import { noTenant, tenantPath } from './tenants.ts'

export interface MappingServices {
  readonly mappings: Mappings
  readonly tenants: Tenants
}

/** A mapping is written by hand. */
const mappingOctetsMax = 2 * 1024 * 1024
/** Longer exports are for `passerelle map`, which holds one invoice at a time. */
const sourceOctetsMax = 8 * 1024 * 1024

/** Mappings of ERP exports by name, of the node and of each tenant: keep them, try them. Nothing of an export is kept. */
export function mappingRoutes(services: MappingServices): readonly RouteEntry[] {
  return [...routesBelow('/mappings', services), ...routesBelow('/tenants/{tenant}/mappings', services)]
}

function routesBelow(base: string, services: MappingServices): readonly RouteEntry[] {
  const of =
    (handle: (services: MappingServices, ctx: RouteContext, key: MappingKey) => Promise<void>): RouteEntry['handle'] =>
    async (ctx, { tenant, name = '' }) =>
      handle(services, ctx, { tenant: tenant as TenantId | undefined, name })
  return [
    { method: 'get', path: base, handle: of(list) },
    { method: 'put', path: `${base}/{name}`, handle: of(save) },
    { method: 'get', path: `${base}/{name}`, handle: of(show) },
    { method: 'delete', path: `${base}/{name}`, handle: of(remove) },
    { method: 'post', path: `${base}/{name}/trials`, handle: of(tryOn) },
  ]
}

async function list({ mappings, tenants }: MappingServices, ctx: RouteContext, { tenant }: MappingKey): Promise<void> {
  const found = await mappings.list(tenant)
  if (found.length === 0 && tenant !== undefined && (await tenants.find(tenant)) === undefined) throw noTenant(tenant)
  ctx.body = { mappings: found.map(summaryJson) }
}

async function save({ mappings }: MappingServices, ctx: RouteContext, key: MappingKey): Promise<void> {
  checkName('name', key.name)
  const { content } = await readBody(ctx, mappingOctetsMax)
  const outcome = await mappings.save(key, textOf(content))
  switch (outcome.kind) {
    case 'saved':
      ctx.body = summaryJson(outcome.mapping)
      return
    case 'unknown-tenant':
      throw noTenant(key.tenant)
    case 'too-many':
      throw new Problem('too-many-mappings', `${outcome.most} mappings are kept here, as many as there may be`)
    case 'invalid':
      throw invalidBody('mapping', outcome.problems)
  }
}

function textOf(octets: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets)
  } catch (cause) {
    throw new Problem('malformed-request', 'the body is not UTF-8', { cause })
  }
}

async function show(services: MappingServices, ctx: RouteContext, key: MappingKey): Promise<void> {
  const found = await services.mappings.find(key)
  if (found === undefined) throw await unknown(services, key)
  ctx.type = 'application/json'
  ctx.set('Last-Modified', new Date(found.changedAt).toUTCString())
  ctx.body = found.document
}

async function remove(services: MappingServices, ctx: RouteContext, key: MappingKey): Promise<void> {
  if (!(await services.mappings.remove(key))) throw await unknown(services, key)
  ctx.status = 204
}

async function tryOn(services: MappingServices, ctx: RouteContext, key: MappingKey): Promise<void> {
  const asked = oneOf('language', findingLanguages, readQuery(ctx, ['language']).language)
  const { content } = await readBody(ctx, sourceOctetsMax)
  const outcome = await services.mappings.tryOn(key, content, asked ?? languageWanted(ctx, findingLanguages))
  if (outcome.kind !== 'tried') throw await refusal(services, key, outcome)
  ctx.body = outcome.report
}

/* ── For other doors ───────────────────────────────────────────────────────────────────────── */

/** The mapping that the parameters `mapping` and `tenant` name; a tenant alone is refused. Throws Problem. */
export function mappingOf(query: Readonly<Record<'mapping' | 'tenant', readonly string[]>>): MappingKey | undefined {
  const [name] = query.mapping
  const [tenant] = query.tenant as readonly TenantId[]
  if (name !== undefined) return { tenant, name }
  if (tenant !== undefined) throw new Problem('invalid-parameter', 'tenant goes with mapping')
  return undefined
}

/** The one invoice of a body, mapped; the hash is of the body under this mapping. Throws Problem. */
export async function readMapped(
  services: MappingServices,
  ctx: RouteContext,
  key: MappingKey,
): Promise<{ readonly json: unknown; readonly sha256: string }> {
  const { content, sha256 } = await readBody(ctx, sourceOctetsMax)
  const json = await mapOne(services, ctx, key, content)
  // No name has a slash.
  const name = key.tenant === undefined ? key.name : `${key.tenant}/${key.name}`
  return { json, sha256: createHash('sha256').update(`${name}\n${sha256}`).digest('hex') }
}

/** The one invoice of a body as a document in JSON. Throws Problem. */
export async function mappedBody(services: MappingServices, ctx: RouteContext, key: MappingKey): Promise<Buffer> {
  return Buffer.from(JSON.stringify((await readMapped(services, ctx, key)).json))
}

/** The same of an export that came in a form. */
export async function mappedDocument(
  services: MappingServices,
  ctx: RouteContext,
  key: MappingKey,
  source: Buffer,
): Promise<Buffer> {
  if (source.length > sourceOctetsMax) {
    throw new Problem('body-too-large', `the export is longer than ${sourceOctetsMax} octets`)
  }
  return Buffer.from(JSON.stringify(await mapOne(services, ctx, key, source)))
}

/** What cannot be carried over is said in the language of the query, else of the reader. */
async function mapOne(services: MappingServices, ctx: RouteContext, key: MappingKey, source: Buffer): Promise<unknown> {
  const asked = findingLanguages.find(one => one === ctx.query['language'])
  const outcome = await services.mappings.mapOne(key, source, asked ?? languageWanted(ctx, findingLanguages))
  switch (outcome.kind) {
    case 'mapped':
      return outcome.json
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
      throw await refusal(services, key, outcome)
  }
}

async function refusal(
  services: MappingServices,
  key: MappingKey,
  outcome: { readonly kind: 'unknown' } | { readonly kind: 'unreadable'; readonly message: string },
): Promise<Problem> {
  if (outcome.kind === 'unknown') return await unknown(services, key)
  return new Problem('unreadable-source', outcome.message)
}

/** Whether it is the tenant that is not there is only asked when something is missing. */
async function unknown({ tenants }: MappingServices, { tenant, name }: MappingKey): Promise<Problem> {
  if (tenant === undefined) return new Problem('not-found', `there is no mapping ${name}`)
  if ((await tenants.find(tenant)) === undefined) return noTenant(tenant)
  return new Problem('not-found', `there is no mapping ${name} of tenant ${tenant}`)
}

function summaryJson({ tenant, name, changedAt }: Omit<StoredMapping, 'document'>): object {
  const base = tenant === undefined ? apiBase : tenantPath(tenant)
  const self = `${base}/mappings/${encodeURIComponent(name)}`
  return { tenant, name, changedAt: isoOf(changedAt), links: { self, trials: `${self}/trials` } }
}
