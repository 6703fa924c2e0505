import type { InvoiceDraft } from './model.ts'
import { isExtended, isFrenchExtension } from './profiles.ts'

/*
 * What an extension of EN 16931 changes in its rules: EXTENDED-CTC-FR and, alike, EXTENDED of Factur-X allow more, with tolerances
 * where lines were rounded one by one. [Schematron EXTENDED-CTC-FR 1.4.0.03]
 */

const families = ['S', 'Z', 'E', 'AE', 'IC', 'G', 'O', 'AF', 'AG']

/** Rules that an extension does not have: negative prices, reasons in every VAT category, O beside others. */
const dropped: ReadonlySet<string> = new Set([
  'BR-27',
  'BR-28',
  'BR-CO-17',
  'BR-S-10',
  'BR-Z-10',
  ...['02', '03', '04', '11', '12', '13', '14'].map(number => `BR-O-${number}`),
])

/** Rules that EXTENDED-CTC-FR has under a name of its own. */
const renamed: ReadonlyMap<string, string> = new Map([
  ...['22', '23', '24', '26'].map(number => [`BR-${number}`, `BR-FREXT-${number}`] as const),
  ...['04', '10', '11', '12', '13', '15'].map(number => [`BR-CO-${number}`, `BR-FREXT-CO-${number}`] as const),
  ...families.flatMap(family =>
    ['01', '08'].map(number => [`BR-${family}-${number}`, `BR-FREXT-${family}-${number}`] as const),
  ),
  ['BR-S-09', 'BR-FREXT-S-09'],
  ['BR-54', 'BR-FREXT-54-1'],
  ...['10', '20', '24'].map(number => [`BR-CL-${number}`, `BR-FREXT-CL-${number}`] as const),
])

/** The name of a rule in the specification that the invoice follows; undefined when it has no such rule. */
export function amendmentsOf(draft: InvoiceDraft): ((rule: string) => string | undefined) | undefined {
  if (!isExtended(draft)) return undefined
  const isFrench = isFrenchExtension(draft)
  return rule => (dropped.has(rule) ? undefined : ((isFrench ? renamed.get(rule) : undefined) ?? rule))
}
