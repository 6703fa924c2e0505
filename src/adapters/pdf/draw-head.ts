import type { InvoiceView, ViewFact, ViewParty } from '../../wire/view/index.ts'
import { readLogo } from '../../wire/view/index.ts'
import { type Span, columnsOf, inside, labelled, panel, paragraph, space, styles, zipped } from './draw-blocks.ts'
import { type Slice, type Unit, beside } from './draw-pages.ts'
import { type Pen, type Style, bodyWidth, page } from './draw-pen.ts'

/* The head of the first page: logo and title, seller and buyer, facts, the other parties. */

const body: Span = { x: page.margin, width: bodyWidth }

export function headUnits(pen: Pen, view: InvoiceView, logo: Buffer | undefined): Unit[] {
  const [left = body, right = body] = columnsOf(body, 2, 20)
  const [seller, buyer, ...others] = view.parties
  const look: PartyLook = { colon: view.colon, name: styles.name }
  const mark = logoSlices(pen, logo, left) ?? nameSlices(pen, seller?.name ?? '', left)
  const sides = [
    seller === undefined ? [] : partySlices(pen, seller, left, look),
    buyer === undefined ? [] : buyerPanel(pen, buyer, right, look),
  ] as const
  return [
    { slices: beside(mark, titleSlices(pen, view, right)), gap: 0 },
    { slices: beside(...sides), gap: 18 },
    ...(view.facts.length === 0 ? [] : factUnits(pen, view.facts)),
    ...otherUnits(pen, others, { ...look, name: styles.strong }),
  ]
}

/** Three to a row. */
function otherUnits(pen: Pen, parties: readonly ViewParty[], look: PartyLook): Unit[] {
  const spans = columnsOf(body, 3, 20)
  const units: Unit[] = []
  for (let at = 0; at < parties.length; at += 3) {
    const row = parties.slice(at, at + 3)
    units.push({
      slices: zipped(row.map((party, index) => partySlices(pen, party, spans[index] ?? body, look))),
      gap: 12,
    })
  }
  return units
}

/** Instead of a picture. */
function nameSlices(pen: Pen, name: string, span: Span): Slice[] {
  return paragraph(pen, name, span, { face: 'bold', size: 15, color: pen.palette.accent })
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
  const right: Span = { ...span, align: 'right' }
  return [
    ...paragraph(pen, title, right, { face: 'bold', size: 20, color: pen.palette.accent }),
    ...paragraph(pen, number, right, { ...styles.name, size: 11.5 }),
  ]
}

interface PartyLook {
  readonly colon: string
  readonly name: Style
}

function buyerPanel(pen: Pen, party: ViewParty, span: Span, look: PartyLook): Slice[] {
  return panel(pen, partySlices(pen, party, inside(span), look), span)
}

function partySlices(pen: Pen, { role, name, address, facts }: ViewParty, span: Span, look: PartyLook): Slice[] {
  return [
    ...paragraph(pen, role, span, { face: 'bold', size: 7.4, color: pen.palette.accent }),
    ...(name === '' ? [] : paragraph(pen, name, span, look.name)),
    ...address.flatMap(line => paragraph(pen, line, span, styles.text)),
    ...(facts.length === 0 ? [] : [space(3)]),
    ...facts.flatMap(fact => labelled(pen, fact, look.colon, span)),
  ]
}

/** Four to a row: the label above its value. */
function factUnits(pen: Pen, facts: readonly ViewFact[]): Unit[] {
  const spans = columnsOf(body, 4, 14)
  const edge: Slice = { height: 6, draw: y => pen.rule(y) }
  const rows: Slice[] = []
  for (let at = 0; at < facts.length; at += 4) {
    if (at > 0) rows.push(space(5))
    const stacks = facts.slice(at, at + 4).map((fact, index) => factSlices(pen, fact, spans[index] ?? body))
    rows.push(...zipped(stacks))
  }
  return [{ slices: [edge, ...rows, space(5), { ...edge, height: 1 }], gap: 16 }]
}

function factSlices(pen: Pen, { label, value }: ViewFact, span: Span): Slice[] {
  return paragraph(pen, label, span, styles.label).concat(paragraph(pen, value, span, styles.strong))
}
