import { checkPeppolIdentifiers } from './check-peppol-identifiers.ts'
import { eas, peppolEas } from './code-lists.ts'
import { type Path, type Report, pointerOf } from './finding.ts'
import type { Draft, InvoiceDraft, InvoiceLine } from './model.ts'
import { isCreditNote, peppolBilling, profileOf } from './profiles.ts'
import { quoted } from './values.ts'

/* The rules that Peppol BIS Billing 3 adds to EN 16931, apart from amounts. [PEPPOL-EN16931-UBL 3.0.21] */

/** What the network itself needs, whatever the specification: who sends, who receives, in which process. */
export function checkAddressing(draft: InvoiceDraft, report: Report): void {
  demand(['buyer', 'endpoint'], draft.buyer?.endpoint, { rule: 'PEPPOL-EN16931-R010', report })
  demand(['seller', 'endpoint'], draft.seller?.endpoint, { rule: 'PEPPOL-EN16931-R020', report })
  demand(['process'], draft.process, { rule: 'PEPPOL-EN16931-R001', report })
}

function demand(
  path: Path,
  value: unknown,
  { rule, report }: { rule: `PEPPOL-EN16931-R0${'01' | '10' | '20'}`; report: Report },
): void {
  if (value === undefined && !report.refused.has(pointerOf(path))) report.fatal(rule, path)
}

export function checkPeppol(draft: InvoiceDraft, report: Report): void {
  // Asked to judge an invoice that follows no specification of Peppol, these rules take it for one of BIS Billing.
  const followed = profileOf(draft)
  const profile = followed?.peppolRules ? followed : peppolBilling
  if (draft.process !== undefined && !profile.process.test(draft.process)) {
    const values = { profile: profile.name, value: quoted(draft.process) }
    report.fatal('PEPPOL-EN16931-R007', ['process'], { values })
  }
  if (draft.customization !== undefined && !isBilling(draft.customization)) {
    report.fatal('PEPPOL-EN16931-R004', ['customization'], { values: { value: quoted(draft.customization) } })
  }
  checkReferences(draft, report)
  checkSchemes(draft, report)
  checkPeppolIdentifiers(draft, report)
  checkCurrencies(draft, report)
  checkType(draft, report)
  checkMandates(draft, report)
  checkExemptions(draft, report)
  draft.lines?.forEach((line, index) => {
    if (line.period !== undefined) checkLinePeriod(line, ['lines', index, 'period'], { draft, report })
  })
}

/** Of Billing, or of Self-Billing, which has the rule for its own name. */
function isBilling(customization: string): boolean {
  return customizations.some(prefix => customization.startsWith(prefix)) && !customization.includes('::')
}

const customizations = ['billing', 'selfbilling'].map(
  name => `urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:${name}:3.0`,
)

/** The other lists of Peppol are those of EN 16931, whose rules say what is wrong. */
function checkSchemes({ seller, buyer }: InvoiceDraft, report: Report): void {
  for (const [key, endpoint] of Object.entries({ seller: seller?.endpoint, buyer: buyer?.endpoint })) {
    const { scheme } = endpoint ?? {}
    if (scheme === undefined || !eas.has(scheme) || peppolEas.has(scheme)) continue
    report.fatal('PEPPOL-EN16931-CL008', [key, 'endpoint', 'scheme'], { values: { value: quoted(scheme) } })
  }
}

function checkReferences(draft: InvoiceDraft, report: Report): void {
  const { buyerReference, purchaseOrderReference, salesOrderReference, notes = [] } = draft
  const order = purchaseOrderReference ?? salesOrderReference
  if (buyerReference === undefined && order === undefined && !report.refused.has('/buyerReference')) {
    report.fatal('PEPPOL-EN16931-R003', ['buyerReference'])
  }
  if (notes.length > 1 && !bothGerman(draft)) report.fatal('PEPPOL-EN16931-R002', ['notes', 1])
}

function bothGerman({ seller, buyer }: InvoiceDraft): boolean {
  return seller?.address?.country === 'DE' && buyer?.address?.country === 'DE'
}

function checkCurrencies({ currency, vatCurrency, totals }: InvoiceDraft, report: Report): void {
  const inVatCurrency = totals?.vatInVatCurrency
  const at = ['totals', 'vatInVatCurrency']
  if (vatCurrency !== undefined && vatCurrency === currency) {
    report.fatal('PEPPOL-EN16931-R005', ['vatCurrency'])
  }
  if (vatCurrency === undefined && inVatCurrency !== undefined) report.fatal('PEPPOL-EN16931-R054', at)
  if (inVatCurrency !== undefined && totals?.vat !== undefined && inVatCurrency.sign() * totals.vat.sign() < 0) {
    report.fatal('PEPPOL-EN16931-R055', at)
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
  // Asked in the processes of Billing only. [PEPPOL-EN16931-UBL, $profile]
  const isKnown = peppolBilling.process.test(draft.process ?? '')
  if (isKnown && !(credit ? creditNoteTypes : invoiceTypes).has(typeCode)) {
    const rule = credit ? 'PEPPOL-EN16931-P0101' : 'PEPPOL-EN16931-P0100'
    report.fatal(rule, ['typeCode'], { values: { code: typeCode } })
  }
  if ((typeCode === '326' || typeCode === '384') && !bothGerman(draft)) {
    report.fatal('PEPPOL-EN16931-P0112', ['typeCode'], { values: { code: typeCode } })
  }
}

const directDebits: ReadonlySet<string> = new Set(['49', '59'])

function checkMandates(draft: InvoiceDraft, report: Report): void {
  for (const [index, { code, directDebit }] of (draft.paymentMeans ?? []).entries()) {
    if (code === undefined || !directDebits.has(code) || directDebit?.mandate !== undefined) continue
    const at = ['paymentMeans', index, 'directDebit', 'mandate']
    report.fatal('PEPPOL-EN16931-R061', at)
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
    const values = { wanted, code: exemptionReasonCode ?? '' }
    report.fatal(`PEPPOL-EN16931-${rule}`, at, { text: 'peppol-exemption', values })
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
    report.fatal('PEPPOL-EN16931-R110', at)
  }
  if (period?.end !== undefined && line.period?.end !== undefined && line.period.end > period.end) {
    const at = [...path, 'end']
    report.fatal('PEPPOL-EN16931-R111', at)
  }
}
