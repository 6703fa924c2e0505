import { type KeyObject, createPublicKey, hash } from 'node:crypto'
import type { Instant } from '../../kernel/index.ts'
import { DerReader, type DerValue, contextTag, derTag, malformed, readCount, readSerial, readTime } from './der.ts'
import { PkiError } from './error.ts'
import {
  type Extension,
  readBasicConstraints,
  readCrlUrls,
  readExtendedKeyUsage,
  readExtensions,
  readKeyUsage,
} from './extensions.ts'
import { readName } from './names.ts'
import { checkSameAlgorithm, isSignedBy, readSigned } from './signed.ts'
import type { Certificate } from './types.ts'

/** A certificate is one to three thousand octets; nobody needs a hundred thousand. */
const certificateOctetsMax = 65_536

// The same few partners come back with every message: reading costs 100 µs, finding again 3.
const rememberedMax = 2_000
const remembered = new Map<string, Certificate>()

/**
 * One X.509 v3 certificate. Reads, but trusts nothing: see trustCertificate. Throws `malformed`.
 * The same octets give the same object while they are remembered, so that callers may hang results on it.
 */
export function readCertificate(der: Buffer): Certificate {
  if (der.length > certificateOctetsMax) throw malformed(`more than ${certificateOctetsMax} octets`)
  const fingerprint = hash('sha256', der, 'hex')
  const known = remembered.get(fingerprint)
  if (known !== undefined) return known
  const certificate = read(Buffer.from(der), fingerprint)
  if (remembered.size === rememberedMax) {
    const [oldest] = remembered.keys()
    if (oldest !== undefined) remembered.delete(oldest)
  }
  remembered.set(fingerprint, certificate)
  return certificate
}

/** Every CERTIFICATE block of a PEM text, or one certificate in bare base64 with white space. Throws `malformed`. */
export function readCertificates(text: string): readonly Certificate[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g)
  if (blocks === null) return [readCertificate(octetsOf(text))]
  return blocks.map(block => readCertificate(octetsOf(block.replace(/-----(?:BEGIN|END) CERTIFICATE-----/g, ''))))
}

/** Only the spelling that encoding the octets again gives, white space apart. */
function octetsOf(base64: string): Buffer {
  const digits = base64.replace(/[\t\n\r ]+/g, '')
  const octets = Buffer.from(digits, 'base64')
  if (octets.toString('base64') !== digits) {
    throw new PkiError('malformed', 'the certificate is neither PEM nor base64')
  }
  return octets
}

/** TBSCertificate. [RFC 5280 §4.1] */
function read(der: Buffer, fingerprint: string): Certificate {
  const signed = readSigned(der)
  const body = new DerReader(signed.body.content)
  checkVersion(body)
  const serial = readSerial(body.next(derTag.integer))
  checkSameAlgorithm(body.inside(derTag.sequence), signed)
  const issuer = readName(body.next(derTag.sequence))
  const { validFrom, validTo } = readValidity(body.inside(derTag.sequence))
  const subject = readName(body.next(derTag.sequence))
  const publicKey = readPublicKey(body.next(derTag.sequence))
  const wrapped = body.optional(contextTag(3))
  body.end()
  return {
    der,
    fingerprint,
    subject,
    issuer,
    commonName: subject.get('CN')?.[0] ?? '',
    serial,
    validFrom,
    validTo,
    publicKey,
    ...readPurposes(wrapped === undefined ? new Map() : readExtensions(new DerReader(wrapped.content))),
  }
}

/** Whether `issuer`, a CA, signed this certificate. Names are not asked: anyone can write a name. */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  if (issuer.authority === undefined) return false
  if (issuer.keyUsage !== undefined && !issuer.keyUsage.has('keyCertSign')) return false
  return isSignedBy(readSigned(certificate.der), issuer.publicKey)
}

function checkVersion(body: DerReader): void {
  const wrapped = body.optional(contextTag(0))
  if (wrapped === undefined || readCount(new DerReader(wrapped.content).next(derTag.integer)) !== 2) {
    throw malformed('not version 3')
  }
}

function readValidity(validity: DerReader): { readonly validFrom: Instant; readonly validTo: Instant } {
  const validFrom = readTime(validity.any())
  const validTo = readTime(validity.any())
  validity.end()
  return { validFrom, validTo }
}

function readPublicKey(info: DerValue): KeyObject {
  try {
    return createPublicKey({ key: info.encoded, format: 'der', type: 'spki' })
  } catch (cause) {
    throw new PkiError('malformed', 'the public key of the certificate cannot be read', { cause })
  }
}

type Purposes = Pick<
  Certificate,
  'keyUsage' | 'extendedKeyUsage' | 'authority' | 'crlUrls' | 'unhandledCriticalExtensions'
>

const keyUsageOid = '2.5.29.15'
const basicConstraintsOid = '2.5.29.19'
const crlDistributionPointsOid = '2.5.29.31'
const extendedKeyUsageOid = '2.5.29.37'

/** Read here, or harmless to what we decide: names, key identifiers, policies. */
const handledOids: ReadonlySet<string> = new Set([
  keyUsageOid,
  basicConstraintsOid,
  crlDistributionPointsOid,
  extendedKeyUsageOid,
  '2.5.29.14', // subjectKeyIdentifier
  '2.5.29.17', // subjectAltName
  '2.5.29.32', // certificatePolicies
  '2.5.29.35', // authorityKeyIdentifier
])

function readPurposes(extensions: ReadonlyMap<string, Extension>): Purposes {
  const keyUsage = extensions.get(keyUsageOid)
  const extendedKeyUsage = extensions.get(extendedKeyUsageOid)
  const constraints = extensions.get(basicConstraintsOid)
  const points = extensions.get(crlDistributionPointsOid)
  const unhandled = [...extensions].filter(([oid, { critical }]) => critical && !handledOids.has(oid))
  return {
    keyUsage: keyUsage && readKeyUsage(keyUsage),
    extendedKeyUsage: extendedKeyUsage && readExtendedKeyUsage(extendedKeyUsage),
    authority: constraints && readBasicConstraints(constraints),
    crlUrls: points === undefined ? [] : readCrlUrls(points),
    unhandledCriticalExtensions: unhandled.map(([oid]) => oid),
  }
}
