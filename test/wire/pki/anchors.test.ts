import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type Instant, instantOf } from '../../../src/kernel/index.ts'
import {
  type Certificate,
  type TrustSnapshot,
  buildTrust,
  readCertificate,
  readCertificates,
  trustCertificate,
} from '../../../src/wire/pki/index.ts'
import { itShared, sharedData } from '../../support/shared.ts'

const certs = fileURLToPath(new URL('../../../certs/', import.meta.url))

/** [peppol.md §2.1] */
const fingerprints: Readonly<Record<string, string>> = {
  'peppol-production/root-g3':
    'B6:07:5B:9F:86:55:E7:56:77:7F:18:2D:14:07:C0:04:94:42:D3:A2:F5:7D:FF:97:81:52:38:28:F3:31:F2:11',
  'peppol-production/access-point-ca-g3':
    'B6:5E:37:5A:58:26:AD:A1:65:17:B2:AA:8A:88:1B:6F:CA:FF:5E:48:E7:55:9B:9E:96:BB:A5:C6:49:21:F9:00',
  'peppol-production/smp-ca-g3':
    'D9:E1:74:67:C6:9E:51:FC:4F:5C:52:63:54:2F:C6:8D:2A:BB:A5:DF:AA:E6:2E:87:FB:D6:82:9F:1D:E6:21:C4',
  'peppol-test/root-g3':
    '8B:4E:0E:5D:C7:C8:20:8C:BA:88:ED:EB:FA:D3:1E:06:47:40:D8:96:AB:6E:18:DE:0B:03:38:6F:D2:4B:E7:34',
  'peppol-test/access-point-ca-g3':
    'D2:44:5A:0F:11:5E:E6:4C:C1:41:A8:49:FE:14:29:27:FE:57:01:B7:D9:B5:8D:3E:6F:53:99:31:62:11:5C:C0',
  'peppol-test/smp-ca-g3':
    'EB:78:DA:BB:62:2B:BC:70:15:92:F0:85:BC:27:AB:81:7F:E1:C0:D4:75:3A:E8:29:68:2E:81:27:B3:B0:0C:E7',
}

function anchor(name: string): Certificate {
  const [certificate] = readCertificates(readFileSync(`${certs}${name}.pem`, 'latin1'))
  if (certificate === undefined) throw new Error(name)
  return certificate
}

function anchorsOf(network: string): TrustSnapshot {
  return buildTrust({
    roots: [anchor(`${network}/root-g3`)],
    accessPointIssuers: [anchor(`${network}/access-point-ca-g3`)],
    smpIssuers: [anchor(`${network}/smp-ca-g3`)],
    revocation: 'off',
  })
}

function codeOf(work: () => unknown): string {
  try {
    work()
    return 'accepted'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('the trust anchors in certs', () => {
  it.each(Object.entries(fingerprints))('%s has the fingerprint of the specification digest', (name, fingerprint) => {
    expect(anchor(name).fingerprint).toBe(fingerprint.replaceAll(':', '').toLowerCase())
    expect(readFileSync(`${certs}README.md`, 'utf8')).toContain(fingerprint)
  })

  it.each(['peppol-production', 'peppol-test'])('each issuing CA of %s is signed by the key of its root', network => {
    expect(anchorsOf(network).roots).toHaveLength(1)
  })

  it('an issuing CA of one network does not chain to the root of the other', () => {
    const mixed = {
      roots: [anchor('peppol-test/root-g3')],
      accessPointIssuers: [anchor('peppol-production/access-point-ca-g3')],
      smpIssuers: [],
      revocation: 'off',
    } as const
    expect(codeOf(() => buildTrust(mixed))).toBe('untrusted')
  })
})

/** In document order: the receiver's, of generation G2, and the sender's, of G3. */
function tokens(): readonly Certificate[] {
  const message = sharedData('as4/phase4/dump-raw.as4out').toString('latin1')
  const found = message.matchAll(/<wsse:BinarySecurityToken[^>]*>([^<]+)</g)
  return [...found].map(match => readCertificate(Buffer.from(match[1] ?? '', 'base64')))
}

describe('the certificates in a real phase4 message of January 2026', () => {
  const january: Instant = instantOf('2026-01-29T15:39:04Z')

  itShared('the signer is trusted as a test access point', () => {
    const [, signer] = tokens()
    expect(signer?.commonName).toBe('POP000306')
    expect(signer?.subject.get('OU')).toEqual(['PEPPOL TEST AP'])
    expect(signer?.crlUrls).toEqual(['http://crl.one.nl.digicert.com/PEPPOLACCESSPOINTTESTCA-G3.crl'])
    expect(signer?.keyUsage).toEqual(new Set(['digitalSignature', 'keyEncipherment', 'dataEncipherment']))
    expect(codeOf(() => trustCertificate(signer!, 'access-point', anchorsOf('peppol-test'), january))).toBe('accepted')
  })

  itShared('the signer is trusted neither as an SMP nor in production, and not after its time', () => {
    const signer = tokens()[1]!
    const production = anchorsOf('peppol-production')
    expect(codeOf(() => trustCertificate(signer, 'smp', anchorsOf('peppol-test'), january))).toBe('wrong-purpose')
    expect(codeOf(() => trustCertificate(signer, 'access-point', production, january))).toBe('untrusted')
    const later = instantOf('2027-08-30T00:00:00Z')
    expect(codeOf(() => trustCertificate(signer, 'access-point', anchorsOf('peppol-test'), later))).toBe('expired')
  })

  itShared('a certificate of the ended generation G2 is a stranger', () => {
    const [old] = tokens()
    expect(old?.issuer.get('CN')).toEqual(['PEPPOL ACCESS POINT TEST CA - G2'])
    expect(codeOf(() => trustCertificate(old!, 'access-point', anchorsOf('peppol-test'), january))).toBe('untrusted')
  })
})
