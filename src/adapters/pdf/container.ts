import { createHash } from 'node:crypto'
import PDFDocument from 'pdfkit'
import { type Instant, isoOf } from '../../kernel/index.ts'
import {
  type FacturxProfile,
  type Relationship,
  facturxFileName,
  facturxXmp,
  relationshipsOf,
} from '../../wire/facturx/index.ts'
import { escapeText } from '../../wire/xml/index.ts'
import { type NamedFile, attachableFiles } from './file-names.ts'

/** A PDF/A-3b to be made. */
export interface Container {
  /** For the title bar and the archive; any text. */
  readonly title: string
  readonly author: string
  /** Of the text, as in BCP 47. */
  readonly language: string
  readonly at: Instant
  /** All that `draw` draws, in any form: two documents that differ in it are two documents. */
  readonly content: string
  readonly embedded?: EmbeddedInvoice | undefined
}

export interface EmbeddedInvoice {
  readonly xml: Buffer
  readonly profile: FacturxProfile
  readonly files: readonly NamedFile[]
}

/** The parts of pdfkit that its types do not know. */
interface Internals {
  info: Record<string, unknown>
  _id: Uint8Array
  readonly _root: { data: { Names: { data: { EmbeddedFiles?: { _compareKeys(a: string, b: string): number } } } } }
  _addInfo(): void
  appendXML(xml: string): void
}

type Attachment = NonNullable<Parameters<PDFKit.PDFDocument['file']>[1]> & { readonly relationship: Relationship }

/**
 * A PDF/A-3b with what `draw` draws, as octets; with an embedded invoice a Factur-X. Equal arguments give equal octets. `draw` finds no
 * page and must set an embedded font before the first text: the fourteen standard fonts are not allowed in PDF/A. [ISO 19005-3 §6.2.11.4.1]
 */
export async function buildPdfA(container: Container, draw: (document: PDFKit.PDFDocument) => void): Promise<Buffer> {
  const { title, author, language, at, embedded } = container
  const document = new PDFDocument({
    // Without a version of at least 1.4 pdfkit leaves out the XMP packet, and says nothing.
    pdfVersion: '1.7',
    subset: 'PDF/A-3b',
    size: 'A4',
    // The default would be Helvetica, which is not embedded.
    font: '',
    lang: language,
    displayTitle: true,
    autoFirstPage: false,
    // Page numbers are drawn when the number of pages is known.
    bufferPages: true,
    info: {
      Title: oneLine(title),
      Author: oneLine(author),
      Creator: 'Passerelle',
      Producer: 'Passerelle',
      CreationDate: dateOf(at),
    },
  })
  const internals = document as unknown as Internals
  internals._id = fileId(container)
  escapeInfoInXmp(internals)
  draw(document)
  if (embedded !== undefined) attach(document, embedded, at)
  return await octetsOf(document)
}

/** PDF dates have no milliseconds. */
function dateOf(at: Instant): Date {
  return new Date(at - (at % 1000))
}

/** The file identifier need only differ where documents differ. [ISO 32000-2 §14.4] */
function fileId({ title, author, at, content, embedded }: Container): Uint8Array {
  const hash = createHash('sha256').update(JSON.stringify([title, author, isoOf(at), content, embedded?.profile ?? '']))
  if (embedded !== undefined) hash.update(embedded.xml)
  return hash.digest().subarray(0, 16)
}

// oxlint-disable-next-line no-control-regex -- They are what is to be removed: XMP is XML and cannot hold them.
const control = /[\u0000-\u001f\u007f-\u009f\ufffe\uffff]+/gv

function oneLine(text: string): string {
  return text.toWellFormed().replaceAll(control, ' ').trim()
}

/** pdfkit 0.20.2 copies the document information into the XMP packet as it is, and an `&` in a name would break the packet. */
function escapeInfoInXmp(document: Internals): void {
  const addInfo = document._addInfo.bind(document)
  document._addInfo = () => {
    const { info } = document
    const escaped = Object.entries(info).map(([key, value]) => [
      key,
      typeof value === 'string' ? escapeText(value) : value,
    ])
    document.info = Object.fromEntries(escaped) as Record<string, unknown>
    addInfo()
    document.info = info
  }
}

function attach(document: PDFKit.PDFDocument, { xml, profile, files }: EmbeddedInvoice, at: Instant): void {
  const date = dateOf(at)
  const invoice = { name: facturxFileName, mimeType: 'text/xml', description: 'Factur-X invoice', octets: xml }
  const [relationship = 'Alternative'] = relationshipsOf(profile)
  const attachments = [
    { ...invoice, relationship },
    ...attachableFiles(files).map(file => ({ ...file, relationship: 'Supplement' as const })),
  ]
  for (const { name, mimeType, description, octets, relationship: is } of attachments) {
    const options: Attachment = {
      name,
      type: mimeType,
      relationship: is,
      creationDate: date,
      // Factur-X asks for it, and pdfkit knows none for octets.
      modifiedDate: date,
      ...(description === undefined ? {} : { description: oneLine(description) }),
    }
    document.file(octets, options)
  }
  const internals = document as unknown as Internals
  const tree = internals._root.data.Names.data.EmbeddedFiles
  if (tree !== undefined) tree._compareKeys = (a, b) => Buffer.compare(keyOctets(a), keyOctets(b))
  internals.appendXML(facturxXmp(profile))
}

/** As the key is written; a name tree is in the order of the octets [ISO 32000-2 §7.9.6], and pdfkit sorts as people of the locale do. */
function keyOctets(key: string): Buffer {
  // oxlint-disable-next-line no-control-regex -- ASCII begins with them.
  return /^[\u0000-\u007f]*$/v.test(key) ? Buffer.from(key, 'latin1') : Buffer.from(`\ufeff${key}`, 'utf16le').swap16()
}

/** In memory to the end: what fails half-way must not have left. */
async function octetsOf(document: PDFKit.PDFDocument): Promise<Buffer> {
  const chunks: Buffer[] = []
  document.end()
  for await (const chunk of document) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
