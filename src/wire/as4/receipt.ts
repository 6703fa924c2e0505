import { hash } from 'node:crypto'
import { type Instant, isoOf } from '../../kernel/index.ts'
import type { SigningKey } from '../pki/index.ts'
import { type Markup, tag, text } from '../xml/index.ts'
import { writeReference } from '../xmldsig/index.ts'
import { type EbmsFault, ebmsErrors } from './ebms.ts'
import { ns } from './names.ts'
import type { SignedReference, SignedUserMessage } from './types.ts'
import { plainSoap, signSoap, writeMessaging } from './write-soap.ts'

/** Id and time of a signal of ours. */
interface Stamp {
  readonly messageId: string
  readonly at: Instant
}

/** Characters of a Description or ErrorDetail. */
const descriptionMax = 1000

/**
 * The signed receipt: SOAP without multipart, one MessagePartNRInformation for each ds:Reference of the received signature, in its
 * order and with its transforms, digest method and value. It never carries the attachments. [peppol.md §1.6]
 */
export async function buildReceipt(message: SignedUserMessage, key: SigningKey, stamp: Stamp): Promise<Buffer> {
  const parts = message.references.map(reference =>
    tag('ebbp:MessagePartNRInformation', {}, writeReference(copyOf(reference), true)),
  )
  const information = tag('ebbp:NonRepudiationInformation', { 'xmlns:ebbp': ns.ebbp }, ...parts)
  const receipt = tag('eb:Receipt', {}, information)
  const unique = uniqueOf(stamp)
  const messaging = writeSignal(stamp, unique, { refToMessageId: message.userMessage.messageId, content: receipt })
  return (await signSoap({ messaging, unique }, key)).octets
}

/**
 * An eb:Error with what the table says of its code. Signed when there is a key: some senders read no other. [peers.md §3]
 * `refToMessageId` is left out when the message could not be identified.
 */
export async function buildErrorSignal(
  fault: EbmsFault,
  options: { readonly refToMessageId: string | undefined; readonly key: SigningKey | undefined; readonly stamp: Stamp },
): Promise<Buffer> {
  const refToMessageId = options.refToMessageId ?? fault.refToMessageId
  const { category, origin, severity, shortDescription } = ebmsErrors[fault.code]
  const error = tag(
    'eb:Error',
    {
      category: category === '' ? undefined : category,
      errorCode: fault.code,
      origin,
      refToMessageInError: refToMessageId,
      severity,
      shortDescription,
    },
    tag('eb:Description', { 'xml:lang': 'en' }, text(printable(fault.message))),
    tag('eb:ErrorDetail', {}, text(printable(fault.detail))),
  )
  const unique = uniqueOf(options.stamp)
  const messaging = writeSignal(options.stamp, unique, { refToMessageId, content: error })
  if (options.key === undefined) return plainSoap({ messaging, unique })
  return (await signSoap({ messaging, unique }, options.key)).octets
}

function writeSignal(
  stamp: Stamp,
  unique: string,
  signal: { readonly refToMessageId: string | undefined; readonly content: Markup },
): Markup {
  const { refToMessageId, content } = signal
  const info = tag(
    'eb:MessageInfo',
    {},
    tag('eb:Timestamp', {}, text(isoOf(stamp.at))),
    tag('eb:MessageId', {}, text(stamp.messageId)),
    refToMessageId === undefined ? undefined : tag('eb:RefToMessageId', {}, text(refToMessageId)),
  )
  return writeMessaging(unique, tag('eb:SignalMessage', {}, info, content))
}

/** A fault may quote what the peer wrote, and the peer may have written anything at any length. */
function printable(words: string): string {
  return words.replaceAll(/[^\x20-\uD7FF\uE000-\uFFFD]/g, '?').slice(0, descriptionMax)
}

/** The message id is unique, but not of the form of an XML id. */
function uniqueOf(stamp: Stamp): string {
  return hash('sha256', stamp.messageId, 'hex').slice(0, 32)
}

/** The prefix lists are part of the transforms: without them the copy would speak of another canonical form. */
function copyOf({ uri, transforms, prefixLists, digest }: SignedReference): Parameters<typeof writeReference>[0] {
  const withLists = transforms.map((algorithm, index) => ({ algorithm, prefixes: prefixLists?.[index] ?? [] }))
  return { uri, digest, transforms: withLists }
}
