import { isUuid } from '../../kernel/index.ts'
import type { Transmission, TransmissionId } from '../../services/domain.ts'
import type { TransmissionReader } from '../../services/ports.ts'
import { Problem, readQuery, type RouteContext, type RouteEntry } from '../http/index.ts'
import { giveOriginal } from './files.ts'
import { directionOf, limitOf } from './parameters.ts'
import { exceptionJson, traceJson } from './representation.ts'

export interface TransmissionServices {
  readonly reader: TransmissionReader
  readonly limits: { readonly pageMax: number }
}

/** Transmissions by their own id, as the log names them: also those that hold no invoice, or none that can be read. */
export function transmissionRoutes(services: TransmissionServices): readonly RouteEntry[] {
  const { reader } = services
  const byId =
    (handle: (ctx: RouteContext, transmission: Transmission) => Promise<void>): RouteEntry['handle'] =>
    async (ctx, parameters) =>
      handle(ctx, await findTransmission(reader, parameters['id'] ?? ''))
  return [
    { method: 'get', path: '/exceptions', handle: ctx => list(services, ctx) },
    {
      method: 'get',
      path: '/transmissions/{id}',
      handle: byId(async (ctx, transmission) => void (ctx.body = exceptionJson(transmission))),
    },
    {
      method: 'get',
      path: '/transmissions/{id}/events',
      handle: byId((ctx, transmission) => trace(reader, ctx, transmission)),
    },
    {
      method: 'get',
      path: '/transmissions/{id}/files/original',
      handle: byId((ctx, transmission) => giveOriginal(reader, ctx, { transmission, name: transmission.id })),
    },
  ]
}

async function list({ reader, limits }: TransmissionServices, ctx: RouteContext): Promise<void> {
  const query = readQuery(ctx, ['direction', 'cursor', 'limit'])
  const most = limitOf(query.limit, limits.pageMax)
  if (query.cursor !== undefined && !isUuid(query.cursor))
    throw new Problem('invalid-parameter', 'cursor must be the next of an earlier answer')
  // One more than asked tells whether there is a next page.
  const found = await reader.listExceptions({
    direction: directionOf(query.direction),
    after: query.cursor as TransmissionId | undefined,
    most: most + 1,
  })
  const page = found.slice(0, most)
  ctx.body = { exceptions: page.map(exceptionJson), next: found.length > most ? page.at(-1)?.id : undefined }
}

async function findTransmission(reader: TransmissionReader, id: string): Promise<Transmission> {
  const transmission = isUuid(id) ? await reader.findTransmission(id as TransmissionId) : undefined
  if (transmission === undefined) throw new Problem('not-found', `there is no transmission ${id}`)
  return transmission
}

async function trace(reader: TransmissionReader, ctx: RouteContext, transmission: Transmission): Promise<void> {
  const { id } = transmission
  const [events, attempts] = await Promise.all([reader.listEvents(id), reader.listAttempts(id)])
  ctx.body = traceJson({ id, transmission }, events, attempts)
}
