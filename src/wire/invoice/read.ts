import type { XmlElement, XmlLimits } from '../xml/index.ts'
import { checkAmounts } from './check-amounts.ts'
import { checkConditions } from './check-conditions.ts'
import { checkAddressing, checkPeppol } from './check-peppol.ts'
import { checkPresence, checkValues } from './check-terms.ts'
import { checkVat } from './check-vat.ts'
import { derive } from './derive.ts'
import { type Finding, Report } from './finding.ts'
import { type DocumentDraft, readDraft } from './document-read.ts'
import { readJsonDraft } from './json-read.ts'
import type { Invoice, InvoiceDraft, PartialInvoice } from './model.ts'
import { isCreditNote, profileOf } from './profiles.ts'

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
export function readInvoice(json: unknown): InvoiceReading {
  const report = new Report()
  const draft = readJsonDraft(json, report)
  derive(draft)
  checkPresence(draft, report, { derivedToo: false })
  checkRules(draft, report, 'ubl')
  return concluded(draft, report)
}

/**
 * An invoice in UBL or CII as somebody else wrote it, as octets or already parsed: its structure must be sound and no mandatory term
 * missing, but whether its amounts agree is not asked. For documents that come in. Never throws for bad input.
 */
export function readDocument(source: Buffer | XmlElement, limits?: Partial<XmlLimits>): DocumentReading {
  return received(readDraft(source, undefined, limits))
}

/** As readDocument, for a UBL Invoice or CreditNote only. */
export function readUbl(octets: Buffer, limits?: Partial<XmlLimits>): DocumentReading {
  return received(readDraft(octets, 'ubl', limits))
}

/** As readDocument, for a CII CrossIndustryInvoice (D16B, D22B) only. */
export function readCii(octets: Buffer, limits?: Partial<XmlLimits>): DocumentReading {
  return received(readDraft(octets, 'cii', limits))
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
export function readPartialDocument(source: Buffer | XmlElement, limits?: Partial<XmlLimits>): PartialReading {
  const { draft, syntax, unmapped, report } = readDraft(source, undefined, limits)
  if (draft === undefined || syntax === undefined) return { findings: report.findings }
  return { invoice: draft, syntax: syntax.name, findings: report.findings, unmapped }
}

/** As readDocument, with every check that JSON gets: for documents that go out. Findings say where in the document they are. */
export function readDocumentToSend(source: Buffer | XmlElement, limits?: Partial<XmlLimits>): DocumentReading {
  const read = readDraft(source, undefined, limits)
  const { draft, syntax, report } = read
  if (draft === undefined) return { findings: report.findings }
  const { typeCode } = draft
  if (typeCode !== undefined && syntax?.name === 'ubl' && isCreditNote(typeCode) !== (syntax.root === 'CreditNote')) {
    report.fatal('BR-CL-01', ['typeCode'], `Invoice type code (BT-3) ${typeCode} is not a type of a UBL ${syntax.root}`)
  }
  checkRules(draft, report, syntax?.name ?? 'ubl')
  return received(read)
}

function received({ draft = {}, syntax, unmapped, report }: DocumentDraft): DocumentReading {
  const reading = concluded(draft, report)
  if ('findings' in reading) return reading
  return { ...reading, syntax: syntax?.name ?? 'ubl', unmapped }
}

function checkRules(draft: InvoiceDraft, report: Report, syntax: 'ubl' | 'cii'): void {
  const peppolRules = profileOf(draft)?.peppolRules ?? false
  checkValues(draft, report)
  checkAmounts(draft, report, { peppolRules, vatUnsaidWhenNone: syntax === 'cii' })
  checkVat(draft, report)
  checkConditions(draft, report, syntax)
  checkAddressing(draft, report)
  if (!peppolRules) return
  checkPeppol(draft, report)
  report.escalate('PEPPOL-EN16931-R008')
}

/** A draft without a fatal finding has every mandatory term, each of its kind: it is an invoice. */
function concluded(draft: InvoiceDraft, report: Report): InvoiceReading {
  if (report.hasFatal) return { findings: report.findings }
  return { invoice: draft as unknown as Invoice, warnings: report.findings }
}
