import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { finished } from 'node:stream/promises'
import { join } from 'node:path'
import { createHttpClient } from '../adapters/http/index.ts'
import { createLog } from '../adapters/log/index.ts'
import { removePostgres, startPostgres } from '../adapters/postgres/index.ts'
import { type Config, loadConfig } from '../config.ts'
import { listen } from '../edge/http/index.ts'
import { WireError } from '../kernel/index.ts'
import { createNode, type PasserelleNode } from '../node.ts'
import { HttpFailure } from '../services/ports.ts'
import { parseParticipantId } from '../wire/peppol/index.ts'
import { smpHostName } from '../wire/smp/index.ts'
import { type SmpRecord, startZoneServer, type ZoneServer } from './dns.ts'
import { type Member, members, zone } from './members.ts'
import { openPki, type Pki } from './pki.ts'
import { Ports } from './ports.ts'

/** A whole network on one machine: PKI with revocation lists, name server, PostgreSQL, two access points with their SMPs. */
export interface Sandbox extends AsyncDisposable {
  readonly sender: PasserelleNode
  readonly receiver: PasserelleNode
  readonly zone: string
  /** `127.0.0.1:8412` */
  readonly dnsServer: string
  readonly anchorsFolder: string
}

export interface SandboxOptions {
  /** Holds keys, data and logs between starts. */
  readonly folder: string
  /** Throws away what an earlier start left. */
  readonly reset: boolean
  /** The first of four ports in a row, refused when taken; without it those from 8410 on, or the next free ones. */
  readonly port: number | undefined
  readonly report: (line: string) => void
}

/** Another sandbox uses the folder. */
class SandboxError extends WireError<'running'> {}

const firstPort = 8410
const host = '127.0.0.1'

/** Brings the network up; disposing ends everything it started. Throws SandboxError and PortError. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { folder, report } = options
  await refuseSecond(folder)
  if (options.reset) await remove(folder, report)
  mkdirSync(folder, { recursive: true })
  await using stack = new AsyncDisposableStack()
  const base = options.port ?? firstPort
  const ports = new Ports({ exact: options.port !== undefined, report })
  const nodePorts = [await ports.take(base, 'the sender'), await ports.take(base + 1, 'the receiver')] as const
  holdFolder(folder, `http://${host}:${nodePorts[0]}`, stack)
  const dnsPort = await ports.take(base + 2, 'the name server')
  const crlPort = await ports.take(base + 3, 'the revocation lists')

  // Both take their time and neither needs the other.
  const [pki, postgres] = await Promise.all([
    openPki(join(folder, 'pki'), { crlUrl: `http://${host}:${crlPort}/crl`, now: new Date() }),
    startPostgres({ folder: join(folder, 'postgres'), log: report }),
  ])
  stack.use(postgres)
  stack.use(await serveLists(pki, crlPort))
  const dns = stack.use(await startZoneServer(zone, dnsPort))
  publish(dns, nodePorts)

  const open = async (member: Member, port: number): Promise<PasserelleNode> => {
    const url = await postgres.createDatabase(`node_${member.name}`)
    const config = await configOf(member, { folder, pki, port, databaseUrl: url, dnsPort, crlPort })
    return stack.use(await createNode(config, { log: logTo(join(folder, `${member.name}.log`), stack) }))
  }
  // One after the other: the second finds its database made from the same template.
  const sender = await open(members.sender, nodePorts[0])
  const receiver = await open(members.receiver, nodePorts[1])
  const owned = stack.move()
  return {
    sender,
    receiver,
    zone,
    dnsServer: `${host}:${dnsPort}`,
    anchorsFolder: pki.anchorsFolder,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/* ── The folder ────────────────────────────────────────────────────────────────────────────── */

/** Who uses the folder: the process, and an address at which it answers while it lives. */
interface Holder {
  readonly pid: number
  readonly url: string
}

function holderFile(folder: string): string {
  return join(folder, 'running.json')
}

async function refuseSecond(folder: string): Promise<void> {
  const file = holderFile(folder)
  if (!existsSync(file)) return
  const { pid, url } = JSON.parse(readFileSync(file, 'utf8')) as Holder
  // After a crash another program may have got the number of the process: only one that answers counts.
  if (!(await answers(`${url}/live`))) return
  throw new SandboxError('running', `a sandbox is running already (process ${pid}, ${url}); end it first`)
}

async function answers(url: string): Promise<boolean> {
  await using http = createHttpClient({ connectTimeoutMilliseconds: 1000, connectionsPerOrigin: 1, allowPrivate: true })
  try {
    const wanted = { method: 'GET', url, headers: {}, body: undefined, timeoutMilliseconds: 2000 } as const
    return (await http.request({ ...wanted, answerOctetsMax: 10_000 })).status === 200
  } catch (error) {
    if (error instanceof HttpFailure) return error.kind === 'lost'
    throw error
  }
}

function holdFolder(folder: string, url: string, stack: AsyncDisposableStack): void {
  const holder: Holder = { pid: process.pid, url }
  writeFileSync(holderFile(folder), JSON.stringify(holder))
  stack.defer(() => rmSync(holderFile(folder), { force: true }))
}

/** The server may still run after a crash: it is stopped before its files go. */
async function remove(folder: string, report: (line: string) => void): Promise<void> {
  await removePostgres({ folder: join(folder, 'postgres'), log: report })
  rmSync(folder, { recursive: true, force: true })
}

/* ── The parts ─────────────────────────────────────────────────────────────────────────────── */

async function serveLists(pki: Pki, port: number): Promise<AsyncDisposable> {
  const handler: Parameters<typeof listen>[0] = (request, response) => {
    const name = /^\/crl\/([\w-]+\.crl)$/.exec(request.url ?? '')?.[1]
    const list = name === undefined ? undefined : pki.revocationList(name, new Date())
    response.writeHead(list === undefined ? 404 : 200, { 'Content-Type': 'application/pkix-crl' })
    response.end(list)
  }
  const limits = { headerOctetsMax: 8192, requestSeconds: 10, keepAliveSeconds: 5, stopSeconds: 1 }
  return await listen(handler, { host, port, tls: undefined, ...limits })
}

/** The records that the SML of a real network would make of the registrations at the two SMPs. */
function publish(dns: ZoneServer, [senderPort, receiverPort]: readonly [number, number]): void {
  dns.publish([recordOf(members.sender, senderPort), recordOf(members.receiver, receiverPort)])
}

function recordOf(member: Member, port: number): SmpRecord {
  return { name: smpHostName(parseParticipantId(member.participant), zone), url: `http://${host}:${port}` }
}

interface Place {
  readonly folder: string
  readonly pki: Pki
  readonly port: number
  readonly databaseUrl: string
  readonly dnsPort: number
  readonly crlPort: number
}

async function configOf(member: Member, place: Place): Promise<Config> {
  const { name, seat, organisation, participant } = member
  const subject = { commonName: seat, organisation, country: 'FR' }
  const accessPoint = await place.pki.issue({ ...subject, name: `${name}/access-point`, role: 'access-point' })
  const smp = await place.pki.issue({ ...subject, name: `${name}/smp`, role: 'smp' })
  const values = {
    'http.host': host,
    'http.port': place.port,
    'http.stopSeconds': 5,
    'database.url': place.databaseUrl,
    'data.folder': join(place.folder, 'data', name),
    'accessPoint.key': accessPoint.key,
    'accessPoint.certificate': accessPoint.certificate,
    'smp.key': smp.key,
    'smp.certificate': smp.certificate,
    'trust.network': 'private',
    'trust.folder': place.pki.anchorsFolder,
    'trust.crlUrlPrefixes': [`http://${host}:${place.crlPort}/crl/`],
    'dns.servers': [`${host}:${place.dnsPort}`],
    'dns.zone': zone,
    'network.insecure': true,
    'exchange.retrySeconds': [2, 5, 15, 60, 300],
    'registrations.participants': [{ participant, name: organisation }],
  }
  // Nothing of the environment: the sandbox is the same wherever it runs.
  return loadConfig({ values }, {})
}

function logTo(file: string, stack: AsyncDisposableStack): ReturnType<typeof createLog> {
  const stream = createWriteStream(file, { flags: 'a' })
  stack.defer(async () => {
    stream.end()
    await finished(stream)
  })
  return createLog({ level: 'info', destination: stream })
}
