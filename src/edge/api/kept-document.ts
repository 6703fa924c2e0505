import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Octets } from '../../kernel/index.ts'
import type { Documents } from '../../services/documents/index.ts'
import type { Invoice, Transmission } from '../../services/domain.ts'
import type { TransmissionReader } from '../../services/ports.ts'
import type { Tenants } from '../../services/tenants/index.ts'
import { openDocument } from '../../wire/peppol/index.ts'
import { Problem } from '../http/index.ts'

export interface FileServices {
  readonly reader: TransmissionReader
  readonly documents: Documents
  /** How the invoices we sent look; those of others look plain. */
  readonly tenants: Pick<Tenants, 'brandingOf'>
  /** documentOctetsMax: of what is converted, which is held in memory. */
  readonly limits: { readonly documentOctetsMax: number }
}

/** In memory: a larger document can only be had as it is. */
export async function gather({ reader, limits }: FileServices, invoice: Invoice): Promise<Buffer> {
  const { octets } = await open(reader, invoice.transmission)
  const gathered: Buffer[] = []
  let size = 0
  for await (const piece of octets) {
    size += piece.length
    if (size > limits.documentOctetsMax) {
      throw new Problem('not-convertible', `the document is larger than ${limits.documentOctetsMax} octets`)
    }
    gathered.push(piece)
  }
  return Buffer.concat(gathered)
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
