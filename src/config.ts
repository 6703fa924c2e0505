import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  choice,
  ConfigError,
  countryCode,
  dnsServer,
  flag,
  folder,
  integer,
  keyPair,
  list,
  messageOf,
  objectOf,
  optionalFile,
  optionalText,
  optionalUrl,
  participant,
  pathOf,
  seconds,
  secret,
  type Setting,
  sha256,
  staticReceiver,
  text,
  url,
} from './setting.ts'

export { ConfigError, Secret } from './setting.ts'

/**
 * Every setting once. The name of a setting is `group.key`; its environment variable follows from it:
 * `http.publicUrl` is PASSERELLE_HTTP_PUBLIC_URL. This file is the only reader of the environment.
 */
const settings = {
  http: {
    host: text({ default: '127.0.0.1', text: 'Address to listen on; 0.0.0.0 or :: for every interface.' }),
    port: integer({ default: 8080, min: 0, max: 65_535, text: 'Port to listen on; 0 takes a free one.' }),
    publicUrl: optionalUrl({
      text: 'How others reach this node, without a trailing slash; the default is made of address and port.',
    }),
    tlsCertificate: optionalFile({ text: 'PEM certificate chain for HTTPS; without it TLS ends at a proxy in front.' }),
    tlsKey: optionalFile({ text: 'PEM private key for HTTPS.' }),
    headerOctetsMax: integer({
      default: 16_384,
      min: 1024,
      unit: 'octets',
      text: 'A longer request header is answered with 431.',
    }),
    requestSeconds: integer({
      default: 300,
      min: 1,
      unit: 'seconds',
      text: 'A request that has not arrived completely by then is dropped.',
    }),
    keepAliveSeconds: integer({
      default: 65,
      min: 1,
      unit: 'seconds',
      text: 'How long an idle connection is kept open.',
    }),
    stopSeconds: integer({
      default: 20,
      min: 0,
      unit: 'seconds',
      text: 'How long a stopping node lets running requests end.',
    }),
  },
  api: {
    tokens: list({
      item: sha256,
      text: 'SHA-256 (hexadecimal) of each bearer token; `passerelle keys token` makes one. Without any, the API is open and only allowed on loopback.',
    }),
    bodyOctetsMax: integer({
      default: 104_857_600,
      min: 1024,
      unit: 'octets',
      text: 'A longer request body is answered with 413.',
    }),
    jsonOctetsMax: integer({
      default: 33_554_432,
      min: 1024,
      unit: 'octets',
      text: 'The same for JSON, which is read in memory.',
    }),
    pageMax: integer({ default: 200, min: 1, max: 1000, text: 'Most invoices in one answer of a list.' }),
  },
  database: {
    url: secret({
      text: 'PostgreSQL connection URL. Without it an embedded PostgreSQL is started in database.folder.',
    }),
    folder: folder({ default: '.passerelle/postgres', text: 'Data folder of the embedded PostgreSQL.' }),
    connectionsMax: integer({ default: 10, min: 2, max: 1000, text: 'Connections to the database.' }),
  },
  data: {
    folder: folder({ default: '.passerelle/data', text: 'Where payloads too large for the database lie.' }),
    memoryOctetsMax: integer({
      default: 262_144,
      min: 0,
      unit: 'octets',
      text: 'A larger payload goes to the data folder.',
    }),
  },
  accessPoint: {
    key: optionalFile({ text: 'PEM private key of the access point.' }),
    certificate: optionalFile({ text: 'PEM certificate of the access point.' }),
    pkcs12: optionalFile({ text: 'PKCS#12 file with both, instead of the PEM pair.' }),
    password: secret({ text: 'Password of the PKCS#12 file or of the encrypted PEM key.' }),
    former: list({
      item: keyPair,
      text: 'Keys of before a roll-over, `{ key, certificate }` in unencrypted PEM: messages that are still enciphered for them are read.',
    }),
    country: countryCode({
      default: 'FR',
      text: 'ISO 3166-1 code of the country of our senders (C1) where a document does not say it.',
    }),
  },
  smp: {
    key: optionalFile({ text: 'PEM private key of the SMP. Without key and certificate this node publishes nothing.' }),
    certificate: optionalFile({ text: 'PEM certificate of the SMP.' }),
    pkcs12: optionalFile({ text: 'PKCS#12 file with both, instead of the PEM pair.' }),
    password: secret({ text: 'Password of the PKCS#12 file or of the encrypted PEM key.' }),
    technicalContactUrl: text({ default: 'mailto:operations@localhost', text: 'Published with every endpoint.' }),
  },
  trust: {
    network: choice({
      default: 'peppol-test',
      of: ['peppol-production', 'peppol-test', 'private'],
      text: 'Whose certificates are trusted; one network per process.',
    }),
    folder: optionalFile({
      text: 'For a private network: folder of PEM files named root*.pem, access-point*.pem and smp*.pem.',
    }),
    revocation: choice({
      default: 'crl',
      of: ['crl', 'off'],
      text: '`off` only for private networks that have no revocation lists.',
    }),
    crlUrlPrefixes: list({
      item: url,
      default: ['http://crl.one.nl.digicert.com/'],
      text: 'Revocation lists are fetched from below these addresses only.',
    }),
    crlRefreshSeconds: integer({
      default: 21_600,
      min: 10,
      unit: 'seconds',
      text: 'How often revocation lists are fetched again.',
    }),
  },
  dns: {
    servers: list({
      item: dnsServer,
      text: 'Name servers as address or address:port, tried in turn; the default is those of the system.',
    }),
    zone: optionalText({
      text: 'Zone of the SML; the default is that of trust.network. A private network must name one to look anybody up.',
    }),
    timeoutMilliseconds: integer({
      default: 3000,
      min: 50,
      unit: 'milliseconds',
      text: 'How long one name server is waited for.',
    }),
  },
  network: {
    insecure: flag({ default: false, text: 'Allows http:// for SMPs and access points: private networks only.' }),
    tlsAuthorities: list({
      item: pathOf,
      text: 'PEM files of authorities whose TLS certificates are trusted beside those of the public ones: private networks.',
    }),
    connectMilliseconds: integer({
      default: 10_000,
      min: 50,
      unit: 'milliseconds',
      text: 'How long a connection may take to be made.',
    }),
    smpMilliseconds: integer({
      default: 15_000,
      min: 50,
      unit: 'milliseconds',
      text: 'How long an SMP or a revocation list is waited for.',
    }),
    postMilliseconds: integer({
      default: 300_000,
      min: 50,
      unit: 'milliseconds',
      text: 'How long the answer to a posted message is waited for.',
    }),
    connectionsPerPeer: integer({
      default: 16,
      min: 1,
      max: 1000,
      text: 'Kept connections to one other access point.',
    }),
  },
  limits: {
    soapOctetsMax: integer({ default: 262_144, min: 4096, unit: 'octets', text: 'Of the SOAP part of a message.' }),
    partHeaderOctetsMax: integer({ default: 8192, min: 256, unit: 'octets', text: 'Of the headers of one MIME part.' }),
    partsMax: integer({ default: 4, min: 2, max: 100, text: 'MIME parts of a message, the SOAP part included.' }),
    messageOctetsMax: integer({ default: 157_286_400, min: 65_536, unit: 'octets', text: 'Of a whole AS4 request.' }),
    inflatedOctetsMax: integer({
      default: 157_286_400,
      min: 65_536,
      unit: 'octets',
      text: 'Of one payload after decompression.',
    }),
    headOctets: integer({
      default: 65_536,
      min: 4096,
      unit: 'octets',
      text: 'How much of a payload is kept at hand to read its header.',
    }),
  },
  exchange: {
    sendersMax: integer({ default: 32, min: 1, max: 1000, text: 'Messages sent at the same time.' }),
    processorsMax: integer({ default: 32, min: 1, max: 1000, text: 'Received messages worked on at the same time.' }),
    retrySeconds: list({
      item: seconds,
      default: [30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 57_600],
      unit: 'seconds',
      text: 'Pause before each further attempt; after the last one a transmission fails.',
    }),
  },
  rules: {
    folder: folder({
      default: '.passerelle/rules',
      text: 'Where imported rule packs and schemas lie; `passerelle rules import` puts them there.',
    }),
  },
  documents: {
    threadsMax: integer({
      default: 2,
      min: 1,
      max: 64,
      text: 'Threads that judge and convert large documents, so that these hold nothing up.',
    }),
    threadOctetsMin: integer({
      default: 1_048_576,
      min: 0,
      unit: 'octets',
      text: 'A document of this size or more goes to such a thread.',
    }),
    secondsMax: integer({
      default: 60,
      min: 1,
      max: 3600,
      unit: 'seconds',
      text: 'A document that takes longer in a thread is given up and told so.',
    }),
    megabytesMax: integer({
      default: 1024,
      min: 128,
      max: 65_536,
      unit: 'megabytes',
      text: 'The same for the memory of the thread.',
    }),
  },
  cache: {
    foundSecondsMax: integer({
      default: 900,
      min: 0,
      unit: 'seconds',
      text: 'How long a found endpoint is kept at most; a shorter DNS time to live wins.',
    }),
    absentSecondsMax: integer({
      default: 60,
      min: 0,
      unit: 'seconds',
      text: 'How long an unregistered participant is remembered as such.',
    }),
    entriesMax: integer({ default: 10_000, min: 1, text: 'Cached look-ups.' }),
  },
  receivers: {
    static: list({
      item: staticReceiver,
      text: 'Receivers whose endpoint is given by hand: {"participant", "url", "certificate": PEM file}.',
    }),
  },
  registrations: {
    participants: list({
      item: participant,
      text: 'Participants registered at start: {"participant", "name", "services": [{"documentType", "process"}]}; without services those of Peppol BIS Billing 3.',
    }),
  },
  log: {
    level: choice({
      default: 'info',
      of: ['info', 'warn', 'error', 'silent'],
      text: 'Least severe event that is written.',
    }),
  },
} satisfies Record<string, Record<string, Setting<unknown>>>

type Settings = typeof settings
type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** All settings with their values, as `config.group.key`. Secrets are Secret objects, so that it can be printed as it is. */
export type Config = {
  readonly [G in keyof Settings]: {
    readonly [K in keyof Settings[G]]: Settings[G][K] extends Setting<infer T> ? T : never
  }
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads a JSON file (when given) and lays the environment over it. `values` of the caller (command line) win over both.
 * Paths are relative to the folder of the file they stand in, else to the working directory. Throws ConfigError.
 */
export function loadConfig(
  source: { readonly file?: string; readonly values?: Readonly<Record<string, unknown>> },
  environment: Environment = process.env,
): Config {
  const fromFile = source.file === undefined ? new Map<string, unknown>() : flatten(readJson(source.file))
  const fileBase = source.file === undefined ? process.cwd() : dirname(resolve(source.file))
  const fromEnvironment = readEnvironment(environment)
  const given = new Map(Object.entries(source.values ?? {}))
  refuseUnknown([...fromFile.keys(), ...given.keys()])
  const config: Record<string, Record<string, unknown>> = {}
  for (const { group, key, name, setting } of rows()) {
    const where = { name, base: process.cwd() }
    const read = (): unknown => {
      if (given.has(name)) return setting.read(given.get(name), where)
      const fromText = fromEnvironment.get(name)
      if (fromText !== undefined) return setting.read(setting.parse(fromText, where), where)
      if (fromFile.has(name)) return setting.read(fromFile.get(name), { name, base: fileBase })
      return setting.default === undefined ? undefined : setting.read(setting.default, where)
    }
    ;(config[group] ??= {})[key] = read()
  }
  const complete = config as Mutable<Config>
  refuseUnfit(complete)
  return complete
}

/** Address and port the node is reached at when nothing else is configured. */
export function publicUrlOf(config: Config): string {
  if (config.http.publicUrl !== undefined) return config.http.publicUrl
  const scheme = config.http.tlsCertificate === undefined ? 'http' : 'https'
  const wildcard = config.http.host === '0.0.0.0' || config.http.host === '::'
  const host = wildcard ? '127.0.0.1' : config.http.host
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${config.http.port}`
}

/** Zones of the SML per network. [peppol.md §4.1] */
const smlZones: Readonly<Record<string, string>> = {
  'peppol-production': 'participant.sml.prod.tech.peppol.org',
  'peppol-test': 'participant.sml.test.tech.peppol.org',
}

/** The zone participants are looked up in; undefined for a private network that names none. */
export function zoneOf(config: Config): string | undefined {
  return config.dns.zone ?? smlZones[config.trust.network]
}

/** The folder that holds the CA certificates of the network. */
export function anchorsFolderOf(config: Config): string {
  const own = config.trust.folder
  return own ?? fileURLToPath(new URL(`../certs/${config.trust.network}/`, import.meta.url))
}

/** Whether the person at the terminal wants colours. [no-color.org] */
export function coloursAllowed(environment: Environment = process.env): boolean {
  return (environment['NO_COLOR'] ?? '') === ''
}

/** docs/configuration.md: the table of all settings as Markdown. */
export function describeSettings(): string {
  const lines = [
    '# Configuration',
    '',
    'Written by `npx passerelle config docs`; do not edit.',
    '',
    'A setting is given in a JSON file (`passerelle serve --config FILE`) as `{"group": {"key": value}}` or by its',
    'environment variable, which wins. Lists in the environment are separated by commas or written as JSON. A secret may',
    'also be read from a file: add `_FILE` to its variable and give the path. Paths are relative to the configuration',
    'file, those in the environment to the working directory.',
  ]
  let current = ''
  for (const { group, name, setting } of rows()) {
    if (group !== current)
      lines.push(
        '',
        `## ${group}`,
        '',
        '| setting | environment | type | default | what |',
        '| --- | --- | --- | --- | --- |',
      )
    current = group
    const type = setting.unit === undefined ? setting.type : `${setting.type}, ${setting.unit}`
    const standard = setting.default === undefined ? '–' : `\`${JSON.stringify(setting.default)}\``
    lines.push(`| \`${name}\` | \`${environmentKey(name)}\` | ${type} | ${standard} | ${setting.text} |`)
  }
  return `${lines.join('\n')}\n`
}

/* ── Reading ───────────────────────────────────────────────────────────────────────────────── */

interface Row {
  readonly group: string
  readonly key: string
  readonly name: string
  readonly setting: Setting<unknown>
}

function rows(): readonly Row[] {
  return Object.entries(settings).flatMap(([group, members]) =>
    Object.entries(members).map(([key, setting]) => ({ group, key, name: `${group}.${key}`, setting })),
  )
}

function environmentKey(name: string): string {
  return `PASSERELLE_${name
    .replace('.', '_')
    .replaceAll(/[A-Z]/g, letter => `_${letter}`)
    .toUpperCase()}`
}

function readJson(file: string): unknown {
  let source: string
  try {
    source = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new ConfigError('unreadable', `configuration file ${file} cannot be read: ${messageOf(cause)}`, { cause })
  }
  try {
    return JSON.parse(source)
  } catch (cause) {
    throw new ConfigError('unreadable', `configuration file ${file} is not JSON: ${messageOf(cause)}`, { cause })
  }
}

function flatten(value: unknown): Map<string, unknown> {
  const flat = new Map<string, unknown>()
  for (const [group, members] of Object.entries(objectOf(value, 'the configuration'))) {
    // Files may carry a line of explanation.
    if (group === '$comment') continue
    for (const [key, member] of Object.entries(objectOf(members, group))) flat.set(`${group}.${key}`, member)
  }
  return flat
}

function readEnvironment(environment: Environment): Map<string, string> {
  const known = new Map(rows().map(row => [environmentKey(row.name), row]))
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(environment)) {
    // PASSERELLE_TEST_… steers the tests and is nobody's setting.
    if (!key.startsWith('PASSERELLE_') || key.startsWith('PASSERELLE_TEST_') || value === undefined) continue
    const row = known.get(key)
    const fileRow = key.endsWith('_FILE') ? known.get(key.slice(0, -'_FILE'.length)) : undefined
    if (row !== undefined) found.set(row.name, value)
    else if (fileRow?.setting.type === 'secret') found.set(fileRow.name, readSecretFile(key, value))
    else throw new ConfigError('unknown', `${key}: no such setting${suggestion(key, [...known.keys()])}`)
  }
  return found
}

function readSecretFile(key: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd()
  } catch (cause) {
    throw new ConfigError('unreadable', `${key}: ${file} cannot be read: ${messageOf(cause)}`, { cause })
  }
}

function refuseUnknown(names: readonly string[]): void {
  const known = rows().map(row => row.name)
  for (const name of names) {
    if (!known.includes(name)) throw new ConfigError('unknown', `${name}: no such setting${suggestion(name, known)}`)
  }
}

/** The known name that shares the longest beginning, when that is most of it. */
function suggestion(name: string, known: readonly string[]): string {
  const shared = (other: string): number => {
    let length = 0
    while (length < name.length && name[length]?.toLowerCase() === other[length]?.toLowerCase()) length += 1
    return length
  }
  const [best] = known.toSorted((a, b) => shared(b) - shared(a))
  return best !== undefined && shared(best) >= name.length / 2 ? `; did you mean ${best}?` : ''
}

/* ── Combinations that are refused ─────────────────────────────────────────────────────────── */

function refuseUnfit(config: Config): void {
  const { http, api, trust, network } = config
  const isPrivate = trust.network === 'private'
  const rules: readonly (readonly [boolean, string])[] = [
    [network.insecure && !isPrivate, `network.insecure: only for trust.network private, not ${trust.network}`],
    [
      trust.revocation === 'off' && !isPrivate,
      `trust.revocation: off is only for trust.network private, not ${trust.network}`,
    ],
    [isPrivate && trust.folder === undefined, 'trust.folder: must be set when trust.network is private'],
    [
      !isPrivate && trust.folder !== undefined,
      `trust.folder: is only for trust.network private; the anchors of ${trust.network} are built in`,
    ],
    [
      trust.network === 'peppol-production' && !(http.publicUrl ?? '').startsWith('https://'),
      'http.publicUrl: must be an https:// address on the production network',
    ],
    [
      api.tokens.length === 0 && !(isLoopback(http.host) && isLoopback(new URL(publicUrlOf(config)).hostname)),
      'api.tokens: must be set when http.host or http.publicUrl is not loopback, or the API would be open to everyone',
    ],
    [
      (http.tlsKey === undefined) !== (http.tlsCertificate === undefined),
      'http.tlsKey: must be set together with http.tlsCertificate',
    ],
  ]
  for (const [broken, message] of rules) if (broken) throw new ConfigError('unfit', message)
  refuseHalfKeys('accessPoint', config.accessPoint)
  refuseHalfKeys('smp', config.smp)
}

function refuseHalfKeys(group: string, keys: Config['smp'] | Config['accessPoint']): void {
  if ((keys.key === undefined) !== (keys.certificate === undefined)) {
    throw new ConfigError('unfit', `${group}.key: must be set together with ${group}.certificate`)
  }
  if (keys.key !== undefined && keys.pkcs12 !== undefined) {
    throw new ConfigError('unfit', `${group}.pkcs12: must not be set beside ${group}.key`)
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
}
