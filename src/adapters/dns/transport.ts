import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'
import { type DecodedPacket, RECURSION_DESIRED, type Packet, decode, encode } from 'dns-packet'
import { rcodeOf, sameName } from './reply.ts'

export interface Server {
  readonly address: string
  readonly port: number
  /** As shown to people. */
  readonly label: string
}

/** No message came that answers our question. */
export class ServerFailure extends Error {
  override readonly name = 'ServerFailure'
}

/** `1.2.3.4`, `1.2.3.4:53`, `::1` or `[::1]:53`. */
export function parseServer(text: string): Server {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(text)
  const plain = isIPv6(text) ? undefined : /^([^:]+):(\d+)$/.exec(text)
  const address = bracketed?.[1] ?? plain?.[1] ?? text
  const port = Number(bracketed?.[2] ?? plain?.[2] ?? 53)
  return { address, port, label: isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}` }
}

/**
 * Asks one server for the NAPTR records of a name: UDP, and TCP when the answer was truncated. A server from before EDNS is asked
 * again without it. Rejects with ServerFailure.
 */
export async function exchange(server: Server, name: string, timeoutMilliseconds: number): Promise<DecodedPacket> {
  const packet = await exchangeOnce(server, question(name, true), timeoutMilliseconds)
  return rcodeOf(packet) === 'FORMERR' ? exchangeOnce(server, question(name, false), timeoutMilliseconds) : packet
}

async function exchangeOnce(server: Server, query: Packet, timeoutMilliseconds: number): Promise<DecodedPacket> {
  const packet = await askByUdp(server, query, timeoutMilliseconds)
  return packet.flag_tc ? askByTcp(server, query, timeoutMilliseconds) : packet
}

/** What most networks carry in one piece. [DNS flag day 2020] */
const udpOctetsMax = 1232

/** Without a random id, and the random source port of the system, anybody could answer. [RFC 5452] */
function question(name: string, edns: boolean): Packet {
  return {
    type: 'query',
    id: randomInt(0x1_0000),
    flags: RECURSION_DESIRED,
    questions: [{ type: 'NAPTR', class: 'IN', name }],
    additionals: edns
      ? [
          {
            type: 'OPT',
            name: '.',
            udpPayloadSize: udpOctetsMax,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          },
        ]
      : [],
  }
}

/** The socket is connected, so that the system drops what comes from another address or port. */
function askByUdp(server: Server, query: Packet, timeoutMilliseconds: number): Promise<DecodedPacket> {
  const { promise, resolve, reject } = Promise.withResolvers<DecodedPacket>()
  const message = encode(query)
  const socket = createSocket(isIPv6(server.address) ? 'udp6' : 'udp4')
  const timer = setTimeout(() => reject(new ServerFailure('no answer in time')), timeoutMilliseconds)
  socket.on('error', cause => reject(new ServerFailure(`not reachable (${codeOf(cause)})`, { cause })))
  socket.on('message', octets => {
    // Not an answer to this question: somebody guesses, or an older question is answered late.
    const packet = readAnswer(octets, query)
    if (packet === 'malformed') reject(new ServerFailure('malformed answer'))
    else if (packet !== 'foreign') resolve(packet)
  })
  socket.connect(server.port, server.address, () => socket.send(message))
  return promise.finally(() => {
    clearTimeout(timer)
    socket.close()
  })
}

/** Two octets of length before each message. [RFC 1035 §4.2.2] */
function askByTcp(server: Server, query: Packet, timeoutMilliseconds: number): Promise<DecodedPacket> {
  const { promise, resolve, reject } = Promise.withResolvers<DecodedPacket>()
  const socket = connect(server.port, server.address)
  const timer = setTimeout(() => reject(new ServerFailure('no answer in time over TCP')), timeoutMilliseconds)
  let received = Buffer.alloc(0)
  socket.on('error', cause => reject(new ServerFailure(`TCP failed (${codeOf(cause)})`, { cause })))
  socket.on('close', () => reject(new ServerFailure('TCP connection closed before the answer')))
  socket.on('data', chunk => {
    received = Buffer.concat([received, chunk])
    if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return
    const packet = readAnswer(received.subarray(2, 2 + received.readUInt16BE(0)), query)
    if (typeof packet === 'string') reject(new ServerFailure(`${packet} answer over TCP`))
    else resolve(packet)
  })
  const message = encode(query)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(message.length)
  socket.write(Buffer.concat([length, message]))
  return promise.finally(() => {
    clearTimeout(timer)
    socket.destroy()
  })
}

/** `foreign`: does not answer this question. `malformed`: has our id and cannot be read. */
function readAnswer(octets: Buffer, query: Packet): DecodedPacket | 'foreign' | 'malformed' {
  if (octets.length < 12 || octets.readUInt16BE(0) !== query.id) return 'foreign'
  let packet: DecodedPacket
  try {
    packet = decode(octets)
  } catch {
    return 'malformed'
  }
  const [asked] = query.questions ?? []
  const [answered, ...more] = packet.questions ?? []
  if (!packet.flag_qr) return 'foreign'
  // Servers that did not understand the question may leave it out. [RFC 1035 §4.1.1 leaves that open]
  if (answered === undefined && rcodeOf(packet) !== 'NOERROR' && rcodeOf(packet) !== 'NXDOMAIN') return packet
  const same =
    asked !== undefined &&
    answered !== undefined &&
    more.length === 0 &&
    answered.type === asked.type &&
    sameName(answered.name, asked.name)
  return same ? packet : 'foreign'
}

function codeOf(failure: Error): string {
  return (failure as NodeJS.ErrnoException).code ?? failure.message
}
