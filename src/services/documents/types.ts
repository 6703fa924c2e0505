import type { Clock } from '../../kernel/index.ts'
import type { FacturxProfile } from '../../wire/facturx/index.ts'
import type { DocumentReading, Finding, Invoice, PartialInvoice } from '../../wire/invoice/index.ts'
import type { Branding, Language, QrEncoder } from '../../wire/view/index.ts'
import type { XmlElement } from '../../wire/xml/index.ts'
import type { DocumentSyntax, InvoiceSummary, Verdict } from '../domain.ts'
import type { PdfEmbedder, PdfReader, PdfWriter, RulePacks, Schemas } from '../ports.ts'

export type { DocumentSyntax, Layer, Severity, Verdict, VerdictFinding } from '../domain.ts'

/* What can be done with a business document that is no message yet, or no longer one: judge it, convert it, look at it. */

/* ── Verdicts ──────────────────────────────────────────────────────────────────────────────── */

export interface ValidationOptions {
  /** `2026-11-21`: the rules in force on this day; the document's own date does not matter. Today when not given. */
  readonly asOf?: string | undefined
  /** Just these packs (`name` or `name@version`), without schema and model rules: for fragments. */
  readonly packs?: readonly string[] | undefined
  readonly language?: 'en' | 'fr' | undefined
}

/** What a document says, as readDocument() tells it, and the verdict on it. */
export interface Appraisal {
  readonly reading: DocumentReading
  readonly verdict: Verdict
}

/** The same of a document that may be large: what is recorded of an invoice, and no more. */
export type Survey =
  | { readonly kind: 'invoice'; readonly summary: InvoiceSummary; readonly verdict: Verdict }
  /** Why it cannot be read as an invoice, as readDocument() tells it. */
  | { readonly kind: 'unreadable'; readonly findings: readonly Finding[] }

/* ── Conversions and views ─────────────────────────────────────────────────────────────────── */

export type Target = 'ubl' | 'cii' | 'facturx' | 'json' | 'html' | 'pdf'

export interface ConversionOptions {
  /**
   * Of html, pdf and facturx; the language of the seller's country when not given, English where that is none of ours. Findings are in
   * French when it is French, else in English.
   */
  readonly language?: Language | undefined
  /** Of facturx; EN 16931 when not given. */
  readonly profile?: FacturxProfile | undefined
  readonly branding?: Branding | undefined
  /** Of facturx: a PDF/A that somebody brings, whose pages are taken in place of ours. It must say what the invoice says. */
  readonly into?: Buffer | undefined
}

export type Conversion =
  | {
      readonly kind: 'converted'
      readonly octets: Buffer
      readonly mimeType: string
      /** XPaths of what the document says and the model has no term for. */
      readonly unmapped: readonly string[]
      /** What the target has no place for, each with its pointer; of pdf and facturx also what the page shows boxes for. */
      readonly lost: readonly Finding[]
    }
  | { readonly kind: 'unreadable'; readonly findings: readonly Finding[] }

/** A file inside a document: an attachment (BG-24), or the XML of a Factur-X. */
export interface EmbeddedFile {
  readonly name: string
  readonly mimeType: string
  /** BT-123, or what the PDF says of it. */
  readonly description: string | undefined
  readonly octets: Buffer
  /** xml: the XML of a Factur-X. pdf: another file in the PDF. invoice: an attachment of the invoice itself (BG-24). */
  readonly origin: 'xml' | 'pdf' | 'invoice'
  /** PDF only: Data, Source, Alternative, Supplement, Unspecified. */
  readonly relationship?: string | undefined
}

/** What every document has, whether or not it is an invoice. */
interface OpenedBase {
  /** The XML of a Factur-X first, then what else is in the PDF, then the attachments (BG-24). */
  readonly files: readonly EmbeddedFile[]
}

interface OpenedInvoice extends OpenedBase {
  readonly syntax: 'ubl' | 'cii' | 'facturx' | 'json'
  /** The XML of the invoice; undefined for JSON. */
  readonly xml: Buffer | undefined
  /** XPaths of what the document says and the model has no term for. */
  readonly unmapped: readonly string[]
}

export type Opened =
  | (OpenedInvoice & { readonly kind: 'invoice'; readonly invoice: Invoice })
  /** An invoice that lacks something mandatory or has values that are none; it can be looked at, and says in findings what is wrong. */
  | (OpenedInvoice & {
      readonly kind: 'partial'
      readonly invoice: PartialInvoice
      readonly findings: readonly Finding[]
    })
  | (OpenedBase & {
      readonly kind: 'unreadable'
      readonly syntax: DocumentSyntax
      readonly findings: readonly Finding[]
    })

/** The files inside a document. */
export interface Contents {
  readonly syntax: DocumentSyntax
  /** The XML of a Factur-X first, then what else is in the PDF, then the attachments (BG-24). */
  readonly files: readonly EmbeddedFile[]
  /** Why it cannot be read; empty when it can. */
  readonly findings: readonly Finding[]
}

/** files: with the embedded files. rules: without the content of large ones in XML, which no rule looks into. */
export type Purpose = 'files' | 'rules'

/** What the engine works with. */
export interface DocumentsWorld {
  readonly packs: RulePacks
  readonly schemas: Schemas
  readonly pdfReader: PdfReader
  readonly pdfWriter: PdfWriter & PdfEmbedder
  /** Draws the payment code of a page. */
  readonly encodeQr: QrEncoder
  readonly clock: Clock
}

/**
 * Every function takes any format and finds out which it is; none throws for bad input. Packs asked for by name that are not there are
 * a WireError `unknown-pack` or `not-in-force`.
 */
export interface Documents {
  /** Of an invoice in XML that has been parsed already; `octets` are its own. */
  appraise(root: XmlElement, octets: () => Promise<Buffer>): Promise<Appraisal>
  /** Of an invoice in XML or of a Factur-X. */
  survey(document: Buffer): Promise<Survey>
  validate(document: Buffer, options?: ValidationOptions): Promise<Verdict>
  convert(document: Buffer, to: Target, options?: ConversionOptions): Promise<Conversion>
  /** The invoice and the files inside it; for files when no purpose is given. */
  open(document: Buffer, purpose?: Purpose): Promise<Opened>
  /** Just the files: of any XML, whether or not it is an invoice. */
  files(document: Buffer): Promise<Contents>
}
