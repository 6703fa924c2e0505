import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { createServer, type Server, type Socket } from 'node:net'
import dnsPacket, { type Answer, type DecodedPacket, type Packet } from 'dns-packet'

/** A NAPTR record of U-NAPTR kind, as an SML publishes it. [peppol.md §4.2] */
export interface SmpRecord {
  /** Full name, any case. */
  readonly name: string
  /** Base URL of the SMP. */
  readonly url: string
}

/** An authoritative name server on loopback for one zone, over UDP and TCP. */
export interface ZoneServer extends AsyncDisposable {
  readonly port: number
  /** Replaces all records of the zone. */
  publish(records: readonly SmpRecord[]): void
}

/** Short, so that a change of the sandbox is seen at once. */
const ttlSeconds = 5
/** What every resolver takes over UDP; a longer answer is asked again over TCP. [RFC 1035 §4.2.1] */
const udpOctetsMax = 512
const host = '127.0.0.1'
const noSuchName = 3
const refused = 5

/** Listens on the port over both protocols. Rejects with EADDRINUSE when either is taken. */
export async function startZoneServer(zone: string, port: number): Promise<ZoneServer> {
  const records = new Map<string, string>()
  const answer = (query: Buffer): Packet => respond(dnsPacket.decode(query), zone, records)
  const tcp = createServer(socket => serveTcp(socket, answer))
  await listenTcp(tcp, port)
  const { port: actual } = tcp.address() as { port: number }
  const udp = createSocket('udp4')
  udp.on('message', (query, peer) => answerUdp(udp, () => answer(query), peer))
  try {
    await bindUdp(udp, actual)
  } catch (error) {
    tcp.close()
    throw error
  }
  return {
    port: actual,
    publish: all => {
      records.clear()
      for (const { name, url } of all) records.set(name.toLowerCase(), url)
    },
    async [Symbol.asyncDispose]() {
      await new Promise<void>(resolve => udp.close(() => resolve()))
      await new Promise<void>(resolve => tcp.close(() => resolve()))
    },
  }
}

function respond(query: DecodedPacket, zone: string, records: ReadonlyMap<string, string>): Packet {
  const [question] = query.questions ?? []
  const base: Packet = { type: 'response', id: query.id ?? 0, questions: query.questions ?? [] }
  const name = question?.name.toLowerCase() ?? ''
  const inZone = name === zone || name.endsWith(`.${zone}`)
  if (question === undefined || !inZone) return { ...base, flags: refused }
  const url = records.get(name)
  const authorities = [soa(zone)]
  if (url === undefined && name !== zone)
    return { ...base, flags: dnsPacket.AUTHORITATIVE_ANSWER | noSuchName, authorities }
  if (url === undefined || question.type !== 'NAPTR')
    return { ...base, flags: dnsPacket.AUTHORITATIVE_ANSWER, authorities }
  return { ...base, flags: dnsPacket.AUTHORITATIVE_ANSWER, answers: [naptr(question.name, url)] }
}

function naptr(name: string, url: string): Answer {
  const data = { order: 100, preference: 10, flags: 'U', services: 'Meta:SMP', regexp: `!.*!${url}!`, replacement: '.' }
  return { type: 'NAPTR', name, ttl: ttlSeconds, data }
}

/** The last field says how long the absence of a name may be remembered. [RFC 2308 §5] */
function soa(zone: string): Answer {
  const data = {
    mname: `ns.${zone}`,
    rname: `hostmaster.${zone}`,
    serial: 1,
    refresh: 60,
    retry: 60,
    expire: 600,
    minimum: 1,
  }
  return { type: 'SOA', name: zone, ttl: ttlSeconds, data }
}

function answerUdp(
  udp: UdpSocket,
  answer: () => Packet,
  peer: { readonly port: number; readonly address: string },
): void {
  try {
    const packet = answer()
    const whole = dnsPacket.encode(packet)
    const { answers: _answers, authorities: _authorities, ...head } = packet
    const truncated = { ...head, flags: (packet.flags ?? 0) | dnsPacket.TRUNCATED_RESPONSE }
    udp.send(whole.length > udpOctetsMax ? dnsPacket.encode(truncated) : whole, peer.port, peer.address)
  } catch {
    // What is no DNS query gets no answer.
  }
}

function serveTcp(socket: Socket, answer: (query: Buffer) => Packet): void {
  let received = Buffer.alloc(0)
  socket.setTimeout(5000, () => socket.destroy())
  socket.on('error', () => socket.destroy())
  socket.on('data', chunk => {
    received = Buffer.concat([received, chunk])
    // Each message over TCP is preceded by its length. [RFC 1035 §4.2.2]
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0)
      const query = received.subarray(2, end)
      received = received.subarray(end)
      try {
        const octets = dnsPacket.encode(answer(query))
        const length = Buffer.alloc(2)
        length.writeUInt16BE(octets.length)
        socket.write(Buffer.concat([length, octets]))
      } catch {
        socket.destroy()
        return
      }
    }
  })
}

function listenTcp(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function bindUdp(socket: UdpSocket, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(port, host, () => {
      socket.off('error', reject)
      resolve()
    })
  })
}
