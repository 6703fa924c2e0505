import { type Octets, inMemory, isoOf } from '../../kernel/index.ts'
import { type Markup, XmlError, escapeAttribute, parseXml, tag, text } from '../xml/index.ts'
import { checkNoWildcard, documentTypeParts } from './document-types.ts'
import { PeppolError } from './errors.ts'
import { participantScheme, quote } from './identifiers.ts'
import { nextMarkup } from './markup.ts'
import { sbdhNamespace, wrapperNamespace } from './namespaces.ts'
import { isCountry } from './sbdh.ts'
import type { DocumentTypeParts, ParticipantId, Sbdh } from './types.ts'
import { type Encoder, Base64Encoder, TextEncoder } from './wrap.ts'

/** What the sender decides; Standard, Type and TypeVersion follow from the document type. */
export interface EnvelopeFacts extends Pick<
  Sbdh,
  'sender' | 'receiver' | 'documentType' | 'process' | 'countryC1' | 'instanceId' | 'createdAt'
> {
  readonly mlsTo?: ParticipantId | undefined
  readonly mlsType?: Sbdh['mlsType'] | undefined
  /** Further scopes; keys are not those of the envelope itself. */
  readonly extensions?: ReadonlyMap<string, string> | undefined
}

/** How a document that is not XML is carried. Text is UTF-8. [ENV 2.3] */
export type Wrapping =
  | { readonly kind: 'binary'; readonly mimeType: string; readonly characterSet?: string | undefined }
  | { readonly kind: 'text'; readonly mimeType: string }

/** A document's prolog and root tag must end within as much. */
const prologOctetsMax = 64 * 1024

/**
 * Puts a document into its envelope. XML goes in as it is, without byte order mark and XML declaration, under a prefix that takes no
 * namespace from it; its root must be the document type's. What is in memory comes back in memory, what is stored as a stream.
 * @throws PeppolError for facts that no receiver would take, and (a stream: while it is read) for a document that has a document
 * type declaration, another encoding than UTF-8 or another root
 */
export function buildSbd(facts: EnvelopeFacts, document: Octets, wrapping?: Wrapping): Octets | AsyncIterable<Buffer> {
  const parts = documentTypeParts(facts.documentType.value)
  const frame = frameOf(facts, parts, wrapping)
  if (document.kind === 'stored') return streamFrame(frame, document.open())
  const body = frame.encoder
    ? [frame.encoder.push(document.bytes), frame.encoder.end()]
    : [document.bytes.subarray(startOfXml(document.bytes, frame.root))]
  return inMemory(Buffer.concat([frame.prologue, ...body, frame.epilogue]))
}

/** The octets around a document, and what happens to it. */
interface Frame {
  readonly prologue: Buffer
  readonly epilogue: Buffer
  readonly root: NonNullable<DocumentTypeParts['root']>
  /** undefined for XML. */
  readonly encoder: Encoder | undefined
}

async function* streamFrame(frame: Frame, document: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield frame.prologue
  if (frame.encoder) yield* encode(frame.encoder, document)
  else yield* withoutDeclaration(document, frame.root)
  yield frame.epilogue
}

async function* encode(encoder: Encoder, document: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const piece of document) yield encoder.push(piece)
  yield encoder.end()
}

async function* withoutDeclaration(document: AsyncIterable<Buffer>, root: Frame['root']): AsyncGenerator<Buffer> {
  let first: Buffer | undefined = Buffer.alloc(0)
  for await (const piece of document) {
    if (first === undefined) {
      yield piece
      continue
    }
    first = Buffer.concat([first, piece])
    if (first.length < prologOctetsMax) continue
    yield first.subarray(startOfXml(first, root))
    first = undefined
  }
  if (first !== undefined) yield first.subarray(startOfXml(first, root))
}

/** Where the document begins that goes into the envelope, once its root is known to be the right one. */
function startOfXml(document: Buffer, root: Frame['root']): number {
  const octets = document.subarray(0, prologOctetsMax)
  const prolog = octets.toString('latin1')
  let piece = nextMarkup(prolog, 0)
  while (piece !== undefined && (piece.kind === 'comment' || piece.kind === 'instruction'))
    piece = nextMarkup(prolog, piece.end)
  if (piece === undefined) throw new PeppolError('payload', `no XML document begins within ${octets.length} octets`)
  checkRoot(Buffer.concat([octets.subarray(0, piece.end - 1), Buffer.from(piece.kind === 'empty' ? '>' : '/>')]), root)
  // Octets of a byte order mark, the declaration, and white space around them.
  return /^(?:\u00ef\u00bb\u00bf)?\s*(?:<\?xml\s(?:(?!\?>)[^])*\?>)?\s*/.exec(prolog)?.[0].length ?? 0
}

function checkRoot(start: Buffer, expected: Frame['root']): void {
  try {
    const { root } = parseXml(start)
    if (root.namespace === expected.namespace && root.local === expected.local) return
    const found = quote(`{${root.namespace}}${root.local}`)
    throw new PeppolError('mismatch', `the document is ${found}, not {${expected.namespace}}${expected.local}`)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    const code = error.code === 'encoding' ? 'encoding' : 'payload'
    throw new PeppolError(code, `the document does not begin as XML: ${error.message}`, { cause: error })
  }
}

function frameOf(facts: EnvelopeFacts, parts: DocumentTypeParts, wrapping: Wrapping | undefined): Frame {
  checkNoWildcard(facts.documentType)
  if (!isCountry(facts.countryC1)) throw new PeppolError('header', `COUNTRY_C1 is ${quote(facts.countryC1)}`)
  if ((parts.root === undefined) !== (wrapping !== undefined)) {
    throw new PeppolError('payload', `a document of type ${parts.syntax} ${wrapping ? 'must not' : 'must'} be wrapped`)
  }
  const start = `<?xml version="1.0" encoding="UTF-8"?>\n<sh:StandardBusinessDocument xmlns:sh="${sbdhNamespace}">`
  const [open, close] = wrapping ? wrapperTags(wrapping) : ['', '']
  return {
    prologue: Buffer.from(`${start}${headerOf(facts, parts)}${open}`),
    epilogue: Buffer.from(`${close}</sh:StandardBusinessDocument>`),
    root: parts.root ?? { namespace: '', local: '' },
    encoder: wrapping && (wrapping.kind === 'binary' ? new Base64Encoder() : new TextEncoder()),
  }
}

function wrapperTags(wrapping: Wrapping): readonly [string, string] {
  const local = wrapping.kind === 'binary' ? 'BinaryContent' : 'TextContent'
  const characterSet = wrapping.kind === 'binary' ? wrapping.characterSet : undefined
  if (wrapping.mimeType.trim() === '' || /^(?:application|text)\/xml(?:;|$)/i.test(wrapping.mimeType)) {
    throw new PeppolError('payload', `${local} cannot carry mimeType ${quote(wrapping.mimeType)}`)
  }
  const encoding = characterSet === undefined ? '' : ` encoding="${escapeAttribute(characterSet)}"`
  return [
    `<${local} xmlns="${wrapperNamespace}" mimeType="${escapeAttribute(wrapping.mimeType)}"${encoding}>`,
    `</${local}>`,
  ]
}

/** What a document that is not XML is called in DocumentIdentification/Type. [france.md §1.7] */
const typesOfOthers: Readonly<Record<string, string>> = { 'urn:peppol:doctype:pdf+xml': 'factur-x' }

/** Field by field as [ENV 2.9] orders them. */
function headerOf(facts: EnvelopeFacts, parts: DocumentTypeParts): Markup {
  const { documentType, process, mlsTo, mlsType = 'FAILURE_ONLY', extensions = new Map<string, string>() } = facts
  return tag(
    'sh:StandardBusinessDocumentHeader',
    {},
    field('HeaderVersion', '1.0'),
    partner('Sender', facts.sender),
    partner('Receiver', facts.receiver),
    tag(
      'sh:DocumentIdentification',
      {},
      field('Standard', parts.root?.namespace ?? parts.syntax),
      field('TypeVersion', parts.version),
      field('InstanceIdentifier', facts.instanceId),
      field('Type', parts.root?.local ?? typesOfOthers[parts.syntax] ?? parts.syntax),
      field('CreationDateAndTime', isoOf(facts.createdAt)),
    ),
    tag(
      'sh:BusinessScope',
      {},
      scope('DOCUMENTID', documentType.value, documentType.scheme),
      scope('PROCESSID', process.value, process.scheme),
      scope('COUNTRY_C1', facts.countryC1),
      mlsTo && scope('MLS_TO', mlsTo.value, mlsTo.scheme),
      mlsType === 'FAILURE_ONLY' ? undefined : scope('MLS_TYPE', mlsType),
      ...[...extensions].map(([key, value]) => scope(key, value)),
    ),
  )
}

function partner(name: 'Sender' | 'Receiver', id: ParticipantId): Markup {
  return tag(`sh:${name}`, {}, tag('sh:Identifier', { Authority: participantScheme }, text(id.value)))
}

function scope(type: string, value: string, identifier?: string): Markup {
  return tag(
    'sh:Scope',
    {},
    field('Type', type),
    field('InstanceIdentifier', value),
    identifier === undefined ? undefined : field('Identifier', identifier),
  )
}

function field(name: string, value: string): Markup {
  return tag(`sh:${name}`, {}, text(value))
}
