import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../../src/config.ts'
import { type Clock, type Instant, systemClock } from '../../src/kernel/index.ts'
import { type PasserelleNode, createNode } from '../../src/node.ts'
import {
  type DocumentTypeId,
  type ParticipantId,
  parseDocumentTypeId,
  parseParticipantId,
  parseProcessId,
} from '../../src/wire/peppol/index.ts'
import { buildServiceGroup, buildSignedServiceMetadata, smpHostName } from '../../src/wire/smp/index.ts'
import { type DnsScript, startDns } from './dns.ts'
import { memoryLog } from './log.ts'
import { type IssueOptions, type TestIdentity, type TestPki, makeTestPki } from './pki.ts'
import { type TestDatabase, testDatabase } from './postgres.ts'
import { type ScriptedServer, startScripted } from './scripted-server.ts'

/** What is sent where a test does not say otherwise. */
export const billing = parseDocumentTypeId(
  'busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice' +
    '##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1',
)
export const billingProcess = parseProcessId('cenbii-procid-ubl::urn:fdc:peppol.eu:2017:poacc:billing:01:1.0')

export const zone = 'sml.test'

/** A private network on loopback: name server, revocation lists, an SMP that obeys the test, and nodes. */
export interface TestNetwork extends AsyncDisposable {
  readonly pki: TestPki
  /** The time of every node started here: that of the system, and what was advanced. */
  readonly clock: Clock & { advance(milliseconds: number): void }
  /** The server of the revocation lists. */
  readonly lists: ScriptedServer
  readonly dns: TestZone
  readonly smp: TestSmp
  /** A certificate whose revocation list is served here. */
  issue(role: 'access-point' | 'smp', options?: IssueOptions): TestIdentity
  start(name: string, options?: NodeOptions): Promise<TestNode>
  /** Writes a file into the network's folder; its path. */
  file(name: string, content: string): string
  /** Settings of a node for another process; nothing is started. */
  prepare(name: string, options?: NodeOptions): Promise<PreparedNode>
}

export interface NodeOptions {
  /** Settings beside or instead of those of the network. */
  readonly values?: Readonly<Record<string, unknown>>
  /** Participants that this node's SMP publishes and the zone knows. */
  readonly participants?: readonly string[]
  /** Of another node: the two share the work. */
  readonly beside?: PreparedNode
}

export interface PreparedNode {
  readonly identity: TestIdentity
  /** Signs what the node's SMP publishes. */
  readonly smp: TestIdentity
  readonly database: TestDatabase
  readonly blobFolder: string
  readonly values: Readonly<Record<string, unknown>>
}

export interface TestNode extends PreparedNode {
  readonly node: PasserelleNode
  readonly url: string
  readonly log: ReturnType<typeof memoryLog>
}

export interface TestZone {
  /** What every question gets instead of the zone's answer; undefined: the zone's answer. */
  script: DnsScript | undefined
  readonly questions: number
  publish(participant: string, smpUrl: string): void
  /** Publishes any URL-bearing regexp under the participant's name. */
  publishRegexp(participant: string, regexp: string): void
  readonly address: string
}

export interface TestSmp extends ScriptedServer {
  readonly identity: TestIdentity
  /** Publishes the participant here and in the zone: documents of this type go to the URL under the certificate. */
  publish(participant: string, endpoint: PublishedEndpoint): Promise<void>
  /** Publishes a redirect of every document type to another SMP, whose signer is named. */
  redirect(participant: string, href: string, certificateUid: string): Promise<void>
}

export interface PublishedEndpoint {
  readonly url: string
  readonly certificate: TestIdentity['certificate']
  readonly documentTypes?: readonly DocumentTypeId[]
}

export async function startNetwork(): Promise<TestNetwork> {
  await using stack = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'passerelle-network-'))
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  const pki = makeTestPki()
  const lists = stack.use(
    await startScripted((request, response) => {
      response.end(pki.crl(request.url === '/smp.crl' ? pki.smpCa : pki.accessPointCa))
    }),
  )
  const issue: TestNetwork['issue'] = (role, options) =>
    pki.issue(role, { crlUrl: `${lists.url}/${role === 'smp' ? 'smp' : 'ap'}.crl`, ...options })
  const dns = await startZone(stack)
  const smp = await startSmp(stack, issue('smp', { commonName: 'PFR000900' }), dns)
  const clock = shiftedClock()
  const anchors = join(folder, 'anchors')
  mkdirSync(anchors)
  for (const [name, ca] of Object.entries({ root: pki.root, 'access-point': pki.accessPointCa, smp: pki.smpCa })) {
    writeFileSync(join(anchors, `${name}.pem`), ca.certificatePem)
  }
  let seats = 0
  const owned = stack.move()
  const prepare: TestNetwork['prepare'] = async (name, options = {}) => {
    const beside = options.beside
    const identity = beside?.identity ?? issue('access-point', { commonName: `PFR${String(++seats).padStart(6, '0')}` })
    const database = beside?.database ?? owned.use(await testDatabase())
    const smpKeys = issue('smp', { commonName: `PFR${String(500 + seats).padStart(6, '0')}` })
    const data = beside?.blobFolder ?? join(folder, name)
    const values = {
      'http.port': 0,
      'http.stopSeconds': 1,
      'database.url': database.url,
      'data.folder': data,
      'rules.folder': join(folder, 'rules'),
      'accessPoint.key': write(join(folder, `${name}.key.pem`), identity.privateKeyPem),
      'accessPoint.certificate': write(join(folder, `${name}.pem`), identity.certificatePem),
      'smp.key': write(join(folder, `${name}.smp.key.pem`), smpKeys.privateKeyPem),
      'smp.certificate': write(join(folder, `${name}.smp.pem`), smpKeys.certificatePem),
      'trust.network': 'private',
      'trust.folder': anchors,
      'trust.crlUrlPrefixes': [lists.url],
      'dns.servers': [dns.address],
      'dns.zone': zone,
      'dns.timeoutMilliseconds': 200,
      'network.insecure': true,
      'network.smpMilliseconds': 1000,
      'network.postMilliseconds': 10_000,
      'exchange.retrySeconds': [0, 0, 0],
      'registrations.participants': (options.participants ?? []).map(participant => ({ participant, name })),
      ...options.values,
    }
    return { identity, smp: smpKeys, database, blobFolder: data, values }
  }
  return {
    pki,
    clock,
    lists,
    dns,
    smp,
    issue,
    prepare,
    file: (name, content) => write(join(folder, name), content),
    async start(name, options = {}) {
      const prepared = await prepare(name, options)
      const log = memoryLog()
      const node = owned.use(await createNode(loadConfig({ values: prepared.values }, {}), { log, clock }))
      for (const participant of options.participants ?? []) dns.publish(participant, node.url)
      return { ...prepared, node, url: node.url, log }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function write(path: string, content: string): string {
  writeFileSync(path, content, { mode: 0o600 })
  return path
}

function shiftedClock(): TestNetwork['clock'] {
  let shift = 0
  return {
    now: () => (systemClock.now() + shift) as Instant,
    advance: milliseconds => {
      shift += milliseconds
    },
  }
}

/* ── Its servers ───────────────────────────────────────────────────────────────────────────── */

async function startZone(stack: AsyncDisposableStack): Promise<TestZone> {
  const regexps = new Map<string, string>()
  const server = stack.use(
    await startDns(({ name }) => {
      if (control.script !== undefined) return control.script
      const regexp = regexps.get(name.toLowerCase())
      if (regexp === undefined) return { rcode: 3, authorities: [authority] }
      const data = { order: 100, preference: 10, flags: 'U', services: 'Meta:SMP', regexp, replacement: '.' }
      return { answers: [{ type: 'NAPTR', name, ttl: 60, data }] }
    }),
  )
  const control: TestZone = {
    script: undefined,
    address: server.address,
    get questions() {
      return server.questions.length
    },
    publish: (participant, smpUrl) => void regexps.set(nameOf(participant), `!.*!${smpUrl}!`),
    publishRegexp: (participant, regexp) => void regexps.set(nameOf(participant), regexp),
  }
  return control
}

/** Its minimum says how long the absence of a name may be remembered. [RFC 2308 §5] */
const authority = {
  type: 'SOA',
  name: zone,
  ttl: 30,
  data: {
    mname: `ns.${zone}`,
    rname: `hostmaster.${zone}`,
    serial: 1,
    refresh: 60,
    retry: 60,
    expire: 600,
    minimum: 30,
  },
} as const

function nameOf(participant: string): string {
  return smpHostName(parseParticipantId(participant), zone).toLowerCase()
}

async function startSmp(stack: AsyncDisposableStack, identity: TestIdentity, dns: TestZone): Promise<TestSmp> {
  const bodies = new Map<string, Buffer>()
  const server = stack.use(
    await startScripted((request, response) => {
      const path = decodeURIComponent(request.url ?? '').toLowerCase()
      const body = bodies.get(path) ?? bodies.get(path.replace(/services\/.*/, 'services/*'))
      response.writeHead(body === undefined ? 404 : 200, { 'Content-Type': 'application/xml' }).end(body)
    }),
  )
  return Object.assign(server, {
    identity,
    async publish(name: string, { url, certificate, documentTypes = [billing] }: PublishedEndpoint) {
      const participant = parseParticipantId(name)
      dns.publish(name, server.url)
      bodies.set(groupOf(participant), buildServiceGroup({ participant, documentTypes }, server.url))
      const endpoint = {
        transportProfile: 'peppol-transport-as4-v2_0',
        address: url,
        activeFrom: undefined,
        activeTo: undefined,
        certificate: certificate.der.toString('base64'),
        description: 'test',
        technicalContactUrl: 'mailto:test@localhost',
        technicalInformationUrl: undefined,
      }
      for (const documentType of documentTypes) {
        const processes = [{ process: billingProcess, endpoints: [endpoint] }]
        const metadata = { kind: 'service', participant, documentType, processes } as const
        const path = `${groupOf(participant)}/services/${documentType.scheme}::${documentType.value}`.toLowerCase()
        bodies.set(path, await buildSignedServiceMetadata(metadata, identity.keys))
      }
    },
    async redirect(name: string, href: string, certificateUid: string) {
      dns.publish(name, server.url)
      const metadata = { kind: 'redirect', href, certificateUid } as const
      bodies.set(
        `${groupOf(parseParticipantId(name))}/services/*`,
        await buildSignedServiceMetadata(metadata, identity.keys),
      )
    },
  })
}

function groupOf({ scheme, value }: ParticipantId): string {
  return `/${scheme}::${value}`.toLowerCase()
}
