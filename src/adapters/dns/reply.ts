import type { Answer, DecodedPacket } from 'dns-packet'
import type { NaptrRecord } from '../../wire/smp/index.ts'

/** What one message says about a name. Times to live cover the aliases on the way. */
export type Reply =
  | { readonly kind: 'found'; readonly records: readonly NaptrRecord[]; readonly ttlSeconds: number }
  | { readonly kind: 'absent'; readonly ttlSeconds: number }
  /** The chain leaves this message at `target`. */
  | { readonly kind: 'alias'; readonly target: string; readonly ttlSeconds: number }
  /** Says nothing about the name. */
  | { readonly kind: 'unusable'; readonly reason: string }

/** Walks the aliases of the answer section, then looks for NAPTR at their end. A loop within one message is unusable. */
export function readReply(packet: DecodedPacket, name: string, aliasesMax: number): Reply {
  const rcode = rcodeOf(packet)
  if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') return { kind: 'unusable', reason: rcode }
  const answers = packet.answers ?? []
  let current = name
  let ttlSeconds = Number.POSITIVE_INFINITY
  let aliases = 0
  for (let alias = aliasOf(answers, current); alias; alias = aliasOf(answers, current)) {
    if (++aliases > aliasesMax) return { kind: 'unusable', reason: `alias loop at ${current}` }
    current = alias.target
    ttlSeconds = Math.min(ttlSeconds, alias.ttlSeconds)
  }
  const found = answers.filter(answer => answer.type === 'NAPTR').filter(answer => sameName(answer.name, current))
  if (found.length > 0) {
    const records = found.map(({ data }): NaptrRecord => {
      const { order, preference, flags, services: service, regexp, replacement } = data
      return { order, preference, flags, service, regexp, replacement }
    })
    return { kind: 'found', records, ttlSeconds: Math.min(ttlSeconds, ...found.map(({ ttl }) => ttl ?? 0)) }
  }
  return readAbsence(packet, { rcode, current, ttlSeconds, aliased: aliases > 0 })
}

/**
 * NXDOMAIN speaks of the end of the chain [RFC 6604 §3], NOERROR with a SOA of the zone too [RFC 2308 §2.2]. NOERROR without a
 * SOA is "no data" from a server that answers for the zone or recursively; with name servers instead it is a referral.
 */
function readAbsence(
  packet: DecodedPacket,
  end: { rcode: string; current: string; ttlSeconds: number; aliased: boolean },
): Reply {
  const soa = (packet.authorities ?? [])
    .filter(record => record.type === 'SOA')
    .find(record => isWithin(end.current, record.name))
  const refers = (packet.authorities ?? []).some(({ type }) => type === 'NS')
  const conclusive = end.rcode === 'NXDOMAIN' || soa !== undefined
  if (!conclusive && end.aliased) return { kind: 'alias', target: end.current, ttlSeconds: end.ttlSeconds }
  if (!conclusive && refers && !packet.flag_aa) return { kind: 'unusable', reason: 'referral' }
  // RFC 2308 §5: without a SOA a negative answer is not to be kept.
  const negative = soa ? Math.min(soa.ttl ?? 0, soa.data.minimum ?? 0) : 0
  return { kind: 'absent', ttlSeconds: Math.min(end.ttlSeconds, negative) }
}

function aliasOf(answers: readonly Answer[], name: string): { target: string; ttlSeconds: number } | undefined {
  for (const answer of answers) {
    if (answer.type === 'CNAME' && sameName(answer.name, name))
      return { target: answer.data, ttlSeconds: answer.ttl ?? 0 }
  }
  for (const answer of answers) {
    // A DNAME redirects what is below its owner, never the owner itself. [RFC 6672 §2.3]
    if (answer.type !== 'DNAME' || sameName(answer.name, name) || !isWithin(name, answer.name)) continue
    const prefix = name.slice(0, name.length - answer.name.length)
    return { target: prefix + answer.data, ttlSeconds: answer.ttl ?? 0 }
  }
  return undefined
}

export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

function isWithin(name: string, zone: string): boolean {
  return zone === '' || zone === '.' || sameName(name, zone) || name.toLowerCase().endsWith(`.${zone.toLowerCase()}`)
}

/** dns-packet decodes the response code; its type does not say so. */
export function rcodeOf(packet: DecodedPacket): string {
  return (packet as DecodedPacket & { readonly rcode: string }).rcode
}
