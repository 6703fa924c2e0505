import type { Instant } from '../../kernel/index.ts'
import { DerReader, contextTag, derTag, malformed, primitiveTag, readSerial, readTime } from './der.ts'
import { PkiError } from './error.ts'
import { type Extension, readExtensions } from './extensions.ts'
import { readName, sameName } from './names.ts'
import { checkSameAlgorithm, isSignedBy, readSigned } from './signed.ts'
import type { Certificate, RevocationList } from './types.ts'

/** Some 500,000 revoked certificates. */
const listOctetsMax = 32 * 1024 * 1024

/**
 * A complete certificate revocation list, proven to be signed by `issuer`. [RFC 5280 §5]
 * Throws `malformed` (also for delta, indirect and partial lists) and `untrusted` when it is not the issuer's.
 */
export function readRevocationList(der: Buffer, issuer: Certificate): RevocationList {
  if (der.length > listOctetsMax) throw malformed(`more than ${listOctetsMax} octets`)
  const signed = readSigned(der)
  const body = new DerReader(signed.body.content)
  body.optional(derTag.integer) // version; what an older one lacks is asked for below
  checkSameAlgorithm(body.inside(derTag.sequence), signed)
  const name = readName(body.next(derTag.sequence))
  const maySign = issuer.keyUsage === undefined || issuer.keyUsage.has('cRLSign')
  if (!maySign || !sameName(name, issuer.subject) || !isSignedBy(signed, issuer.publicKey)) {
    throw new PkiError('untrusted', `the revocation list is not signed by ${issuer.commonName}`)
  }
  const thisUpdate = readTime(body.any())
  // The Internet profile demands nextUpdate: without it a list of years ago would still prove something. [RFC 5280 §5.1.2.5]
  const nextUpdate = readTime(body.any())
  const entries = body.optional(derTag.sequence)
  const extensions = body.optional(contextTag(0))
  body.end()
  if (extensions !== undefined) checkComplete(readExtensions(new DerReader(extensions.content)))
  return { thisUpdate, nextUpdate, revoked: entries === undefined ? new Map() : readEntries(entries.content) }
}

function readEntries(content: Buffer): ReadonlyMap<string, Instant> {
  const revoked = new Map<string, Instant>()
  const entries = new DerReader(content)
  while (!entries.atEnd) {
    const entry = entries.inside(derTag.sequence)
    const serial = readSerial(entry.next(derTag.integer))
    revoked.set(serial, readTime(entry.any()))
    const extensions = entry.optional(derTag.sequence)
    entry.end()
    if (extensions !== undefined) checkEntry(readExtensions(new DerReader(extensions.encoded)))
  }
  return revoked
}

const issuingDistributionPointOid = '2.5.29.28'

/** A list that leaves certificates out on purpose must not pass for the whole one. [RFC 5280 §5.2] */
function checkComplete(extensions: ReadonlyMap<string, Extension>): void {
  for (const [oid, { critical, value }] of extensions) {
    if (oid === issuingDistributionPointOid) checkDistributionPoint(value)
    else if (critical) throw malformed(`a list with the critical extension ${oid}`)
  }
}

/** Only a name, or the limitation to end entities, leaves out nothing that is looked for. [RFC 5280 §5.2.5] */
function checkDistributionPoint(value: Buffer): void {
  const reader = new DerReader(value)
  const point = reader.inside(derTag.sequence)
  reader.end()
  point.optional(contextTag(0))
  point.optional(primitiveTag(1))
  if (!point.atEnd) throw malformed('a list for some certificates only')
}

/** A critical entry extension says that the entry speaks of another issuer. [RFC 5280 §5.3.3] */
function checkEntry(extensions: ReadonlyMap<string, Extension>): void {
  for (const [oid, { critical }] of extensions)
    if (critical) throw malformed(`an entry with the critical extension ${oid}`)
}
