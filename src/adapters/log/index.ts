import pino from 'pino'
import type { Log, LogFields } from '../../services/ports.ts'

type Level = 'info' | 'warn' | 'error'

export interface LogOptions {
  /** The least severe event that is written. */
  readonly level: Level | 'silent'
  /** Where the lines go; standard output when undefined. */
  readonly destination?: { write(line: string): void }
}

/** Longer texts are cut: a payload that slipped into a message must not fill the log. */
const textMax = 1000

/** Names whose values are secrets or payloads whatever they hold. */
const unspeakable =
  /pass(?:word|phrase)|secret|token|authorization|cookie|credential|private|contentKey|^key$|^iv$|pem$|payload$|body$|content$|octets$|bytes$/i

/** Fields whose names sound like one of those and which are plain numbers all the same. */
const harmless = /(?:Size|Octets|Bytes)$|Max$/

/** One line of JSON per event: `{"level", "time", "event", …fields}`. Never throws for what it is given. */
export function createLog(options: LogOptions): Log {
  const base = { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  const settings = { ...base, messageKey: 'event', formatters: { level: (label: string) => ({ level: label }) } }
  const logger = options.destination === undefined ? pino(settings) : pino(settings, options.destination)
  const at =
    (level: Level) =>
    (event: string, fields: LogFields = {}): void => {
      if (logger.isLevelEnabled(level)) logger[level](speakable(fields), event)
    }
  return { info: at('info'), warn: at('warn'), error: at('error') }
}

/** Only what may be read by everyone who reads logs. Octets become their number, errors their name, code and message. */
function speakable(fields: LogFields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, speakableValue(name, value, 0)]))
}

function speakableValue(name: string, value: unknown, depth: number): unknown {
  if (value === undefined || value === null || typeof value === 'boolean') return value
  if (typeof value === 'number') return value
  if (unspeakable.test(name) && !harmless.test(name)) return '[redacted]'
  if (typeof value === 'string') return shortened(value)
  if (value instanceof Uint8Array) return `[${value.length} octets]`
  if (value instanceof Error) return errorFields(value, depth)
  if (depth >= 3) return '[deep]'
  if (Array.isArray(value)) return value.slice(0, 50).map(item => speakableValue(name, item, depth + 1))
  if (typeof value === 'object') {
    // An object that says how it is printed, such as a secret, is asked first.
    if ('toJSON' in value && typeof value.toJSON === 'function') return speakableValue(name, value.toJSON(), depth + 1)
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, speakableValue(key, member, depth + 1)]),
    )
  }
  return `[${typeof value}]`
}

function errorFields(error: Error, depth: number): Record<string, unknown> {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const cause = error.cause instanceof Error && depth < 3 ? errorFields(error.cause, depth + 1) : undefined
  // The place, without the message that the first lines of a stack repeat.
  const at = error.stack
    ?.split('\n')
    .filter(line => line.trimStart().startsWith('at '))
    .slice(0, 8)
    .map(line => line.trim())
  return { name: error.name, code, message: shortened(error.message), at, cause }
}

function shortened(value: string): string {
  const withoutKeys = value.replaceAll(/-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g, '[PEM]')
  const withoutPasswords = withoutKeys.replaceAll(/(:\/\/[^\s/:@]*):[^\s/@]*@/g, '$1:[redacted]@')
  return withoutPasswords.length > textMax
    ? `${withoutPasswords.slice(0, textMax)}… (${withoutPasswords.length})`
    : withoutPasswords
}
