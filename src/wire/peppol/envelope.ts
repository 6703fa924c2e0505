import { type XmlElement, childElements, parseXml } from '../xml/index.ts'
import { PeppolError } from './errors.ts'
import { type Piece, nextMarkup } from './markup.ts'
import { sbdhNamespace } from './namespaces.ts'

/** The start of an SBD, up to and including the start tag of its document. Offsets in octets of the content. */
export interface EnvelopeStart {
  /** Name of the root as written, with its prefix. */
  readonly rootName: string
  readonly root: XmlElement
  readonly header: XmlElement
  /** The document's root element: name, attributes and declarations; its children are not looked at. */
  readonly document: XmlElement
  /** Behind the header, white space skipped: comments and instructions before the root belong to the document. */
  readonly documentStart: number
  readonly tagStart: number
  readonly tagEnd: number
  readonly tagName: string
}

/**
 * Opens an envelope from its first octets alone; undefined when the document's start tag does not lie within them.
 * Everything up to that tag is parsed strictly.
 * @throws PeppolError `envelope` or `encoding`, XmlError for what is no XML
 */
export function openEnvelope(head: Buffer): EnvelopeStart | undefined {
  checkMark(head)
  const found = locate(head.toString('latin1'))
  if (found === undefined) return undefined
  const { rootName, headerEnd, tag } = found
  const close = Buffer.from(`${tag.kind === 'empty' ? '' : '/'}></${rootName}>`, 'latin1')
  const beginning = head.subarray(0, tag.end - 1)
  const { root } = parseXml(Buffer.concat([beginning, close]))
  const { header, document } = checkFrame(root)
  return {
    rootName,
    root,
    header,
    document,
    documentStart: skipSpace(head, headerEnd),
    tagStart: tag.start,
    tagEnd: tag.end,
    tagName: tag.name,
  }
}

/** The root is an SBD and holds the header and one document, in this order, and no text. @throws PeppolError `envelope` */
export function checkFrame(root: XmlElement): { header: XmlElement; document: XmlElement } {
  if (root.namespace !== sbdhNamespace || root.local !== 'StandardBusinessDocument') {
    throw new PeppolError('envelope', `the root is {${root.namespace}}${root.local}, not StandardBusinessDocument`)
  }
  const [header, document, ...others] = childElements(root)
  if (header?.namespace !== sbdhNamespace || header.local !== 'StandardBusinessDocumentHeader') {
    throw new PeppolError('envelope', 'StandardBusinessDocument does not begin with StandardBusinessDocumentHeader')
  }
  if (document === undefined) throw new PeppolError('envelope', 'StandardBusinessDocument holds no document')
  if (others.length > 0) throw new PeppolError('envelope', 'StandardBusinessDocument holds more than one document')
  if (document.namespace === sbdhNamespace)
    throw new PeppolError('envelope', 'an envelope within an envelope is not allowed')
  if (root.children.some(child => child.kind === 'text' && child.value.trim() !== '')) {
    throw new PeppolError('envelope', 'StandardBusinessDocument holds text beside its document')
  }
  return { header, document }
}

/** Where the closing tag of the envelope begins in its last octets. @throws PeppolError `envelope` */
export function closingTagStart(tail: Buffer, rootName: string): number {
  const text = tail.toString('latin1')
  const start = text.lastIndexOf(`</${rootName}`)
  const behind = start < 0 ? '' : text.slice(start + 2 + rootName.length)
  if (!/^\s*>(?:\s|<!--(?:(?!--)[^])*-->|<\?[^]*?\?>)*$/.test(behind)) {
    throw new PeppolError('envelope', `the content does not end with </${rootName}>`)
  }
  return start
}

interface Located {
  readonly rootName: string
  readonly headerEnd: number
  readonly tag: Piece
}

/** Finds the root, the end of its first child and the start tag of the second. */
function locate(text: string): Located | undefined {
  let rootName: string | undefined
  let headerEnd: number | undefined
  let depth = 0
  for (let piece = nextMarkup(text, 0); piece !== undefined; piece = nextMarkup(text, piece.end)) {
    if (piece.kind === 'comment' || piece.kind === 'instruction' || piece.kind === 'character-data') continue
    if (piece.kind === 'close') depth--
    else if (rootName === undefined) rootName = piece.name
    else if (headerEnd !== undefined) return { rootName, headerEnd, tag: piece }
    if (piece.kind === 'open') depth++
    if (depth === 1 && piece.name !== rootName) headerEnd = piece.end
  }
  return undefined
}

function checkMark(head: Buffer): void {
  const [first, second] = head
  const utf16 =
    (first === 0xfe && second === 0xff) || (first === 0xff && second === 0xfe) || first === 0 || second === 0
  if (utf16) throw new PeppolError('encoding', 'the envelope is UTF-16; only UTF-8 is read')
}

function skipSpace(octets: Buffer, from: number): number {
  let position = from
  while (position < octets.length && isSpace(octets[position])) position++
  return position
}

function isSpace(octet: number | undefined): boolean {
  return octet === 0x20 || octet === 0x0a || octet === 0x0d || octet === 0x09
}
