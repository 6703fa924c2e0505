import type { Attachment } from './attachments.ts'
import { invoiceFileNames } from './file-names.ts'

/* Which of the files in a PDF is an invoice. */

/** By its name. */
export function hasInvoiceName({ name }: Attachment): boolean {
  return invoiceFileNames.has(name.toLowerCase())
}

const invoiceRelationships: ReadonlySet<string | undefined> = new Set(['Alternative', 'Source', 'Data'])

/** By its relationship: the others are supplements, whatever is in them. */
export function mayBeInvoice({ relationship }: Attachment): boolean {
  return invoiceRelationships.has(relationship)
}

/** Prolog and comments, then the root element of CII or of ZUGFeRD 1.0. Longer prologs are not looked at. */
const invoiceRoot =
  /^\ufeff?(?:\s|<\?[^>]*\?>|<!--[\s\S]*?-->)*<(?:[\w.\-]+:)?(CrossIndustryInvoice|CrossIndustryDocument)[\s\/>]/v
/** Of an XML, what is looked at for its kind. */
export const prologOctetsMax = 16 * 1024

/** By its root element. */
export function isInvoice(octets: Buffer): boolean {
  return invoiceRoot.test(octets.toString('utf8', 0, prologOctetsMax))
}
