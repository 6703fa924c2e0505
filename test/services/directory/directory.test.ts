import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createDnsResolver } from '../../../src/adapters/dns/index.ts'
import { createHttpClient } from '../../../src/adapters/http/index.ts'
import {
  type Directory,
  type DirectoryWorld,
  type LookupQuestion,
  type LookupResult,
  createDirectory,
} from '../../../src/services/directory/index.ts'
import { createTrust } from '../../../src/services/trust/index.ts'
import { buildTrust } from '../../../src/wire/pki/index.ts'
import { parseDocumentTypeId, parseParticipantId, parseProcessId } from '../../../src/wire/peppol/index.ts'
import { ask } from '../../support/http.ts'
import { memoryLog } from '../../support/log.ts'
import { type TestNetwork, billing, billingProcess, startNetwork, zone } from '../../support/network.ts'
import type { TestIdentity } from '../../support/pki.ts'

let network: TestNetwork
let world: DirectoryWorld
let receiver: TestIdentity
beforeAll(async () => {
  network = await startNetwork()
  receiver = network.issue('access-point', { commonName: 'PFR000800' })
  const http = createHttpClient({ connectTimeoutMilliseconds: 1000, connectionsPerOrigin: 4, allowPrivate: true })
  const anchors = buildTrust({
    roots: [network.pki.root.certificate],
    accessPointIssuers: [network.pki.accessPointCa.certificate],
    smpIssuers: [network.pki.smpCa.certificate],
    revocation: 'required',
  })
  const { clock } = network
  const crl = { crlPrefixes: [network.lists.url], refreshSeconds: 1_000_000 }
  world = {
    clock,
    dns: createDnsResolver({ servers: [network.dns.address], timeoutMilliseconds: 100 }),
    http,
    trust: createTrust({ anchors, http, clock, log: memoryLog(), ...crl }),
    zone,
    insecure: true,
    timeoutMilliseconds: 500,
    cacheSecondsMax: 900,
    negativeCacheSecondsMax: 60,
    cacheEntriesMax: 100,
  }
})
afterAll(() => network?.[Symbol.asyncDispose]())

let directory: Directory
let name: string
let count = 0
beforeEach(async () => {
  network.dns.script = undefined
  network.smp.script = undefined
  directory = createDirectory(world)
  name = `0225:directory${++count}`
  await network.smp.publish(name, { url: 'http://ap.test/as4', certificate: receiver.certificate })
})

function question(change: Partial<LookupQuestion> = {}): LookupQuestion {
  return { participant: parseParticipantId(name), documentType: billing, process: billingProcess, ...change }
}

/** How many questions the look-ups of a test cost: DNS and SMP. */
async function cost(run: () => Promise<unknown>): Promise<readonly [dns: number, smp: number]> {
  const before = [network.dns.questions, network.smp.requests.length] as const
  await run()
  return [network.dns.questions - before[0], network.smp.requests.length - before[1]]
}

describe('a receiver that is there', () => {
  it('is found with address, profile and proven certificate', async () => {
    expect(await directory.lookup(question())).toMatchObject({
      kind: 'found',
      address: 'http://ap.test/as4',
      transportProfile: 'peppol-transport-as4-v2_0',
      certificate: { fingerprint: receiver.certificate.fingerprint },
    })
  })

  it('is found whatever the case of its identifier', async () => {
    const upper = parseParticipantId(name.toUpperCase())
    expect((await directory.lookup(question({ participant: upper }))).kind).toBe('found')
  })

  it('is asked for once by many at the same time', async () => {
    const results: LookupResult[] = []
    const many = async (): Promise<void> => {
      results.push(...(await Promise.all(Array.from({ length: 20 }, () => directory.lookup(question())))))
    }
    expect(await cost(many)).toEqual([1, 1])
    expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['found']))
  })

  it('is remembered, and every step says so', async () => {
    const [first] = [await directory.lookup(question())]
    network.clock.advance(10_000)
    let second: LookupResult | undefined
    expect(await cost(async () => (second = await directory.lookup(question())))).toEqual([0, 0])
    expect(second?.kind).toBe('found')
    expect(first.steps.some(({ detail }) => 'cached' in detail)).toBe(false)
    const remembered = second?.steps.filter(({ name: step }) => step !== 'certificate') ?? []
    expect(remembered).toHaveLength(5)
    for (const step of remembered)
      expect(step).toMatchObject({ microseconds: 0, detail: { cached: true, ageSeconds: 10 } })
  })

  it('is proven anew each time: a certificate that ends while the address is remembered is refused', async () => {
    const validTo = new Date(network.clock.now() + 20_000).toISOString()
    const ending = network.issue('access-point', { validTo })
    await network.smp.publish(name, { url: 'http://ap.test/as4', certificate: ending.certificate })
    expect((await directory.lookup(question())).kind).toBe('found')
    network.clock.advance(25_000)
    expect(await directory.lookup(question())).toMatchObject({
      kind: 'unregistered',
      failure: { code: 'certificate-expired', retry: false },
    })
  })

  it('is asked for again when its DNS time to live is over', async () => {
    await directory.lookup(question())
    network.clock.advance(61_000)
    expect(await cost(() => directory.lookup(question()))).toEqual([1, 1])
  })

  it('is remembered no longer than configured', async () => {
    directory = createDirectory({ ...world, cacheSecondsMax: 5 })
    await directory.lookup(question())
    network.clock.advance(6_000)
    expect(await cost(() => directory.lookup(question()))).toEqual([1, 1])
  })

  it('is asked for again when that is wanted, and the new answer is remembered', async () => {
    await directory.lookup(question())
    await network.smp.publish(name, { url: 'http://moved.test/as4', certificate: receiver.certificate })
    expect(await directory.lookup(question())).toMatchObject({ address: 'http://ap.test/as4' })
    expect(await directory.lookup(question(), { fresh: true })).toMatchObject({ address: 'http://moved.test/as4' })
    expect(await directory.lookup(question())).toMatchObject({ address: 'http://moved.test/as4' })
  })

  it('is remembered for each document type by itself', async () => {
    await directory.lookup(question())
    const other = { ...billing, value: billing.value.replace('billing:3.0', 'selfbilling:3.0') }
    expect(await directory.lookup(question({ documentType: other }))).toMatchObject({ kind: 'unregistered' })
  })
})

describe('a receiver that the network says is not there', () => {
  it.each<[string, () => LookupQuestion, string]>([
    ['its name does not exist', () => question({ participant: parseParticipantId('0225:nobody') }), 'unregistered'],
    [
      'its SMP does not know the document type',
      () => question({ documentType: { ...billing, value: billing.value.replace('billing:3.0', 'x:3.0') } }),
      'document-type-not-supported',
    ],
    [
      'its SMP does not know the process',
      () => question({ process: parseProcessId('cenbii-procid-ubl::urn:other') }),
      'process-not-supported',
    ],
  ])('because %s is unregistered: no use in trying again', async (_, asked, code) => {
    const result = await directory.lookup(asked())
    expect(result).toMatchObject({ kind: 'unregistered', failure: { retry: false } })
    if (result.kind === 'unregistered') expect(result.failure.code).toBe(code)
    expect(result.steps[0]).toMatchObject({ name: 'name-hash' })
  })

  it('is remembered as such as long as the zone says', async () => {
    const asked = question({ participant: parseParticipantId('0225:absent') })
    await directory.lookup(asked)
    network.clock.advance(29_000)
    expect(await cost(() => directory.lookup(asked))).toEqual([0, 0])
    network.clock.advance(2_000)
    expect(await cost(() => directory.lookup(asked))).toEqual([1, 0])
  })

  it('is remembered no longer than configured', async () => {
    directory = createDirectory({ ...world, negativeCacheSecondsMax: 5 })
    const asked = question({ participant: parseParticipantId('0225:absent') })
    await directory.lookup(asked)
    network.clock.advance(6_000)
    expect(await cost(() => directory.lookup(asked))).toEqual([1, 0])
  })

  it('whose certificate was revoked is not sent to', async () => {
    const revoked = network.issue('access-point')
    network.pki.revoke(revoked.certificate.serial)
    await network.smp.publish(name, { url: 'http://ap.test/as4', certificate: revoked.certificate })
    const { anchors, crl } = { anchors: network.pki.trust(), crl: { crlPrefixes: [], refreshSeconds: 1 } }
    const trust = createTrust({ anchors, http: world.http, clock: world.clock, log: memoryLog(), ...crl })
    expect(await createDirectory({ ...world, trust }).lookup(question())).toMatchObject({
      kind: 'unregistered',
      failure: { code: 'certificate-revoked' },
    })
  })
})

describe('an answer that says nothing', () => {
  it.each<[string, () => unknown, string]>([
    ['SERVFAIL', () => (network.dns.script = { rcode: 2 }), 'dns-unavailable'],
    ['REFUSED', () => (network.dns.script = { rcode: 5 }), 'dns-unavailable'],
    ['a silent name server', () => (network.dns.script = 'silent'), 'dns-unavailable'],
    ['a name server that talks nonsense', () => (network.dns.script = 'garbage'), 'dns-unavailable'],
    [
      'a record with an unreadable expression',
      () => network.dns.publishRegexp(name, '!^(x+)$!https://x!'),
      'smp-naptr',
    ],
    ['a record without a web address', () => network.dns.publishRegexp(name, '!.*!ftp://x!'), 'smp-url'],
    ['an SMP that answers 500', () => smpAnswers(500), 'smp-unavailable'],
    ['an SMP that answers 301', () => smpAnswers(301), 'smp-unavailable'],
    ['an SMP that answers 403', () => smpAnswers(403), 'smp-unavailable'],
    ['an SMP that is silent', () => (network.smp.script = () => undefined), 'smp-unavailable'],
    ['an SMP that hangs up', () => (network.smp.script = request => void request.socket.destroy()), 'smp-unavailable'],
    ['an SMP that nobody runs', () => network.dns.publish(name, 'http://127.0.0.1:9'), 'smp-unavailable'],
  ])('such as %s is unavailable: later may be better', async (_, breakIt, code) => {
    breakIt()
    expect(await directory.lookup(question())).toMatchObject({ kind: 'unavailable', failure: { code, retry: true } })
  })

  it.each<[string, (body: string) => string]>([
    ['changed after it was signed', body => body.replace('http://ap.test', 'http://xx.test')],
    ['about another participant', body => body.replaceAll(name, '0225:somebodyelse')],
    ['without a signature', body => body.replace(/<ds:Signature[^]*<\/ds:Signature>/, '')],
    ['cut off', body => body.slice(0, 500)],
  ])('such as metadata %s is unavailable', async (_, change) => {
    const path = `/iso6523-actorid-upis::${name}/services/${encodeURIComponent(`${billing.scheme}::${billing.value}`)}`
    const { body } = await ask(network.smp.url + path)
    const changed = change(body.toString())
    expect(changed).not.toBe(body.toString())
    network.smp.script = (_request, response) => void response.end(changed)
    expect(await directory.lookup(question())).toMatchObject({ kind: 'unavailable', failure: { retry: true } })
  })

  it('is never remembered', async () => {
    network.dns.script = { rcode: 2 }
    expect((await directory.lookup(question())).kind).toBe('unavailable')
    network.dns.script = undefined
    expect((await directory.lookup(question())).kind).toBe('found')
  })

  it('does not make a remembered receiver unregistered', async () => {
    await directory.lookup(question())
    network.dns.script = { rcode: 2 }
    expect((await directory.lookup(question(), { fresh: true })).kind).toBe('unavailable')
    network.dns.script = undefined
    expect((await directory.lookup(question())).kind).toBe('found')
  })

  it('is what plain http is on a network that demands https', async () => {
    directory = createDirectory({ ...world, insecure: false })
    expect(await directory.lookup(question())).toMatchObject({ kind: 'unavailable', failure: { code: 'smp-url' } })
  })

  it('is what two redirects in a row are', async () => {
    const target = `${network.smp.url}/iso6523-actorid-upis::${name}again/services/${encodeURIComponent(`${billing.scheme}::${billing.value}`)}`
    const uid = `CN=${network.smp.identity.certificate.commonName}`
    const first = `${name}first`
    await network.smp.redirect(first, target, uid)
    await network.smp.redirect(`${name}again`, target, uid)
    const result = await directory.lookup(question({ participant: parseParticipantId(first) }))
    expect(result).toMatchObject({ kind: 'unavailable', failure: { code: 'smp-redirect' } })
  })
})

function smpAnswers(status: number): void {
  network.smp.script = (_request, response) => void response.writeHead(status, { location: 'http://x/' }).end()
}

describe('what a participant receives', () => {
  it('is told with the address of its SMP', async () => {
    const other = parseDocumentTypeId(`busdox-docid-qns::${billing.value.replace('billing:3.0', 'selfbilling:3.0')}`)
    await network.smp.publish(name, {
      url: 'http://ap.test/as4',
      certificate: receiver.certificate,
      documentTypes: [billing, other],
    })
    const card = await directory.describe(parseParticipantId(name))
    expect(card).toMatchObject({ kind: 'found', smp: network.smp.url, documentTypes: [billing, other] })
    expect(card.steps.map(step => step.name)).toEqual(['name-hash', 'naptr', 'smp'])
  })

  it.each<[string, () => unknown, string, string]>([
    ['unregistered when its name does not exist', () => (name = '0225:nobody'), 'unregistered', 'unregistered'],
    ['unregistered when its SMP does not know it', () => smpAnswers(404), 'unregistered', 'participant-not-at-smp'],
    ['unavailable when its SMP is', () => smpAnswers(503), 'unavailable', 'smp-unavailable'],
    ['unavailable when the name server is', () => (network.dns.script = 'silent'), 'unavailable', 'dns-unavailable'],
  ])('is %s', async (_, arrange, kind, code) => {
    arrange()
    expect(await directory.describe(parseParticipantId(name))).toMatchObject({ kind, failure: { code } })
  })
})
