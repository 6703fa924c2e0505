import { WireError } from '../../kernel/index.ts'
import { type XmlDocument, XmlError, parseXml } from '../../wire/xml/index.ts'
import type { DocumentFacts, PdfContents, PdfReader } from '../ports.ts'
import { factsOf } from './facts.ts'
import { formatOf } from './sniff.ts'
import { withoutFiles } from './thin.ts'
import type { DocumentSyntax, Purpose } from './types.ts'
import { type OwnRule, isOwnRule } from './words.ts'

/** What a document turned out to be: XML (also out of a PDF) or JSON that can be parsed, or why it is neither. */
export type Source = XmlSource | { readonly kind: 'json'; readonly value: unknown } | Refused

export interface XmlSource {
  readonly kind: 'xml'
  readonly facts: DocumentFacts
  readonly octets: Buffer
  readonly document: XmlDocument
  /** The PDF that it was in. */
  readonly pdf: PdfContents | undefined
}

export interface Refused {
  readonly kind: 'refused'
  readonly syntax: DocumentSyntax
  readonly rule: OwnRule
  /** What was found, for the words of the rule. */
  readonly found: string
}

/** Enough for 25,000 lines; and with files for the 100 MB that French law lets an invoice have, in Base64. */
const limits = {
  rules: { octetsMax: 64 * 1024 * 1024, nodesMax: 2_000_000 },
  files: { octetsMax: 256 * 1024 * 1024, nodesMax: 2_000_000 },
}

/** A smaller document is not looked through for files: leaving them out would cost more than it saves. */
const thinnedFrom = 1024 * 1024

/** Finds out what it is and parses it, once. Never throws for bad input. */
export async function readSource(
  document: Buffer,
  { pdfReader, purpose }: { readonly pdfReader: PdfReader; readonly purpose: Purpose },
): Promise<Source> {
  switch (formatOf(document)) {
    case 'xml':
      return readXml(document, purpose, undefined)
    case 'json':
      return readJson(document)
    case 'pdf': {
      const pdf = await openPdf(document, pdfReader)
      return 'kind' in pdf ? pdf : readXml(pdf.xml, purpose, pdf)
    }
    case 'empty':
      return refused('document.empty', '')
    case 'unknown':
      return refused('document.format', '')
  }
}

export function readXml(octets: Buffer, purpose: Purpose, pdf: PdfContents | undefined): XmlSource | Refused {
  const thin = purpose === 'rules' && octets.length > thinnedFrom ? withoutFiles(octets) : octets
  try {
    const document = parseXml(thin, limits[purpose])
    return { kind: 'xml', facts: factsOf(document.root, pdf !== undefined), octets: thin, document, pdf }
  } catch (error) {
    if (error instanceof XmlError) return refused('xml', error.message, pdf === undefined ? 'unknown' : 'facturx')
    throw error
  }
}

function readJson(octets: Buffer): Source {
  try {
    // A byte order mark is not content. [RFC 8259 §8.1]
    return { kind: 'json', value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(octets)) }
  } catch (error) {
    return refused('json', (error as Error).message)
  }
}

async function openPdf(document: Buffer, reader: PdfReader): Promise<PdfContents | Refused> {
  try {
    return await reader.read(document)
  } catch (error) {
    const rule = error instanceof WireError ? `pdf.${error.code}` : ''
    if (isOwnRule(rule)) return refused(rule, (error as Error).message)
    throw error
  }
}

function refused(rule: OwnRule, found: string, syntax: DocumentSyntax = 'unknown'): Refused {
  return { kind: 'refused', syntax, rule, found }
}
