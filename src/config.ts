import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigError, messageOf, objectOf, type Setting } from './setting.ts'
import { settings } from './settings.ts'

export { ConfigError, Secret } from './setting.ts'

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
