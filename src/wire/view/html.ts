import { styleSheet } from './html-style.ts'
import { readLogo } from './logo.ts'
import { paletteOf } from './palette.ts'
import type {
  Branding,
  InvoiceView,
  QrEncoder,
  ViewColumn,
  ViewFact,
  ViewNote,
  ViewParty,
  ViewRow,
  ViewSection,
  ViewTable,
} from './types.ts'

export interface HtmlOptions {
  readonly branding?: Branding | undefined
  /** Draws the payment code; without it the page has none. */
  readonly encodeQr?: QrEncoder | undefined
}

/**
 * The view as one HTML page that stands for itself: no script, nothing to load, every text of the invoice escaped. Served, it wants
 * `Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; img-src data:` and no more.
 */
export function renderHtml(view: InvoiceView, { branding = {}, encodeQr }: HtmlOptions = {}): string {
  const { colon } = view
  return [
    '<!doctype html>',
    `<html lang="${view.language}">`,
    '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(`${view.title} ${view.number}`.trim())}</title>`,
    `<style>${styleSheet(paletteOf(branding.color))}</style></head>`,
    '<body><main>',
    head(view, branding),
    `<section class="parties">${view.parties.map(party => partyHtml(party, colon)).join('')}</section>`,
    view.facts.length === 0 ? '' : `<section class="facts">${list(view.facts)}</section>`,
    table(view.lines, colon, 'lines'),
    table(view.adjustments, colon, 'adjustments'),
    `<div class="sums">${table(view.vat, colon, 'vat')}${totals(view)}</div>`,
    payment(view, encodeQr),
    notes(view.notes, colon, 'notes'),
    notes(view.legalNotices, colon, 'notes legal'),
    section(view.attachments, 'attachments', ({ heading, items }) => `<h2>${escaped(heading)}</h2>${list(items)}`),
    section(view.technical, 'technical', ({ heading, items }) => `<h2>${escaped(heading)}</h2>${list(items)}`),
    branding.footer === undefined ? '' : `<footer>${escaped(branding.footer)}</footer>`,
    '</main></body></html>',
  ]
    .filter(part => part !== '')
    .join('\n')
}

function head({ title, number, parties }: InvoiceView, { logo: octets }: Branding): string {
  const logo = readLogo(octets)
  const name = escaped(parties[0]?.name ?? '')
  const mark =
    logo === undefined
      ? `<p class="mark">${name}</p>`
      : `<img src="data:${logo.mimeType};base64,${logo.octets.toString('base64')}" alt="${name}">`
  return `<header>${mark}<h1>${escaped(title)} <span>${escaped(number)}</span></h1></header>`
}

function partyHtml({ role, name, address, facts }: ViewParty, colon: string): string {
  const lines = address.map(line => `<p>${escaped(line)}</p>`).join('')
  const known = facts.length === 0 ? '' : `<dl>${facts.map(fact => inlineFact(fact, colon)).join('')}</dl>`
  return `<div class="party"><h2>${escaped(role)}</h2><p class="name">${escaped(name)}</p>${lines}${known}</div>`
}

function inlineFact({ label, value }: ViewFact, colon: string): string {
  return `<div><dt>${escaped(label)}${colon}</dt><dd>${escaped(value)}</dd></div>`
}

function list(facts: readonly ViewFact[]): string {
  return `<dl>${facts.map(({ label, value }) => `<div><dt>${escaped(label)}</dt><dd>${escaped(value)}</dd></div>`).join('')}</dl>`
}

function table(data: ViewTable | undefined, colon: string, name: string): string {
  if (data === undefined) return ''
  const { heading, columns, rows } = data
  const labels = columns.map(({ label, align }) => `<th scope="col"${aligned(align)}>${escaped(label)}</th>`).join('')
  const body = rows.map(row => rowHtml(row, columns, colon)).join('\n')
  return `<section class="${name}"><table><caption>${escaped(heading)}</caption>
<thead><tr>${labels}</tr></thead>
<tbody>${body}</tbody></table></section>`
}

/** The cell that says what the row is about is its heading; a sub-line is moved to the right there. */
function rowHtml({ cells, details, depth, kind }: ViewRow, columns: readonly ViewColumn[], colon: string): string {
  const about = columns.reduce((best, { weight }, index) => (weight > (columns[best]?.weight ?? 0) ? index : best), 0)
  const shift = depth === 0 ? '' : ` style="padding-left:${Math.min(depth, 8) + 0.5}em"`
  const tds = cells.map((cell, index) =>
    index === about
      ? `<th scope="row"${shift}>${escaped(cell)}</th>`
      : `<td${aligned(columns[index]?.align ?? 'left')}>${escaped(cell)}</td>`,
  )
  const row = `<tr class="${kind}">${tds.join('')}</tr>`
  if (details.length === 0) return row
  const texts = details.map(detail => `<p>${noteText(detail, colon)}</p>`).join('')
  const before = about === 0 ? '' : `<td colspan="${about}"></td>`
  return `${row}<tr class="details">${before}<td colspan="${columns.length - about}"${shift}>${texts}</td></tr>`
}

function aligned(align: ViewColumn['align']): string {
  return align === 'right' ? ' class="right"' : ''
}

function totals({ totals: sums }: InvoiceView): string {
  if (sums === undefined) return ''
  const rows = sums.items.map(
    ({ label, value, strong }) =>
      `<tr${strong ? ' class="strong"' : ''}><th scope="row">${escaped(label)}</th><td>${escaped(value)}</td></tr>`,
  )
  return `<section class="totals"><table><caption>${escaped(sums.heading)}</caption><tbody>${rows.join('')}</tbody></table></section>`
}

function payment({ payment: ways, paymentQr }: InvoiceView, encodeQr: QrEncoder | undefined): string {
  return section(ways, 'payment', ({ heading, items }) => {
    const facts = items.map(({ label, value }) => `<dt>${escaped(label)}</dt><dd>${escaped(value)}</dd>`).join('')
    const code =
      paymentQr === undefined || encodeQr === undefined
        ? ''
        : `<figure>${qrSvg(encodeQr(paymentQr.text), paymentQr.caption)}<figcaption>${escaped(paymentQr.caption)}</figcaption></figure>`
    return `<div><h2>${escaped(heading)}</h2><dl>${facts}</dl></div>${code}`
  })
}

/** One path of squares on white, with the quiet zone of four modules. [ISO/IEC 18004 §5.3.8] */
function qrSvg(rows: readonly (readonly boolean[])[], title: string): string {
  const path = rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x + 4} ${y + 4}h1v1h-1z`] : []))).join('')
  const size = rows.length + 8
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escaped(title)}" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><path d="${path}"/></svg>`
}

function notes(data: ViewSection<ViewNote> | undefined, colon: string, name: string): string {
  return section(data, name, ({ heading, items }) => {
    const texts = items.map(item => `<p>${noteText(item, colon)}</p>`).join('')
    return `<h2>${escaped(heading)}</h2>${texts}`
  })
}

function noteText({ label, text }: ViewNote, colon: string): string {
  return label === undefined ? escaped(text) : `${escaped(label)}${colon}${escaped(text)}`
}

function section<Item>(
  data: ViewSection<Item> | undefined,
  name: string,
  body: (data: ViewSection<Item>) => string,
): string {
  return data === undefined ? '' : `<section class="${name}">${body(data)}</section>`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** For text and for quoted attributes. What HTML forbids in a document shows as U+FFFD. [HTML §13.1.4] */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/(?![\n\t])\p{Cc}|\p{Noncharacter_Code_Point}/gu, '\ufffd')
    .replaceAll(/[&<>"']/g, character => entities[character] ?? '')
}
