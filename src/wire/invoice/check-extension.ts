import { checkLineTree } from './check-line-tree.ts'
import { type Path, type Report, pointerOf } from './finding.ts'
import { attributeCodes } from './french-lists.ts'
import type { Draft, InvoiceDraft, InvoiceLine, ItemAttribute } from './model.ts'
import { isCreditNote, isExtended, isFrenchExtension } from './profiles.ts'
import { quoted } from './values.ts'

/** What EXTENDED-CTC-FR and EXTENDED of Factur-X demand beyond EN 16931. `syntax` is what the invoice is sent as. */
export function checkExtension(draft: InvoiceDraft, report: Report, syntax: 'ubl' | 'cii'): void {
  checkLineTree(draft, report)
  for (const [index, { item, delivery }] of (draft.lines ?? []).entries()) {
    if (syntax === 'ubl') checkLineDelivery(delivery, ['lines', index, 'delivery'], report)
    for (const [place, attribute] of (item?.attributes ?? []).entries())
      checkAttribute(attribute, ['lines', index, 'item', 'attributes', place], { report, syntax })
  }
  if (!(syntax === 'ubl' && isCreditNote(draft.typeCode))) checkTerms(draft, report)
  if (syntax === 'cii') checkAccounts(draft, report)
}

/**
 * BR-FXEXT-03 of EXTENDED of Factur-X: a tax registration that is not for VAT is the seller's alone. Of others it is no term, and seen
 * just among the XPaths of what the document says beside its terms.
 */
export function checkTaxRegistrations(draft: InvoiceDraft, unmapped: readonly string[], report: Report): void {
  if (!isExtended(draft) || isFrenchExtension(draft)) return
  for (const location of unmapped) {
    if (!taxRegistration.test(location) || location.includes('/ram:SellerTradeParty/')) continue
    report.fatal('BR-FXEXT-03', [], { location })
  }
}

const taxRegistration = /\/ram:SpecifiedTaxRegistration(?:\[\d+\])?(?:\/|$)/

/** BR-57, which UBL asks of every place of delivery, and CII of that of the invoice alone. */
function checkLineDelivery(delivery: Draft<InvoiceLine>['delivery'], path: Path, report: Report): void {
  if (delivery?.address === undefined || delivery.address.country !== undefined) return
  const country = [...path, 'address', 'country']
  if (!report.refused.has(pointerOf(country))) report.fatal('BR-57', country, { text: 'missing' })
}

/** A value or a quantity with its unit, and a code of the list. [BR-FREXT-54-2, BR-FREXT-04; of CII a warning] */
function checkAttribute(
  { code, value, quantity, unit }: Draft<ItemAttribute>,
  path: Path,
  { report, syntax }: { readonly report: Report; readonly syntax: 'ubl' | 'cii' },
): void {
  if (quantity !== undefined && (value !== undefined || unit === undefined))
    report.fatal('BR-FREXT-54-2', [...path, value === undefined ? 'unit' : 'quantity'])
  if (code === undefined || attributeCodes.has(code)) return
  const detail = { text: 'code', values: { value: quoted(code) } } as const
  if (syntax === 'ubl') report.fatal('BR-FREXT-04', [...path, 'code'], detail)
  else report.warn('BR-FXEXT-04', [...path, 'code'], detail)
}

/** BR-CO-25, which EN 16931 itself no longer has. */
function checkTerms(draft: InvoiceDraft, report: Report): void {
  const { totals, dueDate, paymentTerms, furtherPaymentTerms = [] } = draft
  const isDue = totals?.payable !== undefined && totals.payable.sign() > 0
  const isSaid = dueDate !== undefined || paymentTerms !== undefined
  if (!isDue || isSaid || furtherPaymentTerms.some(one => one.dueDate !== undefined || one.text !== undefined)) return
  if (!report.refused.has('/dueDate')) report.fatal('BR-CO-25', ['dueDate'])
}

/** BR-CO-27, of CII alone: one account number for a credit transfer; BR-61 says that there is none. */
function checkAccounts({ paymentMeans = [] }: InvoiceDraft, report: Report): void {
  for (const [index, { code, transfer }] of paymentMeans.entries()) {
    if (code !== '30' && code !== '58') continue
    if ((transfer?.account === undefined) !== (transfer?.proprietaryAccount === undefined)) continue
    report.fatal('BR-CO-27', ['paymentMeans', index, 'transfer', 'account'])
  }
}
