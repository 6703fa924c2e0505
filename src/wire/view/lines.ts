import type { PartialInvoice } from '../invoice/index.ts'
import { periodText } from './head.ts'
import type { Label } from './labels.ts'
import { allowanceReasons, chargeReasons, schemes, units } from './names-item.ts'
import type { Identifier, Line, LineAdjustment, Vat } from './parts.ts'
import type { Speech } from './speech.ts'
import type { ViewNote, ViewRow, ViewTable } from './types.ts'

/** BG-25, parts under the line they belong to. */
export function linesOf({ lines = [] }: PartialInvoice, speech: Speech): ViewTable | undefined {
  if (lines.length === 0) return undefined
  return {
    heading: speech.label('lines'),
    columns: [
      { label: speech.label('lineNumber'), align: 'left', weight: 6 },
      { label: speech.label('item'), align: 'left', weight: 42 },
      { label: speech.label('quantity'), align: 'right', weight: 11 },
      { label: speech.label('unit'), align: 'left', weight: 11 },
      { label: speech.label('unitPrice'), align: 'right', weight: 14 },
      { label: speech.label('vatRate'), align: 'right', weight: 8 },
      { label: speech.label('lineNet'), align: 'right', weight: 15 },
    ],
    rows: inOrder(lines).map(({ line, depth }) => rowOf(line, depth, speech)),
  }
}

interface Placed {
  readonly line: Line
  readonly depth: number
}

/**
 * Each line followed by its parts, in the order of the document. A line whose parent is missing stands on its own; one that would be
 * its own ancestor too, so that nothing is left out whatever the document says.
 */
function inOrder(lines: readonly Line[]): Placed[] {
  if (lines.every(line => line.parentId === undefined)) return lines.map(line => ({ line, depth: 0 }))
  const parts = Map.groupBy(lines, line => line.parentId)
  const ids = new Set(lines.map(line => line.id))
  const seen = new Set<Line>()
  const placed: Placed[] = []
  // A stack of its own, for a document may nest deeper than the call stack goes.
  const place = (root: Line): void => {
    const waiting: Placed[] = [{ line: root, depth: 0 }]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next.line)) continue
      seen.add(next.line)
      placed.push(next)
      const { line, depth } = next
      const below = line.id === undefined ? [] : (parts.get(line.id) ?? [])
      waiting.push(...below.map(part => ({ line: part, depth: depth + 1 })).toReversed())
    }
  }
  for (const line of lines) if (line.parentId === undefined || !ids.has(line.parentId)) place(line)
  for (const line of lines) place(line)
  return placed
}

const rowKinds: Readonly<Record<string, ViewRow['kind']>> = { GROUP: 'group', INFORMATION: 'information' }

function rowOf(line: Line, depth: number, speech: Speech): ViewRow {
  const { item, quantity, unit, net, vat } = line
  return {
    cells: [
      line.id ?? '',
      item?.name ?? '',
      quantity === undefined ? '' : speech.quantity(quantity),
      unit === undefined ? '' : speech.code(units, unit),
      priceText(line, speech),
      vat === undefined ? '' : rateText(vat, speech),
      net === undefined ? '' : speech.amount(net),
    ],
    details: detailsOf(line, speech),
    depth,
    kind: rowKinds[line.kind ?? ''] ?? 'plain',
  }
}

/** `12,00`, or `12,00 / 100 kg` for a price of more than one unit. */
function priceText({ price, unit }: Line, speech: Speech): string {
  if (price?.net === undefined) return ''
  const { net, baseQuantity, baseUnit } = price
  const isOne = baseQuantity === undefined || speech.quantity(baseQuantity) === '1'
  const otherUnit = baseUnit !== undefined && baseUnit !== unit
  if (isOne && !otherUnit) return speech.amount(net)
  const base = [baseQuantity && speech.quantity(baseQuantity), baseUnit && speech.code(units, baseUnit)]
  return `${speech.amount(net)} / ${base.filter(Boolean).join(' ')}`
}

/** `20 %`; with its category where that is not the ordinary one. */
export function rateText({ category, rate }: Vat, speech: Speech): string {
  const percentage = rate && speech.percentage(rate)
  return [category === 'S' && rate !== undefined ? undefined : category, percentage].filter(Boolean).join(' ')
}

/** Under a line: first what describes the item, unlabelled; then everything else with its label. */
function detailsOf(line: Line, speech: Speech): ViewNote[] {
  const { item = {}, price = {} } = line
  const { sellersId, buyersId, standardId, originCountry } = item
  const said = (label: Label, text: string | undefined): ViewNote[] =>
    text === undefined || text === '' ? [] : [{ label: speech.label(label), text }]
  return [
    ...(item.description === undefined ? [] : [{ label: undefined, text: item.description }]),
    ...(line.notes ?? []).flatMap(note => said('note', note.text)),
    ...said('sellersId', sellersId),
    ...said('buyersId', buyersId),
    ...identified('identifier', standardId, speech),
    ...(item.attributes ?? []).map(({ name, value = '' }) => ({ label: name, text: value })),
    ...(item.classifications ?? []).flatMap(({ code, list, listVersion }) =>
      said(
        'classification',
        [code, list && `(${[list, listVersion].filter(Boolean).join(' ')})`].filter(Boolean).join(' '),
      ),
    ),
    ...said('originCountry', originCountry && speech.country(originCountry)),
    ...said('period', line.period && periodText(line.period, speech)),
    ...said('orderLine', line.purchaseOrderLine),
    ...(line.objects ?? []).flatMap(object => identified('invoicedObject', object, speech)),
    ...said('accountingReference', line.buyerAccountingReference),
    ...said('grossPrice', price.gross && speech.amount(price.gross)),
    ...said('priceDiscount', price.discount && speech.amount(price.discount)),
    ...(line.allowances ?? []).map(each => ({
      label: speech.label('allowance'),
      text: adjustmentText(each, 'allowance', speech),
    })),
    ...(line.charges ?? []).map(each => ({
      label: speech.label('charge'),
      text: adjustmentText(each, 'charge', speech),
    })),
  ]
}

function identified(label: Label, identifier: Identifier | undefined, speech: Speech): ViewNote[] {
  if (identifier?.value === undefined) return []
  const { value, scheme } = identifier
  const name = scheme === undefined ? undefined : schemes[scheme]
  if (name !== undefined) return [{ label: name, text: value }]
  return [{ label: speech.label(label), text: scheme === undefined ? value : `${value} (${scheme})` }]
}

/** `Fidélité : 5 % de 100,00 = -5,00` */
function adjustmentText(adjustment: LineAdjustment, side: 'allowance' | 'charge', speech: Speech): string {
  const reason = reasonOf(adjustment, side, speech)
  const calculation = calculationOf(adjustment, speech)
  const amount = adjustment.amount && signedAmount(adjustment.amount, side, speech)
  return [reason, calculation && `(${calculation})`, amount].filter(Boolean).join(' ')
}

/** The reason in words: the seller's, or the name of his code. */
export function reasonOf({ reason, reasonCode }: LineAdjustment, side: 'allowance' | 'charge', speech: Speech): string {
  if (reason !== undefined) return reason
  return reasonCode === undefined
    ? ''
    : speech.code(side === 'allowance' ? allowanceReasons : chargeReasons, reasonCode)
}

/** `5 % de 100,00`; empty for a plain amount. */
export function calculationOf({ base, percentage }: LineAdjustment, speech: Speech): string {
  const share = percentage && speech.percentage(percentage)
  const of = base && speech.amount(base)
  return share && of ? `${share} ${speech.label('of')} ${of}` : (share ?? of ?? '')
}

/** An allowance is taken off: its amount is shown with the other sign. */
export function signedAmount(
  amount: NonNullable<LineAdjustment['amount']>,
  side: 'allowance' | 'charge',
  speech: Speech,
): string {
  return speech.amount(side === 'allowance' ? amount.minus(amount).minus(amount) : amount)
}
