import { createPrivateKey, type KeyObject } from 'node:crypto'
import forge from 'node-forge'
import { KeyFileError } from './failure.ts'

/** Takes a PKCS#12 file apart: its private key and the DER of every certificate, in the order of the file. */
export function readPkcs12(
  octets: Buffer,
  password: string | undefined,
  file: string,
): { readonly privateKey: KeyObject; readonly certificates: readonly Buffer[] } {
  const contents = open(octets, password, file)
  const { keyBag, pkcs8ShroudedKeyBag, certBag } = forge.pki.oids
  const keys = [pkcs8ShroudedKeyBag, keyBag].flatMap(type => bagsOf(contents, type))
  const [first, second] = keys
  if (first === undefined) throw new KeyFileError('no-key', `${file} holds no private key`)
  if (second !== undefined)
    throw new KeyFileError('unsupported', `${file} holds ${keys.length} private keys; one is wanted`)
  if (first.key === undefined || first.key === null) {
    throw new KeyFileError('unsupported', `${file}: the private key is not RSA; Peppol wants RSA`)
  }
  return {
    privateKey: createPrivateKey(forge.pki.privateKeyToPem(first.key)),
    certificates: bagsOf(contents, certBag).map(certificateDer),
  }
}

function open(octets: Buffer, password: string | undefined, file: string): forge.pkcs12.Pkcs12Pfx {
  let structure: forge.asn1.Asn1
  try {
    structure = forge.asn1.fromDer(octets.toString('latin1'))
  } catch (cause) {
    throw new KeyFileError('unreadable', `${file} is not a PKCS#12 file`, { cause })
  }
  try {
    return forge.pkcs12.pkcs12FromAsn1(structure, false, password ?? '')
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    // node-forge has no error codes; its texts for a wrong password are these.
    if (
      /MAC could not be verified|Invalid password|wrong password|could not be decrypted|Cannot decrypt/i.test(message)
    ) {
      const hint = password === undefined ? 'a password is needed and none was given' : 'the password is wrong'
      throw new KeyFileError('wrong-password', `${file} cannot be opened: ${hint}`, { cause })
    }
    throw new KeyFileError('unreadable', `${file} cannot be read as PKCS#12: ${message}`, { cause })
  }
}

function bagsOf(contents: forge.pkcs12.Pkcs12Pfx, type: string | undefined): readonly forge.pkcs12.Bag[] {
  if (type === undefined) return []
  return contents.getBags({ bagType: type })[type] ?? []
}

function certificateDer(bag: forge.pkcs12.Bag): Buffer {
  // node-forge reads only RSA certificates; it keeps the others as the ASN.1 they are.
  const structure = bag.cert === undefined || bag.cert === null ? bag.asn1 : forge.pki.certificateToAsn1(bag.cert)
  return Buffer.from(forge.asn1.toDer(structure).getBytes(), 'latin1')
}
