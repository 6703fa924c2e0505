import { WireError } from '../../kernel/index.ts'
import type { Text } from '../invoice/index.ts'
import type { Encoding, Reference } from './mapping.ts'
import type { IssueCode, StepProblem, Value } from './value.ts'

/** What an expression can ask: the invoice, or one of what it repeats. */
export interface Item {
  /** undefined when there is none, or an empty one. */
  value(reference: Pick<Reference, 'name' | 'keys' | 'column'>): Value | StepProblem | undefined
  each(name: string): readonly Item[]
}

/** One invoice in the source, before it is mapped. */
export interface Unit {
  /** `line 2`, `lines 2 to 5`, `/invoices/3`. */
  readonly place: Text
  readonly invoice: Item
  /** JSON: the document around it. */
  readonly document: Item | undefined
  readonly issues: readonly SourceIssue[]
  /** What the mapping does not read, by name, each with one value. */
  readonly unused: ReadonlyMap<string, string>
}

/** What is wrong with the rows of an invoice. */
export interface SourceIssue {
  readonly code: IssueCode
  /** The column or place. */
  readonly source: Text
  readonly value: string
  readonly message: Text
}

export type SourceErrorCode = 'source.encoding' | 'source.csv' | 'source.json' | 'source.columns' | 'source.too-large'

/** The source cannot be read at all, or is not what the mapping is for. */
export class SourceError extends WireError<SourceErrorCode> {}

type Decoder = InstanceType<typeof TextDecoder>

/** Octets in pieces, or all of them. */
export type SourceOctets = Buffer | AsyncIterable<Uint8Array>

/** Names that are reported as unused; a document with keys made of data has any number of them. */
export const unusedMax = 1000

/** The text of a source, piece by piece, without a byte order mark. Throws SourceError for octets that are not of the encoding. */
export async function* textOf(octets: SourceOctets, encoding: Encoding): AsyncGenerator<string> {
  let decoder: Decoder | undefined
  let octetsRead = 0
  for await (const piece of octets instanceof Uint8Array ? slicesOf(octets) : startTogether(octets)) {
    decoder ??= new TextDecoder(labelOf(encoding, piece), { fatal: true })
    yield decode(decoder, piece, { encoding, octetsRead })
    octetsRead += piece.length
  }
  if (decoder !== undefined) yield decode(decoder, undefined, { encoding, octetsRead })
}

const sliceOctets = 65_536

/** So that rows are taken one by one also out of octets that are all there: a parser given all of them holds all rows at once. */
function* slicesOf(octets: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < octets.length; at += sliceOctets) yield octets.subarray(at, at + sliceOctets)
}

/** The first piece has two octets at least, where there are as many: they tell the order of those of UTF-16. */
async function* startTogether(octets: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let start: Uint8Array | undefined = new Uint8Array()
  for await (const piece of octets) {
    if (start === undefined) {
      yield piece
      continue
    }
    start = Buffer.concat([start, piece])
    if (start.length < 2) continue
    yield start
    start = undefined
  }
  if (start !== undefined && start.length > 0) yield start
}

function labelOf(encoding: Encoding, start: Uint8Array): string {
  if (encoding !== 'utf-16') return encoding
  return start[0] === 0xfe && start[1] === 0xff ? 'utf-16be' : 'utf-16le'
}

function decode(
  decoder: Decoder,
  piece: Uint8Array | undefined,
  { encoding, octetsRead }: { readonly encoding: Encoding; readonly octetsRead: number },
): string {
  try {
    return piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true })
  } catch (cause) {
    const advice = encoding === 'utf-8' ? ': is it windows-1252 or utf-16?' : ''
    const message = `behind octet ${octetsRead} the source is not ${encoding}${advice}`
    throw new SourceError('source.encoding', message, { cause })
  }
}
