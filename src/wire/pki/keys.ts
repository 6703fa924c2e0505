import { type KeyObject, createPublicKey, sign, webcrypto } from 'node:crypto'
import { PkiError } from './error.ts'
import type { Certificate, DecryptionKey, SigningKey } from './types.ts'

/** One per thread of the libuv pool in its standard size. */
const decryptionKeysCount = 4

/**
 * The private key behind a certificate, for signing and for unwrapping, both off the main thread.
 * Throws `malformed` when the key is not the certificate's, `wrong-purpose` when it is not RSA.
 */
export function keysOf(privateKey: KeyObject, certificate: Certificate): SigningKey & DecryptionKey {
  if (privateKey.asymmetricKeyType !== 'rsa') throw new PkiError('wrong-purpose', 'the private key is not an RSA key')
  if (!createPublicKey(privateKey).equals(certificate.publicKey)) {
    throw new PkiError('malformed', `the private key does not belong to ${certificate.commonName}`)
  }
  const nextKey = decryptionKeys(privateKey)
  return {
    certificate,
    sign: data =>
      new Promise((resolve, reject) => {
        sign('sha256', data, privateKey, (error, signature) => (error === null ? resolve(signature) : reject(error)))
      }),
    unwrap: async wrapped => {
      const octets = await webcrypto.subtle.decrypt({ name: 'RSA-OAEP' }, await nextKey(), wrapped)
      return Buffer.from(octets)
    },
  }
}

/**
 * WebCrypto is the only way to decrypt with RSA off the main thread, and it lets one key object do one thing at a time:
 * the same key is imported several times and the copies are used in turn.
 */
function decryptionKeys(privateKey: KeyObject): () => Promise<webcrypto.CryptoKey> {
  const copies: Promise<webcrypto.CryptoKey>[] = []
  let turn = 0
  return () => {
    turn = (turn + 1) % decryptionKeysCount
    const copy = copies[turn] ?? importKey(privateKey)
    copies[turn] = copy
    return copy
  }
}

function importKey(privateKey: KeyObject): Promise<webcrypto.CryptoKey> {
  const der = privateKey.export({ format: 'der', type: 'pkcs8' })
  return webcrypto.subtle.importKey('pkcs8', der, { name: 'RSA-OAEP', hash: 'SHA-256' }, false, ['decrypt'])
}
