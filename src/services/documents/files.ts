import { facturxFileName } from '../../wire/facturx/index.ts'
import type { PartialInvoice } from '../../wire/invoice/index.ts'
import { type XmlElement, XmlError, attributeOf, childElements, decodeBase64, textOf } from '../../wire/xml/index.ts'
import type { PdfContents } from '../ports.ts'
import { elementsOf } from './locate.ts'
import type { EmbeddedFile } from './types.ts'

/** The elements that hold a file as Base64: of UBL, of CII and CDAR. */
const fileElements = new Set(['EmbeddedDocumentBinaryObject', 'AttachmentBinaryObject'])

/** Beside or above the file in UBL, beside it in CII: what it is called when it has no file name, and what it is (BT-122, BT-123). */
const referenceElements = ['ID', 'IssuerAssignedID']
const descriptionElements = ['DocumentDescription', 'Name']

const anyMimeType = 'application/octet-stream'

/** Every file in an XML document, in its order. One whose Base64 is broken is left out: validation names it. */
export function filesInXml(root: XmlElement): readonly EmbeddedFile[] {
  const files: EmbeddedFile[] = []
  for (const element of elementsOf(root)) {
    if (fileElements.has(element.local)) files.push(...fileOf(element))
  }
  return files
}

function fileOf(element: XmlElement): readonly EmbeddedFile[] {
  const octets = contentOf(element)
  if (octets === undefined) return []
  const around = element.parent?.local === 'Attachment' ? element.parent.parent : element.parent
  return [
    {
      name: attributeOf(element, 'filename') ?? beside(around, referenceElements) ?? '',
      mimeType: attributeOf(element, 'mimeCode') ?? anyMimeType,
      description: beside(around, descriptionElements),
      octets,
      origin: 'invoice',
    },
  ]
}

function contentOf(element: XmlElement): Buffer | undefined {
  try {
    return decodeBase64(textOf(element), element.local)
  } catch (error) {
    if (error instanceof XmlError) return undefined
    throw error
  }
}

function beside(around: XmlElement | undefined, names: readonly string[]): string | undefined {
  const found = around === undefined ? undefined : childElements(around).find(({ local }) => names.includes(local))
  return found === undefined ? undefined : textOf(found).trim() || undefined
}

/** The attachments (BG-24) of an invoice that was given as JSON. */
export function filesInInvoice({ attachments = [] }: PartialInvoice): readonly EmbeddedFile[] {
  return attachments.flatMap(({ reference = '', description, file }) => {
    if (file?.content === undefined) return []
    const { content, mimeType = anyMimeType, filename } = file
    return [
      { name: filename || reference, mimeType, description, octets: Buffer.from(content, 'base64'), origin: 'invoice' },
    ]
  })
}

/** The XML of the invoice first, then the other files. */
export function filesInPdf({ xml, relationship, files }: PdfContents): readonly EmbeddedFile[] {
  const name = facturxFileName
  return [
    { name, mimeType: 'text/xml', description: undefined, relationship, octets: xml, origin: 'xml' },
    ...files.map(file => ({ ...file, origin: 'pdf' as const })),
  ]
}
