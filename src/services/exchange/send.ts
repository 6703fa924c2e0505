import { type Clock, type Instant, type Random, isoOf } from '../../kernel/index.ts'
import {
  type Answer,
  type EbmsErrorReport,
  type SealedMessage,
  readAnswer,
  sealMessage,
  sealedBody,
} from '../../wire/as4/index.ts'
import { PkiError, type SigningKey, type TrustedCertificate, readCertificates } from '../../wire/pki/index.ts'
import { buildUserMessage } from '../../wire/peppol/index.ts'
import type { Directory } from '../directory/index.ts'
import type { Failure, Step, TransmissionEvent } from '../domain.ts'
import {
  type ExchangeStore,
  type HttpClient,
  HttpFailure,
  type Log,
  type OutboundClaim,
  type OutboundSettlement,
} from '../ports.ts'
import type { Trust } from '../trust/index.ts'
import { type AttemptOutcome, next } from './states.ts'
import { StepRecorder } from '../trace/index.ts'
import type { PeerShares } from './peer-shares.ts'

export interface SendWorld {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly http: HttpClient
  readonly directory: Directory
  readonly trust: Trust
  readonly store: Pick<ExchangeStore, 'keepSealed'>
  readonly peers: PeerShares
  readonly signingKey: SigningKey
  /** Right part of our message ids. */
  readonly messageIdHost: string
  /** For the receipt. A peer should answer within two minutes. [peppol.md §9.1] */
  readonly answerTimeoutMilliseconds: number
  /** No answer is waited for any longer: this process ends. */
  readonly leaving: AbortSignal
  /** Pause after the first, second, … attempt. */
  readonly retryPausesSeconds: readonly number[]
}

const answerOctetsMax = 1_000_000

interface Receiver {
  readonly address: string
  readonly certificate: TrustedCertificate
}

/** How one attempt ended, before the state table has spoken. */
interface Ending {
  readonly outcome: AttemptOutcome
  readonly failure: Failure | undefined
  readonly peer: string | undefined
  readonly answer: Buffer | undefined
}

/** An attempt that has come as far as it can without anything having left. */
export interface Prepared {
  readonly receiver: Receiver
  readonly sealed: SealedMessage
  readonly steps: readonly Step[]
}

/** What a worker sends: a claim, and what was done for it before. */
export interface SendTask extends OutboundClaim {
  readonly prepared?: Prepared | undefined
}

/**
 * Finds the receiver and seals, where all that is needed is at hand, so that one commit keeps the document and what is sealed. undefined
 * when something has to be waited for or fails: the attempt will come to it again, and say why.
 */
export async function prepare(world: SendWorld, claim: OutboundClaim): Promise<Prepared | undefined> {
  const steps = new StepRecorder()
  try {
    const receiver = await atHand(findReceiver(world, claim, steps))
    if (receiver === undefined || 'outcome' in receiver) return undefined
    const sealed = await seal(world, claim, receiver, steps)
    return { receiver, sealed, steps: steps.steps }
  } catch {
    return undefined
  }
}

/** The value of a promise that needs nothing from outside; undefined for one that is still waiting when others had their turn. */
async function atHand<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  // Nobody may be there any more to see it fail.
  promise.catch(() => undefined)
  return await Promise.race([promise, new Promise<undefined>(resolve => setImmediate(resolve, undefined))])
}

/** No attempt was made: the peer is slow and holds its share of the places. */
export interface Deferral {
  readonly deferredUntil: Instant
}

/** A message to a slow peer comes back for its turn after this time. */
const deferMilliseconds = 5_000

/** One attempt: find the receiver, seal once, post, read the answer. Always comes back with what to settle. */
export async function send(world: SendWorld, claim: SendTask): Promise<OutboundSettlement | Deferral> {
  const startedAt = world.clock.now()
  const steps = new StepRecorder()
  steps.append(claim.prepared?.steps ?? [])
  const from = claim.transmission.state === 'indeterminate' ? 'indeterminate' : 'queued'
  const ending = await attempt(world, claim, steps)
  if (ending === undefined) return { deferredUntil: (world.clock.now() + deferMilliseconds) as Instant }
  const number = claim.transmission.attempts + 1
  const { state, retryAfterSeconds } = next(from, ending.outcome, number, world.retryPausesSeconds)
  const now = world.clock.now()
  return {
    state,
    attempt: { number, startedAt, outcome: state, steps: steps.steps },
    event: eventOf(ending, now, number),
    nextAttemptAt: retryAfterSeconds === undefined ? undefined : ((now + retryAfterSeconds * 1000) as Instant),
    failure: ending.failure && { ...ending.failure, retry: retryAfterSeconds !== undefined },
    peer: ending.peer,
    answer: ending.answer,
  }
}

/** undefined: it is not this message's turn. */
async function attempt(world: SendWorld, claim: SendTask, steps: StepRecorder): Promise<Ending | undefined> {
  let posted = claim.transmission.state === 'indeterminate'
  try {
    const receiver = claim.prepared?.receiver ?? (await findReceiver(world, claim, steps))
    if ('outcome' in receiver) return receiver
    using turn = world.peers.enter(new URL(receiver.address).origin)
    if (turn === undefined) return undefined
    const peer = receiver.certificate.commonName
    // What may have left is only ever posted again as it is; what never left is sealed anew when the receiver has another certificate.
    const keep = posted || claim.sealed?.receiverFingerprint === receiver.certificate.fingerprint
    const sealed = keep && claim.sealed ? claim.sealed : await sealAndKeep(world, claim, receiver, steps)
    posted = true
    const answered = await post(world, sealed, { claim, url: receiver.address, steps })
    return { ...answered, peer }
  } catch (cause) {
    // A fault of ours. What may have left is never called unsent.
    world.log.error('send.broken', { transmissionId: claim.transmission.id, cause })
    const failure = { code: 'internal', message: 'the attempt ended in an internal error', retry: true }
    return { outcome: posted ? 'answer-lost' : 'not-sent', failure, peer: undefined, answer: undefined }
  }
}

async function findReceiver(world: SendWorld, claim: OutboundClaim, steps: StepRecorder): Promise<Receiver | Ending> {
  const { route, receiver, documentType, process } = claim.transmission
  if (route.kind === 'static') return await staticReceiver(world, route, steps)
  // A failed transmission must trigger a fresh look-up. [peppol.md §5.3]
  const fresh = claim.transmission.attempts > 0
  const found = await world.directory.lookup({ participant: receiver, documentType, process }, { fresh })
  steps.append(found.steps)
  switch (found.kind) {
    case 'found':
      return found
    case 'unregistered':
      return { ...notSent(found.failure.code, found.failure.message), outcome: 'unsendable' }
    case 'unavailable':
      return notSent(found.failure.code, found.failure.message)
  }
}

async function staticReceiver(
  world: SendWorld,
  route: { readonly url: string; readonly certificatePem: string },
  steps: StepRecorder,
): Promise<Receiver | Ending> {
  try {
    const [certificate] = readCertificates(route.certificatePem)
    if (certificate === undefined) throw new PkiError('malformed', 'the receiver certificate given by hand is empty')
    const trusted = await world.trust.prove(certificate, 'access-point')
    steps.note('certificate', { subject: trusted.commonName, source: 'given by hand' })
    return { address: route.url, certificate: trusted }
  } catch (error) {
    if (!(error instanceof PkiError)) throw error
    const ending = notSent(`certificate-${error.code}`, error.message)
    return error.code === 'revocation-unknown' ? ending : { ...ending, outcome: 'unsendable' }
  }
}

async function seal(
  world: SendWorld,
  claim: OutboundClaim,
  receiver: Receiver,
  steps: StepRecorder,
): Promise<SealedMessage> {
  const { transmission, payload, payloadDigest } = claim
  const message = buildUserMessage({
    messageId: `${world.random.uuid()}@${world.messageIdHost}`,
    timestamp: world.clock.now(),
    conversationId: transmission.id,
    senderAccessPoint: world.signingKey.certificate.commonName,
    receiverAccessPoint: receiver.certificate.commonName,
    sender: transmission.sender,
    receiver: transmission.receiver,
    documentType: transmission.documentType,
    process: transmission.process,
    contentId: `${world.random.uuid()}@${world.messageIdHost}`,
  })
  const content = { size: transmission.contentSize, sha256: Buffer.from(transmission.contentSha256, 'hex') }
  const sealed = await sealMessage(
    message,
    { octets: payload, digest: payloadDigest, content },
    { key: world.signingKey, receiver: receiver.certificate, random: world.random },
  )
  steps.note('sealed', { messageId: sealed.messageId, octets: sealed.contentLength })
  return sealed
}

/** Durable before the first octet leaves: whatever happens next, only these bytes are ever posted for this message id. */
async function sealAndKeep(...asked: Parameters<typeof seal>): Promise<SealedMessage> {
  const [world, { transmission }] = asked
  const sealed = await seal(...asked)
  await world.store.keepSealed(transmission.id, sealed)
  return sealed
}

async function post(
  world: SendWorld,
  sealed: SealedMessage,
  { claim, url, steps }: { claim: OutboundClaim; url: string; steps: StepRecorder },
): Promise<Ending> {
  try {
    const answer = await world.http.request({
      method: 'POST',
      url,
      headers: { 'content-type': sealed.contentType },
      body: { octets: sealedBody(sealed, claim.payload), length: sealed.contentLength },
      timeoutMilliseconds: world.answerTimeoutMilliseconds,
      signal: world.leaving,
      answerOctetsMax,
    })
    steps.note('posted', { url, status: answer.status, octets: answer.body.length })
    const read = readAnswer(answer, sealed)
    steps.note('answer', answerDetail(read))
    return endingOf(read, answer.status, answer.body)
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error
    steps.note('posted', { url, failure: error.message })
    if (error.kind === 'unreachable') return notSent('unreachable', error.message)
    return { ...notSent('answer-lost', error.message), outcome: 'answer-lost' }
  }
}

function endingOf(read: Answer, status: number, body: Buffer): Ending {
  switch (read.kind) {
    case 'receipt':
      return { outcome: 'receipt', failure: undefined, peer: undefined, answer: body }
    case 'error': {
      const [first] = read.errors
      const message = [first?.shortDescription, first?.description, first?.detail].filter(Boolean).join(': ')
      const failure = { code: first?.code ?? 'error-without-code', message, retry: false }
      return { outcome: outcomeOfErrors(read), failure, peer: undefined, answer: body }
    }
    case 'unusable': {
      const failure = { code: `answer-${read.reason}`, message: `HTTP ${status}: ${read.message}`, retry: true }
      // A 4xx without a word of AS4 comes from the web server in front: the access point has not seen the message.
      const unseen = status >= 400 && status < 500 && status !== 408 && read.reason !== 'bad-signature'
      return { outcome: unseen ? 'not-sent' : 'answer-lost', failure, peer: undefined, answer: body }
    }
  }
}

function outcomeOfErrors({ errors }: { readonly errors: readonly EbmsErrorReport[] }): AttemptOutcome {
  const failures = errors.filter(error => error.severity === 'failure')
  const all = failures.length > 0 ? failures : errors
  // EBMS:4001 is phase4's own code since 4.5.0; before, it wrote EBMS:0004 with the word in the detail.
  const duplicate = all.some(
    error =>
      error.code === 'EBMS:4001' || (error.code === 'EBMS:0004' && /duplicate/i.test(error.detail + error.description)),
  )
  return duplicate ? 'error-duplicate' : 'error'
}

function answerDetail(read: Answer): Record<string, string | number | boolean> {
  switch (read.kind) {
    case 'receipt':
      return { kind: 'receipt', receiptId: read.receiptId, signer: read.signer.commonName, at: isoOf(read.timestamp) }
    case 'error':
      return { kind: 'error', code: read.errors[0]?.code ?? '', authenticated: read.authenticated }
    case 'unusable':
      return { kind: 'unusable', reason: read.reason }
  }
}

function notSent(code: string, message: string): Ending {
  return { outcome: 'not-sent', failure: { code, message, retry: true }, peer: undefined, answer: undefined }
}

const eventKinds = {
  receipt: 'delivered',
  error: 'refused',
  'error-duplicate': 'refused',
  'not-sent': 'attempt-failed',
  unsendable: 'failed',
  'answer-lost': 'answer-lost',
} as const satisfies Record<AttemptOutcome, TransmissionEvent['kind']>

function eventOf(ending: Ending, at: Instant, attemptNumber: number): TransmissionEvent {
  const detail: Record<string, string | number> = { attempt: attemptNumber }
  if (ending.failure) Object.assign(detail, { code: ending.failure.code, message: ending.failure.message })
  if (ending.peer) detail['peer'] = ending.peer
  return { at, kind: eventKinds[ending.outcome], detail }
}
