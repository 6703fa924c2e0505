/* oxlint-disable no-underscore-dangle -- What pdfkit 0.20.2 offers no other way to. */

/*
 * What is inside pdfkit and must be otherwise for PDF/A-3. Each has a test on the octets that come out, so that a new version
 * which moves things is noticed.
 */

import { escapeText } from '../../wire/xml/index.ts'

interface Internals {
  info: Record<string, unknown>
  _id: Uint8Array
  readonly _font: EmbeddedFont
  readonly _root: { data: { Names: { data: { EmbeddedFiles?: { _compareKeys(a: string, b: string): number } } } } }
  _addInfo(): void
  appendXML(xml: string): void
}

interface EmbeddedFont {
  readonly font: { hasGlyphForCodePoint(codePoint: number): boolean; _tables: object }
  layout(text: string, features: object, onlyWidth?: boolean): GlyphRun
}

interface GlyphRun {
  readonly glyphs: readonly object[]
  readonly positions: readonly object[]
  readonly advanceWidth: number
}

function inside(document: PDFKit.PDFDocument): Internals {
  return document as unknown as Internals
}

/** pdfkit makes the file identifier of the information alone. */
export function setFileId(document: PDFKit.PDFDocument, id: Uint8Array): void {
  inside(document)._id = id
}

/** Adds rdf:Description elements to the XMP packet. */
export function addToXmp(document: PDFKit.PDFDocument, xml: string): void {
  inside(document).appendXML(xml)
}

/** pdfkit copies the document information into the XMP packet as it is, and an `&` in a name would break the packet. */
export function escapeInfoInXmp(document: PDFKit.PDFDocument): void {
  const internals = inside(document)
  const addInfo = internals._addInfo.bind(document)
  internals._addInfo = () => {
    const { info } = internals
    const escaped = Object.entries(info).map(([key, value]) => [
      key,
      typeof value === 'string' ? escapeText(value) : value,
    ])
    internals.info = Object.fromEntries(escaped) as Record<string, unknown>
    addInfo()
    internals.info = info
  }
}

/** A name tree is in the order of the octets [ISO 32000-2 §7.9.6]; pdfkit sorts as people of the locale do. */
export function sortNamesByOctets(document: PDFKit.PDFDocument): void {
  const tree = inside(document)._root.data.Names.data.EmbeddedFiles
  if (tree !== undefined) tree._compareKeys = (a, b) => Buffer.compare(keyOctets(a), keyOctets(b))
}

/** As the key is written. */
function keyOctets(key: string): Buffer {
  // oxlint-disable-next-line no-control-regex -- ASCII begins with them.
  return /^[\u0000-\u007f]*$/v.test(key) ? Buffer.from(key, 'latin1') : Buffer.from(`\ufeff${key}`, 'utf16le').swap16()
}

/** Whether the font that is set has a shape for the character; what has none becomes .notdef. */
export function hasGlyph(document: PDFKit.PDFDocument, codePoint: number): boolean {
  return inside(document)._font.font.hasGlyphForCodePoint(codePoint)
}

/**
 * Lets the font that is set shape each word once per document: pdfkit does so only for text without features, and shaping is nearly
 * all the work of a page (1,000 lines: 2.5 s without, 0.5 s with). `features` are compared by identity.
 */
export function rememberWords(document: PDFKit.PDFDocument): void {
  const font = inside(document)._font
  const shape = font.layout.bind(font)
  const known = new Map<object, Map<string, GlyphRun>>()
  const wordOf = (word: string, features: object): GlyphRun => {
    const words = known.get(features) ?? new Map<string, GlyphRun>()
    known.set(features, words)
    const run = words.get(word) ?? shape(word, features)
    words.set(word, run)
    return run
  }
  font.layout = (text, features) => {
    const runs = text.split(/(?<= )/).map(word => wordOf(word, features))
    return {
      glyphs: runs.flatMap(run => run.glyphs),
      positions: runs.flatMap(run => run.positions),
      advanceWidth: runs.reduce((sum, run) => sum + run.advanceWidth, 0),
    }
  }
}

/**
 * Gives the font that is set the tables that the same face decoded for an earlier document, and keeps its own for the next one:
 * decoding them is most of the work of a small invoice. Glyphs are not shared, for each remembers the first text it stood for.
 */
export function shareTables(document: PDFKit.PDFDocument, face: string): void {
  const { font } = inside(document)._font
  const known = tables.get(face)
  if (known === undefined) tables.set(face, font._tables)
  else font._tables = known
}

const tables = new Map<string, object>()
