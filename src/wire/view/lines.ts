import type { PartialInvoice } from '../invoice/index.ts'
import { rateText } from './adjustments.ts'
import { detailsOf } from './line-details.ts'
import { units } from './names-item.ts'
import type { Line } from './parts.ts'
import { joined } from './references.ts'
import type { Speech } from './speech.ts'
import type { ViewRow, ViewTable } from './types.ts'

/** BG-25, parts under the line they belong to. */
export function linesOf({ lines = [], vatCurrency }: PartialInvoice, speech: Speech): ViewTable | undefined {
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
    rows: inOrder(lines).map(({ line, depth }) => rowOf({ line, depth }, vatCurrency, speech)),
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

function rowOf({ line, depth }: Placed, vatCurrency: string | undefined, speech: Speech): ViewRow {
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
    details: detailsOf(line, vatCurrency, speech),
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
  const base = joined([baseQuantity && speech.quantity(baseQuantity), baseUnit && speech.code(units, baseUnit)])
  return `${speech.amount(net)} / ${base}`
}
