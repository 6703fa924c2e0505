import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import forge from 'node-forge'

export interface RequestSubject {
  /** Seat ID of the access point or SMP, e.g. `PFR000123`. */
  readonly commonName: string
  readonly organisation: string
  /** ISO 3166-1 alpha-2. */
  readonly country: string
}

/**
 * A new RSA-2048 key and a certificate signing request (PKCS#10, SHA-256) for it, both in PEM.
 * Peppol's CA replaces the subject by the one of the agreement; the key is what counts.
 */
export async function makeRequest(
  subject: RequestSubject,
): Promise<{ readonly keyPem: string; readonly requestPem: string }> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' })
  const forgeKey = forge.pki.privateKeyFromPem(privateKey.export({ type: 'pkcs1', format: 'pem' }).toString())
  const request = forge.pki.createCertificationRequest()
  request.publicKey = forge.pki.rsa.setPublicKey(forgeKey.n, forgeKey.e)
  request.setSubject([
    { shortName: 'CN', value: subject.commonName },
    { shortName: 'O', value: subject.organisation },
    { shortName: 'C', value: subject.country },
  ])
  request.sign(forgeKey, forge.md.sha256.create())
  return {
    keyPem: keyPem.toString(),
    requestPem: forge.pki.certificationRequestToPem(request).replaceAll('\r\n', '\n'),
  }
}
