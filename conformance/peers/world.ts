import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Koa from 'koa'
import { type EmbeddedPostgres, removePostgres, startPostgres } from '../../src/adapters/postgres/index.ts'
import { createHttpClient } from '../../src/adapters/http/index.ts'
import { readPem } from '../../src/adapters/keys/index.ts'
import { loadConfig } from '../../src/config.ts'
import { listen } from '../../src/edge/http/index.ts'
import { smpDoor } from '../../src/edge/smp/index.ts'
import { type PasserelleNode, createNode } from '../../src/node.ts'
import { startZoneServer } from '../../src/sandbox/dns.ts'
import type { TransmissionId } from '../../src/services/domain.ts'
import type { Log } from '../../src/services/ports.ts'
import type { HttpAnswer } from '../../src/wire/as4/index.ts'
import {
  formatIdentifier,
  parseParticipantId,
  participantKey,
  sameDocumentType,
  sameParticipant,
} from '../../src/wire/peppol/index.ts'
import { buildServiceGroup, buildSignedServiceMetadata, smpHostName } from '../../src/wire/smp/index.ts'
import { services } from './documents.ts'
import { type PeerFolders, type PeerServer, type Phase4, freePort, preparePhase4 } from './phase4.ts'

/** Ours, served by our node; phase4's; and one that nobody serves. */
export const participants = {
  ours: parseParticipantId('0225:391838042'),
  theirs: parseParticipantId('0225:732829320'),
  nobody: parseParticipantId('0225:552100554'),
}

/** What a node has told its log, as far as the matrix needs it. */
export class Journal implements Log {
  readonly #received: { readonly messageId: string; readonly transmissionId: TransmissionId }[] = []

  info(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    if (event !== 'as4.received') return
    const transmissionId = fields['transmissionId'] as TransmissionId
    this.#received.push({ messageId: String(fields['messageId']), transmissionId })
  }

  warn(): void {}

  error(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    process.stderr.write(`${event}: ${String(fields['cause'])}\n`)
  }

  /** The transmission that a message became; undefined when it was refused. */
  received(messageId: unknown): TransmissionId | undefined {
    return this.#received.findLast(one => one.messageId === messageId)?.transmissionId
  }

  /** Messages stored so far. */
  get total(): number {
    return this.#received.length
  }

  /** How many times it was stored. */
  count(messageId: unknown): number {
    return this.#received.filter(one => one.messageId === messageId).length
  }
}

/** Both sides, running, and what stands around them: a PKI, a name server, an SMP for phase4, a database. */
export interface World extends AsyncDisposable {
  readonly phase4: Phase4
  /** phase4 as access point ap2; another object after a restart. */
  readonly peer: PeerServer
  /** Ours, as access point ap1 and SMP smp1. */
  readonly node: PasserelleNode
  readonly journal: Journal
  /** Where phase4 keeps what it has accepted. */
  readonly inbox: string
  readonly dnsServer: string
  readonly zone: string
  /** With further options than it had at first. */
  startPeer(more: readonly string[]): Promise<void>
  /** A further node of ours under the key of another member of the PKI. */
  openNode(member: string): Promise<PasserelleNode>
  /** Writes a file for the peer to read; resolves to its path. */
  file(name: string, octets: Buffer): string
  /** An empty folder for the peer to write to. */
  folder(name: string): string
  post(url: string, headers: Readonly<Record<string, string>>, body: Buffer): Promise<HttpAnswer>
  /** PEM of a member of the PKI. */
  certificateFile(member: string): string
}

const postLimits = { timeoutMilliseconds: 30_000, answerOctetsMax: 1_000_000 }
const zone = 'interop.passerelle.test'
const host = '127.0.0.1'

export async function openWorld(
  folders: PeerFolders,
  { signal, progress }: { readonly signal: AbortSignal; readonly progress: (text: string) => void },
): Promise<World> {
  await using stack = new AsyncDisposableStack()
  const postgresOptions = { folder: join(folders.work, 'postgres'), log: () => {} }
  // First, because it refuses when another run is using the folder.
  await removePostgres(postgresOptions)
  const [peerPort, crlPort] = [await freePort(), await freePort()]
  const phase4 = await preparePhase4(folders, { crlPort, signal, progress })
  progress('starting phase4, PostgreSQL and our node …')
  const [inbox, data, files] = ['inbox', 'data', 'files'].map(name => emptied(join(folders.work, name)))
  if (inbox === undefined || data === undefined || files === undefined) throw new Error('three folders')
  const startPeer = (more: readonly string[]): Promise<PeerServer> =>
    phase4.serve({ port: peerPort, as: 'ap2', inbox, more: [...peerOptions(crlPort), ...more] })
  const [first, postgres] = await Promise.all([startPeer([]), startPostgres(postgresOptions)])
  let peer = first
  // Restarted ones are ended as well.
  stack.defer(() => peer[Symbol.asyncDispose]())
  stack.use(postgres)
  const dns = stack.use(await startZoneServer(zone, 0))
  const place = {
    phase4,
    postgres,
    data,
    crlPort,
    dnsServer: `${host}:${dns.port}`,
    anchors: anchorsOf(phase4, folders),
  }
  const journal = new Journal()
  const openNode = async (member: string, more: Readonly<Record<string, unknown>> = {}): Promise<PasserelleNode> =>
    await createNode(loadConfig({ values: { ...(await valuesOf(member, place)), ...more } }, {}), { log: journal })
  const node = stack.use(await openNode('ap1', smpValues(phase4)))
  const theirSmp = await publishPeer(node, phase4, peer.url, stack)
  dns.publish([
    { name: smpHostName(participants.ours, zone), url: node.url },
    { name: smpHostName(participants.theirs, zone), url: theirSmp },
  ])
  const http = stack.use(
    createHttpClient({ connectTimeoutMilliseconds: 5000, connectionsPerOrigin: 1, allowPrivate: true }),
  )
  const owned = stack.move()
  return {
    phase4,
    get peer() {
      return peer
    },
    node,
    journal,
    inbox,
    dnsServer: place.dnsServer,
    zone,
    startPeer: async more => {
      peer = await startPeer(more)
    },
    openNode: member => openNode(member),
    file: (name, octets) => {
      const path = join(files, name)
      writeFileSync(path, octets)
      return path
    },
    folder: name => emptied(join(files, name)),
    post: (url, headers, octets) =>
      http.request({ method: 'POST', url, headers, body: { octets, length: octets.length }, ...postLimits }),
    certificateFile: member => join(phase4.pki, `${member}.pem`),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function peerOptions(crlPort: number): readonly string[] {
  return ['--revocation', 'crl', '--crl-port', `${crlPort}`, '--serves', participantKey(participants.theirs)]
}

interface Place {
  readonly phase4: Phase4
  readonly postgres: EmbeddedPostgres
  readonly data: string
  readonly crlPort: number
  readonly dnsServer: string
  readonly anchors: string
}

async function valuesOf(member: string, place: Place): Promise<Readonly<Record<string, unknown>>> {
  return {
    'http.port': 0,
    'http.stopSeconds': 2,
    'database.url': await place.postgres.createDatabase(`node_${member.replaceAll('-', '_')}`),
    'data.folder': join(place.data, member),
    'accessPoint.pkcs12': join(place.phase4.pki, `${member}.p12`),
    'accessPoint.password': 'peppol',
    'trust.network': 'private',
    'trust.folder': place.anchors,
    'trust.revocation': 'crl',
    'trust.crlUrlPrefixes': [`http://${host}:${place.crlPort}/`],
    'dns.servers': [place.dnsServer],
    'dns.zone': zone,
    'network.insecure': true,
    'exchange.retrySeconds': [2, 3, 5, 5, 5],
  }
}

function smpValues({ pki }: Phase4): Readonly<Record<string, unknown>> {
  const registered = services.map(({ documentType, process }) => ({
    documentType: formatIdentifier(documentType),
    process: formatIdentifier(process),
  }))
  return {
    'smp.pkcs12': join(pki, 'smp1.p12'),
    'smp.password': 'peppol',
    'registrations.participants': [
      { participant: formatIdentifier(participants.ours), name: 'Atelier des Quais', services: registered },
    ],
  }
}

/** The file names by which a node knows what it may trust for what. */
function anchorsOf({ pki }: Phase4, { work }: PeerFolders): string {
  const anchors = emptied(join(work, 'anchors'))
  copyFileSync(join(pki, 'root.pem'), join(anchors, 'root.pem'))
  copyFileSync(join(pki, 'ap-ca.pem'), join(anchors, 'access-point.pem'))
  copyFileSync(join(pki, 'smp-ca.pem'), join(anchors, 'smp.pem'))
  return anchors
}

/** phase4 has no SMP of its own: one of our making publishes its endpoint. Resolves to the address of that SMP. */
async function publishPeer(
  node: PasserelleNode,
  { pki }: Phase4,
  url: string,
  stack: AsyncDisposableStack,
): Promise<string> {
  const { smpKey } = node
  const [certificate] = readPem(join(pki, 'ap2.pem'))
  if (certificate === undefined || smpKey === undefined) throw new Error('the certificate of ap2 and the key of smp1')
  const participant = participants.theirs
  const endpoint = { ...endpointFacts, address: url, certificate: certificate.der.toString('base64') }
  const app = new Koa()
  const port = await freePort()
  const smpUrl = `http://${host}:${port}`
  app.use(
    smpDoor({
      serviceGroup: async () => {
        const documentTypes = services.map(service => service.documentType)
        return buildServiceGroup({ participant, documentTypes }, smpUrl)
      },
      serviceMetadata: async (asked, documentType) => {
        const service = services.find(one => sameDocumentType(one.documentType, documentType))
        if (service === undefined || !sameParticipant(asked, participant)) return undefined
        const processes = [{ process: service.process, endpoints: [endpoint] }]
        return await buildSignedServiceMetadata({ kind: 'service', participant, documentType, processes }, smpKey)
      },
    }),
  )
  const handle = app.callback()
  const limits = { headerOctetsMax: 8192, requestSeconds: 10, keepAliveSeconds: 5, stopSeconds: 1 }
  stack.use(
    await listen((request, response) => void handle(request, response), { host, port, tls: undefined, ...limits }),
  )
  return smpUrl
}

const endpointFacts = {
  transportProfile: 'peppol-transport-as4-v2_0',
  activeFrom: undefined,
  activeTo: undefined,
  description: 'phase4',
  technicalContactUrl: 'mailto:nobody@localhost',
  technicalInformationUrl: undefined,
}

function emptied(folder: string): string {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return folder
}
