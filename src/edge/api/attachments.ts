import { Readable } from 'node:stream'
import type { EmbeddedFile } from '../../services/documents/index.ts'
import type { Invoice } from '../../services/domain.ts'
import { type Attachment, extractAttachments } from '../../wire/invoice/index.ts'
import { XmlError } from '../../wire/xml/index.ts'
import { Problem, type RouteContext } from '../http/index.ts'
import { notConvertible } from './documents.ts'
import { setFile, setFileHeaders, typeOf } from './file-answer.ts'
import { type FileServices, open, takeKept } from './kept-document.ts'
import { apiBase } from './representation.ts'

/* The files inside a document. Those of XML pass by and are never held; a PDF is read as a whole. */

/** What a list says of a file. */
interface Listed {
  readonly name: string
  readonly mimeType: string
  readonly description: string | undefined
  readonly relationship?: string | undefined
  readonly size: number
}

/** What is in the PDF it travelled as, its XML first, and the attachments (BG-24). */
export async function listAttachments(services: FileServices, ctx: RouteContext, invoice: Invoice): Promise<void> {
  const path = `${apiBase}/invoices/${invoice.id}/files/attachments`
  const document = await open(services.reader, invoice.transmission)
  const found =
    document.kind === 'xml' ? await listXml(document.octets) : (await filesOf(services, ctx, invoice)).map(listedFile)
  ctx.body = {
    attachments: found.map((file, index) =>
      Object.assign({ number: index + 1 }, file, { link: `${path}/${index + 1}` }),
    ),
  }
}

async function listXml(octets: AsyncIterable<Buffer>): Promise<readonly Listed[]> {
  const listed: Listed[] = []
  try {
    for await (const attachment of extractAttachments(octets)) {
      let size = 0
      for await (const piece of attachment.content) size += piece.length
      const { mimeType, description } = attachment
      listed.push({ name: nameOf(attachment), mimeType, description, size })
    }
  } catch (cause) {
    throw broken(cause)
  }
  return listed
}

function listedFile({ name, mimeType, description, relationship, octets }: EmbeddedFile): Listed {
  return { name, mimeType, description, relationship, size: octets.length }
}

/** One of them, as it is, for saving only. */
export async function giveAttachment(
  services: FileServices,
  ctx: RouteContext,
  invoice: Invoice,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const text = parameters['number'] ?? ''
  const number = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : 0
  const document = await open(services.reader, invoice.transmission)
  const isGiven = document.kind === 'xml' ? await giveFromXml(document.octets, number, ctx) : false
  if (isGiven) return
  const file = document.kind === 'xml' ? undefined : (await filesOf(services, ctx, invoice))[number - 1]
  if (file === undefined) throw new Problem('not-found', `invoice ${invoice.id} has no attachment ${text}`)
  const { name, mimeType, octets } = file
  setFile(ctx, { filename: name || `attachment-${number}`, mimeType, octets, isOurs: false })
}

async function giveFromXml(octets: AsyncIterable<Buffer>, number: number, ctx: RouteContext): Promise<boolean> {
  const passing = extractAttachments(octets)
  try {
    for (let at = 1; ; at++) {
      const { value: attachment, done } = await passing.next()
      if (done === true) return false
      if (at !== number) continue
      setFileHeaders(ctx, nameOf(attachment) || `attachment-${number}`)
      ctx.body = Readable.from(contentOf(attachment, passing))
      // Koa takes a stream for octets of no type of their own.
      ctx.set('Content-Type', typeOf(attachment.mimeType))
      return true
    }
  } catch (cause) {
    throw broken(cause)
  }
}

/** What follows the file in the document is of no interest; the document is let go. */
async function* contentOf({ content }: Attachment, passing: AsyncGenerator<Attachment>): AsyncGenerator<Buffer> {
  try {
    yield* content
  } finally {
    await passing.return(undefined)
  }
}

function nameOf({ name, reference }: Attachment): string {
  return name || reference
}

function broken(cause: unknown): unknown {
  return cause instanceof XmlError ? new Problem('not-convertible', cause.message, { cause }) : cause
}

/** Of a PDF, which nothing can be set aside of. */
async function filesOf(services: FileServices, ctx: RouteContext, invoice: Invoice): Promise<readonly EmbeddedFile[]> {
  const { octets } = await takeKept(services, ctx, invoice, { files: 'none' })
  const { files, findings } = await services.documents.files(octets)
  if (findings.length > 0) throw notConvertible(findings)
  return files
}
