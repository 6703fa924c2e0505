import { describe, expect, it } from 'vitest'
import { facturxNamespace, facturxXmp } from '../../../src/wire/facturx/index.ts'
import { type XmlElement, childElements, parseXml, textOf } from '../../../src/wire/xml/index.ts'

const rdf = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#'

function descriptionsOf(): readonly XmlElement[] {
  return childElements(parseXml(`<rdf:RDF xmlns:rdf="${rdf}">${facturxXmp('BASIC WL')}</rdf:RDF>`).root)
}

/** The text of the elements of that name, wherever they are. */
function textsOf(element: XmlElement, local: string): string[] {
  return childElements(element).flatMap(child => (child.local === local ? [textOf(child)] : textsOf(child, local)))
}

describe('what Factur-X adds to XMP', () => {
  it('is the extension schema with the four properties', () => {
    const [schema] = descriptionsOf()
    if (schema === undefined) throw new Error('no schema')
    expect(textsOf(schema, 'namespaceURI')).toEqual(['urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#'])
    expect(textsOf(schema, 'prefix')).toEqual(['fx'])
    expect(textsOf(schema, 'name')).toEqual(['DocumentFileName', 'DocumentType', 'Version', 'ConformanceLevel'])
    expect(textsOf(schema, 'valueType')).toEqual(['Text', 'Text', 'Text', 'Text'])
    expect(textsOf(schema, 'category')).toEqual(['external', 'external', 'external', 'external'])
  })

  it('is their values, under the prefix fx', () => {
    const values = childElements(descriptionsOf()[1] ?? parseXml('<none/>').root)
    expect(values.map(({ prefix, namespace, local }) => [prefix, namespace === facturxNamespace, local])).toEqual([
      ['fx', true, 'DocumentFileName'],
      ['fx', true, 'DocumentType'],
      ['fx', true, 'Version'],
      ['fx', true, 'ConformanceLevel'],
    ])
    expect(values.map(textOf)).toEqual(['factur-x.xml', 'INVOICE', '1.0', 'BASIC WL'])
  })
})
