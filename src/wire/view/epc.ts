import { type Decimal, isCreditNote, parseDecimal, type PartialInvoice } from '../invoice/index.ts'
import { isCreditorReference, isIban } from './iban.ts'
import type { Means } from './parts.ts'

/*
 * The quick response code for a SEPA credit transfer. [EPC069-12 v2.1 "Quick Response Code: Guidelines to Enable Data Capture for the
 * Initiation of a SEPA Credit Transfer"]
 */

/** Means of payment (BT-81) that the buyer carries out as a credit transfer. [UNTDID 4461] */
const transfers: ReadonlySet<string> = new Set(['30', '42', '58'])

/** Countries of the European Economic Area, and the territories that write IBANs of their own: no BIC is needed. [EPC069-12 v2.1 §3] */
const withoutBic: ReadonlySet<string> = new Set(
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(' '),
)

/** The other countries in the geographical scope of SEPA. [EPC409-09] */
const withBic: ReadonlySet<string> = new Set('AD AL CH GB GI MC MD ME MK RS SM VA'.split(' '))

const limits = { name: 70, remittance: 140, octets: 331 }
const amountMax = parseDecimal('999999999.99')

/**
 * The text of the code that fills in a transfer of what is due; undefined when none can be made: another currency, a credit note,
 * nothing due, no transfer to an account in SEPA, or something that does not fit.
 */
export function epcText(invoice: PartialInvoice): string | undefined {
  const { currency, typeCode, totals } = invoice
  const amount = totals?.payable && euros(totals.payable)
  if (currency !== 'EUR' || isCreditNote(typeCode) || amount === undefined) return undefined
  for (const means of invoice.paymentMeans ?? []) {
    const text = transferText(invoice, means, amount)
    if (text !== undefined) return text
  }
  return undefined
}

/** From 0.01 to 999999999.99; undefined for anything else, and for parts of a cent. */
function euros(amount: Decimal): string | undefined {
  const rounded = amount.rounded(2)
  if (!rounded.equals(amount) || amount.sign() <= 0 || amountMax === undefined || amount.compare(amountMax) > 0)
    return undefined
  return rounded.toString()
}

function transferText(invoice: PartialInvoice, means: Means, amount: string): string | undefined {
  const { code = '', transfer, remittanceInformation } = means
  const iban = transfer?.account?.replaceAll(' ', '') ?? ''
  if (!transfers.has(code) || !isIban(iban)) return undefined
  const country = iban.slice(0, 2)
  const bic = bicOf(transfer?.bank)
  if (!withoutBic.has(country) && (!withBic.has(country) || bic === '')) return undefined
  const name = oneLine(transfer?.accountName ?? invoice.payee?.name ?? invoice.seller?.name ?? '')
  const remittance = remittanceLines(remittanceInformation ?? invoice.number ?? '')
  if (name === '' || remittance === undefined) return undefined
  const lines = ['BCD', '002', '1', 'SCT', bic, cut(name, limits.name), iban, `EUR${amount}`, '', ...remittance]
  // The last element that says something ends the text: neither empty elements nor a line end follow it.
  const text = lines.join('\n').trimEnd()
  return Buffer.byteLength(text) <= limits.octets ? text : undefined
}

/** BT-86 where it is a BIC. [ISO 9362] */
function bicOf(bank: string | undefined): string {
  const compact = bank?.replaceAll(' ', '') ?? ''
  return /^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(compact) ? compact : ''
}

/** The structured and the unstructured element, of which one is empty; undefined when the reference is too long: half of one helps nobody. */
function remittanceLines(reference: string): [string, string] | undefined {
  if (isCreditorReference(reference)) return [reference.replaceAll(' ', '').toUpperCase(), '']
  const text = oneLine(reference)
  return Array.from(text).length <= limits.remittance ? ['', text] : undefined
}

/** A line break would end the element. */
function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
}

function cut(text: string, charactersMax: number): string {
  return Array.from(text).slice(0, charactersMax).join('')
}
