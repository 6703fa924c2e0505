import { Decimal, zero } from './decimal.ts'
import { lineNet, share, totalOf } from './derive.ts'
import { type Path, type Report, pointerOf } from './finding.ts'
import { isCounted } from './line-kinds.ts'
import type { Draft, InvoiceDraft, InvoiceLine, LineAllowance, Price } from './model.ts'
import { isExtended } from './profiles.ts'
import type { Values } from './text.ts'
import type { TextKey } from './texts.ts'

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

/** `text` says in the standard's words what the amount is. */
export interface Comparison {
  readonly rule: string
  readonly text: TextKey
  readonly actual: Decimal | undefined
  readonly expected: Decimal | undefined
  readonly tolerance: Decimal
  readonly values?: Values
}

/** Reports when the two differ by more than the tolerance. */
export function compare(path: Path, report: Report, comparison: Comparison): void {
  const { rule, text, actual, expected, tolerance, values = {} } = comparison
  if (actual === undefined || expected === undefined) return
  const delta = actual.minus(expected)
  if (delta.absolute().compare(tolerance) <= 0) return
  const mismatch = { actual: actual.toString(), expected: expected.toString(), delta: delta.toString() }
  report.fatal(rule, path, { text, values, mismatch })
}

function checkLine(line: Draft<InvoiceLine>, context: Context): void {
  const { path, report, peppolRules } = context
  checkAllowances(line, context)
  if (line.price !== undefined) checkPrice(line, line.price, context)
  if (!peppolRules) return
  compare([...path, 'net'], report, {
    rule: 'PEPPOL-EN16931-R120',
    text: 'PEPPOL-EN16931-R120',
    actual: line.net,
    expected: lineNet(line),
    tolerance: slack,
  })
}

const signRules = [
  { key: 'net', rule: 'BR-27' },
  { key: 'gross', rule: 'BR-28' },
] as const

function checkPrice(line: Draft<InvoiceLine>, price: Draft<Price>, { path, report, peppolRules }: Context): void {
  const at = [...path, 'price']
  for (const { key, rule } of signRules) {
    const value = price[key]
    if (value !== undefined && value.sign() < 0)
      report.fatal(rule, [...at, key], { values: { value: value.toString() } })
  }
  if (!peppolRules) return
  if (price.baseQuantity !== undefined && price.baseQuantity.sign() <= 0) {
    report.fatal('PEPPOL-EN16931-R121', [...at, 'baseQuantity'])
  }
  if (price.baseUnit !== undefined && line.unit !== undefined && price.baseUnit !== line.unit) {
    report.fatal('PEPPOL-EN16931-R130', [...at, 'baseUnit'], { values: { base: price.baseUnit, unit: line.unit } })
  }
  if (price.gross === undefined) return
  compare([...at, 'net'], report, {
    rule: 'PEPPOL-EN16931-R046',
    text: 'PEPPOL-EN16931-R046',
    actual: price.net,
    expected: price.gross.minus(price.discount ?? zero),
    tolerance: exact,
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
          report.fatal(rule, at, { text: 'reason' })
        }
      }
      if (peppolRules) checkShare(allowance, at, report)
    }
  }
}

function checkShare(allowance: Draft<LineAllowance>, path: Path, report: Report): void {
  const { amount, base, percentage } = allowance
  if (percentage !== undefined && base === undefined) {
    report.fatal('PEPPOL-EN16931-R041', [...path, 'base'])
  }
  if (base !== undefined && percentage === undefined) {
    report.fatal('PEPPOL-EN16931-R042', [...path, 'percentage'])
  }
  if (base === undefined || percentage === undefined) return
  compare([...path, 'amount'], report, {
    rule: 'PEPPOL-EN16931-R040',
    text: 'PEPPOL-EN16931-R040',
    actual: amount,
    expected: share(base, percentage),
    tolerance: slack,
  })
}

const totalRules = {
  lineNet: { rule: 'BR-CO-10', missing: undefined },
  allowances: { rule: 'BR-CO-11', missing: 'BR-CO-11/missing' },
  charges: { rule: 'BR-CO-12', missing: 'BR-CO-12/missing' },
  withoutVat: { rule: 'BR-CO-13', missing: undefined },
  vat: { rule: 'BR-CO-14', missing: 'BR-CO-15/missing' },
  withVat: { rule: 'BR-CO-15', missing: undefined },
  payable: { rule: 'BR-CO-16', missing: undefined },
} as const

function checkTotals(draft: InvoiceDraft, report: Report, vatUnsaidWhenNone: boolean): void {
  const { totals = {} } = draft
  const slackOf = tolerances(draft)
  const isNone = totals.withVat !== undefined && totals.withoutVat?.compare(totals.withVat) === 0
  const demanded: Readonly<Record<string, boolean>> = {
    allowances: (draft.allowances ?? []).length > 0,
    charges: (draft.charges ?? []).length > 0,
    vat: !(vatUnsaidWhenNone && isNone),
  }
  for (const name of totalNames) {
    if (name === 'vat' && (draft.vatBreakdown ?? []).length === 0) continue
    const { rule, missing } = totalRules[name]
    const path = ['totals', name]
    if (totals[name] !== undefined) {
      compare(path, report, {
        rule,
        text: rule,
        actual: totals[name],
        expected: expectedTotal(name, draft),
        tolerance: slackOf[name] ?? exact,
      })
    } else if (missing !== undefined && demanded[name] && !report.refused.has(pointerOf(path))) {
      report.fatal(name === 'vat' ? 'BR-CO-15' : rule, path, { text: missing })
    }
  }
}

/** An extension adds up the lines themselves where EN 16931 takes their sum (BT-106) as it is said. [BR-FREXT-CO-13] */
function expectedTotal(name: keyof typeof totalRules, draft: InvoiceDraft): Decimal | undefined {
  if (name !== 'withoutVat' || !isExtended(draft)) return totalOf[name](draft)
  const [lines, allowances, charges] = [totalOf.lineNet(draft), totalOf.allowances(draft), totalOf.charges(draft)]
  return allowances === undefined || charges === undefined ? undefined : lines?.minus(allowances).plus(charges)
}

/** In an extension of EN 16931, a cent for each amount that was rounded. [BR-FREXT-CO-10 to 13 and 15] */
function tolerances(draft: InvoiceDraft): Partial<Record<keyof typeof totalRules, Decimal>> {
  if (!isExtended(draft)) return {}
  const lines = (draft.lines ?? []).filter(isCounted).length
  const allowances = (draft.allowances ?? []).length
  const charges = (draft.charges ?? []).length
  const all = cents(lines + allowances + charges)
  return {
    lineNet: cents(lines),
    allowances: cents(allowances),
    charges: cents(charges),
    withoutVat: all,
    withVat: all,
  }
}

function cents(count: number): Decimal {
  return new Decimal(BigInt(count), 2)
}

const totalNames = Object.keys(totalRules) as (keyof typeof totalRules)[]
