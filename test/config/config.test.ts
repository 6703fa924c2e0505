import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ConfigError, describeSettings, loadConfig, publicUrlOf, Secret } from '../../src/config.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'passerelle-config-'))
let files = 0

function fileOf(value: unknown): string {
  const file = join(folder, `${(files += 1)}.json`)
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value))
  return file
}

function failureOf(read: () => unknown): ConfigError {
  try {
    read()
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const privateNetwork = { trust: { network: 'private', folder: 'anchors' } }

describe('loadConfig', () => {
  it('gives every setting its default', () => {
    const config = loadConfig({}, {})
    expect(config.http.port).toBe(8080)
    expect(config.trust.network).toBe('peppol-test')
    expect(config.database.url).toBeUndefined()
    expect(config.api.tokens).toEqual([])
    expect(config.database.folder).toBe(join(process.cwd(), '.passerelle/postgres'))
  })

  it('lets the environment win over the file and the caller over both', () => {
    const file = fileOf({ http: { port: 1, headerOctetsMax: 2000, keepAliveSeconds: 3 } })
    const environment = { PASSERELLE_HTTP_HEADER_OCTETS_MAX: '3000', PASSERELLE_HTTP_KEEP_ALIVE_SECONDS: '4' }
    const { http } = loadConfig({ file, values: { 'http.keepAliveSeconds': 5 } }, environment)
    expect([http.port, http.headerOctetsMax, http.keepAliveSeconds]).toEqual([1, 3000, 5])
  })

  it('reads lists from the environment with commas or as JSON', () => {
    const commas = loadConfig(
      {},
      { PASSERELLE_DNS_SERVERS: '192.0.2.1, [2001:db8::1]:5353', PASSERELLE_EXCHANGE_RETRY_SECONDS: '1,2' },
    )
    expect(commas.dns.servers).toEqual(['192.0.2.1', '[2001:db8::1]:5353'])
    expect(commas.exchange.retrySeconds).toEqual([1, 2])
    const json = loadConfig({}, { PASSERELLE_REGISTRATIONS_PARTICIPANTS: '[{"participant":"0225:1","name":"A"}]' })
    expect(json.registrations.participants).toEqual([{ participant: '0225:1', name: 'A', services: [] }])
  })

  it('takes paths from the folder of the file', () => {
    const config = loadConfig({ file: fileOf({ accessPoint: { key: 'k.pem', certificate: '/abs/c.pem' } }) }, {})
    expect(config.accessPoint.key).toBe(join(folder, 'k.pem'))
    expect(config.accessPoint.certificate).toBe('/abs/c.pem')
  })

  it('reads a secret from the file its variable with _FILE names', () => {
    const file = join(folder, 'password')
    writeFileSync(file, 'hush\n')
    expect(loadConfig({}, { PASSERELLE_SMP_PASSWORD_FILE: file }).smp.password?.reveal()).toBe('hush')
  })

  it('leaves the variables of the tests and of others alone', () => {
    expect(() => loadConfig({}, { PASSERELLE_TEST_ANYTHING: 'x', PATH: '/bin' })).not.toThrow()
  })
})

describe('a secret', () => {
  const config = loadConfig({}, { PASSERELLE_DATABASE_URL: 'postgres://me:hush@db/x', PASSERELLE_SMP_PASSWORD: 'hush' })

  it('is never printed, whatever prints the configuration', () => {
    for (const printed of [
      JSON.stringify(config),
      inspect(config, { depth: 9 }),
      String(config.smp.password),
      config.database.url?.toString() ?? '',
    ]) {
      expect(printed).toContain('secret')
      expect(printed).not.toContain('hush')
    }
  })

  it('is not quoted when it is refused', () => {
    const failure = failureOf(() => loadConfig({ values: { 'smp.password': 4711 } }, {}))
    expect(failure.message).toBe('smp.password: must be a text that is not empty')
  })

  it('opens when asked by name', () => {
    expect(config.database.url).toBeInstanceOf(Secret)
    expect(config.database.url?.reveal()).toBe('postgres://me:hush@db/x')
  })
})

describe('a setting that cannot be taken is refused with its name', () => {
  const cases: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ['text for a number', { 'http.port': '80' }, 'http.port: must be a whole number, 0 to 65535; got "80"'],
    ['a number out of range', { 'http.port': 70_000 }, 'http.port: must be a whole number, 0 to 65535; got 70000'],
    ['text for a switch', { 'network.insecure': 'yes' }, 'network.insecure: must be true or false; got "yes"'],
    [
      'an unknown choice',
      { 'trust.network': 'test' },
      'trust.network: must be one of peppol-production, peppol-test, private; got "test"',
    ],
    [
      'a token instead of its hash',
      { 'api.tokens': ['abc'] },
      'api.tokens[0]: must be 64 hexadecimal digits; got "abc"',
    ],
    [
      'a URL with a query',
      { 'http.publicUrl': 'https://a.example/?x' },
      'http.publicUrl: must have no user, query or fragment; got "https://a.example/?x"',
    ],
    [
      'a URL of another kind',
      { 'http.publicUrl': 'ftp://a' },
      'http.publicUrl: must be an http:// or https:// address; got "ftp://a"',
    ],
    [
      'a host name as name server',
      { 'dns.servers': ['dns.example'] },
      'dns.servers[0]: must be an IP address, with a port after a colon (IPv6 in brackets); got "dns.example"',
    ],
    [
      'a country in small letters',
      { 'accessPoint.country': 'fr' },
      'accessPoint.country: must be two capital letters; got "fr"',
    ],
    ['no list', { 'exchange.retrySeconds': 3 }, 'exchange.retrySeconds: must be a list; got 3'],
    [
      'a negative pause',
      { 'exchange.retrySeconds': [1, -1] },
      'exchange.retrySeconds[1]: must be a whole number of seconds; got -1',
    ],
    [
      'a receiver without URL',
      { 'receivers.static': [{ participant: '0225:1', certificate: 'c.pem' }] },
      'receivers.static[0].url: must be a text that is not empty; got undefined',
    ],
    [
      'an unknown field of a participant',
      { 'registrations.participants': [{ id: '0225:1' }] },
      'registrations.participants[0].id: no such field; known are participant, name, services',
    ],
    ['an empty path', { 'data.folder': '' }, 'data.folder: must be a text that is not empty; got ""'],
  ]
  it.each(cases)('%s', (_title, values, message) => {
    expect(failureOf(() => loadConfig({ values }, {})).message).toBe(message)
  })

  it('an unknown name in the file, with the likely one', () => {
    const failure = failureOf(() => loadConfig({ file: fileOf({ http: { prot: 1 } }) }, {}))
    expect(failure.message).toBe('http.prot: no such setting; did you mean http.port?')
  })

  it('an unknown variable, with the likely one', () => {
    const failure = failureOf(() => loadConfig({}, { PASSERELLE_HTTP_PROT: '1' }))
    expect(failure).toMatchObject({
      code: 'unknown',
      message: 'PASSERELLE_HTTP_PROT: no such setting; did you mean PASSERELLE_HTTP_PORT?',
    })
  })

  it('a file that is missing or no JSON', () => {
    expect(failureOf(() => loadConfig({ file: join(folder, 'none.json') }, {})).code).toBe('unreadable')
    expect(failureOf(() => loadConfig({ file: fileOf('{') }, {})).code).toBe('unreadable')
    expect(failureOf(() => loadConfig({ file: fileOf([]) }, {})).message).toBe('the configuration: must be an object')
  })
})

describe('settings that must not be combined are refused at the start', () => {
  const cases: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ['plain HTTP on a Peppol network', { 'network.insecure': true }, 'network.insecure'],
    ['no revocation check on a Peppol network', { 'trust.revocation': 'off' }, 'trust.revocation'],
    ['a private network without anchors', { 'trust.network': 'private' }, 'trust.folder'],
    ['own anchors for a Peppol network', { 'trust.folder': 'anchors' }, 'trust.folder'],
    [
      'production behind a plain address',
      { 'trust.network': 'peppol-production', 'http.publicUrl': 'http://127.0.0.1:1' },
      'http.publicUrl',
    ],
    ['an open API on every interface', { 'http.host': '0.0.0.0' }, 'api.tokens'],
    ['an open API behind a public address', { 'http.publicUrl': 'https://ap.example.org' }, 'api.tokens'],
    ['a TLS key without certificate', { 'http.tlsKey': 'k.pem' }, 'http.tlsKey'],
    ['a key without certificate', { 'accessPoint.key': 'k.pem' }, 'accessPoint.key'],
    ['a certificate without key', { 'smp.certificate': 'c.pem' }, 'smp.key'],
    [
      'a PEM pair and a PKCS#12 file',
      { 'smp.key': 'k.pem', 'smp.certificate': 'c.pem', 'smp.pkcs12': 'k.p12' },
      'smp.pkcs12',
    ],
  ]
  it.each(cases)('%s', (_title, values, name) => {
    const failure = failureOf(() => loadConfig({ values }, {}))
    expect(failure.code).toBe('unfit')
    expect(failure.message.startsWith(`${name}: `)).toBe(true)
  })

  it('and each of them is taken where it belongs', () => {
    const values = { 'network.insecure': true, 'trust.revocation': 'off' }
    expect(loadConfig({ file: fileOf(privateNetwork), values }, {}).network.insecure).toBe(true)
    const open = { 'http.host': '0.0.0.0', 'http.publicUrl': 'https://ap.example.org', 'api.tokens': ['0'.repeat(64)] }
    expect(loadConfig({ values: { ...open, 'trust.network': 'peppol-production' } }, {}).http.host).toBe('0.0.0.0')
  })
})

describe('publicUrlOf', () => {
  it('is the configured address without its last slash', () => {
    const values = { 'http.publicUrl': 'https://ap.example.org/peppol/', 'api.tokens': ['0'.repeat(64)] }
    expect(publicUrlOf(loadConfig({ values }, {}))).toBe('https://ap.example.org/peppol')
  })

  it('is made of scheme, address and port otherwise', () => {
    expect(publicUrlOf(loadConfig({}, {}))).toBe('http://127.0.0.1:8080')
    const values = { 'http.host': '::1', 'http.port': 1, 'http.tlsKey': 'k', 'http.tlsCertificate': 'c' }
    expect(publicUrlOf(loadConfig({ values }, {}))).toBe('https://[::1]:1')
  })
})

describe('the files of the repository', () => {
  it.each(['default', 'sandbox', 'production'])('config/%s.json loads', name => {
    expect(() => loadConfig({ file: join(root, `config/${name}.json`) }, {})).not.toThrow()
  })

  it('docs/configuration.md is what the table says', () => {
    expect(readFileSync(join(root, 'docs/configuration.md'), 'utf8')).toBe(describeSettings())
  })
})
