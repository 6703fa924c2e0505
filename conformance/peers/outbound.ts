import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { inMemory } from '../../src/kernel/index.ts'
import type { PasserelleNode } from '../../src/node.ts'
import type { Route, Transmission, TransmissionId } from '../../src/services/domain.ts'
import type { ParticipantId, Wrapping } from '../../src/wire/peppol/index.ts'
import { type Service, billing, facturX, facturXOf, invoiceOf, pint, sha256 } from './documents.ts'
import { LossyLine } from './lossy-line.ts'
import type { Case, CaseGroup, Facts } from './matrix.ts'
import type { PeerResult } from './phase4.ts'
import { type World, participants } from './world.ts'

const delivered = { state: 'delivered', attempts: 1, 'phase4 says': 'accepted', 'payload equal': true }
const deliveredAfterLookup = { ...delivered, 'looked up': 'naptr → smp → smp-signature → endpoint → certificate' }
/** The service group tells which wildcard is registered, the metadata where it leads. */
const deliveredByWildcard = { ...delivered, 'looked up': 'naptr → smp → smp → smp-signature → endpoint → certificate' }

function refused(code: string, authenticated: boolean): Facts {
  return { state: 'refused', attempts: 1, 'phase4 says': 'refused', code, authenticated }
}

/** What our node sends and phase4 receives. A message counts as delivered only with phase4's verified receipt. */
export const outbound: CaseGroup = {
  name: 'us → phase4',
  cases: [
    deliver('XML 10 KB, static route', delivered, () => invoiceOf(10_000), staticRoute),
    deliver('XML 1 MB, static route', delivered, () => invoiceOf(1_000_000), staticRoute),
    deliver(
      'XML 10 KB, found by DNS and SMP',
      deliveredAfterLookup,
      () => invoiceOf(10_000),
      () => ({ kind: 'peppol' }),
    ),
    {
      name: 'PDF 100 KB as BinaryContent, found by DNS and SMP',
      expected: { ...deliveredAfterLookup, 'PDF equal': true },
      run: sendPdf,
    },
    {
      name: 'XML 10 KB of a PINT, found by its wildcard',
      expected: deliveredByWildcard,
      run: async world => {
        const parcel = { document: invoiceOf(10_000), route: { kind: 'peppol' }, service: pint } as const
        return await deliveryFacts(world, await whenEnded(world.node, await submit(world.node, parcel)))
      },
    },
    {
      name: '100 messages, 16 at once',
      expected: { delivered: 100, 'payloads equal': 100, attempts: 100 },
      run: sendMany,
    },
    deliver('XML 20 MB, static route', delivered, () => invoiceOf(20_000_000), staticRoute),
    signedBy('ap-foreign', 'our signer of a foreign CA', refused('EBMS:0102', true)),
    signedBy('ap-expired', 'our signer expired', refused('EBMS:0102', true)),
    signedBy('ap-revoked', 'our signer revoked', refused('EBMS:0101', true)),
    {
      name: 'encrypted for somebody else',
      // Signed by phase4, but not with the certificate that we had encrypted for: to us it proves nothing.
      expected: refused('EBMS:0102', false),
      run: world => refusal(world, world.node, staticRoute(world, 'ap1')),
    },
    {
      name: 'receiver not served',
      expected: { ...refused('EBMS:0004', true), detail: 'PEPPOL:NOT_SERVICED' },
      run: world => refusal(world, world.node, staticRoute(world), participants.nobody),
    },
    {
      name: 'receipt lost: the same bytes again are a duplicate',
      expected: {
        state: 'indeterminate',
        attempts: 2,
        code: 'EBMS:0004',
        'same bytes': true,
        'waits for a person': true,
      },
      run: loseReceipt,
    },
    {
      name: 'phase4 killed under a message, then back',
      expected: { ...delivered, attempts: 'several', 'first attempt': 'indeterminate', 'sealed once': true },
      run: killPeer,
    },
    deliver('XML 10 KB, receipt in the spelling of the JDK', delivered, () => invoiceOf(10_000), staticRoute),
  ],
}

function staticRoute(world: World, certificateOf = 'ap2', url = world.peer.url): Route {
  return { kind: 'static', url, certificatePem: readFileSync(world.certificateFile(certificateOf), 'utf8') }
}

function deliver(name: string, expected: Facts, document: () => Buffer, route: (world: World) => Route): Case {
  return {
    name,
    expected,
    run: async world => {
      const id = await submit(world.node, { document: document(), route: route(world) })
      return await deliveryFacts(world, await whenEnded(world.node, id))
    },
  }
}

async function sendPdf(world: World): Promise<Facts> {
  const pdf = await facturXOf(100_000)
  const wrapping: Wrapping = { kind: 'binary', mimeType: 'application/pdf' }
  const id = await submit(world.node, { document: pdf, route: { kind: 'peppol' }, service: facturX, wrapping })
  const transmission = await whenEnded(world.node, id)
  const said = world.peer.about(transmission.messageId)
  return { ...(await deliveryFacts(world, transmission)), 'PDF equal': said?.['binarySha256'] === sha256(pdf) }
}

async function sendMany(world: World): Promise<Facts> {
  const route = staticRoute(world)
  const ids = await Promise.all(
    Array.from({ length: 100 }, () => submit(world.node, { document: invoiceOf(10_000), route })),
  )
  const ended = await Promise.all(ids.map(id => whenEnded(world.node, id)))
  const facts = await Promise.all(ended.map(transmission => deliveryFacts(world, transmission)))
  return {
    delivered: facts.filter(one => one['state'] === 'delivered').length,
    'payloads equal': facts.filter(one => one['payload equal'] === true).length,
    attempts: facts.reduce((sum, one) => sum + Number(one['attempts']), 0),
  }
}

/** A node of ours whose certificate phase4 must not accept. */
function signedBy(member: string, name: string, expected: Facts): Case {
  return {
    name,
    expected,
    run: async world => {
      await using node = await world.openNode(member)
      return await refusal(world, node, staticRoute(world))
    },
  }
}

async function refusal(
  world: World,
  node: PasserelleNode,
  route: Route,
  receiver: ParticipantId = participants.theirs,
): Promise<Facts> {
  const transmission = await whenEnded(node, await submit(node, { document: invoiceOf(10_000), route, receiver }))
  const attempts = await node.reader.listAttempts(transmission.id)
  const answer = attempts.at(-1)?.steps.find(step => step.name === 'answer')?.detail
  const said = await wordAbout(world, transmission.messageId)
  const facts = {
    state: transmission.state,
    attempts: attempts.length,
    'phase4 says': verdictOf(said),
    code: transmission.failure?.code ?? '',
    authenticated: answer?.['authenticated'] ?? '',
  }
  const serviced = transmission.failure?.message.includes('PEPPOL:NOT_SERVICED')
    ? { detail: 'PEPPOL:NOT_SERVICED' }
    : {}
  return { ...facts, ...serviced }
}

/** phase4 stores the message and its receipt never arrives; phase4 then knows the id, and we cannot know whether it is ours. */
async function loseReceipt(world: World): Promise<Facts> {
  await using line = await LossyLine.open(world.peer.url, 1)
  const id = await submit(world.node, { document: invoiceOf(10_000), route: staticRoute(world, 'ap2', line.url) })
  const transmission = await whenEnded(world.node, id)
  return {
    state: transmission.state,
    attempts: transmission.attempts,
    code: transmission.failure?.code ?? '',
    'same bytes': line.posted.length === 2 && new Set(line.posted).size === 1,
    'waits for a person': transmission.nextAttemptAt === undefined && transmission.failure?.retry === false,
  }
}

/**
 * The connection is a kept one of an earlier message; it dies with the process, after our bytes and before any answer. phase4 comes
 * back as the tuned one, which writes its receipts through another serializer.
 */
async function killPeer(world: World): Promise<Facts> {
  const { node } = world
  const route = staticRoute(world)
  await whenEnded(node, await submit(node, { document: invoiceOf(10_000), route }))
  world.peer.freeze()
  const id = await submit(node, { document: invoiceOf(10_000), route })
  await whenSealed(node, id)
  await world.peer.kill()
  await world.startPeer(['--tuned'])
  const transmission = await whenEnded(node, id)
  const attempts = await node.reader.listAttempts(id)
  return {
    ...(await deliveryFacts(world, transmission)),
    attempts: attempts.length > 1 ? 'several' : attempts.length,
    'first attempt': attempts[0]?.outcome ?? '',
    'sealed once': attempts.flatMap(attempt => attempt.steps).filter(step => step.name === 'sealed').length === 1,
  }
}

/** Long enough for the bytes of a small message to have left. */
const postMilliseconds = 500

async function whenSealed(node: PasserelleNode, id: TransmissionId): Promise<void> {
  while ((await node.reader.findTransmission(id))?.messageId === undefined) await sleep(20)
  await sleep(postMilliseconds)
}

interface Parcel {
  readonly document: Buffer
  readonly route: Route
  readonly receiver?: ParticipantId
  readonly service?: Service
  readonly wrapping?: Wrapping
}

async function submit(node: PasserelleNode, parcel: Parcel): Promise<TransmissionId> {
  const { document, route, receiver = participants.theirs, service = billing, wrapping } = parcel
  const { transmissionId } = await node.exchange.submit({
    ...service,
    ...(wrapping === undefined ? {} : { wrapping }),
    sender: participants.ours,
    receiver,
    countryC1: 'FR',
    route,
    document: inMemory(document),
    invoice: undefined,
    idempotency: undefined,
  })
  return transmissionId
}

const endStates: ReadonlySet<string> = new Set(['delivered', 'refused', 'failed'])
const endMilliseconds = 180_000

/** At its end, or where only a person can go on. */
async function whenEnded(node: PasserelleNode, id: TransmissionId): Promise<Transmission> {
  const deadline = performance.now() + endMilliseconds
  for (;;) {
    const found = await node.reader.findTransmission(id)
    if (found === undefined) throw new Error(`transmission ${id} is gone`)
    const stuck = found.state === 'indeterminate' && found.nextAttemptAt === undefined
    if (stuck || endStates.has(found.state)) return found
    if (performance.now() > deadline) throw new Error(`still ${found.state}: ${found.failure?.message}`)
    await sleep(30)
  }
}

/** phase4 prints its line after its answer has left. */
const wordMilliseconds = 2000

async function deliveryFacts(world: World, transmission: Transmission): Promise<Facts> {
  const said = await wordAbout(world, transmission.messageId)
  const attempts = await world.node.reader.listAttempts(transmission.id)
  const steps = attempts.flatMap(attempt => attempt.steps).map(step => step.name)
  const lookup = steps.filter(name => lookupSteps.has(name)).join(' → ')
  return {
    state: transmission.state,
    attempts: attempts.length,
    'phase4 says': verdictOf(said),
    'payload equal':
      said?.['sha256'] === transmission.contentSha256 &&
      said['size'] === transmission.contentSize &&
      isStored(world, said),
    ...(transmission.route.kind === 'peppol' ? { 'looked up': lookup } : {}),
    ...(transmission.failure === undefined ? {} : { failure: transmission.failure.message }),
  }
}

const lookupSteps: ReadonlySet<string> = new Set(['naptr', 'smp', 'smp-signature', 'endpoint', 'certificate'])

async function wordAbout(world: World, messageId: string | undefined): Promise<PeerResult | undefined> {
  for (let waited = 0; waited < wordMilliseconds && world.peer.about(messageId) === undefined; waited += 20)
    await sleep(20)
  return world.peer.about(messageId)
}

/** The file that phase4 synced before its receipt holds the octets whose hash it names. */
function isStored(world: World, said: PeerResult): boolean {
  return sha256(readFileSync(`${world.inbox}/${String(said['instanceId'])}.xml`)) === said['sha256']
}

function verdictOf(said: PeerResult | undefined): string {
  return typeof said?.['outcome'] === 'string' ? said['outcome'] : 'nothing'
}
