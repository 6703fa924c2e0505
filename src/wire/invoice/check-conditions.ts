import { countries, noteSubjects } from './code-lists.ts'
import { type Path, type Report, pointerOf } from './finding.ts'
import type { Draft, InvoiceDraft, PaymentMeans, Period } from './model.ts'
import { isCreditNote, isExtended } from './profiles.ts'
import { quoted } from './values.ts'

/* What EN 16931 demands of terms together, apart from amounts and VAT. [EN 16931-1 §6.4; UBL-SR-44, 47, 54, 55; CII-SR-467] */

/** `syntax` is what the invoice is sent as. */
export function checkConditions(draft: InvoiceDraft, report: Report, syntax: 'ubl' | 'cii'): void {
  checkDates(draft, report)
  checkParties(draft, report)
  checkPayment(draft, report)
  checkSame(draft.paymentMeans ?? [], 'code', { rule: syntax === 'ubl' ? 'UBL-SR-47' : 'CII-SR-467', report })
  if (syntax === 'ubl') checkUbl(draft, report)
  else checkLineSubjects(draft, report)
  const { currency, vatCurrency, totals } = draft
  if (syntax === 'cii' && vatCurrency !== undefined && vatCurrency === currency) {
    report.fatal('BR-53', ['vatCurrency'], { text: 'BR-53/same' })
  }
  if (
    vatCurrency !== undefined &&
    vatCurrency !== currency &&
    totals?.vatInVatCurrency === undefined &&
    !report.refused.has('/totals/vatInVatCurrency')
  ) {
    report.fatal('BR-53', ['totals', 'vatInVatCurrency'])
  }
}

/** In UBL `#AAI#` before a text is its subject code, so a text must not look as if it had one. */
function checkNotes(draft: InvoiceDraft, report: Report): void {
  checkTexts(draft.notes, [], report)
  draft.lines?.forEach(({ notes }, index) => {
    if (notes !== undefined) checkTexts(notes, ['lines', index], report)
  })
}

function checkTexts(notes: InvoiceDraft['notes'], path: Path, report: Report): void {
  notes?.forEach(({ subjectCode, text }, index) => {
    if (subjectCode !== undefined || text === undefined || !/^#[^#]{3}#/.test(text)) return
    report.fatal('value.text', [...path, 'notes', index, 'text'], { text: 'value.text/note' })
  })
}

function checkDates(draft: InvoiceDraft, report: Report): void {
  if (draft.vatPointDate !== undefined && draft.vatPointDateCode !== undefined) {
    report.fatal('BR-CO-03', ['vatPointDateCode'])
  }
  checkPeriod(draft.period, ['period'], { report, order: 'BR-29', empty: 'BR-CO-19' })
  draft.lines?.forEach(({ period }, index) => {
    if (period === undefined) return
    checkPeriod(period, ['lines', index, 'period'], { report, order: 'BR-30', empty: 'BR-CO-20' })
  })
}

function checkPeriod(
  period: Draft<Period> | undefined,
  path: Path,
  { report, order, empty }: { report: Report; order: 'BR-29' | 'BR-30'; empty: 'BR-CO-19' | 'BR-CO-20' },
): void {
  if (period === undefined) return
  const { start, end } = period
  if (start === undefined && end === undefined) {
    const pointer = pointerOf(path)
    const refused = report.refused.has(`${pointer}/start`) || report.refused.has(`${pointer}/end`)
    if (!refused) report.fatal(empty, path)
  }
  if (start !== undefined && end !== undefined && end < start) {
    report.fatal(order, [...path, 'end'], { values: { start, end } })
  }
}

function checkParties(draft: InvoiceDraft, report: Report): void {
  const { seller, buyer, payee, taxRepresentative } = draft
  if (
    seller !== undefined &&
    seller.vatId === undefined &&
    seller.legalRegistration === undefined &&
    (seller.identifiers ?? []).length === 0
  ) {
    report.fatal('BR-CO-26', ['seller'])
  }
  if (payee?.name !== undefined && (payee.name === seller?.tradingName || payee.name === seller?.name)) {
    report.fatal(payee.name === seller.tradingName ? 'BR-17' : 'UBL-SR-19', ['payee', 'name'])
  }
  const { sellerAgent, buyerAgent, invoicer, invoicee, payer } = draft
  const parties = { seller, buyer, taxRepresentative, payee, sellerAgent, buyerAgent, invoicer, invoicee, payer }
  for (const [key, party] of Object.entries(parties)) checkVatId(party?.vatId, [key, 'vatId'], report)
  draft.lines?.forEach(({ seller: own }, index) => {
    if (own !== undefined) checkVatId(own.vatId, ['lines', index, 'seller', 'vatId'], report)
  })
}

function checkVatId(vatId: string | undefined, path: Path, report: Report): void {
  // Greece uses EL, which ISO 3166 does not have.
  if (vatId === undefined || vatId.startsWith('EL') || countries.has(vatId.slice(0, 2))) return
  report.fatal('BR-CO-09', path, { values: { value: vatId.slice(0, 20) } })
}

/** Codes whose account must be named. [BR-61] */
const creditTransfers: ReadonlySet<string> = new Set(['30', '58'])

function checkPayment(draft: InvoiceDraft, report: Report): void {
  const means = draft.paymentMeans ?? []
  for (const [index, { code, transfer, card }] of means.entries()) {
    if (
      code !== undefined &&
      creditTransfers.has(code) &&
      transfer?.account === undefined &&
      !report.refused.has(`/paymentMeans/${index}/transfer/account`)
    ) {
      const at = ['paymentMeans', index, 'transfer', 'account']
      report.fatal('BR-61', at, { values: { code } })
    }
    if (card?.number !== undefined && card.number.length > 10) {
      const at = ['paymentMeans', index, 'card', 'number']
      report.warn('BR-51', at)
    }
  }
}

/** What only UBL cannot say. */
function checkUbl(draft: InvoiceDraft, report: Report): void {
  const means = draft.paymentMeans ?? []
  checkNotes(draft, report)
  if (!isExtended(draft)) checkOnce(draft, report)
  checkSame(means, 'remittanceInformation', { rule: 'UBL-SR-44', report })
  for (const [key, rule] of [
    ['card', 'UBL-SR-54'],
    ['directDebit', 'UBL-SR-55'],
  ] as const) {
    const second = means.findIndex(
      (one, index) => one[key] !== undefined && means.findIndex(other => other[key] !== undefined) < index,
    )
    if (second >= 0) report.fatal(rule, ['paymentMeans', second, key])
  }
  if (draft.dueDate !== undefined && means.length === 0 && isCreditNote(draft.typeCode)) {
    report.fatal('ubl.cannot-carry', ['dueDate'], { text: 'cannot-carry/due-date' })
  }
}

/** In CII the subject codes of lines have the list of those of the invoice; UBL does not look into the notes of lines. */
function checkLineSubjects({ lines = [] }: InvoiceDraft, report: Report): void {
  for (const [index, { notes = [] }] of lines.entries()) {
    for (const [place, { subjectCode }] of notes.entries()) {
      if (subjectCode === undefined || noteSubjects.has(subjectCode)) continue
      const values = { value: quoted(subjectCode) }
      report.fatal('BR-CL-08', ['lines', index, 'notes', place, 'subjectCode'], { text: 'code', values })
    }
  }
}

/** What EN 16931 has once and its extensions several times. */
function checkOnce(draft: InvoiceDraft, report: Report): void {
  if ((draft.invoicedObjects ?? []).length > 1) report.fatal('UBL-SR-04', ['invoicedObjects', 1])
  for (const [index, { notes = [], objects = [], otherDocuments = [] }] of (draft.lines ?? []).entries()) {
    if (notes.length > 1) report.fatal('UBL-SR-34', ['lines', index, 'notes', 1])
    if (objects.length + otherDocuments.length > 1) report.fatal('UBL-SR-52', ['lines', index, 'objects'])
  }
}

function checkSame(
  means: readonly Draft<PaymentMeans>[],
  key: 'code' | 'remittanceInformation',
  { rule, report }: { rule: 'UBL-SR-44' | 'UBL-SR-47' | 'CII-SR-467'; report: Report },
): void {
  const first = means.find(one => one[key] !== undefined)?.[key]
  const other = means.findIndex(one => one[key] !== undefined && one[key] !== first)
  if (other < 0) return
  const at = ['paymentMeans', other, key]
  report.fatal(rule, at, { values: { first: first ?? '', other: means[other]?.[key] ?? '' } })
}
