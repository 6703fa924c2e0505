import { type XmlDocument, type XmlElement, XmlError, attributeOf, childElements, parseXml } from '../xml/index.ts'
import { EbmsFault, NotAs4Error } from './ebms.ts'
import { ns } from './names.ts'

/** The fixed places of a SOAP 1.2 message. Every later look at the message goes through these very objects. */
export interface SoapMessage {
  readonly document: XmlDocument
  readonly body: XmlElement
  /** eb:Messaging, the only one. */
  readonly messaging: XmlElement
  /** wsse:Security, the only one; undefined when the message is not secured. */
  readonly security: XmlElement | undefined
  /** Every wsu:Id and Id of the document, each of them unique. */
  readonly ids: ReadonlyMap<string, XmlElement>
}

/**
 * Finds the places of a SOAP 1.2 message and resolves its ids once. Throws NotAs4Error for what is no SOAP envelope,
 * EBMS:0009 for one of another shape: other SOAP version, repeated id, a mandatory header that is not understood.
 */
export function readSoapMessage(octets: Buffer): SoapMessage {
  const document = parse(octets)
  const { header, body } = envelopeParts(document.root)
  if (header === undefined) throw new EbmsFault('EBMS:0003', 'there is no eb:Messaging')
  let messaging: XmlElement | undefined
  let security: XmlElement | undefined
  for (const block of childElements(header)) {
    if (block.local === 'Messaging' && block.namespace === ns.eb) {
      if (messaging !== undefined) throw new EbmsFault('EBMS:0003', 'there is more than one eb:Messaging')
      messaging = block
    } else if (block.local === 'Security' && block.namespace === ns.wsse) {
      if (security !== undefined) throw new EbmsFault('EBMS:0009', 'there is more than one wsse:Security')
      security = block
    } else if (isMandatory(block)) {
      throw new EbmsFault('EBMS:0009', `the header ${block.local} must be understood, and is not`)
    }
  }
  if (messaging === undefined) throw new EbmsFault('EBMS:0003', 'there is no eb:Messaging')
  return { document, body, messaging, security, ids: resolveIds(document.root) }
}

function parse(octets: Buffer): XmlDocument {
  try {
    return parseXml(octets)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    throw new EbmsFault('EBMS:0009', `the SOAP part is not acceptable XML: ${error.message}`, { cause: error })
  }
}

function envelopeParts(envelope: XmlElement): { readonly header: XmlElement | undefined; readonly body: XmlElement } {
  if (envelope.local !== 'Envelope') throw new NotAs4Error(`the root element is ${envelope.local}, not a SOAP envelope`)
  if (envelope.namespace !== ns.soap12) {
    if (envelope.namespace === ns.soap11) throw new EbmsFault('EBMS:0009', 'SOAP 1.1 is not accepted, only SOAP 1.2')
    throw new NotAs4Error('the root element is not a SOAP 1.2 envelope')
  }
  const parts = childElements(envelope)
  const header = isSoap(parts[0], 'Header') ? parts.shift() : undefined
  const [body, ...others] = parts
  if (!isSoap(body, 'Body') || others.length > 0) {
    throw new EbmsFault('EBMS:0009', 'the SOAP envelope is not a header and a body')
  }
  return { header, body }
}

function isSoap(element: XmlElement | undefined, local: string): element is XmlElement {
  return element?.local === local && element.namespace === ns.soap12
}

function isMandatory(block: XmlElement): boolean {
  const value = attributeOf(block, 'mustUnderstand', ns.soap12)
  return value === 'true' || value === '1'
}

/**
 * One id, one element: where two elements answer to the same id, a signature could be checked on one and the message read
 * from the other. [WSS 1.1 §4.3]
 */
function resolveIds(root: XmlElement): ReadonlyMap<string, XmlElement> {
  const ids = new Map<string, XmlElement>()
  const open = [root]
  for (let element = open.pop(); element !== undefined; element = open.pop()) {
    for (const { local, namespace, value } of element.attributes) {
      if (local !== 'Id' || (namespace !== '' && namespace !== ns.wsu)) continue
      const holder = ids.get(value)
      if (holder !== undefined && holder !== element) throw new EbmsFault('EBMS:0009', `the id ${value} is not unique`)
      ids.set(value, element)
    }
    for (const child of element.children) if (child.kind === 'element') open.push(child)
  }
  return ids
}
