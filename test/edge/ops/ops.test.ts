import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type OpsServices, opsDoor } from '../../../src/edge/ops/index.ts'
import { instantOf } from '../../../src/kernel/index.ts'
import type { Certificate } from '../../../src/wire/pki/index.ts'
import { ask, serve } from '../serve.ts'

const now = instantOf('2026-11-21T10:00:00Z')
const certificate = (validFrom: string, validTo: string): Certificate =>
  ({ commonName: 'PFR000001', validFrom: instantOf(validFrom), validTo: instantOf(validTo) }) as Certificate

function services(changes: Partial<OpsServices> = {}): OpsServices {
  const own = {
    name: 'access point certificate',
    certificate: certificate('2026-01-01T00:00:00Z', '2026-12-01T12:00:00Z'),
  }
  return { clock: { now: () => now }, checkDatabase: async () => undefined, certificates: [own], ...changes }
}

describe('/live', () => {
  it('is live whatever the database does', async () => {
    await using served = await serve([
      opsDoor(
        services({
          checkDatabase: async () => {
            throw new Error('down')
          },
        }),
      ),
    ])
    expect((await ask(served.url, '/live')).json()).toEqual({ status: 'live' })
  })
})

describe('/ready', () => {
  it('is ready when the database answers and the certificates are valid', async () => {
    await using served = await serve([opsDoor(services())])
    const answer = await ask(served.url, '/ready')
    expect(answer.status).toBe(200)
    expect(answer.json()).toEqual({
      status: 'ready',
      checks: [
        { name: 'database', ok: true, detail: 'answers, schema is current' },
        { name: 'access point certificate', ok: true, detail: 'PFR000001 is valid for 10 more days' },
      ],
    })
  })

  it('answers 503 and why when the database does not answer', async () => {
    await using served = await serve([
      opsDoor(
        services({
          checkDatabase: async () => {
            throw new Error('connection refused')
          },
        }),
      ),
    ])
    const answer = await ask(served.url, '/ready')
    expect(answer.status).toBe(503)
    expect(answer.json()).toMatchObject({
      status: 'not ready',
      checks: [{ name: 'database', ok: false, detail: 'connection refused' }, { ok: true }],
    })
  })

  it('does not wait for a database that hangs', async () => {
    await using served = await serve([
      opsDoor(services({ checkDatabase: () => delay(60_000, undefined, { ref: false }) })),
    ])
    expect((await ask(served.url, '/ready')).json()).toMatchObject({
      checks: [{ ok: false, detail: 'no answer within 3000 ms' }, {}],
    })
  })

  it.each([
    ['has ended', certificate('2026-01-01T00:00:00Z', '2026-11-21T09:00:00Z'), 'has ended on 2026-11-21T09:00:00.000Z'],
    [
      'is not valid yet',
      certificate('2026-11-22T00:00:00Z', '2027-01-01T00:00:00Z'),
      'is not valid before 2026-11-22T00:00:00.000Z',
    ],
  ])('answers 503 when a certificate %s', async (_title, broken, detail) => {
    await using served = await serve([opsDoor(services({ certificates: [{ name: 'smp', certificate: broken }] }))])
    const answer = await ask(served.url, '/ready')
    expect([answer.status, (answer.json() as { checks: object[] }).checks[1]]).toEqual([
      503,
      { name: 'smp', ok: false, detail: `PFR000001 ${detail}` },
    ])
  })

  it('leaves other paths and methods to who comes next', async () => {
    await using served = await serve([opsDoor(services()), async ctx => void (ctx.body = 'next')])
    expect((await ask(served.url, '/other')).text).toBe('next')
    expect((await ask(served.url, '/ready', { method: 'POST' })).text).toBe('next')
  })
})
