import { type EbmsCode, EbmsFault, type Party, type SignedEnvelope, type UserMessage } from '../as4/index.ts'
import { checkNoWildcard, documentTypeParts } from './document-types.ts'
import { PeppolError } from './errors.ts'
import {
  formatIdentifier,
  parseDocumentTypeId,
  participantId,
  participantScheme,
  processId,
  quote,
  sameDocumentType,
  sameParticipant,
  sameProcess,
} from './identifiers.ts'
import type { DocumentTypeId, ParticipantId, PeppolHeader, ProcessId, Sbdh } from './types.ts'

const ebms = 'http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704'

/** The one processing mode of the network. [peppol.md §1.1] */
const pmode = {
  agreement: 'urn:fdc:peppol.eu:2017:agreements:tia:ap_provider',
  partyType: 'urn:fdc:peppol.eu:2017:identifiers:ap',
  initiator: `${ebms}/initiator`,
  responder: `${ebms}/responder`,
  mpc: `${ebms}/defaultMPC`,
} as const

/** Seat ID: P, the Peppol Authority, six digits. [peppol.md §2.2] */
const seatId = /^P[A-Z]{2}[0-9]{6}$/

/**
 * The rules that Peppol adds to AS4. Asked before the payload is looked at: the header alone decides. [peppol.md §1.1, §1.9]
 * @throws EbmsFault EBMS:0010 for another processing mode, EBMS:0003 for inconsistent values, EBMS:0004 for broken Peppol rules
 */
export function checkPeppolProfile({
  userMessage,
  signer,
}: Pick<SignedEnvelope, 'userMessage' | 'signer'>): PeppolHeader {
  checkProcessingMode(userMessage)
  checkOneWay(userMessage)
  const senderAccessPoint = userMessage.from.id
  // The certificate says who sends; the header only claims it. [peppol.md §1.9 point 8]
  require(senderAccessPoint.toUpperCase() === signer.commonName.toUpperCase(), 'EBMS:0004', () => {
    return `From/PartyId is ${quote(senderAccessPoint)}, but the signing certificate belongs to ${quote(signer.commonName)}`
  })
  const { originalSender, finalRecipient } = checkProperties(userMessage)
  return {
    messageId: userMessage.messageId,
    timestamp: userMessage.timestamp,
    conversationId: userMessage.conversationId,
    senderAccessPoint,
    receiverAccessPoint: userMessage.to.id,
    sender: originalSender,
    receiver: finalRecipient,
    documentType: documentTypeOf(userMessage.action),
    process: processOf(userMessage.service),
  }
}

/** Header and envelope name the same parties, document type and process. [peppol.md §1.9 points 10, 11] @throws EbmsFault EBMS:0004 */
export function checkEnvelopeAgrees(header: PeppolHeader, sbdh: Sbdh): void {
  const pairs = [
    ['originalSender', header.sender, 'Sender', sbdh.sender, sameParticipant(header.sender, sbdh.sender)],
    ['finalRecipient', header.receiver, 'Receiver', sbdh.receiver, sameParticipant(header.receiver, sbdh.receiver)],
    [
      'Action',
      header.documentType,
      'DOCUMENTID',
      sbdh.documentType,
      sameDocumentType(header.documentType, sbdh.documentType),
    ],
    ['Service', header.process, 'PROCESSID', sbdh.process, sameProcess(header.process, sbdh.process)],
  ] as const
  for (const [name, value, field, other, same] of pairs) {
    require(same, 'EBMS:0004', () => {
      return `${name} ${quote(formatIdentifier(value))} differs from the SBDH's ${field} ${quote(formatIdentifier(other))}`
    })
  }
}

/** What a message says, and the Content-ID its payload part will have (without brackets). */
export interface MessageFacts extends PeppolHeader {
  readonly contentId: string
}

/** The header of a message in the processing mode of the network; its payload is XML and compressed. [peppol.md §1.1, §1.3] */
export function buildUserMessage(facts: MessageFacts): UserMessage {
  checkNoWildcard(facts.documentType)
  const { sender, receiver } = facts
  return {
    messageId: facts.messageId,
    timestamp: facts.timestamp,
    refToMessageId: undefined,
    mpc: undefined,
    from: { id: facts.senderAccessPoint, type: pmode.partyType, role: pmode.initiator },
    to: { id: facts.receiverAccessPoint, type: pmode.partyType, role: pmode.responder },
    agreement: { value: pmode.agreement, type: undefined, pmode: undefined },
    service: { value: facts.process.value, type: facts.process.scheme },
    action: formatIdentifier(facts.documentType),
    conversationId: facts.conversationId,
    properties: [
      { name: 'originalSender', value: sender.value, type: sender.scheme },
      { name: 'finalRecipient', value: receiver.value, type: receiver.scheme },
    ],
    parts: [{ contentId: facts.contentId, mimeType: 'application/xml', compressed: true, characterSet: undefined }],
  }
}

function checkProcessingMode({ agreement, from, to, mpc }: UserMessage): void {
  require(agreement?.value === pmode.agreement, 'EBMS:0010', () => `AgreementRef is ${quote(agreement?.value ?? '')}`)
  require(agreement?.type === undefined, 'EBMS:0010', () => 'AgreementRef must not have a type')
  require(agreement?.pmode === undefined, 'EBMS:0010', () => 'AgreementRef must not have a pmode')
  require(mpc === undefined || mpc === pmode.mpc, 'EBMS:0010', () => `mpc is ${quote(mpc ?? '')}, not the default`)
  checkParty('From', from, pmode.initiator)
  checkParty('To', to, pmode.responder)
}

function checkParty(name: 'From' | 'To', { id, type, role }: Party, expected: string): void {
  require(type === pmode.partyType, 'EBMS:0010', () => `${name}/PartyId/@type is ${quote(type ?? '')}`)
  require(seatId.test(id), 'EBMS:0010', () => `${name}/PartyId ${quote(id)} is no Seat ID`)
  require(role === expected, 'EBMS:0010', () => `${name}/Role is ${quote(role)}`)
}

/** One message, one payload, no answer to anything. */
function checkOneWay({ refToMessageId, parts }: UserMessage): void {
  require(refToMessageId === undefined, 'EBMS:0003', () => 'RefToMessageId must not stand in a Peppol message')
  require(parts.length === 1, 'EBMS:0003', () => `a Peppol message has exactly one payload, this one ${parts.length}`)
}

function checkProperties({ properties }: UserMessage): {
  originalSender: ParticipantId
  finalRecipient: ParticipantId
} {
  const tracking = properties.some(property => property.name === 'trackingIdentifier')
  require(!tracking, 'EBMS:0004', () => 'the message property trackingIdentifier is not allowed')
  return {
    originalSender: partyIn(properties, 'originalSender'),
    finalRecipient: partyIn(properties, 'finalRecipient'),
  }
}

function partyIn(properties: UserMessage['properties'], name: string): ParticipantId {
  const [property, ...more] = properties.filter(each => each.name === name)
  if (property === undefined || more.length > 0) {
    throw new EbmsFault(
      'EBMS:0004',
      `the message property ${name} must be there once, not ${more.length + (property ? 1 : 0)} times`,
    )
  }
  require(property.type === participantScheme, 'EBMS:0004', () => `${name} has type ${quote(property.type ?? '')}`)
  return asFault('EBMS:0004', name, () => participantId(participantScheme, property.value))
}

function documentTypeOf(action: string): DocumentTypeId {
  return asFault('EBMS:0004', 'Action', () => {
    const id = parseDocumentTypeId(action)
    checkNoWildcard(id)
    documentTypeParts(id.value)
    return id
  })
}

function processOf({ value, type }: UserMessage['service']): ProcessId {
  if (type === undefined || type === '') throw new EbmsFault('EBMS:0004', 'Service has no type')
  return asFault('EBMS:0004', 'Service', () => processId(type, value))
}

function asFault<T>(code: EbmsCode, field: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof PeppolError) throw new EbmsFault(code, `${field}: ${error.message}`, { cause: error })
    throw error
  }
}

/** The message is made only when it is needed: this runs for every message that comes in. */
function require(holds: boolean, code: EbmsCode, message: () => string): asserts holds {
  if (!holds) throw new EbmsFault(code, message())
}
