import type { XmlLimits } from '../xml/index.ts'
import { checkAmounts } from './check-amounts.ts'
import { checkConditions } from './check-conditions.ts'
import { checkAddressing, checkPeppol } from './check-peppol.ts'
import { checkPresence, checkValues } from './check-terms.ts'
import { checkVat } from './check-vat.ts'
import { derive } from './derive.ts'
import { type Finding, Report } from './finding.ts'
import { readJsonDraft } from './json-read.ts'
import type { Invoice, InvoiceDraft } from './model.ts'
import { isCreditNote, profileOf } from './profiles.ts'
import { readUblDraft } from './ubl-read.ts'

/** An invoice that obeys the rules, or everything that keeps it from doing so (warnings included). */
export type InvoiceReading =
  | { readonly invoice: Invoice; readonly warnings: readonly Finding[] }
  | { readonly findings: readonly Finding[] }

/** As InvoiceReading; `unmapped` are XPaths of what is in the document and stands for no term: `invoice` does not say it. */
export type UblReading =
  | { readonly invoice: Invoice; readonly warnings: readonly Finding[]; readonly unmapped: readonly string[] }
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
  checkRules(draft, report)
  return concluded(draft, report)
}

/**
 * A UBL Invoice or CreditNote as somebody else wrote it: its structure must be sound and no mandatory term missing, but whether its
 * amounts agree is not asked. For documents that come in. Never throws for bad input.
 */
export function readUbl(octets: Buffer, limits?: Partial<XmlLimits>): UblReading {
  const { draft = {}, unmapped, report } = readUblDraft(octets, limits)
  const reading = concluded(draft, report)
  return 'findings' in reading ? reading : { ...reading, unmapped }
}

/** As readUbl, with every check that JSON gets: for documents that go out. Findings say where in the document they are. */
export function readUblToSend(octets: Buffer, limits?: Partial<XmlLimits>): UblReading {
  const { draft, kind, unmapped, report } = readUblDraft(octets, limits)
  if (draft === undefined) return { findings: report.findings }
  if (draft.typeCode !== undefined && isCreditNote(draft.typeCode) !== (kind === 'CreditNote')) {
    report.fatal('BR-CL-01', ['typeCode'], `Invoice type code (BT-3) ${draft.typeCode} is not a type of a UBL ${kind}`)
  }
  checkRules(draft, report)
  const reading = concluded(draft, report)
  return 'findings' in reading ? reading : { ...reading, unmapped }
}

function checkRules(draft: InvoiceDraft, report: Report): void {
  const peppolRules = profileOf(draft)?.peppolRules ?? false
  checkValues(draft, report)
  checkAmounts(draft, report, peppolRules)
  checkVat(draft, report)
  checkConditions(draft, report)
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
