import type { Branding, Palette } from '../../wire/view/index.ts'
import { paletteOf } from '../../wire/view/index.ts'
import { printable, wrapped } from './draw-text.ts'
import { type Face, faces } from './fonts.ts'

/** How a text looks. */
export interface Style {
  readonly face: Face
  /** Points. */
  readonly size: number
  readonly color: string
}

/** A4 in points. */
export const page = { width: 595.28, height: 841.89, margin: 42 } as const

export const bodyWidth = page.width - 2 * page.margin

export const grey = '#5b6470'
export const ink = '#1c2330'
export const rule = '#d5dae1'

/** From the top of a line to the top of the next, in sizes of its font. */
const leading = 1.36

export function lineHeight(style: Style): number {
  return style.size * leading
}

/** Figures of equal width, so that columns of amounts stand under each other; no contextual forms: `3x4` must not look like `3×4`. */
const features = { tnum: true, calt: false } as unknown as PDFKit.Mixins.OpenTypeFeatures[]

interface FontInternals {
  readonly _font: { readonly font: { hasGlyphForCodePoint(codePoint: number): boolean } }
}

/** Writes and measures on one document. */
export class Pen {
  readonly document: PDFKit.PDFDocument
  readonly palette: Palette
  readonly #glyphs = new Map<number, boolean>()
  /** Widths at size 1. */
  readonly #widths: Readonly<Record<Face, Map<string, number>>> = { regular: new Map(), bold: new Map() }

  constructor(document: PDFKit.PDFDocument, branding: Branding) {
    this.document = document
    this.palette = paletteOf(branding.color)
    for (const [name, octets] of Object.entries(faces)) document.registerFont(name, octets)
    document.font('regular')
  }

  /** The lines of a text, each fit to be written. */
  lines(text: string, width: number, style: Style): string[] {
    const drawn = printable(text, codePoint => this.#hasGlyph(codePoint))
    // Trailing ends of line would only leave a gap.
    return wrapped(drawn.trimEnd(), width, part => this.#width(part, style))
  }

  /** Of a text on one line. */
  widthOf(text: string, style: Style): number {
    return this.#width(
      printable(text, codePoint => this.#hasGlyph(codePoint)),
      style,
    )
  }

  /** Writes one line, as `lines` gave it, with its top at y. */
  write(line: string, place: { x: number; y: number; width: number; align?: 'left' | 'right' }, style: Style): void {
    if (line === '') return
    const { x, y, width, align } = place
    const start = align === 'right' ? x + width - this.#width(line, style) : x
    const top = y + (lineHeight(style) - style.size * 1.21) / 2
    this.document.font(style.face).fontSize(style.size).fillColor(style.color)
    this.document.text(line, start, top, { lineBreak: false, features })
  }

  /** A horizontal line. */
  rule(y: number, options: { x?: number; width?: number; color?: string; thickness?: number } = {}): void {
    const { x = page.margin, width = bodyWidth, color = rule, thickness = 0.6 } = options
    this.document.rect(x, y, width, thickness).fill(color)
  }

  #width(text: string, { face, size }: Style): number {
    const widths = this.#widths[face]
    let width = widths.get(text)
    if (width === undefined) {
      width = this.document.font(face).fontSize(100).widthOfString(text, { features }) / 100
      widths.set(text, width)
    }
    return width * size
  }

  #hasGlyph(codePoint: number): boolean {
    let known = this.#glyphs.get(codePoint)
    if (known === undefined) {
      // Both faces hold the same characters. The types of pdfkit hide the font behind its document.
      known = (this.document as unknown as FontInternals)._font.font.hasGlyphForCodePoint(codePoint)
      this.#glyphs.set(codePoint, known)
    }
    return known
  }
}
