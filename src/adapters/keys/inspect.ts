import type { KeyObject } from 'node:crypto'
import { isoOf } from '../../kernel/index.ts'
import { type Certificate, readCertificate } from '../../wire/pki/index.ts'
import { KeyFileError } from './failure.ts'
import { belongTogether, readOctets, readPem, readPrivateKey } from './load.ts'
import { readPkcs12 } from './pkcs12.ts'

/** What a key file holds, without anything secret. */
export interface KeyFileReport {
  readonly file: string
  readonly format: 'PEM' | 'PKCS#12' | 'DER'
  readonly key: { readonly type: string; readonly bits: number | undefined } | undefined
  readonly certificates: readonly CertificateReport[]
}

export interface CertificateReport {
  readonly commonName: string
  readonly subject: string
  readonly issuer: string
  readonly serial: string
  readonly validFrom: string
  readonly validTo: string
  readonly fingerprint: string
  readonly keyUsage: readonly string[]
  readonly isAuthority: boolean
  readonly crlUrls: readonly string[]
  /** Whether the private key of the same file is this certificate's; undefined without a key. */
  readonly belongsToKey: boolean | undefined
}

/** Looks into a PEM, DER or PKCS#12 file. Throws KeyFileError. */
export function inspectKeyFile(file: string, password: string | undefined): KeyFileReport {
  const octets = readOctets(file)
  if (octets.includes('-----BEGIN ')) return inspectPem(file, octets, password)
  const certificate = tryCertificate(octets)
  if (certificate !== undefined) return report(file, 'DER', undefined, [certificate])
  const { privateKey, certificates } = readPkcs12(octets, password, file)
  return report(file, 'PKCS#12', privateKey, certificates.map(readCertificate))
}

function inspectPem(file: string, octets: Buffer, password: string | undefined): KeyFileReport {
  const hasKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(octets.toString('latin1'))
  const certificates = readPem(file)
  if (!hasKey && certificates.length === 0) {
    throw new KeyFileError('no-certificate', `${file} holds neither a certificate nor a private key`)
  }
  return report(file, 'PEM', hasKey ? readPrivateKey(file, password) : undefined, certificates)
}

function tryCertificate(der: Buffer): Certificate | undefined {
  try {
    return readCertificate(der)
  } catch {
    return undefined
  }
}

function report(
  file: string,
  format: KeyFileReport['format'],
  privateKey: KeyObject | undefined,
  certificates: readonly Certificate[],
): KeyFileReport {
  return {
    file,
    format,
    key:
      privateKey === undefined
        ? undefined
        : { type: privateKey.asymmetricKeyType ?? 'unknown', bits: privateKey.asymmetricKeyDetails?.modulusLength },
    certificates: certificates.map(certificate => describe(certificate, privateKey)),
  }
}

function describe(certificate: Certificate, privateKey: KeyObject | undefined): CertificateReport {
  return {
    commonName: certificate.commonName,
    subject: nameOf(certificate.subject),
    issuer: nameOf(certificate.issuer),
    serial: certificate.serial,
    validFrom: isoOf(certificate.validFrom),
    validTo: isoOf(certificate.validTo),
    fingerprint: certificate.fingerprint,
    keyUsage: [...(certificate.keyUsage ?? [])],
    isAuthority: certificate.authority !== undefined,
    crlUrls: certificate.crlUrls,
    belongsToKey: privateKey === undefined ? undefined : belongTogether(privateKey, certificate),
  }
}

function nameOf(name: Certificate['subject']): string {
  return [...name].flatMap(([attribute, values]) => values.map(value => `${attribute}=${value}`)).join(', ')
}
