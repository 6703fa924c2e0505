import type { Branding, InvoiceView } from '../../wire/view/index.ts'
import { styles } from './draw-blocks.ts'
import { noteUnits, paymentUnits, sumUnits } from './draw-foot.ts'
import { headUnits } from './draw-head.ts'
import { planPages } from './draw-pages.ts'
import { Pen, bodyWidth, page } from './draw-pen.ts'
import { tableUnits } from './draw-table.ts'

/**
 * Draws an invoice on A4 pages of its own, all fonts embedded. The document must have no page yet (`autoFirstPage: false`) and be one
 * that embeds no default font (`font: ''`). Linear in the size of the view. Whatever the view says can be drawn.
 */
export function drawInvoice(document: PDFKit.PDFDocument, view: InvoiceView, branding: Branding): void {
  const pen = new Pen(document, branding)
  const body = { x: page.margin, width: bodyWidth }
  const pages = planPages([
    ...headUnits(pen, view, branding.logo),
    ...(view.lines === undefined ? [] : tableUnits(pen, view.lines, view.colon, body)),
    ...(view.adjustments === undefined ? [] : tableUnits(pen, view.adjustments, view.colon, body)),
    ...sumUnits(pen, view),
    ...paymentUnits(pen, view),
    ...noteUnits(pen, view),
  ])
  const frame = frameOf(pen, view, branding)
  pages.forEach((planned, index) => {
    document.addPage({ size: 'A4', margin: 0 })
    for (const { slice, y } of planned) slice.draw(y)
    drawFrame(pen, frame, { number: index + 1, count: pages.length })
  })
}

/** The texts that stand on every page, fit to be written. */
interface Frame {
  readonly name: string
  readonly what: string
  readonly page: string
  readonly footer: readonly string[]
}

function frameOf(pen: Pen, { title, number, parties, pageLabel }: InvoiceView, { footer = '' }: Branding): Frame {
  const half = bodyWidth / 2
  const [name = ''] = pen.lines(parties[0]?.name ?? '', half, styles.label)
  const [what = ''] = pen.lines(`${title} ${number}`, half, styles.label)
  return { name, what, page: pageLabel, footer: pen.lines(footer, bodyWidth - 80, styles.fine).slice(0, 3) }
}

/** What stands on every page: whose invoice it is, which page, and the seller's line. */
function drawFrame(pen: Pen, frame: Frame, { number, count }: { number: number; count: number }): void {
  const whole = { x: page.margin, width: bodyWidth }
  pen.rule(0, { x: 0, width: page.width, color: pen.palette.accent, thickness: number === 1 ? 7 : 3 })
  if (number > 1) {
    pen.write(frame.name, { ...whole, y: 30 }, styles.label)
    pen.write(frame.what, { ...whole, y: 30, align: 'right' }, styles.label)
    pen.rule(44)
  }
  const foot = page.height - 46
  pen.rule(foot)
  frame.footer.forEach((text, index) => pen.write(text, { ...whole, y: foot + 5 + index * 9 }, styles.fine))
  pen.write(`${frame.page} ${number}/${count}`, { ...whole, y: foot + 5, align: 'right' }, styles.label)
}
