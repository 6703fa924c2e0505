import { type XmlElement, XmlError, childElements, parseXml, textOf } from '../../wire/xml/index.ts'

/** What an XMP packet says that matters here. */
export interface XmpFacts {
  /** fx:ConformanceLevel, or the same property of an older schema of ZUGFeRD. */
  readonly conformanceLevel: string | undefined
  /** pdfaid:part, 1 to 4. */
  readonly pdfaPart: string | undefined
  /** The packet is no XML. */
  readonly isBroken: boolean
}

const nothing: XmpFacts = { conformanceLevel: undefined, pdfaPart: undefined, isBroken: false }
export const pdfaNamespace = 'http://www.aiim.org/pdfa/ns/id/'
/** Of Factur-X and of ZUGFeRD 1.0 and 2.0; some writers change the capitals. */
const facturxNamespaces = /^urn:(factur-x|zugferd|ferd):pdfa:crossindustrydocument:invoice:\d+p\d+#?$/iv

/** Reads a packet; undefined when the document has none. A property may be an element or an attribute of rdf:Description. */
export function readXmp(packet: Buffer | undefined): XmpFacts {
  if (packet === undefined) return nothing
  try {
    const { root } = parseXml(packet.toString('utf8').trim())
    const descriptions = descriptionsIn(root, [])
    return {
      conformanceLevel: property(descriptions, 'ConformanceLevel', namespace => facturxNamespaces.test(namespace)),
      pdfaPart: property(descriptions, 'part', namespace => namespace === pdfaNamespace),
      isBroken: false,
    }
  } catch (error) {
    if (error instanceof XmlError) return { ...nothing, isBroken: true }
    throw error
  }
}

function descriptionsIn(element: XmlElement, found: XmlElement[]): readonly XmlElement[] {
  for (const child of childElements(element)) {
    if (child.local === 'Description') found.push(child)
    else if (child.local === 'RDF') descriptionsIn(child, found)
  }
  return found
}

function property(
  descriptions: readonly XmlElement[],
  name: string,
  isOurs: (namespace: string) => boolean,
): string | undefined {
  for (const description of descriptions) {
    const element = childElements(description).find(({ local, namespace }) => local === name && isOurs(namespace))
    if (element !== undefined) return textOf(element).trim()
    const attribute = description.attributes.find(({ local, namespace }) => local === name && isOurs(namespace))
    if (attribute !== undefined) return attribute.value.trim()
  }
  return undefined
}
