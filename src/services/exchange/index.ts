import type { Instant, Spool } from '../../kernel/index.ts'
import { packPayload } from '../../wire/as4/index.ts'
import { buildSbd } from '../../wire/peppol/index.ts'
import type { TransmissionId } from '../domain.ts'
import type { ExchangeStore, InboundClaim, OutboundRecord } from '../ports.ts'
import { Alarm } from './alarm.ts'
import { PeerShares } from './peer-shares.ts'
import { processInbound } from './process.ts'
import { type ReceiveWorld, receive } from './receive.ts'
import { type SendTask, type SendWorld, prepare, send } from './send.ts'
import type { Exchange, Submission, SubmitOutcome } from './types.ts'
import { Upkeep } from './upkeep.ts'
import { type Place, Worker } from './worker.ts'

export type * from './types.ts'
export { contentOf } from './content.ts'

export interface ExchangeWorld extends Omit<ReceiveWorld, 'store'>, Omit<SendWorld, 'store' | 'leaving' | 'peers'> {
  readonly store: ExchangeStore
  readonly blobs: ReceiveWorld['blobs'] & Spool
  /** Messages being sent at once. */
  readonly sendConcurrency: number
  readonly processConcurrency: number
  /** A peer that lets a message wait this long is slow and gets a quarter of the places; 5000 when not given. */
  readonly slowAfterMilliseconds?: number
  /** How long a stopping exchange waits for the answers to what it has posted. */
  readonly stopSeconds: number
}

/** Between two tries to store a settlement while the database is away. */
const settlePauseMilliseconds = 1_000

export function createExchange(world: ExchangeWorld): Exchange {
  const stopping = new AbortController()
  const leaving = new AbortController()
  const { slowAfterMilliseconds = 5000 } = world
  const peers = new PeerShares(world.clock, { share: Math.ceil(world.sendConcurrency / 4), slowAfterMilliseconds })
  const sendWorld = { ...world, leaving: leaving.signal, peers }
  const outbound = new Worker<SendTask>(
    {
      name: 'send',
      concurrency: world.sendConcurrency,
      claim: most => world.store.claimOutbound(most, world.clock.now()),
      work: async (claim, leave) => {
        const patience = setTimeout(leave, slowAfterMilliseconds)
        const nextAttemptAt = await sendAndSettle(sendWorld, claim, stopping.signal)
        clearTimeout(patience)
        if (nextAttemptAt !== undefined) alarm.ringAt(nextAttemptAt)
      },
    },
    world.log,
  )
  const inbound = new Worker<InboundClaim>(
    {
      name: 'process',
      concurrency: world.processConcurrency,
      claim: most => world.store.claimInbound(most, world.clock.now()),
      work: claim => processAndSettle(world, claim, stopping.signal),
    },
    world.log,
  )
  const alarm = new Alarm(world, () => outbound.wake())
  let listening: Disposable | undefined
  const upkeep = new Upkeep(world, recover)

  function wake(): void {
    outbound.wake()
    inbound.wake()
    alarm.set()
  }

  async function recover(): Promise<void> {
    const held = [...outbound.held(), ...inbound.held()].map(({ transmission }) => transmission.id)
    const recovered = await world.store.recover(world.clock.now(), held)
    if (recovered > 0) world.log.warn('exchange.recovered', { transmissions: recovered })
    wake()
  }

  return {
    receive: request => receive(world, request),
    submit: submission => submit(sendWorld, submission, () => outbound.reserve()),
    async start() {
      await recover()
      listening = world.store.onWork(wake)
      upkeep.start()
      wake()
    },
    async settle() {
      wake()
      await Promise.all([outbound.idle(), inbound.idle()])
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      upkeep[Symbol.dispose]()
      listening?.[Symbol.dispose]()
      alarm[Symbol.dispose]()
      const patience = setTimeout(() => leaving.abort(), world.stopSeconds * 1000)
      await Promise.all([outbound[Symbol.asyncDispose](), inbound[Symbol.asyncDispose]()])
      clearTimeout(patience)
    },
  }
}

/** Envelope, compress once, commit. From here on only these octets are signed and sent. */
async function submit(
  world: ExchangeWorld & SendWorld,
  submission: Submission,
  reserve: () => Place<SendTask> | undefined,
): Promise<SubmitOutcome> {
  const { route, document: content, wrapping, invoice, idempotency, ...addressing } = submission
  const id = world.random.uuid() as TransmissionId
  const at = world.clock.now()
  const instanceId = world.random.uuid()
  const sbd = buildSbd({ ...addressing, instanceId, createdAt: at }, content, wrapping)
  const packed = await packPayload(sbd, world.blobs)
  const place = reserve()
  // A commit whose answer is lost may stand: the octets stay until it is known that nothing names them.
  let kept = true
  let begun = false
  try {
    const document = {
      ...addressing,
      instanceId,
      id,
      route,
      at,
      payload: packed.octets,
      payloadDigest: packed.digest,
      contentSize: packed.content.size,
      contentSha256: packed.content.sha256,
      invoice,
      idempotency,
    }
    const prepared = place && (await prepare(world, claimOf(document)))
    const outbound = { ...document, sealed: prepared?.sealed }
    const outcome = await world.store.recordOutbound(outbound, { claimed: place !== undefined })
    kept = outcome.kind === 'recorded'
    if (kept) {
      world.log.info('transmission.submitted', { transmissionId: id, receiver: addressing.receiver.value })
      place?.begin({ ...claimOf(outbound), prepared })
      begun = true
    }
    return { ...outcome, transmissionId: id }
  } finally {
    if (!begun) place?.release()
    if (!kept && packed.octets.kind === 'stored') await world.blobs.remove(packed.octets.key)
  }
}

/** What a claim of this record would give, without the way to the database and back. */
function claimOf(record: OutboundRecord): SendTask {
  const { id, route, at, payload, payloadDigest, contentSize, contentSha256 } = record
  const { sender, receiver, documentType, process, countryC1, instanceId } = record
  const transmission = {
    sender,
    receiver,
    documentType,
    process,
    countryC1,
    instanceId,
    id,
    direction: 'outbound',
    state: 'queued',
    route,
    messageId: undefined,
    peer: undefined,
    attempts: 0,
    nextAttemptAt: undefined,
    failure: undefined,
    createdAt: at,
    updatedAt: at,
    contentSize,
    contentSha256: contentSha256.toString('hex'),
  } as const
  return { transmission, payload, payloadDigest, sealed: record.sealed }
}

/** Returns when its next turn comes, if it has one. */
async function sendAndSettle(
  world: ExchangeWorld & SendWorld,
  claim: SendTask,
  stopping: AbortSignal,
): Promise<Instant | undefined> {
  const settlement = await send(world, claim)
  const { id } = claim.transmission
  if ('deferredUntil' in settlement) {
    const { deferredUntil } = settlement
    await untilSettled(world, stopping, () => world.store.deferOutbound(id, deferredUntil))
    world.log.info('transmission.deferred', { transmissionId: id, reason: 'the peer is slow and holds its share' })
    return deferredUntil
  }
  await untilSettled(world, stopping, () => world.store.settleOutbound(id, settlement))
  const fields = { transmissionId: id, state: settlement.state, peer: settlement.peer, code: settlement.failure?.code }
  if (settlement.state === 'delivered') world.log.info('transmission.delivered', fields)
  else world.log.warn('transmission.attempted', { ...fields, reason: settlement.failure?.message })
  return settlement.nextAttemptAt
}

async function processAndSettle(world: ExchangeWorld, claim: InboundClaim, stopping: AbortSignal): Promise<void> {
  const settlement = await processInbound(world, claim)
  await untilSettled(world, stopping, () => world.store.settleInbound(claim.transmission.id, settlement))
  world.log.info('transmission.processed', { transmissionId: claim.transmission.id, state: settlement.state })
}

/**
 * What happened in the world has happened: the result is kept trying until it is stored. A process that must stop meanwhile leaves
 * the claim to recovery, which posts the same octets again.
 */
async function untilSettled(world: ExchangeWorld, stopping: AbortSignal, settle: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await settle()
    } catch (cause) {
      world.log.error('exchange.settle-failed', { cause })
      if (stopping.aborted) throw cause
      await new Promise(resolve => setTimeout(resolve, settlePauseMilliseconds))
    }
  }
}
