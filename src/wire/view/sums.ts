import { type Decimal, isCreditNote, type PartialInvoice } from '../invoice/index.ts'
import type { Label } from './labels.ts'
import {
  type Side,
  calculationText,
  exemptionText,
  negated,
  rateText,
  reasonText,
  signedAmount,
} from './adjustments.ts'
import { vatCategories } from './names-document.ts'
import type { Adjustment, Vat, VatRow } from './parts.ts'
import type { Speech } from './speech.ts'
import type { ViewNote, ViewRow, ViewTable, ViewTotal } from './types.ts'

/* What stands below the lines: allowances and charges of the document, VAT, totals. */

/** BG-20 and BG-21. */
export function adjustmentsOf(
  { allowances = [], charges = [] }: PartialInvoice,
  speech: Speech,
): ViewTable | undefined {
  if (allowances.length + charges.length === 0) return undefined
  return {
    heading: speech.label('adjustments'),
    columns: [
      { label: speech.label('item'), align: 'left', weight: 45 },
      { label: speech.label('calculation'), align: 'right', weight: 30 },
      { label: speech.label('vatRate'), align: 'right', weight: 12 },
      { label: speech.label('amount'), align: 'right', weight: 20 },
    ],
    rows: [
      ...allowances.map(each => adjustmentRow(each, 'allowance', speech)),
      ...charges.map(each => adjustmentRow(each, 'charge', speech)),
    ],
  }
}

function adjustmentRow(adjustment: Adjustment, side: Side, speech: Speech): ViewRow {
  const { amount, vat } = adjustment
  const reason = reasonText(adjustment, side, speech)
  const cells = [
    reason === '' ? speech.label(side) : `${speech.label(side)} – ${reason}`,
    calculationText(adjustment, speech),
    vat === undefined ? '' : rateText(vat, speech),
    amount === undefined ? '' : signedAmount(amount, side, speech),
  ]
  return plainRow(cells, exemptionNotes(vat ?? {}, speech))
}

/** BG-23. */
export function vatOf({ vatBreakdown = [] }: PartialInvoice, speech: Speech): ViewTable | undefined {
  if (vatBreakdown.length === 0) return undefined
  return {
    heading: speech.label('vatBreakdown'),
    columns: [
      { label: speech.label('vatCategory'), align: 'left', weight: 38 },
      { label: speech.label('rate'), align: 'right', weight: 14 },
      { label: speech.label('taxable'), align: 'right', weight: 24 },
      { label: speech.label('tax'), align: 'right', weight: 24 },
    ],
    rows: vatBreakdown.map(row => vatRow(row, speech)),
  }
}

function vatRow(row: VatRow, speech: Speech): ViewRow {
  const { category, rate, taxable, tax } = row
  const cells = [
    category === undefined ? '' : speech.codeAndName(vatCategories, category),
    rate === undefined ? '' : speech.percentage(rate),
    taxable === undefined ? '' : speech.amount(taxable),
    tax === undefined ? '' : speech.amount(tax),
  ]
  return plainRow(cells, exemptionNotes(row, speech))
}

function exemptionNotes(vat: Vat, speech: Speech): ViewNote[] {
  const text = exemptionText(vat, speech)
  return text === '' ? [] : [{ label: speech.label('exemption'), text }]
}

function plainRow(cells: readonly string[], details: readonly ViewNote[] = []): ViewRow {
  return { cells, details, depth: 0, kind: 'plain' }
}

/** BG-22. What is taken off is negative, so that the column adds up. */
export function totalsOf(invoice: PartialInvoice, speech: Speech): ViewTotal[] {
  const { totals = {}, typeCode, vatCurrency } = invoice
  const row = (key: Label, amount: Decimal | undefined, strong = false): ViewTotal[] =>
    amount === undefined ? [] : [{ label: speech.label(key), value: speech.money(amount), strong }]
  const off = (key: Label, amount: Decimal | undefined): ViewTotal[] => row(key, amount && negated(amount))
  return [
    ...row('totalLines', totals.lineNet),
    ...off('totalAllowances', unlessZero(totals.allowances)),
    ...row('totalCharges', unlessZero(totals.charges)),
    ...row('totalWithoutVat', totals.withoutVat),
    ...row('totalVat', totals.vat),
    ...inVatCurrency(totals.vatInVatCurrency, vatCurrency, speech),
    ...row('totalWithVat', totals.withVat),
    ...off('paid', unlessZero(totals.paid)),
    ...row('rounding', unlessZero(totals.rounding)),
    ...row(isCreditNote(typeCode) ? 'creditable' : 'payable', totals.payable, true),
  ]
}

/** A sum of nothing says nothing. */
function unlessZero(amount: Decimal | undefined): Decimal | undefined {
  return amount?.sign() === 0 ? undefined : amount
}

function inVatCurrency(amount: Decimal | undefined, currency: string | undefined, speech: Speech): ViewTotal[] {
  if (currency === undefined && amount === undefined) return []
  const label = [speech.label('totalVat'), currency && `(${currency})`].filter(Boolean).join(' ')
  return [{ label, value: amount === undefined ? '' : speech.money(amount, currency ?? ''), strong: false }]
}
