import { randomUUID } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Instant, inMemory } from '../../src/kernel/index.ts'
import { contentOf } from '../../src/services/exchange/index.ts'
import type { Transmission } from '../../src/services/domain.ts'
import { type ParticipantId, buildSbd, openDocument, participantKey } from '../../src/wire/peppol/index.ts'
import { canonicalize, parseXml } from '../../src/wire/xml/index.ts'
import { billing, binaryOptions, facturX, facturXOf, invoiceOf, pint, serviceOptions, sha256 } from './documents.ts'
import type { Case, CaseGroup, Facts } from './matrix.ts'
import { type PeerResult, firstError } from './phase4.ts'
import { type World, participants } from './world.ts'

const accepted = { 'phase4 says': 'SUCCESS', 'receipt verified': true, state: 'delivered' }

function refused(code: string, more: Facts = {}): Facts {
  return { 'phase4 says': 'AS4_ERROR_MESSAGE_RECEIVED', code, ...more, 'signature verified': true, stored: false }
}

/**
 * What phase4 sends and our node receives. phase4 verifies each receipt and error signal of ours; its `--tuned` writes the same message
 * in another spelling. Where it wraps the document itself the canonical XML is compared, where the envelope is ours its octets are.
 */
export const inbound: CaseGroup = {
  name: 'phase4 → us',
  cases: [
    xml('XML 10 KB, spelling of Saxon', 10_000, []),
    xml('XML 10 KB, spelling of the JDK', 10_000, ['--tuned']),
    xml('XML 1 MB, spelling of Saxon', 1_000_000, []),
    xml('XML 1 MB, spelling of the JDK', 1_000_000, ['--tuned']),
    xml('XML 10 KB, not compressed', 10_000, ['--no-compress']),
    xml('XML 10 KB, not compressed, spelling of the JDK', 10_000, ['--no-compress', '--tuned']),
    xml('XML 10 KB of a PINT, registered with a *', 10_000, serviceOptions(pint)),
    { name: 'PDF 100 KB as BinaryContent', expected: { ...accepted, 'PDF equal': true }, run: receivePdf },
    envelope('10 KB in an envelope of ours', 10_000),
    envelope('20 MB in an envelope of ours', 20_000_000),
    {
      name: '200 messages, 8 at once',
      expected: { 'receipts verified': 200, failures: 0, stored: 200 },
      run: receiveMany,
    },
    refusal('signer of a foreign CA', refused('EBMS:0101', { reason: 'untrusted' }), { as: 'ap-foreign' }),
    refusal('signer expired', refused('EBMS:0101', { reason: 'expired' }), { as: 'ap-expired' }),
    refusal('signer revoked', refused('EBMS:0101', { reason: 'revoked' }), { as: 'ap-revoked' }),
    refusal('encrypted for somebody else', refused('EBMS:0102'), { toCertificate: 'ap2.pem' }),
    refusal('receiver not served', refused('EBMS:0004', { detail: 'PEPPOL:NOT_SERVICED' }), {
      receiver: participants.nobody,
    }),
    {
      name: 'the same message id with other bytes',
      expected: refused('EBMS:0004', { duplicate: true }),
      run: reuseMessageId,
    },
    {
      name: 'the same bytes once more',
      expected: { ...accepted, status: 200, 'receipt identical': true, 'stored twice': false },
      run: repeatBytes,
    },
  ],
}

function xml(name: string, octets: number, more: readonly string[]): Case {
  return {
    name,
    expected: { ...accepted, 'document equal': true },
    run: async world => {
      const document = invoiceOf(octets)
      const { result, transmission } = await sendToUs(world, { document, more })
      const stored = transmission && (await documentOf(world, transmission))
      const equal = stored !== undefined && canonical(stored) === canonical(document)
      return { ...receptionFacts(result, transmission), 'document equal': equal }
    },
  }
}

async function receivePdf(world: World): Promise<Facts> {
  const document = await facturXOf(100_000)
  const { result, transmission } = await sendToUs(world, {
    document,
    more: [...serviceOptions(facturX), ...binaryOptions],
  })
  const stored = transmission && (await documentOf(world, transmission))
  return { ...receptionFacts(result, transmission), 'PDF equal': stored?.equals(document) ?? false }
}

function envelope(name: string, octets: number): Case {
  return {
    name,
    expected: { ...accepted, 'payload equal': true },
    run: async world => {
      const document = envelopeOf(invoiceOf(octets))
      const { result, transmission } = await sendToUs(world, { document, more: ['--sbd'] })
      const stored = transmission && (await contentOfTransmission(world, transmission))
      const equal = transmission?.contentSha256 === sha256(document) && stored?.equals(document) === true
      return { ...receptionFacts(result, transmission), 'payload equal': equal }
    },
  }
}

function envelopeOf(document: Buffer): Buffer {
  const { ours: receiver, theirs: sender } = participants
  const facts = {
    sender,
    receiver,
    ...billing,
    countryC1: 'FR',
    instanceId: randomUUID(),
    createdAt: Date.now() as Instant,
  }
  const sbd = buildSbd(facts, inMemory(document))
  if (!('kind' in sbd) || sbd.kind !== 'memory') throw new Error('what is in memory stays in memory')
  return sbd.bytes
}

function refusal(name: string, expected: Facts, parcel: Partial<Parcel>): Case {
  return {
    name,
    expected,
    run: async world => {
      const { result, transmission } = await sendToUs(world, { document: invoiceOf(10_000), ...parcel })
      const { detail, description } = firstError(result)
      const reason = /certificate is refused: ([\w-]+)/.exec(description)?.[1]
      return {
        ...refusalFacts(result, transmission),
        ...(detail === 'PEPPOL:NOT_SERVICED' ? { detail } : {}),
        ...(reason === undefined ? {} : { reason }),
      }
    },
  }
}

async function reuseMessageId(world: World): Promise<Facts> {
  const more = ['--message-id', `${randomUUID()}@interop`]
  const first = await sendToUs(world, { document: invoiceOf(10_000), more })
  if (first.transmission === undefined) throw new Error('the first message was not accepted')
  const { result } = await sendToUs(world, { document: invoiceOf(10_000), more })
  const now = await world.node.reader.findTransmission(first.transmission.id)
  const unchanged = now?.contentSha256 === first.transmission.contentSha256
  const duplicate = JSON.stringify(result['errors']).includes('this is a duplicate')
  return { ...refusalFacts(result, unchanged ? undefined : now), duplicate }
}

async function receiveMany(world: World): Promise<Facts> {
  const before = world.journal.total
  const { result } = await sendToUs(world, { more: ['--tuned', '--count', '200', '--concurrency', '8'] })
  const { messages, failures } = result
  return {
    'receipts verified': Number(messages) - Number(failures),
    failures: Number(failures),
    stored: world.journal.total - before,
  }
}

/** What phase4 wrote is posted again as it was: the answer must be the receipt that phase4 has got. */
async function repeatBytes(world: World): Promise<Facts> {
  const folder = world.folder('dump')
  const { result, transmission } = await sendToUs(world, { document: invoiceOf(10_000), more: ['--dump', folder] })
  const { headers, body } = readDump(folder)
  const answer = await world.post(`${world.node.url}/as4`, headers, body)
  const first = transmission && (await world.node.reader.findContent(transmission.id, 'answer'))
  const receipt = first?.octets.kind === 'memory' ? first.octets.bytes : Buffer.alloc(0)
  return {
    ...receptionFacts(result, transmission),
    status: answer.status,
    'receipt identical': receipt.length > 0 && answer.body.equals(receipt),
    'stored twice': world.journal.count(result['messageId']) !== 1,
  }
}

function readDump(folder: string): { headers: Record<string, string>; body: Buffer } {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.as4out'))
  const [name] = names
  if (name === undefined || names.length > 1) throw new Error(`one dumped message, not ${names.length}`)
  const octets = readFileSync(join(folder, name))
  const end = octets.indexOf('\r\n\r\n')
  const fields = octets.toString('latin1', 0, end).split('\r\n')
  const headers = Object.fromEntries(
    fields.map(field => [field.slice(0, field.indexOf(':')).toLowerCase(), field.slice(field.indexOf(':') + 1).trim()]),
  )
  return { headers, body: octets.subarray(end + 4) }
}

interface Parcel {
  readonly document: Buffer
  readonly more: readonly string[]
  readonly as: string
  readonly toCertificate: string
  readonly receiver: ParticipantId
}

interface Sent {
  readonly result: PeerResult
  /** undefined when our node did not take the message. */
  readonly transmission: Transmission | undefined
}

/** phase4 sends to our node; what came of it on both sides. */
export async function sendToUs(world: World, parcel: Partial<Parcel>, url = `${world.node.url}/as4`): Promise<Sent> {
  const {
    document = invoiceOf(10_000),
    more = [],
    as = 'ap2',
    toCertificate = 'ap1.pem',
    receiver = participants.ours,
  } = parcel
  const result = await world.phase4.send({
    as,
    url,
    toCertificate,
    file: world.file('document', document),
    sender: participantKey(participants.theirs),
    receiver: participantKey(receiver),
    more: ['--revocation', 'crl', ...more],
  })
  const id = world.journal.received(result['messageId'])
  return { result, transmission: id && (await whenProcessed(world, id)) }
}

const processMilliseconds = 30_000

async function whenProcessed(world: World, id: Transmission['id']): Promise<Transmission> {
  const deadline = performance.now() + processMilliseconds
  for (;;) {
    const found = await world.node.reader.findTransmission(id)
    if (found !== undefined && found.state !== 'received' && found.state !== 'processing') return found
    if (performance.now() > deadline) throw new Error(`transmission ${id} is ${found?.state ?? 'not there'}`)
    await sleep(20)
  }
}

export function receptionFacts(result: PeerResult, transmission: Transmission | undefined): Facts {
  return {
    'phase4 says': String(result['outcome']),
    'receipt verified': result['receiptVerified'] === true,
    state: transmission?.state ?? 'not stored',
    ...failureOf(result),
  }
}

function refusalFacts(result: PeerResult, transmission: Transmission | undefined): Facts {
  return {
    'phase4 says': String(result['outcome']),
    code: firstError(result).code,
    'signature verified': result['signatureVerified'] === true,
    stored: transmission !== undefined,
    ...failureOf(result),
  }
}

function failureOf({ failure }: PeerResult): Facts {
  return typeof failure === 'string' ? { failure } : {}
}

async function contentOfTransmission(world: World, { id }: Transmission): Promise<Buffer> {
  const found = await world.node.reader.findContent(id, 'payload')
  if (found === undefined) throw new Error('the payload is not stored')
  const content = contentOf(found.octets, found.compressed)
  return Buffer.isBuffer(content) ? content : await buffer(content)
}

async function documentOf(world: World, transmission: Transmission): Promise<Buffer> {
  const { octets } = await openDocument(await contentOfTransmission(world, transmission))
  return await buffer(octets)
}

function canonical(document: Buffer): string {
  return canonicalize(parseXml(document).root, { method: 'exclusive' })
}
