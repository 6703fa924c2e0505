import { generateKeyPair, type KeyObject, randomBytes, sign } from 'node:crypto'
import { promisify } from 'node:util'
import forge from 'node-forge'

/* Certificates and revocation lists shaped like those of the Peppol PKI (G3), for networks that live on one machine. [peppol.md §2] */

/** A certification authority: its certificate and the key that signs for it. */
export interface Authority {
  readonly certificatePem: string
  readonly privateKey: KeyObject
}

export interface Subject {
  readonly commonName: string
  readonly unit: string | undefined
  readonly organisation: string
  readonly country: string
}

export interface Validity {
  readonly from: Date
  readonly to: Date
}

interface CertificateRequest {
  readonly subject: Subject
  readonly publicKey: KeyObject
  readonly validity: Validity
  /** Undefined makes a self-signed certificate with `signingKey`. */
  readonly issuer: Authority | undefined
  readonly signingKey: KeyObject
  readonly crlUrl: string | undefined
  readonly extensions: readonly object[]
}

/** RSA-2048, made off the main thread. */
export async function makeKey(): Promise<KeyObject> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  return privateKey
}

/** A root (no issuer) or an issuing CA. `pathLength` is how many CAs may follow below it. */
export function makeAuthority(
  privateKey: KeyObject,
  options: {
    readonly subject: Subject
    readonly validity: Validity
    readonly issuer: Authority | undefined
    readonly pathLength: number
    readonly crlUrl: string | undefined
  },
): Authority {
  const certificatePem = certify({
    ...options,
    publicKey: privateKey,
    signingKey: options.issuer?.privateKey ?? privateKey,
    extensions: [
      { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: options.pathLength },
      { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
    ],
  })
  return { certificatePem, privateKey }
}

/** An end entity certificate with the usages of §2.2; the same shape serves access points and SMPs. */
export function issueCertificate(
  publicKey: KeyObject,
  options: {
    readonly subject: Subject
    readonly validity: Validity
    readonly issuer: Authority
    readonly crlUrl: string | undefined
  },
): string {
  return certify({
    ...options,
    publicKey,
    signingKey: options.issuer.privateKey,
    extensions: [
      { name: 'basicConstraints', critical: true, cA: false },
      { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true, dataEncipherment: true },
      { name: 'extKeyUsage', critical: true, clientAuth: true },
    ],
  })
}

/** A version 2 revocation list in DER, signed by the authority. `revoked` maps serial numbers (hexadecimal) to moments. */
export function makeRevocationList(
  issuer: Authority,
  options: {
    readonly thisUpdate: Date
    readonly nextUpdate: Date
    readonly number: number
    readonly revoked: ReadonlyMap<string, Date>
  },
): Buffer {
  const certificate = forge.pki.certificateFromPem(issuer.certificatePem)
  const algorithm = sequence([oid('1.2.840.113549.1.1.11'), primitive(forge.asn1.Type.NULL, '')])
  const entries = [...options.revoked].map(([serial, at]) => sequence([integer(serial), time(at)]))
  const listNumber = sequence([oid('2.5.29.20'), octetString(integer(hexadecimal(options.number)))])
  const toBeSigned = sequence([
    integer('01'),
    algorithm,
    forge.pki.distinguishedNameToAsn1(certificate.subject),
    time(options.thisUpdate),
    time(options.nextUpdate),
    ...(entries.length === 0 ? [] : [sequence(entries)]),
    tagged(tag0, [sequence([listNumber])]),
  ])
  const signature = sign('sha256', der(toBeSigned), issuer.privateKey)
  // A bit string begins with the number of unused bits.
  const bits = primitive(forge.asn1.Type.BITSTRING, `\0${signature.toString('latin1')}`)
  return der(sequence([toBeSigned, algorithm, bits]))
}

function certify(request: CertificateRequest): string {
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forgeKey(request.publicKey)
  // Positive and of full length, as the CA/Browser rules and node-forge want it.
  certificate.serialNumber = `4${randomBytes(15).toString('hex')}f`
  certificate.validity = { notBefore: request.validity.from, notAfter: request.validity.to }
  const own = attributesOf(request.subject)
  const issuer = request.issuer === undefined ? undefined : forge.pki.certificateFromPem(request.issuer.certificatePem)
  certificate.setSubject(own)
  certificate.setIssuer(issuer === undefined ? own : issuer.subject.attributes)
  const crl = request.crlUrl === undefined ? [] : [crlExtension(request.crlUrl)]
  const authorityKey = (issuer ?? certificate).generateSubjectKeyIdentifier().getBytes()
  certificate.setExtensions([
    ...request.extensions,
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: authorityKey },
    ...crl,
  ])
  // node-forge assembles, OpenSSL signs: its own RSA is 84 times slower.
  const signer = {
    sign: () => sign('sha256', der(certificate.tbsCertificate), request.signingKey).toString('latin1'),
  }
  certificate.sign(signer as unknown as forge.pki.rsa.PrivateKey, forge.md.sha256.create())
  return forge.pki.certificateToPem(certificate).replaceAll('\r\n', '\n')
}

function forgeKey(key: KeyObject): forge.pki.rsa.PublicKey {
  const { n = '', e = '' } = key.export({ format: 'jwk' })
  return forge.pki.rsa.setPublicKey(bigInteger(n), bigInteger(e))
}

function bigInteger(base64url: string): forge.jsbn.BigInteger {
  return new forge.jsbn.BigInteger(Buffer.from(base64url, 'base64url').toString('hex'), 16)
}

function attributesOf(subject: Subject): forge.pki.CertificateField[] {
  return [
    attribute('CN', subject.commonName),
    ...(subject.unit === undefined ? [] : [attribute('OU', subject.unit)]),
    attribute('O', subject.organisation),
    attribute('C', subject.country),
  ]
}

function attribute(shortName: string, value: string): forge.pki.CertificateField {
  return { shortName, value, valueTagClass: utf8 }
}

/** The declarations of node-forge want a class where its code wants the type of the text. */
const utf8 = forge.asn1.Type.UTF8 as unknown as forge.asn1.Class

/** cRLDistributionPoints with one full name; node-forge reads the extension but cannot write it by name. [RFC 5280 §4.2.1.13] */
function crlExtension(url: string): object {
  const fullName = tagged(tag0, [tagged(tag6, url)])
  const point = sequence([tagged(tag0, [fullName])])
  return { id: '2.5.29.31', critical: false, value: der(sequence([point])).toString('latin1') }
}

/* ── DER ───────────────────────────────────────────────────────────────────────────────────── */

function der(structure: forge.asn1.Asn1): Buffer {
  return Buffer.from(forge.asn1.toDer(structure).getBytes(), 'latin1')
}

function sequence(members: forge.asn1.Asn1[]): forge.asn1.Asn1 {
  return forge.asn1.create(forge.asn1.Class.UNIVERSAL, forge.asn1.Type.SEQUENCE, true, members)
}

/** A context-specific tag around other structures, or instead of the type of a plain value. */
function tagged(tag: forge.asn1.Type, content: string | forge.asn1.Asn1[]): forge.asn1.Asn1 {
  return forge.asn1.create(forge.asn1.Class.CONTEXT_SPECIFIC, tag, typeof content !== 'string', content)
}

/** node-forge declares tags as the universal types; these are the names it has for the numbers 0 and 6. */
const tag0 = forge.asn1.Type.NONE
const tag6 = forge.asn1.Type.OID

function primitive(type: forge.asn1.Type, octets: string): forge.asn1.Asn1 {
  return forge.asn1.create(forge.asn1.Class.UNIVERSAL, type, false, octets)
}

function oid(dotted: string): forge.asn1.Asn1 {
  return primitive(forge.asn1.Type.OID, forge.asn1.oidToDer(dotted).getBytes())
}

function octetString(content: forge.asn1.Asn1): forge.asn1.Asn1 {
  return primitive(forge.asn1.Type.OCTETSTRING, der(content).toString('latin1'))
}

function integer(hex: string): forge.asn1.Asn1 {
  const even = hex.length % 2 === 0 ? hex : `0${hex}`
  const positive = /^[89a-f]/i.test(even) ? `00${even}` : even
  return primitive(forge.asn1.Type.INTEGER, Buffer.from(positive, 'hex').toString('latin1'))
}

function hexadecimal(value: number): string {
  return value.toString(16)
}

function time(at: Date): forge.asn1.Asn1 {
  return primitive(forge.asn1.Type.UTCTIME, forge.asn1.dateToUtcTime(at))
}
