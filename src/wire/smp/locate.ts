import { hash } from 'node:crypto'
import { type ParticipantId, participantKey, quote } from '../peppol/index.ts'
import { SmpError } from './errors.ts'
import type { NaptrRecord } from './types.ts'

/**
 * The name whose NAPTR records tell the participant's SMP: base32(sha256(lower-case value)) without padding, the scheme, the zone;
 * without a dot at the end. [peppol.md §4.2, PFUOI POLICY 7]
 */
export function smpHostName(participant: ParticipantId, zone: string): string {
  const digest = hash('sha256', participantKey(participant), 'buffer')
  return `${base32(digest)}.${participant.scheme}.${zone.replace(/\.$/, '')}`
}

/**
 * The base URL of the SMP, without a slash at its end: the first usable record for `Meta:SMP` by order and preference.
 * `insecure` lets http pass: private networks only. [peppol.md §4.2, SML §2.1.1]
 * @throws SmpError `no-smp` when no record is for an SMP, else `naptr` or `url` of the first that cannot be used
 */
export function selectSmpUrl(records: readonly NaptrRecord[], options: { readonly insecure: boolean }): string {
  const candidates = records
    .filter(({ flags, service }) => flags.toLowerCase() === 'u' && service.toLowerCase() === 'meta:smp')
    .toSorted((a, b) => a.order - b.order || a.preference - b.preference)
  let first: SmpError | undefined
  for (const candidate of candidates) {
    try {
      return checkSmpUrl(replacementOf(candidate.regexp), options)
    } catch (error) {
      if (!(error instanceof SmpError)) throw error
      first ??= error
    }
  }
  throw first ?? new SmpError('no-smp', 'no NAPTR record with flag U and service Meta:SMP')
}

/** Without a slash at its end. @throws SmpError `url` */
function checkSmpUrl(text: string, { insecure }: { readonly insecure: boolean }): string {
  const url = URL.parse(text)
  if (url === null) throw new SmpError('url', `the SMP's URL ${quote(text)} is malformed`)
  if (url.protocol !== 'https:' && !(insecure && url.protocol === 'http:')) {
    throw new SmpError('url', `the SMP's URL ${quote(text)} is not https`)
  }
  if (/^[^/]*\/\/[^/]*@|[?#]/.test(text)) {
    throw new SmpError('url', `the SMP's URL ${quote(text)} has user information, a query or a fragment`)
  }
  return `${url.origin}${url.pathname}`.replace(/\/$/, '')
}

/** Patterns that match everything. No other is in use, and a stranger's regular expression is never run. */
const matchAll: ReadonlySet<string> = new Set(['.*', '^.*$', '^.*', '.*$', '(.*)', '^(.*)$'])

/** `!.*!https://smp.example.org/path!`; the delimiter is whatever comes first. [RFC 3402 §3.2] */
function replacementOf(regexp: string): string {
  const delimiter = regexp[0] ?? ''
  const [before, pattern, replacement, flags, ...more] = fieldsOf(regexp, delimiter)
  if (delimiter === '' || /[0-9\\i]/.test(delimiter) || before !== '' || more.length > 0) throw unreadable(regexp)
  if (pattern === undefined || replacement === undefined || (flags !== '' && flags !== 'i')) throw unreadable(regexp)
  if (!matchAll.has(pattern)) {
    throw new SmpError('naptr', `the pattern of NAPTR regexp ${quote(regexp)} does not match everything`)
  }
  if (/\\[0-9]/.test(replacement)) {
    throw new SmpError('naptr', `the replacement of NAPTR regexp ${quote(regexp)} refers back to the pattern`)
  }
  return replacement.replace(/\\(.)/g, '$1')
}

/** Split at the delimiter where no backslash stands before it. */
function fieldsOf(regexp: string, delimiter: string): readonly string[] {
  const fields = ['']
  for (let position = 0; position < regexp.length; position++) {
    const character = regexp[position] ?? ''
    const last = fields.length - 1
    if (character === delimiter) fields.push('')
    else if (character === '\\') fields[last] += `\\${regexp[++position] ?? ''}`
    else fields[last] += character
  }
  return fields
}

function unreadable(regexp: string): SmpError {
  return new SmpError('naptr', `the NAPTR regexp ${quote(regexp)} is not delimiter, pattern, replacement, flags`)
}

/** RFC 4648 §6, upper case, without padding. */
function base32(octets: Buffer): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  let text = ''
  let bits = 0
  let value = 0
  for (const octet of octets) {
    value = (value << 8) | octet
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet[(value >> (bits - 5)) & 31]
    value &= (1 << bits) - 1
  }
  return bits > 0 ? text + alphabet[(value << (5 - bits)) & 31] : text
}
