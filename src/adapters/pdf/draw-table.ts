import type { ViewColumn, ViewNote, ViewRow, ViewTable } from '../../wire/view/index.ts'
import { type Span, glued, paragraph, space, styles, zipped } from './draw-blocks.ts'
import type { Slice, Unit } from './draw-pages.ts'
import { type Pen, type Style, grey, rule } from './draw-pen.ts'

/** Between the columns. */
const gutter = 8

/** What one step of depth moves a sub-line to the right, and how many steps are shown. */
const indent = { width: 10, stepsMax: 8 } as const

/** A table as one unit per row, with its head repeated on every page. A group is not parted from its first line. */
export function tableUnits(pen: Pen, table: ViewTable, colon: string, span: Span): Unit[] {
  const { header, rows } = tableSlices(pen, table, colon, span)
  const units: Unit[] = []
  let held: Slice[] = []
  rows.forEach((slices, index) => {
    held.push(...slices)
    if (table.rows[index]?.kind === 'group' && index < rows.length - 1) return
    units.push({ slices: held, gap: units.length === 0 ? 16 : 0, header })
    held = []
  })
  return units
}

/** A table as its head and the slices of each row. */
export function tableSlices(
  pen: Pen,
  table: ViewTable,
  colon: string,
  span: Span,
): { readonly header: Slice; readonly rows: readonly (readonly Slice[])[] } {
  const spans = columnSpans(pen, table, span)
  return {
    header: headOf(pen, table.columns, spans, span),
    rows: table.rows.map(row => rowSlices(pen, { table, spans, span, colon }, row)),
  }
}

/** By weight; a column of figures is as wide as its widest figure, as long as that leaves room for the texts. */
function columnSpans(pen: Pen, { columns, rows }: ViewTable, { x, width }: Span): Span[] {
  const whole = columns.reduce((sum, { weight }) => sum + weight, 0)
  const room = width - gutter * (columns.length - 1)
  const widths = columns.map(({ weight }) => (room * weight) / whole)
  const widest = widestOf(columns)
  columns.forEach(({ align }, index) => {
    if (align !== 'right') return
    const need = Math.max(...rows.map(({ cells }) => pen.figureWidth(cells[index] ?? '', styles.text))) + 1
    const more = Math.min(need, room * 0.3) - (widths[index] ?? 0)
    const left = widths[widest] ?? 0
    if (more <= 0 || left - more < room * 0.2) return
    widths[index] = (widths[index] ?? 0) + more
    widths[widest] = left - more
  })
  let at = x
  return widths.map(each => {
    const column = { x: at, width: each }
    at += each + gutter
    return column
  })
}

function widestOf(columns: readonly ViewColumn[]): number {
  return columns.reduce((best, { weight }, index) => (weight > (columns[best]?.weight ?? 0) ? index : best), 0)
}

function headOf(pen: Pen, columns: readonly ViewColumn[], spans: readonly Span[], span: Span): Slice {
  const style: Style = { face: 'bold', size: 7.4, color: pen.palette.accent }
  const labels = columns.map(({ label, align }, index) => {
    const { x, width } = spans[index] ?? span
    return paragraph(pen, label, { x, width, align }, style)
  })
  const line = { height: 4, draw: (y: number) => pen.rule(y + 2, { ...span, color: pen.palette.accent, thickness: 1 }) }
  return glued([...zipped(labels), line, space(2)])
}

interface Layout {
  readonly table: ViewTable
  readonly spans: readonly Span[]
  readonly span: Span
  readonly colon: string
}

const rowStyles: Readonly<Record<ViewRow['kind'], Style>> = {
  plain: styles.text,
  group: styles.strong,
  information: { ...styles.text, color: grey },
}

function rowSlices(pen: Pen, { table, spans, span, colon }: Layout, row: ViewRow): Slice[] {
  const { columns } = table
  const widest = widestOf(columns)
  const shift = Math.min(row.depth, indent.stepsMax) * indent.width
  const style = rowStyles[row.kind]
  const cells = row.cells.map((cell, index) => {
    const column = spans[index] ?? span
    const moved = index === widest ? { x: column.x + shift, width: column.width - shift } : column
    // Only the texts of the widest column are for reading; the others are compared from row to row.
    const look: Style = index === widest ? style : { ...style, tabular: true }
    return paragraph(pen, cell, { ...moved, align: columns[index]?.align ?? 'left' }, look)
  })
  const under = detailSpan(spans, span, widest, shift)
  const details = detailTexts(row.details, colon).flatMap(text => paragraph(pen, text, under, styles.soft))
  const line = { height: 3.5, draw: (y: number) => pen.rule(y + 2.8, { ...span, color: rule, thickness: 0.5 }) }
  return [space(3), ...zipped(cells), ...details, line]
}

/** From the widest column to the last one, which stays free for its figures. */
function detailSpan(spans: readonly Span[], span: Span, widest: number, shift: number): Span {
  const x = (spans[widest]?.x ?? span.x) + shift
  const last = spans.at(-1)?.x ?? span.x + span.width
  return { x, width: last - gutter - x }
}

/** What has no label, each on its own; the rest as one text. */
function detailTexts(details: readonly ViewNote[], colon: string): string[] {
  const bare = details.flatMap(({ label, text }) => (label === undefined ? [text] : []))
  const rest = details.flatMap(({ label, text }) => (label === undefined ? [] : [`${label}${colon}${text}`]))
  return rest.length === 0 ? bare : [...bare, rest.join('  ·  ')]
}
