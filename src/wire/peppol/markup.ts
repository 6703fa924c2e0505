import { PeppolError } from './errors.ts'

/**
 * One piece of markup in a text that holds one character per octet, so that positions are offsets in the octets.
 * All delimiters of XML are ASCII, therefore this is sound for UTF-8.
 */
export interface Piece {
  readonly kind: 'open' | 'close' | 'empty' | 'comment' | 'instruction' | 'character-data'
  /** Of an open, close or empty tag, as written. */
  readonly name: string
  readonly start: number
  /** Exclusive. */
  readonly end: number
}

/**
 * The next markup at or after `from`; undefined when the text ends before it does. It finds where things lie and proves nothing:
 * what it delimits is parsed strictly afterwards.
 * @throws PeppolError `envelope` for a document type declaration
 */
export function nextMarkup(text: string, from: number): Piece | undefined {
  const start = text.indexOf('<', from)
  if (start < 0) return undefined
  const next = text[start + 1]
  if (next === '?') return upTo(text, start, 'instruction', '?>')
  if (next === '/') return upTo(text, start, 'close', '>')
  if (next !== '!') return openingTag(text, start)
  if (text.startsWith('<!--', start)) return upTo(text, start, 'comment', '-->')
  if (text.startsWith('<![CDATA[', start)) return upTo(text, start, 'character-data', ']]>')
  if ('<![CDATA['.startsWith(text.slice(start)) || '<!--'.startsWith(text.slice(start))) return undefined
  throw new PeppolError('envelope', 'a document type declaration is not allowed')
}

const delimiters = { comment: 4, instruction: 2, 'character-data': 9, close: 2 } as const

function upTo(text: string, start: number, kind: keyof typeof delimiters, delimiter: string): Piece | undefined {
  const at = text.indexOf(delimiter, start + delimiters[kind])
  if (at < 0) return undefined
  const name = kind === 'close' ? text.slice(start + 2, at).trim() : ''
  return { kind, name, start, end: at + delimiter.length }
}

function openingTag(text: string, start: number): Piece | undefined {
  const end = tagEnd(text, start)
  if (end === undefined) return undefined
  const name = /^[^\s/>]*/.exec(text.slice(start + 1, Math.min(end, start + 1024)))?.[0] ?? ''
  return { kind: text[end - 2] === '/' ? 'empty' : 'open', name, start, end }
}

/** Behind the `>` that no quotation marks surround. */
function tagEnd(text: string, start: number): number | undefined {
  let quotation = ''
  for (let position = start; position < text.length; position++) {
    const character = text[position]
    if (quotation !== '') {
      if (character === quotation) quotation = ''
    } else if (character === '"' || character === "'") {
      quotation = character
    } else if (character === '>') {
      return position + 1
    }
  }
  return undefined
}
