import { XmlError, parseXml, textOf } from '../xml/index.ts'
import { Base64Stream } from './base64-stream.ts'
import { OctetCursor } from './octet-cursor.ts'

/** A file inside an invoice (BG-24). */
export interface Attachment {
  /** BT-122. */
  readonly reference: string
  /** BT-125-2. */
  readonly name: string
  /** BT-125-1. */
  readonly mimeType: string
  /** BT-123. */
  readonly description: string | undefined
  /** BT-125 decoded. To be read before the next attachment is asked for; what is not read is passed over. Read once. */
  readonly content: AsyncIterable<Buffer>
}

/**
 * The files inside an invoice in UBL or CII, in the order of the document, while it passes by: memory is that of a few chunks whatever
 * the size. For documents that readDocument has read (skimmed or not): elements are known by their local names and places alone.
 * Throws XmlError: `not-well-formed` for a document that ends early, `doctype`, `limit` for a tag or a term of more than 64 KiB, and
 * `unexpected` for content that is not base64.
 */
export async function* extractAttachments(source: AsyncIterable<Buffer>): AsyncGenerator<Attachment> {
  const cursor = new OctetCursor(source)
  const scanner = new Scanner(cursor)
  try {
    for (;;) {
      const attachment = await scanner.next()
      if (attachment === undefined) return
      yield attachment
      for await (const _ of attachment.content);
    }
  } finally {
    await cursor.close()
  }
}

type What = 'reference' | 'description' | 'content'

const inUbl: Readonly<Record<string, What>> = {
  ID: 'reference',
  DocumentDescription: 'description',
  'Attachment/EmbeddedDocumentBinaryObject': 'content',
}
const inCii: Readonly<Record<string, What>> = {
  IssuerAssignedID: 'reference',
  Name: 'description',
  AttachmentBinaryObject: 'content',
}

/** Where the elements stand, by local names from the root down; both syntaxes say name and description before the content. */
const places: ReadonlyMap<string, What> = new Map(
  (
    [
      ['Invoice/AdditionalDocumentReference', inUbl],
      ['CreditNote/AdditionalDocumentReference', inUbl],
      [
        'CrossIndustryInvoice/SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement/AdditionalReferencedDocument',
        inCii,
      ],
    ] as const
  ).flatMap(([around, names]) => Object.entries(names).map(([name, what]) => [`${around}/${name}`, what] as const)),
)

/** The elements that begin a new attachment. */
const references: ReadonlySet<string> = new Set(['AdditionalDocumentReference', 'AdditionalReferencedDocument'])

const depthMax = 64

class Scanner {
  private readonly cursor: OctetCursor
  private readonly open: string[] = []
  private reference = ''
  private description: string | undefined

  constructor(cursor: OctetCursor) {
    this.cursor = cursor
  }

  /** Goes on to the next element with content; undefined at the end of the document. */
  async next(): Promise<Attachment | undefined> {
    while (await this.cursor.passTo('<')) {
      const markup = await this.cursor.markup()
      if (markup.kind === 'end') this.open.pop()
      if (markup.kind === 'section') await this.cursor.passSection()
      if (markup.kind !== 'start') continue
      const name = markup.name.slice(markup.name.indexOf(':') + 1)
      if (references.has(name)) [this.reference, this.description] = ['', undefined]
      if (markup.isEmpty) continue
      if (this.open.length === depthMax) throw new XmlError('limit', `elements stand more than ${depthMax} deep`)
      this.open.push(name)
      const what = places.get(this.open.join('/'))
      if (what === 'content') return this.attachment(markup.attributes)
      if (what !== undefined) await this.term(what)
    }
    if (this.open.length > 0) throw new XmlError('not-well-formed', 'the document ends inside an element')
    return undefined
  }

  /** The first of several descriptions counts, as for the reader of the invoice. */
  private async term(what: 'reference' | 'description'): Promise<void> {
    const text = resolved(await this.cursor.collect('<')).trim()
    this.cursor.back()
    if (what === 'reference') this.reference = text
    else this.description ??= text === '' ? undefined : text
  }

  private attachment(attributes: string): Attachment {
    const { cursor, reference, description } = this
    const name = attribute(attributes, 'filename')
    this.open.pop()
    return {
      reference,
      name: name === '' ? reference : name,
      mimeType: attribute(attributes, 'mimeCode'),
      description,
      content: new Base64Stream(cursor),
    }
  }
}

function attribute(attributes: string, name: string): string {
  const [, , quoted = '', apostrophized = ''] =
    new RegExp(`(?:^|\\s)${name}\\s*=\\s*("([^"]*)"|'([^']*)')`).exec(attributes) ?? []
  return resolved(quoted === '' ? apostrophized : quoted).trim()
}

/** With its references resolved, which is the parser's business. */
function resolved(text: string): string {
  return text.includes('&') ? textOf(parseXml(`<a>${text}</a>`).root) : text
}
