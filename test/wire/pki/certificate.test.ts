import { X509Certificate, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { isoOf } from '../../../src/kernel/index.ts'
import { type Certificate, PkiError, readCertificate, readCertificates } from '../../../src/wire/pki/index.ts'
import { bitString, boolean, context, der, distinguishedName, integer, oid, sequence, time } from '../../support/der.ts'
import { endEntityConstraints, extension, makeTestPki, signed, usageExtension } from '../../support/pki.ts'
import { itShared, sharedData } from '../../support/shared.ts'

const pki = makeTestPki()
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const sound = pki.issue('access-point', { keyPair: { publicKey, privateKey }, serial: '00ff01' })

function codeOf(work: () => unknown): string {
  try {
    work()
    return 'accepted'
  } catch (error) {
    if (error instanceof PkiError) return error.code
    throw error
  }
}

/** The parts of a TBSCertificate in order, any of them replaced. */
function forged(
  parts: Partial<Record<'version' | 'serial' | 'algorithm' | 'validity' | 'key' | 'tail', Buffer>>,
): Buffer {
  const name = distinguishedName({ CN: 'A' })
  const body = sequence(
    parts.version ?? context(0, integer('2')),
    parts.serial ?? integer('1'),
    parts.algorithm ?? sequence(oid('1.2.840.113549.1.1.11')),
    name,
    parts.validity ?? sequence(time('2025-01-01'), time('2045-01-01')),
    name,
    parts.key ?? publicKey.export({ format: 'der', type: 'spki' }),
    parts.tail ?? context(3, sequence(endEntityConstraints())),
  )
  return signed(body, privateKey)
}

function withExtensions(...extensions: readonly Buffer[]): Buffer {
  return forged({ tail: context(3, sequence(...extensions)) })
}

function constrained(...content: Buffer[]): Certificate {
  return readCertificate(withExtensions(extension('2.5.29.19', sequence(...content), true)))
}

describe('a certificate', () => {
  it('is read once, and found again by its octets', () => {
    expect(readCertificate(Buffer.from(sound.certificate.der))).toBe(sound.certificate)
  })

  it('does not share memory with the message it came in', () => {
    const message = Buffer.concat([Buffer.alloc(3), forged({ serial: integer('77') })])
    const certificate = readCertificate(message.subarray(3))
    message.fill(0)
    expect(certificate.der[0]).toBe(0x30)
  })

  it('has its serial in lower case without leading zeros', () => {
    expect(sound.certificate.serial).toBe('ff01')
    expect(readCertificate(forged({ serial: integer('0') })).serial).toBe('0')
  })

  it('says of absent extensions that they are absent', () => {
    const bare = readCertificate(forged({ tail: Buffer.alloc(0) }))
    expect(bare).toMatchObject({ keyUsage: undefined, extendedKeyUsage: undefined, authority: undefined, crlUrls: [] })
  })

  it('knows the years after 2049', () => {
    const certificate = readCertificate(
      forged({ validity: sequence(time('1999-12-31'), time('2051-06-01T01:02:03Z')) }),
    )
    expect([isoOf(certificate.validFrom), isoOf(certificate.validTo)]).toEqual([
      '1999-12-31T00:00:00.000Z',
      '2051-06-01T01:02:03.000Z',
    ])
  })

  it('has the path length of a CA', () => {
    expect(constrained(boolean(true), integer('1')).authority).toEqual({ pathLengthMax: 1 })
    expect(constrained(boolean(true)).authority).toEqual({ pathLengthMax: undefined })
    expect(constrained(boolean(false)).authority).toBeUndefined()
  })

  it('names its critical extensions that nobody here understands', () => {
    const octets = withExtensions(extension('1.2.3', integer('1'), true), extension('1.2.4', integer('1')))
    expect(readCertificate(octets).unhandledCriticalExtensions).toEqual(['1.2.3'])
  })

  const files = ['ap-sender-POP999991', 'smp-POP999993', 'ap-ca', 'root'].map(
    name => `as4/generated/pki/${name}.cert.pem`,
  )
  const anchors = ['PEPPOL_Root_CA-G3', 'PEPPOL_ACCESS_POINT_TEST_CA-G3'].map(name => `peppol/trust/g3/${name}.pem`)
  for (const file of [...files, ...anchors]) {
    itShared(`says what OpenSSL says of ${file}`, () => {
      const pem = sharedData(file).toString('latin1')
      const [ours] = readCertificates(pem)
      const theirs = new X509Certificate(pem)
      expect(ours?.fingerprint).toBe(theirs.fingerprint256.replaceAll(':', '').toLowerCase())
      expect(ours?.serial).toBe(theirs.serialNumber.toLowerCase())
      expect(ours?.validFrom).toBe(theirs.validFromDate.getTime())
      expect(ours?.validTo).toBe(theirs.validToDate.getTime())
      expect(ours?.publicKey.equals(theirs.publicKey)).toBe(true)
      expect(ours?.authority !== undefined).toBe(theirs.ca)
      expect(Object.fromEntries([...ours!.subject].map(([key, [value]]) => [key, value]))).toEqual(
        theirs.toLegacyObject().subject,
      )
      // Node lists the extended key usage under this name.
      expect(ours?.extendedKeyUsage && [...ours.extendedKeyUsage]).toEqual(theirs.keyUsage)
    })
  }
})

describe('what is not a certificate as X.509 has it is refused', () => {
  it('cut short at any octet, or with one more', () => {
    const { der: octets } = sound.certificate
    for (let length = 0; length < octets.length; length++) {
      expect(codeOf(() => readCertificate(octets.subarray(0, length)))).toBe('malformed')
    }
    expect(codeOf(() => readCertificate(Buffer.concat([octets, Buffer.from([0])])))).toBe('malformed')
  })

  it('with any octet changed it is still read or refused, but never anything else', () => {
    const { der: octets } = sound.certificate
    for (let index = 0; index < octets.length - 256; index++) {
      const changed = Buffer.from(octets)
      changed[index] = (changed[index]! + 0x81) & 0xff
      expect(['accepted', 'malformed']).toContain(codeOf(() => readCertificate(changed)))
    }
  })

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['an indefinite length', Buffer.from('308002010100', 'hex')],
    ['a length that is not in its shortest form', Buffer.from('3081020500', 'hex')],
    ['a length with a leading zero', Buffer.from('308200020500', 'hex')],
    ['a length of five octets', Buffer.from('30850000000002', 'hex')],
    ['a tag of two octets', Buffer.from('3f8101020500', 'hex')],
    ['more than 64 KiB', der(0x30, Buffer.alloc(70_000))],
    ['version 1', forged({ version: Buffer.alloc(0), tail: Buffer.alloc(0) })],
    ['version 2', forged({ version: context(0, integer('1')) })],
    ['another algorithm inside', forged({ algorithm: sequence(oid('1.2.840.113549.1.1.12')) })],
    ['a key of an unknown kind', forged({ key: sequence(sequence(oid('1.2.3')), bitString(Buffer.alloc(4))) })],
    ['an extension twice', withExtensions(endEntityConstraints(), endEntityConstraints())],
    ['a key usage that is no BIT STRING', withExtensions(extension('2.5.29.15', integer('1')))],
    ['more in an extension than belongs there', withExtensions(extension('2.5.29.19', Buffer.from('30000500', 'hex')))],
    ['a flag that is neither true nor false', withExtensions(extension('2.5.29.19', Buffer.from('3003010101', 'hex')))],
    ['a negative path length', withExtensions(extension('2.5.29.19', Buffer.from('30060101ff0201ff', 'hex')))],
    ['a signature with unused bits', sequence(sequence(), sequence(oid('1.2.3')), bitString(Buffer.alloc(1), 1))],
    [
      'a day that does not exist',
      forged({ validity: sequence(der(0x17, Buffer.from('250230000000Z')), time('2045')) }),
    ],
    ['a time without seconds', forged({ validity: sequence(der(0x17, Buffer.from('2501010000Z')), time('2045')) })],
    [
      'a time with an offset',
      forged({ validity: sequence(der(0x17, Buffer.from('250101000000+0100')), time('2045')) }),
    ],
    ['an hour 24', forged({ validity: sequence(der(0x18, Buffer.from('20250101240000Z')), time('2045')) })],
  ])('%s', (_, octets) => {
    expect(codeOf(() => readCertificate(octets))).toBe('malformed')
  })

  it('the forger’s own certificate is sound where nothing is forged', () => {
    expect(codeOf(() => readCertificate(forged({})))).toBe('accepted')
    expect(codeOf(() => readCertificate(withExtensions(usageExtension(0x80, 7))))).toBe('accepted')
  })
})

describe('texts with certificates', () => {
  const other = pki.issue('smp', { keyPair: { publicKey, privateKey } })

  it('several PEM blocks come in order, whatever stands between', () => {
    const text = `subject=POP\n${sound.certificatePem}\r\n# next\n${other.certificatePem.replaceAll('\n', '\r\n')}`
    expect(readCertificates(text)).toEqual([sound.certificate, other.certificate])
  })

  it('bare base64 may be broken into lines', () => {
    const base64 = sound.certificate.der.toString('base64')
    expect(readCertificates(base64)).toEqual([sound.certificate])
    expect(readCertificates(`\r\n  ${base64.replace(/.{60}/g, '$&\r\n\t')} `)).toEqual([sound.certificate])
  })

  it.each([
    ['nothing', ''],
    ['another text', 'hello'],
    ['a block that does not end', sound.certificatePem.slice(0, -10)],
    ['a block with an illegal character', sound.certificatePem.replace('MII', 'MI!')],
    ['a key', sound.privateKeyPem],
  ])('%s is refused', (_, text) => {
    expect(codeOf(() => readCertificates(text))).toBe('malformed')
  })
})
