import { type Decimal, hundred, sum, zero } from './decimal.ts'
import { isCounted } from './line-kinds.ts'
import type { Draft, InvoiceDraft, InvoiceLine, LineAllowance, VatCategory } from './model.ts'
import { billingCustomization, billingProcess } from './profiles.ts'

/*
 * The computing model of EN 16931-1 §6.5.2 and §7.2: what follows from other terms is computed when it is left out. Each amount is
 * rounded to two decimals where the standard rounds, halves away from zero; sums of rounded amounts are exact.
 */

/** Fills what the author left out; what is given stays and is checked elsewhere. Where an operand is missing nothing is computed. */
export function derive(draft: InvoiceDraft): void {
  draft.typeCode ??= '380'
  draft.customization ??= billingCustomization
  if (draft.customization === billingCustomization) draft.process ??= billingProcess
  for (const line of draft.lines ?? []) deriveLine(line)
  deriveGroups(draft.lines ?? [])
  for (const allowance of [...(draft.allowances ?? []), ...(draft.charges ?? [])]) {
    deriveAllowance(allowance)
    if (allowance.vat !== undefined) deriveRate(allowance.vat)
  }
  deriveBreakdown(draft)
  deriveTotals(draft)
}

function deriveLine(line: Draft<InvoiceLine>): void {
  for (const allowance of [...(line.allowances ?? []), ...(line.charges ?? [])]) deriveAllowance(allowance)
  if (line.vat !== undefined) deriveRate(line.vat)
  const { price } = line
  if (price?.gross !== undefined) price.net ??= price.gross.minus(price.discount ?? zero)
  const net = isCounted(line) ? lineNet(line) : undefined
  if (net !== undefined) line.net ??= net
}

/**
 * BT-131 of a group is the sum of the lines right below it that are details or groups themselves. [BR-FREXT-08] From the innermost
 * groups outwards, each once: a group that contains itself never has its turn.
 */
export function deriveGroups(lines: readonly Draft<InvoiceLine>[]): void {
  const open = lines.filter(isOpenGroup)
  if (open.length === 0) return
  const groups = Map.groupBy(open, ({ id }) => id)
  const parts = Map.groupBy(
    lines.filter(({ kind }) => kind !== 'INFORMATION'),
    ({ parentId }) => parentId,
  )
  const partsOf = (id: string | undefined) => parts.get(id) ?? []
  const waitsFor = new Map(groups.keys().map(id => [id, partsOf(id).filter(isOpenGroup).length]))
  const ready = [...groups.keys()].filter(id => waitsFor.get(id) === 0)
  for (const id of ready) {
    const net = addUp(partsOf(id).map(part => part.net))
    if (net === undefined) continue
    for (const group of groups.get(id) ?? []) {
      group.net = net
      const left = (waitsFor.get(group.parentId) ?? 0) - 1
      waitsFor.set(group.parentId, left)
      if (left === 0) ready.push(group.parentId)
    }
  }
}

function isOpenGroup({ id, kind, net }: Draft<InvoiceLine>): boolean {
  return kind === 'GROUP' && net === undefined && id !== undefined
}

/** BT-131 = BT-129 × BT-146 / BT-149 + charges − allowances, in two decimals. [PEPPOL-EN16931-R120] */
export function lineNet(line: Draft<InvoiceLine>): Decimal | undefined {
  const { quantity, price } = line
  const base = price?.baseQuantity
  if (quantity === undefined || price?.net === undefined || base?.sign() === 0) return undefined
  const added = amountOf(line.charges)
  const taken = amountOf(line.allowances)
  if (added === undefined || taken === undefined) return undefined
  const gross = quantity.times(price.net)
  const worth = base === undefined ? gross.rounded(2) : gross.dividedBy(base, 2)
  return worth.plus(added).minus(taken)
}

/** In two decimals; most lines have none of them. */
function amountOf(allowances: readonly Draft<LineAllowance>[] | undefined): Decimal | undefined {
  if (allowances === undefined || allowances.length === 0) return nothing
  return addUp(allowances.map(({ amount }) => amount))
}

const nothing = zero.rounded(2)

function deriveAllowance(allowance: Draft<LineAllowance>): void {
  const { base, percentage } = allowance
  if (base !== undefined && percentage !== undefined) allowance.amount ??= share(base, percentage)
}

/** Per cent of a base, in two decimals. */
export function share(base: Decimal, percentage: Decimal): Decimal {
  return base.times(percentage).dividedBy(hundred, 2)
}

/** Categories that have the rate 0 by definition; O has none. [EN 16931-1 BR-Z-05, BR-E-05, BR-AE-05, BR-IC-05, BR-G-05] */
const zeroRated: ReadonlySet<string> = new Set(['Z', 'E', 'AE', 'K', 'G'])

function deriveRate(vat: Draft<VatCategory>): void {
  const rate = rateOf(vat)
  if (rate !== undefined) vat.rate ??= rate
}

function rateOf({ category, rate }: Draft<VatCategory>): Decimal | undefined {
  return rate ?? (category !== undefined && zeroRated.has(category) ? zero : undefined)
}

/** The reason follows from the category in these; nobody but the author knows it for E. [CEF VATEX list] */
const exemptionReasonCodes: Readonly<Record<string, string>> = {
  AE: 'VATEX-EU-AE',
  K: 'VATEX-EU-IC',
  G: 'VATEX-EU-G',
  O: 'VATEX-EU-O',
}

function deriveBreakdown(draft: InvoiceDraft): void {
  const taxable = taxableAmounts(draft)
  // Entries without amounts only add to what is computed (a reason, mostly); entries with amounts claim to be the whole.
  if (taxable !== undefined && (draft.vatBreakdown ?? []).every(part => part.taxable === undefined)) {
    const given = (draft.vatBreakdown ??= [])
    const keys = new Set(given.map(part => (part.category === undefined ? '' : vatKey(part.category, rateOf(part)))))
    for (const [key, { category, rate }] of taxable) {
      if (!keys.has(key)) given.push(rate === undefined ? { category } : { category, rate })
    }
  }
  for (const part of draft.vatBreakdown ?? []) {
    deriveRate(part)
    if (part.category === undefined) continue
    const base = taxable?.get(vatKey(part.category, part.rate))?.amount
    if (base !== undefined) part.taxable ??= base.padded(2)
    if (part.taxable !== undefined) part.tax ??= share(part.taxable, part.rate ?? zero)
    const reason = exemptionReasonCodes[part.category]
    if (reason !== undefined && part.exemptionReason === undefined) part.exemptionReasonCode ??= reason
  }
}

export interface TaxableAmount {
  readonly category: string
  readonly rate: Decimal | undefined
  readonly amount: Decimal
  /** How many lines, allowances and charges it is the sum of. */
  readonly count: number
}

/** Category and rate by value: `20`, `20.0` and `20.00` are one rate. */
export function vatKey(category: string, rate: Decimal | undefined): string {
  const text = rate?.toString() ?? ''
  return `${category} ${text.includes('.') ? text.replace(/\.?0+$/, '') : text}`
}

/** As vatKey, for a specification that also tells the reasons apart. [BR-FREXT-S-08 and family] */
export function reasonKey(vat: Draft<VatCategory>): string {
  return `${vatKey(vat.category ?? '', vat.rate)} ${vat.exemptionReasonCode ?? ''} ${vat.exemptionReason ?? ''}`
}

/**
 * Lines that count minus allowances plus charges, by category and rate, in order of appearance: what BT-116 must be. [BR-S-08 and family]
 * undefined when an operand is missing.
 */
export function taxableAmounts(
  draft: InvoiceDraft,
  keyOf: (vat: Draft<VatCategory>) => string = ({ category = '', rate }) => vatKey(category, rate),
): ReadonlyMap<string, TaxableAmount> | undefined {
  const amounts = new Map<string, TaxableAmount>()
  function add(vat: Draft<VatCategory> | undefined, amount: Decimal | undefined, sign: 1 | -1): boolean {
    if (vat?.category === undefined || amount === undefined) return false
    const key = keyOf(vat)
    const { amount: before = zero, count = 0 } = amounts.get(key) ?? {}
    const after = sign === 1 ? before.plus(amount) : before.minus(amount)
    amounts.set(key, { category: vat.category, rate: vat.rate, amount: after, count: count + 1 })
    return true
  }
  const complete = [
    ...(draft.lines ?? []).filter(isCounted).map(line => add(line.vat, line.net, 1)),
    ...(draft.allowances ?? []).map(allowance => add(allowance.vat, allowance.amount, -1)),
    ...(draft.charges ?? []).map(charge => add(charge.vat, charge.amount, 1)),
  ]
  return complete.every(Boolean) ? amounts : undefined
}

function deriveTotals(draft: InvoiceDraft): void {
  const totals = (draft.totals ??= {})
  for (const name of Object.keys(totalOf) as (keyof typeof totalOf)[]) {
    const optional = name === 'allowances' || name === 'charges'
    if (totals[name] !== undefined || (optional && (draft[name] ?? []).length === 0)) continue
    const value = totalOf[name](draft)
    if (value !== undefined) totals[name] = value
  }
}

/**
 * What each total must be, from the terms it is the total of; undefined when one of them is missing. In the order in which one
 * needs the other. [BR-CO-10 to BR-CO-16]
 */
export const totalOf = {
  lineNet: (draft: InvoiceDraft) => addUp((draft.lines ?? []).filter(isCounted).map(({ net }) => net)),
  allowances: (draft: InvoiceDraft) => addUp((draft.allowances ?? []).map(({ amount }) => amount)),
  charges: (draft: InvoiceDraft) => addUp((draft.charges ?? []).map(({ amount }) => amount)),
  withoutVat: ({ totals }: InvoiceDraft) =>
    totals?.lineNet
      ?.minus(totals.allowances ?? zero)
      .plus(totals.charges ?? zero)
      .rounded(2),
  vat: (draft: InvoiceDraft) => addUp((draft.vatBreakdown ?? []).map(({ tax }) => tax)),
  withVat: ({ totals }: InvoiceDraft) => totals?.withoutVat?.plus(totals.vat ?? zero).rounded(2),
  payable: ({ totals }: InvoiceDraft) =>
    totals?.withVat
      ?.minus(totals.paid ?? zero)
      .plus(totals.rounding ?? zero)
      .rounded(2),
}

/** In two decimals; undefined when one is missing. */
function addUp(amounts: readonly (Decimal | undefined)[]): Decimal | undefined {
  const known = amounts.filter(amount => amount !== undefined)
  return known.length === amounts.length ? sum(known).rounded(2) : undefined
}
