import { type FacturxProfile, facturxProperties, facturxSchemaItem, facturxXmp } from '../../wire/facturx/index.ts'
import { type XmlElement, childElements, parseXml } from '../../wire/xml/index.ts'
import { PdfError } from './error.ts'
import { pdfaNamespace, readXmp } from './xmp.ts'

const rdf = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#'
const pdfaExtension = 'http://www.aiim.org/pdfa/ns/extension/'

/** A piece of the packet and what stands there instead. */
interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

interface FacturxPacket {
  readonly octets: Buffer
  /** The part of PDF/A that was claimed before, `1` to `3`. */
  readonly claimed: string
}

/**
 * The XMP packet of a PDF/A-1, -2 or -3 as that of a Factur-X: it claims part 3 of PDF/A and has the fx properties and their schema. The
 * rest stays octet for octet. Throws `not-pdf-a`, and `already-invoice` for a packet that has fx properties.
 */
export function facturxPacket(packet: Buffer | undefined, profile: FacturxProfile): FacturxPacket {
  const facts = readXmp(packet)
  if (packet === undefined || facts.isBroken) throw new PdfError('not-pdf-a', 'The PDF has no readable XMP packet')
  const claimed = facts.pdfaPart ?? ''
  if (!['1', '2', '3'].includes(claimed)) {
    const claim = claimed === '' ? 'no PDF/A' : `PDF/A-${claimed}`
    throw new PdfError('not-pdf-a', `The PDF claims ${claim}; an invoice can be embedded in PDF/A-1, -2 or -3`)
  }
  if (facts.conformanceLevel !== undefined) {
    throw new PdfError('already-invoice', `The XMP packet already speaks of an invoice: ${facts.conformanceLevel}`)
  }
  const { root, text } = parseXml(packet.toString('utf8').trim())
  const tree = root.local === 'RDF' ? root : childElements(root).find(({ local }) => local === 'RDF')
  if (tree?.prefix !== 'rdf' || tree.namespace !== rdf) {
    throw new PdfError('not-pdf-a', 'The XMP packet has no rdf:RDF under the prefix rdf')
  }
  const edits = [
    ...childElements(tree).flatMap(description => partEdits(description, text)),
    ...additions(tree, text, profile),
  ]
  return { octets: Buffer.from(edited(text, edits)), claimed }
}

/** pdfaid:part as an element or as an attribute of rdf:Description. */
function partEdits(description: XmlElement, text: string): readonly Edit[] {
  const element = childElements(description).find(
    ({ local, namespace }) => local === 'part' && namespace === pdfaNamespace,
  )
  if (element !== undefined) {
    const { start, end } = element
    return [{ start, end, text: text.slice(start, end).replace(/>\s*\d\s*</v, '>3<') }]
  }
  const attribute = description.attributes.find(
    ({ local, namespace }) => local === 'part' && namespace === pdfaNamespace,
  )
  if (attribute === undefined) return []
  const { start } = description
  const [startTag = ''] = /^<(?:[^"'>]|"[^"]*"|'[^']*')*>/v.exec(text.slice(start)) ?? []
  const pattern = new RegExp(`(?<before>\\s${attribute.prefix}:part\\s*=\\s*["'])\\s*\\d\\s*(?<after>["'])`, 'v')
  return [{ start, end: start + startTag.length, text: startTag.replace(pattern, '$<before>3$<after>') }]
}

/** The schema goes into the list of extension schemas where there is one: a packet must not have two. [XMP §6.1] */
function additions(tree: XmlElement, text: string, profile: FacturxProfile): readonly Edit[] {
  const bag = childElements(tree)
    .flatMap(description => childElements(description))
    .filter(({ local, namespace }) => local === 'schemas' && namespace === pdfaExtension)
    .flatMap(schemas => childElements(schemas))
    .find(({ local, namespace }) => local === 'Bag' && namespace === rdf)
  if (bag === undefined) return [before(tree, text, facturxXmp(profile))]
  return [before(bag, text, facturxSchemaItem), before(tree, text, facturxProperties(profile))]
}

/** In front of the end tag. */
function before({ end }: XmlElement, text: string, added: string): Edit {
  const at = text.lastIndexOf('</', end - 1)
  return { start: at, end: at, text: added }
}

function edited(text: string, edits: readonly Edit[]): string {
  let result = text
  // From the end, so that the offsets before stay true.
  for (const edit of edits.toSorted((a, b) => b.start - a.start)) {
    result = result.slice(0, edit.start) + edit.text + result.slice(edit.end)
  }
  return result
}
