import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHttpClient } from '../../../src/adapters/http/index.ts'
import type { Clock } from '../../../src/kernel/index.ts'
import { type Trust, type TrustWorld, createTrust } from '../../../src/services/trust/index.ts'
import {
  type Certificate,
  type CertificateRole,
  PkiError,
  buildTrust,
  trustCertificate,
} from '../../../src/wire/pki/index.ts'
import { handClock } from '../../support/clock.ts'
import { memoryLog } from '../../support/log.ts'
import { type TestIdentity, type TestPki, makeTestPki } from '../../support/pki.ts'
import { type ScriptedServer, startScripted } from '../../support/scripted-server.ts'

const pki: TestPki = makeTestPki()

let clock: Clock & { advance(milliseconds: number): void }
let log: ReturnType<typeof memoryLog>
let server: ScriptedServer
let signer: TestIdentity
beforeEach(async () => {
  clock = handClock('2026-11-21T10:00:00Z')
  log = memoryLog()
  server = await startScripted(({ url }, response) => {
    response.end(pki.crl(url === '/smp.crl' ? pki.smpCa : pki.accessPointCa))
  })
  signer = pki.issue('access-point', { crlUrl: `${server.url}/ap.crl` })
})
afterEach(() => server[Symbol.asyncDispose]())

function trustOf(change: Partial<TrustWorld> = {}): Trust {
  const anchors = {
    roots: [pki.root.certificate],
    accessPointIssuers: [pki.accessPointCa.certificate],
    smpIssuers: [pki.smpCa.certificate],
  }
  return createTrust({
    anchors: buildTrust({ ...anchors, revocation: 'required' }),
    http: createHttpClient({ connectTimeoutMilliseconds: 1000, connectionsPerOrigin: 4, allowPrivate: true }),
    clock,
    log,
    crlPrefixes: [server.url],
    refreshSeconds: 3600,
    ...change,
  })
}

/** `proven`, or the code of the refusal. */
async function verdict(
  trust: Trust,
  certificate: Certificate,
  role: CertificateRole = 'access-point',
): Promise<string> {
  try {
    const proven = await trust.prove(certificate, role)
    return proven.fingerprint === certificate.fingerprint ? 'proven' : 'another'
  } catch (error) {
    if (error instanceof PkiError) return error.code
    throw error
  }
}

describe('the revocation list of an issuer', () => {
  it('is fetched when it is first needed, and not again for the next certificate', async () => {
    const trust = trustOf()
    expect(await verdict(trust, signer.certificate)).toBe('proven')
    expect(await verdict(trust, pki.issue('access-point', { crlUrl: `${server.url}/ap.crl` }).certificate)).toBe(
      'proven',
    )
    expect(server.requests).toEqual(['/ap.crl'])
  })

  it('is fetched once for many who ask at the same time', async () => {
    const trust = trustOf()
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => verdict(trust, signer.certificate)))
    expect(new Set(verdicts)).toEqual(new Set(['proven']))
    expect(server.requests).toHaveLength(1)
  })

  it('names who is revoked', async () => {
    const revoked = pki.issue('access-point', { crlUrl: `${server.url}/ap.crl` })
    pki.revoke(revoked.certificate.serial)
    expect(await verdict(trustOf(), revoked.certificate)).toBe('revoked')
  })

  it('of one issuer says nothing about the certificates of another', async () => {
    const trust = trustOf()
    await verdict(trust, signer.certificate)
    const smp = pki.issue('smp', { crlUrl: `${server.url}/smp.crl` })
    expect(await verdict(trust, smp.certificate, 'smp')).toBe('proven')
    expect(server.requests).toEqual(['/ap.crl', '/smp.crl'])
  })

  it('is not fetched from elsewhere than allowed', async () => {
    const trust = trustOf({ crlPrefixes: ['http://crl.example/'] })
    expect(await verdict(trust, signer.certificate)).toBe('revocation-unknown')
    expect(server.requests).toEqual([])
  })

  it('is fetched from the allowed one of several places', async () => {
    const trust = trustOf({ crlPrefixes: ['http://crl.example/', `${server.url}/ap`] })
    expect(await verdict(trust, signer.certificate)).toBe('proven')
  })

  it('is not fetched for a certificate that nobody we know has signed', async () => {
    const stranger = pki.issue('access-point', { signedBy: pki.root, crlUrl: `${server.url}/ap.crl` })
    expect(await verdict(trustOf(), stranger.certificate)).toBe('untrusted')
    expect(server.requests).toEqual([])
  })

  it('is not asked for where revocation is off', async () => {
    const anchors = pki.trust({ revocation: 'off' })
    expect(await verdict(trustOf({ anchors }), signer.certificate)).toBe('proven')
    expect(server.requests).toEqual([])
  })
})

describe('a list that cannot be had', () => {
  it.each<[string, ScriptedServer['script']]>([
    ['the server answers 500', (_request, response) => void response.writeHead(500).end()],
    ['the server answers 404', (_request, response) => void response.writeHead(404).end()],
    ['the connection breaks', request => void request.socket.destroy()],
    ['it is no list', (_request, response) => void response.end('<html></html>')],
    ['it is the list of another issuer', (_request, response) => void response.end(pki.crl(pki.smpCa))],
    [
      'another signed it',
      (_request, response) => void response.end(pki.crl(pki.accessPointCa, { signedBy: pki.smpCa })),
    ],
    [
      'it is out of date',
      (_request, response) =>
        void response.end(pki.crl(pki.accessPointCa, { thisUpdate: '2026-01-01', nextUpdate: '2026-02-01' })),
    ],
  ])('because %s leaves it unknown whether a certificate is revoked', async (_, script) => {
    server.script = script
    expect(await verdict(trustOf(), signer.certificate)).toBe('revocation-unknown')
  })

  it('is told to the log with the reason', async () => {
    server.script = (_request, response) => void response.writeHead(500).end()
    await verdict(trustOf(), signer.certificate)
    expect(log.events).toMatchObject([{ level: 'error', event: 'crl.failed', fields: { url: `${server.url}/ap.crl` } }])
  })

  it('is asked for again only after a pause, however many ask', async () => {
    const trust = trustOf()
    server.script = (_request, response) => void response.writeHead(500).end()
    for (let count = 0; count < 5; count++) await verdict(trust, signer.certificate)
    expect(server.requests).toHaveLength(1)
    server.script = undefined
    clock.advance(5_000)
    expect(await verdict(trust, signer.certificate)).toBe('proven')
  })
})

describe('a list that has grown old', () => {
  it('still answers, and is fetched again meanwhile', async () => {
    const trust = trustOf()
    await verdict(trust, signer.certificate)
    clock.advance(3_601_000)
    server.script = (_request, response) => void setTimeout(() => response.end(pki.crl(pki.accessPointCa)), 50)
    expect(await verdict(trust, signer.certificate)).toBe('proven')
    expect(refreshes()).toBe(1)
    await expect.poll(refreshes).toBe(2)
  })

  it('tells of revocations once it was fetched again', async () => {
    const trust = trustOf()
    const later = pki.issue('access-point', { crlUrl: `${server.url}/ap.crl` })
    expect(await verdict(trust, later.certificate)).toBe('proven')
    pki.revoke(later.certificate.serial)
    clock.advance(3_601_000)
    await verdict(trust, later.certificate)
    await expect.poll(refreshes).toBe(2)
    expect(await verdict(trust, later.certificate)).toBe('revoked')
  })

  it('is kept when it cannot be fetched again, until it ends', async () => {
    server.script = (_request, response) =>
      void response.end(pki.crl(pki.accessPointCa, { nextUpdate: '2026-11-21T16:00:00Z' }))
    const trust = trustOf()
    await verdict(trust, signer.certificate)
    server.script = (_request, response) => void response.writeHead(500).end()
    clock.advance(2 * 3_600_000)
    expect(await verdict(trust, signer.certificate)).toBe('proven')
    await expect.poll(() => log.events.filter(({ event }) => event === 'crl.failed').length).toBe(1)
    clock.advance(1_000)
    expect(await verdict(trust, signer.certificate)).toBe('proven')
    clock.advance(5 * 3_600_000)
    expect(await verdict(trust, signer.certificate)).toBe('revocation-unknown')
  })

  it('and has ended is replaced before the certificate is judged', async () => {
    server.script = (_request, response) =>
      void response.end(pki.crl(pki.accessPointCa, { nextUpdate: '2026-11-21T16:00:00Z' }))
    const trust = trustOf()
    await verdict(trust, signer.certificate)
    server.script = undefined
    clock.advance(7 * 3_600_000)
    expect(await verdict(trust, signer.certificate)).toBe('proven')
    expect(server.requests).toHaveLength(2)
  })
})

describe('a check over several certificates', () => {
  it('is made again once the lists of all are there', async () => {
    const smp = pki.issue('smp', { crlUrl: `${server.url}/smp.crl` })
    let runs = 0
    await trustOf().withLists(
      [
        [signer.certificate, 'access-point'],
        [smp.certificate, 'smp'],
      ],
      snapshot => {
        runs++
        trustCertificate(signer.certificate, 'access-point', snapshot, clock.now())
        trustCertificate(smp.certificate, 'smp', snapshot, clock.now())
      },
    )
    expect(runs).toBe(2)
    expect([...server.requests].toSorted()).toEqual(['/ap.crl', '/smp.crl'])
  })

  it('that fails for another reason is not made again', async () => {
    const failing = trustOf().withLists([[signer.certificate, 'access-point']], () => {
      throw new PkiError('expired', 'x')
    })
    await expect(failing).rejects.toMatchObject({ code: 'expired' })
    expect(server.requests).toEqual([])
  })
})

function refreshes(): number {
  return log.events.filter(({ event }) => event === 'crl.refreshed').length
}
