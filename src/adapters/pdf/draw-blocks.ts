import type { ViewFact, ViewNote } from '../../wire/view/index.ts'
import { type Slice, drawDown, heightOf } from './draw-pages.ts'
import { type Pen, type Style, grey, ink, lineHeight } from './draw-pen.ts'

/* The bricks of the page: texts as slices of one line each. */

/** Where slices stand, from left to right; the page planner says how far down. */
export interface Span {
  readonly x: number
  readonly width: number
  /** left when not given. */
  readonly align?: 'left' | 'right'
}

export const styles = {
  name: { face: 'bold', size: 10.5, color: ink },
  text: { face: 'regular', size: 8.4, color: ink },
  strong: { face: 'bold', size: 8.4, color: ink },
  soft: { face: 'regular', size: 7.5, color: grey },
  label: { face: 'regular', size: 7, color: grey },
  fine: { face: 'regular', size: 6.8, color: grey },
} as const satisfies Readonly<Record<string, Style>>

/** A text as broken to the width of its span. */
export function paragraph(pen: Pen, text: string, span: Span, style: Style): Slice[] {
  return pen.lines(text, span.width, style).map(line => ({
    height: lineHeight(style),
    draw: y => pen.write(line, { ...span, y }, style),
  }))
}

export function space(height: number): Slice {
  return { height, draw: () => undefined }
}

/** `Label: value`, the label in grey. */
export function labelled(pen: Pen, { label, value }: ViewFact, colon: string, span: Span): Slice[] {
  return paragraph(pen, `${label}${colon}${value}`, span, styles.soft)
}

/** The heading of a section, in the seller's colour. */
export function heading(pen: Pen, text: string, span: Span): Slice[] {
  return paragraph(pen, text, span, { face: 'bold', size: 9, color: pen.palette.accent })
}

/** A note: its label, where it has one, before the text. */
export function noteText({ label, text }: ViewNote, colon: string): string {
  return label === undefined ? text : `${label}${colon}${text}`
}

const padding = 9

/** The slices on a coloured ground that reaches a little beyond them. */
export function panel(pen: Pen, slices: readonly Slice[], span: Span): Slice[] {
  return [space(padding), ...slices, space(padding)].map(slice => ({
    height: slice.height,
    draw: y => {
      // Grounds overlap by a hair, or viewers show seams.
      pen.document.rect(span.x, y, span.width, slice.height + 0.3).fill(pen.palette.tint)
      slice.draw(y)
    },
  }))
}

/** The span inside a panel. */
export function inside({ x, width }: Span): Span {
  return { x: x + padding, width: width - 2 * padding }
}

/** Columns of equal width with a gap between them. */
export function columnsOf({ x, width }: Span, count: number, gap: number): Span[] {
  const each = (width - gap * (count - 1)) / count
  return Array.from({ length: count }, (_, index) => ({ x: x + index * (each + gap), width: each }))
}

/** Stacks of slices side by side, line by line, so that they can be broken between lines when they are long. */
export function zipped(stacks: readonly (readonly Slice[])[]): Slice[] {
  const count = Math.max(0, ...stacks.map(stack => stack.length))
  return Array.from({ length: count }, (_, index) => {
    const slices = stacks.flatMap(stack => stack[index] ?? [])
    return {
      height: Math.max(...slices.map(slice => slice.height)),
      draw: y => {
        for (const slice of slices) slice.draw(y)
      },
    }
  })
}

/** One slice of several that must not be parted; only for what is surely shorter than a page. */
export function glued(slices: readonly Slice[]): Slice {
  return { height: heightOf(slices), draw: y => drawDown(slices, y) }
}
