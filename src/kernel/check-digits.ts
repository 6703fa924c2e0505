/** Whether the digits follow Luhn: every second one from the right doubled, the sum of all digits is a multiple of ten. */
export function followsLuhn(digits: string): boolean {
  let sum = 0
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index])
    const worth = index % 2 === 1 ? digit * 2 : digit
    sum += worth > 9 ? worth - 9 : worth
  }
  return sum % 10 === 0
}

/** By 97, digits and letters standing for 0 to 35. [ISO/IEC 7064 MOD 97-10] */
export function remainder97(text: string): number {
  let remainder = 0
  for (const character of text) {
    const worth = Number.parseInt(character, 36)
    remainder = (remainder * (worth > 9 ? 100 : 10) + worth) % 97
  }
  return remainder
}
