import { type KeyObject, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import {
  type Certificate,
  type CertificateRole,
  type DecryptionKey,
  type SigningKey,
  type TrustSnapshot,
  buildTrust,
  keysOf,
  readCertificate,
  readRevocationList,
  withRevocationList,
} from '../../src/wire/pki/index.ts'
import {
  bitString,
  boolean,
  context,
  der,
  distinguishedName,
  integer,
  octetString,
  oid,
  sequence,
  time,
} from './der.ts'

/**
 * A throw-away PKI in the shape of Peppol's: a root, an issuing CA for access points and one for SMPs, RSA 2048, SHA-256.
 * Everything is valid from 2025 to 2045 unless asked otherwise, so that tests may stand at any date between.
 */
export interface TestPki {
  readonly root: TestIdentity
  readonly accessPointCa: TestIdentity
  readonly smpCa: TestIdentity
  /** An end entity of that role. */
  issue(role: CertificateRole, options?: IssueOptions): TestIdentity
  /** Puts the serial on the lists that crl() and trust() make from here on. */
  revoke(serial: string): void
  /** DER of the CA's list. */
  crl(ca: TestIdentity, options?: CrlOptions): Buffer
  /** The three CAs pinned; with `required` (as by default) the two lists are in it. */
  trust(options?: { readonly revocation?: TrustSnapshot['revocation'] }): TrustSnapshot
}

/** RSASSA-PKCS1-v1_5. [RFC 8017 §A.2.4] */
const signatureOids = {
  sha1: '1.2.840.113549.1.1.5',
  sha256: '1.2.840.113549.1.1.11',
  sha512: '1.2.840.113549.1.1.13',
} as const

export interface TestIdentity {
  readonly certificate: Certificate
  readonly certificatePem: string
  readonly keys: SigningKey & DecryptionKey
  readonly privateKey: KeyObject
  readonly privateKeyPem: string
}

export interface IssueOptions {
  /** Seat ID; POP000001 and so on when absent. */
  readonly commonName?: string
  readonly organization?: string
  /** Anything Date reads. */
  readonly validFrom?: string
  readonly validTo?: string
  /** Hexadecimal. */
  readonly serial?: string
  /** The CA that signs, when it is not the role's. */
  readonly signedBy?: TestIdentity
  /** Instead of the extensions a Peppol certificate of the role has. */
  readonly extensions?: readonly Buffer[]
  /** Instead of a new RSA key of 2048 bits. */
  readonly keyPair?: { readonly publicKey: KeyObject; readonly privateKey: KeyObject }
  /** Of the CA's signature. */
  readonly hash?: keyof typeof signatureOids
  readonly crlUrl?: string
}

interface CrlOptions {
  readonly thisUpdate?: string
  /** `none` leaves it out. */
  readonly nextUpdate?: string
  readonly signedBy?: TestIdentity
  readonly extensions?: readonly Buffer[]
}

export function makeTestPki(): TestPki {
  const root = makeCa('PASSERELLE TEST ROOT CA')
  const accessPointCa = makeCa('PASSERELLE TEST ACCESS POINT CA', root)
  const smpCa = makeCa('PASSERELLE TEST SERVICE METADATA PUBLISHER CA', root)
  const revoked = new Set<string>()
  let count = 0
  return {
    root,
    accessPointCa,
    smpCa,
    issue(role, options = {}) {
      count++
      const isAp = role === 'access-point'
      const subject = {
        CN: options.commonName ?? `POP${String(count).padStart(6, '0')}`,
        OU: isAp ? 'PEPPOL TEST AP' : 'PEPPOL TEST SMP',
        O: options.organization ?? 'Passerelle Test',
        C: 'BE',
      }
      const extensions = [
        endEntityConstraints(),
        usageExtension(0b1011_0000, 4),
        extendedUsageExtension(['1.3.6.1.5.5.7.3.2']),
        crlExtension(options.crlUrl ?? `http://crl.test.invalid/${isAp ? 'ap' : 'smp'}-ca.crl`),
      ]
      return makeCertificate(subject, options.signedBy ?? (isAp ? accessPointCa : smpCa), { extensions, ...options })
    },
    revoke: serial => void revoked.add(serial),
    crl: (ca, options = {}) => makeCrl(ca, revoked, options),
    trust({ revocation = 'required' } = {}) {
      const trust = buildTrust({
        roots: [root.certificate],
        accessPointIssuers: [accessPointCa.certificate],
        smpIssuers: [smpCa.certificate],
        revocation,
      })
      if (revocation === 'off') return trust
      return [accessPointCa, smpCa].reduce(
        (snapshot, ca) =>
          withRevocationList(snapshot, ca.certificate, readRevocationList(makeCrl(ca, revoked, {}), ca.certificate)),
        trust,
      )
    },
  }
}

/** A CA under `issuer`, or a root. */
export function makeCa(
  commonName: string,
  issuer?: TestIdentity,
  options: IssueOptions & { readonly pathLengthMax?: number } = {},
): TestIdentity {
  const subject = { CN: commonName, O: 'Passerelle Test (not Peppol)', C: 'BE' }
  const pathLength = options.pathLengthMax === undefined ? [] : [integer(options.pathLengthMax.toString(16))]
  const extensions = [
    extension('2.5.29.19', sequence(boolean(true), ...pathLength), true),
    usageExtension(0b0000_0110, 1),
  ]
  return makeCertificate(subject, issuer, { extensions, ...options })
}

function makeCertificate(
  subject: Readonly<Record<string, string>>,
  issuer: TestIdentity | undefined,
  options: IssueOptions,
): TestIdentity {
  const { publicKey, privateKey } = options.keyPair ?? generateKeyPairSync('rsa', { modulusLength: 2048 })
  const hash = options.hash ?? 'sha256'
  const name = distinguishedName(subject)
  const body = sequence(
    context(0, integer('2')),
    integer(options.serial ?? `4${randomBytes(15).toString('hex')}`),
    signatureAlgorithm(hash),
    issuer === undefined ? name : subjectOf(issuer.certificate.der),
    sequence(time(options.validFrom ?? '2025-01-01'), time(options.validTo ?? '2045-01-01')),
    name,
    publicKey.export({ format: 'der', type: 'spki' }),
    context(3, sequence(...(options.extensions ?? []))),
  )
  const signer = issuer?.privateKey ?? privateKey
  return identityOf(readCertificate(signed(body, signer, hash)), privateKey)
}

/** A certificate with the key that belongs to it. */
export function identityOf(certificate: Certificate, privateKey: KeyObject): TestIdentity {
  const base64 = certificate.der.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()
  let keys: TestIdentity['keys'] | undefined
  return {
    certificate,
    certificatePem: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    // Made when asked for: a test may want an identity whose key is of no use.
    get keys() {
      return (keys ??= keysOf(privateKey, certificate))
    },
    privateKey,
    privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  }
}

/** `body` with algorithm and signature: a certificate or a list. */
export function signed(body: Buffer, key: KeyObject, hash: keyof typeof signatureOids = 'sha256'): Buffer {
  return sequence(body, signatureAlgorithm(hash), bitString(sign(hash, body, key)))
}

function makeCrl(ca: TestIdentity, revoked: ReadonlySet<string>, options: CrlOptions): Buffer {
  const entries = [...revoked].map(serial => sequence(integer(serial), time('2025-06-01')))
  const body = sequence(
    integer('1'),
    signatureAlgorithm('sha256'),
    subjectOf(ca.certificate.der),
    time(options.thisUpdate ?? '2025-01-01'),
    ...(options.nextUpdate === 'none' ? [] : [time(options.nextUpdate ?? '2045-01-01')]),
    ...(entries.length === 0 ? [] : [sequence(...entries)]),
    context(0, sequence(...(options.extensions ?? [extension('2.5.29.20', integer('1'))]))),
  )
  return signed(body, (options.signedBy ?? ca).privateKey)
}

function signatureAlgorithm(hash: keyof typeof signatureOids): Buffer {
  return sequence(oid(signatureOids[hash]), der(0x05))
}

export function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value))
}

/** Bits from digitalSignature (the highest) on. */
export function usageExtension(bits: number, unusedBits: number): Buffer {
  return extension('2.5.29.15', bitString(Buffer.from([bits]), unusedBits), true)
}

export function extendedUsageExtension(purposes: readonly string[]): Buffer {
  return extension('2.5.29.37', sequence(...purposes.map(oid)), true)
}

export function endEntityConstraints(): Buffer {
  return extension('2.5.29.19', sequence(), true)
}

function crlExtension(url: string): Buffer {
  const uri = der(0x86, Buffer.from(url))
  return extension('2.5.29.31', sequence(sequence(context(0, context(0, uri)))))
}

/** The encoded subject Name of a certificate made here. */
function subjectOf(certificate: Buffer): Buffer {
  const body = valuesIn(valuesIn(certificate)[0] ?? Buffer.alloc(0))
  return body[5] ?? Buffer.alloc(0)
}

function valuesIn(encoded: Buffer): Buffer[] {
  const values: Buffer[] = []
  for (let at = contentStart(encoded, 0).start; at < encoded.length;) {
    const { start, length } = contentStart(encoded, at)
    values.push(encoded.subarray(at, start + length))
    at = start + length
  }
  return values
}

function contentStart(octets: Buffer, at: number): { readonly start: number; readonly length: number } {
  const first = octets[at + 1] ?? 0
  if (first < 0x80) return { start: at + 2, length: first }
  const count = first - 0x80
  return { start: at + 2 + count, length: octets.readUIntBE(at + 2, count) }
}
