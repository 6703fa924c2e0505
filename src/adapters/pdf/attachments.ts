import {
  type PDFContext,
  PDFArray,
  PDFDict,
  PDFHexString,
  PDFName,
  type PDFObject,
  PDFRawStream,
  PDFString,
} from '@cantoo/pdf-lib'
import { PdfError } from './error.ts'

/** An embedded file, still packed, and what leads to it. */
export interface Attachment {
  readonly name: string
  readonly stream: PDFRawStream
  readonly relationship: string | undefined
  readonly mimeType: string | undefined
  readonly description: string | undefined
  readonly hasModificationDate: boolean
  /** In the EmbeddedFiles name tree of the catalog, where viewers look. */
  readonly isNamed: boolean
  /** In the AF array of the catalog: it belongs to the whole document. */
  readonly isAssociated: boolean
}

// A document of ours has three of a kind; these are far from any honest one.
const treeDepthMax = 32
const nodesMax = 100_000

/**
 * Every file of the document, each once, in this order: name tree of the catalog (with any levels of Kids, which @cantoo/pdf-lib does not
 * follow), AF of the catalog, AF and FileAttachment annotations of the pages. What is not of its type is passed over. [ISO 32000-2 §7.11.4]
 */
export function findAttachments(catalog: PDFDict): readonly Attachment[] {
  const walk = new Walk()
  const names = dictOf(lookup(catalog, 'Names'))
  const tree = dictOf(names === undefined ? undefined : lookup(names, 'EmbeddedFiles'))
  if (tree !== undefined) walk.nameTree(tree, 0)
  walk.list(lookup(catalog, 'AF'), walk.associated)
  const pages = dictOf(lookup(catalog, 'Pages'))
  if (pages !== undefined) walk.pages(pages, 0)
  return walk.attachments()
}

/** The files that lie about in a document without a catalog: what is left of a broken one. */
export function findStrayAttachments(context: PDFContext): readonly Attachment[] {
  const walk = new Walk()
  for (const [, object] of context.enumerateIndirectObjects()) {
    if (object instanceof PDFDict && object.has(PDFName.of('EF'))) walk.others.add(object)
  }
  return walk.attachments()
}

class Walk {
  readonly associated = new Set<PDFDict>()
  readonly others = new Set<PDFDict>()
  readonly #named = new Set<PDFDict>()
  readonly #seen = new Set<PDFDict>()

  attachments(): readonly Attachment[] {
    const specifications = new Set([...this.#named, ...this.associated, ...this.others])
    return [...specifications].flatMap(specification => {
      const isNamed = this.#named.has(specification)
      return readSpecification(specification, { isNamed, isAssociated: this.associated.has(specification) })
    })
  }

  nameTree(node: PDFDict, depth: number): void {
    if (this.#isKnown(node) || depth > treeDepthMax) return
    const names = lookup(node, 'Names')
    if (names instanceof PDFArray) {
      for (let at = 1; at < names.size(); at += 2) this.#add(names.lookup(at), this.#named)
    }
    const kids = lookup(node, 'Kids')
    for (const kid of dictsIn(kids)) this.nameTree(kid, depth + 1)
  }

  pages(node: PDFDict, depth: number): void {
    if (this.#isKnown(node) || depth > treeDepthMax) return
    this.list(lookup(node, 'AF'), this.others)
    for (const annotation of dictsIn(lookup(node, 'Annots'))) {
      if (lookup(annotation, 'Subtype') === PDFName.of('FileAttachment'))
        this.#add(lookup(annotation, 'FS'), this.others)
    }
    for (const kid of dictsIn(lookup(node, 'Kids'))) this.pages(kid, depth + 1)
  }

  list(value: PDFObject | undefined, into: Set<PDFDict>): void {
    if (value instanceof PDFDict) this.#add(value, into)
    for (const specification of dictsIn(value)) this.#add(specification, into)
  }

  #add(value: PDFObject | undefined, into: Set<PDFDict>): void {
    if (value instanceof PDFDict) into.add(value)
    if (into.size > nodesMax) throw new PdfError('too-large', `The PDF has more than ${nodesMax} attachments`)
  }

  /** A tree that bites its own tail is walked once. */
  #isKnown(node: PDFDict): boolean {
    if (this.#seen.has(node)) return true
    this.#seen.add(node)
    if (this.#seen.size > nodesMax) throw new PdfError('too-large', `The PDF has more than ${nodesMax} pages and names`)
    return false
  }
}

/**
 * None for a reference to a file outside the document. Two where F and UF lead to different streams, of which one reader would take the
 * one and another the other: whoever chooses must see both.
 */
function readSpecification(
  specification: PDFDict,
  place: Pick<Attachment, 'isNamed' | 'isAssociated'>,
): readonly Attachment[] {
  const files = dictOf(lookup(specification, 'EF'))
  if (files === undefined) return []
  const names = fileKeys.map(key => textOf(lookup(specification, key)))
  const name = names.find(Boolean) ?? ''
  const relationship = nameOf(lookup(specification, 'AFRelationship'))
  const description = textOf(lookup(specification, 'Desc')) || undefined
  const { isNamed, isAssociated } = place
  const streams = new Set(fileKeys.map(key => lookup(files, key)).filter(one => one instanceof PDFRawStream))
  return [...streams].map(stream => {
    const parameters = dictOf(lookup(stream.dict, 'Params'))
    const hasModificationDate = parameters !== undefined && textOf(lookup(parameters, 'ModDate')) !== undefined
    const mimeType = nameOf(lookup(stream.dict, 'Subtype'))
    return { name, stream, relationship, mimeType, description, hasModificationDate, isNamed, isAssociated }
  })
}

/** The last three are of PDF 1.7 and before. */
const fileKeys = ['UF', 'F', 'Unix', 'DOS', 'Mac']

/** The value of a key, through at most one reference. */
export function lookup(dict: PDFDict, key: string): PDFObject | undefined {
  return dict.lookup(PDFName.of(key))
}

export function dictOf(value: PDFObject | undefined): PDFDict | undefined {
  return value instanceof PDFDict ? value : undefined
}

function dictsIn(value: PDFObject | undefined): readonly PDFDict[] {
  if (!(value instanceof PDFArray)) return []
  return Array.from({ length: value.size() }, (_, index) => dictOf(value.lookup(index)) ?? []).flat()
}

function nameOf(value: PDFObject | undefined): string | undefined {
  return value instanceof PDFName ? value.decodeText() : undefined
}

function textOf(value: PDFObject | undefined): string | undefined {
  return value instanceof PDFString || value instanceof PDFHexString ? value.decodeText() : undefined
}
