import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Octets } from '../../kernel/index.ts'
import type { Documents } from '../../services/documents/index.ts'
import type { Invoice, Transmission } from '../../services/domain.ts'
import type { TransmissionReader } from '../../services/ports.ts'
import type { Tenants } from '../../services/tenants/index.ts'
import { openDocument } from '../../wire/peppol/index.ts'
import { Problem, type RouteContext } from '../http/index.ts'
import { type DocumentRoom, type TakenDocument, takeDocument } from './taken-document.ts'

export interface FileServices extends DocumentRoom {
  readonly reader: TransmissionReader
  readonly documents: Documents
  /** How the invoices we sent look; those of others look plain. */
  readonly tenants: Pick<Tenants, 'brandingOf'>
  /** documentOctetsMax: of what is looked into; a larger document can only be had as it is. */
  readonly limits: { readonly documentOctetsMax: number }
}

/** The document of an invoice for the engine. Throws Problem `not-found`, `not-convertible` or `unavailable`. */
export async function takeKept(
  services: FileServices,
  ctx: RouteContext,
  invoice: Invoice,
  taking: Parameters<typeof takeDocument>[3],
): Promise<TakenDocument> {
  const { octets } = await open(services.reader, invoice.transmission)
  return await takeDocument(services, ctx, limited(octets, services.limits.documentOctetsMax), taking)
}

async function* limited(octets: AsyncIterable<Buffer>, octetsMax: number): AsyncGenerator<Buffer> {
  let size = 0
  for await (const piece of octets) {
    size += piece.length
    if (size > octetsMax) throw new Problem('not-convertible', `the document is larger than ${octetsMax} octets`)
    yield piece
  }
}

/** The business document as it travelled, without its envelope. Throws Problem `not-found`. */
export async function open(
  reader: TransmissionReader,
  { id }: Pick<Transmission, 'id'>,
): ReturnType<typeof openDocument> {
  const content = await reader.findContent(id, 'payload')
  if (content === undefined) throw new Problem('not-found', `the document of transmission ${id} is not kept`)
  return await openDocument(inflated(content.octets, content.compressed))
}

export function inflated(octets: Octets, compressed: boolean): AsyncIterable<Buffer> {
  const stored = octets.kind === 'memory' ? Readable.from([octets.bytes]) : Readable.from(octets.open())
  if (!compressed) return stored
  // The reader of the result sees the error; the callback only keeps it from being thrown a second time.
  return pipeline(stored, createGunzip(), () => undefined)
}
