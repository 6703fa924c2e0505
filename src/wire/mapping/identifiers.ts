import { followsLuhn, remainder97 } from '../../kernel/index.ts'
import type { Values } from '../invoice/index.ts'
import type { TextKey } from './texts.ts'
import { vatPatterns } from './vat-patterns.ts'

/*
 * Whether an identifier can be one: its form and its check digits. Neither proves that anybody has it. A result is undefined when
 * nothing is wrong, else what there is to say, with the identifier still to be filled in as `value`.
 */

export interface Wrong {
  readonly text: TextKey
  readonly values?: Values
}

/** La Poste: its establishments do not follow Luhn, its head office does. [france.md §9.1] */
const laPoste = '356000000'
const laPosteHeadOffice = '35600000000048'

/** 9 digits, Luhn. [france.md §9.1] */
export function sirenProblem(siren: string): Wrong | undefined {
  if (!/^\d{9}$/.test(siren)) return { text: 'siren.digits' }
  return followsLuhn(siren) ? undefined : { text: 'siren.check' }
}

/** 14 digits, Luhn over all of them; La Poste's digits add up to a multiple of 5. [france.md §9.1] */
export function siretProblem(siret: string): Wrong | undefined {
  if (!/^\d{14}$/.test(siret)) return { text: 'siret.digits' }
  const sum = Array.from(siret, Number).reduce((total, digit) => total + digit, 0)
  const sound = siret.startsWith(laPoste) && siret !== laPosteHeadOffice ? sum % 5 === 0 : followsLuhn(siret)
  return sound ? undefined : { text: 'siret.check' }
}

/** The SIREN inside a French VAT identifier; undefined for another one. */
export function sirenOfVatId(vatId: string): string | undefined {
  return /^FR[0-9A-Z]{2}(\d{9})$/.exec(vatId)?.[1]
}

/** A VAT identifier with its country prefix, blanks and points allowed: the form of the country, and its check digits where we know them. */
export function vatIdProblem(given: string): Wrong | undefined {
  const vatId = compact(given)
  const country = vatId.startsWith('CHE') ? 'CHE' : vatId.slice(0, 2)
  const row = vatPatterns[country]
  if (row === undefined) return /^[A-Z]{2}[0-9A-Z+*]{2,}$/.test(vatId) ? undefined : { text: 'vat-id.prefix' }
  const number = vatId.slice(country.length)
  if (!row.pattern.test(number)) return { text: 'vat-id.form', values: { country, form: row.form } }
  return row.check === undefined || row.check(number) ? undefined : { text: 'check-digits' }
}

/** Of the countries of SEPA. [SWIFT IBAN registry] */
const ibanLengths: Readonly<Record<string, number>> = {
  AD: 24,
  AT: 20,
  BE: 16,
  BG: 22,
  CH: 21,
  CY: 28,
  CZ: 24,
  DE: 22,
  DK: 18,
  EE: 20,
  ES: 24,
  FI: 18,
  FR: 27,
  GB: 22,
  GI: 23,
  GR: 27,
  HR: 21,
  HU: 28,
  IE: 22,
  IS: 26,
  IT: 27,
  LI: 21,
  LT: 20,
  LU: 20,
  LV: 21,
  MC: 27,
  MT: 31,
  NL: 18,
  NO: 15,
  PL: 28,
  PT: 25,
  RO: 24,
  SE: 24,
  SI: 19,
  SK: 24,
  SM: 27,
  VA: 22,
}

/** Whether an account looks like an IBAN at all; other accounts have no form of their own. */
export function looksLikeIban(account: string): boolean {
  return /^[A-Z]{2}\d{2}/i.test(compact(account))
}

/** The length of its country, and a remainder of 1 by 97. [ISO 13616-1] */
export function ibanProblem(given: string): Wrong | undefined {
  const iban = compact(given)
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return { text: 'iban.form' }
  const country = iban.slice(0, 2)
  const length = ibanLengths[country]
  if (length !== undefined && iban.length !== length) {
    return { text: 'iban.length', values: { length: String(iban.length), country, expected: String(length) } }
  }
  return remainder97(iban.slice(4) + iban.slice(0, 4)) === 1 ? undefined : { text: 'check-digits' }
}

/** 8 or 11 characters: institution, country, place, branch. [ISO 9362] */
export function bicProblem(bic: string): Wrong | undefined {
  return /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(bic.trim()) ? undefined : { text: 'bic.form' }
}

function compact(text: string): string {
  return text
    .slice(0, 60)
    .replaceAll(/[\s.-]/g, '')
    .toUpperCase()
}
