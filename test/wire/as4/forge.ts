import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import { type Posted, type Sealed, resign, sender, soapOf } from './support.ts'

/** AES-128-GCM as it stands on the wire: IV, cipher text, tag. */
export function encipher(octets: Buffer, key: Buffer, iv: Buffer = randomBytes(12)): Buffer {
  const cipher = createCipheriv('aes-128-gcm', key, iv)
  return Buffer.concat([iv, cipher.update(octets), cipher.final(), cipher.getAuthTag()])
}

export function digestOf(octets: Buffer | string): string {
  return createHash('sha256').update(octets).digest('base64')
}

export interface Attachment {
  /** What is enciphered. */
  readonly octets: Buffer
  /** What the signature says of them; their SHA-256 when absent. */
  readonly digest?: string
  readonly contentId?: string
  /** What stands in the MIME part; the enciphered octets when absent. */
  readonly wire?: Buffer
}

/**
 * The sealed message with other attachments in place of its own, each with its PartInfo, EncryptedData and ds:Reference,
 * under the same content key, signed anew.
 */
export function withAttachments(
  { sealed, ...posted }: Sealed,
  attachments: readonly Attachment[],
  change: (text: string) => string = text => text,
): Posted {
  const soap = soapOf(posted)
  const ids = attachments.map(
    ({ contentId }, index) => contentId ?? (index === 0 ? own : `payload-${index + 1}@ap.example`),
  )
  let text = soap.text
  text = perAttachment(text, /<xenc:DataReference URI="#ED-[^>]*><\/xenc:DataReference>/, ids, edId)
  text = perAttachment(text, /<xenc:EncryptedData [^]*<\/xenc:EncryptedData>/, ids, edId)
  text = perAttachment(text, /<eb:PartInfo [^]*<\/eb:PartInfo>/, ids, found => found)
  text = perAttachment(
    text,
    /<ds:Reference URI="cid:(?:(?!<\/ds:Reference>)[^])*<\/ds:Reference>/,
    ids,
    (found, index) => {
      const { digest, octets } = attachments[index]!
      return found.replace(/(<ds:DigestValue>)[^<]*/, `$1${digest ?? digestOf(octets)}`)
    },
  )
  const boundary = /boundary="([^"]+)"/.exec(posted.contentType)![1]!
  const chunks: Buffer[] = [Buffer.from(`--${boundary}\r\nContent-Type: application/soap+xml;charset=UTF-8\r\n\r\n`)]
  chunks.push(Buffer.from(signedIfPossible(change(text))))
  for (const [index, { octets, wire }] of attachments.entries()) {
    const headers = `Content-Type: application/octet-stream\r\nContent-ID: <${ids[index]}>`
    chunks.push(Buffer.from(`\r\n--${boundary}\r\n${headers}\r\n\r\n`), wire ?? encipher(octets, sealed.contentKey))
  }
  chunks.push(Buffer.from(`\r\n--${boundary}--\r\n`))
  return { contentType: posted.contentType, body: Buffer.concat(chunks) }
}

const own = 'payload-1@ap.example'

function perAttachment(
  text: string,
  pattern: RegExp,
  ids: readonly string[],
  adapt: (found: string, index: number) => string,
): string {
  return text.replace(pattern, found =>
    ids.map((id, index) => adapt(found, index).replaceAll(`cid:${own}`, `cid:${id}`)).join(''),
  )
}

function edId(found: string, index: number): string {
  return index === 0 ? found : found.replace(/ED-/, `ED${index}-`)
}

function signedIfPossible(text: string): string {
  try {
    return resign(text, sender)
  } catch {
    return text
  }
}
