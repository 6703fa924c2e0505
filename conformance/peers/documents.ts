import { createHash, randomBytes } from 'node:crypto'
import { createPdfWriter } from '../../src/adapters/pdf/index.ts'
import { systemClock } from '../../src/kernel/index.ts'
import { writeFacturxXml } from '../../src/wire/facturx/index.ts'
import { readDocument } from '../../src/wire/invoice/index.ts'
import {
  type DocumentTypeId,
  type ProcessId,
  formatIdentifier,
  parseDocumentTypeId,
  parseProcessId,
} from '../../src/wire/peppol/index.ts'
import { viewOf } from '../../src/wire/view/index.ts'
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

/** A Factur-X of our writer, made about so long by an attachment of random octets. */
export async function facturXOf(octets: number): Promise<Buffer> {
  const read = readDocument(sampleInvoice(4000, `INTEROP-${randomBytes(4).toString('hex')}`))
  if (!('invoice' in read)) throw new Error(JSON.stringify(read.findings))
  const { invoice } = read
  const profile = 'EN 16931'
  const filler = { name: 'filler.bin', mimeType: anyMimeType, description: undefined, octets: randomBytes(octets) }
  const embedded = { xml: writeFacturxXml(invoice, profile), profile, files: [filler] } as const
  return await createPdfWriter().write(viewOf(invoice), { branding: {}, at: systemClock.now(), embedded })
}

const anyMimeType = 'application/octet-stream'

export function sha256(octets: Buffer): string {
  return createHash('sha256').update(octets).digest('hex')
}
