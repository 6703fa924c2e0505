import {
  type Finding,
  type FindingLanguage,
  type Invoice,
  readPartialDocument,
  readPartialInvoice,
} from '../../wire/invoice/index.ts'
import { filesInInvoice, filesInPdf, filesInXml } from './files.ts'
import { type Refused, type XmlSource, readSource } from './source.ts'
import type { Contents, DocumentsWorld, EmbeddedFile, Opened, Purpose } from './types.ts'
import { sayOwn } from './words.ts'

/** The invoice and the files inside a document of any format. Never throws for bad input. */
export async function open(
  { pdfReader }: DocumentsWorld,
  document: Buffer,
  { purpose, language }: { readonly purpose: Purpose; readonly language: FindingLanguage },
): Promise<Opened> {
  const source = await readSource(document, { pdfReader, purpose })
  switch (source.kind) {
    case 'refused':
      return { kind: 'unreadable', syntax: source.syntax, findings: [findingOf(source, language)], files: [] }
    case 'xml':
      return openXml(source, language)
    case 'json':
      return openJson(source.value, language)
  }
}

/** The files inside a document of any format. Never throws for bad input. */
export async function filesOf({ pdfReader }: DocumentsWorld, document: Buffer): Promise<Contents> {
  const source = await readSource(document, { pdfReader, purpose: 'files' })
  switch (source.kind) {
    case 'refused':
      return { syntax: source.syntax, files: [], findings: [findingOf(source, 'en')] }
    case 'xml':
      return { syntax: source.facts.syntax, files: filesInSource(source), findings: [] }
    case 'json': {
      const opened = openJson(source.value, 'en')
      return { syntax: 'json', files: opened.files, findings: opened.kind === 'unreadable' ? opened.findings : [] }
    }
  }
}

function filesInSource({ document, pdf }: XmlSource): readonly EmbeddedFile[] {
  return [...(pdf === undefined ? [] : filesInPdf(pdf)), ...filesInXml(document.root)]
}

function openXml(source: XmlSource, language: FindingLanguage): Opened {
  const { facts, octets, document, pdf } = source
  const { syntax } = facts
  const files = filesInSource(source)
  const reading = readPartialDocument(document.root, { language })
  if (!('invoice' in reading)) return { kind: 'unreadable', syntax, findings: reading.findings, files }
  const { invoice, unmapped, findings } = reading
  const about = { syntax: pdf === undefined ? reading.syntax : 'facturx', xml: octets, files, unmapped } as const
  if (findings.some(({ severity }) => severity === 'fatal')) return { ...about, kind: 'partial', invoice, findings }
  // Without a fatal finding every mandatory term is there, each of its kind.
  return { ...about, kind: 'invoice', invoice: invoice as Invoice }
}

function openJson(value: unknown, language: FindingLanguage): Opened {
  const reading = readPartialInvoice(value, { language, toBeSent: false })
  const { findings } = reading
  if (!('invoice' in reading)) return { kind: 'unreadable', syntax: 'json', findings, files: [] }
  const { invoice } = reading
  const about = { syntax: 'json', xml: undefined, files: filesInInvoice(invoice), unmapped: [] } as const
  if (findings.some(({ severity }) => severity === 'fatal')) return { ...about, kind: 'partial', invoice, findings }
  // Without a fatal finding every mandatory term is there, each of its kind.
  return { ...about, kind: 'invoice', invoice: invoice as Invoice }
}

function findingOf({ rule, found }: Refused, language: FindingLanguage): Finding {
  return { rule, severity: 'fatal', pointer: '', message: sayOwn(rule, found, language), term: undefined }
}
