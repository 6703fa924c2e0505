import { type Hash, createHash } from 'node:crypto'
import { isUuid } from '../../kernel/index.ts'
import type { Documents } from '../../services/documents/index.ts'
import type { IdempotencyKey, Invoice, InvoiceId } from '../../services/domain.ts'
import type { Invoicing, SendOutcome, SendRequest } from '../../services/invoicing/index.ts'
import type { MappingKey, TransmissionReader } from '../../services/ports.ts'
import {
  bodyOf,
  Problem,
  type ProblemError,
  readParameters,
  readQuery,
  type RouteContext,
  type RouteEntry,
  spoolBody,
} from '../http/index.ts'
import { languageWanted } from './file-answer.ts'
import { files } from './files.ts'
import { parseJson } from './json-body.ts'
import { mappingOf, type MappingServices, readMapped } from './mappings.ts'
import { directionOf, limitOf } from './parameters.ts'
import { invoiceJson, linksOf, statusJson, traceJson } from './representation.ts'
import { type DocumentRoom, removeFiles, takeDocument } from './taken-document.ts'
import { giveVerdict } from './verdicts.ts'

export interface InvoiceServices extends MappingServices, DocumentRoom {
  readonly invoicing: Invoicing
  readonly reader: TransmissionReader
  readonly documents: Documents
  readonly limits: {
    readonly bodyOctetsMax: number
    readonly jsonOctetsMax: number
    readonly documentOctetsMax: number
    readonly pageMax: number
  }
}

/** Invoices: send, list, look at. */
export function invoiceRoutes(services: InvoiceServices): readonly RouteEntry[] {
  const byId =
    (
      handle: (ctx: RouteContext, invoice: Invoice, parameters: Readonly<Record<string, string>>) => Promise<void>,
    ): RouteEntry['handle'] =>
    async (ctx, parameters) =>
      handle(ctx, await findInvoice(services.reader, parameters['id'] ?? ''), parameters)
  return [
    { method: 'post', path: '/invoices', handle: ctx => send(services, ctx) },
    { method: 'get', path: '/invoices', handle: ctx => list(services, ctx) },
    {
      method: 'get',
      path: '/invoices/{id}',
      handle: byId(async (ctx, invoice) => void (ctx.body = invoiceJson(invoice))),
    },
    {
      method: 'get',
      path: '/invoices/{id}/status',
      handle: byId(async (ctx, invoice) => void (ctx.body = statusJson(invoice))),
    },
    {
      method: 'get',
      path: '/invoices/{id}/verdict',
      handle: byId((ctx, invoice) => giveVerdict(services, ctx, invoice)),
    },
    {
      method: 'get',
      path: '/invoices/{id}/events',
      handle: byId((ctx, invoice) => trace(services.reader, ctx, invoice)),
    },
    ...Object.entries(files).map(([name, give]): RouteEntry => ({
      method: 'get',
      path: `/invoices/{id}/files/${name}`,
      handle: byId((ctx, invoice, parameters) => give(services, ctx, invoice, parameters)),
    })),
  ]
}

/* ── Sending ───────────────────────────────────────────────────────────────────────────────── */

async function send(services: InvoiceServices, ctx: RouteContext): Promise<void> {
  const key = idempotencyKeyOf(ctx)
  const mapping = mappingOf(readParameters(ctx, { mapping: 'one', tenant: 'one' }))
  const { source, sha256 } = await (mapping === undefined
    ? readSource(services, ctx)
    : readExport(services, ctx, mapping))
  const idempotency: IdempotencyKey | undefined = key === undefined ? undefined : { key, requestSha256: sha256 }
  const language = languageWanted(ctx, ['en', 'fr'])
  const outcome = await services.invoicing.send({ source, route: { kind: 'peppol' }, idempotency, language })
  answer(ctx, outcome)
}

function answer(ctx: RouteContext, outcome: SendOutcome): void {
  switch (outcome.kind) {
    case 'accepted': {
      const { invoiceId, transmissionId, repeated } = outcome
      const links = linksOf(invoiceId)
      ctx.status = 202
      ctx.set('Location', links['self'] ?? '')
      ctx.body = { id: invoiceId, transmissionId, repeated, links }
      return
    }
    case 'invalid': {
      const errors: readonly ProblemError[] = outcome.findings.map(finding => ({ ...finding }))
      const count = errors.filter(error => error['severity'] === 'fatal').length
      throw new Problem(
        'invalid-invoice',
        `${count} ${count === 1 ? 'rule is' : 'rules are'} broken; errors says which`,
        { errors },
      )
    }
    case 'number-taken':
      throw new Problem('number-taken', `invoice ${outcome.invoiceId} has this number`, {
        members: { links: { invoice: linksOf(outcome.invoiceId)['self'] } },
      })
    case 'key-reused':
      throw new Problem(
        'key-reused',
        'the Idempotency-Key was used before with another body; use a new key for another invoice',
      )
  }
}

function idempotencyKeyOf(ctx: RouteContext): string | undefined {
  const key = ctx.get('Idempotency-Key')
  if (key === '') return undefined
  if (/^[\x21-\x7E]{1,255}$/.test(key)) return key
  throw new Problem('invalid-parameter', 'Idempotency-Key must be 1 to 255 visible ASCII characters')
}

async function readSource(services: InvoiceServices, ctx: RouteContext): Promise<ReadSource> {
  const { spool, held, limits } = services
  const type = ctx.is('json', 'application/xml', 'text/xml', 'application/pdf')
  if (type === 'json') return await readJson(services, ctx)
  if (type !== false && type !== null) {
    const { content, sha256 } = await spoolBody(ctx, spool, limits.bodyOctetsMax)
    if (content.size === 0) throw new Problem('malformed-request', 'the body is empty')
    if (type === 'application/pdf' && content.kind === 'stored') await held.enter(ctx, content.size)
    return { source: { kind: type === 'application/pdf' ? 'pdf' : 'xml', octets: content }, sha256 }
  }
  throw new Problem(
    'unsupported-media-type',
    'send application/json (EN 16931 model), application/xml (UBL, CII) or application/pdf (Factur-X)',
  )
}

interface ReadSource {
  readonly source: SendRequest['source']
  readonly sha256: string
}

/** Large files in it wait on the disk until the document is written. */
async function readJson(services: InvoiceServices, ctx: RouteContext): Promise<ReadSource> {
  const { jsonOctetsMax, bodyOctetsMax } = services.limits
  const hash = createHash('sha256')
  const body = hashed(bodyOf(ctx, bodyOctetsMax), hash)
  const { octets, aside } = await takeDocument(services, ctx, body, {
    files: 'caller',
    format: 'json',
    octetsMax: jsonOctetsMax,
  })
  try {
    return { source: { kind: 'json', value: parseJson(octets), aside }, sha256: hash.digest('hex') }
  } catch (error) {
    await removeFiles(services, aside)
    throw error
  }
}

async function* hashed(chunks: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    hash.update(chunk)
    yield chunk
  }
}

async function readExport(services: InvoiceServices, ctx: RouteContext, mapping: MappingKey): Promise<ReadSource> {
  const { json, sha256 } = await readMapped(services, ctx, mapping)
  return { source: { kind: 'json', value: json }, sha256 }
}

/* ── Looking ───────────────────────────────────────────────────────────────────────────────── */

async function list({ reader, limits }: InvoiceServices, ctx: RouteContext): Promise<void> {
  const query = readQuery(ctx, ['direction', 'number', 'cursor', 'limit'])
  const { cursor } = query
  if (cursor !== undefined && !isUuid(cursor))
    throw new Problem('invalid-parameter', 'cursor must be the next of an earlier answer')
  const most = limitOf(query.limit, limits.pageMax)
  // One more than asked tells whether there is a next page.
  const found = await reader.listInvoices({
    direction: directionOf(query.direction),
    number: query.number,
    after: cursor as InvoiceId | undefined,
    most: most + 1,
  })
  const page = found.slice(0, most)
  ctx.body = { invoices: page.map(invoiceJson), next: found.length > most ? page.at(-1)?.id : undefined }
}

async function findInvoice(reader: TransmissionReader, id: string): Promise<Invoice> {
  const invoice = isUuid(id) ? await reader.findInvoice(id as InvoiceId) : undefined
  if (invoice === undefined) throw new Problem('not-found', `there is no invoice ${id}`)
  return invoice
}

async function trace(reader: TransmissionReader, ctx: RouteContext, invoice: Invoice): Promise<void> {
  const { id } = invoice.transmission
  const [events, attempts] = await Promise.all([reader.listEvents(id), reader.listAttempts(id)])
  ctx.body = traceJson(invoice, events, attempts)
}
