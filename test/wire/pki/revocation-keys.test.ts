import { constants, generateKeyPairSync, publicEncrypt, randomBytes, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { instantOf } from '../../../src/kernel/index.ts'
import { PkiError, keysOf, readRevocationList } from '../../../src/wire/pki/index.ts'
import { boolean, context, der, distinguishedName, integer, oid, sequence, time } from '../../support/der.ts'
import { extension, identityOf, makeCa, makeTestPki, signed, usageExtension } from '../../support/pki.ts'

const pki = makeTestPki()
const ca = pki.accessPointCa

function codeOf(work: () => unknown): string {
  try {
    work()
    return 'accepted'
  } catch (error) {
    if (error instanceof PkiError) return error.code
    throw error
  }
}

function verdict(crl: Buffer, issuer = ca): string {
  return codeOf(() => readRevocationList(crl, issuer.certificate))
}

/** A list of the access point CA with one entry, written by hand. */
function handMade(entry: readonly Buffer[]): Buffer {
  const name = distinguishedName({ CN: ca.certificate.commonName, O: 'Passerelle Test (not Peppol)', C: 'BE' })
  const algorithm = sequence(oid('1.2.840.113549.1.1.11'), der(0x05))
  const body = sequence(
    integer('1'),
    algorithm,
    name,
    time('2026-01-01'),
    time('2027-01-01'),
    sequence(sequence(...entry)),
  )
  return signed(body, ca.privateKey)
}

describe('a revocation list', () => {
  it('says until when it holds, and which serials are revoked since when', () => {
    const mine = makeTestPki()
    mine.revoke('0a1b')
    mine.revoke('ff')
    const list = readRevocationList(
      mine.crl(mine.smpCa, { thisUpdate: '2026-11-01', nextUpdate: '2026-11-08' }),
      mine.smpCa.certificate,
    )
    expect(list).toEqual({
      thisUpdate: instantOf('2026-11-01'),
      nextUpdate: instantOf('2026-11-08'),
      revoked: new Map([
        ['a1b', instantOf('2025-06-01')],
        ['ff', instantOf('2025-06-01')],
      ]),
    })
  })

  it('may be without entries and with a reason per entry', () => {
    expect(readRevocationList(pki.crl(ca), ca.certificate).revoked.size).toBe(0)
    const reason = sequence(extension('2.5.29.21', der(0x0a, Buffer.from([1]))))
    const list = readRevocationList(handMade([integer('7'), time('2026-02-03'), reason]), ca.certificate)
    expect([...list.revoked]).toEqual([['7', instantOf('2026-02-03')]])
  })

  it('is proven by the key of its issuer', () => {
    expect(verdict(pki.crl(ca))).toBe('accepted')
    expect(verdict(pki.crl(ca, { signedBy: pki.smpCa }))).toBe('untrusted')
    const broken = pki.crl(ca)
    broken[broken.length - 1]! ^= 1
    expect(verdict(broken)).toBe('untrusted')
  })

  it('is refused from an issuer of another name, or one that may not sign lists', () => {
    const keyPair = { privateKey: ca.privateKey, publicKey: ca.certificate.publicKey }
    const renamed = makeCa('OTHER', pki.root, { keyPair })
    expect(verdict(pki.crl(ca), renamed)).toBe('untrusted')
    const extensions = [extension('2.5.29.19', sequence(boolean(true)), true), usageExtension(0b0000_0100, 2)]
    const mute = makeCa(ca.certificate.commonName, pki.root, { keyPair, extensions })
    expect(verdict(pki.crl(mute), mute)).toBe('untrusted')
  })

  const onlyName = context(0, context(0, der(0x86, Buffer.from('http://crl.test.invalid/'))))
  it.each<[string, readonly Buffer[], string]>([
    ['a number', [extension('2.5.29.20', integer('1'))], 'accepted'],
    ['the name of its distribution point', [extension('2.5.29.28', sequence(onlyName), true)], 'accepted'],
    ['end entities only', [extension('2.5.29.28', sequence(der(0x81, Buffer.from([0xff]))), true)], 'accepted'],
    ['CAs only', [extension('2.5.29.28', sequence(der(0x82, Buffer.from([0xff]))), true)], 'malformed'],
    ['some reasons only', [extension('2.5.29.28', sequence(der(0x83, Buffer.from([1, 6]))), true)], 'malformed'],
    ['certificates of others', [extension('2.5.29.28', sequence(der(0x84, Buffer.from([0xff]))), true)], 'malformed'],
    ['only what is new', [extension('2.5.29.27', integer('1'), true)], 'malformed'],
    ['something critical nobody knows', [extension('1.2.3', integer('1'), true)], 'malformed'],
  ])('with an extension for %s is %3$s', (_, extensions, code) => {
    expect(verdict(pki.crl(ca, { extensions }))).toBe(code)
  })

  it('is refused without nextUpdate, with a critical entry extension, cut short, or longer than it is', () => {
    expect(verdict(pki.crl(ca, { nextUpdate: 'none' }))).toBe('malformed')
    const otherIssuer = sequence(extension('2.5.29.29', sequence(), true))
    expect(verdict(handMade([integer('7'), time('2026-02-03'), otherIssuer]))).toBe('malformed')
    expect(verdict(pki.crl(ca).subarray(0, -1))).toBe('malformed')
    expect(verdict(Buffer.concat([pki.crl(ca), Buffer.from([0])]))).toBe('malformed')
  })
})

describe('the keys of a node', () => {
  const { certificate, privateKey, keys } = pki.issue('access-point')

  it('sign with RSA and SHA-256', async () => {
    const data = randomBytes(100)
    expect(verify('sha256', data, certificate.publicKey, await keys.sign(data))).toBe(true)
  })

  it('unwrap content keys, several at once, in any order of the copies', async () => {
    const contentKeys = Array.from({ length: 9 }, () => randomBytes(16))
    const oaep = { key: certificate.publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
    const unwrapped = await Promise.all(contentKeys.map(key => keys.unwrap(publicEncrypt(oaep, key))))
    expect(unwrapped).toEqual(contentKeys)
  })

  it('reject what was wrapped for another, and what was wrapped with SHA-1', async () => {
    const contentKey = randomBytes(16)
    const padding = constants.RSA_PKCS1_OAEP_PADDING
    const foreign = publicEncrypt({ key: ca.certificate.publicKey, padding, oaepHash: 'sha256' }, contentKey)
    await expect(keys.unwrap(foreign)).rejects.toThrow()
    const old = publicEncrypt({ key: certificate.publicKey, padding, oaepHash: 'sha1' }, contentKey)
    await expect(keys.unwrap(old)).rejects.toThrow()
    await expect(keys.unwrap(Buffer.alloc(10))).rejects.toThrow()
  })

  it('must belong to the certificate and be RSA', () => {
    expect(codeOf(() => keysOf(ca.privateKey, certificate))).toBe('malformed')
    const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(codeOf(() => keysOf(elliptic.privateKey, certificate))).toBe('wrong-purpose')
    expect(codeOf(() => identityOf(certificate, privateKey).keys)).toBe('accepted')
  })
})
