import type { Decimal } from './decimal.ts'
import type { Path, Report } from './finding.ts'
import { twoWayModes } from './french-lists.ts'
import type { Draft, InvoiceDraft, InvoiceLine, LineAllowance } from './model.ts'

/* How long numbers may be. A sign counts as a character, and so do zeros that are written. [BR-FR-DEC-01 to -04] */

interface Length {
  readonly rule: 'BR-FR-DEC-01' | 'BR-FR-DEC-02' | 'BR-FR-DEC-03' | 'BR-FR-DEC-04'
  readonly decimals: number
  /** Without the point. */
  readonly characters: number
  /** A coefficient below this fits whatever its sign and point: nobody need count its characters. */
  readonly short: bigint
  readonly signed: boolean
}

const long = { characters: 19, short: 10n ** 18n }
const amount: Length = { rule: 'BR-FR-DEC-01', decimals: 2, signed: true, ...long }
const quantity: Length = { rule: 'BR-FR-DEC-02', decimals: 4, signed: true, ...long }
const unsignedPrice: Length = { rule: 'BR-FR-DEC-03', decimals: 6, signed: false, ...long }
const signedPrice: Length = { ...unsignedPrice, signed: true }
const rate: Length = { rule: 'BR-FR-DEC-04', decimals: 2, characters: 4, short: 10n ** 3n, signed: false }

export function checkDigits(draft: InvoiceDraft, report: Report): void {
  for (const [name, value] of Object.entries(draft.totals ?? {})) check(value, amount, report, 'totals', name)
  for (const [index, part] of (draft.vatBreakdown ?? []).entries()) {
    const path = ['vatBreakdown', index]
    check(part.taxable, amount, report, ...path, 'taxable')
    check(part.tax, amount, report, ...path, 'tax')
    check(part.rate, rate, report, ...path, 'rate')
  }
  checkAllowances(draft, report, [])
  for (const key of ['allowances', 'charges'] as const) {
    for (const [index, { vat }] of (draft[key] ?? []).entries())
      check(vat?.rate, rate, report, key, index, 'vat', 'rate')
  }
  // Of the two groups of lines in a two-way invoice, one counts against the other.
  const price = twoWayModes.has(draft.process ?? '') ? signedPrice : unsignedPrice
  for (const [index, line] of (draft.lines ?? []).entries()) checkLine(line, price, report, ['lines', index])
}

function checkLine(line: Draft<InvoiceLine>, price: Length, report: Report, path: Path): void {
  check(line.net, amount, report, ...path, 'net')
  check(line.quantity, quantity, report, ...path, 'quantity')
  check(line.vat?.rate, rate, report, ...path, 'vat', 'rate')
  checkAllowances(line, report, path)
  if (line.price === undefined) return
  check(line.price.baseQuantity, quantity, report, ...path, 'price', 'baseQuantity')
  for (const key of ['net', 'discount', 'gross'] as const) check(line.price[key], price, report, ...path, 'price', key)
}

function checkAllowances(
  holder: { allowances?: Draft<LineAllowance>[]; charges?: Draft<LineAllowance>[] },
  report: Report,
  path: Path,
): void {
  for (const key of ['allowances', 'charges'] as const) {
    for (const [index, allowance] of (holder[key] ?? []).entries()) {
      check(allowance.amount, amount, report, ...path, key, index, 'amount')
      check(allowance.base, amount, report, ...path, key, index, 'base')
    }
  }
}

function check(value: Decimal | undefined, length: Length, report: Report, ...path: Path): void {
  if (value === undefined || fits(value, length)) return
  report.fatal(length.rule, path, { values: { value: value.toString() } })
}

function fits(value: Decimal, { decimals, characters, signed, short }: Length): boolean {
  if (value.scale > decimals || (value.coefficient < 0n && !signed)) return false
  if (value.coefficient > -short && value.coefficient < short) return true
  return value.toString().replace('.', '').length <= characters
}
