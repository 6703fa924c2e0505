import { type Path, type Report, pointerOf, titleOf } from './finding.ts'
import type { Draft, InvoiceDraft, InvoiceLine } from './model.ts'
import { isCreditNote, profileOf } from './profiles.ts'

/* The rules that Peppol BIS Billing 3 adds to EN 16931, apart from amounts. [PEPPOL-EN16931-UBL 3.0.21] */

/** What the network itself needs, whatever the specification: who sends, who receives, in which process. */
export function checkAddressing(draft: InvoiceDraft, report: Report): void {
  demand(['buyer', 'endpoint'], draft.buyer?.endpoint, { rule: 'PEPPOL-EN16931-R010', report })
  demand(['seller', 'endpoint'], draft.seller?.endpoint, { rule: 'PEPPOL-EN16931-R020', report })
  demand(['process'], draft.process, { rule: 'PEPPOL-EN16931-R001', report })
}

function demand(path: Path, value: unknown, { rule, report }: { rule: string; report: Report }): void {
  if (value === undefined && !report.refused.has(pointerOf(path))) {
    report.fatal(rule, path, `${titleOf(path)} must be there for a document that is sent over Peppol`)
  }
}

export function checkPeppol(draft: InvoiceDraft, report: Report): void {
  const profile = profileOf(draft)
  if (profile !== undefined && draft.process !== undefined && !profile.process.test(draft.process)) {
    report.fatal(
      'PEPPOL-EN16931-R007',
      ['process'],
      `Business process type (BT-23) is not one of ${profile.name}: ${draft.process}`,
    )
  }
  checkReferences(draft, report)
  checkCurrencies(draft, report)
  checkType(draft, report)
  checkMandates(draft, report)
  checkExemptions(draft, report)
  for (const [index, line] of (draft.lines ?? []).entries())
    checkLinePeriod(line, ['lines', index, 'period'], { draft, report })
}

function checkReferences(draft: InvoiceDraft, report: Report): void {
  const { buyerReference, purchaseOrderReference, salesOrderReference, notes = [] } = draft
  const order = purchaseOrderReference ?? salesOrderReference
  if (buyerReference === undefined && order === undefined && !report.refused.has('/buyerReference')) {
    const message = 'Buyer reference (BT-10) or purchase order reference (BT-13) must be there'
    report.fatal('PEPPOL-EN16931-R003', ['buyerReference'], message)
  }
  if (notes.length > 1 && !bothGerman(draft)) {
    report.fatal(
      'PEPPOL-EN16931-R002',
      ['notes', 1],
      'Peppol allows one invoice note (BG-1), except between German parties',
    )
  }
}

function bothGerman({ seller, buyer }: InvoiceDraft): boolean {
  return seller?.address?.country === 'DE' && buyer?.address?.country === 'DE'
}

function checkCurrencies({ currency, vatCurrency, totals }: InvoiceDraft, report: Report): void {
  const inVatCurrency = totals?.vatInVatCurrency
  const at = ['totals', 'vatInVatCurrency']
  if (vatCurrency !== undefined && vatCurrency === currency) {
    report.fatal(
      'PEPPOL-EN16931-R005',
      ['vatCurrency'],
      'VAT accounting currency code (BT-6) must differ from the invoice currency code (BT-5)',
    )
  }
  if (vatCurrency === undefined && inVatCurrency !== undefined) {
    report.fatal(
      'PEPPOL-EN16931-R054',
      at,
      `${titleOf(at)} must not be there without a VAT accounting currency code (BT-6)`,
    )
  }
  if (inVatCurrency !== undefined && totals?.vat !== undefined && inVatCurrency.sign() * totals.vat.sign() < 0) {
    report.fatal('PEPPOL-EN16931-R055', at, `${titleOf(at)} must have the sign of the total VAT amount (BT-110)`)
  }
}

const invoiceTypes: ReadonlySet<string> = new Set(
  '71 80 82 84 102 218 219 326 331 380 382 383 384 386 388 393 395 553 575 623 780 817 870 875 876 877'.split(' '),
)
const creditNoteTypes: ReadonlySet<string> = new Set(['381', '396', '81', '83', '532'])

function checkType(draft: InvoiceDraft, report: Report): void {
  const { typeCode } = draft
  if (typeCode === undefined || profileOf(draft)?.selfBilled) return
  const credit = isCreditNote(typeCode)
  if (!(credit ? creditNoteTypes : invoiceTypes).has(typeCode)) {
    const rule = credit ? 'PEPPOL-EN16931-P0101' : 'PEPPOL-EN16931-P0100'
    report.fatal(rule, ['typeCode'], `Invoice type code (BT-3) ${typeCode} is not allowed in Peppol BIS Billing`)
  }
  if ((typeCode === '326' || typeCode === '384') && !bothGerman(draft)) {
    report.fatal(
      'PEPPOL-EN16931-P0112',
      ['typeCode'],
      `Invoice type code (BT-3) ${typeCode} is allowed between German parties only`,
    )
  }
}

const directDebits: ReadonlySet<string> = new Set(['49', '59'])

function checkMandates(draft: InvoiceDraft, report: Report): void {
  for (const [index, { code, directDebit }] of (draft.paymentMeans ?? []).entries()) {
    if (code === undefined || !directDebits.has(code) || directDebit?.mandate !== undefined) continue
    const at = ['paymentMeans', index, 'directDebit', 'mandate']
    report.fatal('PEPPOL-EN16931-R061', at, `${titleOf(at)} must be there for direct debit`)
  }
}

/** Exemption reason codes that belong to one category. */
const exemptionCategories: Readonly<Record<string, readonly [rule: string, category: string]>> = {
  'VATEX-EU-G': ['P0104', 'G'],
  'VATEX-EU-O': ['P0105', 'O'],
  'VATEX-EU-IC': ['P0106', 'K'],
  'VATEX-EU-AE': ['P0107', 'AE'],
  'VATEX-EU-D': ['P0108', 'E'],
  'VATEX-EU-F': ['P0109', 'E'],
  'VATEX-EU-I': ['P0110', 'E'],
  'VATEX-EU-J': ['P0111', 'E'],
}

function checkExemptions(draft: InvoiceDraft, report: Report): void {
  for (const [index, { exemptionReasonCode, category }] of (draft.vatBreakdown ?? []).entries()) {
    const [rule, wanted] = exemptionCategories[exemptionReasonCode?.toUpperCase() ?? ''] ?? []
    if (wanted === undefined || category === wanted) continue
    const at = ['vatBreakdown', index, 'category']
    report.fatal(
      `PEPPOL-EN16931-${rule}`,
      at,
      `${titleOf(at)} must be ${wanted} with the exemption reason code ${exemptionReasonCode}`,
    )
  }
}

function checkLinePeriod(
  line: Draft<InvoiceLine>,
  path: Path,
  { draft, report }: { draft: InvoiceDraft; report: Report },
): void {
  const { period } = draft
  if (period?.start !== undefined && line.period?.start !== undefined && line.period.start < period.start) {
    const at = [...path, 'start']
    report.fatal('PEPPOL-EN16931-R110', at, `${titleOf(at)} must not be before the invoicing period (BG-14)`)
  }
  if (period?.end !== undefined && line.period?.end !== undefined && line.period.end > period.end) {
    const at = [...path, 'end']
    report.fatal('PEPPOL-EN16931-R111', at, `${titleOf(at)} must not be after the invoicing period (BG-14)`)
  }
}
