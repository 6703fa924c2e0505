/*
 * What becomes of each official rule: whether the model says it, or why it is left to the packs. Every id of EN 16931 1.3.16 (UBL and
 * CII), of Peppol BIS Billing 3.0.21 and of BR-FR Flux 2 1.4.0.03 is in exactly one row.
 */

interface Row {
  readonly ids: RegExp
  /** `model`, or why the packs alone say it. */
  readonly verdict: string
}

const families = 'S|Z|E|AE|IC|G|O|AF|AG'

export const inventory: readonly Row[] = [
  /* EN 16931, the ids of both syntaxes */
  { ids: /^BR-(0\d|[1-5]\d|6[1-5])$/, verdict: 'model' },
  { ids: new RegExp(`^BR-(${families})-(0\\d|10)$`), verdict: 'model' },
  { ids: /^BR-(IC-1[12]|O-1[1-4]|B-0[12])$/, verdict: 'model' },
  { ids: /^BR-DEC-\d\d$/, verdict: 'model' },
  { ids: /^BR-CL-(01|0[4-8]|1\d|2\d)$/, verdict: 'model' },
  {
    ids: /^BR-CL-03$/,
    verdict: 'about the currency of each amount: amounts of the model are in BT-5 or BT-6, see BR-CL-04 and 05',
  },
  { ids: /^BR-CO-(03|04|09|1\d|2\d)$/, verdict: 'model' },
  {
    ids: /^BR-CO-0[5-8]$/,
    verdict: 'true() in both syntaxes: no program can tell whether a code and a text mean the same',
  },
  /* EN 16931, one syntax */
  { ids: /^UBL-(CR|DT)-\d+$/, verdict: 'about elements and attributes that EN 16931 does not use' },
  {
    ids: /^UBL-SR-\d+$/,
    verdict: 'about how often an element of UBL occurs; the reader says those that would lose a value',
  },
  {
    ids: /^CII-(SR|DT)-\d+$/,
    verdict: 'about elements and attributes of CII; the reader says those that would lose a value',
  },
  /* Peppol BIS Billing 3 */
  { ids: /^PEPPOL-EN16931-(R00[1-57]|R0[12]0|R04[0126]|R05[45]|R061|R1[123]\d)$/, verdict: 'model' },
  { ids: /^PEPPOL-EN16931-(R008|R051|F001)$/, verdict: 'model' },
  { ids: /^PEPPOL-EN16931-P01\d\d$/, verdict: 'model' },
  { ids: /^PEPPOL-EN16931-CL008$/, verdict: 'model' },
  { ids: /^PEPPOL-COMMON-R0\d\d(-\d)?$/, verdict: 'model' },
  { ids: /^PEPPOL-EN16931-CL00[1-37]$/, verdict: 'the list of BR-CL-24, 19, 20 and 04, which the model says' },
  { ids: /^PEPPOL-EN16931-CL006$/, verdict: 'the list of BR-CL-06, which the model says' },
  {
    ids: /^PEPPOL-EN16931-R04[34]$/,
    verdict: 'about the indicator that tells allowances from charges in UBL: two lists in the model',
  },
  { ids: /^PEPPOL-EN16931-R053$/, verdict: 'about the number of TaxTotal elements in UBL' },
  {
    ids: /^PEPPOL-EN16931-R080$/,
    verdict: 'about the number of references of a kind in a UBL CreditNote: one term in the model',
  },
  {
    ids: /^PEPPOL-EN16931-R10[01]$/,
    verdict: 'about the document references of a UBL line: the model has objects only',
  },
  { ids: /^(DE|DK|GR|IS|IT|NL|NO|SE)-[RS]-/, verdict: 'national: the packs switch it by country' },
  /* EXTENDED-CTC-FR: what it adds to EN 16931 and what it has in its place */
  { ids: /^BR-F[RX]EXT-(0[4-68]|1[12]|54-[12]|(BR-)?\d\d|CL-(1|2)\d(-GP)?)$/, verdict: 'model' },
  { ids: new RegExp(`^BR-F[RX]EXT-(${families})-(01|08|09)$`), verdict: 'model' },
  { ids: /^BR-FREXT-CO-\d\d$/, verdict: 'model' },
  {
    ids: /^BR-F[RX]EXT-[A-Z]+-08(ini|rev)$/,
    verdict: 'warnings that tell which of the two sums of BR-FREXT-S-08 and its family is not met',
  },
  {
    ids: /^BR-FREXT-CL-20-(TAX|LISTID)$/,
    verdict: 'about the listID of the reason of a charge: the model has the one list of BR-CL-20',
  },
  { ids: /^BR-EXT-CL-07$/, verdict: 'asked of an element inside itself, so never' },
  {
    ids: /^(UBL|CII)-(FR)?EXT-?(CR|SR|DT)-\d+$/,
    verdict: 'about elements and attributes that the extension does not use',
  },
  /* BR-FR Flux 2 */
  { ids: /^BR-FR-(0[1-689]|1[0-35-8]|2\d|3[0-2])([_-].*)?$/, verdict: 'model' },
  { ids: /^BR-FR-CO-(03|04|05|07|08|09|10|12|14|15)_.*$/, verdict: 'model' },
  { ids: /^BR-FR-DEC-0[1-4]_.*$/, verdict: 'model' },
  { ids: /^BR-FR-(MV|BD)-.*$/, verdict: 'model' },
]

/** Ids that name another rule than the pattern they stand in. [BR-FR Flux 2 1.4.0.03] */
const misnamed: Readonly<Record<string, string>> = {
  'BR-FR-08_BT-151-2': 'BR-FR-15',
  'BR-FR-30_BT-21': 'BR-FR-31',
  'BR-FR-MV-BD_BT-3': 'BR-FR-BD-13',
}

/** What the packs of UBL and CII call by different names. [EXTENDED-CTC-FR 1.4.0.03] */
const namesInExtension: Readonly<Record<string, string>> = {
  '38': 'BR-38',
  '44': 'BR-44',
  'CL-19-GP': 'BR-CL-19',
}

/** The id that the model uses: the French ones without the term, which the finding says by itself. */
export function modelRuleOf(id: string): string {
  const extended = /^BR-F[RX]EXT-(?:BR-(?=\d))?(.*)$/.exec(id)?.[1]
  if (extended !== undefined) return namesInExtension[extended] ?? `BR-FREXT-${extended}`
  if (!id.startsWith('BR-FR-')) return id
  // In UBL the format is asked twice, under 01 and 02.
  if (/^BR-FR-01_.*-2$/.test(id)) return 'BR-FR-02'
  return misnamed[id] ?? id.replace(/_.*|-(EXT-FR.*|Value|LEGALID|ID|GLOBALID)$/, '')
}
