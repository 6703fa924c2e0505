import type { PdfOptions, PdfWriter } from '../../services/ports.ts'
import type { InvoiceView } from '../../wire/view/index.ts'
import { buildPdfA } from './container.ts'
import { drawInvoice } from './draw.ts'

/** Draws in the thread that asks: some ten milliseconds for an ordinary invoice. */
export function createPdfWriter(): PdfWriter {
  return { write }
}

async function write(view: InvoiceView, { branding, at, embedded }: PdfOptions): Promise<Buffer> {
  const { title, number, parties, language } = view
  const container = {
    title: `${title} ${number}`,
    author: parties[0]?.name ?? '',
    language,
    at,
    content: JSON.stringify([view, branding.color, branding.footer, branding.logo?.toString('base64')]),
    embedded,
  }
  return await buildPdfA(container, document => drawInvoice(document, view, branding))
}
