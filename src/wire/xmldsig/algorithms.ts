import { SignatureError } from './error.ts'

/** What an algorithm identifier stands for, and so where it may stand. */
type Algorithm =
  | { readonly use: 'canonicalization'; readonly method: 'exclusive' | 'inclusive' }
  | { readonly use: 'transform' }
  | { readonly use: 'signature' | 'digest'; readonly hash: 'sha256' }

/** The identifiers of every algorithm that is accepted anywhere. [peppol.md §1.4, §1.5, §5.2] */
export const algorithms = {
  /** Without comments, like the inclusive one. [EXC-C14N §4] */
  exclusiveC14n: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  inclusiveC14n: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
  /** The document without the signature itself. [XMLDSIG §6.6.4] */
  envelopedSignature: 'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
  /** An attachment's content without its MIME headers. [WSS-SwA §5.4.2] */
  attachmentContent: 'http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#Attachment-Content-Signature-Transform',
  /** Of xenc:CipherReference, never of a ds:Reference. [WSS-SwA §5.5.1] */
  attachmentCiphertext: 'http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#Attachment-Ciphertext-Transform',
  rsaSha256: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  sha256: 'http://www.w3.org/2001/04/xmlenc#sha256',
} as const

const table: ReadonlyMap<string, Algorithm> = new Map<string, Algorithm>([
  [algorithms.exclusiveC14n, { use: 'canonicalization', method: 'exclusive' }],
  [algorithms.inclusiveC14n, { use: 'canonicalization', method: 'inclusive' }],
  [algorithms.envelopedSignature, { use: 'transform' }],
  [algorithms.attachmentContent, { use: 'transform' }],
  [algorithms.rsaSha256, { use: 'signature', hash: 'sha256' }],
  [algorithms.sha256, { use: 'digest', hash: 'sha256' }],
])

/** Throws `algorithm`. */
export function canonicalizationMethod(algorithm: string): 'exclusive' | 'inclusive' {
  const row = table.get(algorithm)
  if (row?.use !== 'canonicalization') throw refused('canonicalisation method', algorithm)
  return row.method
}

/** A canonicalisation is a transform too. Throws `algorithm`. [XMLDSIG §6.6] */
export function checkTransform(algorithm: string): void {
  const use = table.get(algorithm)?.use
  if (use !== 'transform' && use !== 'canonicalization') throw refused('transform', algorithm)
}

/** Throws `algorithm`. */
export function checkMethod(algorithm: string, use: 'signature' | 'digest'): void {
  if (table.get(algorithm)?.use !== use) throw refused(`${use} method`, algorithm)
}

function refused(what: string, algorithm: string): SignatureError {
  return new SignatureError('algorithm', `${algorithm.slice(0, 200)} is not accepted as ${what}`)
}
