import type { Amendments } from './finding.ts'
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
const frenchNames: ReadonlyMap<string, string> = new Map([
  ...['22', '23', '24', '26'].map(number => [`BR-${number}`, `BR-FREXT-${number}`] as const),
  ...['04', '10', '11', '12', '13', '15'].map(number => [`BR-CO-${number}`, `BR-FREXT-CO-${number}`] as const),
  ...families.flatMap(family =>
    ['01', '08'].map(number => [`BR-${family}-${number}`, `BR-FREXT-${family}-${number}`] as const),
  ),
  ['BR-S-09', 'BR-FREXT-S-09'],
  ['BR-54', 'BR-FREXT-54-1'],
  ...['10', '20', '24'].map(number => [`BR-CL-${number}`, `BR-FREXT-CL-${number}`] as const),
])

/** Rules that EXTENDED of Factur-X has under a name of its own. [Factur-X 1.09 EXTENDED] */
const facturxNames: ReadonlyMap<string, string> = new Map([
  ...['22', '23', '24', '26', '38', '44'].map(number => [`BR-${number}`, `BR-FXEXT-BR-${number}`] as const),
  ...['04', '10', '11', '12', '13', '15', '16'].map(number => [`BR-CO-${number}`, `BR-FXEXT-CO-${number}`] as const),
  ...families.flatMap(family => [
    [`BR-${family}-01`, `BR-FXEXT-${family}-01`] as const,
    [`BR-${family}-08`, family === 'S' ? 'BR-FXEXT-S08b' : `BR-FXEXT-${family}-08b`] as const,
  ]),
  ['BR-S-09', 'BR-FXEXT-S-09b'],
  ['BR-54', 'BR-FREXT-54-1'],
  ...['06', '08', '11', '12'].map(number => [`BR-FREXT-${number}`, `BR-FXEXT-${number}`] as const),
])

/** The names of the rules in the specification that the invoice follows. */
export function amendmentsOf(draft: InvoiceDraft): Amendments | undefined {
  if (!isExtended(draft)) return undefined
  const names = isFrenchExtension(draft) ? frenchNames : facturxNames
  return (rule, path) => {
    if (dropped.has(rule)) return undefined
    // EN 16931 has one rule for the name of an attribute and its value, the extensions one for each.
    if (rule === 'BR-54' && path.at(-1) === 'value') return 'BR-FREXT-54-2'
    return names.get(rule) ?? rule
  }
}
