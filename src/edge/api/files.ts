import { createGunzip } from 'node:zlib'
import { pipeline, Readable } from 'node:stream'
import type { Octets } from '../../kernel/index.ts'
import type { Documents, EmbeddedFile, Target } from '../../services/documents/index.ts'
import type { Invoice } from '../../services/domain.ts'
import type { TransmissionReader } from '../../services/ports.ts'
import { openDocument } from '../../wire/peppol/index.ts'
import { languages } from '../../wire/view/index.ts'
import { Problem, type RouteContext } from '../http/index.ts'
import { answerConverted, endingsOf, notConvertible, readable } from './documents.ts'
import { languageWanted, setFile, setFileHeaders } from './file-answer.ts'
import { apiBase } from './representation.ts'

export interface FileServices {
  readonly reader: TransmissionReader
  readonly documents: Documents
  readonly limits: { readonly bodyOctetsMax: number }
}

type Give = (
  services: FileServices,
  ctx: RouteContext,
  invoice: Invoice,
  parameters: Readonly<Record<string, string>>,
) => Promise<void>

/** What is kept of an invoice and what can be made of it, by the last part of its path. */
export const files: Readonly<Record<string, Give>> = {
  original,
  ubl: (services, ctx, invoice) =>
    syntaxOf(invoice) === 'ubl' ? original(services, ctx, invoice) : converted('ubl', services, ctx, invoice),
  cii: (services, ctx, invoice) =>
    syntaxOf(invoice) === 'cii' ? original(services, ctx, invoice) : converted('cii', services, ctx, invoice),
  facturx: (services, ctx, invoice) => converted('facturx', services, ctx, invoice),
  pdf: (services, ctx, invoice) => converted('pdf', services, ctx, invoice),
  html: (services, ctx, invoice) => converted('html', services, ctx, invoice),
  receipt,
  attachments: listAttachments,
  'attachments/{number}': giveAttachment,
}

/** By what it travelled as; undefined for what is neither, e.g. a PDF. */
function syntaxOf({ transmission }: Invoice): 'ubl' | 'cii' | undefined {
  const { value } = transmission.documentType
  if (value.includes('::CrossIndustryInvoice##')) return 'cii'
  return /::(?:Invoice|CreditNote)##/.test(value) ? 'ubl' : undefined
}

/** The business document as it travelled. */
async function original({ reader }: FileServices, ctx: RouteContext, invoice: Invoice): Promise<void> {
  const document = await open(reader, invoice)
  setFileHeaders(ctx, fileName(invoice, document.kind === 'xml' ? '.xml' : '.bin'))
  ctx.type = document.mimeType
  ctx.body = Readable.from(document.octets)
}

/* ── What is made of it ────────────────────────────────────────────────────────────────────── */

/** What cannot be carried over is counted in a header; `passerelle convert` names it. */
async function converted(to: Target, services: FileServices, ctx: RouteContext, invoice: Invoice): Promise<void> {
  const language = languageWanted(ctx, languages)
  const conversion = await services.documents.convert(await gather(services, invoice), to, { language })
  answerConverted(ctx, readable(conversion), fileName(invoice, endingsOf[to]))
}

/** The files inside: what is in the PDF it travelled as, and the attachments (BG-24). */
async function listAttachments(services: FileServices, ctx: RouteContext, invoice: Invoice): Promise<void> {
  const path = `${apiBase}/invoices/${invoice.id}/files/attachments`
  const found = await attachmentsOf(services, invoice)
  ctx.body = {
    attachments: found.map(({ name, mimeType, description, relationship, octets }, index) => ({
      number: index + 1,
      name,
      mimeType,
      description,
      relationship,
      size: octets.length,
      link: `${path}/${index + 1}`,
    })),
  }
}

async function giveAttachment(...[services, ctx, invoice, parameters]: Parameters<Give>): Promise<void> {
  const number = parameters['number'] ?? ''
  const found = /^[1-9]\d{0,4}$/.test(number) ? (await attachmentsOf(services, invoice))[Number(number) - 1] : undefined
  if (found === undefined) throw new Problem('not-found', `invoice ${invoice.id} has no attachment ${number}`)
  const { name, mimeType, octets } = found
  setFile(ctx, { filename: name || `attachment-${number}`, mimeType, octets, isOurs: false })
}

async function attachmentsOf(services: FileServices, invoice: Invoice): Promise<readonly EmbeddedFile[]> {
  const { files: found, findings } = await services.documents.files(await gather(services, invoice))
  if (findings.length > 0) throw notConvertible(findings)
  return found
}

/* ── What is kept of it ────────────────────────────────────────────────────────────────────── */

/** In memory: a document that is larger than what may be sent to us can only be had as it is. */
export async function gather({ reader, limits }: FileServices, invoice: Invoice): Promise<Buffer> {
  const { octets } = await open(reader, invoice)
  const gathered: Buffer[] = []
  let size = 0
  for await (const piece of octets) {
    size += piece.length
    if (size > limits.bodyOctetsMax) {
      throw new Problem('not-convertible', `the document is larger than ${limits.bodyOctetsMax} octets`)
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

function fileName({ number }: Invoice, ending: string): string {
  return `${number.replaceAll(/[^\w.-]+/g, '_')}${ending}`
}

/** The signed receipt as it came. */
async function receipt({ reader }: FileServices, ctx: RouteContext, invoice: Invoice): Promise<void> {
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
