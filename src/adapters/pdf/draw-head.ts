import type { InvoiceView, ViewFact, ViewParty } from '../../wire/view/index.ts'
import { readLogo } from '../../wire/view/index.ts'
import { type Span, columnsOf, inside, labelled, panel, paragraph, space, styles, zipped } from './draw-blocks.ts'
import { type Slice, type Unit, beside } from './draw-pages.ts'
import { type Pen, type Style, bodyWidth, page } from './draw-pen.ts'

/* The head of the first page: logo and title, seller and buyer, facts, the other parties. */

const body: Span = { x: page.margin, width: bodyWidth }

export function headUnits(pen: Pen, view: InvoiceView, logo: Buffer | undefined): Unit[] {
  const [left = body, right = body] = columnsOf(body, 2, 20)
  const seller = view.parties[0]
  const mark =
    logoSlices(pen, logo, left) ??
    paragraph(pen, seller?.name ?? '', left, { face: 'bold', size: 15, color: pen.palette.accent })
  const units: Unit[] = [{ slices: beside(mark, titleSlices(pen, view, right)), gap: 0 }]
  const [first, second, ...others] = view.parties
  const sides = [
    first && partySlices(pen, first, view.colon, left),
    second && buyerPanel(pen, second, view.colon, right),
  ]
  units.push({ slices: beside(sides[0] ?? [], sides[1] ?? []), gap: 18 })
  if (view.facts.length > 0) units.push(...factUnits(pen, view.facts))
  for (let at = 0; at < others.length; at += 3) {
    const spans = columnsOf(body, 3, 20)
    const stacks = others
      .slice(at, at + 3)
      .map((party, index) => partySlices(pen, party, view.colon, spans[index] ?? body, styles.strong))
    units.push({ slices: zipped(stacks), gap: 12 })
  }
  return units
}

/** The picture within 170 by 56 points. */
function logoSlices(pen: Pen, octets: Buffer | undefined, { x }: Span): Slice[] | undefined {
  const logo = readLogo(octets)
  if (logo === undefined) return undefined
  const scale = Math.min(170 / logo.width, 56 / logo.height)
  const [width, height] = [logo.width * scale, logo.height * scale]
  return [{ height, draw: y => void pen.document.image(logo.octets, x, y, { fit: [width, height] }) }]
}

function titleSlices(pen: Pen, { title, number }: InvoiceView, span: Span): Slice[] {
  return [
    ...paragraph(pen, title, span, { face: 'bold', size: 20, color: pen.palette.accent }, 'right'),
    ...paragraph(pen, number, span, { ...styles.name, size: 11.5 }, 'right'),
  ]
}

function buyerPanel(pen: Pen, party: ViewParty, colon: string, span: Span): Slice[] {
  return panel(pen, partySlices(pen, party, colon, inside(span)), span)
}

function partySlices(
  pen: Pen,
  { role, name, address, facts }: ViewParty,
  colon: string,
  span: Span,
  nameStyle: Style = styles.name,
): Slice[] {
  return [
    ...paragraph(pen, role, span, { face: 'bold', size: 7.4, color: pen.palette.accent }),
    ...(name === '' ? [] : paragraph(pen, name, span, nameStyle)),
    ...address.flatMap(line => paragraph(pen, line, span, styles.text)),
    ...(facts.length === 0 ? [] : [space(3)]),
    ...facts.flatMap(fact => labelled(pen, fact, colon, span)),
  ]
}

/** Four to a row: the label above its value. */
function factUnits(pen: Pen, facts: readonly ViewFact[]): Unit[] {
  const spans = columnsOf(body, 4, 14)
  const edge: Slice = { height: 6, draw: y => pen.rule(y) }
  const rows: Slice[] = []
  for (let at = 0; at < facts.length; at += 4) {
    if (at > 0) rows.push(space(5))
    const stacks = facts.slice(at, at + 4).map(({ label, value }, index) => {
      const span = spans[index] ?? body
      return [...paragraph(pen, label, span, styles.label), ...paragraph(pen, value, span, styles.strong)]
    })
    rows.push(...zipped(stacks))
  }
  return [{ slices: [edge, ...rows, space(5), { ...edge, height: 1 }], gap: 16 }]
}
