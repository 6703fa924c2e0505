import { type LookupAddress, type LookupOptions, lookup } from 'node:dns'
import { BlockList, isIP } from 'node:net'
import { buildConnector } from 'undici'

/** No connection was made; the peer cannot have seen anything. */
export class ConnectFailure extends Error {
  override readonly name = 'ConnectFailure'
}

/**
 * Connects as undici does, and marks each failure, so that what failed before the first octet of a request can be told from what failed
 * later. The addresses of a name are judged where they are used: a second look-up could give others.
 */
export function guardedConnector(
  options: buildConnector.BuildOptions,
  allowPrivate: boolean,
): buildConnector.connector {
  const guard = allowPrivate ? {} : { lookup: guardedLookup }
  const connect = buildConnector({ ...options, ...guard })
  return (target, callback) => {
    const failed = (failure: Error): void => {
      callback(new ConnectFailure(describe(failure), { cause: failure }), null)
    }
    const host = target.hostname.replace(/^\[|\]$/g, '')
    if (!allowPrivate && isIP(host) !== 0 && isSpecial(host)) failed(refusal(host))
    else connect(target, (...[failure, socket]) => (failure ? failed(failure) : callback(null, socket)))
  }
}

type LookupCallback = (failure: Error | null, address: string | LookupAddress[], family?: number) => void

function guardedLookup(hostname: string, options: LookupOptions, callback: LookupCallback): void {
  lookup(hostname, { ...options, all: true }, (failure, addresses) => {
    const special = addresses?.find(({ address }) => isSpecial(address))
    const [first] = addresses ?? []
    if (failure) callback(failure, [])
    else if (special) callback(refusal(`${hostname} (${special.address})`), [])
    else if (options.all) callback(null, addresses)
    else callback(null, first?.address ?? '', first?.family)
  })
}

function refusal(what: string): Error {
  return new Error(`${what} is a private or special address`)
}

/** What is not a unicast address of the public Internet. [RFC 6890 and its registries] */
const specialRanges: readonly (readonly [address: string, prefix: number, family: 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 4, 'ipv4'],
  ['240.0.0.0', 4, 'ipv4'],
  ['::', 127, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['100::', 64, 'ipv6'],
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['fec0::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
]

const special = new BlockList()
for (const [address, prefix, family] of specialRanges) special.addSubnet(address, prefix, family)

/** IPv4 addresses within IPv6 (`::ffff:127.0.0.1`) are judged as what they are. */
function isSpecial(address: string): boolean {
  const [bare = address] = address.split('%')
  return special.check(bare, isIP(bare) === 6 ? 'ipv6' : 'ipv4')
}

/** An AggregateError of several addresses has no message of its own. */
function describe(failure: Error): string {
  if (failure.message !== '') return failure.message
  return failure instanceof AggregateError ? failure.errors.map(String).join('; ') : failure.name
}
