import { createHash } from 'node:crypto'
import { type Instant, gather } from '../../kernel/index.ts'
import {
  type As4Limits,
  EbmsFault,
  NotAs4Error,
  type ReceivedPayload,
  type SignedUserMessage,
  buildErrorSignal,
  buildReceipt,
  parseEnvelope,
  readMime,
  receivePayloads,
  verifyHeader,
} from '../../wire/as4/index.ts'
import { type DecryptionKey, PkiError, type SigningKey } from '../../wire/pki/index.ts'
import {
  type PeppolHeader,
  type Sbdh,
  checkEnvelopeAgrees,
  checkPeppolProfile,
  extractDocument,
  participantKey,
  readSbd,
} from '../../wire/peppol/index.ts'
import type { TransmissionId } from '../domain.ts'
import type { BlobStore, ExchangeStore, InboundOutcome, InboundRecord, InboundSettlement } from '../ports.ts'
import type { Registry } from '../registry/index.ts'
import type { Trust } from '../trust/index.ts'
import type { As4Answer, As4Request } from './types.ts'
import { type ProcessWorld, settleAtOnce } from './process.ts'

export interface ReceiveWorld extends ProcessWorld {
  readonly store: Pick<ExchangeStore, 'recordInbound'>
  readonly blobs: BlobStore
  readonly trust: Trust
  readonly registry: Pick<Registry, 'findService'>
  readonly signingKey: SigningKey
  /** The current key and those kept for a grace time after a roll-over. [peppol.md §2.5] */
  readonly decryptionKeys: readonly DecryptionKey[]
  readonly messageIdHost: string
  readonly limits: As4Limits
}

const soapType = 'application/soap+xml; charset=UTF-8'

/**
 * One AS4 message, from the first octet to the answer. Every step returns what the next one demands; a stranger is refused before
 * an RSA private operation or a spooled octet is spent on him; the receipt leaves only after the commit. [peppol.md §1.9]
 */
export async function receive(world: ReceiveWorld, request: As4Request): Promise<As4Answer> {
  let messageId: string | undefined
  try {
    const mime = await readMime(request.contentType, request.body, world.limits)
    const envelope = parseEnvelope(mime)
    messageId = envelope.messageId
    const signed = verifyHeader(envelope)
    await world.trust.prove(signed.signer, 'access-point')
    const header = checkPeppolProfile(signed)
    await checkServed(world, header)
    const message = await receivePayloads(signed, {
      mime,
      keys: world.decryptionKeys,
      spool: world.blobs,
      limits: world.limits,
    })
    return await keepOrDiscard(world, message, header)
  } catch (error) {
    return await refuse(world, error, messageId)
  }
}

/** From here on octets may lie in the blob store: they stay only if a commit names them. */
async function keepOrDiscard(
  world: ReceiveWorld,
  message: SignedUserMessage,
  header: PeppolHeader,
): Promise<As4Answer> {
  const payload = onlyPayload(message)
  let kept = false
  try {
    const stamp = { messageId: `${world.random.uuid()}@${world.messageIdHost}`, at: world.clock.now() }
    const arrival = { id: world.random.uuid() as TransmissionId, stamp, header, message, payload }
    const examined = await examine(world, arrival)
    // The answer of the commit may be lost: from now on only the store can say that nothing names the octets.
    kept = true
    const outcome = await record(world, recordOf(arrival, examined), examined.settlement)
    kept = outcome.kind === 'recorded'
    return answerOf(world, outcome, { id: arrival.id, header, receipt: examined.receipt })
  } finally {
    if (!kept && payload.octets.kind === 'stored') await world.blobs.remove(payload.octets.key)
  }
}

interface Arrival {
  readonly id: TransmissionId
  /** Of the receipt, and of everything that is recorded with it. */
  readonly stamp: { readonly messageId: string; readonly at: Instant }
  readonly header: PeppolHeader
  readonly message: SignedUserMessage
  readonly payload: ReceivedPayload
}

interface Examined {
  readonly sbdh: Sbdh
  readonly receipt: Buffer
  readonly settlement: InboundSettlement | undefined
}

/**
 * Reads the envelope, and judges the document while the receipt is being signed. The tree of the document ends here: what is still
 * held while a message waits for its signature or its commit is copied by the garbage collector again and again.
 */
async function examine(world: ReceiveWorld, { id, stamp, header, message, payload }: Arrival): Promise<Examined> {
  const { sbdh, document } = readSbd(payload.content)
  checkEnvelopeAgrees(header, sbdh)
  const octets = (): Promise<Buffer> => gather(extractDocument(payload.content.head))
  const signing = buildReceipt(message, world.signingKey, stamp)
  const settling = settleAtOnce(world, { id, documentType: sbdh.documentType }, { document, octets })
  const [receipt, settlement] = await Promise.all([signing, settling])
  return { sbdh, receipt, settlement }
}

/** C3 must answer PEPPOL:NOT_SERVICED for a receiver, document type or process that it does not serve. [peppol.md §1.7] */
async function checkServed(world: ReceiveWorld, header: PeppolHeader): Promise<void> {
  const service = await world.registry.findService(header.receiver, header.documentType, header.process)
  if (service === undefined) {
    throw new EbmsFault(
      'EBMS:0004',
      `the receiver ${participantKey(header.receiver)} is not served here for this document type and process`,
      { detail: 'PEPPOL:NOT_SERVICED' },
    )
  }
}

function onlyPayload(message: SignedUserMessage): ReceivedPayload {
  const [payload] = message.payloads
  if (payload === undefined) throw new EbmsFault('EBMS:0004', 'a Peppol message has exactly one payload')
  return payload
}

/** Commits, and in the same commit hands over what can be read at once. */
async function record(
  world: ReceiveWorld,
  inbound: InboundRecord,
  settlement: InboundSettlement | undefined,
): Promise<InboundOutcome> {
  const outcome = await world.store.recordInbound(inbound, settlement)
  if (outcome.kind === 'recorded' && outcome.state !== 'received') {
    world.log.info('transmission.processed', { transmissionId: inbound.id, state: outcome.state })
  }
  return outcome
}

function recordOf({ id, stamp, header, message, payload }: Arrival, { sbdh, receipt }: Examined): InboundRecord {
  const { sender, receiver, documentType, process, countryC1, instanceId } = sbdh
  return {
    id,
    at: stamp.at,
    messageId: header.messageId,
    peer: header.senderAccessPoint,
    sender,
    receiver,
    documentType,
    process,
    countryC1,
    instanceId,
    payload: payload.octets,
    compressed: payload.part.compressed,
    contentSize: payload.content.size,
    contentSha256: payload.content.sha256,
    identity: identityOf(message),
    envelope: message.envelope,
    receipt,
  }
}

/** The same for a message that is posted again unchanged, and for nothing else. */
function identityOf(message: SignedUserMessage): Buffer {
  const hash = createHash('sha256')
  for (const reference of message.references) hash.update(reference.uri).update('\0').update(reference.digest)
  return hash.digest()
}

function answerOf(
  world: ReceiveWorld,
  outcome: InboundOutcome,
  { id, header, receipt }: { id: TransmissionId; header: PeppolHeader; receipt: Buffer },
): As4Answer {
  const fields = { transmissionId: id, messageId: header.messageId, peer: header.senderAccessPoint }
  switch (outcome.kind) {
    case 'recorded':
      world.log.info('as4.received', fields)
      return { status: 200, contentType: soapType, body: receipt, transmissionId: id }
    case 'repeat':
      world.log.info('as4.repeated', { ...fields, transmissionId: undefined })
      return { status: 200, contentType: soapType, body: outcome.receipt, transmissionId: undefined }
    case 'conflict':
      // EBMS:4001 is not standard; peers that know only the standard read the duplicate from the text. [peppol.md §1.8]
      throw new EbmsFault(
        'EBMS:0004',
        `the message id ${header.messageId} was used before for another message (this is a duplicate)`,
      )
  }
}

/** The one place where a failure becomes an answer. */
async function refuse(world: ReceiveWorld, error: unknown, messageId: string | undefined): Promise<As4Answer> {
  if (error instanceof NotAs4Error) {
    world.log.warn('as4.not-as4', { reason: error.message })
    return plain(400, error.message)
  }
  if (error instanceof PkiError && error.code === 'revocation-unknown') {
    // Says nothing about the sender, and an error signal would be final for him: let him come back.
    world.log.error('as4.revocation-unknown', { messageId, cause: error })
    return plain(503, 'the revocation list is not available; try again later')
  }
  const fault = faultOf(error)
  if (fault === undefined) {
    world.log.error('as4.broken', { messageId, cause: error })
    return plain(500, 'internal error; nothing was stored; try again later')
  }
  const refToMessageId = messageId ?? fault.refToMessageId
  const { code, message: reason, detail, cause } = fault
  world.log.warn('as4.refused', { messageId: refToMessageId, code, reason, detail, cause })
  const body = await buildErrorSignal(fault, {
    refToMessageId,
    key: world.signingKey,
    stamp: { messageId: `${world.random.uuid()}@${world.messageIdHost}`, at: world.clock.now() },
  })
  // 200: some senders do not read the body of a 4xx at all. [peers.md §3]
  return { status: 200, contentType: soapType, body, transmissionId: undefined }
}

function faultOf(error: unknown): EbmsFault | undefined {
  if (error instanceof EbmsFault) return error
  if (error instanceof PkiError) return new EbmsFault('EBMS:0101', `the signing certificate is refused: ${error.code}`)
  return undefined
}

function plain(status: number, message: string): As4Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body: Buffer.from(message), transmissionId: undefined }
}
