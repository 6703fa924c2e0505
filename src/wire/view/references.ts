import { documentTypes } from './names-document.ts'
import { schemes } from './names-item.ts'
import type { DeliveryTerms, Identifier, LineReference, Period, PrecedingInvoice } from './parts.ts'
import type { Speech } from './speech.ts'
import type { ViewFact } from './types.ts'

/* What document and lines say alike: other documents, periods, identifiers. */

/** Of what there is, with blanks between; the empty text when there is nothing. */
export function joined(parts: readonly (string | undefined)[], separator = ' '): string {
  return parts.filter(part => part !== undefined && part !== '').join(separator)
}

/** `CMD-7 (21/11/2026)` */
export function datedText(number: string | undefined, date: string | undefined, speech: Speech): string {
  return joined([number, date && `(${speech.date(date)})`])
}

/** `BL-9, ligne 3 (21/11/2026)` */
export function referenceText({ number, line, date }: LineReference, speech: Speech): string {
  return datedText(joined([number, line && `${speech.label('line')} ${line}`], ', '), date, speech)
}

/** `Facture d’acompte FA-1, ligne 3 (21/11/2026)` */
export function precedingText({ number, typeCode, issueDate, line }: PrecedingInvoice, speech: Speech): string {
  const name = typeCode && speech.code(documentTypes, typeCode)
  return joined([
    name,
    referenceText({ ...(number && { number }), ...(line && { line }) }, speech),
    datedText(undefined, issueDate, speech),
  ])
}

export function periodText({ start, end }: Period, speech: Speech): string {
  if (start !== undefined && end !== undefined) return `${speech.date(start)} – ${speech.date(end)}`
  if (start !== undefined) return `${speech.label('from')} ${speech.date(start)}`
  return end === undefined ? '' : `${speech.label('until')} ${speech.date(end)}`
}

export function deliveryTermsText({ code, place }: DeliveryTerms): string {
  return joined([code, place])
}

/** `SIREN: 123456789`, `Identifiant: 123 (0190)`: under the name of its scheme where that has one. */
export function identifierFact(label: string, { value, scheme }: Identifier): ViewFact[] {
  if (value === undefined) return []
  const name = scheme !== undefined && Object.hasOwn(schemes, scheme) ? schemes[scheme] : undefined
  return [{ label: name ?? label, value: scheme === undefined || name !== undefined ? value : `${value} (${scheme})` }]
}
