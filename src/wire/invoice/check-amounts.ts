import { Decimal, zero } from './decimal.ts'
import { lineNet, share, totalOf } from './derive.ts'
import { type Path, type Report, titleOf } from './finding.ts'
import type { Draft, InvoiceDraft, InvoiceLine, LineAllowance, Price } from './model.ts'

/*
 * Amounts that are given must agree with the terms they are computed from. Tolerances are those of the official rules.
 * A rule whose operand is missing does not speak: what is missing is reported on its own.
 */

const exact = zero
/** [PEPPOL-EN16931-R040, R120] */
const slack = new Decimal(2n, 2)

/** `vatUnsaidWhenNone`: BT-110 may be missing where the totals with and without VAT are the same. [BR-CO-15 for CII] */
export function checkAmounts(
  draft: InvoiceDraft,
  report: Report,
  { peppolRules, vatUnsaidWhenNone }: { readonly peppolRules: boolean; readonly vatUnsaidWhenNone: boolean },
): void {
  for (const [index, line] of (draft.lines ?? []).entries())
    checkLine(line, { path: ['lines', index], report, peppolRules })
  checkAllowances(draft, { path: [], report, peppolRules })
  checkTotals(draft, report, vatUnsaidWhenNone)
}

interface Context {
  readonly path: Path
  readonly report: Report
  readonly peppolRules: boolean
}

/** `formula` says in the standard's words what the amount is. */
export interface Comparison {
  readonly rule: string
  readonly actual: Decimal | undefined
  readonly expected: Decimal | undefined
  readonly tolerance: Decimal
  readonly formula: string
}

/** Reports when the two differ by more than the tolerance. */
export function compare(path: Path, report: Report, comparison: Comparison): void {
  const { rule, actual, expected, tolerance, formula } = comparison
  if (actual === undefined || expected === undefined) return
  const delta = actual.minus(expected)
  if (delta.absolute().compare(tolerance) <= 0) return
  const mismatch = { actual: actual.toString(), expected: expected.toString(), delta: delta.toString() }
  const message = `${titleOf(path)} is ${mismatch.actual} and must be ${mismatch.expected} (difference ${mismatch.delta}): ${formula}`
  report.fatal(rule, path, message, mismatch)
}

function checkLine(line: Draft<InvoiceLine>, context: Context): void {
  const { path, report, peppolRules } = context
  checkAllowances(line, context)
  if (line.price !== undefined) checkPrice(line, line.price, context)
  if (!peppolRules) return
  compare([...path, 'net'], report, {
    rule: 'PEPPOL-EN16931-R120',
    actual: line.net,
    expected: lineNet(line),
    tolerance: slack,
    formula: 'quantity (BT-129) × net price (BT-146) / base quantity (BT-149) + charges (BT-141) − allowances (BT-136)',
  })
}

function checkPrice(line: Draft<InvoiceLine>, price: Draft<Price>, { path, report, peppolRules }: Context): void {
  const at = [...path, 'price']
  for (const [key, rule] of [
    ['net', 'BR-27'],
    ['gross', 'BR-28'],
  ] as const) {
    if (price[key] !== undefined && price[key].sign() < 0) {
      report.fatal(rule, [...at, key], `${titleOf([...at, key])} must not be negative, and is ${price[key].toString()}`)
    }
  }
  if (!peppolRules) return
  if (price.baseQuantity !== undefined && price.baseQuantity.sign() <= 0) {
    report.fatal('PEPPOL-EN16931-R121', [...at, 'baseQuantity'], 'Item price base quantity (BT-149) must be above zero')
  }
  if (price.baseUnit !== undefined && line.unit !== undefined && price.baseUnit !== line.unit) {
    const message = `The unit of the price base quantity (BT-150) is ${price.baseUnit} and must be that of the quantity (BT-130), ${line.unit}`
    report.fatal('PEPPOL-EN16931-R130', [...at, 'baseUnit'], message)
  }
  compare([...at, 'net'], report, {
    rule: 'PEPPOL-EN16931-R046',
    actual: price.net,
    expected: price.gross?.minus(price.discount ?? zero),
    tolerance: exact,
    formula: 'gross price (BT-148) − discount (BT-147)',
  })
}

const reasonRules = {
  document: { allowances: ['BR-33', 'BR-CO-21'], charges: ['BR-38', 'BR-CO-22'] },
  line: { allowances: ['BR-42', 'BR-CO-23'], charges: ['BR-44', 'BR-CO-24'] },
} as const

function checkAllowances(
  holder: { allowances?: Draft<LineAllowance>[]; charges?: Draft<LineAllowance>[] },
  { path, report, peppolRules }: Context,
): void {
  for (const key of ['allowances', 'charges'] as const) {
    for (const [index, allowance] of (holder[key] ?? []).entries()) {
      const at = [...path, key, index]
      if (allowance.reason === undefined && allowance.reasonCode === undefined) {
        for (const rule of reasonRules[path.length === 0 ? 'document' : 'line'][key]) {
          report.fatal(rule, at, `${titleOf(at)} needs a reason or a reason code`)
        }
      }
      if (peppolRules) checkShare(allowance, at, report)
    }
  }
}

function checkShare(allowance: Draft<LineAllowance>, path: Path, report: Report): void {
  const { amount, base, percentage } = allowance
  if (percentage !== undefined && base === undefined) {
    report.fatal(
      'PEPPOL-EN16931-R041',
      [...path, 'base'],
      `${titleOf([...path, 'base'])} must be there when the percentage is`,
    )
  }
  if (base !== undefined && percentage === undefined) {
    const at = [...path, 'percentage']
    report.fatal('PEPPOL-EN16931-R042', at, `${titleOf(at)} must be there when the base amount is`)
  }
  if (base === undefined || percentage === undefined) return
  compare([...path, 'amount'], report, {
    rule: 'PEPPOL-EN16931-R040',
    actual: amount,
    expected: share(base, percentage),
    tolerance: slack,
    formula: 'base amount × percentage / 100',
  })
}

const totalRules = {
  lineNet: { rule: 'BR-CO-10', formula: 'the sum of the invoice line net amounts (BT-131)' },
  allowances: { rule: 'BR-CO-11', formula: 'the sum of the document level allowance amounts (BT-92)' },
  charges: { rule: 'BR-CO-12', formula: 'the sum of the document level charge amounts (BT-99)' },
  withoutVat: { rule: 'BR-CO-13', formula: 'BT-106 − allowances (BT-107) + charges (BT-108)' },
  vat: { rule: 'BR-CO-14', formula: 'the sum of the VAT category tax amounts (BT-117)' },
  withVat: { rule: 'BR-CO-15', formula: 'amount without VAT (BT-109) + VAT (BT-110)' },
  payable: { rule: 'BR-CO-16', formula: 'amount with VAT (BT-112) − paid (BT-113) + rounding (BT-114)' },
} as const

function checkTotals(draft: InvoiceDraft, report: Report, vatUnsaidWhenNone: boolean): void {
  const { totals = {} } = draft
  const isNone = totals.withVat !== undefined && totals.withoutVat?.compare(totals.withVat) === 0
  const demanded = {
    allowances: (draft.allowances ?? []).length > 0,
    charges: (draft.charges ?? []).length > 0,
    vat: !(vatUnsaidWhenNone && isNone),
  }
  for (const [name, { rule, formula }] of Object.entries(totalRules) as [
    keyof typeof totalRules,
    (typeof totalRules)['vat'],
  ][]) {
    if (name === 'vat' && (draft.vatBreakdown ?? []).length === 0) continue
    const expected = totalOf[name](draft)
    const path = ['totals', name]
    compare(path, report, { rule, actual: totals[name], expected, tolerance: exact, formula })
    const isDemanded = Object.hasOwn(demanded, name) && demanded[name as keyof typeof demanded]
    if (isDemanded && totals[name] === undefined && !report.refused.has(`/totals/${name}`)) {
      report.fatal(name === 'vat' ? 'BR-CO-15' : rule, path, `${titleOf(path)} is missing: it must be ${formula}`)
    }
  }
}
