import { Readable } from 'node:stream'
import type { Target } from '../../services/documents/index.ts'
import type { Invoice } from '../../services/domain.ts'
import type { TransmissionReader } from '../../services/ports.ts'
import { languages } from '../../wire/view/index.ts'
import { Problem, readQuery, type RouteContext } from '../http/index.ts'
import { giveAttachment, listAttachments } from './attachments.ts'
import { convertTaken, endingsOf, filesOf } from './documents.ts'
import { languageWanted, setFileHeaders } from './file-answer.ts'
import { type FileServices, inflated, open, takeKept } from './kept-document.ts'
import { oneOf } from './parameters.ts'

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

async function original({ reader }: FileServices, ctx: RouteContext, invoice: Invoice): Promise<void> {
  await giveOriginal(reader, ctx, { transmission: invoice.transmission, name: fileName(invoice, '') })
}

/** The business document as it travelled. */
export async function giveOriginal(
  reader: TransmissionReader,
  ctx: RouteContext,
  { transmission, name }: { readonly transmission: Invoice['transmission']; readonly name: string },
): Promise<void> {
  const document = await open(reader, transmission)
  setFileHeaders(ctx, `${name}${endings[document.mimeType] ?? '.bin'}`)
  ctx.type = document.mimeType
  ctx.body = Readable.from(document.octets)
}

const endings: Readonly<Record<string, string>> = {
  'application/xml': '.xml',
  'application/pdf': '.pdf',
}

/* ── What is made of it ────────────────────────────────────────────────────────────────────── */

/** What cannot be carried over is counted in a header; `passerelle convert` names it. */
async function converted(to: Target, services: FileServices, ctx: RouteContext, invoice: Invoice): Promise<void> {
  const asked = readQuery(ctx, ['language']).language
  const language = oneOf('language', languages, asked) ?? languageWanted(ctx, languages)
  const { sender } = invoice.transmission
  const branding = invoice.direction === 'outbound' ? await services.tenants.brandingOf(sender) : undefined
  const taken = await takeKept(services, ctx, invoice, { files: filesOf(to) })
  const filename = fileName(invoice, endingsOf[to])
  await convertTaken(services, ctx, taken, { to, isReport: false, options: { language, branding }, filename })
}

/* ── What is kept of it ────────────────────────────────────────────────────────────────────── */

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
