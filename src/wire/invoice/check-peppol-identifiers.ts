import { followsLuhn } from '../../kernel/index.ts'
import type { Path, Report } from './finding.ts'
import type { Draft, Identifier, InvoiceDraft } from './model.ts'
import type { Text } from './text.ts'
import { quoted } from './values.ts'

/*
 * Identifiers whose scheme says what they look like, some of them with check digits. They are rules of Peppol, not of the countries:
 * an Italian number on a Danish invoice is checked all the same. [PEPPOL-COMMON-R040 to R057]
 */

interface Scheme {
  readonly rule: `PEPPOL-COMMON-R${string}`
  readonly severity: 'fatal' | 'warning'
  readonly what: Text
  readonly isValid: (value: string) => boolean
  /** Only electronic addresses are checked. */
  readonly endpointsOnly?: true
}

const kvk: Text = { en: 'Dutch Chamber of Commerce', fr: 'chambre de commerce des Pays-Bas' }
const codiceFiscale: Text = { en: 'Codice Fiscale', fr: 'code fiscal italien' }
const partitaIva: Text = { en: 'Partita IVA', fr: 'numéro de TVA italien' }
const dutchVat: Text = { en: 'Dutch VAT number, NL123456789B12', fr: 'numéro de TVA néerlandais, NL123456789B12' }

const schemes: Readonly<Record<string, Scheme>> = {
  '0088': {
    rule: 'PEPPOL-COMMON-R040',
    severity: 'fatal',
    what: { en: 'GLN of GS1', fr: 'GLN de GS1' },
    isValid: value => /^\d+$/.test(value) && hasGs1CheckDigit(value),
  },
  '0192': {
    rule: 'PEPPOL-COMMON-R041',
    severity: 'fatal',
    what: { en: 'Norwegian organisation number', fr: 'numéro d’organisation norvégien' },
    isValid: value => /^\d{9}$/.test(value) && hasNorwegianCheckDigit(value),
  },
  '0184': {
    rule: 'PEPPOL-COMMON-R042',
    severity: 'fatal',
    what: { en: 'Danish CVR number', fr: 'numéro CVR danois' },
    isValid: value => /^(DK)?\d{8}$/.test(value),
  },
  '0096': {
    rule: 'PEPPOL-COMMON-R052',
    severity: 'fatal',
    what: { en: 'Danish P number', fr: 'numéro P danois' },
    isValid: value => /^\d{10}$/.test(value),
  },
  '0198': {
    rule: 'PEPPOL-COMMON-R053',
    severity: 'fatal',
    what: { en: 'Danish SE number', fr: 'numéro SE danois' },
    isValid: value => /^DK\d{8}$/.test(value),
  },
  '0208': {
    rule: 'PEPPOL-COMMON-R043',
    severity: 'fatal',
    what: { en: 'Belgian enterprise number', fr: 'numéro d’entreprise belge' },
    isValid: value => /^\d{10}$/.test(value) && Number(value.slice(8)) === 97 - (Number(value.slice(0, 8)) % 97),
  },
  '0201': {
    rule: 'PEPPOL-COMMON-R044',
    severity: 'warning',
    what: { en: 'Italian IPA code', fr: 'code IPA italien' },
    isValid: value => /^[A-Za-z0-9]{6}$/.test(value),
  },
  '0210': { rule: 'PEPPOL-COMMON-R045', severity: 'warning', what: codiceFiscale, isValid: isCodiceFiscale },
  '9907': {
    rule: 'PEPPOL-COMMON-R046',
    severity: 'warning',
    what: codiceFiscale,
    isValid: isCodiceFiscale,
    endpointsOnly: true,
  },
  '0211': { rule: 'PEPPOL-COMMON-R047', severity: 'warning', what: partitaIva, isValid: isPartitaIva },
  '0007': {
    rule: 'PEPPOL-COMMON-R049',
    severity: 'fatal',
    what: { en: 'Swedish organisation number', fr: 'numéro d’organisation suédois' },
    isValid: value => /^\d{10}$/.test(value) && followsLuhn(value),
  },
  '0151': {
    rule: 'PEPPOL-COMMON-R050',
    severity: 'fatal',
    what: { en: 'Australian Business Number', fr: 'numéro d’entreprise australien' },
    isValid: value => /^\d{11}$/.test(value) && isBusinessNumber(value),
  },
  '0106': { rule: 'PEPPOL-COMMON-R054', severity: 'warning', what: kvk, isValid: value => /^\d{8}$/.test(value) },
  '0190': {
    rule: 'PEPPOL-COMMON-R055',
    severity: 'warning',
    what: { en: 'Dutch OIN', fr: 'OIN néerlandais' },
    isValid: value => /^\d{20}$/.test(value),
  },
  '9944': { rule: 'PEPPOL-COMMON-R056-1', severity: 'warning', what: dutchVat, isValid: isDutchVat },
  '0217': { rule: 'PEPPOL-COMMON-R057', severity: 'warning', what: kvk, isValid: value => /^\d{12}$/.test(value) },
}

export function checkPeppolIdentifiers(
  { seller, buyer, payee, taxRepresentative }: InvoiceDraft,
  report: Report,
): void {
  for (const [key, party] of [
    ['seller', seller],
    ['buyer', buyer],
  ] as const) {
    if (party === undefined) continue
    checkIdentifier(party.endpoint, [key, 'endpoint'], report, true)
    checkIdentifier(party.legalRegistration, [key, 'legalRegistration'], report)
    for (const [index, identifier] of (party.identifiers ?? []).entries())
      checkIdentifier(identifier, [key, 'identifiers', index], report)
  }
  checkIdentifier(payee?.identifier, ['payee', 'identifier'], report)
  checkIdentifier(payee?.legalRegistration, ['payee', 'legalRegistration'], report)
  for (const [key, party] of Object.entries({ seller, buyer, taxRepresentative })) {
    const { vatId } = party ?? {}
    if (vatId === undefined || !vatId.startsWith('NL') || isDutchVat(vatId)) continue
    const values = { scheme: 'VAT', what: dutchVat, value: quoted(vatId) }
    report.warn('PEPPOL-COMMON-R056-2', [key, 'vatId'], { text: 'peppol-check-digits', values })
  }
}

function checkIdentifier(
  identifier: Draft<Identifier> | undefined,
  path: Path,
  report: Report,
  isEndpoint = false,
): void {
  const { scheme = '', value } = identifier ?? {}
  if (value === undefined || !Object.hasOwn(schemes, scheme)) return
  const known = schemes[scheme]
  if (known === undefined || (known.endpointsOnly && !isEndpoint) || known.isValid(value)) return
  const detail = { text: 'peppol-check-digits', values: { scheme, what: known.what, value: quoted(value) } } as const
  if (known.severity === 'fatal') report.fatal(known.rule, [...path, 'value'], detail)
  else report.warn(known.rule, [...path, 'value'], detail)
}

/** Sum of the digits, each times the weight of its place. */
function weighted(digits: string, weight: (place: number) => number): number {
  let sum = 0
  for (let place = 0; place < digits.length; place++) sum += Number(digits[place]) * weight(place)
  return sum
}

function hasGs1CheckDigit(value: string): boolean {
  const main = value.slice(0, -1)
  const sum = weighted(main, place => ((main.length - place) % 2 === 1 ? 3 : 1))
  return (10 - (sum % 10)) % 10 === Number(value.slice(-1))
}

/** Modulo 11 with the weights 2 to 7 from the right. */
function hasNorwegianCheckDigit(value: string): boolean {
  const main = value.slice(0, -1)
  const sum = weighted(main, place => ((main.length - 1 - place) % 6) + 2)
  return Number(value) > 0 && (11 - (sum % 11)) % 11 === Number(value.slice(-1))
}

/** The first digit less one, times ten, and the others times the odd numbers: divisible by 89. */
function isBusinessNumber(value: string): boolean {
  return (weighted(value, place => (place === 0 ? 10 : 2 * place - 1)) - 10) % 89 === 0
}

function isCodiceFiscale(value: string): boolean {
  return /^[+-]?\d+$/.test(value) ? value.length === 11 : /^[A-Za-z]{6}\d\d[A-Za-z]\d\d.{3}\d[A-Za-z]$/.test(value)
}

/** Only numbers that begin with IT are told; the eleven digits behind it end with one of Luhn's kind. */
function isPartitaIva(value: string): boolean {
  if (!/^(IT|it)/.test(value)) return true
  const digits = value.slice(2)
  return /^\d{11}$/.test(digits) && followsLuhn(digits)
}

function isDutchVat(value: string): boolean {
  return /^NL\d{9}B\d\d$/.test(value)
}
