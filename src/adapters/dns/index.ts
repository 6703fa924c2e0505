import { getServers } from 'node:dns'
import type { DnsResolver, NaptrAnswer } from '../../services/ports.ts'
import { type Reply, readReply } from './reply.ts'
import { type Server, type ServerFailure, exchange, parseServer } from './transport.ts'

export interface DnsOptions {
  /** `address`, `address:port` or `[v6 address]:port`, tried in this order; empty: those of the system. */
  readonly servers: readonly string[]
  /** How long one server is waited for, each time. */
  readonly timeoutMilliseconds: number
}

/** Aliases that one look-up follows at most. */
const aliasesMax = 16
/** UDP loses packets: every server is asked this often before the look-up is given up. */
const rounds = 2

/**
 * A stub resolver for NAPTR records. A server that fails, refuses, answers with garbage or not at all makes place for the next one; only an answer
 * about the name says `found` or `absent`. [RFC 1035 §7, RFC 2308 §2, RFC 6672 §3]
 */
export function createDnsResolver(options: DnsOptions): DnsResolver {
  const chosen = options.servers.length > 0 ? options.servers : getServers()
  const servers = chosen.map(parseServer)
  const ask = (name: string): Promise<Asked> => askAll(servers, name, options.timeoutMilliseconds)
  return { naptr: name => follow(name.replace(/\.$/, ''), ask) }
}

type Asked =
  | { readonly kind: 'reply'; readonly reply: Exclude<Reply, { kind: 'unusable' }>; readonly server: string }
  | { readonly kind: 'none'; readonly reason: string }

/** A reply may end in an alias whose target the server does not know; then the target is asked for itself. */
async function follow(name: string, ask: (name: string) => Promise<Asked>): Promise<NaptrAnswer> {
  const seen = new Set<string>()
  let current = name
  let ttlSeconds = Number.POSITIVE_INFINITY
  while (seen.size <= aliasesMax) {
    if (seen.has(current.toLowerCase())) return { kind: 'unavailable', reason: `alias loop at ${current}` }
    seen.add(current.toLowerCase())
    if (!isDomainName(current)) return { kind: 'unavailable', reason: `not a domain name: ${current}` }
    const asked = await ask(current)
    if (asked.kind === 'none') return { kind: 'unavailable', reason: asked.reason }
    const { reply, server } = asked
    ttlSeconds = Math.min(ttlSeconds, reply.ttlSeconds)
    if (reply.kind === 'found') return { kind: 'found', records: reply.records, ttlSeconds, server }
    if (reply.kind === 'absent') return { kind: 'absent', ttlSeconds, server }
    current = reply.target
  }
  return { kind: 'unavailable', reason: `more than ${aliasesMax} aliases from ${name}` }
}

/** Labels of 1 to 63 octets, 253 in all. [RFC 1035 §2.3.4] dns-packet would write others and be misunderstood. */
function isDomainName(name: string): boolean {
  const labels = name.split('.').map(label => Buffer.byteLength(label))
  return labels.every(length => length >= 1 && length <= 63) && Buffer.byteLength(name) <= 253
}

async function askAll(servers: readonly Server[], name: string, timeoutMilliseconds: number): Promise<Asked> {
  const reasons = new Set<string>()
  for (let round = 0; round < rounds; round++) {
    for (const server of servers) {
      try {
        const reply = readReply(await exchange(server, name, timeoutMilliseconds), name, aliasesMax)
        if (reply.kind !== 'unusable') return { kind: 'reply', reply, server: server.label }
        reasons.add(`${server.label}: ${reply.reason}`)
      } catch (failure) {
        reasons.add(`${server.label}: ${(failure as ServerFailure).message}`)
      }
    }
  }
  return { kind: 'none', reason: reasons.size > 0 ? [...reasons].join('; ') : 'no name server is configured' }
}
