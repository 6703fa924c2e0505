import { createHash, randomBytes } from 'node:crypto'
import {
  type DocumentTypeId,
  type ProcessId,
  formatIdentifier,
  parseDocumentTypeId,
  parseProcessId,
} from '../../src/wire/peppol/index.ts'
import { sampleInvoice } from '../bench/sample.ts'

/** Peppol BIS Billing 3, the default of the peer as well. */
export const billing = {
  documentType: parseDocumentTypeId(
    'busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice' +
      '##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1',
  ),
  process: parseProcessId('cenbii-procid-ubl::urn:fdc:peppol.eu:2017:poacc:billing:01:1.0'),
}

/** A PDF that travels as BinaryContent. [peppol-9.7.json, France Factur-X] */
export const facturX = {
  documentType: parseDocumentTypeId(
    'busdox-docid-qns::urn:peppol:doctype:pdf+xml' +
      '##urn:cen.eu:en16931:2017#conformant#urn:peppol:france:billing:Factur-X:1.0::D22B',
  ),
  process: parseProcessId('cenbii-procid-ubl::urn:peppol:france:billing:regulated'),
}

/** An invoice of one country's PINT: a document type of the scheme that may be registered with a `*`. [peppol.md §3.3] */
export const pint = {
  documentType: parseDocumentTypeId(
    'peppol-doctype-wildcard::urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice' +
      '##urn:peppol:pint:billing-1@aunz-1::2.1',
  ),
  process: parseProcessId('cenbii-procid-ubl::urn:peppol:bis:billing'),
}

/** Whatever the country. */
const anyPint = {
  documentType: parseDocumentTypeId(formatIdentifier(pint.documentType).replace('@aunz-1', '*')),
  process: pint.process,
}

/** What both participants are registered for. */
export const services: readonly Service[] = [billing, facturX, anyPint]

export interface Service {
  readonly documentType: DocumentTypeId
  readonly process: ProcessId
}

/** Options of `peer send`. */
export function serviceOptions({ documentType, process }: Service): readonly string[] {
  return ['--doctype', formatIdentifier(documentType), '--process', formatIdentifier(process)]
}

/** Options of `peer send` for a PDF; not being told, it names no document type version. */
export const binaryOptions: readonly string[] = Object.entries({
  '--binary': 'application/pdf',
  '--sbdh-standard': 'urn:peppol:doctype:pdf+xml',
  '--sbdh-type': 'factur-x',
  '--sbdh-version': 'D22B',
}).flat()

const mark = '<cac:AccountingSupplierParty>'

/** A UBL invoice of about so many octets, made that long by an embedded file of random octets: gzip does not shrink it. */
export function invoiceOf(octets: number): Buffer {
  const plain = sampleInvoice(4000, `INTEROP-${randomBytes(4).toString('hex')}`).toString('utf8')
  const filler = randomBytes(Math.max(1, Math.round(((octets - plain.length - 300) * 3) / 4))).toString('base64')
  const attachment =
    '<cac:AdditionalDocumentReference><cbc:ID>filler</cbc:ID><cac:Attachment>' +
    `<cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="filler.pdf">${filler}` +
    '</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>'
  if (!plain.includes(mark)) throw new Error(`the sample invoice has no ${mark}`)
  return Buffer.from(plain.replace(mark, attachment + mark))
}

/** A PDF of one empty page, made longer by a stream of random octets that no page shows. */
export function pdfOf(octets: number): Buffer {
  const filler = randomBytes(octets)
  const objects = [
    Buffer.from('<</Type/Catalog/Pages 2 0 R>>'),
    Buffer.from('<</Type/Pages/Kids[3 0 R]/Count 1>>'),
    Buffer.from('<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>'),
    Buffer.concat([Buffer.from(`<</Length ${octets}>>stream\n`), filler, Buffer.from('\nendstream')]),
  ]
  const pieces = [Buffer.from('%PDF-1.4\n%\u00e2\u00e3\n', 'latin1')]
  const offsets: number[] = []
  for (const [index, object] of objects.entries()) {
    offsets.push(Buffer.concat(pieces).length)
    pieces.push(Buffer.from(`${index + 1} 0 obj\n`), object, Buffer.from('\nendobj\n'))
  }
  const table = offsets.map(offset => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const start = Buffer.concat(pieces).length
  const trailer = `trailer<</Size 5/Root 1 0 R>>\nstartxref\n${start}\n%%EOF\n`
  pieces.push(Buffer.from(`xref\n0 5\n0000000000 65535 f \n${table}${trailer}`))
  return Buffer.concat(pieces)
}

export function sha256(octets: Buffer): string {
  return createHash('sha256').update(octets).digest('hex')
}
