import { compare } from './check-amounts.ts'
import { Decimal, sum, zero } from './decimal.ts'
import { type TaxableAmount, reasonKey, share, taxableAmounts, vatKey } from './derive.ts'
import type { Path, Report } from './finding.ts'
import type { Draft, InvoiceDraft, VatBreakdown, VatCategory } from './model.ts'
import { isExtended } from './profiles.ts'
import type { Text } from './text.ts'
import type { TextKey } from './texts.ts'

/*
 * The rules of the VAT categories: the same ten for each, with the differences in a table. [EN 16931-1 §6.4.4, BR-S-* to BR-AG-*]
 */

interface Family {
  /** BR-<rules>-01 … */
  readonly rules: string
  readonly category: Text
  readonly rate: 'positive' | 'any' | 'zero' | 'none'
  /** One breakdown for each rate, computed with a tolerance; or exactly one without tax. */
  readonly perRate: boolean
  readonly exemption: 'forbidden' | 'required'
  readonly sellerIds: 'any' | 'vat' | 'forbidden'
  readonly buyerIds: 'vat' | 'vat-or-legal' | 'forbidden' | 'free'
}

const families: Readonly<Record<string, Family>> = {
  S: {
    rules: 'S',
    category: { en: 'Standard rated', fr: 'Taux normal' },
    rate: 'positive',
    perRate: true,
    exemption: 'forbidden',
    sellerIds: 'any',
    buyerIds: 'free',
  },
  Z: {
    rules: 'Z',
    category: { en: 'Zero rated', fr: 'Taux zéro' },
    rate: 'zero',
    perRate: false,
    exemption: 'forbidden',
    sellerIds: 'any',
    buyerIds: 'free',
  },
  E: {
    rules: 'E',
    category: { en: 'Exempt from VAT', fr: 'Exonéré de TVA' },
    rate: 'zero',
    perRate: false,
    exemption: 'required',
    sellerIds: 'any',
    buyerIds: 'free',
  },
  AE: {
    rules: 'AE',
    category: { en: 'Reverse charge', fr: 'Autoliquidation' },
    rate: 'zero',
    perRate: false,
    exemption: 'required',
    sellerIds: 'any',
    buyerIds: 'vat-or-legal',
  },
  K: {
    rules: 'IC',
    category: { en: 'Intra-community supply', fr: 'Livraison intracommunautaire' },
    rate: 'zero',
    perRate: false,
    exemption: 'required',
    sellerIds: 'vat',
    buyerIds: 'vat',
  },
  G: {
    rules: 'G',
    category: { en: 'Export outside the EU', fr: 'Exportation hors UE' },
    rate: 'zero',
    perRate: false,
    exemption: 'required',
    sellerIds: 'vat',
    buyerIds: 'free',
  },
  O: {
    rules: 'O',
    category: { en: 'Not subject to VAT', fr: 'Hors champ de la TVA' },
    rate: 'none',
    perRate: false,
    exemption: 'required',
    sellerIds: 'forbidden',
    buyerIds: 'forbidden',
  },
  L: {
    rules: 'AF',
    category: { en: 'IGIC', fr: 'IGIC (Canaries)' },
    rate: 'any',
    perRate: true,
    exemption: 'forbidden',
    sellerIds: 'any',
    buyerIds: 'free',
  },
  M: {
    rules: 'AG',
    category: { en: 'IPSI', fr: 'IPSI (Ceuta et Melilla)' },
    rate: 'any',
    perRate: true,
    exemption: 'forbidden',
    sellerIds: 'any',
    buyerIds: 'free',
  },
}

/** Everything in the invoice that has a VAT category, and where. */
interface Use {
  readonly kind: 'line' | 'allowance' | 'charge' | 'breakdown'
  readonly path: Path
  readonly vat: Draft<VatCategory>
}

/** `syntax` is what the invoice is sent as. */
export function checkVat(draft: InvoiceDraft, report: Report, syntax: 'ubl' | 'cii'): void {
  const uses = usesOf(draft)
  const taxable = taxableAmounts(draft)
  const extended = isExtended(draft)
  const byReason = extended ? taxableAmounts(draft, reasonKey) : undefined
  for (const [category, family] of Object.entries(families)) {
    const mine = uses.filter(({ vat }) => vat.category === category)
    if (mine.length === 0) continue
    // Without any breakdown and with lines that could not be added up, it is missing for a reason that is told already.
    if (draft.vatBreakdown !== undefined || taxable !== undefined)
      checkBreakdownCount(mine, extended ? { ...family, perRate: true } : family, report)
    checkIdentifiers(mine, family, { draft, report })
    for (const { kind, path, vat } of mine) if (kind !== 'breakdown') checkRate(kind, family, { path, vat, report })
  }
  for (const [index, part] of (draft.vatBreakdown ?? []).entries()) {
    const path = ['vatBreakdown', index]
    checkBreakdown(part, path, { report, taxable: extended ? undefined : taxable, extended })
    if (taxable === undefined || byReason === undefined) continue
    checkExtended(part, path, { report, taxable, byReason })
    // UBL tells the reasons of the amounts apart, CII does not.
    const sum = syntax === 'cii' ? taxable.get(vatKey(part.category ?? '', part.rate)) : byReason.get(reasonKey(part))
    if (part.category === 'S') checkExtendedTax(part, path, { report, sum })
  }
  checkNotSubject(uses, report)
  checkIntraCommunity(draft, uses, report)
  checkSplitPayment(draft, uses, report)
}

interface Context {
  readonly draft: InvoiceDraft
  readonly report: Report
}

function usesOf(draft: InvoiceDraft): Use[] {
  const uses: Use[] = []
  for (const [index, { vat = {} }] of (draft.lines ?? []).entries())
    uses.push({ kind: 'line', path: ['lines', index, 'vat'], vat })
  for (const [index, { vat = {} }] of (draft.allowances ?? []).entries()) {
    uses.push({ kind: 'allowance', path: ['allowances', index, 'vat'], vat })
  }
  for (const [index, { vat = {} }] of (draft.charges ?? []).entries())
    uses.push({ kind: 'charge', path: ['charges', index, 'vat'], vat })
  for (const [index, vat] of (draft.vatBreakdown ?? []).entries())
    uses.push({ kind: 'breakdown', path: ['vatBreakdown', index], vat })
  return uses
}

/** BR-x-01. */
function checkBreakdownCount(uses: readonly Use[], family: Family, report: Report): void {
  const parts = uses.filter(({ kind }) => kind === 'breakdown').length
  const rule = `BR-${family.rules}-01`
  const values = { category: family.category, count: String(parts) }
  if (family.perRate) {
    if (parts === 0) report.fatal(rule, ['vatBreakdown'], { text: 'vat-01/none', values })
    else if (parts === uses.length) report.fatal(rule, ['vatBreakdown'], { text: 'vat-01/unused', values })
  } else if (parts !== 1) {
    report.fatal(rule, ['vatBreakdown'], { text: 'vat-01/one', values })
  }
}

/** BR-x-02 for lines, 03 for allowances, 04 for charges. */
function checkIdentifiers(uses: readonly Use[], family: Family, { draft, report }: Context): void {
  const { seller = {}, buyer = {}, taxRepresentative = {} } = draft
  const sellerVat = seller.vatId !== undefined || taxRepresentative.vatId !== undefined
  const sellerFits =
    family.sellerIds === 'forbidden'
      ? !sellerVat
      : sellerVat || (family.sellerIds === 'any' && seller.taxRegistrationId !== undefined)
  const buyerFits = {
    free: true,
    vat: buyer.vatId !== undefined,
    'vat-or-legal': buyer.vatId !== undefined || buyer.legalRegistration !== undefined,
    forbidden: buyer.vatId === undefined,
  }[family.buyerIds]
  if (sellerFits && buyerFits) return
  const number = { line: '02', allowance: '03', charge: '04' }
  const text = identifierText(family, sellerFits)
  for (const kind of ['line', 'allowance', 'charge'] as const) {
    if (!uses.some(use => use.kind === kind)) continue
    const path = sellerFits ? ['buyer', 'vatId'] : ['seller', 'vatId']
    report.fatal(`BR-${family.rules}-${number[kind]}`, path, { text, values: { category: family.category } })
  }
}

function identifierText({ sellerIds, buyerIds }: Family, sellerFits: boolean): TextKey {
  if (sellerIds === 'forbidden') return 'vat-ids/forbidden'
  if (!sellerFits) return sellerIds === 'any' ? 'vat-ids/seller-any' : 'vat-ids/seller'
  return buyerIds === 'vat' ? 'vat-ids/buyer' : 'vat-ids/buyer-any'
}

/** BR-x-05 for lines, 06 for allowances, 07 for charges. */
function checkRate(
  kind: 'line' | 'allowance' | 'charge',
  family: Family,
  { path, vat, report }: { path: Path; vat: Draft<VatCategory>; report: Report },
): void {
  const { rate } = vat
  const at = [...path, 'rate']
  const fits = {
    positive: rate !== undefined && rate.sign() > 0,
    any: rate !== undefined && rate.sign() >= 0,
    zero: rate?.sign() === 0,
    none: rate === undefined,
  }[family.rate]
  if (fits || report.refused.has(`/${at.join('/')}`)) return
  const number = { line: '05', allowance: '06', charge: '07' }[kind]
  report.fatal(`BR-${family.rules}-${number}`, at, {
    text: `vat-rate/${family.rate}`,
    values: { category: family.category, found: foundRate(rate) },
  })
}

function foundRate(rate: Decimal | undefined): Text {
  if (rate === undefined) return { en: 'is missing', fr: 'aucun taux indiqué' }
  return { en: `is ${rate.toString()}`, fr: `taux indiqué : ${rate.toString()}` }
}

/** Differences of less than one unit are tolerated where lines may have been rounded one by one. */
const tolerance = new Decimal(99n, 2)

function checkBreakdown(
  part: Draft<VatBreakdown>,
  path: Path,
  {
    report,
    taxable,
    extended,
  }: { report: Report; taxable: ReadonlyMap<string, TaxableAmount> | undefined; extended: boolean },
): void {
  const { category = '', rate, tax } = part
  const family = families[category]
  const expectedTax = part.taxable === undefined ? undefined : share(part.taxable, rate ?? zero)
  const taxPath = [...path, 'tax']
  compareTax('BR-CO-17', taxPath, report, { tax, expectedTax })
  if (rate === undefined && category !== 'O' && !report.refused.has(`/${[...path, 'rate'].join('/')}`)) {
    report.fatal('BR-48', [...path, 'rate'], { text: 'missing' })
  }
  if (family === undefined) return
  checkTaxable(part, path, { report, taxable, family })
  if (family.perRate) {
    // An extension has a rule of its own for S.
    if (!extended || category !== 'S') compareTax(`BR-${family.rules}-09`, taxPath, report, { tax, expectedTax })
  } else
    compare(taxPath, report, {
      rule: `BR-${family.rules}-09`,
      text: 'vat-09/none',
      actual: tax,
      expected: zero,
      tolerance: zero,
      values: { category: family.category },
    })
  const exempt = part.exemptionReason !== undefined || part.exemptionReasonCode !== undefined
  if (exempt === (family.exemption === 'required')) return
  const text = `vat-10/${family.exemption}` as const
  report.fatal(`BR-${family.rules}-10`, path, { text, values: { category: family.category } })
}

/** BR-CO-17 compares without signs: a credit line may carry either. */
function compareTax(
  rule: string,
  path: Path,
  report: Report,
  { tax, expectedTax }: { tax: Decimal | undefined; expectedTax: Decimal | undefined },
): void {
  if (tax === undefined || expectedTax === undefined) return
  if (tax.absolute().minus(expectedTax.absolute()).absolute().compare(tolerance) <= 0) return
  compare(path, report, { rule, text: 'taxMismatch', actual: tax, expected: expectedTax, tolerance })
}

/** BR-x-08. */
function checkTaxable(
  part: Draft<VatBreakdown>,
  path: Path,
  {
    report,
    taxable,
    family,
  }: { report: Report; taxable: ReadonlyMap<string, TaxableAmount> | undefined; family: Family },
): void {
  if (taxable === undefined) return
  const { category = '', rate } = part
  const expected = family.perRate
    ? taxable.get(vatKey(category, rate))?.amount
    : sum([...taxable.values()].filter(amount => amount.category === category).map(({ amount }) => amount))
  const rule = `BR-${family.rules}-08`
  if (expected === undefined) {
    const values = { category: family.category, rate: rate?.toString() ?? '' }
    if (rate !== undefined) report.fatal(rule, path, { text: 'vat-08/unused', values })
    return
  }
  compare([...path, 'taxable'], report, {
    rule,
    text: 'vat-08',
    actual: part.taxable,
    expected: expected.padded(2),
    tolerance: family.perRate ? tolerance : zero,
  })
}

/** BR-FREXT-x-08: by category and rate, or by reason as well, a cent for each amount. */
function checkExtended(
  part: Draft<VatBreakdown>,
  path: Path,
  {
    report,
    taxable,
    byReason,
  }: {
    report: Report
    taxable: ReadonlyMap<string, TaxableAmount>
    byReason: ReadonlyMap<string, TaxableAmount>
  },
): void {
  const { category = '', rate } = part
  const family = families[category]
  // Where a category has rates, nothing belongs to a breakdown without one.
  const isSummable = rate !== undefined || category === 'O'
  const sums = isSummable ? [taxable.get(vatKey(category, rate)), byReason.get(reasonKey(part))] : [undefined]
  if (family === undefined || part.taxable === undefined || sums.some(sum => isNear(part.taxable, sum))) return
  const [own = { amount: zero }] = sums
  compare([...path, 'taxable'], report, {
    rule: `BR-${family.rules}-08`,
    text: 'vat-08',
    actual: part.taxable,
    expected: own.amount.padded(2),
    tolerance: zero,
  })
}

function isNear(actual: Decimal | undefined, sum: TaxableAmount | undefined): boolean {
  const delta = actual?.minus(sum?.amount ?? zero)
  return delta !== undefined && delta.absolute().compare(cents(sum?.count ?? 0)) <= 0
}

/** BR-FREXT-S-09: a cent for each amount in the sum that the taxable amount is. */
function checkExtendedTax(
  { rate, taxable, tax }: Draft<VatBreakdown>,
  path: Path,
  { report, sum }: { report: Report; sum: TaxableAmount | undefined },
): void {
  compare([...path, 'tax'], report, {
    rule: 'BR-S-09',
    text: 'taxMismatch',
    actual: tax,
    expected: taxable === undefined ? undefined : share(taxable, rate ?? zero),
    tolerance: cents(rate === undefined ? 0 : (sum?.count ?? 0)),
  })
}

/** So many cents. */
function cents(count: number): Decimal {
  return new Decimal(BigInt(count), 2)
}

/** BR-O-11 to BR-O-14: what is not subject to VAT stands alone. */
function checkNotSubject(uses: readonly Use[], report: Report): void {
  if (!uses.some(({ kind, vat }) => kind === 'breakdown' && vat.category === 'O')) return
  const number = { breakdown: '11', line: '12', allowance: '13', charge: '14' } as const
  for (const kind of ['breakdown', 'line', 'allowance', 'charge'] as const) {
    const other = uses.find(use => use.kind === kind && use.vat.category !== undefined && use.vat.category !== 'O')
    if (other === undefined) continue
    report.fatal(`BR-O-${number[kind]}`, [...other.path, 'category'])
  }
}

function checkIntraCommunity({ delivery, period }: InvoiceDraft, uses: readonly Use[], report: Report): void {
  if (!uses.some(({ kind, vat }) => kind === 'breakdown' && vat.category === 'K')) return
  if (delivery?.date === undefined && period === undefined) {
    report.fatal('BR-IC-11', ['delivery', 'date'])
  }
  if (delivery?.address?.country === undefined) {
    report.fatal('BR-IC-12', ['delivery', 'address', 'country'])
  }
}

/** BR-B-01 and BR-B-02: split payment is Italian and does not mix with the standard rate. */
function checkSplitPayment(draft: InvoiceDraft, uses: readonly Use[], report: Report): void {
  const split = uses.find(({ vat }) => vat.category === 'B')
  if (split === undefined) return
  const { seller, buyer, taxRepresentative, delivery } = draft
  const countries = [seller, buyer, taxRepresentative, delivery].map(party => party?.address?.country)
  if (countries.some(country => country !== undefined && country !== 'IT')) {
    report.fatal('BR-B-01', [...split.path, 'category'])
  }
  if (uses.some(({ vat }) => vat.category === 'S')) {
    report.fatal('BR-B-02', [...split.path, 'category'])
  }
}
