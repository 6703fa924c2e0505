import type { Instant } from '../../kernel/index.ts'
import { type XmlElement, attributeOf, childrenNamed, findChild, onlyChild } from '../xml/index.ts'
import { EbmsFault } from './ebms.ts'
import { ns } from './names.ts'
import { checkUserMessageShape, elementText, parseDateTime } from './shape.ts'
import type { PartInfo, Party, Property, UserMessage } from './types.ts'

/** Longer ids serve nobody, and the id becomes a database key. */
const messageIdOctetsMax = 255
const atoms = "[\\w!#$%&'*+/=?^`{|}~-]+(?:\\.[\\w!#$%&'*+/=?^`{|}~-]+)*"
/** `msg-id` of [RFC 2822 §3.6.4] without the brackets and the obsolete forms. */
const messageIdForm = new RegExp(`^${atoms}@(?:${atoms}|\\[[!-Z^-~]*\\])$`)

interface ReadUserMessage {
  readonly userMessage: UserMessage
  /** A PartInfo without href speaks of the SOAP Body, which carries no payload in AS4 with attachments. */
  readonly hasBodyPart: boolean
}

/** Reads eb:UserMessage. Throws EBMS:0009 for what the schema or an identifier's form forbids, 0003 for wrong part properties, 0010 for several party ids. */
export function readUserMessage(element: XmlElement): ReadUserMessage {
  checkUserMessageShape(element)
  const info = child(element, 'MessageInfo')
  const parties = child(element, 'PartyInfo')
  const collaboration = child(element, 'CollaborationInfo')
  const service = child(collaboration, 'Service')
  const messageProperties = optionalChild(element, 'MessageProperties')
  const payloadInfo = optionalChild(element, 'PayloadInfo')
  const partInfos = payloadInfo === undefined ? [] : childrenNamed(payloadInfo, ns.eb, 'PartInfo')
  const userMessage: UserMessage = {
    messageId: readMessageId(info),
    timestamp: readTimestamp(info),
    refToMessageId: optionalText(info, 'RefToMessageId'),
    mpc: attributeOf(element, 'mpc'),
    from: readParty(child(parties, 'From')),
    to: readParty(child(parties, 'To')),
    agreement: readAgreement(collaboration),
    service: { value: elementText(service), type: attributeOf(service, 'type') },
    action: collapse(elementText(child(collaboration, 'Action'))),
    conversationId: collapse(elementText(child(collaboration, 'ConversationId'))),
    properties: messageProperties === undefined ? [] : readProperties(messageProperties),
    parts: partInfos.filter(part => attributeOf(part, 'href') !== undefined).map(part => readPartInfo(part)),
  }
  if (new Set(userMessage.parts.map(part => part.contentId)).size !== userMessage.parts.length) {
    throw new EbmsFault('EBMS:0003', 'two eb:PartInfo have the same href')
  }
  return { userMessage, hasBodyPart: userMessage.parts.length < partInfos.length }
}

/** `cid:` and a Content-ID, percent-decoded; undefined for any other reference. [RFC 2392] */
export function contentIdOf(reference: string): string | undefined {
  if (!/^cid:./i.test(reference)) return undefined
  try {
    return decodeURIComponent(reference.slice('cid:'.length))
  } catch {
    return undefined
  }
}

export function readTimestamp(messageInfo: XmlElement): Instant {
  const at = parseDateTime(elementText(child(messageInfo, 'Timestamp')))
  if (at === undefined) throw new EbmsFault('EBMS:0009', 'eb:Timestamp is not an xs:dateTime')
  return at as Instant
}

function readMessageId(messageInfo: XmlElement): string {
  const id = elementText(child(messageInfo, 'MessageId'))
  if (id.length > messageIdOctetsMax || !messageIdForm.test(id)) {
    throw new EbmsFault('EBMS:0009', 'eb:MessageId is not of the form left@right that RFC 2822 demands')
  }
  return id
}

function readParty(element: XmlElement): Party {
  const [id, second] = childrenNamed(element, ns.eb, 'PartyId')
  if (id === undefined || second !== undefined) {
    throw new EbmsFault('EBMS:0010', `eb:${element.local} must have exactly one eb:PartyId`)
  }
  return { id: elementText(id), type: attributeOf(id, 'type'), role: elementText(child(element, 'Role')) }
}

function readAgreement(collaboration: XmlElement): UserMessage['agreement'] {
  const element = optionalChild(collaboration, 'AgreementRef')
  if (element === undefined) return undefined
  return { value: elementText(element), type: attributeOf(element, 'type'), pmode: attributeOf(element, 'pmode') }
}

function readProperties(parent: XmlElement): readonly Property[] {
  return childrenNamed(parent, ns.eb, 'Property').map(property => ({
    name: attributeOf(property, 'name') ?? '',
    value: elementText(property),
    type: attributeOf(property, 'type'),
  }))
}

function readPartInfo(element: XmlElement): PartInfo {
  const contentId = contentIdOf(attributeOf(element, 'href') ?? '')
  if (contentId === undefined) throw new EbmsFault('EBMS:0009', 'the href of eb:PartInfo is not a cid: reference')
  const container = optionalChild(element, 'PartProperties')
  const properties = new Map<string, string>()
  for (const { name, value } of container === undefined ? [] : readProperties(container)) {
    if (properties.has(name)) throw new EbmsFault('EBMS:0003', `eb:PartProperties has ${name} twice`)
    properties.set(name, value)
  }
  const mimeType = properties.get('MimeType')
  if (mimeType === undefined) throw new EbmsFault('EBMS:0003', 'eb:PartProperties lacks MimeType')
  const compression = properties.get('CompressionType')
  if (compression !== undefined && compression !== 'application/gzip') {
    throw new EbmsFault('EBMS:0003', 'CompressionType is not application/gzip')
  }
  return {
    contentId,
    mimeType,
    compressed: compression !== undefined,
    characterSet: properties.get('CharacterSet'),
  }
}

function child(parent: XmlElement, local: string): XmlElement {
  return onlyChild(parent, ns.eb, local)
}

function optionalChild(parent: XmlElement, local: string): XmlElement | undefined {
  return findChild(parent, ns.eb, local)
}

function optionalText(parent: XmlElement, local: string): string | undefined {
  const element = optionalChild(parent, local)
  return element === undefined ? undefined : elementText(element)
}

/** White space of xs:token. */
function collapse(value: string): string {
  return value.replaceAll(/[ \t\r\n]+/g, ' ').trim()
}
