import { createSocket } from 'node:dgram'
import { createServer, type Socket } from 'node:net'
import {
  AUTHORITATIVE_ANSWER,
  type Answer,
  type DecodedPacket,
  type Packet,
  TRUNCATED_RESPONSE,
  decode,
  encode,
} from 'dns-packet'

export interface DnsQuestion {
  readonly name: string
  readonly type: string
  readonly transport: 'udp' | 'tcp'
  /** Whether the question came with an OPT record. */
  readonly edns: boolean
}

/** What the server does with a question. */
export type DnsScript =
  | {
      readonly answers?: readonly Answer[]
      readonly authorities?: readonly Answer[]
      /** 0 NOERROR, 1 FORMERR, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED. */
      readonly rcode?: number
      readonly authoritative?: boolean
      readonly truncated?: boolean
      /** Sent before the true answer. */
      readonly before?: 'wrong-id' | 'wrong-question'
    }
  | 'silent'
  | 'garbage'

export interface TestDns extends AsyncDisposable {
  /** `127.0.0.1:port`, UDP and TCP. */
  readonly address: string
  readonly questions: readonly DnsQuestion[]
}

/** A real name server on a free loopback port; `script` decides what each question gets. */
export async function startDns(script: (question: DnsQuestion) => DnsScript): Promise<TestDns> {
  const questions: DnsQuestion[] = []
  const answer = (octets: Buffer, transport: 'udp' | 'tcp'): readonly Buffer[] => {
    const query = decode(octets)
    const [asked] = query.questions ?? []
    const edns = (query.additionals ?? []).some(({ type }) => type === 'OPT')
    const question = { name: asked?.name ?? '', type: String(asked?.type), transport, edns }
    questions.push(question)
    return messagesOf(query, octets, script(question))
  }
  const connections = new Set<Socket>()
  const tcp = createServer(connection => {
    connections.add(connection)
    connection.on('error', () => undefined)
    let received = Buffer.alloc(0)
    connection.on('data', chunk => {
      received = Buffer.concat([received, chunk])
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return
      for (const message of answer(received.subarray(2), 'tcp')) {
        const length = Buffer.alloc(2)
        length.writeUInt16BE(message.length)
        // In two pieces: a reader must put them together.
        connection.write(Buffer.concat([length, message.subarray(0, 5)]))
        setTimeout(() => connection.write(message.subarray(5)), 5)
      }
    })
  })
  await new Promise<void>(resolve => tcp.listen(0, '127.0.0.1', resolve))
  const { port } = tcp.address() as { port: number }
  const udp = createSocket('udp4')
  udp.on('message', (octets, from) => {
    for (const message of answer(octets, 'udp')) udp.send(message, from.port, from.address)
  })
  await new Promise<void>(resolve => udp.bind(port, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${port}`,
    questions,
    async [Symbol.asyncDispose]() {
      udp.close()
      for (const connection of connections) connection.destroy()
      await new Promise(resolve => tcp.close(resolve))
    },
  }
}

function messagesOf(query: DecodedPacket, octets: Buffer, script: DnsScript): readonly Buffer[] {
  if (script === 'silent') return []
  if (script === 'garbage') return [Buffer.concat([octets.subarray(0, 2), Buffer.alloc(14, 0xff)])]
  const { rcode = 0, authoritative = true, truncated = false } = script
  const packet: Packet = {
    type: 'response',
    id: query.id ?? 0,
    flags: rcode | (authoritative ? AUTHORITATIVE_ANSWER : 0) | (truncated ? TRUNCATED_RESPONSE : 0),
    questions: query.questions,
    answers: truncated ? [] : [...(script.answers ?? [])],
    authorities: [...(script.authorities ?? [])],
  }
  const forged: Packet = { ...packet, rcode: 'NXDOMAIN', flags: 3 } as Packet
  if (script.before === 'wrong-id') return [encode({ ...forged, id: ((query.id ?? 0) + 1) & 0xffff }), encode(packet)]
  if (script.before === 'wrong-question') {
    return [encode({ ...forged, questions: [{ type: 'NAPTR', name: 'another.test' }] }), encode(packet)]
  }
  return [encode(packet)]
}
