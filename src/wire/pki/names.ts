import { DerReader, type DerValue, derTag, readOid } from './der.ts'
import type { DistinguishedName } from './types.ts'

/** [RFC 4519], [RFC 5280 §A.1]; other attributes keep their OID as name. */
const shortNames: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.4', 'SN'],
  ['2.5.4.5', 'serialNumber'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.12', 'title'],
  ['2.5.4.42', 'GN'],
  ['2.5.4.97', 'organizationIdentifier'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['1.2.840.113549.1.9.1', 'emailAddress'],
])

/** How each string type of ASN.1 is written. Teletex is read as Latin-1, as everyone does. */
const stringDecoders: ReadonlyMap<number, (content: Buffer) => string> = new Map([
  [derTag.utf8String, (content: Buffer) => content.toString('utf8')],
  [0x12, latin1], // NumericString
  [0x13, latin1], // PrintableString
  [0x14, latin1], // TeletexString
  [0x16, latin1], // IA5String
  [0x1e, bmp],
])

/** Name ::= SEQUENCE OF SET OF SEQUENCE { type, value } */
export function readName(name: DerValue): DistinguishedName {
  const attributes = new Map<string, string[]>()
  const sequence = new DerReader(name.content)
  while (!sequence.atEnd) {
    const relative = sequence.inside(derTag.set)
    while (!relative.atEnd) {
      const attribute = relative.inside(derTag.sequence)
      const oid = readOid(attribute.next(derTag.oid))
      const value = attribute.any()
      attribute.end()
      const key = shortNames.get(oid) ?? oid
      const decode = stringDecoders.get(value.tag)
      const text = decode === undefined ? `#${value.encoded.toString('hex')}` : decode(value.content)
      const values = attributes.get(key)
      if (values === undefined) attributes.set(key, [text])
      else values.push(text)
    }
  }
  return attributes
}

/** Same attributes with the same values, whatever the order of the RDNs and the string types. */
export function sameName(a: DistinguishedName, b: DistinguishedName): boolean {
  if (a.size !== b.size) return false
  for (const [key, values] of a) {
    const others = b.get(key)
    if (others === undefined || values.toSorted().join('\0') !== others.toSorted().join('\0')) return false
  }
  return true
}

function latin1(content: Buffer): string {
  return content.toString('latin1')
}

function bmp(content: Buffer): string {
  const units = Buffer.from(content.subarray(0, content.length & ~1))
  return units.swap16().toString('utf16le')
}
