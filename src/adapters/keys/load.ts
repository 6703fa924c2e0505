import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Certificate,
  type DecryptionKey,
  keysOf,
  readCertificate,
  readCertificates,
  type SigningKey,
} from '../../wire/pki/index.ts'
import { KeyFileError } from './failure.ts'
import { readPkcs12 } from './pkcs12.ts'

/** Where a key and its certificate lie: two PEM files, or one PKCS#12 file. Paths. */
export interface KeySource {
  readonly key: string | undefined
  readonly certificate: string | undefined
  readonly pkcs12: string | undefined
  readonly password: string | undefined
}

/** Reads a key with its certificate and proves that they belong together. Undefined when the source names no file; throws KeyFileError. */
export function loadKeys(source: KeySource): (SigningKey & DecryptionKey) | undefined {
  const { privateKey, certificates, file } = readSource(source)
  if (privateKey === undefined) return undefined
  if (privateKey.asymmetricKeyType !== 'rsa') {
    throw new KeyFileError(
      'unsupported',
      `${file}: the private key is ${privateKey.asymmetricKeyType ?? 'of no known kind'}; Peppol wants RSA`,
    )
  }
  const certificate = certificates.find(one => belongTogether(privateKey, one))
  if (certificate !== undefined) return keysOf(privateKey, certificate)
  if (certificates.length === 0)
    throw new KeyFileError('no-certificate', `${source.certificate ?? file} holds no certificate`)
  const names = certificates.map(one => one.commonName).join(', ')
  throw new KeyFileError('mismatch', `the private key of ${file} does not belong to the certificate (${names})`)
}

/** Whether the certificate certifies this very key. */
export function belongTogether(privateKey: KeyObject, certificate: Certificate): boolean {
  return createPublicKey(privateKey).equals(certificate.publicKey)
}

/** The CA certificates of a private network: PEM files named root*.pem, access-point*.pem and smp*.pem. Throws KeyFileError. */
export function readAnchors(folder: string): {
  readonly roots: readonly Certificate[]
  readonly accessPointIssuers: readonly Certificate[]
  readonly smpIssuers: readonly Certificate[]
} {
  const names = namesIn(folder)
  const certificatesOf = (role: string): readonly Certificate[] => {
    const found = names
      .filter(name => name.startsWith(role) && name.endsWith('.pem'))
      .flatMap(name => readPem(join(folder, name)))
    if (found.length === 0) throw new KeyFileError('no-certificate', `${folder} holds no certificate in ${role}*.pem`)
    return found
  }
  return {
    roots: certificatesOf('root'),
    accessPointIssuers: certificatesOf('access-point'),
    smpIssuers: certificatesOf('smp'),
  }
}

/** Every certificate of a PEM file, in order. Throws KeyFileError `unreadable`. */
export function readPem(file: string): readonly Certificate[] {
  const source = readOctets(file).toString('latin1')
  if (!source.includes('-----BEGIN')) throw new KeyFileError('unreadable', `${file} is not PEM`)
  // What stands between the blocks (the attributes openssl writes) is no part of them.
  const blocks = source.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []
  try {
    return blocks.flatMap(block => readCertificates(block))
  } catch (cause) {
    throw new KeyFileError('unreadable', `${file}: ${messageOf(cause)}`, { cause })
  }
}

/** A private key in PEM, also an encrypted one. Throws KeyFileError. */
export function readPrivateKey(file: string, password: string | undefined): KeyObject {
  const source = readOctets(file).toString('latin1')
  const block = /-----BEGIN ([A-Z ]*)PRIVATE KEY-----[\s\S]*?-----END \1PRIVATE KEY-----/.exec(source)?.[0]
  if (block === undefined) throw new KeyFileError('no-key', `${file} holds no private key in PEM`)
  try {
    return createPrivateKey(password === undefined ? { key: block } : { key: block, passphrase: password })
  } catch (cause) {
    if (!block.includes('ENCRYPTED')) throw new KeyFileError('unreadable', `${file}: ${messageOf(cause)}`, { cause })
    const hint = password === undefined ? 'a password is needed and none was given' : 'the password is wrong'
    throw new KeyFileError('wrong-password', `${file} cannot be opened: ${hint}`, { cause })
  }
}

export function readOctets(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw new KeyFileError('unreadable', `${file} cannot be read: ${messageOf(cause)}`, { cause })
  }
}

function readSource(source: KeySource): {
  readonly privateKey: KeyObject | undefined
  readonly certificates: readonly Certificate[]
  readonly file: string
} {
  const { key, certificate, pkcs12, password } = source
  if (pkcs12 !== undefined) {
    const { privateKey, certificates } = readPkcs12(readOctets(pkcs12), password, pkcs12)
    return { privateKey, certificates: certificates.map(readCertificate), file: pkcs12 }
  }
  if (key === undefined || certificate === undefined) return { privateKey: undefined, certificates: [], file: '' }
  return { privateKey: readPrivateKey(key, password), certificates: readPem(certificate), file: key }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted()
  } catch (cause) {
    throw new KeyFileError('unreadable', `${folder} cannot be read: ${messageOf(cause)}`, { cause })
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
