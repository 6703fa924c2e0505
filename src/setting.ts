import { isAbsolute, resolve } from 'node:path'
import { inspect } from 'node:util'
import { WireError } from './kernel/index.ts'

/* The kinds of values that config.ts gives its settings: how each is written, read and checked. */

/** A value that shows itself only when asked by name: printing, logging and JSON give `[secret]`. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toJSON(): string {
    return '[secret]'
  }

  toString(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}

/**
 * unreadable  the configuration file is missing or no JSON
 * unknown     no such setting
 * invalid     a value that the setting does not take
 * unfit       values that must not be combined, e.g. `network.insecure` on a production network
 */
export class ConfigError extends WireError<'unreadable' | 'unknown' | 'invalid' | 'unfit'> {}

/** A receiver whose endpoint is given by hand; `certificate` is the path of a PEM file. */
export interface StaticReceiver {
  readonly participant: string
  readonly url: string
  readonly certificate: string
}

/** A participant as written in the configuration; identifiers as `scheme::value` or, for participants, `icd:value`. */
export interface ConfiguredParticipant {
  readonly participant: string
  readonly name: string
  readonly services: readonly { readonly documentType: string; readonly process: string }[]
}

/** Where a value stands. */
export interface Where {
  readonly name: string
  /** Folder that relative paths start from. */
  readonly base: string
}

/** One setting: how it is described, and how its text and its JSON value are read. Reading throws ConfigError. */
export interface Setting<T> {
  readonly type: string
  /** As it would be written in JSON. */
  readonly default: unknown
  readonly unit: string | undefined
  readonly text: string
  /** Text of the environment → what JSON would hold. */
  parse(value: string, where: Where): unknown
  /** Checks a JSON value and gives it its type. */
  read(value: unknown, where: Where): T
}

/* ── Kinds of settings ─────────────────────────────────────────────────────────────────────── */

interface Options<T> {
  readonly default?: T
  readonly unit?: string
  readonly text: string
}

function setting<T>(
  type: string,
  options: Options<unknown>,
  read: Setting<T>['read'],
  parse?: Setting<T>['parse'],
): Setting<T> {
  return {
    type,
    default: options.default,
    unit: options.unit,
    text: options.text,
    read,
    parse: parse ?? (value => value),
  }
}

function optional<T>(inner: Setting<T>): Setting<T | undefined> {
  return inner
}

export function text(options: Options<string>): Setting<string> {
  return setting('text', options, stringOf)
}

export function optionalText(options: Options<string>): Setting<string | undefined> {
  return optional(text(options))
}

export function integer(options: Options<number> & { readonly min: number; readonly max?: number }): Setting<number> {
  const { min, max = Number.MAX_SAFE_INTEGER } = options
  const range = options.max === undefined ? `at least ${min}` : `${min} to ${max}`
  return setting(
    'integer',
    options,
    (value, where) => {
      const fits = Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
      return fits ? (value as number) : invalid(where, `must be a whole number, ${range}`, value)
    },
    value => (value.trim() === '' ? value : Number(value)),
  )
}

export function flag(options: Options<boolean>): Setting<boolean> {
  return setting(
    'true or false',
    options,
    (value, where) => (typeof value === 'boolean' ? value : invalid(where, 'must be true or false', value)),
    value => (value === 'true' ? true : value === 'false' ? false : value),
  )
}

export function choice<const T extends string>(options: Options<T> & { readonly of: readonly T[] }): Setting<T> {
  return setting(options.of.map(one => `\`${one}\``).join(', '), options, (value, where) => {
    const found = options.of.find(one => one === value)
    return found ?? invalid(where, `must be one of ${options.of.join(', ')}`, value)
  })
}

export function secret(options: Options<never>): Setting<Secret | undefined> {
  return optional(
    setting('secret', options, (value, where) => {
      // The value itself never gets into the message.
      if (typeof value !== 'string' || value === '')
        throw new ConfigError('invalid', `${where.name}: must be a text that is not empty`)
      return new Secret(value)
    }),
  )
}

export function folder(options: Options<string>): Setting<string> {
  return setting('path', options, pathOf)
}

export function optionalFile(options: Options<never>): Setting<string | undefined> {
  return optional(setting('path', options, pathOf))
}

export function optionalUrl(options: Options<never>): Setting<string | undefined> {
  return optional(setting('URL', options, (value, where) => url(value, where).replace(/\/$/, '')))
}

export function countryCode(options: Options<string>): Setting<string> {
  return setting('country', options, (value, where) => {
    const code = stringOf(value, where)
    return /^[A-Z]{2}$/.test(code) ? code : invalid(where, 'must be two capital letters', value)
  })
}

export function list<T>(
  options: Options<readonly T[]> & { readonly item: (value: unknown, where: Where) => T },
): Setting<readonly T[]> {
  return setting(
    'list',
    { ...options, default: options.default ?? [] },
    (value, where) => {
      if (!Array.isArray(value)) return invalid(where, 'must be a list', value)
      return value.map((item, index) => options.item(item, { ...where, name: `${where.name}[${index}]` }))
    },
    (value, where) => {
      if (!value.trimStart().startsWith('['))
        return value
          .split(',')
          .map(item => item.trim())
          .filter(item => item !== '')
      try {
        return JSON.parse(value)
      } catch (cause) {
        throw new ConfigError('invalid', `${where.name}: is not JSON: ${messageOf(cause)}`, { cause })
      }
    },
  )
}

/* ── Values ────────────────────────────────────────────────────────────────────────────────── */

function stringOf(value: unknown, where: Where): string {
  return typeof value === 'string' && value !== '' ? value : invalid(where, 'must be a text that is not empty', value)
}

/** A path, taken from the place of the configuration file. */
export function pathOf(value: unknown, where: Where): string {
  const path = stringOf(value, where)
  return isAbsolute(path) ? path : resolve(where.base, path)
}

export function url(value: unknown, where: Where): string {
  const address = stringOf(value, where)
  const parsed = URL.parse(address)
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    return invalid(where, 'must be an http:// or https:// address', value)
  if (parsed.username !== '' || parsed.search !== '' || parsed.hash !== '') {
    return invalid(where, 'must have no user, query or fragment', value)
  }
  return address
}

export function sha256(value: unknown, where: Where): string {
  const digest = stringOf(value, where)
  return /^[0-9a-f]{64}$/i.test(digest) ? digest.toLowerCase() : invalid(where, 'must be 64 hexadecimal digits', value)
}

export function seconds(value: unknown, where: Where): number {
  const number = typeof value === 'string' ? Number(value) : value
  return Number.isSafeInteger(number) && (number as number) >= 0
    ? (number as number)
    : invalid(where, 'must be a whole number of seconds', value)
}

export function dnsServer(value: unknown, where: Where): string {
  const server = stringOf(value, where)
  const shape = /^(?:\d+\.\d+\.\d+\.\d+(?::\d+)?|\[[0-9a-fA-F:]+\](?::\d+)?|[0-9a-fA-F:]*:[0-9a-fA-F:]*:[0-9a-fA-F:]*)$/
  return shape.test(server)
    ? server
    : invalid(where, 'must be an IP address, with a port after a colon (IPv6 in brackets)', value)
}

export function staticReceiver(value: unknown, where: Where): StaticReceiver {
  const fields = fieldsOf(value, where, ['participant', 'url', 'certificate'])
  return {
    participant: stringOf(fields['participant'], { ...where, name: `${where.name}.participant` }),
    url: url(fields['url'], { ...where, name: `${where.name}.url` }),
    certificate: pathOf(fields['certificate'], { ...where, name: `${where.name}.certificate` }),
  }
}

export interface KeyPair {
  readonly key: string
  readonly certificate: string
}

/** `{ key, certificate }`: two PEM files. */
export function keyPair(value: unknown, where: Where): KeyPair {
  const fields = fieldsOf(value, where, ['key', 'certificate'])
  return {
    key: pathOf(fields['key'], { ...where, name: `${where.name}.key` }),
    certificate: pathOf(fields['certificate'], { ...where, name: `${where.name}.certificate` }),
  }
}

export function participant(value: unknown, where: Where): ConfiguredParticipant {
  const fields = fieldsOf(value, where, ['participant', 'name', 'services'])
  const services = fields['services'] ?? []
  const named = (key: string): Where => ({ ...where, name: `${where.name}.${key}` })
  if (!Array.isArray(services)) return invalid(named('services'), 'must be a list', services)
  return {
    participant: stringOf(fields['participant'], named('participant')),
    name: stringOf(fields['name'], named('name')),
    services: services.map((service: unknown, index) => {
      const at = named(`services[${index}]`)
      const { documentType, process } = fieldsOf(service, at, ['documentType', 'process'])
      return {
        documentType: stringOf(documentType, { ...at, name: `${at.name}.documentType` }),
        process: stringOf(process, { ...at, name: `${at.name}.process` }),
      }
    }),
  }
}

function fieldsOf<const K extends string>(
  value: unknown,
  where: Where,
  known: readonly K[],
): Partial<Record<K, unknown>> {
  const fields = objectOf(value, where.name)
  for (const key of Object.keys(fields)) {
    if (!known.includes(key as K))
      throw new ConfigError('unknown', `${where.name}.${key}: no such field; known are ${known.join(', ')}`)
  }
  return fields as Partial<Record<K, unknown>>
}

export function objectOf(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new ConfigError('invalid', `${name}: must be an object`)
}

function invalid(where: Where, rule: string, value: unknown): never {
  throw new ConfigError('invalid', `${where.name}: ${rule}; got ${JSON.stringify(value)}`)
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
