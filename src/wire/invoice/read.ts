import type { XmlElement, XmlLimits } from '../xml/index.ts'
import { checkTaxRegistrations } from './check-extension.ts'
import { checkPresence } from './check-terms.ts'
import { derive } from './derive.ts'
import { amendmentsOf } from './extension-rules.ts'
import { type Finding, Report } from './finding.ts'
import { type DocumentDraft, readDraft } from './document-read.ts'
import { readJsonDraft } from './json-read.ts'
import type { Invoice, InvoiceDraft, PartialInvoice } from './model.ts'
import { isCreditNote, profileWithoutLines } from './profiles.ts'
import { type RuleChoice, checkRules } from './rules.ts'
import type { FindingLanguage } from './text.ts'

export interface ReadingOptions {
  /** Of the messages; English when not given. */
  readonly language?: FindingLanguage | undefined
  /** Of the XML; JSON has been parsed already. */
  readonly limits?: Partial<XmlLimits> | undefined
}

export interface CheckingOptions extends ReadingOptions {
  /** Which rules judge beside those of EN 16931; `auto` when not given. */
  readonly rules?: RuleChoice | undefined
  /** False for an invoice that need not go anywhere: only one of Peppol must say who sends it to whom, and in which process. */
  readonly toBeSent?: boolean | undefined
}

/** An invoice that obeys the rules, or everything that keeps it from doing so (warnings included). */
export type InvoiceReading =
  | { readonly invoice: Invoice; readonly warnings: readonly Finding[] }
  | { readonly findings: readonly Finding[] }

/** As InvoiceReading; `unmapped` are XPaths of what is in the document and stands for no term: `invoice` does not say it. */
export type DocumentReading =
  | {
      readonly invoice: Invoice
      readonly syntax: 'ubl' | 'cii'
      readonly warnings: readonly Finding[]
      readonly unmapped: readonly string[]
    }
  | { readonly findings: readonly Finding[] }

/**
 * JSON in the shape of the model (already JSON.parsed) to an invoice that can be sent: read strictly, amounts computed where left
 * out, everything checked. Defaults: type 380, Peppol BIS Billing 3. Never throws for bad input; all findings come at once.
 */
export function readInvoice(json: unknown, options: CheckingOptions = {}): InvoiceReading {
  const report = new Report()
  return concluded(checkedDraft(readJsonDraft(json, report), report, options), report, options.language)
}

/** What JSON says in the shape of the model, whether or not that is an invoice; just the findings when it says nothing of one. */
export type PartialJsonReading =
  | { readonly invoice: PartialInvoice; readonly findings: readonly Finding[] }
  | { readonly findings: readonly Finding[] }

/**
 * As readInvoice, for what shall be shown in spite of what is wrong with it. The findings are those of readInvoice; a value that one of
 * them refuses is not in the invoice.
 */
export function readPartialInvoice(json: unknown, options: CheckingOptions = {}): PartialJsonReading {
  const report = new Report()
  const draft = readJsonDraft(json, report)
  const isNothing = Object.keys(draft).length === 0
  const invoice = checkedDraft(draft, report, options)
  const findings = report.findings(options.language)
  return isNothing ? { findings } : { invoice, findings }
}

/** The draft of a JSON form with its amounts computed where left out, and everything checked. */
function checkedDraft(draft: InvoiceDraft, report: Report, { rules, toBeSent }: CheckingOptions): InvoiceDraft {
  derive(draft)
  report.amended = amendmentsOf(draft)
  checkPresence(draft, report, { derivedToo: false })
  checkRules(draft, report, { syntax: 'ubl', rules, toBeSent })
  return draft
}

/**
 * An invoice in UBL or CII as somebody else wrote it, as octets or already parsed: its structure must be sound and no mandatory term
 * missing, but whether its amounts agree is not asked. For documents that come in. Never throws for bad input.
 */
export function readDocument(source: Buffer | XmlElement, options: ReadingOptions = {}): DocumentReading {
  return received(readDraft(source, undefined, options.limits), options.language)
}

/** As readDocument, for a UBL Invoice or CreditNote only. */
export function readUbl(octets: Buffer, options: ReadingOptions = {}): DocumentReading {
  return received(readDraft(octets, 'ubl', options.limits), options.language)
}

/** As readDocument, for a CII CrossIndustryInvoice (D16B, D22B) only. */
export function readCii(octets: Buffer, options: ReadingOptions = {}): DocumentReading {
  return received(readDraft(octets, 'cii', options.limits), options.language)
}

/** What a document says, whether or not that is an invoice; only findings when it is XML of another kind or none at all. */
export type PartialReading =
  | {
      readonly invoice: PartialInvoice
      readonly syntax: 'ubl' | 'cii'
      readonly findings: readonly Finding[]
      readonly unmapped: readonly string[]
    }
  | { readonly findings: readonly Finding[] }

/**
 * As readDocument, for a document that need not be a whole invoice: MINIMUM and BASIC WL of Factur-X, and whatever shall be shown in
 * spite of what is wrong with it. The findings are those of readDocument; a value that one of them refuses is not in the invoice.
 */
export function readPartialDocument(source: Buffer | XmlElement, options: ReadingOptions = {}): PartialReading {
  const { draft, syntax, unmapped, report } = readDraft(source, undefined, options.limits)
  const findings = report.findings(options.language)
  if (draft === undefined || syntax === undefined) return { findings }
  return { invoice: draft, syntax: syntax.name, findings, unmapped }
}

/**
 * As readDocument, with every check that JSON gets: for documents that go out. Findings say where in the document they are. A Factur-X
 * of MINIMUM or BASIC WL has just one, BR-16: what else EN 16931 misses in it follows from its profile.
 */
export function readDocumentToSend(source: Buffer | XmlElement, options: CheckingOptions = {}): DocumentReading {
  const read = readDraft(source, undefined, options.limits)
  const { draft, syntax, report } = read
  if (draft === undefined) return { findings: report.findings(options.language) }
  const profile = profileWithoutLines(draft)
  if (profile !== undefined && draft.lines === undefined) {
    const one = new Report(syntax)
    one.fatal('BR-16', ['lines'], { text: 'BR-16/profile', values: { profile } })
    return { findings: one.findings(options.language) }
  }
  const { typeCode } = draft
  if (typeCode !== undefined && syntax?.name === 'ubl' && isCreditNote(typeCode) !== (syntax.root === 'CreditNote')) {
    report.fatal('BR-CL-01', ['typeCode'], { text: 'BR-CL-01/root', values: { code: typeCode, root: syntax.root } })
  }
  checkRules(draft, report, { ...options, syntax: syntax?.name ?? 'ubl' })
  checkTaxRegistrations(draft, read.unmapped, report)
  return received(read, options.language)
}

function received(
  { draft = {}, syntax, unmapped, report }: DocumentDraft,
  language: FindingLanguage | undefined,
): DocumentReading {
  const reading = concluded(draft, report, language)
  if ('findings' in reading) return reading
  return { ...reading, syntax: syntax?.name ?? 'ubl', unmapped }
}

/** A draft without a fatal finding has every mandatory term, each of its kind: it is an invoice. */
function concluded(draft: InvoiceDraft, report: Report, language: FindingLanguage | undefined): InvoiceReading {
  const findings = report.findings(language)
  return report.hasFatal ? { findings } : { invoice: draft as unknown as Invoice, warnings: findings }
}
