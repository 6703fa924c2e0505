import { inflateSync } from 'node:zlib'

/**
 * The text of each page of a PDF that pdfkit wrote, one line per text operator, as a program that searches or reads aloud finds it:
 * through the ToUnicode maps of the fonts. Throws for a glyph without a character, such as .notdef.
 */
export function pdfText(pdf: Buffer): string[][] {
  const objects = readObjects(pdf.toString('latin1'))
  const pages = [...objects.values()].filter(({ head }) => /\/Type \/Page\b(?!s)/.test(head))
  return pages.map(({ head }) => {
    const resources = objects.get(/\/Resources (\d+) 0 R/.exec(head)?.[1] ?? '')?.head ?? ''
    const fonts = new Map(
      [...resources.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name = '', id = '']) => [name, characters(objects, id)]),
    )
    return linesOf(objects.get(/\/Contents (\d+) 0 R/.exec(head)?.[1] ?? '')?.stream ?? '', fonts)
  })
}

interface PdfObject {
  readonly head: string
  readonly stream: string
}

function readObjects(text: string): Map<string, PdfObject> {
  const objects = new Map<string, PdfObject>()
  for (const match of text.matchAll(/^(\d+) 0 obj\n/gm)) {
    const start = match.index + match[0].length
    const end = text.indexOf('\nendobj', start)
    const stream = text.indexOf('\nstream\n', start)
    const head = text.slice(start, stream === -1 || stream > end ? end : stream)
    const length = Number(/\/Length (\d+)/.exec(head)?.[1] ?? 0)
    const raw = stream === -1 || stream > end ? '' : text.slice(stream + 8, stream + 8 + length)
    const packed = raw !== '' && head.includes('/FlateDecode') && !head.includes('/Image')
    objects.set(match[1] ?? '', {
      head,
      stream: packed ? inflateSync(Buffer.from(raw, 'latin1')).toString('latin1') : raw,
    })
  }
  return objects
}

/** Glyph to text. [ISO 32000-2 §9.10.3] */
function characters(objects: Map<string, PdfObject>, font: string): readonly string[] {
  const map = objects.get(/\/ToUnicode (\d+) 0 R/.exec(objects.get(font)?.head ?? '')?.[1] ?? '')?.stream ?? ''
  const ranges = map.slice(map.indexOf('beginbfrange'))
  return [...ranges.matchAll(/\[(.*?)\]/gs)].flatMap(([, entries = '']) =>
    [...entries.matchAll(/<(.*?)>/g)].map(([, hex = '']) =>
      String.fromCharCode(...hex.split(' ').map(unit => Number.parseInt(unit, 16))),
    ),
  )
}

function linesOf(content: string, fonts: ReadonlyMap<string, readonly string[]>): string[] {
  let glyphs: readonly string[] = []
  const lines: string[] = []
  for (const [, font, shown = ''] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[(.*?)\] TJ/g)) {
    if (font !== undefined) glyphs = fonts.get(font) ?? []
    else lines.push([...shown.matchAll(/<([0-9a-f]+)>/g)].map(([, hex = '']) => decoded(hex, glyphs)).join(''))
  }
  return lines
}

function decoded(hex: string, glyphs: readonly string[]): string {
  return (hex.match(/.{4}/g) ?? [])
    .map(code => {
      const text = glyphs[Number.parseInt(code, 16)]
      if (text === undefined || text === '\0') throw new Error(`glyph ${code} has no character`)
      return text
    })
    .join('')
}
