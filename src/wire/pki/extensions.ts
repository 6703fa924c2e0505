import { DerReader, contextTag, derTag, malformed, primitiveTag, readBoolean, readCount, readOid } from './der.ts'
import type { KeyUsage } from './types.ts'

export interface Extension {
  readonly critical: boolean
  readonly value: Buffer
}

/** Extensions by OID, each at most once. [RFC 5280 §4.2] */
export function readExtensions(wrapped: DerReader): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>()
  const list = wrapped.inside(derTag.sequence)
  wrapped.end()
  while (!list.atEnd) {
    const extension = list.inside(derTag.sequence)
    const oid = readOid(extension.next(derTag.oid))
    const flag = extension.optional(derTag.boolean)
    const { content } = extension.next(derTag.octetString)
    extension.end()
    if (extensions.has(oid)) throw malformed(`extension ${oid} is there twice`)
    extensions.set(oid, { critical: flag !== undefined && readBoolean(flag), value: content })
  }
  return extensions
}

/** In the order of their bits. [RFC 5280 §4.2.1.3] */
const keyUsages: readonly KeyUsage[] = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
]

export function readKeyUsage({ value }: Extension): ReadonlySet<KeyUsage> {
  const reader = new DerReader(value)
  const { content } = reader.next(derTag.bitString)
  reader.end()
  const bits = content[1] ?? 0
  return new Set(keyUsages.filter((_, bit) => (bits & (0x80 >> bit)) !== 0))
}

export function readExtendedKeyUsage({ value }: Extension): ReadonlySet<string> {
  const reader = new DerReader(value)
  const list = reader.inside(derTag.sequence)
  reader.end()
  const purposes = new Set<string>()
  while (!list.atEnd) purposes.add(readOid(list.next(derTag.oid)))
  return purposes
}

/** undefined for CA:FALSE. [RFC 5280 §4.2.1.9] */
export function readBasicConstraints({ value }: Extension): { readonly pathLengthMax: number | undefined } | undefined {
  const reader = new DerReader(value)
  const constraints = reader.inside(derTag.sequence)
  reader.end()
  const flag = constraints.optional(derTag.boolean)
  const pathLength = constraints.optional(derTag.integer)
  constraints.end()
  if (flag === undefined || !readBoolean(flag)) return undefined
  return { pathLengthMax: pathLength === undefined ? undefined : readCount(pathLength) }
}

/** The URIs among the full names of every distribution point. [RFC 5280 §4.2.1.13] */
export function readCrlUrls({ value }: Extension): readonly string[] {
  const reader = new DerReader(value)
  const points = reader.inside(derTag.sequence)
  reader.end()
  const urls: string[] = []
  while (!points.atEnd) {
    const name = points.inside(derTag.sequence).optional(contextTag(0))
    const fullName = name === undefined ? undefined : new DerReader(name.content).optional(contextTag(0))
    if (fullName === undefined) continue
    const names = new DerReader(fullName.content)
    while (!names.atEnd) {
      const general = names.any()
      if (general.tag === primitiveTag(6)) urls.push(general.content.toString('latin1'))
    }
  }
  return urls
}
