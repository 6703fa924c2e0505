import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { instantOf } from '../../../src/kernel/index.ts'
import {
  type Certificate,
  type CertificateRole,
  PkiError,
  type TrustSnapshot,
  buildTrust,
  issuerOf,
  readCertificates,
  readRevocationList,
  trustCertificate,
  withRevocationList,
} from '../../../src/wire/pki/index.ts'
import { boolean, integer, sequence } from '../../support/der.ts'
import {
  endEntityConstraints,
  extendedUsageExtension,
  extension,
  makeCa,
  makeTestPki,
  usageExtension,
} from '../../support/pki.ts'
import { itShared, sharedData } from '../../support/shared.ts'

const at = instantOf('2026-11-21T12:00:00Z')
const pki = makeTestPki()
// One key for every certificate whose key does not matter: making them is what takes time.
const keyPair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const clientAuth = '1.3.6.1.5.5.7.3.2'
const serverAuth = '1.3.6.1.5.5.7.3.1'

function codeOf(work: () => unknown): string {
  try {
    work()
    return 'accepted'
  } catch (error) {
    if (error instanceof PkiError) return error.code
    throw error
  }
}

function verdict(certificate: Certificate, trust = pki.trust(), role: CertificateRole = 'access-point'): string {
  return codeOf(() => trustCertificate(certificate, role, trust, at))
}

/** Trust in one access point issuer under one root, without lists. */
function trustIn(issuer: Certificate, root: Certificate): TrustSnapshot {
  return {
    roots: [root],
    issuers: { 'access-point': [issuer], smp: [] },
    revocations: new Map(),
    revocation: 'off',
  }
}

describe('a certificate for its role', () => {
  it('is trusted, and so named', () => {
    const { certificate } = pki.issue('access-point', { keyPair })
    expect(trustCertificate(certificate, 'access-point', pki.trust(), at)).toBe(certificate)
    expect(issuerOf(certificate, 'access-point', pki.trust())).toBe(pki.accessPointCa.certificate)
  })

  it('is refused for the other role, both ways', () => {
    const accessPoint = pki.issue('access-point', { keyPair }).certificate
    const smp = pki.issue('smp', { keyPair }).certificate
    expect(verdict(smp, pki.trust(), 'smp')).toBe('accepted')
    expect(verdict(smp)).toBe('wrong-purpose')
    expect(verdict(accessPoint, pki.trust(), 'smp')).toBe('wrong-purpose')
    expect(issuerOf(smp, 'access-point', pki.trust())).toBeUndefined()
  })
})

describe('dates', () => {
  it('the first and the last second belong to the certificate', () => {
    const { certificate } = pki.issue('access-point', {
      keyPair,
      validFrom: '2026-01-01T00:00:00Z',
      validTo: '2026-12-31T23:59:59Z',
    })
    const when = (iso: string): string =>
      codeOf(() => trustCertificate(certificate, 'access-point', pki.trust(), instantOf(iso)))
    expect(when('2025-12-31T23:59:59.999Z')).toBe('not-yet-valid')
    expect(when('2026-01-01T00:00:00.000Z')).toBe('accepted')
    expect(when('2026-12-31T23:59:59.999Z')).toBe('accepted')
    expect(when('2027-01-01T00:00:00.000Z')).toBe('expired')
  })

  it('an issuing CA or a root outside its dates issues nothing', () => {
    const past = { validFrom: '2025-01-01', validTo: '2026-01-01', keyPair }
    const future = { validFrom: '2027-01-01', validTo: '2028-01-01', keyPair }
    for (const [dates, code] of [
      [past, 'expired'],
      [future, 'not-yet-valid'],
    ] as const) {
      const ca = makeCa('CA', pki.root, dates)
      const { certificate } = pki.issue('access-point', { keyPair, signedBy: ca })
      expect(verdict(certificate, trustIn(ca.certificate, pki.root.certificate))).toBe(code)
      const root = makeCa('ROOT', undefined, dates)
      const below = makeCa('CA', root, { keyPair })
      const leaf = pki.issue('access-point', { keyPair, signedBy: below }).certificate
      expect(verdict(leaf, trustIn(below.certificate, root.certificate))).toBe(code)
    }
  })

  it('an expired certificate of a stranger is called expired: dates come first', () => {
    const stranger = makeCa('PASSERELLE TEST ACCESS POINT CA', undefined, { keyPair })
    const { certificate } = pki.issue('access-point', { keyPair, signedBy: stranger, validTo: '2026-01-01' })
    expect(verdict(certificate)).toBe('expired')
  })
})

describe('the chain is proven by keys', () => {
  it('an issuer with the same names and another key is a stranger', () => {
    const otherRoot = makeCa('PASSERELLE TEST ROOT CA')
    const other = makeCa('PASSERELLE TEST ACCESS POINT CA', otherRoot)
    const { certificate } = pki.issue('access-point', { keyPair, signedBy: other })
    expect(certificate.issuer).toEqual(pki.accessPointCa.certificate.subject)
    expect(verdict(certificate)).toBe('untrusted')
  })

  it('a self-signed certificate and one from another end entity are strangers', () => {
    const own = makeCa('POP000001', undefined, { extensions: [endEntityConstraints()], keyPair })
    expect(verdict(own.certificate)).toBe('untrusted')
    const accessPoint = pki.issue('access-point', { keyPair })
    const { certificate } = pki.issue('access-point', { signedBy: accessPoint })
    expect(verdict(certificate)).toBe('untrusted')
    expect(verdict(certificate, trustIn(accessPoint.certificate, pki.root.certificate))).toBe('untrusted')
  })

  it('an issuer that may not sign certificates issues nothing', () => {
    const constraints = extension('2.5.29.19', sequence(boolean(true)), true)
    const ca = makeCa('CA', pki.root, { keyPair, extensions: [constraints, usageExtension(0b0000_0010, 1)] })
    const { certificate } = pki.issue('access-point', { keyPair, signedBy: ca })
    expect(verdict(certificate, trustIn(ca.certificate, pki.root.certificate))).toBe('untrusted')
  })

  it('a pinned issuer that no root signed issues nothing', () => {
    const ca = makeCa('CA', makeCa('OTHER ROOT'), { keyPair })
    const { certificate } = pki.issue('access-point', { keyPair, signedBy: ca })
    expect(verdict(certificate, trustIn(ca.certificate, pki.root.certificate))).toBe('untrusted')
  })

  it('a root that allows no CA below has none', () => {
    for (const [pathLengthMax, code] of [
      [0, 'untrusted'],
      [1, 'accepted'],
    ] as const) {
      const root = makeCa('ROOT', undefined, { pathLengthMax })
      const ca = makeCa('CA', root, { keyPair, pathLengthMax: 0 })
      const { certificate } = pki.issue('access-point', { keyPair, signedBy: ca })
      expect(verdict(certificate, trustIn(ca.certificate, root.certificate))).toBe(code)
    }
  })

  it('an issuer with a critical extension that is not understood issues nothing', () => {
    const constraints = extension('2.5.29.19', sequence(boolean(true)), true)
    const nameConstraints = extension('2.5.29.30', sequence(), true)
    const ca = makeCa('CA', pki.root, { keyPair, extensions: [constraints, nameConstraints] })
    const { certificate } = pki.issue('access-point', { keyPair, signedBy: ca })
    expect(verdict(certificate, trustIn(ca.certificate, pki.root.certificate))).toBe('untrusted')
  })

  it('a signature with SHA-1 proves nothing, one with SHA-512 does', () => {
    expect(verdict(pki.issue('access-point', { keyPair, hash: 'sha1' }).certificate)).toBe('untrusted')
    expect(verdict(pki.issue('access-point', { keyPair, hash: 'sha512' }).certificate)).toBe('accepted')
  })

  it('a private network may have one CA for everything', () => {
    const trust = buildTrust({
      roots: [pki.root.certificate],
      accessPointIssuers: [pki.root.certificate],
      smpIssuers: [pki.root.certificate],
      revocation: 'off',
    })
    const { certificate } = pki.issue('access-point', { keyPair, signedBy: pki.root })
    expect(verdict(certificate, trust)).toBe('accepted')
    expect(verdict(certificate, trust, 'smp')).toBe('accepted')
  })
})

describe('what an end entity must be', () => {
  const usage = usageExtension(0b1011_0000, 4)
  const purpose = extendedUsageExtension([serverAuth, clientAuth])

  it.each<[string, readonly Buffer[], string]>([
    ['all extensions', [endEntityConstraints(), usage, purpose], 'accepted'],
    ['no extension', [], 'accepted'],
    ['a CA', [extension('2.5.29.19', sequence(boolean(true)), true), usage, purpose], 'wrong-purpose'],
    ['no digitalSignature', [usageExtension(0b0011_0000, 4), purpose], 'wrong-purpose'],
    ['no keyEncipherment', [usageExtension(0b1001_0000, 4), purpose], 'wrong-purpose'],
    ['digitalSignature, keyEncipherment and keyAgreement, as in G2', [usageExtension(0b1010_1000, 3)], 'accepted'],
    ['no clientAuth', [usage, extendedUsageExtension([serverAuth])], 'wrong-purpose'],
    ['a critical extension nobody knows', [usage, extension('1.2.3.4', integer('1'), true)], 'wrong-purpose'],
    ['another extension nobody knows', [usage, extension('1.2.3.4', integer('1'))], 'accepted'],
  ])('%s', (_, extensions, code) => {
    expect(verdict(pki.issue('access-point', { keyPair, extensions }).certificate)).toBe(code)
  })

  it('its key is RSA of at least 2048 bits', () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 })
    expect(verdict(pki.issue('access-point', { keyPair: short }).certificate)).toBe('untrusted')
    const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(verdict(pki.issue('access-point', { keyPair: elliptic }).certificate)).toBe('untrusted')
  })
})

describe('revocation', () => {
  const ca = pki.accessPointCa
  const { certificate } = pki.issue('access-point', { keyPair })

  function listed(crl: Buffer): TrustSnapshot {
    const bare = { ...pki.trust(), revocations: new Map() }
    return withRevocationList(bare, ca.certificate, readRevocationList(crl, ca.certificate))
  }

  it('a listed serial is revoked, on every list from then on', () => {
    const mine = makeTestPki()
    const one = mine.issue('access-point', { keyPair }).certificate
    const before = mine.trust()
    mine.revoke(one.serial)
    expect(verdict(one, before)).toBe('accepted')
    expect(verdict(one, mine.trust())).toBe('revoked')
    expect(verdict(one, mine.trust({ revocation: 'off' }))).toBe('accepted')
  })

  it('without a list of the issuer nothing is known', () => {
    const smpOnly = new Map(pki.trust().revocations)
    smpOnly.delete(ca.certificate.fingerprint)
    expect(smpOnly.size).toBe(1)
    expect(verdict(certificate, { ...pki.trust(), revocations: smpOnly })).toBe('revocation-unknown')
  })

  it('a list past nextUpdate proves nothing, but what it lists stays revoked', () => {
    expect(verdict(certificate, listed(pki.crl(ca, { nextUpdate: '2026-11-21T12:00:00Z' })))).toBe('accepted')
    expect(verdict(certificate, listed(pki.crl(ca, { nextUpdate: '2026-11-21T11:59:59Z' })))).toBe('revocation-unknown')
    const mine = makeTestPki()
    const one = mine.issue('access-point', { keyPair }).certificate
    mine.revoke(one.serial)
    const old = readRevocationList(
      mine.crl(mine.accessPointCa, { nextUpdate: '2026-01-01' }),
      mine.accessPointCa.certificate,
    )
    expect(verdict(one, withRevocationList(mine.trust(), mine.accessPointCa.certificate, old))).toBe('revoked')
  })

  it('an issuing CA on the list of its root issues nothing any more', () => {
    const mine = makeTestPki()
    const one = mine.issue('access-point', { keyPair }).certificate
    mine.revoke(mine.accessPointCa.certificate.serial)
    const list = readRevocationList(mine.crl(mine.root), mine.root.certificate)
    expect(verdict(one, mine.trust())).toBe('accepted')
    expect(verdict(one, withRevocationList(mine.trust(), mine.root.certificate, list))).toBe('revoked')
  })
})

describe('a set of anchors', () => {
  const anchors = {
    roots: [pki.root.certificate],
    accessPointIssuers: [pki.accessPointCa.certificate],
    smpIssuers: [pki.smpCa.certificate],
    revocation: 'required',
  } as const

  it('is refused when a root is not self-signed or no CA', () => {
    expect(codeOf(() => buildTrust({ ...anchors, roots: [pki.accessPointCa.certificate] }))).toBe('untrusted')
    const leaf = makeCa('ROOT', undefined, { keyPair, extensions: [endEntityConstraints()] }).certificate
    expect(codeOf(() => buildTrust({ ...anchors, roots: [leaf, pki.root.certificate] }))).toBe('untrusted')
  })

  it('is refused when an issuer is not under a root, for either role', () => {
    const stranger = makeCa('CA', makeCa('OTHER ROOT', undefined, { keyPair }), { keyPair }).certificate
    expect(codeOf(() => buildTrust({ ...anchors, accessPointIssuers: [stranger] }))).toBe('untrusted')
    expect(codeOf(() => buildTrust({ ...anchors, smpIssuers: [stranger] }))).toBe('untrusted')
    const leaf = pki.issue('smp', { keyPair, signedBy: pki.root }).certificate
    expect(codeOf(() => buildTrust({ ...anchors, smpIssuers: [leaf] }))).toBe('untrusted')
  })
})

describe('the look-alike PKI of the official data', () => {
  const folder = 'as4/generated/pki/'

  function certificateOf(name: string): Certificate {
    return readCertificates(sharedData(`${folder}${name}.cert.pem`).toString('latin1'))[0]!
  }

  function officialTrust(): TrustSnapshot {
    const trust = buildTrust({
      roots: [certificateOf('root')],
      accessPointIssuers: [certificateOf('ap-ca')],
      smpIssuers: [certificateOf('smp-ca')],
      revocation: 'required',
    })
    return ['ap-ca', 'smp-ca'].reduce((snapshot, name) => {
      const ca = certificateOf(name)
      return withRevocationList(snapshot, ca, readRevocationList(sharedData(`${folder}${name}.crl`), ca))
    }, trust)
  }

  const outcomes: readonly [string, string, string][] = [
    ['ap-sender-POP999991', 'accepted', 'wrong-purpose'],
    ['ap-receiver-POP999992', 'accepted', 'wrong-purpose'],
    ['smp-POP999993', 'wrong-purpose', 'accepted'],
    ['ap-revoked-POP999994', 'revoked', 'wrong-purpose'],
    ['ap-expired-POP999995', 'expired', 'expired'],
    ['ap-untrusted-issuer-same-names-POP999991', 'untrusted', 'untrusted'],
    ['ap-ca', 'untrusted', 'untrusted'],
    ['root', 'untrusted', 'untrusted'],
  ]
  for (const [name, asAccessPoint, asSmp] of outcomes) {
    itShared(`${name} is ${asAccessPoint} as access point and ${asSmp} as SMP`, () => {
      expect(verdict(certificateOf(name), officialTrust())).toBe(asAccessPoint)
      expect(verdict(certificateOf(name), officialTrust(), 'smp')).toBe(asSmp)
    })
  }
})
