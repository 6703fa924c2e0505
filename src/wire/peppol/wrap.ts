import { PeppolError } from './errors.ts'

/** Turns octets that arrive in pieces into the text of a wrapper. */
export interface Encoder {
  push(octets: Buffer): Buffer
  /** What is left over after the last push. */
  end(): Buffer
}

/** Base64 without line breaks. */
export class Base64Encoder implements Encoder {
  private carry: Buffer = Buffer.alloc(0)

  push(octets: Buffer): Buffer {
    const joined = this.carry.length === 0 ? octets : Buffer.concat([this.carry, octets])
    const whole = joined.length - (joined.length % 3)
    this.carry = Buffer.from(joined.subarray(whole))
    return Buffer.from(joined.toString('base64', 0, whole), 'latin1')
  }

  end(): Buffer {
    return Buffer.from(this.carry.toString('base64'), 'latin1')
  }
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' }

/** UTF-8 text with its delimiters escaped. Throws PeppolError `payload` for characters that XML has no way to write. */
export class TextEncoder implements Encoder {
  push(octets: Buffer): Buffer {
    const text = octets.toString('latin1')
    // oxlint-disable-next-line no-control-regex
    if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text)) {
      throw new PeppolError('payload', 'the text has control characters; it must be carried as BinaryContent')
    }
    return Buffer.from(
      text.replace(/[&<>\r]/g, character => escapes[character] ?? character),
      'latin1',
    )
  }

  end(): Buffer {
    return Buffer.alloc(0)
  }
}
