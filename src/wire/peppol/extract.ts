import { XmlError, attributeOf, escapeAttribute } from '../xml/index.ts'
import { Base64, CharacterData, type Decoder } from './character-data.ts'
import { type EnvelopeStart, closingTagStart, openEnvelope } from './envelope.ts'
import { PeppolError } from './errors.ts'
import { sbdhNamespace, wrapperNamespace } from './namespaces.ts'
import { checkWrapper, fromXml } from './sbdh.ts'

/** A business document taken out of its envelope. */
export interface ExtractedDocument {
  readonly kind: 'xml' | 'binary' | 'text'
  /** Media type; of a wrapped document as the wrapper says. */
  readonly mimeType: string
  /** Charset of a wrapped text that differs from the envelope's. */
  readonly characterSet: string | undefined
  /**
   * XML: the octets as they stand in the envelope, from the first comment or tag behind the header on, without XML declaration (UTF-8).
   * Namespaces that only the envelope declares are declared on the root, but never that of the envelope itself.
   * Wrapped: the octets or (UTF-8) text that the wrapper holds.
   * To be read to the end: only there a wrong ending shows, as PeppolError.
   */
  readonly octets: AsyncIterable<Buffer>
}

/** So much is looked at before the first octet goes out. */
const startOctetsMin = 64 * 1024
/** The start of an envelope must lie within as much. */
const startOctetsMax = 1024 * 1024
/** Held back until the end is seen: the envelope's closing tag and what white space or comments follow it. */
const endOctetsMax = 1024

/** The octets of the document in an SBD, as openDocument describes them. Memory does not grow with the SBD. @throws PeppolError */
export async function* extractDocument(sbd: Buffer | AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* (await openDocument(sbd)).octets
}

/** Takes the document out of an SBD, which may arrive in pieces. @throws PeppolError here or while the octets are read */
export async function openDocument(sbd: Buffer | AsyncIterable<Buffer>): Promise<ExtractedDocument> {
  const seen: Seen = Buffer.isBuffer(sbd) ? { octets: sbd, whole: true } : { octets: Buffer.alloc(0), whole: false }
  const source = (Buffer.isBuffer(sbd) ? nothing() : sbd)[Symbol.asyncIterator]()
  try {
    const start = await readStart(seen, source)
    const form = formOf(start)
    return {
      ...form,
      octets: octetsOf(new Body(start, form.kind, seen), seen.octets.subarray(start.documentStart), source),
    }
  } catch (error) {
    await source.return?.()
    throw error
  }
}

async function readStart(seen: Seen, source: AsyncIterator<Buffer>): Promise<EnvelopeStart> {
  for (let sufficient = startOctetsMin; ; sufficient *= 4) {
    await readOn(source, seen, sufficient)
    const start = openWithin(seen.octets.subarray(0, startOctetsMax))
    if (start !== undefined) return start
    if (seen.whole || sufficient >= startOctetsMax) {
      throw new PeppolError('envelope', `the header does not lie within the first ${seen.octets.length} octets`)
    }
  }
}

interface Seen {
  octets: Buffer
  /** Nothing comes after. */
  whole: boolean
}

async function readOn(source: AsyncIterator<Buffer>, seen: Seen, sufficient: number): Promise<void> {
  if (seen.whole) return
  const pieces = [seen.octets]
  for (let size = seen.octets.length; size < sufficient;) {
    const next = await source.next()
    if (next.done === true) {
      seen.whole = true
      break
    }
    pieces.push(next.value)
    size += next.value.length
  }
  seen.octets = Buffer.concat(pieces)
}

async function* nothing(): AsyncGenerator<Buffer> {}

async function* octetsOf(body: Body, first: Buffer, source: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* body.push(first)
    for (let next = await source.next(); next.done !== true; next = await source.next()) yield* body.push(next.value)
    yield* body.end()
  } finally {
    await source.return?.()
  }
}

/** Everything behind the header, from which the envelope's end is cut off and the wrapper, if any, is taken away. */
class Body {
  private readonly start: EnvelopeStart
  private readonly decoders: readonly Decoder[]
  /** Octets still to be passed over: the wrapper's start tag and what stands before it. */
  private toSkip: number
  /** Octets that go out as they are before the declarations are put in. */
  private toInsertion: number
  private readonly insertion: Buffer
  private held: Buffer = Buffer.alloc(0)

  constructor(start: EnvelopeStart, kind: ExtractedDocument['kind'], seen: Seen) {
    this.start = start
    const text = new CharacterData(start.tagName)
    this.decoders = { xml: [], text: [text], binary: [text, new Base64()] }[kind]
    this.toSkip = kind === 'xml' ? 0 : start.tagEnd - start.documentStart
    this.insertion = kind === 'xml' ? inheritedDeclarations(start, seen) : Buffer.alloc(0)
    this.toInsertion = start.tagStart + 1 + start.tagName.length - start.documentStart
  }

  push(octets: Buffer): readonly Buffer[] {
    if (octets.length < endOctetsMax) this.held = Buffer.concat([this.held, octets])
    else if (this.held.length === 0) this.held = octets
    else {
      const before = this.held
      this.held = octets
      return [...this.pass(before), ...this.release()]
    }
    return this.release()
  }

  end(): readonly Buffer[] {
    const closing = closingTagStart(this.held, this.start.rootName)
    const last = this.pass(this.held.subarray(0, closing))
    for (const decoder of this.decoders) decoder.end()
    return last
  }

  private release(): readonly Buffer[] {
    const free = this.held.length - endOctetsMax
    if (free <= 0) return []
    const octets = this.held.subarray(0, free)
    this.held = this.held.subarray(free)
    return this.pass(octets)
  }

  private pass(octets: Buffer): readonly Buffer[] {
    const skipped = Math.min(this.toSkip, octets.length)
    this.toSkip -= skipped
    let piece = octets.subarray(skipped)
    if (this.decoders.length === 0) return this.insert(piece)
    for (const decoder of this.decoders) piece = decoder.push(piece)
    return piece.length === 0 ? [] : [piece]
  }

  private insert(octets: Buffer): readonly Buffer[] {
    if (this.insertion.length === 0 || this.toInsertion < 0 || octets.length === 0)
      return octets.length === 0 ? [] : [octets]
    if (octets.length < this.toInsertion) {
      this.toInsertion -= octets.length
      return [octets]
    }
    const at = this.toInsertion
    this.toInsertion = -1
    return [octets.subarray(0, at), this.insertion, octets.subarray(at)]
  }
}

function formOf({ document }: EnvelopeStart): Omit<ExtractedDocument, 'octets'> {
  if (document.namespace !== wrapperNamespace)
    return { kind: 'xml', mimeType: 'application/xml', characterSet: undefined }
  const { kind, mimeType } = checkWrapper(document)
  return { kind, mimeType, characterSet: attributeOf(document, 'encoding') }
}

/**
 * Declarations of the envelope that the document's root does not repeat. One whose prefix occurs nowhere is left out, which can be
 * told only of a document that is wholly at hand. That of the envelope's own namespace never counts: no document may use it.
 */
function inheritedDeclarations({ root, document, tagStart }: EnvelopeStart, seen: Seen): Buffer {
  let declarations = ''
  for (const { prefix, uri } of root.declarations) {
    if (uri === sbdhNamespace || uri === '') continue
    if (document.declarations.some(own => own.prefix === prefix)) continue
    if (seen.whole && prefix !== '' && !seen.octets.includes(`${prefix}:`, tagStart)) continue
    declarations += ` ${prefix === '' ? 'xmlns' : `xmlns:${prefix}`}="${escapeAttribute(uri)}"`
  }
  return Buffer.from(declarations)
}

function openWithin(octets: Buffer): EnvelopeStart | undefined {
  try {
    return openEnvelope(octets)
  } catch (error) {
    if (error instanceof XmlError) throw fromXml(error)
    throw error
  }
}
