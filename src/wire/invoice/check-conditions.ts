import { countries } from './code-lists.ts'
import { type Path, type Report, titleOf } from './finding.ts'
import type { Draft, InvoiceDraft, PaymentMeans, Period } from './model.ts'
import { isCreditNote } from './profiles.ts'

/* What EN 16931 demands of terms together, apart from amounts and VAT. [EN 16931-1 §6.4; UBL-SR-44, 47, 54, 55; CII-SR-467] */

/** `syntax` is what the invoice is sent as. */
export function checkConditions(draft: InvoiceDraft, report: Report, syntax: 'ubl' | 'cii'): void {
  checkDates(draft, report)
  checkParties(draft, report)
  checkPayment(draft, report)
  checkSame(draft.paymentMeans ?? [], 'code', { rule: syntax === 'ubl' ? 'UBL-SR-47' : 'CII-SR-467', report })
  if (syntax === 'ubl') checkUbl(draft, report)
  const { currency, vatCurrency, totals } = draft
  if (syntax === 'cii' && vatCurrency !== undefined && vatCurrency === currency) {
    const message = 'VAT accounting currency code (BT-6) must not be the invoice currency code (BT-5) in CII'
    report.fatal('BR-53', ['vatCurrency'], message)
  }
  if (
    vatCurrency !== undefined &&
    vatCurrency !== currency &&
    totals?.vatInVatCurrency === undefined &&
    !report.refused.has('/totals/vatInVatCurrency')
  ) {
    const at = ['totals', 'vatInVatCurrency']
    report.fatal('BR-53', at, `${titleOf(at)} must be there when the VAT accounting currency code (BT-6) is`)
  }
}

/** In UBL `#AAI#` before a text is its subject code, so a text must not look as if it had one. */
function checkNotes(draft: InvoiceDraft, report: Report): void {
  for (const [index, { subjectCode, text }] of (draft.notes ?? []).entries()) {
    if (subjectCode !== undefined || text === undefined || !/^#[^#]{3}#/.test(text)) continue
    const message = 'Invoice note (BT-22) begins like a subject code: give that as subjectCode (BT-21)'
    report.fatal('value.text', ['notes', index, 'text'], message)
  }
}

function checkDates(draft: InvoiceDraft, report: Report): void {
  if (draft.vatPointDate !== undefined && draft.vatPointDateCode !== undefined) {
    const message = 'Value added tax point date (BT-7) and value added tax point date code (BT-8) exclude each other'
    report.fatal('BR-CO-03', ['vatPointDateCode'], message)
  }
  checkPeriod(draft.period, ['period'], { report, order: 'BR-29', empty: 'BR-CO-19' })
  for (const [index, line] of (draft.lines ?? []).entries()) {
    checkPeriod(line.period, ['lines', index, 'period'], { report, order: 'BR-30', empty: 'BR-CO-20' })
  }
}

function checkPeriod(
  period: Draft<Period> | undefined,
  path: Path,
  { report, order, empty }: { report: Report; order: string; empty: string },
): void {
  if (period === undefined) return
  const { start, end } = period
  const refused =
    report.refused.has(`/${[...path, 'start'].join('/')}`) || report.refused.has(`/${[...path, 'end'].join('/')}`)
  if (start === undefined && end === undefined && !refused) {
    report.fatal(empty, path, `${titleOf(path)} needs a start date or an end date`)
  }
  if (start !== undefined && end !== undefined && end < start) {
    report.fatal(order, [...path, 'end'], `${titleOf([...path, 'end'])} is ${end}, before the start date ${start}`)
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
    const message =
      'The seller needs an identifier (BT-29), a legal registration identifier (BT-30) or a VAT identifier (BT-31)'
    report.fatal('BR-CO-26', ['seller'], message)
  }
  if (payee?.name !== undefined && (payee.name === seller?.tradingName || payee.name === seller?.name)) {
    report.fatal(
      payee.name === seller.tradingName ? 'BR-17' : 'UBL-SR-19',
      ['payee', 'name'],
      'Payee name (BT-59) must differ from the seller: without another payee leave the payee out',
    )
  }
  for (const [key, party] of Object.entries({ seller, buyer, taxRepresentative })) {
    const vatId = party?.vatId
    // Greece uses EL, which ISO 3166 does not have.
    if (vatId === undefined || vatId.startsWith('EL') || countries.has(vatId.slice(0, 2))) continue
    report.fatal(
      'BR-CO-09',
      [key, 'vatId'],
      `${titleOf([key, 'vatId'])} must begin with a country code, and is ${vatId.slice(0, 20)}`,
    )
  }
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
      report.fatal('BR-61', at, `${titleOf(at)} must be there for a credit transfer (payment means type code ${code})`)
    }
    if (card?.number !== undefined && card.number.length > 10) {
      const at = ['paymentMeans', index, 'card', 'number']
      report.warn('BR-51', at, `${titleOf(at)} must not be shown in full: at most the first 6 and last 4 digits`)
    }
  }
}

/** What only UBL cannot say. */
function checkUbl(draft: InvoiceDraft, report: Report): void {
  const means = draft.paymentMeans ?? []
  checkNotes(draft, report)
  checkSame(means, 'remittanceInformation', { rule: 'UBL-SR-44', report })
  for (const [key, rule] of [
    ['card', 'UBL-SR-54'],
    ['directDebit', 'UBL-SR-55'],
  ] as const) {
    const second = means.findIndex(
      (one, index) => one[key] !== undefined && means.findIndex(other => other[key] !== undefined) < index,
    )
    if (second >= 0)
      report.fatal(rule, ['paymentMeans', second, key], `${titleOf(['paymentMeans', second, key])} may occur once`)
  }
  if (draft.dueDate !== undefined && means.length === 0 && isCreditNote(draft.typeCode)) {
    const message =
      'Payment due date (BT-9) of a credit note stands in the payment instructions (BG-16) in UBL: give those too'
    report.fatal('ubl.cannot-carry', ['dueDate'], message)
  }
}

function checkSame(
  means: readonly Draft<PaymentMeans>[],
  key: 'code' | 'remittanceInformation',
  { rule, report }: { rule: string; report: Report },
): void {
  const first = means.find(one => one[key] !== undefined)?.[key]
  const other = means.findIndex(one => one[key] !== undefined && one[key] !== first)
  if (other < 0) return
  const at = ['paymentMeans', other, key]
  report.fatal(
    rule,
    at,
    `${titleOf(at)} must be the same in all payment instructions, and is both ${first} and ${means[other]?.[key]}`,
  )
}
