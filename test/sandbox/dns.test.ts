import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import dnsPacket, { type DecodedPacket } from 'dns-packet'
import { describe, expect, it } from 'vitest'
import { createDnsResolver } from '../../src/adapters/dns/index.ts'
import { startZoneServer, type ZoneServer } from '../../src/sandbox/dns.ts'

const zone = 'sandbox.passerelle.test'
const name = `ABC.iso6523-actorid-upis.${zone}`
const url = 'http://127.0.0.1:1/smp'

async function zoneServer(): Promise<ZoneServer> {
  const server = await startZoneServer(zone, 0)
  server.publish([{ name, url }])
  return server
}

const question = (asked: string, type: 'NAPTR' | 'A' = 'NAPTR'): Buffer =>
  dnsPacket.encode({ type: 'query', id: 7, flags: dnsPacket.RECURSION_DESIRED, questions: [{ type, name: asked }] })

async function askUdp(port: number, query: Buffer): Promise<DecodedPacket> {
  const socket = createSocket('udp4')
  socket.send(query, port, '127.0.0.1')
  const [answer] = await once(socket, 'message')
  socket.close()
  return dnsPacket.decode(answer as Buffer)
}

describe('the name server of the sandbox', () => {
  it('answers what the resolver of a node asks', async () => {
    await using server = await zoneServer()
    const resolver = createDnsResolver({ servers: [`127.0.0.1:${server.port}`], timeoutMilliseconds: 1000 })
    expect(await resolver.naptr(name)).toMatchObject({
      kind: 'found',
      records: [{ order: 100, preference: 10, flags: 'U', service: 'Meta:SMP', regexp: `!.*!${url}!` }],
      ttlSeconds: 5,
    })
    expect(await resolver.naptr(`OTHER.${zone}`)).toMatchObject({ kind: 'absent' })
  })

  it('takes names in any case', async () => {
    await using server = await zoneServer()
    expect((await askUdp(server.port, question(name.toLowerCase()))).answers).toHaveLength(1)
  })

  it('answers over TCP, several questions on one connection, in pieces', async () => {
    await using server = await zoneServer()
    const query = question(name)
    const framed = Buffer.concat([Buffer.from([0, query.length]), query])
    const socket = connect(server.port, '127.0.0.1')
    socket.write(Buffer.concat([framed, framed.subarray(0, 5)]))
    await once(socket, 'data')
    socket.write(framed.subarray(5))
    const [second] = await once(socket, 'data')
    socket.destroy()
    expect(dnsPacket.decode((second as Buffer).subarray(2)).answers).toHaveLength(1)
  })

  it.each([
    ['a name that is not there', `OTHER.${zone}`, 'NXDOMAIN'],
    ['a name of another zone', 'example.org', 'REFUSED'],
    ['the zone itself', zone, 'NOERROR'],
  ])('answers for %s', async (_title, asked, code) => {
    await using server = await zoneServer()
    const answer = await askUdp(server.port, question(asked))
    expect(answer).toMatchObject({ id: 7, rcode: code, answers: [] })
  })

  it('has nothing of another type', async () => {
    await using server = await zoneServer()
    expect(await askUdp(server.port, question(name, 'A'))).toMatchObject({
      rcode: 'NOERROR',
      answers: [],
      authorities: [{ type: 'SOA' }],
    })
  })

  it('says that an answer does not fit into a datagram', async () => {
    await using server = await zoneServer()
    server.publish([{ name, url: `http://127.0.0.1/${'x'.repeat(200)}` }])
    const fits = await askUdp(server.port, question(name))
    expect(fits.flag_tc).toBe(false)
    const long = `${'y'.repeat(60)}.${'y'.repeat(60)}.${'y'.repeat(60)}.${zone}`
    server.publish([{ name: long, url: `http://127.0.0.1/${'x'.repeat(225)}` }])
    const truncated = await askUdp(server.port, question(long))
    expect(truncated).toMatchObject({ flag_tc: true, answers: [] })
  })

  it('lives on when something comes that is no question', async () => {
    await using server = await zoneServer()
    const socket = createSocket('udp4')
    await new Promise<void>(resolve => socket.send('garbage', server.port, '127.0.0.1', () => resolve()))
    socket.close()
    expect((await askUdp(server.port, question(name))).answers).toHaveLength(1)
  })
})
