import type { PdfContents, PdfReader } from '../../services/ports.ts'
import { type PdfWorkerOptions, PdfWorker, asBuffer } from './worker-host.ts'

/**
 * A reader with one worker, which is started for the first PDF and kept; after a PDF that used up its time or memory, the next one
 * gets a new worker. PDFs are read one after the other. Dispose ends the worker; who waits then gets `timeout`.
 */
export function createPdfReader(options: PdfWorkerOptions = {}): PdfReader & AsyncDisposable {
  const worker = new PdfWorker(options)
  return {
    read: async pdf => withBuffers(await worker.ask({ kind: 'read', pdf })),
    [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose](),
  }
}

/** What passes between threads arrives as plain Uint8Array. */
function withBuffers(contents: PdfContents): PdfContents {
  const { xml, relationship, files, conformanceLevel, warnings } = contents
  return {
    xml: asBuffer(xml),
    relationship,
    files: files.map(({ name, mimeType, description, relationship: is, octets }) => ({
      name,
      mimeType,
      description,
      relationship: is,
      octets: asBuffer(octets),
    })),
    conformanceLevel,
    warnings,
  }
}
