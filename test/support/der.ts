/** Writes DER, for certificates and lists that tests make up, sound or broken. */
export function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const octets = Buffer.concat(content)
  if (octets.length < 0x80) return Buffer.concat([Buffer.from([tag, octets.length]), octets])
  const hex = octets.length.toString(16)
  const length = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  return Buffer.concat([Buffer.from([tag, 0x80 + length.length]), length, octets])
}

export function sequence(...content: readonly Buffer[]): Buffer {
  return der(0x30, ...content)
}

export function context(number: number, ...content: readonly Buffer[]): Buffer {
  return der(0xa0 + number, ...content)
}

export function octetString(content: Buffer): Buffer {
  return der(0x04, content)
}

/** Unsigned, from hexadecimal digits. */
export function integer(hex: string): Buffer {
  const octets = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  return der(0x02, (octets[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), octets]) : octets)
}

export function boolean(value: boolean): Buffer {
  return der(0x01, Buffer.from([value ? 0xff : 0]))
}

export function bitString(content: Buffer, unusedBits = 0): Buffer {
  return der(0x03, Buffer.from([unusedBits]), content)
}

export function oid(dotted: string): Buffer {
  const [top = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const octets = [top * 40 + second, ...rest].flatMap(arc => {
    const groups = [arc & 0x7f]
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) groups.unshift((left & 0x7f) | 0x80)
    return groups
  })
  return der(0x06, Buffer.from(octets))
}

/** UTCTime up to 2049, then GeneralizedTime. [RFC 5280 §4.1.2.5] */
export function time(iso: string): Buffer {
  const digits = new Date(iso).toISOString().replace(/[-:T]|\.\d+/g, '')
  return digits < '2050' ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits))
}

/** One RDN per attribute, in the order given; values as UTF8String. */
export function distinguishedName(attributes: Readonly<Record<string, string>>): Buffer {
  const oids: Readonly<Record<string, string>> = { CN: '2.5.4.3', C: '2.5.4.6', O: '2.5.4.10', OU: '2.5.4.11' }
  return sequence(
    ...Object.entries(attributes).map(([key, value]) =>
      der(0x31, sequence(oid(oids[key] ?? key), der(0x0c, Buffer.from(value)))),
    ),
  )
}
