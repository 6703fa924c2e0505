import { type XmlElement, XmlError, childElements, findChild } from '../xml/index.ts'
import { EbmsFault } from './ebms.ts'
import { ns } from './names.ts'
import { elementText, parseDateTime } from './shape.ts'
import { type SoapMessage, readSoapMessage } from './soap.ts'
import type { Envelope, MimeMessage, UserMessage } from './types.ts'
import { readUserMessage } from './user-message.ts'

/** The only Envelope there is. What it holds beyond its face is unproven, and for verifyHeader alone. */
export class ParsedEnvelope implements Envelope {
  readonly kind = 'envelope'
  readonly messageId: string
  readonly soap: SoapMessage
  /** Read from the element `soap.messaging`. */
  readonly unproven: UserMessage
  /** Whether the header speaks of a payload in the SOAP Body, or there is one. */
  readonly hasBodyPayload: boolean
  readonly root: Buffer

  constructor(soap: SoapMessage, root: Buffer) {
    const { userMessage, hasBodyPart } = readOnlyUserMessage(soap.messaging)
    this.messageId = userMessage.messageId
    this.soap = soap
    this.unproven = userMessage
    this.hasBodyPayload = hasBodyPart || childElements(soap.body).length > 0
    this.root = root
  }
}

/**
 * Reads the header of a user message: exactly one eb:Messaging with one eb:UserMessage, shaped as the ebMS schema says, and at
 * most one wsse:Security. Throws NotAs4Error, or EbmsFault 0003, 0009, 0010. [peppol.md §1.3, §1.9 1–3]
 */
export function parseEnvelope(mime: MimeMessage): Envelope {
  const soap = readSoapMessage(mime.root)
  try {
    if (soap.security !== undefined) checkTimestamp(soap.security)
    return new ParsedEnvelope(soap, mime.root)
  } catch (error) {
    if (error instanceof XmlError) throw withMessageId(new EbmsFault('EBMS:0009', error.message), soap.messaging)
    throw error instanceof EbmsFault ? withMessageId(error, soap.messaging) : error
  }
}

function readOnlyUserMessage(messaging: XmlElement): ReturnType<typeof readUserMessage> {
  const [message, ...others] = childElements(messaging).filter(child => child.namespace === ns.eb)
  if (message === undefined || others.length > 0 || message.local !== 'UserMessage') {
    throw new EbmsFault('EBMS:0003', 'eb:Messaging must hold exactly one eb:UserMessage and no signal')
  }
  return readUserMessage(message)
}

/** Nobody in Peppol sends a wsu:Timestamp; a valid one is let through and means nothing. [peppol.md §1.4] */
function checkTimestamp(security: XmlElement): void {
  const timestamp = findChild(security, ns.wsu, 'Timestamp')
  if (timestamp === undefined) return
  const created = instantIn(timestamp, 'Created')
  const expires = instantIn(timestamp, 'Expires')
  if (created !== undefined && expires !== undefined && expires < created) {
    throw new EbmsFault('EBMS:0009', 'the wsu:Timestamp expires before it was created')
  }
}

function instantIn(timestamp: XmlElement, local: string): number | undefined {
  const element = findChild(timestamp, ns.wsu, local)
  if (element === undefined) return undefined
  const at = parseDateTime(elementText(element))
  if (at === undefined) throw new EbmsFault('EBMS:0009', `wsu:${local} is not an xs:dateTime`)
  return at
}

/** An error signal without the id of the message in error helps nobody; the id is quoted as found. */
function withMessageId(fault: EbmsFault, messaging: XmlElement): EbmsFault {
  const message = childElements(messaging).find(child => child.namespace === ns.eb)
  const info = message && childElements(message).find(child => child.local === 'MessageInfo')
  const id = info && childElements(info).find(child => child.local === 'MessageId')
  const [text] = id?.children ?? []
  if (text?.kind !== 'text' || text.value.length > 255) return fault
  return new EbmsFault(fault.code, fault.message, { detail: fault.detail, refToMessageId: text.value, cause: fault })
}
