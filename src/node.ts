import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import Koa from 'koa'
import { openBlobFolder } from './adapters/blobs/index.ts'
import { createDnsResolver } from './adapters/dns/index.ts'
import { createHttpClient } from './adapters/http/index.ts'
import { KeyFileError, loadKeys, readAnchors, readPem } from './adapters/keys/index.ts'
import { createLog } from './adapters/log/index.ts'
import { type Database, connect, startPostgres } from './adapters/postgres/index.ts'
import { type Config, ConfigError, anchorsFolderOf, publicUrlOf, zoneOf } from './config.ts'
import { HeldMemory, apiDoor } from './edge/api/index.ts'
import { as4Door } from './edge/as4/index.ts'
import { type RequestState, errorMapper, listen, requestId } from './edge/http/index.ts'
import { opsDoor } from './edge/ops/index.ts'
import { smpDoor } from './edge/smp/index.ts'
import { type Branding, isColor, readLogo } from './wire/view/index.ts'
import { type Engine, openEngine } from './engine/index.ts'
import { type Clock, type Random, systemClock, systemRandom } from './kernel/index.ts'
import { type Directory, createDirectory } from './services/directory/index.ts'
import type { Route } from './services/domain.ts'
import { type Exchange, createExchange } from './services/exchange/index.ts'
import { type Invoicing, createInvoicing } from './services/invoicing/index.ts'
import { type Mappings, createMappings } from './services/mapping/index.ts'
import type { BlobStore, DnsResolver, HttpClient, Log, TransmissionReader } from './services/ports.ts'
import { type Registry, createRegistry } from './services/registry/index.ts'
import { type Tenants, createTenants } from './services/tenants/index.ts'
import { type Trust, createTrust } from './services/trust/index.ts'
import { type DecryptionKey, type SigningKey, buildTrust } from './wire/pki/index.ts'
import {
  parseDocumentTypeId,
  parseParticipantId,
  parseProcessId,
  participantKey,
  readCodeLists,
} from './wire/peppol/index.ts'

/** A whole node: it listens, and works until it is disposed. */
export interface PasserelleNode extends Core {
  /** Where it is reached, without a trailing slash. */
  readonly url: string
}

/**
 * Listens, makes everything, opens the doors, starts the workers. Throws ListenError, ConfigError, KeyFileError or the error of the
 * database; nothing is left running then.
 */
export async function createNode(given: Config, environment: NodeEnvironment = {}): Promise<PasserelleNode> {
  await using stack = new AsyncDisposableStack()
  const doors = new LateDoors()
  const server = stack.use(await listen(doors.handle, serverOptionsOf(given)))
  // Port 0 is known only when it is taken; everything below publishes the real one.
  const config = { ...given, http: { ...given.http, port: server.port } }
  const core = stack.use(await createCore(config, environment))
  doors.open(appOf(core, environment.random ?? systemRandom))
  await core.exchange.start()
  const url = publicUrlOf(config)
  core.log.info('node.started', { url, accessPoint: core.keys.certificate.commonName, network: config.trust.network })
  const owned = stack.move()
  // The doors close before the exchange stops: what is being received is received to its end.
  const stop = async (): Promise<void> => {
    await server[Symbol.asyncDispose]()
    await owned.disposeAsync()
    core.log.info('node.stopped', { url })
  }
  return { ...core, url, [Symbol.asyncDispose]: stop }
}

type Handler = Parameters<typeof listen>[0]

/** The port is taken before the database starts; who calls meanwhile is told to come back. */
class LateDoors {
  #handler: Handler = (_request, response) => {
    response.writeHead(503, { 'Content-Type': 'text/plain', 'Retry-After': '1' }).end('starting\n')
  }

  readonly handle: Handler = (request, response) => this.#handler(request, response)

  open(app: Koa<RequestState>): void {
    const callback = app.callback()
    this.#handler = (request, response) => void callback(request, response)
  }
}

function appOf(core: Core, random: Random): Koa<RequestState> {
  const { config, log, clock, exchange, registry, database, keys, smpKey } = core
  const app = new Koa<RequestState>()
  app.on('error', (cause: Error) => log.warn('http.broken', { cause }))
  app.use(requestId(random))
  app.use(errorMapper(log))
  const as4 = as4Door(exchange)
  app.use((ctx, next) => (ctx.path === '/as4' ? as4(ctx, next) : next()))
  const certificates = [{ name: 'access point certificate', certificate: keys.certificate }]
  if (smpKey !== undefined) certificates.push({ name: 'SMP certificate', certificate: smpKey.certificate })
  app.use(opsDoor({ clock, checkDatabase: async () => void (await database.nextDue()), certificates }))
  const doors = apiDoor({
    ...core,
    spool: core.blobs,
    random,
    held: new HeldMemory({
      octetsMax: config.documents.heldOctetsMax,
      waitSecondsMax: config.documents.secondsMax,
    }),
    limits: { ...config.api, documentOctetsMax: config.limits.inflatedOctetsMax },
    tokenHashes: config.api.tokens,
    publicUrl: publicUrlOf(config),
  })
  for (const door of doors) app.use(door)
  app.use(smpDoor(registry))
  return app
}

/** Throws ConfigError for a logo that is no picture we can show, and for a colour that is none. */
function brandingOf({ branding }: Config): Branding {
  const { logo: file, color, footer } = branding
  const logo = file === undefined ? undefined : readFileSync(file)
  if (logo !== undefined && readLogo(logo) === undefined) {
    throw new ConfigError('unfit', `branding.logo: ${file} is no sound PNG or JPEG of ordinary colours`)
  }
  if (color !== undefined && !isColor(color)) {
    throw new ConfigError('unfit', `branding.color: ${color} must be # and six hexadecimal digits`)
  }
  return { ...(logo && { logo }), ...(color !== undefined && { color }), ...(footer !== undefined && { footer }) }
}

function serverOptionsOf({ http }: Config): Parameters<typeof listen>[1] {
  const tls =
    http.tlsKey === undefined || http.tlsCertificate === undefined
      ? undefined
      : { key: http.tlsKey, certificate: http.tlsCertificate }
  return { ...http, tls }
}

/** A whole node without its doors: everything that decides, wired to everything it needs. */
export interface Core extends AsyncDisposable {
  readonly config: Config
  readonly log: Log
  readonly clock: Clock
  readonly keys: SigningKey & DecryptionKey
  /** undefined: this node is no SMP. */
  readonly smpKey: SigningKey | undefined
  readonly database: Database
  readonly reader: TransmissionReader
  readonly blobs: BlobStore
  readonly exchange: Exchange
  readonly directory: Directory
  readonly registry: Registry
  readonly invoicing: Invoicing
  readonly mappings: Mappings
  readonly tenants: Tenants
  /** Judges and converts documents. */
  readonly documents: Engine
  readonly trust: Trust
}

/** What a caller may bring instead of what the configuration would make. */
export interface NodeEnvironment {
  readonly log?: Log
  readonly clock?: Clock
  readonly random?: Random
}

const codeListsFile = fileURLToPath(new URL('../config/code-lists/peppol-9.7.json', import.meta.url))

/** Makes everything in order and hands each only what it needs. Throws ConfigError or KeyFileError with a message for people. */
export async function createCore(config: Config, environment: NodeEnvironment = {}): Promise<Core> {
  const { clock = systemClock, random = systemRandom, log = createLog({ level: config.log.level }) } = environment
  const { keys, smpKey } = openKeys(config)
  const branding = brandingOf(config)
  await using stack = new AsyncDisposableStack()
  const blobs = await openBlobFolder(config.data.folder, { memoryOctetsMax: config.data.memoryOctetsMax })
  const database = stack.use(await openDatabase(config, { blobs, log, stack }))
  const { http, dns } = openNetwork(config, stack)
  const trust = createTrust({ http, clock, log, ...trustSettings(config) })
  const directory = createDirectory({ clock, dns, http, trust, ...directorySettings(config) })
  const codeLists = readCodeLists(JSON.parse(readFileSync(codeListsFile, 'utf8')))
  const registry = createRegistry({
    clock,
    codeLists,
    store: database,
    smpKey,
    ...registrySettings(config, keys),
  })
  const documents = stack.use(openEngine({ clock, ...engineSettings(config) }))
  const exchange = stack.use(
    createExchange({
      documents,
      clock,
      random,
      log,
      store: database,
      blobs,
      http,
      directory,
      registry,
      trust,
      signingKey: keys,
      decryptionKeys: [keys, ...formerKeys(config)],
      ...exchangeSettings(config),
    }),
  )
  const invoicing = createInvoicing({
    random,
    exchange,
    documents,
    blobs,
    codeLists,
    staticRoutes: staticRoutesOf(config),
  })
  await registerConfigured(config, registry)
  const owned = stack.move()
  return {
    config,
    log,
    clock,
    keys,
    smpKey,
    database,
    reader: database,
    blobs,
    exchange,
    directory,
    registry,
    invoicing,
    mappings: createMappings({ clock, store: database }),
    tenants: createTenants({ clock, store: database, branding }),
    documents,
    trust,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function openKeys(config: Config): Pick<Core, 'keys' | 'smpKey'> {
  const keys = loadKeys(sourceOf(config.accessPoint))
  if (keys !== undefined) return { keys, smpKey: loadKeys(sourceOf(config.smp)) }
  throw new ConfigError('unfit', 'accessPoint.key: the access point needs a key and certificate (PEM pair or pkcs12)')
}

function trustSettings(config: Config) {
  const { crlUrlPrefixes, crlRefreshSeconds } = config.trust
  return { anchors: anchorsOf(config), crlPrefixes: crlUrlPrefixes, refreshSeconds: crlRefreshSeconds }
}

function directorySettings(config: Config) {
  return {
    zone: zoneOf(config) ?? '',
    insecure: config.network.insecure,
    timeoutMilliseconds: config.network.smpMilliseconds,
    cacheSecondsMax: config.cache.foundSecondsMax,
    negativeCacheSecondsMax: config.cache.absentSecondsMax,
    cacheEntriesMax: config.cache.entriesMax,
  }
}

function registrySettings(config: Config, { certificate }: SigningKey) {
  const publicUrl = publicUrlOf(config)
  return {
    smpUrl: publicUrl,
    accessPoint: {
      url: `${publicUrl}/as4`,
      certificate,
      description: 'Passerelle access point',
      technicalContactUrl: config.smp.technicalContactUrl,
    },
    cacheSeconds: registrationCacheSeconds,
  }
}

function exchangeSettings(config: Config) {
  return {
    messageIdHost: messageIdHostOf(publicUrlOf(config)),
    limits: config.limits,
    answerTimeoutMilliseconds: config.network.postMilliseconds,
    retryPausesSeconds: config.exchange.retrySeconds,
    sendConcurrency: config.exchange.sendersMax,
    processConcurrency: config.exchange.processorsMax,
    stopSeconds: config.http.stopSeconds,
  }
}

function engineSettings({ rules, documents }: Config) {
  const { threadsMax, threadOctetsMin, secondsMax, megabytesMax } = documents
  return {
    rulesFolder: rules.folder,
    threads: { count: threadsMax, secondsMax, megabytesMax },
    threadedFrom: threadOctetsMin,
  }
}

/** Other nodes on the same database see a changed registration after this time. */
const registrationCacheSeconds = 5

/** Until every sender has seen the new certificate in the SMP, some encipher for the old one. [peppol.md §2.5] */
function formerKeys({ accessPoint }: Config): readonly DecryptionKey[] {
  return accessPoint.former.map(({ key, certificate }) => {
    const keys = loadKeys({ key, certificate, pkcs12: undefined, password: undefined })
    if (keys === undefined) throw new ConfigError('unfit', `accessPoint.former: ${key} holds no key`)
    return keys
  })
}

function sourceOf(keys: Config['accessPoint'] | Config['smp']): Parameters<typeof loadKeys>[0] {
  return { key: keys.key, certificate: keys.certificate, pkcs12: keys.pkcs12, password: keys.password?.reveal() }
}

async function openDatabase(
  config: Config,
  { blobs, log, stack }: { blobs: BlobStore; log: Log; stack: AsyncDisposableStack },
): Promise<Database> {
  const options = { blobs, connectionsMax: config.database.connectionsMax }
  if (config.database.url !== undefined) return await connect(config.database.url.reveal(), options)
  const postgres = stack.use(
    await startPostgres({ folder: config.database.folder, log: message => log.info('postgres', { message }) }),
  )
  return await connect(await postgres.createDatabase('passerelle'), options)
}

function openNetwork(config: Config, stack: AsyncDisposableStack): { http: HttpClient; dns: DnsResolver } {
  const http = stack.use(
    createHttpClient({
      connectTimeoutMilliseconds: config.network.connectMilliseconds,
      connectionsPerOrigin: config.network.connectionsPerPeer,
      allowPrivate: config.trust.network === 'private',
      extraAuthorities: config.network.tlsAuthorities.map(file => readFileSync(file, 'utf8')),
    }),
  )
  const dns = createDnsResolver({
    servers: config.dns.servers,
    timeoutMilliseconds: config.dns.timeoutMilliseconds,
  })
  return { http, dns }
}

function anchorsOf(config: Config): Parameters<typeof createTrust>[0]['anchors'] {
  const anchors = readAnchors(anchorsFolderOf(config))
  return buildTrust({ ...anchors, revocation: config.trust.revocation === 'crl' ? 'required' : 'off' })
}

/** The right part of message ids must be a dot-atom. [peppol.md §1.1] */
function messageIdHostOf(publicUrl: string): string {
  return new URL(publicUrl).hostname.replaceAll(/[^A-Za-z0-9.-]/g, '') || 'passerelle'
}

function staticRoutesOf(config: Config): ReadonlyMap<string, Route> {
  return new Map(
    config.receivers.static.map(({ participant, url, certificate }) => {
      const [first] = readPem(certificate)
      if (first === undefined) throw new KeyFileError('no-certificate', `${certificate} holds no certificate`)
      const certificatePem = first.der.toString('base64')
      return [participantKey(parseParticipantId(participant)), { kind: 'static', url, certificatePem }]
    }),
  )
}

/** BIS Billing 3, what a participant without a list of his own receives. [peppol.md §3.4] */
const billingServices = ['Invoice', 'CreditNote'].map(root => ({
  documentType:
    `busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:${root}-2::${root}` +
    '##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1',
  process: 'cenbii-procid-ubl::urn:fdc:peppol.eu:2017:poacc:billing:01:1.0',
}))

async function registerConfigured(config: Config, registry: Registry): Promise<void> {
  for (const { participant, name, services } of config.registrations.participants) {
    const listed = services.length > 0 ? services : billingServices
    await registry.register({
      participant: parseParticipantId(participant),
      name,
      services: listed.map(service => ({
        documentType: parseDocumentTypeId(service.documentType),
        process: parseProcessId(service.process),
      })),
    })
  }
}
