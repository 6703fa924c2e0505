import type Koa from 'koa'
import type { Directory } from '../../services/directory/index.ts'
import { type RequestState, type RouteEntry, serveRoutes } from '../http/index.ts'
import { authenticate } from './authentication.ts'
import { documentRoutes } from './documents.ts'
import { type InvoiceServices, invoiceRoutes } from './invoices.ts'
import { openApiDocument } from './openapi.ts'
import { mappingRoutes, type MappingServices } from './mappings.ts'
import { participantRoutes } from './participants.ts'
import { apiBase } from './representation.ts'
import { tenantRoutes } from './tenants.ts'
import { transmissionRoutes } from './transmissions.ts'

export { HeldMemory } from './held-memory.ts'
export { openApiDocument } from './openapi.ts'
export { cardJson, endpointJson, exceptionJson, invoiceJson, stepsJson, traceJson } from './representation.ts'

export interface ApiServices extends InvoiceServices, MappingServices {
  readonly directory: Directory
  /** SHA-256 of the bearer tokens, hexadecimal; none leaves the API open on loopback names. */
  readonly tokenHashes: readonly string[]
  /** Where the world reaches this node. */
  readonly publicUrl: string
}

/** The REST API under /api/v1. Leaves every other path to who comes next. */
export function apiDoor(services: ApiServices): readonly Koa.Middleware<RequestState>[] {
  const guard = authenticate(services.tokenHashes)
  const description = openApiDocument(services.publicUrl + apiBase)
  return [
    serveRoutes(apiBase, [describe(description)]),
    async (ctx, next) => (isOurs(ctx.path) ? guard(ctx, next) : next()),
    serveRoutes(apiBase, apiRoutes(services)),
  ]
}

/** The table of all routes that need a token. */
export function apiRoutes(services: Omit<ApiServices, 'tokenHashes' | 'publicUrl'>): readonly RouteEntry[] {
  return [
    ...invoiceRoutes(services),
    ...documentRoutes(services),
    ...transmissionRoutes(services),
    ...mappingRoutes(services),
    ...tenantRoutes(services),
    ...participantRoutes(services.directory),
  ]
}

/** Readable by everyone: it says nothing that is not in our repository. */
function describe(description: Readonly<Record<string, unknown>>): RouteEntry {
  return {
    method: 'get',
    path: '/openapi.json',
    handle: async ctx => {
      ctx.body = description
    },
  }
}

function isOurs(path: string): boolean {
  return path === apiBase || path.startsWith(`${apiBase}/`)
}
