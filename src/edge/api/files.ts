import { createGunzip } from 'node:zlib'
import { pipeline, Readable } from 'node:stream'
import type { Octets } from '../../kernel/index.ts'
import type { Invoice } from '../../services/domain.ts'
import type { TransmissionReader } from '../../services/ports.ts'
import { cannotCarry, readDocument, writeCii, writeUbl } from '../../wire/invoice/index.ts'
import { openDocument } from '../../wire/peppol/index.ts'
import { Problem, type RouteContext } from '../http/index.ts'
import { apiBase } from './representation.ts'

type Give = (reader: TransmissionReader, ctx: RouteContext, invoice: Invoice) => Promise<void>

/** What is kept of an invoice, by the last part of its path. */
export const files: Readonly<Record<'original' | 'ubl' | 'cii' | 'receipt', Give>> = {
  original,
  ubl: (reader, ctx, invoice) =>
    isCii(invoice) ? converted('ubl', reader, ctx, invoice) : original(reader, ctx, invoice),
  cii: (reader, ctx, invoice) =>
    isCii(invoice) ? original(reader, ctx, invoice) : converted('cii', reader, ctx, invoice),
  receipt,
}

function isCii({ transmission }: Invoice): boolean {
  return transmission.documentType.value.includes('::CrossIndustryInvoice##')
}

/** The business document as it travelled. */
async function original(reader: TransmissionReader, ctx: RouteContext, invoice: Invoice): Promise<void> {
  const document = await open(reader, invoice)
  ctx.type = document.mimeType
  nameFile(ctx, invoice, document.kind === 'xml' ? '.xml' : '.bin')
  ctx.body = Readable.from(document.octets)
}

/** Larger documents are given as they are only: converting holds them in memory. */
const convertedOctetsMax = 16 * 1024 * 1024

/** What cannot be carried over is counted in a header; `passerelle convert` names it. */
async function converted(
  syntax: 'ubl' | 'cii',
  reader: TransmissionReader,
  ctx: RouteContext,
  invoice: Invoice,
): Promise<void> {
  const document = await open(reader, invoice)
  const reading = document.kind === 'xml' ? readDocument(await gather(document.octets)) : { findings: [] }
  if ('findings' in reading) {
    const [first] = reading.findings
    throw new Problem('not-convertible', first?.message ?? 'only a document in XML can be converted')
  }
  const lost = cannotCarry(reading.invoice, syntax).filter(({ severity }) => severity === 'fatal')
  ctx.type = 'application/xml'
  ctx.set('Passerelle-Left-Out', String(lost.length + reading.unmapped.length))
  nameFile(ctx, invoice, `.${syntax}.xml`)
  ctx.body = syntax === 'cii' ? writeCii(reading.invoice) : writeUbl(reading.invoice)
}

async function gather(octets: AsyncIterable<Buffer>): Promise<Buffer> {
  const gathered: Buffer[] = []
  let size = 0
  for await (const piece of octets) {
    size += piece.length
    if (size > convertedOctetsMax) {
      throw new Problem('not-convertible', `the document is larger than ${convertedOctetsMax} octets`)
    }
    gathered.push(piece)
  }
  return Buffer.concat(gathered)
}

async function open(reader: TransmissionReader, invoice: Invoice): ReturnType<typeof openDocument> {
  const content = await reader.findContent(invoice.transmission.id, 'payload')
  if (content === undefined)
    throw new Problem('not-found', `the document of ${apiBase}/invoices/${invoice.id} is not kept`)
  return await openDocument(inflated(content.octets, content.compressed))
}

function nameFile(ctx: RouteContext, { number }: Invoice, ending: string): void {
  ctx.set('Content-Disposition', `attachment; filename="${number.replaceAll(/[^\w.-]+/g, '_')}${ending}"`)
}

/** The signed receipt as it came. */
async function receipt(reader: TransmissionReader, ctx: RouteContext, invoice: Invoice): Promise<void> {
  const content = await reader.findContent(invoice.transmission.id, 'answer')
  if (content === undefined) throw new Problem('not-found', 'there is no receipt yet')
  ctx.type = 'application/soap+xml'
  ctx.body = Readable.from(inflated(content.octets, content.compressed))
}

function inflated(octets: Octets, compressed: boolean): AsyncIterable<Buffer> {
  const stored = octets.kind === 'memory' ? Readable.from([octets.bytes]) : Readable.from(octets.open())
  if (!compressed) return stored
  // The reader of the result sees the error; the callback only keeps it from being thrown a second time.
  return pipeline(stored, createGunzip(), () => undefined)
}
