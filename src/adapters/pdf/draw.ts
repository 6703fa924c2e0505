import type { Branding, InvoiceView } from '../../wire/view/index.ts'
import { styles } from './draw-blocks.ts'
import { noteUnits, paymentUnits, sumUnits } from './draw-foot.ts'
import { headUnits } from './draw-head.ts'
import { type PlannedPage, planPages } from './draw-pages.ts'
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
  pages.forEach((planned, index) => {
    document.addPage({ size: 'A4', margin: 0 })
    drawPage(planned)
    drawFrame(pen, view, branding, { number: index + 1, count: pages.length })
  })
}

function drawPage(planned: PlannedPage): void {
  for (const { slice, y } of planned) slice.draw(y)
}

/** What stands on every page: whose invoice it is, which page, and the seller's line. */
function drawFrame(
  pen: Pen,
  view: InvoiceView,
  branding: Branding,
  { number, count }: { number: number; count: number },
): void {
  const { title, number: invoiceNumber, parties, pageLabel } = view
  const whole = { x: page.margin, width: bodyWidth }
  pen.rule(0, { x: 0, width: page.width, color: pen.palette.accent, thickness: number === 1 ? 7 : 3 })
  if (number > 1) {
    const half = bodyWidth / 2
    const [name = ''] = pen.lines(parties[0]?.name ?? '', half, styles.label)
    const [what = ''] = pen.lines(`${title} ${invoiceNumber}`, half, styles.label)
    pen.write(name, { ...whole, y: 30 }, styles.label)
    pen.write(what, { ...whole, y: 30, align: 'right' }, styles.label)
    pen.rule(44)
  }
  const foot = page.height - 46
  pen.rule(foot)
  const texts = pen.lines(branding.footer ?? '', bodyWidth - 80, styles.fine).slice(0, 3)
  texts.forEach((text, index) => pen.write(text, { ...whole, y: foot + 5 + index * 9 }, styles.fine))
  pen.write(`${pageLabel} ${number}/${count}`, { ...whole, y: foot + 5, align: 'right' }, styles.label)
}
