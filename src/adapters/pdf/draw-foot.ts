import type { InvoiceView, ViewFact, ViewSection, ViewTotal } from '../../wire/view/index.ts'
import { type Span, heading, inside, noteText, panel, paragraph, space, styles } from './draw-blocks.ts'
import { type Slice, type Unit, beside } from './draw-pages.ts'
import { type Pen, type Style, bodyWidth, lineHeight, page } from './draw-pen.ts'
import { tableSlices } from './draw-table.ts'
import { encodeQr } from './qr.ts'

/* What stands below the lines: VAT and totals, payment, notes. */

const body: Span = { x: page.margin, width: bodyWidth }

/** VAT breakdown and totals beside each other, never parted from each other where a page holds them. */
export function sumUnits(pen: Pen, view: InvoiceView): Unit[] {
  const left: Span = { x: body.x, width: body.width * 0.54 }
  const right: Span = { x: body.x + body.width * 0.6, width: body.width * 0.4 }
  const vat = view.vat && tableSlices(pen, view.vat, view.colon, left)
  const breakdown = vat === undefined || view.vat === undefined ? [] : [vat.header, ...vat.rows.flat()]
  const totals = view.totals?.items.flatMap(total => totalSlices(pen, total, right)) ?? []
  if (breakdown.length + totals.length === 0) return []
  return [{ slices: beside(breakdown, totals), gap: 16 }]
}

function totalSlices(pen: Pen, { label, value, strong }: ViewTotal, span: Span): Slice[] {
  const style: Style = strong
    ? { face: 'bold', size: 11, color: '#ffffff', tabular: true }
    : { ...styles.text, tabular: true }
  const box = strong ? inside(span) : span
  const amount = pen.lines(value, box.width * 0.62, style)
  const texts = pen.lines(label, box.width * (strong ? 0.5 : 0.62), style)
  const line = lineHeight(style)
  const pad = strong ? 6 : 2
  const height = Math.max(amount.length, texts.length) * line + 2 * pad
  const draw = (y: number) => {
    if (strong) pen.document.rect(span.x, y, span.width, height).fill(pen.palette.accent)
    texts.forEach((text, index) => pen.write(text, { ...box, y: y + pad + index * line }, style))
    amount.forEach((text, index) => pen.write(text, { ...box, y: y + pad + index * line, align: 'right' }, style))
  }
  return strong ? [space(4), { height, draw }] : [{ height, draw }]
}

/** How to pay, with the code to scan beside it. */
export function paymentUnits(pen: Pen, view: InvoiceView): Unit[] {
  const { payment, paymentQr: qr } = view
  if (payment === undefined) return []
  const code = qr && qrSlice(pen, qr.text)
  const span = inside(body)
  const room = code === undefined ? span.width : span.width - code.width - 20
  const facts = [
    ...heading(pen, payment.heading, { ...span, width: room }),
    space(3),
    ...pairs(pen, payment.items, { ...span, width: room }),
  ]
  const aside =
    code === undefined ? [] : [...code.slices, ...paragraph(pen, qr?.caption ?? '', code.span, styles.label)]
  return [{ slices: panel(pen, beside(facts, aside), body), gap: 14 }]
}

/** Labels in a column of their own. */
function pairs(pen: Pen, facts: readonly ViewFact[], { x, width }: Span): Slice[] {
  const left: Span = { x, width: 118 }
  const right: Span = { x: x + 124, width: width - 124 }
  return facts.flatMap(({ label, value }) => {
    const labels = paragraph(pen, label, left, styles.soft)
    const values = paragraph(pen, value, right, styles.text)
    const count = Math.max(labels.length, values.length)
    return Array.from({ length: count }, (_, index) => ({
      height: Math.max(labels[index]?.height ?? 0, values[index]?.height ?? 0),
      draw: (y: number) => {
        labels[index]?.draw(y)
        values[index]?.draw(y)
      },
    }))
  })
}

interface QrBlock {
  readonly slices: readonly Slice[]
  readonly width: number
  readonly span: Span
}

/** Modules of at least half a millimetre on white, with the quiet zone of four. [ISO/IEC 18004 §5.3.8] */
function qrSlice(pen: Pen, text: string): QrBlock {
  const rows = encodeQr(text)
  const modules = rows.length + 8
  const module = Math.max(1.5, 84 / modules)
  const width = modules * module
  const span = { x: body.x + body.width - 10 - width, width }
  const draw = (y: number) => {
    pen.document.rect(span.x, y, width, width).fill('#ffffff')
    rows.forEach((row, down) =>
      row.forEach((dark, across) => {
        if (dark) pen.document.rect(span.x + (across + 4) * module, y + (down + 4) * module, module, module)
      }),
    )
    pen.document.fill('#000000')
  }
  return { slices: [{ height: width, draw }, space(3)], width, span }
}

/** Notes, legal notices, attachments and what programs go by, in this order. */
export function noteUnits(pen: Pen, view: InvoiceView): Unit[] {
  const { notes, legalNotices, attachments, technical, colon } = view
  const each = (section: ViewSection<{ label: string | undefined; text: string }> | undefined, style: Style) =>
    section === undefined ? [] : sectionUnits(pen, section, item => paragraph(pen, noteText(item, colon), body, style))
  return [
    ...each(notes, styles.text),
    ...each(legalNotices, styles.soft),
    ...each(attachments && asNotes(attachments), styles.soft),
    ...(technical === undefined ? [] : [technicalUnit(pen, technical, colon)]),
  ]
}

/** One small text: nobody reads it but to find out why a program did what it did. */
function technicalUnit(pen: Pen, { items }: ViewSection<ViewFact>, colon: string): Unit {
  const text = items.map(({ label, value }) => `${label}${colon}${value}`).join('  ·  ')
  return { slices: paragraph(pen, text, body, styles.fine), gap: 9 }
}

function asNotes({ heading: title, items }: ViewSection<ViewFact>): ViewSection<{ label: string; text: string }> {
  return { heading: title, items: items.map(({ label, value }) => ({ label, text: value })) }
}

/** The heading stays with the first item. */
function sectionUnits<Item>(pen: Pen, section: ViewSection<Item>, draw: (item: Item) => Slice[]): Unit[] {
  const above = heading(pen, section.heading, body)
  return section.items.map((item, index) =>
    index === 0
      ? { slices: [...above, space(1), ...draw(item)], gap: 11 }
      : { slices: [space(1.5), ...draw(item)], gap: 0 },
  )
}
