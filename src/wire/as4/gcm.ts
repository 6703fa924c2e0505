import { type DecipherGCM, createDecipheriv, createSecretKey } from 'node:crypto'
import { cannotDecrypt } from './encryption.ts'
import { gcm } from './names.ts'

/**
 * Deciphers IV, cipher text and tag as they arrive. Nothing that `update` gives counts until `end` has proven the tag.
 * Throws EBMS:0102 in `end` only.
 */
export class GcmReader {
  private readonly key: Buffer
  private decipher: DecipherGCM | undefined
  /** What may still be part of the IV at the start, and of the tag ever after. */
  private held: Buffer = Buffer.alloc(0)

  constructor(key: Buffer) {
    this.key = key
  }

  /** The plain octets that are known so far; may be empty. */
  update(chunk: Buffer): Buffer {
    let octets = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk])
    if (this.decipher === undefined) {
      if (octets.length < gcm.ivOctets) {
        this.held = octets
        return Buffer.alloc(0)
      }
      const iv = octets.subarray(0, gcm.ivOctets)
      // Octets as key cost Node a failed look for a key object: 15 µs against 5.
      this.decipher = createDecipheriv(gcm.cipher, createSecretKey(this.key), iv, { authTagLength: gcm.tagOctets })
      octets = octets.subarray(gcm.ivOctets)
    }
    const end = Math.max(0, octets.length - gcm.tagOctets)
    this.held = octets.subarray(end)
    return end === 0 ? Buffer.alloc(0) : this.decipher.update(octets.subarray(0, end))
  }

  /** Proves the tag over everything that `update` has given. */
  end(): void {
    if (this.decipher === undefined || this.held.length !== gcm.tagOctets) throw cannotDecrypt()
    try {
      this.decipher.setAuthTag(this.held)
      this.decipher.final()
    } catch (cause) {
      throw cannotDecrypt(cause)
    }
  }
}
