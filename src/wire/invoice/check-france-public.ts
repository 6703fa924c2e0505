import type { Path, Report } from './finding.ts'
import { publicContractTypes, publicSellerSchemes, schemes } from './french-lists.ts'
import type { InvoiceDraft } from './model.ts'
import { quoted } from './values.ts'

/*
 * What Chorus Pro demands of invoices to French public bodies. No Schematron says it: Chorus Pro answers with the status 213 and the
 * reason REJ_CONT_B2G. Rules 11 to 13 need the settings of the buyer in the directory, rule 19 allows more lines than any document
 * we read, and the others that are missing here speak of terms the model holds once or not at all. [BR-FR-CPRO of XP Z12-012 annex A; france.md §2.8]
 */
export function checkFrenchPublicSector(draft: InvoiceDraft, report: Report): void {
  checkParties(draft, report)
  for (const [rule, max, place] of lengths) {
    for (const { value, path } of textsAt(draft, place.split('/'), [])) {
      // Characters, not the halves of those beyond the basic plane.
      const length = Array.from(value).length
      if (length <= max) continue
      report.fatal(rule, path, { text: 'cpro-longest', values: { max: String(max), length: String(length) } })
    }
  }
  const { precedingInvoices = [], process, contractType } = draft
  if (contractType !== undefined && !publicContractTypes.has(contractType))
    report.fatal('BR-FR-CPRO-01', ['contractType'], { values: { value: quoted(contractType) } })
  if (precedingInvoices.length > 1) report.fatal('BR-FR-CPRO-20', ['precedingInvoices', 1])
  if (process === 'S5') report.fatal('BR-FR-CPRO-24', ['process'])
}

/** The longest texts, in characters; `*` is every item of a list. */
const lengths: readonly (readonly [rule: `BR-FR-CPRO-${number}`, max: number, place: string])[] = [
  ['BR-FR-CPRO-02', 20, 'number'],
  ['BR-FR-CPRO-02', 20, 'precedingInvoices/*/number'],
  ['BR-FR-CPRO-02', 20, 'lines/*/precedingInvoices/*/number'],
  ['BR-FR-CPRO-14', 50, 'contractReference'],
  ['BR-FR-CPRO-15', 50, 'purchaseOrderReference'],
  ['BR-FR-CPRO-30', 50, 'attachments/*/reference'],
  ['BR-FR-CPRO-31', 1024, 'lines/*/item/description'],
  ['BR-FR-CPRO-32', 400, 'seller/address/line1'],
  ['BR-FR-CPRO-33', 400, 'seller/address/city'],
  ['BR-FR-CPRO-34', 99, 'buyer/tradingName'],
  ['BR-FR-CPRO-35', 1024, 'paymentTerms'],
  ['BR-FR-CPRO-36', 99, 'seller/tradingName'],
  ['BR-FR-CPRO-37', 99, 'payee/name'],
  ['BR-FR-CPRO-38', 20, 'delivery/location/value'],
  ['BR-FR-CPRO-39', 27, 'paymentMeans/*/transfer/account'],
  ['BR-FR-CPRO-41', 50, 'attachments/*/file/filename'],
  ['BR-FR-CPRO-42', 1024, 'notes/*/text'],
  ['BR-FR-CPRO-43', 99, 'seller/name'],
  ['BR-FR-CPRO-44', 99, 'buyer/name'],
]

/** The texts at a place, each with its path. */
function* textsAt(bag: unknown, place: readonly string[], path: Path): Generator<{ value: string; path: Path }> {
  const [step, ...rest] = place
  if (step === undefined) {
    if (typeof bag === 'string') yield { value: bag, path }
  } else if (step === '*') {
    for (const [index, item] of (bag as readonly unknown[]).entries()) yield* textsAt(item, rest, [...path, index])
  } else {
    const inner = (bag as Readonly<Record<string, unknown>>)[step]
    if (inner !== undefined) yield* textsAt(inner, rest, [...path, step])
  }
}

/** BR-FR-CPRO-03 to 10, and 17. */
function checkParties({ seller, buyer, payee }: InvoiceDraft, report: Report): void {
  const sellerIds = seller?.identifiers ?? []
  const hasSiret = sellerIds.some(({ scheme }) => scheme === schemes.siret)
  if (seller !== undefined && !sellerIds.some(({ scheme }) => isPublicScheme(scheme)))
    report.fatal('BR-FR-CPRO-03', ['seller', 'identifiers'])
  for (const [index, { scheme = '', value = '' }] of sellerIds.entries()) {
    const known = publicSellerSchemes[scheme]
    if (known === undefined || known.format.test(value)) continue
    const values = { scheme, value: quoted(value) }
    report.fatal(known.rule, ['seller', 'identifiers', index, 'value'], { text: 'cpro-format', values })
  }
  if (seller?.legalRegistration?.scheme === schemes.siren && !hasSiret)
    report.fatal('BR-FR-CPRO-09', ['seller', 'identifiers'], { values: { party: { en: 'seller', fr: 'Vendeur' } } })
  if (buyer !== undefined && !(buyer.identifiers ?? []).some(({ scheme }) => scheme === schemes.siret))
    report.fatal('BR-FR-CPRO-10', ['buyer', 'identifiers'])
  if (payee?.legalRegistration?.scheme === schemes.siren && payee.identifier?.scheme !== schemes.siret) {
    const values = { party: { en: 'payee', fr: 'Bénéficiaire du paiement' } }
    report.fatal('BR-FR-CPRO-17', ['payee', 'identifier'], { values })
  }
}

function isPublicScheme(scheme = ''): boolean {
  return scheme === schemes.siret || Object.hasOwn(publicSellerSchemes, scheme)
}
