/** Whether the text is an IBAN with right check digits, blanks aside. [ISO 13616-1; ISO 7064 MOD 97-10] */
export function isIban(text: string): boolean {
  const compact = text.replaceAll(' ', '')
  return /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(compact) && remainder97(compact) === 1
}

/** Whether the text is a creditor reference with right check digits, blanks aside. [ISO 11649] */
export function isCreditorReference(text: string): boolean {
  const compact = text.replaceAll(' ', '')
  return /^RF\d{2}[A-Za-z0-9]{1,21}$/.test(compact) && remainder97(compact.toUpperCase()) === 1
}

/** Of the number that the text stands for when its first four characters go last and A…Z count 10…35. */
function remainder97(compact: string): number {
  let remainder = 0
  for (const character of compact.slice(4) + compact.slice(0, 4)) {
    for (const digit of Number.parseInt(character, 36).toString()) remainder = (remainder * 10 + Number(digit)) % 97
  }
  return remainder
}
