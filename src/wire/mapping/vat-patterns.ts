import { followsLuhn, remainder97 } from '../../kernel/index.ts'

/*
 * What VAT identifiers look like by country, without the prefix, and the check digits of those whose rule is simple.
 * [European Commission, VIES: structure of VAT identification numbers; national algorithms as published by the tax offices]
 */

interface VatPattern {
  readonly pattern: RegExp
  /** For a message: 9 stands for a digit, A for a letter, X for either. */
  readonly form: string
  readonly check?: (number: string) => boolean
}

const dutch: VatPattern = {
  pattern: /^\d{9}B\d{2}$/,
  form: '999999999B99',
  // The old number has a check digit by 11; numbers of sole traders since 2020 follow MOD 97-10 with the prefix.
  check: number =>
    weighed(number, [9, 8, 7, 6, 5, 4, 3, 2]) % 11 === digit(number, 8) || remainder97(`NL${number}`) === 1,
}

export const vatPatterns: Readonly<Record<string, VatPattern>> = {
  AT: { pattern: /^U\d{8}$/, form: 'U99999999', check: number => austrian(number.slice(1)) },
  BE: {
    pattern: /^[01]\d{9}$/,
    form: '0999999999',
    check: n => 97 - (Number(n.slice(0, 8)) % 97) === Number(n.slice(8)),
  },
  BG: { pattern: /^\d{9,10}$/, form: '999999999' },
  CHE: {
    pattern: /^\d{9}(MWST|TVA|IVA)?$/,
    form: '999.999.999 MWST',
    check: n => eleven(n, [5, 4, 3, 2, 7, 6, 5, 4], 8),
  },
  CY: { pattern: /^\d{8}[A-Z]$/, form: '99999999A' },
  CZ: { pattern: /^\d{8,10}$/, form: '99999999' },
  DE: { pattern: /^[1-9]\d{8}$/, form: '999999999', check: mod11And10 },
  DK: { pattern: /^\d{8}$/, form: '99999999', check: n => weighed(n, [2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0 },
  EE: {
    pattern: /^\d{9}$/,
    form: '999999999',
    check: n => (10 - (weighed(n, [3, 7, 1, 3, 7, 1, 3, 7]) % 10)) % 10 === digit(n, 8),
  },
  EL: {
    pattern: /^\d{9}$/,
    form: '999999999',
    check: n => (weighed(n, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) % 10 === digit(n, 8),
  },
  ES: { pattern: /^([A-Z]\d{7}[A-Z0-9]|\d{8}[A-Z])$/, form: 'X9999999X' },
  FI: { pattern: /^\d{8}$/, form: '99999999', check: n => eleven(n, [7, 9, 10, 5, 8, 4, 2], 7) },
  FR: { pattern: /^[0-9A-HJ-NP-Z]{2}\d{9}$/, form: 'XX999999999', check: french },
  GB: { pattern: /^(\d{9}|\d{12}|GD[0-4]\d{2}|HA[5-9]\d{2})$/, form: '999999999' },
  HR: { pattern: /^\d{11}$/, form: '99999999999', check: mod11And10 },
  HU: {
    pattern: /^\d{8}$/,
    form: '99999999',
    check: n => (10 - (weighed(n, [9, 7, 3, 1, 9, 7, 3]) % 10)) % 10 === digit(n, 7),
  },
  IE: { pattern: /^(\d{7}[A-W][A-IW]?|\d[A-Z+*]\d{5}[A-W])$/, form: '9999999A', check: irish },
  IT: { pattern: /^\d{11}$/, form: '99999999999', check: followsLuhn },
  LT: { pattern: /^(\d{9}|\d{12})$/, form: '999999999' },
  LU: { pattern: /^\d{8}$/, form: '99999999', check: n => Number(n.slice(0, 6)) % 89 === Number(n.slice(6)) },
  LV: { pattern: /^\d{11}$/, form: '99999999999' },
  MT: {
    pattern: /^\d{8}$/,
    form: '99999999',
    check: n => 37 - (weighed(n, [3, 4, 6, 7, 8, 9]) % 37) === Number(n.slice(6)),
  },
  NL: dutch,
  NO: { pattern: /^\d{9}(MVA)?$/, form: '999999999MVA', check: n => eleven(n, [3, 2, 7, 6, 5, 4, 3, 2], 8) },
  PL: {
    pattern: /^\d{10}$/,
    form: '9999999999',
    check: n => weighed(n, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === digit(n, 9),
  },
  PT: { pattern: /^[1-9]\d{8}$/, form: '999999999', check: portuguese },
  RO: { pattern: /^\d{2,10}$/, form: '99…9999999999', check: romanian },
  SE: { pattern: /^\d{10}(0[1-9]|[1-8]\d|9[0-4])$/, form: '999999999901', check: n => followsLuhn(n.slice(0, 10)) },
  SI: { pattern: /^[1-9]\d{7}$/, form: '99999999', check: n => eleven(n, [8, 7, 6, 5, 4, 3, 2], 7) },
  SK: { pattern: /^[1-9]\d{9}$/, form: '9999999999', check: n => Number(n) % 11 === 0 },
  XI: { pattern: /^(\d{9}|\d{12}|GD[0-4]\d{2}|HA[5-9]\d{2})$/, form: '999999999' },
}

function digit(number: string, index: number): number {
  return Number(number[index] ?? '0')
}

function weighed(number: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * digit(number, index), 0)
}

/** The digit at a position makes up for the remainder by eleven; a remainder of one has no digit. */
function eleven(number: string, weights: readonly number[], at: number): boolean {
  const remainder = weighed(number, weights) % 11
  return remainder === 0 ? digit(number, at) === 0 : 11 - remainder === digit(number, at)
}

/** ISO/IEC 7064 MOD 11,10. */
function mod11And10(number: string): boolean {
  let product = 10
  for (const character of number.slice(0, -1)) {
    const sum = (Number(character) + product) % 10
    product = ((sum === 0 ? 10 : sum) * 2) % 11
  }
  return (product + Number(number.at(-1))) % 10 === 1
}

/** The key of digits; keys with a letter have their form only. [france.md §9; BOI-TVA-DECLA-20-10-10] */
function french(number: string): boolean {
  const [key, siren] = [number.slice(0, 2), number.slice(2)]
  if (!/^\d\d$/.test(key)) return true
  // Monaco's numbers have no SIREN, but the same key.
  return (12 + 3 * (Number(siren) % 97)) % 97 === Number(key)
}

function austrian(number: string): boolean {
  const sum = Array.from(number.slice(0, 7), Number).reduce((total, value, index) => {
    const worth = index % 2 === 1 ? value * 2 : value
    return total + (worth > 9 ? worth - 9 : worth)
  }, 4)
  return (10 - (sum % 10)) % 10 === digit(number, 7)
}

function irish(number: string): boolean {
  const match = /^(\d{7})([A-W])([A-IW]?)$/.exec(number)
  if (match === null) return true
  const [, digits = '', letter = '', second = ''] = match
  const letters = 'WABCDEFGHIJKLMNOPQRSTUV'
  const extra = second === '' ? 0 : 9 * letters.indexOf(second)
  return letters[(weighed(digits, [8, 7, 6, 5, 4, 3, 2]) + extra) % 23] === letter
}

function portuguese(number: string): boolean {
  const check = 11 - (weighed(number, [9, 8, 7, 6, 5, 4, 3, 2]) % 11)
  return (check > 9 ? 0 : check) === digit(number, 8)
}

function romanian(number: string): boolean {
  const padded = number.padStart(10, '0')
  return ((weighed(padded, [7, 5, 3, 2, 1, 7, 5, 3, 2]) * 10) % 11) % 10 === digit(padded, 9)
}
