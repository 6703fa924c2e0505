/** A light namespace tree over one parsed text. Offsets count UTF-16 units of the text, `end` is exclusive. */
export interface XmlElement {
  readonly kind: 'element'
  /** '' when the name has none. */
  readonly prefix: string
  readonly local: string
  /** '' when in no namespace. */
  readonly namespace: string
  /** Without the namespace declarations, in document order. */
  readonly attributes: readonly XmlAttribute[]
  /** The xmlns and xmlns:p attributes of this element, in document order. */
  readonly declarations: readonly NamespaceDeclaration[]
  readonly children: readonly XmlNode[]
  readonly parent: XmlElement | undefined
  readonly start: number
  readonly end: number
}

export interface XmlAttribute {
  readonly prefix: string
  readonly local: string
  readonly namespace: string
  /** Normalised as XML 1.0 §3.3.3 says for CDATA. */
  readonly value: string
}

export interface NamespaceDeclaration {
  /** '' for the default namespace. */
  readonly prefix: string
  /** '' undeclares the default namespace. */
  readonly uri: string
}

/** Character data with references resolved, CDATA sections included, line ends normalised. */
interface XmlText {
  readonly kind: 'text'
  readonly value: string
}

export interface XmlComment {
  readonly kind: 'comment'
  readonly value: string
}

export interface XmlInstruction {
  readonly kind: 'instruction'
  readonly target: string
  readonly data: string
}

export type XmlNode = XmlElement | XmlText | XmlComment | XmlInstruction

export interface XmlDocument {
  readonly root: XmlElement
  /** The decoded text that `start` and `end` count in, byte order mark removed. */
  readonly text: string
  /** Comments and processing instructions before and after the root, in order (C14N prints instructions of both). */
  readonly before: readonly (XmlComment | XmlInstruction)[]
  readonly after: readonly (XmlComment | XmlInstruction)[]
}

/** Every limit is inclusive; reaching past one is an XmlError `limit`. */
export interface XmlLimits {
  readonly octetsMax: number
  readonly depthMax: number
  readonly nodesMax: number
  readonly attributesPerElementMax: number
}
