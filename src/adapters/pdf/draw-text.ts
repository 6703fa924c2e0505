/** What stands for a character that the font cannot show: it is seen that something is missing. */
const substitute = '\u25a1'

/**
 * The text as the font can draw it, lines ended by \n. A character without a glyph would become .notdef, which PDF/A forbids
 * [ISO 19005-3 §6.2.11.8]; so blanks become a blank, controls and invisible marks go, and anything else is replaced by a box.
 */
export function printable(text: string, hasGlyph: (codePoint: number) => boolean): string {
  let drawn = ''
  for (const character of text.normalize('NFC').replaceAll(/\r\n?|[\u0085\u2028\u2029\v\f]/g, '\n')) {
    if (character === '\n') drawn += character
    else if (/\p{Cc}|\p{Cf}/u.test(character)) drawn += character === '\t' ? ' ' : ''
    else if (hasGlyph(character.codePointAt(0) ?? 0)) drawn += character
    else drawn += /\p{Zs}/u.test(character) ? ' ' : substitute
  }
  return drawn
}

/** The characters that printable() replaces by a box, each once. */
export function unprintable(text: string, hasGlyph: (codePoint: number) => boolean): readonly string[] {
  const found = new Set<string>()
  for (const character of text.normalize('NFC')) {
    if (/[\p{Cc}\p{Cf}\p{Z}]/u.test(character) || hasGlyph(character.codePointAt(0) ?? 0)) continue
    found.add(character)
  }
  return [...found]
}

/**
 * Breaks text into lines no wider than `width`: at \n, at blanks, and inside a word only where the word alone is too wide.
 * `measure` gives the width of one line of text.
 */
export function wrapped(text: string, width: number, measure: (text: string) => number): string[] {
  return text.split('\n').flatMap(paragraph => wrappedParagraph(paragraph, width, measure))
}

/** UTF-16 units; more fit no line of a page. */
const wordMax = 400

function wrappedParagraph(paragraph: string, width: number, measure: (text: string) => number): string[] {
  const lines: string[] = []
  const blank = measure(' ')
  let line = ''
  let used = 0
  // No-break spaces are no place to break.
  for (const word of paragraph.split(' ')) {
    // A word that surely needs pieces is not measured whole: shaping is not linear in the length.
    const wide = word.length > wordMax ? Infinity : measure(word)
    if (line !== '' && used + blank + wide <= width) {
      line += ` ${word}`
      used += blank + wide
      continue
    }
    if (line !== '') lines.push(line)
    const pieces = wide <= width ? [word] : chopped(word, width, measure)
    lines.push(...pieces.slice(0, -1))
    line = pieces.at(-1) ?? ''
    used = measure(line)
  }
  return [...lines, line]
}

/** A word in pieces that fit, each as long as possible. Linear: each character is measured once. */
function chopped(word: string, width: number, measure: (text: string) => number): string[] {
  const pieces: string[] = []
  let piece = ''
  let used = 0
  for (const character of word) {
    const wide = measure(character)
    if (piece !== '' && used + wide > width) {
      pieces.push(piece)
      piece = ''
      used = 0
    }
    piece += character
    used += wide
  }
  return [...pieces, piece]
}
