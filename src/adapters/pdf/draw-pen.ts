import type { Branding, Palette } from '../../wire/view/index.ts'
import { paletteOf } from '../../wire/view/index.ts'
import { printable, wrapped } from './draw-text.ts'
import { type Face, faces } from './fonts.ts'
import { hasGlyph, rememberWords, shareTables } from './pdfkit-internals.ts'

/** How a text looks. */
export interface Style {
  readonly face: Face
  /** Points. */
  readonly size: number
  readonly color: string
  /** Figures of equal width, so that amounts stand under each other. */
  readonly tabular?: true
}

/** A4 in points. */
export const page = { width: 595.28, height: 841.89, margin: 40 } as const

export const bodyWidth = page.width - 2 * page.margin

export const grey = '#5b6470'
export const ink = '#1c2330'
export const rule = '#d5dae1'

/** From the top of a line to the top of the next, in sizes of its font. */
const leading = 1.3

export function lineHeight(style: Style): number {
  return style.size * leading
}

/** No contextual forms: `3x4` must not look like `3×4`. The types of pdfkit know only features that are turned on. */
const plain = { calt: false } as unknown as PDFKit.Mixins.OpenTypeFeatures[]

const tabular = { calt: false, tnum: true } as unknown as PDFKit.Mixins.OpenTypeFeatures[]

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
    for (const [name, octets] of Object.entries(faces)) {
      document.registerFont(name, octets)
      document.font(name)
      shareTables(document, name)
      rememberWords(document)
    }
  }

  /** The lines of a text, each fit to be written. */
  lines(text: string, width: number, style: Style): string[] {
    const drawn = printable(text, codePoint => this.#hasGlyph(codePoint))
    // Trailing ends of line would only leave a gap.
    return wrapped(drawn.trimEnd(), width, part => this.#width(part, style))
  }

  /** Of a figure on one line. */
  figureWidth(text: string, style: Style): number {
    return this.#width(
      printable(text, codePoint => this.#hasGlyph(codePoint)),
      { ...style, tabular: true },
    )
  }

  /** Writes one line, as `lines` gave it, with its top at y. */
  write(line: string, place: { x: number; y: number; width: number; align?: 'left' | 'right' }, style: Style): void {
    if (line === '') return
    const { x, y, width, align } = place
    const start = align === 'right' ? x + width - this.#width(line, style) : x
    const top = y + (lineHeight(style) - style.size * 1.21) / 2
    this.document.font(style.face).fontSize(style.size).fillColor(style.color)
    this.document.text(line, start, top, { lineBreak: false, features: featuresOf(style) })
  }

  /** A horizontal line. */
  rule(y: number, options: { x?: number; width?: number; color?: string; thickness?: number } = {}): void {
    const { x = page.margin, width = bodyWidth, color = rule, thickness = 0.6 } = options
    this.document.rect(x, y, width, thickness).fill(color)
  }

  /** Words repeat, so each is measured once. */
  #width(text: string, style: Style): number {
    const widths = this.#widths[style.face]
    const key = style.tabular ? `#${text}` : ` ${text}`
    let width = widths.get(key)
    if (width === undefined) {
      const document = this.document.font(style.face).fontSize(100)
      width = document.widthOfString(text, { features: featuresOf(style) }) / 100
      widths.set(key, width)
    }
    return width * style.size
  }

  #hasGlyph(codePoint: number): boolean {
    let known = this.#glyphs.get(codePoint)
    if (known === undefined) {
      // Both faces hold the same characters.
      known = hasGlyph(this.document, codePoint)
      this.#glyphs.set(codePoint, known)
    }
    return known
  }
}

function featuresOf({ tabular: equal }: Style): PDFKit.Mixins.OpenTypeFeatures[] {
  return equal ? tabular : plain
}
