import type { PdfEmbedder, PdfOptions, PdfWriter } from '../../services/ports.ts'
import type { InvoiceView } from '../../wire/view/index.ts'
import { buildPdfA } from './container.ts'
import { drawInvoice } from './draw.ts'
import { lackingIn } from './glyphs.ts'
import { type PdfWorkerOptions, PdfWorker, asBuffer } from './worker-host.ts'

/**
 * Draws in the thread that asks, some ten milliseconds for an ordinary invoice. PDFs that somebody brings are changed in a worker, within
 * the same bounds as createPdfReader reads them; dispose ends it.
 */
export function createPdfWriter(options: PdfWorkerOptions = {}): PdfWriter & PdfEmbedder & AsyncDisposable {
  const worker = new PdfWorker(options)
  return {
    write,
    lacking: lackingIn,
    embed: async (pdf, invoice, at) => asBuffer(await worker.ask({ kind: 'embed', pdf, invoice, at })),
    [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose](),
  }
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
