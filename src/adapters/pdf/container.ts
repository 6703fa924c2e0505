import { createHash } from 'node:crypto'
import PdfDocument from 'pdfkit'
import { type Instant, isoOf } from '../../kernel/index.ts'
import { type FacturxProfile, facturxFileName, facturxXmp, relationshipsOf } from '../../wire/facturx/index.ts'
import { type NamedFile, attachableFiles } from './file-names.ts'
import { addToXmp, escapeInfoInXmp, setFileId, sortNamesByOctets } from './pdfkit-internals.ts'

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

/**
 * A PDF/A-3b with what `draw` draws, as octets; with an embedded invoice a Factur-X. Equal arguments give equal octets. `draw` finds no
 * page and must set an embedded font before the first text: the fourteen standard fonts are not allowed in PDF/A. [ISO 19005-3
 * §6.2.11.4.1]
 */
export async function buildPdfA(container: Container, draw: (document: PDFKit.PDFDocument) => void): Promise<Buffer> {
  const { title, author, language, at, embedded } = container
  const document = new PdfDocument({
    // Without a version of at least 1.4 pdfkit leaves out the XMP packet, and says nothing.
    pdfVersion: '1.7',
    subset: 'PDF/A-3b',
    size: 'A4',
    // The default would be Helvetica, which is not embedded.
    font: '',
    lang: language,
    displayTitle: true,
    autoFirstPage: false,
    info: {
      Title: oneLine(title),
      Author: oneLine(author),
      Creator: 'Passerelle',
      Producer: 'Passerelle',
      CreationDate: dateOf(at),
    },
  })
  setFileId(document, fileId(container))
  escapeInfoInXmp(document)
  draw(document)
  if (embedded !== undefined) attach(document, embedded, dateOf(at))
  return await octetsOf(document)
}

/** PDF dates have no milliseconds. */
function dateOf(at: Instant): Date {
  return new Date(at - (at % 1000))
}

/** The file identifier need only differ where documents differ. [ISO 32000-2 §14.4] */
function fileId({ title, author, at, content, embedded }: Container): Uint8Array {
  const facts = JSON.stringify([title, author, isoOf(at), content, embedded?.profile ?? ''])
  const hash = createHash('sha256').update(facts)
  if (embedded !== undefined) hash.update(embedded.xml)
  return hash.digest().subarray(0, 16)
}

// oxlint-disable-next-line no-control-regex -- They are what is to be removed: XMP is XML and cannot hold them.
const control = /[\u0000-\u001f\u007f-\u009f\ufffe\uffff]+/gv

function oneLine(text: string): string {
  return text.toWellFormed().replaceAll(control, ' ').trim()
}

function attach(document: PDFKit.PDFDocument, { xml, profile, files }: EmbeddedInvoice, date: Date): void {
  const [relationship = 'Alternative'] = relationshipsOf(profile)
  const invoice = { name: facturxFileName, mimeType: 'text/xml', description: 'Factur-X invoice', octets: xml }
  attachFile(document, invoice, { relationship, date })
  for (const file of attachableFiles(files)) attachFile(document, file, { relationship: 'Supplement', date })
  sortNamesByOctets(document)
  addToXmp(document, facturxXmp(profile))
}

function attachFile(
  document: PDFKit.PDFDocument,
  { name, mimeType, description, octets }: NamedFile,
  { relationship, date }: { readonly relationship: string; readonly date: Date },
): void {
  const options = {
    name,
    type: mimeType,
    relationship,
    creationDate: date,
    // Factur-X asks for it, and pdfkit knows none for octets.
    modifiedDate: date,
    ...(description === undefined ? {} : { description: oneLine(description) }),
  }
  document.file(octets, options)
}

/** In memory to the end: what fails half-way must not have left. */
async function octetsOf(document: PDFKit.PDFDocument): Promise<Buffer> {
  const chunks: Buffer[] = []
  document.end()
  for await (const chunk of document) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
