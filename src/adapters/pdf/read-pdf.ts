import { type PDFContext, type PDFDict, PDFDocument, PDFParser, PDFRawStream, PDFRef } from '@cantoo/pdf-lib'
import type { ContainerWarning, ContainerWarningCode, PdfContents } from '../../services/ports.ts'
import { type FacturxProfile, facturxFileName, facturxProfileOf, relationshipsOf } from '../../wire/facturx/index.ts'
import { type Attachment, findAttachments, findStrayAttachments, lookup } from './attachments.ts'
import { Budget, messageOf } from './budget.ts'
import { PdfError } from './error.ts'
import { hasInvoiceName, isInvoice, mayBeInvoice, prologOctetsMax } from './invoice-file.ts'
import { type XmpFacts, readXmp } from './xmp.ts'

/*
 * The invoice in a PDF, whoever wrote it. Runs in a worker: @cantoo/pdf-lib knows no limits of time and memory.
 * [Factur-X 1.08 §6; docs/decisions/pdf.md]
 */

/** An attachment, unpacked. */
interface OpenedFile extends Attachment {
  readonly octets: Buffer
}

/** Reads a PDF. Throws PdfError, save `timeout`. */
export async function readPdf(
  pdf: Buffer,
  { contentOctetsMax }: { readonly contentOctetsMax: number },
): Promise<PdfContents> {
  // [ISO 32000-1 Annex H.3.4.1: the header may stand anywhere in the first 1024 octets]
  if (!pdf.subarray(0, 1024).includes('%PDF-')) throw new PdfError('not-a-pdf', 'There is no PDF header')
  const budget = new Budget(contentOctetsMax)
  const { catalog, context } = await parse(pdf, budget)
  const attachments = catalog === undefined ? findStrayAttachments(context) : findAttachments(catalog)
  const { files, warnings } = open(attachments, budget)
  const invoice = chooseInvoice(files)
  if (invoice === undefined) throw isWhole(pdf, catalog) ? noInvoice(attachments) : damaged()
  const xmp = readXmp(catalog === undefined ? undefined : packetOf(catalog, budget))
  if (catalog === undefined) warnings.push({ code: 'catalog', message: 'The PDF is damaged: it has no catalog' })
  return {
    xml: invoice.octets,
    relationship: invoice.relationship,
    files: files
      .filter(file => file !== invoice)
      .map(({ name, mimeType = 'application/octet-stream', description, relationship, octets }) => ({
        name,
        mimeType,
        description,
        relationship,
        octets,
      })),
    conformanceLevel: xmp.conformanceLevel,
    warnings: [...warnings, ...warningsOf(invoice, xmp)],
  }
}

interface Parsed {
  /** Undefined where a broken document has lost it. */
  readonly catalog: PDFDict | undefined
  readonly context: PDFContext
}

async function parse(pdf: Buffer, budget: Budget): Promise<Parsed> {
  // Many a PDF is encrypted with an empty password, which every viewer tries unasked.
  const options = { parseSpeed: Infinity, updateMetadata: false, password: '' }
  try {
    const { catalog, context } = await PDFDocument.load(pdf, options)
    budget.check()
    return { catalog, context }
  } catch (cause) {
    budget.check()
    const context = await PDFParser.forBytesWithOptions(pdf, Infinity)
      .parseDocument()
      .catch(() => undefined)
    budget.check()
    if (context === undefined) throw new PdfError('damaged', `The PDF cannot be read: ${messageOf(cause)}`, { cause })
    if (context.lookup(context.trailerInfo.Encrypt) === undefined) return { catalog: undefined, context }
    throw new PdfError('encrypted', `The PDF is encrypted and does not open without a password: ${messageOf(cause)}`, {
      cause,
    })
  }
}

/** One that cannot be unpacked is passed over with a warning, unless it may be the invoice. */
function open(
  attachments: readonly Attachment[],
  budget: Budget,
): { files: OpenedFile[]; warnings: ContainerWarning[] } {
  const files: OpenedFile[] = []
  const warnings: ContainerWarning[] = []
  for (const attachment of attachments) {
    try {
      files.push({ ...attachment, octets: budget.unpack(attachment.stream) })
    } catch (error) {
      if (!(error instanceof PdfError) || error.code !== 'damaged' || hasInvoiceName(attachment)) throw error
      warnings.push({ code: 'attachment', message: `The attachment ${attachment.name} is left out: ${error.message}` })
    }
  }
  return { files, warnings }
}

/**
 * The file with a name of an invoice; where no name is one, the file that is an invoice by its root element and may be one by its
 * relationship. Throws `two-invoices` when several are and differ: which of them counts is not ours to decide.
 */
function chooseInvoice(files: readonly OpenedFile[]): OpenedFile | undefined {
  const named = files.filter(hasInvoiceName)
  const candidates = named.length > 0 ? named : files.filter(file => mayBeInvoice(file) && isInvoice(file.octets))
  const [first, ...others] = candidates
  const other = others.find(({ octets }) => first !== undefined && !octets.equals(first.octets))
  if (first === undefined || other === undefined) return first
  throw new PdfError('two-invoices', `The PDF has more than one invoice: ${first.name} and ${other.name}`)
}

function noInvoice(attachments: readonly Attachment[]): PdfError {
  const names = attachments.slice(0, 10).map(({ name }) => name)
  const isWithout = names.length === 0
  const message = isWithout
    ? 'The PDF has no attachments'
    : `None of the attachments is an invoice: ${names.join(', ')}`
  return new PdfError('no-invoice', message)
}

function damaged(): PdfError {
  return new PdfError('damaged', 'Parts of the PDF are missing, and no invoice is found in what is left')
}

/** Whether the end of the file is there, and everything that the catalog points to: else the invoice may be in what is lost. */
function isWhole(pdf: Buffer, catalog: PDFDict | undefined): boolean {
  if (catalog === undefined || !pdf.includes('startxref')) return false
  return catalog.values().every(value => !(value instanceof PDFRef) || catalog.context.lookup(value) !== undefined)
}

function packetOf(catalog: PDFDict, budget: Budget): Buffer | undefined {
  const stream = lookup(catalog, 'Metadata')
  return stream instanceof PDFRawStream ? budget.unpack(stream) : undefined
}

/** What Factur-X 1.08 §6 asks of the container beyond what is needed for reading. */
function warningsOf(invoice: OpenedFile, xmp: XmpFacts): readonly ContainerWarning[] {
  const profile = profileIn(invoice.octets)
  const { name, relationship, mimeType } = invoice
  const allowed = relationshipsOf(profile ?? 'EN 16931')
  const isXrechnung = xmp.conformanceLevel === 'XRECHNUNG' && name === 'xrechnung.xml'
  const found: readonly (readonly [isWrong: boolean, code: ContainerWarningCode, message: string])[] = [
    [name !== facturxFileName && !isXrechnung, 'name', `The invoice is named ${name} instead of ${facturxFileName}`],
    [
      !allowed.some(one => one === relationship),
      'relationship',
      `AFRelationship ${relationship ?? 'is missing and'} is none of ${allowed.join(', ')}`,
    ],
    [mimeType !== 'text/xml', 'mime-type', `The mime type is ${mimeType ?? 'missing'} instead of text/xml`],
    [!invoice.hasModificationDate, 'modification-date', 'The invoice has no ModDate'],
    [!invoice.isNamed, 'name-tree', 'The invoice is not in the EmbeddedFiles name tree'],
    [!invoice.isAssociated, 'associated-files', 'The invoice is not in the AF array of the catalog'],
    [xmp.isBroken, 'xmp', 'The XMP packet is not well-formed XML'],
    [!xmp.isBroken && xmp.conformanceLevel === undefined, 'xmp', 'The XMP packet says no fx:ConformanceLevel'],
    [
      profile !== undefined && xmp.conformanceLevel !== undefined && profile !== xmp.conformanceLevel,
      'conformance-level',
      `The XMP packet says ${xmp.conformanceLevel}, the XML is ${profile}`,
    ],
  ]
  return found.flatMap(([isWrong, code, message]) => (isWrong ? [{ code, message }] : []))
}

const guideline = /GuidelineSpecifiedDocumentContextParameter>\s*<(?:[\w.\-]+:)?ID[^>]*>\s*([^<\s]+)\s*</v

/** BT-24 stands near the beginning; whoever wants it for certain parses the XML. */
function profileIn(xml: Buffer): FacturxProfile | undefined {
  const [, customization = ''] = guideline.exec(xml.toString('utf8', 0, prologOctetsMax)) ?? []
  return facturxProfileOf(customization)
}
