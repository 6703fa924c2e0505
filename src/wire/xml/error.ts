import { WireError } from '../../kernel/index.ts'

/**
 * not-well-formed: breaks XML 1.0 or Namespaces in XML 1.0. doctype: a document type declaration. encoding: not UTF-8.
 * limit: one of XmlLimits. illegal-character: outside the Char production. missing, unexpected: the tree is not of the asked shape.
 */
export type XmlErrorCode =
  | 'not-well-formed'
  | 'doctype'
  | 'encoding'
  | 'limit'
  | 'illegal-character'
  | 'missing'
  | 'unexpected'

/** The XML text, or the tree asked for, is wrong. */
export class XmlError extends WireError<XmlErrorCode> {}
