import { execFileSync, spawnSync } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadKeys, readAnchors } from '../../src/adapters/keys/index.ts'
import { instantOf } from '../../src/kernel/index.ts'
import { makeRevocationList } from '../../src/sandbox/authority.ts'
import { type IssuedFiles, openPki, type Pki } from '../../src/sandbox/pki.ts'
import {
  buildTrust,
  readCertificate,
  readRevocationList,
  type TrustSnapshot,
  trustCertificate,
  withRevocationList,
} from '../../src/wire/pki/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'passerelle-pki-'))
const now = new Date('2026-11-21T10:00:00Z')
const at = instantOf(now)
const crlUrl = 'http://127.0.0.1:8413/crl'
const seat = {
  name: 'a/access-point',
  role: 'access-point',
  commonName: 'PFR000001',
  organisation: 'Essai',
  country: 'FR',
} as const
let pki: Pki
let files: IssuedFiles

beforeAll(async () => {
  pki = await openPki(folder, { crlUrl, now })
  files = await pki.issue(seat)
})

function trust(): TrustSnapshot {
  const anchors = readAnchors(pki.anchorsFolder)
  let snapshot = buildTrust({ ...anchors, revocation: 'required' })
  for (const [issuer, name] of [
    [anchors.roots[0]!, 'root'],
    [anchors.accessPointIssuers[0]!, 'access-point-ca'],
    [anchors.smpIssuers[0]!, 'smp-ca'],
  ] as const) {
    snapshot = withRevocationList(snapshot, issuer, readRevocationList(pki.revocationList(`${name}.crl`, now)!, issuer))
  }
  return snapshot
}

describe('the PKI of the sandbox', () => {
  it('issues certificates that the real check of Peppol certificates takes', () => {
    const keys = loadKeys({ ...files, pkcs12: undefined, password: undefined })!
    const trusted = trustCertificate(keys.certificate, 'access-point', trust(), at)
    expect(trusted.commonName).toBe('PFR000001')
    expect(trusted.crlUrls).toEqual([`${crlUrl}/access-point-ca.crl`])
    expect(trusted.subject.get('OU')).toEqual(['PEPPOL TEST AP'])
  })

  it('keeps the roles apart', async () => {
    const smp = await pki.issue({ ...seat, name: 'a/smp', role: 'smp' })
    const keys = loadKeys({ ...smp, pkcs12: undefined, password: undefined })!
    expect(() => trustCertificate(keys.certificate, 'access-point', trust(), at)).toThrow(
      expect.objectContaining({ code: 'wrong-purpose' }),
    )
    expect(trustCertificate(keys.certificate, 'smp', trust(), at).commonName).toBe('PFR000001')
  })

  it('publishes lists that revoke', () => {
    const anchors = readAnchors(pki.anchorsFolder)
    const issuer = anchors.accessPointIssuers[0]!
    const certificate = loadKeys({ ...files, pkcs12: undefined, password: undefined })!.certificate
    const privateKey = createPrivateKey(readFileSync(join(folder, 'authorities/access-point-ca.key.pem')))
    const certificatePem = readFileSync(join(folder, 'anchors/access-point-ca.pem'), 'utf8')
    const der = makeRevocationList(
      { certificatePem, privateKey },
      {
        thisUpdate: now,
        nextUpdate: new Date(now.getTime() + 1000),
        number: 1,
        revoked: new Map([[certificate.serial, now]]),
      },
    )
    const revoking = withRevocationList(trust(), issuer, readRevocationList(der, issuer))
    expect(() => trustCertificate(certificate, 'access-point', revoking, at)).toThrow(
      expect.objectContaining({ code: 'revoked' }),
    )
  })

  it.skipIf(spawnSync('openssl', ['version']).status !== 0)('writes lists that OpenSSL verifies', () => {
    const list = execFileSync(
      'openssl',
      ['crl', '-inform', 'DER', '-CAfile', join(folder, 'anchors/root.pem'), '-noout', '-text'],
      { input: pki.revocationList('root.crl', now), stdio: ['pipe', 'pipe', 'pipe'] },
    )
    expect(list.toString()).toContain('PASSERELLE SANDBOX Root CA')
  })

  it('knows no other list', () => {
    expect(pki.revocationList('other.crl', now)).toBeUndefined()
  })

  it('gives the same certificate again when opened again', async () => {
    const before = readFileSync(files.certificate, 'utf8')
    const again = await (await openPki(folder, { crlUrl, now })).issue(seat)
    expect(readFileSync(again.certificate, 'utf8')).toBe(before)
  })

  it('issues anew for the same key when lists are published elsewhere or the end is near', async () => {
    const before = new X509Certificate(readFileSync(files.certificate))
    const moved = await (await openPki(folder, { crlUrl: 'http://127.0.0.1:9999/crl', now })).issue(seat)
    const after = readCertificate(new X509Certificate(readFileSync(moved.certificate)).raw)
    expect(after.crlUrls).toEqual(['http://127.0.0.1:9999/crl/access-point-ca.crl'])
    expect(after.publicKey.equals(before.publicKey)).toBe(true)
    const later = new Date(now.getTime() + 729.5 * 24 * 3600 * 1000)
    await (await openPki(folder, { crlUrl: 'http://127.0.0.1:9999/crl', now: later })).issue(seat)
    expect(new X509Certificate(readFileSync(files.certificate)).validToDate > later).toBe(true)
  })

  it('keeps private keys to their owner', () => {
    expect(statSync(files.key).mode & 0o777).toBe(0o600)
  })
})
