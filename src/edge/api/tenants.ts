import { isoOf } from '../../kernel/index.ts'
import type { Tenant, TenantId } from '../../services/domain.ts'
import type { SaveOutcome, Tenants } from '../../services/tenants/index.ts'
import { formatIdentifier } from '../../wire/peppol/index.ts'
import { type Branding } from '../../wire/view/index.ts'
import { Problem, type ProblemError, readBody, readQuery, type RouteContext, type RouteEntry } from '../http/index.ts'
import { setFile } from './file-answer.ts'
import { invalidBody, parseJson } from './json-body.ts'
import { checkName, isName, limitOf } from './parameters.ts'
import { apiBase } from './representation.ts'

export interface TenantServices {
  readonly tenants: Tenants
  readonly limits: { readonly pageMax: number }
}

/** A thousand participants of the longest kind are half of it. */
const tenantOctetsMax = 256 * 1024
/** It stands in every page and PDF of the tenant. */
const logoOctetsMax = 512 * 1024

/** The businesses that this node serves: who they are, and how their invoices look. Their mappings have routes of their own. */
export function tenantRoutes(services: TenantServices): readonly RouteEntry[] {
  const of =
    (handle: (tenants: Tenants, ctx: RouteContext, id: TenantId) => Promise<void>): RouteEntry['handle'] =>
    async (ctx, { tenant = '' }) =>
      handle(services.tenants, ctx, tenant as TenantId)
  return [
    { method: 'get', path: '/tenants', handle: ctx => list(services, ctx) },
    { method: 'put', path: '/tenants/{tenant}', handle: of(save) },
    { method: 'get', path: '/tenants/{tenant}', handle: of(show) },
    { method: 'delete', path: '/tenants/{tenant}', handle: of(remove) },
    { method: 'put', path: '/tenants/{tenant}/logo', handle: of(saveLogo) },
    { method: 'get', path: '/tenants/{tenant}/logo', handle: of(giveLogo) },
    { method: 'delete', path: '/tenants/{tenant}/logo', handle: of(removeLogo) },
  ]
}

async function list({ tenants, limits }: TenantServices, ctx: RouteContext): Promise<void> {
  const { cursor, limit } = readQuery(ctx, ['cursor', 'limit'])
  if (cursor !== undefined && !isName(cursor)) {
    throw new Problem('invalid-parameter', 'cursor must be the next of an earlier answer')
  }
  const most = limitOf(limit, limits.pageMax)
  // One more than asked tells whether there is a next page.
  const found = await tenants.list({ after: cursor, most: most + 1 })
  const page = found.slice(0, most)
  ctx.body = { tenants: page.map(summaryJson), next: found.length > most ? page.at(-1)?.id : undefined }
}

async function save(tenants: Tenants, ctx: RouteContext, id: TenantId): Promise<void> {
  checkName('tenant', id)
  const { content } = await readBody(ctx, tenantOctetsMax)
  ctx.body = tenantJson(saved(await tenants.save(id, parseJson(content))))
}

function saved(outcome: SaveOutcome): Tenant {
  switch (outcome.kind) {
    case 'saved':
      return outcome.tenant
    case 'invalid':
      throw invalidBody('tenant', outcome.problems)
    case 'taken': {
      const errors: readonly ProblemError[] = outcome.conflicts.map(conflict => ({ rule: 'tenant.taken', ...conflict }))
      throw new Problem('participant-taken', 'a participant belongs to one tenant at most; errors says to which', {
        errors,
      })
    }
  }
}

async function show(tenants: Tenants, ctx: RouteContext, id: TenantId): Promise<void> {
  const found = await tenants.find(id)
  if (found === undefined) throw noTenant(id)
  ctx.body = tenantJson(found)
}

async function remove(tenants: Tenants, ctx: RouteContext, id: TenantId): Promise<void> {
  switch (await tenants.remove(id)) {
    case 'removed':
      ctx.status = 204
      return
    case 'unknown':
      throw noTenant(id)
    case 'has-mappings': {
      const links = { mappings: `${tenantPath(id)}/mappings` }
      throw new Problem('tenant-in-use', `tenant ${id} keeps mappings; remove these first`, { members: { links } })
    }
  }
}

/* ── Logos ─────────────────────────────────────────────────────────────────────────────────── */

/** What is said of a logo that comes with one call. */
export const unfitLogo = wantedLogo('16 million')

function wantedLogo(pixels: string): string {
  return `logo must be a PNG, or a JPEG in grey or YCbCr, whole and of at most ${pixels} pixels`
}

async function saveLogo(tenants: Tenants, ctx: RouteContext, id: TenantId): Promise<void> {
  const { content } = await readBody(ctx, logoOctetsMax)
  const outcome = await tenants.saveLogo(id, content)
  switch (outcome.kind) {
    case 'saved':
      ctx.body = tenantJson(outcome.tenant)
      return
    case 'unfit':
      throw new Problem('invalid-logo', wantedLogo('4 million'))
    case 'unknown':
      throw noTenant(id)
  }
}

async function giveLogo(tenants: Tenants, ctx: RouteContext, id: TenantId): Promise<void> {
  const logo = await tenants.findLogo(id)
  if (logo === undefined) throw await noLogo(tenants, id)
  const { octets, mimeType } = logo
  setFile(ctx, { filename: `${id}${mimeType === 'image/png' ? '.png' : '.jpg'}`, mimeType, octets, isOurs: false })
}

async function removeLogo(tenants: Tenants, ctx: RouteContext, id: TenantId): Promise<void> {
  if (!(await tenants.removeLogo(id))) throw await noLogo(tenants, id)
  ctx.status = 204
}

async function noLogo(tenants: Tenants, id: TenantId): Promise<Problem> {
  if ((await tenants.find(id)) === undefined) return noTenant(id)
  return new Problem('not-found', `tenant ${id} has no logo`)
}

/* ── For other doors ───────────────────────────────────────────────────────────────────────── */

/** How what the parameter `tenant` names makes a page look; nothing without it. Throws Problem `not-found`. */
export async function brandingNamed(
  { tenants }: Pick<TenantServices, 'tenants'>,
  tenant: string | undefined,
): Promise<Branding> {
  if (tenant === undefined) return {}
  const branding = await tenants.brandingOfTenant(tenant as TenantId)
  if (branding === undefined) throw noTenant(tenant)
  return branding
}

export function noTenant(id: string | undefined): Problem {
  return new Problem('not-found', `there is no tenant ${id}`)
}

export function tenantPath(id: TenantId): string {
  return `${apiBase}/tenants/${encodeURIComponent(id)}`
}

function tenantJson(tenant: Tenant): object {
  const { participants, look } = tenant
  const { color, footer, logo } = look
  return {
    ...summaryJson(tenant),
    participants: participants.map(formatIdentifier),
    branding: { color, footer },
    logo: logo && { mimeType: logo.mimeType, size: logo.size },
  }
}

function summaryJson({ id, name, changedAt }: Pick<Tenant, 'id' | 'name' | 'changedAt'>): object {
  const self = tenantPath(id)
  return {
    id,
    name,
    changedAt: isoOf(changedAt),
    links: { self, logo: `${self}/logo`, mappings: `${self}/mappings` },
  }
}
