import type { Answer } from 'dns-packet'
import { describe, expect, it } from 'vitest'
import { createDnsResolver } from '../../../src/adapters/dns/index.ts'
import type { NaptrAnswer } from '../../../src/services/ports.ts'
import { type DnsQuestion, type DnsScript, startDns } from '../../support/dns.ts'

const name = 'Y7DZFXAF.iso6523-actorid-upis.sml.test'
const record = {
  order: 100,
  preference: 10,
  flags: 'U',
  services: 'Meta:SMP',
  regexp: '!.*!https://smp.test/!',
  replacement: '.',
}

function naptr(owner = name, ttl = 60): Answer {
  return { type: 'NAPTR', name: owner, ttl, data: record }
}

function soa(zone = 'sml.test', minimum = 30, ttl = 300): Answer {
  const data = { mname: 'ns.test', rname: 'admin.test', serial: 1, refresh: 1, retry: 1, expire: 1, minimum }
  return { type: 'SOA', name: zone, ttl, data }
}

function alias(type: 'CNAME' | 'DNAME', from: string, to: string, ttl = 600): Answer {
  return { type, name: from, ttl, data: to }
}

async function ask(script: (question: DnsQuestion) => DnsScript, asked = name): Promise<NaptrAnswer> {
  await using dns = await startDns(script)
  return await createDnsResolver({ servers: [dns.address], timeoutMilliseconds: 300 }).naptr(asked)
}

const found = {
  kind: 'found',
  records: [
    { order: 100, preference: 10, flags: 'U', service: 'Meta:SMP', regexp: '!.*!https://smp.test/!', replacement: '.' },
  ],
}

describe('a name with NAPTR records', () => {
  it('is found with its records, time to live and server', async () => {
    await using dns = await startDns(() => ({ answers: [naptr()] }))
    const resolver = createDnsResolver({ servers: [dns.address], timeoutMilliseconds: 300 })
    expect(await resolver.naptr(`${name}.`)).toEqual({ ...found, ttlSeconds: 60, server: dns.address })
    expect(dns.questions).toEqual([{ name, type: 'NAPTR', transport: 'udp', edns: true }])
  })

  it('is found whatever the case of the owner in the answer', async () => {
    expect(await ask(() => ({ answers: [naptr(name.toUpperCase())] }))).toMatchObject(found)
  })

  it('is asked for over TCP when the answer was truncated', async () => {
    expect(await ask(({ transport }) => ({ answers: [naptr()], truncated: transport === 'udp' }))).toMatchObject(found)
  })

  it('is asked for without EDNS when the server does not know that', async () => {
    expect(await ask(({ edns }) => (edns ? { rcode: 1 } : { answers: [naptr()] }))).toMatchObject(found)
  })

  it.each(['wrong-id', 'wrong-question'] as const)('is not forged by a message with a %s', async before => {
    expect(await ask(() => ({ answers: [naptr()], before }))).toMatchObject(found)
  })
})

describe('an alias', () => {
  it('CNAME is followed within one message; the shortest time to live counts', async () => {
    const answers = [alias('CNAME', name, 'b.test', 20), alias('CNAME', 'b.test', 'c.test'), naptr('c.test')]
    expect(await ask(() => ({ answers }))).toMatchObject({ ...found, ttlSeconds: 20 })
  })

  it('CNAME is followed over several messages', async () => {
    const answer = await ask(question =>
      question.name === name ? { answers: [alias('CNAME', name, 'b.other')] } : { answers: [naptr('b.other')] },
    )
    expect(answer).toMatchObject(found)
  })

  it('DNAME is followed when the server gives the CNAME too', async () => {
    const to = 'Y7DZFXAF.iso6523-actorid-upis.new.test'
    const answers = [alias('DNAME', 'sml.test', 'new.test'), alias('CNAME', name, to, 0), naptr(to)]
    expect(await ask(() => ({ answers }))).toMatchObject({ ...found, ttlSeconds: 0 })
  })

  it('DNAME is followed when no CNAME is given', async () => {
    const to = 'Y7DZFXAF.iso6523-actorid-upis.new.test'
    const script = (question: DnsQuestion) =>
      question.name === name ? { answers: [alias('DNAME', 'sml.test', 'new.test')] } : { answers: [naptr(to)] }
    expect(await ask(script)).toMatchObject(found)
  })

  it('DNAME does not redirect its owner', async () => {
    const answers = [alias('DNAME', name, 'new.test')]
    expect(await ask(() => ({ answers, authorities: [soa()] }))).toMatchObject({ kind: 'absent' })
  })

  it('that ends nowhere is absent', async () => {
    const answers = [alias('CNAME', name, 'b.test')]
    expect(await ask(() => ({ answers, rcode: 3, authorities: [soa('test')] }))).toMatchObject({
      kind: 'absent',
      ttlSeconds: 30,
    })
  })

  it('loop within a message is unavailable', async () => {
    const answers = [alias('CNAME', name, 'b.test'), alias('CNAME', 'b.test', name)]
    expect(await ask(() => ({ answers }))).toMatchObject({
      kind: 'unavailable',
      reason: expect.stringContaining('loop') as string,
    })
  })

  it('loop over messages is unavailable', async () => {
    const answer = await ask(question => ({
      answers: [alias('CNAME', question.name, question.name === name ? 'b.other' : name)],
    }))
    expect(answer).toMatchObject({ kind: 'unavailable', reason: expect.stringContaining('loop') as string })
  })

  it('chain without an end is unavailable', async () => {
    let next = 0
    const script = (question: DnsQuestion) => ({ answers: [alias('CNAME', question.name, `n${next++}.test`)] })
    expect(await ask(script)).toMatchObject({
      kind: 'unavailable',
      reason: expect.stringContaining('more than') as string,
    })
  })
})

describe('absent', () => {
  it('is NXDOMAIN, kept as long as the SOA says', async () => {
    expect(await ask(() => ({ rcode: 3, authorities: [soa()] }))).toMatchObject({ kind: 'absent', ttlSeconds: 30 })
  })

  it('is kept no longer than the SOA itself', async () => {
    const answer = await ask(() => ({ rcode: 3, authorities: [soa('sml.test', 900, 7)] }))
    expect(answer).toMatchObject({ kind: 'absent', ttlSeconds: 7 })
  })

  it('is a name with no NAPTR', async () => {
    expect(await ask(() => ({ authorities: [soa()] }))).toMatchObject({ kind: 'absent', ttlSeconds: 30 })
  })

  it('is not kept without a SOA', async () => {
    expect(await ask(() => ({ rcode: 3 }))).toMatchObject({ kind: 'absent', ttlSeconds: 0 })
  })
})

describe('unavailable, which says nothing about the name, is', () => {
  it.each([
    ['SERVFAIL', { rcode: 2 }],
    ['REFUSED', { rcode: 5 }],
    ['garbage', 'garbage'],
    ['no answer', 'silent'],
    [
      'a referral',
      { authoritative: false, authorities: [{ type: 'NS', name: 'test', ttl: 1, data: 'ns.elsewhere.test' } as const] },
    ],
  ] satisfies [string, DnsScript][])('%s', async (_, script) => {
    expect(await ask(() => script)).toMatchObject({ kind: 'unavailable' })
  })

  it('a port where nobody listens', async () => {
    const dns = await startDns(() => 'silent')
    await dns[Symbol.asyncDispose]()
    const resolver = createDnsResolver({ servers: [dns.address], timeoutMilliseconds: 300 })
    expect(await resolver.naptr(name)).toMatchObject({ kind: 'unavailable' })
  })

  it('a truncated answer whose TCP server is silent', async () => {
    const answer = await ask(({ transport }) => (transport === 'udp' ? { truncated: true } : 'silent'))
    expect(answer).toMatchObject({ kind: 'unavailable', reason: expect.stringContaining('TCP') as string })
  })

  it('a name that cannot be written', async () => {
    expect(await ask(() => ({}), `${'x'.repeat(70)}.test`)).toMatchObject({ kind: 'unavailable' })
  })
})

describe('several servers', () => {
  it('make place for the next one when they fail', async () => {
    await using failing = await startDns(() => ({ rcode: 2 }))
    await using silent = await startDns(() => 'silent')
    await using good = await startDns(() => ({ answers: [naptr()] }))
    const servers = [failing.address, silent.address, good.address]
    const resolver = createDnsResolver({ servers, timeoutMilliseconds: 200 })
    expect(await resolver.naptr(name)).toMatchObject({ ...found, server: good.address })
  })

  it('are not asked when the first knows that the name is absent', async () => {
    await using first = await startDns(() => ({ rcode: 3 }))
    await using second = await startDns(() => ({ answers: [naptr()] }))
    const resolver = createDnsResolver({ servers: [first.address, second.address], timeoutMilliseconds: 200 })
    expect(await resolver.naptr(name)).toMatchObject({ kind: 'absent', server: first.address })
    expect(second.questions).toEqual([])
  })

  it('are asked again when a packet was lost', async () => {
    let questions = 0
    expect(await ask(() => (questions++ === 0 ? 'silent' : { answers: [naptr()] }))).toMatchObject(found)
  })
})
