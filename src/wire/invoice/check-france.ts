import { checkDigits } from './check-france-digits.ts'
import { checkLineGroups } from './check-france-groups.ts'
import { checkFrenchParties } from './check-france-parties.ts'
import type { Path, Report } from './finding.ts'
import * as lists from './french-lists.ts'
import { isCounted } from './line-kinds.ts'
import type { Draft, Identifier, InvoiceDraft } from './model.ts'
import type { Text } from './text.ts'
import { quoted } from './values.ts'

/*
 * What France adds to EN 16931 for every invoice of its reform. All of it is fatal. The rules say which terms they mean; one rule may
 * speak of several. [BR-FR Flux 2 1.4.0.03; france.md §2.7]
 */

/** `syntax` is what the invoice is sent as. */
export function checkFrance(draft: InvoiceDraft, report: Report, syntax: 'ubl' | 'cii'): void {
  checkNumbers(draft, report)
  checkDates(draft, report)
  checkHeader(draft, report)
  checkNotes(draft, report)
  checkFrenchParties(draft, report, syntax)
  checkVatTerms(draft, report)
  checkAttachments(draft, report)
  checkReferences(draft, report)
  checkVatGroup(draft, report)
  checkDigits(draft, report)
  checkLines(draft, report)
  checkLineGroups(draft, report, syntax)
}

function checkNumbers({ number, precedingInvoices = [], lines = [] }: InvoiceDraft, report: Report): void {
  checkNumber(number, ['number'], report)
  for (const [index, preceding] of precedingInvoices.entries())
    checkPreceding(preceding, ['precedingInvoices', index], report)
  for (const [index, line] of lines.entries()) {
    for (const [position, preceding] of (line.precedingInvoices ?? []).entries())
      checkPreceding(preceding, ['lines', index, 'precedingInvoices', position], report)
  }
}

/** BR-FR-01 to 04, of an invoice that this one refers to. */
function checkPreceding(
  { number, issueDate, typeCode }: { number?: string; issueDate?: string; typeCode?: string },
  path: Path,
  report: Report,
): void {
  checkNumber(number, [...path, 'number'], report)
  checkYear(issueDate, [...path, 'issueDate'], report)
  checkType(typeCode, [...path, 'typeCode'], report)
}

/** BR-FR-01 and 02. */
function checkNumber(value: string | undefined, path: Path, report: Report): void {
  if (value === undefined) return
  if (value.length > 35) report.fatal('BR-FR-01', path, { values: { length: String(value.length) } })
  if (!/^[A-Za-z0-9+\-_/]+$/.test(value)) report.fatal('BR-FR-02', path, { values: { value: quoted(value) } })
}

/** BR-FR-03, for every date. */
function checkDates(draft: InvoiceDraft, report: Report): void {
  const { delivery, period } = draft
  checkYear(draft.issueDate, ['issueDate'], report)
  checkYear(draft.vatPointDate, ['vatPointDate'], report)
  checkYear(draft.dueDate, ['dueDate'], report)
  checkYear(delivery?.date, ['delivery', 'date'], report)
  checkYear(period?.start, ['period', 'start'], report)
  checkYear(period?.end, ['period', 'end'], report)
  for (const [index, line] of (draft.lines ?? []).entries()) {
    if (line.delivery !== undefined) checkYear(line.delivery.date, ['lines', index, 'delivery', 'date'], report)
    if (line.period === undefined) continue
    checkYear(line.period.start, ['lines', index, 'period', 'start'], report)
    checkYear(line.period.end, ['lines', index, 'period', 'end'], report)
  }
}

function checkYear(date: string | undefined, path: Path, report: Report): void {
  if (date !== undefined && !date.startsWith('20')) report.fatal('BR-FR-03', path, { values: { value: date } })
}

/** BR-FR-04 and 08; CO-03, 04, 07, 08, 09 and 12. */
function checkHeader(draft: InvoiceDraft, report: Report): void {
  const { typeCode, process, dueDate, issueDate } = draft
  checkType(typeCode, ['typeCode'], report)
  if (!lists.billingModes.has(process ?? '') && !report.refused.has('/process'))
    report.fatal('BR-FR-08', ['process'], { values: { value: quoted(process ?? '') } })
  const isPaid = lists.paidModes.has(process ?? '')
  const isPrepayment = lists.prepaymentTypes.has(typeCode ?? '')
  if (dueDate !== undefined && issueDate !== undefined && dueDate < issueDate && !isPaid && !isPrepayment)
    report.fatal('BR-FR-CO-07', ['dueDate'], { values: { value: dueDate, issued: issueDate } })
  if (isPrepayment && lists.finalModes.has(process ?? ''))
    report.fatal('BR-FR-CO-08', ['process'], { values: { type: typeCode ?? '', mode: process ?? '' } })
  if (isPaid) checkPaid(draft, report)
  checkCurrency(draft, report)
}

function checkType(typeCode: string | undefined, path: Path, report: Report): void {
  if (typeCode !== undefined && !lists.frenchTypes.has(typeCode))
    report.fatal('BR-FR-04', path, { values: { value: typeCode } })
}

function checkPaid({ totals, dueDate, process = '' }: InvoiceDraft, report: Report): void {
  const values = { mode: process }
  const { paid, withVat, payable } = totals ?? {}
  if (withVat !== undefined && paid?.compare(withVat) !== 0)
    report.fatal('BR-FR-CO-09', ['totals', 'paid'], { text: 'BR-FR-CO-09/paid', values })
  if (payable !== undefined && payable.sign() !== 0)
    report.fatal('BR-FR-CO-09', ['totals', 'payable'], { text: 'BR-FR-CO-09/payable', values })
  if (dueDate === undefined && !report.refused.has('/dueDate'))
    report.fatal('BR-FR-CO-09', ['dueDate'], { text: 'BR-FR-CO-09/due', values })
}

function checkCurrency({ currency, vatCurrency, totals }: InvoiceDraft, report: Report): void {
  if (currency === undefined || currency === 'EUR') return
  if (vatCurrency === 'EUR' && totals?.vatInVatCurrency !== undefined) return
  report.fatal('BR-FR-CO-12', ['currency'], { values: { currency } })
}

const legalNoteNames: Readonly<Record<(typeof lists.legalNotes)[number], Text>> = {
  PMT: { en: 'the fixed recovery fee of 40 EUR', fr: 'indemnité forfaitaire de 40 € pour frais de recouvrement' },
  PMD: { en: 'the penalties for late payment', fr: 'pénalités de retard' },
  AAB: {
    en: 'the discount for early payment, or that there is none',
    fr: 'escompte pour paiement anticipé ou son absence',
  },
}

/** BR-FR-05, 06, 20 and 31. */
function checkNotes({ notes = [] }: InvoiceDraft, report: Report): void {
  for (const code of lists.legalNotes) {
    if (notes.some(note => note.subjectCode === code)) continue
    report.fatal('BR-FR-05', ['notes'], { values: { code, what: legalNoteNames[code] } })
  }
  for (const code of lists.singleNotes) {
    const second = notes.findIndex(
      ({ subjectCode }, index) => subjectCode === code && notes.findIndex(note => note.subjectCode === code) < index,
    )
    if (second >= 0) report.fatal('BR-FR-06', ['notes', second, 'subjectCode'], { values: { code } })
  }
  let known = 0
  for (const [index, { subjectCode, text }] of notes.entries()) {
    if (subjectCode !== 'BAR' || text === undefined) continue
    const path = ['notes', index, 'text']
    if (!lists.processings.has(text)) report.fatal('BR-FR-20', path, { values: { value: quoted(text) } })
    else if (++known === 2) report.fatal('BR-FR-31', ['notes', index, 'subjectCode'])
  }
}

/** BR-FR-15 and 16. */
function checkVatTerms(draft: InvoiceDraft, report: Report): void {
  for (const key of ['allowances', 'charges'] as const) {
    for (const [index, { vat }] of (draft[key] ?? []).entries()) checkVatTerm(vat, [key, index, 'vat'], report)
  }
  for (const [index, part] of (draft.vatBreakdown ?? []).entries()) checkVatTerm(part, ['vatBreakdown', index], report)
  for (const [index, { vat }] of (draft.lines ?? []).entries()) checkVatTerm(vat, ['lines', index, 'vat'], report)
}

function checkVatTerm(vat: NonNullable<InvoiceDraft['vatBreakdown']>[number] | undefined, path: Path, report: Report) {
  if (vat === undefined) return
  const { category, rate } = vat
  if (category !== undefined && !lists.frenchVatCategories.has(category))
    report.fatal('BR-FR-15', [...path, 'category'], { values: { value: quoted(category) } })
  if (rate === undefined) return
  if (rate.scale <= 2 && lists.frenchRates.has(Number(rate.padded(2).coefficient))) return
  report.fatal('BR-FR-16', [...path, 'rate'], { values: { value: rate.toString() } })
}

/** BR-FR-17 and 18. */
function checkAttachments({ attachments = [] }: InvoiceDraft, report: Report): void {
  let readable = 0
  for (const [index, { description }] of attachments.entries()) {
    const path = ['attachments', index, 'description']
    if (description !== undefined && !lists.attachmentNames.has(description))
      report.fatal('BR-FR-17', path, { values: { value: quoted(description) } })
    if (description === 'LISIBLE' && ++readable === 2) report.fatal('BR-FR-18', path)
  }
}

/** BR-FR-CO-03, 04 and 05. */
function checkReferences(draft: InvoiceDraft, report: Report): void {
  const { typeCode: type = '', contractReference, period, precedingInvoices = [] } = draft
  if (type === '262' && (contractReference === undefined || period?.start === undefined || period.end === undefined))
    report.fatal('BR-FR-CO-03', ['typeCode'])
  if (lists.correctiveTypes.has(type) && precedingInvoices.length !== 1) {
    const values = { type, count: String(precedingInvoices.length) }
    report.fatal('BR-FR-CO-04', ['precedingInvoices'], { values })
  }
  if (!lists.creditTypes.has(type) || precedingInvoices.some(isDated)) return
  const lines = (draft.lines ?? []).filter(isCounted)
  if (lines.length > 0 && lines.every(line => (line.precedingInvoices ?? []).some(isDated))) return
  report.fatal('BR-FR-CO-05', ['precedingInvoices'], { values: { type } })
}

function isDated({ number, issueDate }: { number?: string; issueDate?: string }): boolean {
  return number !== undefined && issueDate !== undefined
}

/** BR-FR-27 to 30: attributes of items, and objects by the schemes of the multi-seller invoice. */
function checkLines({ invoicedObjects = [], lines = [] }: InvoiceDraft, report: Report): void {
  checkObjects(invoicedObjects, ['invoicedObjects'], 'BR-FR-29', report)
  for (const [index, { objects = [], item }] of lines.entries()) {
    checkObjects(objects, ['lines', index, 'objects'], 'BR-FR-30', report)
    for (const [position, attribute] of (item?.attributes ?? []).entries()) {
      const path = ['lines', index, 'item', 'attributes', position]
      const { name, code, value, quantity, unit } = attribute
      if (name === undefined && code === undefined) report.fatal('BR-FR-27', path)
      if (value === undefined ? quantity === undefined || unit === undefined : quantity !== undefined)
        report.fatal('BR-FR-28', path)
    }
  }
}

function checkObjects(
  objects: readonly Draft<Identifier>[],
  path: Path,
  rule: 'BR-FR-29' | 'BR-FR-30',
  report: Report,
): void {
  if (objects.length < 2) return
  for (const wanted of ['AFL', 'AVV']) {
    const second = objects.findIndex(
      ({ scheme }, index) => scheme === wanted && objects.findIndex(object => object.scheme === wanted) < index,
    )
    if (second >= 0) report.fatal(rule, [...path, second], { values: { scheme: wanted } })
  }
}

/** BR-FR-CO-14 and 15. */
function checkVatGroup({ seller, notes = [], taxRepresentative }: InvoiceDraft, report: Report): void {
  if (!(seller?.identifiers ?? []).some(({ scheme }) => scheme === lists.schemes.vatGroup)) return
  if (!notes.some(({ subjectCode, text }) => subjectCode === 'TXD' && text === lists.vatGroupNote))
    report.fatal('BR-FR-CO-14', ['notes'])
  if (taxRepresentative?.vatId === undefined && !report.refused.has('/taxRepresentative/vatId'))
    report.fatal('BR-FR-CO-15', ['taxRepresentative', 'vatId'])
}
