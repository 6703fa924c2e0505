import { escapeText } from '../xml/index.ts'
import type { FacturxProfile } from './types.ts'

/** The one name of the XML in a Factur-X. */
export const facturxFileName = 'factur-x.xml'

/** Of the fx properties, with the trailing `#`. [Factur-X 1.08 §6.3] */
export const facturxNamespace = 'urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#'

/** Name and description of each property, as the PDF/A extension schema must list them. [ISO 19005-3 §6.6.2.3; Factur-X 1.08 §6.3] */
const properties = [
  ['DocumentFileName', 'name of the embedded XML invoice file'],
  ['DocumentType', 'INVOICE'],
  ['Version', 'The actual version of the Factur-X XML schema'],
  ['ConformanceLevel', 'The conformance level of the embedded Factur-X data'],
] as const

const items = properties.map(
  ([name, description]) => `
      <rdf:li rdf:parseType="Resource">
        <pdfaProperty:name>${name}</pdfaProperty:name>
        <pdfaProperty:valueType>Text</pdfaProperty:valueType>
        <pdfaProperty:category>external</pdfaProperty:category>
        <pdfaProperty:description>${description}</pdfaProperty:description>
      </rdf:li>`,
)

/** The rdf:li of the extension schema for the rdf:Bag of pdfaExtension:schemas, which a packet has at most once. Needs the prefix rdf. */
export const facturxSchemaItem = `<rdf:li rdf:parseType="Resource"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
    <pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>
    <pdfaSchema:namespaceURI>${facturxNamespace}</pdfaSchema:namespaceURI>
    <pdfaSchema:prefix>fx</pdfaSchema:prefix>
    <pdfaSchema:property><rdf:Seq>${items.join('')}
    </rdf:Seq></pdfaSchema:property>
  </rdf:li>`

/** The fx properties as one rdf:Description. Needs the prefix rdf. */
export function facturxProperties(profile: FacturxProfile): string {
  const values = {
    DocumentFileName: facturxFileName,
    DocumentType: 'INVOICE',
    Version: '1.0',
    ConformanceLevel: profile,
  }
  const written = properties.map(([name]) => `  <fx:${name}>${escapeText(values[name])}</fx:${name}>\n`)
  return `
<rdf:Description rdf:about="" xmlns:fx="${facturxNamespace}">
${written.join('')}</rdf:Description>
`
}

/**
 * What Factur-X adds to the XMP packet of a PDF/A-3 without an extension schema of its own, as two rdf:Description elements for its
 * rdf:RDF: the description of the extension schema, and the properties.
 */
export function facturxXmp(profile: FacturxProfile): string {
  return `
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/">
  <pdfaExtension:schemas><rdf:Bag>${facturxSchemaItem}</rdf:Bag></pdfaExtension:schemas>
</rdf:Description>${facturxProperties(profile)}`
}
