import { XmlError } from '../xml/index.ts'

/** What begins with `<`. comment stands for processing instructions too; of a section the content follows. */
export type Markup =
  | { readonly kind: 'start'; readonly name: string; readonly attributes: string; readonly isEmpty: boolean }
  | { readonly kind: 'end' | 'comment' | 'section' }

/** More octets in a tag or a term than this are nobody's. */
const collectedMax = 64 * 1024

/** A position in a stream of XML octets, read by pieces: never more than a chunk and a tag is held. */
export class OctetCursor {
  private readonly iterator: AsyncIterator<Buffer>
  private chunk: Buffer = Buffer.alloc(0)
  private at = 0

  constructor(source: AsyncIterable<Buffer>) {
    this.iterator = source[Symbol.asyncIterator]()
  }

  /**
   * What is at hand up to a character, which is passed; `found` is false when the piece ends before it. undefined at the end of the
   * stream.
   */
  async piece(delimiter: string): Promise<{ readonly octets: Buffer; readonly found: boolean } | undefined> {
    while (this.at === this.chunk.length) {
      const next = await this.iterator.next()
      if (next.done === true) return undefined
      this.chunk = next.value
      this.at = 0
    }
    const end = this.chunk.indexOf(delimiter, this.at)
    const octets = this.chunk.subarray(this.at, end < 0 ? undefined : end)
    this.at = end < 0 ? this.chunk.length : end + 1
    return { octets, found: end >= 0 }
  }

  /** To behind the next such character; false when there is none any more. */
  async passTo(delimiter: string): Promise<boolean> {
    for (;;) {
      const piece = await this.piece(delimiter)
      if (piece === undefined) return false
      if (piece.found) return true
    }
  }

  /** The text up to a character, which is passed. */
  async collect(delimiter: string): Promise<string> {
    const pieces: Buffer[] = []
    let size = 0
    for (;;) {
      const piece = await this.piece(delimiter)
      if (piece === undefined) throw endsEarly()
      pieces.push(piece.octets)
      size += piece.octets.length
      if (size > collectedMax) throw new XmlError('limit', `a tag or a term has more than ${collectedMax} octets`)
      if (piece.found) return Buffer.concat(pieces).toString()
    }
  }

  /** Nothing more is asked for: the stream may let go of what it holds. */
  async close(): Promise<void> {
    await this.iterator.return?.()
  }

  /** Back before the character that was passed last. */
  back(): void {
    this.at--
  }

  /** What stands behind a `<` that was passed; ends behind its `>`. */
  async markup(): Promise<Markup> {
    const first = await this.character()
    if (first === '!') return this.declared()
    if (first === '?') {
      await this.passPast('?')
      return { kind: 'comment' }
    }
    const tag = first + (await this.tagRest())
    if (first === '/') return { kind: 'end' }
    const isEmpty = tag.endsWith('/')
    const [name = ''] = /^[^\s/]+/.exec(tag) ?? []
    return { kind: 'start', name, attributes: tag.slice(name.length, isEmpty ? -1 : undefined), isEmpty }
  }

  /** Behind the end of a CDATA section. */
  async passSection(): Promise<void> {
    await this.passPast(']]')
  }

  private async declared(): Promise<Markup> {
    const mark = await this.character()
    if (mark === '-') {
      await this.character()
      await this.passPast('--')
      return { kind: 'comment' }
    }
    if (mark !== '[') throw new XmlError('doctype', 'a document type declaration is not allowed')
    for (const expected of 'CDATA[') {
      if ((await this.character()) !== expected) throw new XmlError('not-well-formed', 'a CDATA section is expected')
    }
    return { kind: 'section' }
  }

  /** A `>` inside an attribute does not end the tag. */
  private async tagRest(): Promise<string> {
    let tag = await this.collect('>')
    for (let open = openQuote(tag, ''); open !== '';) {
      const more = `>${await this.collect('>')}`
      open = openQuote(more, open)
      tag += more
      if (tag.length > collectedMax) throw new XmlError('limit', `a tag has more than ${collectedMax} octets`)
    }
    return tag
  }

  /** Behind the first `>` that has these characters before it. */
  private async passPast(before: string): Promise<void> {
    let tail = ''
    for (;;) {
      const piece = await this.piece('>')
      if (piece === undefined) throw endsEarly()
      tail = (tail + piece.octets.subarray(-before.length).toString('latin1')).slice(-before.length)
      if (!piece.found) continue
      if (tail === before) return
      tail = ''
    }
  }

  private async character(): Promise<string> {
    while (this.at === this.chunk.length) {
      const next = await this.iterator.next()
      if (next.done === true) throw endsEarly()
      this.chunk = next.value
      this.at = 0
    }
    return String.fromCharCode(this.chunk[this.at++] ?? 0)
  }
}

/** The quotation mark that is open behind a part of a tag, when `open` is the one before it; '' for none. */
function openQuote(part: string, open: string): string {
  let quote = open
  for (const [mark] of part.matchAll(/["']/g)) {
    if (quote === '') quote = mark
    else if (quote === mark) quote = ''
  }
  return quote
}

export function endsEarly(): XmlError {
  return new XmlError('not-well-formed', 'the document ends early')
}
