import { remainder97 } from '../../kernel/index.ts'

/** Whether the text is an IBAN with right check digits, blanks aside. [ISO 13616-1; ISO 7064 MOD 97-10] */
export function isIban(text: string): boolean {
  const compact = text.replaceAll(' ', '')
  return /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(compact) && remainder97(turned(compact)) === 1
}

/** Whether the text is a creditor reference with right check digits, blanks aside. [ISO 11649] */
export function isCreditorReference(text: string): boolean {
  const compact = text.replaceAll(' ', '')
  return /^RF\d{2}[A-Za-z0-9]{1,21}$/.test(compact) && remainder97(turned(compact)) === 1
}

/** The first four characters go last. */
function turned(compact: string): string {
  return compact.slice(4) + compact.slice(0, 4)
}
