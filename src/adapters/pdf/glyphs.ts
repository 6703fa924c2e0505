import PdfDocument from 'pdfkit'
import { unprintable } from './draw-text.ts'
import { faces } from './fonts.ts'
import { hasGlyph } from './pdfkit-internals.ts'

/** Opened for the first question, and kept: a document that is never written. */
let opened: PDFKit.PDFDocument | undefined
const known = new Map<number, boolean>()

/** The characters of a text for which the font has no glyph. Both faces have the same. */
export function lackingIn(text: string): readonly string[] {
  // What everybody writes need not be looked up.
  if (/^[\u0020-\u007E\u00A0-\u017F]*$/.test(text)) return []
  return unprintable(text, codePoint => {
    let has = known.get(codePoint)
    if (has === undefined) {
      opened ??= new PdfDocument({ autoFirstPage: false }).font(faces.regular)
      has = hasGlyph(opened, codePoint)
      if (known.size < knownMax) known.set(codePoint, has)
    }
    return has
  })
}

const knownMax = 10_000
