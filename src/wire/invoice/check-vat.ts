import { compare } from './check-amounts.ts'
import { Decimal, zero } from './decimal.ts'
import { type TaxableAmount, share, taxableAmounts, vatKey } from './derive.ts'
import { type Path, type Report, titleOf } from './finding.ts'
import type { Draft, InvoiceDraft, VatBreakdown, VatCategory } from './model.ts'
import { sum } from './decimal.ts'

/*
 * The rules of the VAT categories: the same ten for each, with the differences in a table. [EN 16931-1 §6.4.4, BR-S-* to BR-AG-*]
 */

interface Family {
  /** BR-<rules>-01 … */
  readonly rules: string
  readonly name: string
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
    name: 'Standard rated',
    rate: 'positive',
    perRate: true,
    exemption: 'forbidden',
    sellerIds: 'any',
    buyerIds: 'free',
  },
  Z: {
    rules: 'Z',
    name: 'Zero rated',
    rate: 'zero',
    perRate: false,
    exemption: 'forbidden',
    sellerIds: 'any',
    buyerIds: 'free',
  },
  E: {
    rules: 'E',
    name: 'Exempt from VAT',
    rate: 'zero',
    perRate: false,
    exemption: 'required',
    sellerIds: 'any',
    buyerIds: 'free',
  },
  AE: {
    rules: 'AE',
    name: 'Reverse charge',
    rate: 'zero',
    perRate: false,
    exemption: 'required',
    sellerIds: 'any',
    buyerIds: 'vat-or-legal',
  },
  K: {
    rules: 'IC',
    name: 'Intra-community supply',
    rate: 'zero',
    perRate: false,
    exemption: 'required',
    sellerIds: 'vat',
    buyerIds: 'vat',
  },
  G: {
    rules: 'G',
    name: 'Export outside the EU',
    rate: 'zero',
    perRate: false,
    exemption: 'required',
    sellerIds: 'vat',
    buyerIds: 'free',
  },
  O: {
    rules: 'O',
    name: 'Not subject to VAT',
    rate: 'none',
    perRate: false,
    exemption: 'required',
    sellerIds: 'forbidden',
    buyerIds: 'forbidden',
  },
  L: {
    rules: 'AF',
    name: 'IGIC',
    rate: 'any',
    perRate: true,
    exemption: 'forbidden',
    sellerIds: 'any',
    buyerIds: 'free',
  },
  M: {
    rules: 'AG',
    name: 'IPSI',
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

export function checkVat(draft: InvoiceDraft, report: Report): void {
  const uses = usesOf(draft)
  const taxable = taxableAmounts(draft)
  for (const [category, family] of Object.entries(families)) {
    const mine = uses.filter(({ vat }) => vat.category === category)
    if (mine.length === 0) continue
    if (draft.vatBreakdown !== undefined) checkBreakdownCount(mine, family, report)
    checkIdentifiers(mine, family, { draft, report })
    for (const { kind, path, vat } of mine) if (kind !== 'breakdown') checkRate(kind, family, { path, vat, report })
  }
  for (const [index, part] of (draft.vatBreakdown ?? []).entries()) {
    checkBreakdown(part, ['vatBreakdown', index], { draft, report, taxable })
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
  if (family.perRate) {
    if (parts === 0)
      report.fatal(
        rule,
        ['vatBreakdown'],
        `There is no VAT breakdown (BG-23) for ${family.name}, and lines, allowances or charges have that category`,
      )
    else if (parts === uses.length)
      report.fatal(
        rule,
        ['vatBreakdown'],
        `There is a VAT breakdown (BG-23) for ${family.name}, and nothing has that category`,
      )
  } else if (parts !== 1) {
    report.fatal(
      rule,
      ['vatBreakdown'],
      `There must be exactly one VAT breakdown (BG-23) for ${family.name}, and there are ${parts}`,
    )
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
  for (const kind of ['line', 'allowance', 'charge'] as const) {
    if (!uses.some(use => use.kind === kind)) continue
    const path = sellerFits ? ['buyer', 'vatId'] : ['seller', 'vatId']
    report.fatal(`BR-${family.rules}-${number[kind]}`, path, identifierMessage(family, sellerFits))
  }
}

function identifierMessage({ name, sellerIds, buyerIds }: Family, sellerFits: boolean): string {
  if (sellerIds === 'forbidden')
    return `With ${name}, neither the seller (BT-31, BT-63) nor the buyer (BT-48) may have a VAT identifier`
  if (!sellerFits) {
    const also = sellerIds === 'any' ? 'tax registration identifier (BT-32) or ' : ''
    return `With ${name}, the seller needs a VAT identifier (BT-31), ${also}tax representative VAT identifier (BT-63)`
  }
  return `With ${name}, the buyer needs a VAT identifier (BT-48)${buyerIds === 'vat' ? '' : ' or legal registration identifier (BT-47)'}`
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
  const wanted = {
    positive: 'must be greater than zero',
    any: 'must be zero or greater',
    zero: 'must be 0',
    none: 'must not be there',
  }
  const found = rate === undefined ? 'is missing' : `is ${rate.toString()}`
  const number = { line: '05', allowance: '06', charge: '07' }[kind]
  report.fatal(
    `BR-${family.rules}-${number}`,
    at,
    `${titleOf(at)} ${found} and ${wanted[family.rate]} with ${family.name}`,
  )
}

/** Differences of less than one unit are tolerated where lines may have been rounded one by one. */
const tolerance = new Decimal(99n, 2)

function checkBreakdown(
  part: Draft<VatBreakdown>,
  path: Path,
  { report, taxable }: Context & { taxable: ReadonlyMap<string, TaxableAmount> | undefined },
): void {
  const { category = '', rate, tax } = part
  const family = families[category]
  const expectedTax = part.taxable === undefined ? undefined : share(part.taxable, rate ?? zero)
  const taxPath = [...path, 'tax']
  const formula = 'VAT category taxable amount (BT-116) × VAT category rate (BT-119) / 100'
  compareTax('BR-CO-17', taxPath, report, { tax, expectedTax, formula })
  if (rate === undefined && category !== 'O' && !report.refused.has(`/${[...path, 'rate'].join('/')}`)) {
    report.fatal('BR-48', [...path, 'rate'], 'VAT category rate (BT-119) is missing')
  }
  if (family === undefined) return
  checkTaxable(part, path, { report, taxable, family })
  if (family.perRate) compareTax(`BR-${family.rules}-09`, taxPath, report, { tax, expectedTax, formula })
  else
    compare(taxPath, report, {
      rule: `BR-${family.rules}-09`,
      actual: tax,
      expected: zero,
      tolerance: zero,
      formula: `${family.name} has no tax`,
    })
  const exempt = part.exemptionReason !== undefined || part.exemptionReasonCode !== undefined
  if (exempt === (family.exemption === 'required')) return
  const must = family.exemption === 'required' ? 'needs' : 'must not have'
  const message = `A VAT breakdown (BG-23) of ${family.name} ${must} an exemption reason (BT-120) or exemption reason code (BT-121)`
  report.fatal(`BR-${family.rules}-10`, path, message)
}

/** BR-CO-17 compares without signs: a credit line may carry either. */
function compareTax(
  rule: string,
  path: Path,
  report: Report,
  { tax, expectedTax, formula }: { tax: Decimal | undefined; expectedTax: Decimal | undefined; formula: string },
): void {
  if (tax === undefined || expectedTax === undefined) return
  if (tax.absolute().minus(expectedTax.absolute()).absolute().compare(tolerance) <= 0) return
  compare(path, report, { rule, actual: tax, expected: expectedTax, tolerance, formula })
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
    if (rate !== undefined) report.fatal(rule, path, `Nothing in the invoice is ${family.name} at ${rate.toString()} %`)
    return
  }
  const formula = 'line net amounts (BT-131) − allowances (BT-92) + charges (BT-99) of the category and rate'
  compare([...path, 'taxable'], report, {
    rule,
    actual: part.taxable,
    expected: expected.padded(2),
    tolerance: family.perRate ? tolerance : zero,
    formula,
  })
}

/** BR-O-11 to BR-O-14: what is not subject to VAT stands alone. */
function checkNotSubject(uses: readonly Use[], report: Report): void {
  if (!uses.some(({ kind, vat }) => kind === 'breakdown' && vat.category === 'O')) return
  const number = { breakdown: '11', line: '12', allowance: '13', charge: '14' }
  for (const kind of ['breakdown', 'line', 'allowance', 'charge'] as const) {
    const other = uses.find(use => use.kind === kind && use.vat.category !== undefined && use.vat.category !== 'O')
    if (other === undefined) continue
    const message = 'With a VAT breakdown (BG-23) "Not subject to VAT" no other VAT category may occur'
    report.fatal(`BR-O-${number[kind]}`, [...other.path, 'category'], message)
  }
}

function checkIntraCommunity({ delivery, period }: InvoiceDraft, uses: readonly Use[], report: Report): void {
  if (!uses.some(({ kind, vat }) => kind === 'breakdown' && vat.category === 'K')) return
  if (delivery?.date === undefined && period === undefined) {
    const message = 'Intra-community supply needs the actual delivery date (BT-72) or the invoicing period (BG-14)'
    report.fatal('BR-IC-11', ['delivery', 'date'], message)
  }
  if (delivery?.address?.country === undefined) {
    report.fatal(
      'BR-IC-12',
      ['delivery', 'address', 'country'],
      'Intra-community supply needs the deliver to country code (BT-80)',
    )
  }
}

/** BR-B-01 and BR-B-02: split payment is Italian and does not mix with the standard rate. */
function checkSplitPayment(draft: InvoiceDraft, uses: readonly Use[], report: Report): void {
  const split = uses.find(({ vat }) => vat.category === 'B')
  if (split === undefined) return
  const { seller, buyer, taxRepresentative, delivery } = draft
  const countries = [seller, buyer, taxRepresentative, delivery].map(party => party?.address?.country)
  if (countries.some(country => country !== undefined && country !== 'IT')) {
    report.fatal(
      'BR-B-01',
      [...split.path, 'category'],
      'Split payment (VAT category B) is for domestic Italian invoices',
    )
  }
  if (uses.some(({ vat }) => vat.category === 'S')) {
    report.fatal(
      'BR-B-02',
      [...split.path, 'category'],
      'Split payment (VAT category B) and standard rate (S) must not both occur',
    )
  }
}
