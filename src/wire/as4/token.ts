import { type XmlElement, attributeOf, childElements, textOf } from '../xml/index.ts'
import { EbmsFault } from './ebms.ts'
import { ns, uri } from './names.ts'
import type { SoapMessage } from './soap.ts'

/**
 * DER of the certificate that a ds:KeyInfo names. The only way there is ds:KeyInfo → wsse:SecurityTokenReference →
 * wsse:Reference → wsse:BinarySecurityToken: a header holds several tokens, and their order says nothing.
 * Throws EBMS:0103 for every other key identifier. [peppol.md §1.4, WSS-X509 §3.2]
 */
export function certificateNamedBy(keyInfo: XmlElement | undefined, soap: SoapMessage): Buffer {
  const reference = directReference(keyInfo)
  const valueType = attributeOf(reference, 'ValueType')
  if (valueType !== undefined && valueType !== uri.x509v3) throw noncompliant('a token reference is not of type X509v3')
  const token = targetOf(reference, soap)
  if (token?.local !== 'BinarySecurityToken' || token.namespace !== ns.wsse || token.parent !== soap.security) {
    throw noncompliant('a token reference does not lead to a wsse:BinarySecurityToken of the header')
  }
  if (attributeOf(token, 'EncodingType') !== uri.base64Binary || attributeOf(token, 'ValueType') !== uri.x509v3) {
    throw noncompliant('a wsse:BinarySecurityToken is not an X509v3 certificate in base64')
  }
  return base64In(token)
}

/** The wsse:Reference of a ds:KeyInfo that holds nothing else. [BSP R5402, R5417, R5424] */
export function directReference(keyInfo: XmlElement | undefined): XmlElement {
  const container = onlyElementIn(keyInfo)
  if (container?.local !== 'SecurityTokenReference' || container.namespace !== ns.wsse) {
    throw noncompliant('a ds:KeyInfo is not a wsse:SecurityTokenReference')
  }
  const reference = onlyElementIn(container)
  if (reference?.local !== 'Reference' || reference.namespace !== ns.wsse) {
    throw noncompliant('a key is not identified by a direct reference to a token')
  }
  return reference
}

/** The element that a `URI="#id"` leads to. */
export function targetOf(reference: XmlElement, soap: SoapMessage): XmlElement | undefined {
  const target = attributeOf(reference, 'URI')
  return target?.startsWith('#') === true ? soap.ids.get(target.slice(1)) : undefined
}

/** The octets of an element's base64 text; white space is let through, also `&#13;`. */
export function base64In(element: XmlElement): Buffer {
  const base64 = textOf(element).replaceAll(/\s+/g, '')
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
    throw noncompliant(`the content of ${element.local} is not base64`)
  }
  return Buffer.from(base64, 'base64')
}

export function noncompliant(message: string): EbmsFault {
  return new EbmsFault('EBMS:0103', message)
}

function onlyElementIn(parent: XmlElement | undefined): XmlElement | undefined {
  const [child, ...others] = parent === undefined ? [] : childElements(parent)
  return others.length === 0 ? child : undefined
}
