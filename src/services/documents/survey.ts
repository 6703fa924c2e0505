import { type DocumentReading, readDocument, summaryOf } from '../../wire/invoice/index.ts'
import { open } from './open.ts'
import { formatOf } from './sniff.ts'
import type { DocumentsWorld, Survey } from './types.ts'
import { validate } from './validate.ts'

/** What is recorded of a received document that nobody has read yet. */
export async function survey(world: DocumentsWorld, document: Buffer): Promise<Survey> {
  const reading = await readingOf(world, document)
  if ('findings' in reading) return { kind: 'unreadable', findings: reading.findings }
  return { kind: 'invoice', summary: summaryOf(reading.invoice), verdict: await validate(world, document) }
}

/** Of a PDF, what the XML inside it says. */
async function readingOf(world: DocumentsWorld, document: Buffer): Promise<DocumentReading> {
  if (formatOf(document) !== 'pdf') return readDocument(document)
  const opened = await open(world, document, { purpose: 'rules', language: 'en' })
  return opened.kind === 'unreadable' ? opened : readDocument(opened.xml ?? Buffer.alloc(0))
}
