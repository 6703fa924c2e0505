import type { XmlElement } from '../xml/index.ts'

/** A canonicalisation or transform with what it takes. */
export interface Transform {
  readonly algorithm: string
  /** PrefixList of ec:InclusiveNamespaces; empty when there is none. [EXC-C14N §4] */
  readonly prefixes: readonly string[]
}

/** One ds:Reference. */
export interface SignatureReference {
  /** Verbatim; '' is the document the signature stands in. */
  readonly uri: string
  readonly transforms: readonly Transform[]
  readonly digestAlgorithm: string
  readonly digest: Buffer
  readonly element: XmlElement
}

/** A ds:Signature taken apart: every algorithm is one of the table, nothing is proven. */
export interface ParsedSignature {
  readonly element: XmlElement
  readonly signedInfo: XmlElement
  readonly canonicalization: Transform
  readonly signatureAlgorithm: string
  /** At least one. */
  readonly references: readonly SignatureReference[]
  readonly value: Buffer
  readonly keyInfo: XmlElement | undefined
}
