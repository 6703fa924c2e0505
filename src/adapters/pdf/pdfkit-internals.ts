/* oxlint-disable no-underscore-dangle -- What pdfkit 0.20.2 offers no other way to. */

/*
 * What is inside pdfkit and must be otherwise for PDF/A-3. Each has a test on the octets that come out, so that a new version
 * which moves things is noticed.
 */

import { escapeText } from '../../wire/xml/index.ts'

interface Internals {
  info: Record<string, unknown>
  _id: Uint8Array
  readonly _font: { readonly font: { hasGlyphForCodePoint(codePoint: number): boolean } }
  readonly _root: { data: { Names: { data: { EmbeddedFiles?: { _compareKeys(a: string, b: string): number } } } } }
  _addInfo(): void
  appendXML(xml: string): void
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
