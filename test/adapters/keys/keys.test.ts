import { execFileSync, spawnSync } from 'node:child_process'
import { createPrivateKey, generateKeyPairSync, publicEncrypt, constants, verify } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import forge from 'node-forge'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  inspectKeyFile,
  KeyFileError,
  type KeySource,
  loadKeys,
  makeRequest,
  readAnchors,
} from '../../../src/adapters/keys/index.ts'
import { type IssuedFiles, openPki, type Pki } from '../../../src/sandbox/pki.ts'

const folder = mkdtempSync(join(tmpdir(), 'passerelle-keys-'))
const hasOpenssl = spawnSync('openssl', ['version']).status === 0
// node-forge takes null for no certificate, which its declarations do not say.
const noChain = null as unknown as forge.pki.Certificate[]
let pki: Pki
let own: IssuedFiles
let other: IssuedFiles

beforeAll(async () => {
  pki = await openPki(folder, { crlUrl: undefined, now: new Date() })
  own = await pki.issue({
    name: 'own',
    role: 'access-point',
    commonName: 'PFR000001',
    organisation: 'Essai',
    country: 'FR',
  })
  other = await pki.issue({
    name: 'other',
    role: 'access-point',
    commonName: 'PFR000002',
    organisation: 'Essai',
    country: 'FR',
  })
})

function source(parts: Partial<KeySource>): KeySource {
  return { key: undefined, certificate: undefined, pkcs12: undefined, password: undefined, ...parts }
}

function codeOf(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    if (error instanceof KeyFileError) return error.code
    throw error
  }
  return 'nothing was refused'
}

function written(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

function pkcs12(
  name: string,
  options: { key?: IssuedFiles; certificates?: readonly IssuedFiles[]; algorithm?: '3des' | 'aes256' } = {},
): string {
  const { key, certificates = [own], algorithm = 'aes256' } = options
  const pkcs1 =
    key === undefined
      ? null
      : createPrivateKey(readFileSync(key.key)).export({ type: 'pkcs1', format: 'pem' }).toString()
  const privateKey = pkcs1 === null ? null : forge.pki.privateKeyFromPem(pkcs1)
  const chain = certificates.map(files => forge.pki.certificateFromPem(readFileSync(files.certificate, 'utf8')))
  const structure = forge.pkcs12.toPkcs12Asn1(privateKey, chain.length === 0 ? noChain : chain, 'hush', { algorithm })
  return written(name, Buffer.from(forge.asn1.toDer(structure).getBytes(), 'latin1'))
}

describe('loadKeys', () => {
  it('reads a PEM pair that signs and unwraps for its certificate', async () => {
    const keys = loadKeys(source(own))!
    expect(keys.certificate.commonName).toBe('PFR000001')
    const signature = await keys.sign(Buffer.from('text'))
    expect(verify('sha256', Buffer.from('text'), keys.certificate.publicKey, signature)).toBe(true)
    const padding = constants.RSA_PKCS1_OAEP_PADDING
    const wrapped = publicEncrypt(
      { key: keys.certificate.publicKey, padding, oaepHash: 'sha256' },
      Buffer.from('secret'),
    )
    expect((await keys.unwrap(wrapped)).toString()).toBe('secret')
  })

  it.each(['3des', 'aes256'] as const)('reads a PKCS#12 file enciphered with %s', algorithm => {
    const file = pkcs12(`${algorithm}.p12`, { key: own, algorithm })
    expect(loadKeys(source({ pkcs12: file, password: 'hush' }))?.certificate.commonName).toBe('PFR000001')
  })

  it.skipIf(!hasOpenssl)('reads the PKCS#12 file that OpenSSL writes by default', () => {
    const file = join(folder, 'openssl.p12')
    execFileSync('openssl', [
      'pkcs12',
      '-export',
      '-inkey',
      own.key,
      '-in',
      own.certificate,
      '-out',
      file,
      '-passout',
      'pass:hush',
    ])
    expect(loadKeys(source({ pkcs12: file, password: 'hush' }))?.certificate.commonName).toBe('PFR000001')
  })

  it('finds the certificate of the key among those of its chain', () => {
    const file = pkcs12('chain.p12', { key: own, certificates: [other, own] })
    expect(loadKeys(source({ pkcs12: file, password: 'hush' }))?.certificate.commonName).toBe('PFR000001')
  })

  it('reads an encrypted PEM key', () => {
    const pem = createPrivateKey(readFileSync(own.key)).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'hush',
    })
    const key = written('encrypted.pem', pem)
    expect(loadKeys(source({ ...own, key, password: 'hush' }))?.certificate.commonName).toBe('PFR000001')
    expect(codeOf(() => loadKeys(source({ ...own, key, password: 'wrong' })))).toBe('wrong-password')
    expect(codeOf(() => loadKeys(source({ ...own, key })))).toBe('wrong-password')
  })

  it('gives nothing when no file is named', () => {
    expect(loadKeys(source({}))).toBeUndefined()
  })

  const refusals: readonly (readonly [string, () => Partial<KeySource>, string])[] = [
    ['the key of another certificate', () => ({ key: own.key, certificate: other.certificate }), 'mismatch'],
    [
      'the key of another certificate in PKCS#12',
      () => ({ pkcs12: pkcs12('m.p12', { key: own, certificates: [other] }), password: 'hush' }),
      'mismatch',
    ],
    ['a wrong password', () => ({ pkcs12: pkcs12('w.p12', { key: own }), password: 'wrong' }), 'wrong-password'],
    ['no password', () => ({ pkcs12: pkcs12('n.p12', { key: own }) }), 'wrong-password'],
    ['PKCS#12 without a key', () => ({ pkcs12: pkcs12('k.p12'), password: 'hush' }), 'no-key'],
    [
      'PKCS#12 without a certificate',
      () => ({ pkcs12: pkcs12('c.p12', { key: own, certificates: [] }), password: 'hush' }),
      'no-certificate',
    ],
    ['something that is no PKCS#12', () => ({ pkcs12: own.key, password: 'hush' }), 'unreadable'],
    ['a file that is missing', () => ({ key: join(folder, 'none'), certificate: own.certificate }), 'unreadable'],
    ['a key file without a key', () => ({ key: own.certificate, certificate: own.certificate }), 'no-key'],
    ['a certificate file without a certificate', () => ({ key: own.key, certificate: own.key }), 'no-certificate'],
    [
      'a certificate file that is no PEM',
      () => ({ key: own.key, certificate: written('der', Buffer.from([48, 3])) }),
      'unreadable',
    ],
    [
      'a key that is broken',
      () => ({
        certificate: own.certificate,
        key: written('b.pem', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'),
      }),
      'unreadable',
    ],
    [
      'an elliptic key',
      () => ({
        certificate: own.certificate,
        key: written(
          'e.pem',
          generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
        ),
      }),
      'unsupported',
    ],
  ]
  it.each(refusals)('refuses %s', (_title, parts, code) => {
    expect(codeOf(() => loadKeys(source(parts())))).toBe(code)
  })

  it('says what is wrong without saying the password', () => {
    const file = pkcs12('s.p12', { key: own })
    expect(() => loadKeys(source({ pkcs12: file, password: 'opensesame' }))).toThrow(
      `${file} cannot be opened: the password is wrong`,
    )
  })
})

describe('readAnchors', () => {
  it('reads the three kinds by the names of their files', () => {
    const anchors = readAnchors(pki.anchorsFolder)
    expect(anchors.roots.map(one => one.commonName)).toEqual(['PASSERELLE SANDBOX Root CA'])
    expect(anchors.accessPointIssuers.map(one => one.commonName)).toEqual(['PASSERELLE SANDBOX ACCESS POINT CA'])
    expect(anchors.smpIssuers.map(one => one.commonName)).toEqual(['PASSERELLE SANDBOX SERVICE METADATA PUBLISHER CA'])
  })

  it('refuses a folder that lacks one of them, and one that is not there', () => {
    const partial = join(folder, 'partial')
    mkdirSync(partial)
    writeFileSync(join(partial, 'root.pem'), readFileSync(join(pki.anchorsFolder, 'root.pem')))
    expect(() => readAnchors(partial)).toThrow('holds no certificate in access-point*.pem')
    expect(codeOf(() => readAnchors(join(folder, 'none')))).toBe('unreadable')
  })
})

describe('inspectKeyFile', () => {
  it('describes a certificate in PEM and in DER alike', () => {
    const { certificates, ...rest } = inspectKeyFile(own.certificate, undefined)
    expect(rest).toMatchObject({ format: 'PEM', key: undefined })
    expect(certificates).toEqual([
      expect.objectContaining({
        commonName: 'PFR000001',
        isAuthority: false,
        belongsToKey: undefined,
        keyUsage: ['digitalSignature', 'keyEncipherment', 'dataEncipherment'],
      }),
    ])
    const der = written(
      'own.der',
      Buffer.from(readFileSync(own.certificate, 'utf8').replaceAll(/-----[^-]+-----/g, ''), 'base64'),
    )
    expect(inspectKeyFile(der, undefined)).toMatchObject({ format: 'DER', certificates })
  })

  it('says which certificate of a PKCS#12 file the key belongs to', () => {
    const report = inspectKeyFile(pkcs12('i.p12', { key: own, certificates: [other, own] }), 'hush')
    expect(report).toMatchObject({ format: 'PKCS#12', key: { type: 'rsa', bits: 2048 } })
    expect(report.certificates.map(one => [one.commonName, one.belongsToKey])).toEqual([
      ['PFR000002', false],
      ['PFR000001', true],
    ])
  })

  it('describes a key alone, and shows nothing of it', () => {
    const report = inspectKeyFile(own.key, undefined)
    expect(report).toMatchObject({ format: 'PEM', key: { type: 'rsa', bits: 2048 }, certificates: [] })
    expect(JSON.stringify(report)).not.toContain('BEGIN')
  })

  it('refuses what holds neither', () => {
    expect(codeOf(() => inspectKeyFile(written('x.pem', '-----BEGIN X-----\n-----END X-----'), undefined))).toBe(
      'no-certificate',
    )
    expect(codeOf(() => inspectKeyFile(written('x', 'text'), undefined))).toBe('unreadable')
  })
})

describe('makeRequest', () => {
  it('makes a request whose own signature holds, and its key', async () => {
    const { keyPem, requestPem } = await makeRequest({
      commonName: 'PFR000123',
      organisation: 'Société Générique',
      country: 'FR',
    })
    const request = forge.pki.certificationRequestFromPem(requestPem)
    expect(request.verify()).toBe(true)
    expect(request.subject.getField('CN')).toMatchObject({ value: 'PFR000123' })
    expect(createPrivateKey(keyPem).asymmetricKeyDetails?.modulusLength).toBe(2048)
    if (hasOpenssl) {
      const subject = execFileSync('openssl', ['req', '-noout', '-subject', '-verify', '-nameopt', 'utf8'], {
        input: requestPem,
        stdio: ['pipe', 'pipe', 'ignore'],
      })
      expect(subject.toString()).toContain('Société Générique')
    }
  })
})
