export type {
  NamespaceDeclaration,
  XmlAttribute,
  XmlComment,
  XmlDocument,
  XmlElement,
  XmlInstruction,
  XmlLimits,
  XmlNode,
  XmlText,
} from './types.ts'
export { XmlError } from './error.ts'
export { parseXml } from './parse.ts'
export { decodeBase64 } from './base64.ts'
export { canonicalize } from './canonicalize.ts'
export { namespacesInScope } from './namespaces.ts'
export { attributeOf, childElements, childrenNamed, findChild, onlyChild, textOf } from './navigate.ts'
export { type Markup, escapeAttribute, escapeText, tag, text } from './write.ts'
