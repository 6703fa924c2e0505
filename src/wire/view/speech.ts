import { Decimal } from '../invoice/index.ts'
import { type Label, labels } from './labels.ts'
import { type Names, nameIn, word } from './language.ts'
import type { Language } from './types.ts'

/** The manner of each language; British dates, because a month in letters misleads nobody. [CLDR] */
const locales: Readonly<Record<Language, { readonly locale: string; readonly month: '2-digit' | 'long' }>> = {
  fr: { locale: 'fr-FR', month: '2-digit' },
  en: { locale: 'en-GB', month: 'long' },
  de: { locale: 'de-DE', month: '2-digit' },
  it: { locale: 'it-IT', month: '2-digit' },
  es: { locale: 'es-ES', month: '2-digit' },
  nl: { locale: 'nl-NL', month: '2-digit' },
}

/**
 * Says labels, codes, amounts and dates in one language. Numbers are exact: Intl gets them as decimal strings, and no digit that was
 * written is rounded away.
 */
export class Speech {
  readonly language: Language
  readonly #currency: string
  readonly #fractionDigits: number
  readonly #date: Intl.DateTimeFormat
  readonly #countries: Intl.DisplayNames
  readonly #numbers = new Map<string, Intl.NumberFormat>()

  /** `currency` is BT-5 as the document says it, known or not. */
  constructor(language: Language, currency: string) {
    const { locale, month } = locales[language]
    this.language = language
    this.#currency = currency
    this.#fractionDigits = fractionDigits(currency)
    this.#date = new Intl.DateTimeFormat(locale, { day: '2-digit', month, year: 'numeric', timeZone: 'UTC' })
    this.#countries = new Intl.DisplayNames(locale, { type: 'region', fallback: 'none' })
  }

  /** Between a label and its value. */
  get colon(): string {
    return this.language === 'fr' ? '\u00a0: ' : ': '
  }

  label(key: Label): string {
    return word(labels[key], this.language)
  }

  /** The name of a code, or the code itself. */
  code(names: Names, code: string): string {
    return nameIn(names, code, this.language) ?? code
  }

  /** The name of a code with the code behind it. */
  codeAndName(names: Names, code: string): string {
    const name = nameIn(names, code, this.language)
    return name === undefined ? code : `${name} (${code})`
  }

  /** `France` for `FR`; a code that ISO 3166-1 does not know stays as it is. */
  country(code: string): string {
    return /^[A-Z]{2}$/.test(code) ? (this.#countries.of(code) ?? code) : code
  }

  /** `21/11/2026`; what is no date of the calendar stays as it is written. */
  date(day: string): string {
    const at = new Date(`${day}T00:00:00Z`)
    if (Number.isNaN(at.getTime()) || !at.toISOString().startsWith(day)) return day
    return this.#date.format(at)
  }

  /** With the decimals of the currency at least: `1 234,50`. */
  amount(value: Decimal): string {
    return this.#number(trimmed(value), this.#fractionDigits)
  }

  /** As `amount`, with the currency: `1 234,50 €`. A currency that ISO 4217 does not write stands behind as it is. */
  money(value: Decimal, currency = this.#currency): string {
    const exact = trimmed(value)
    if (!/^[A-Z]{3}$/.test(currency)) return `${this.#number(exact, 2)} ${currency}`.trim()
    const digits = Math.max(exact.scale, currency === this.#currency ? this.#fractionDigits : fractionDigits(currency))
    return this.#format(`${currency} ${digits}`, { style: 'currency', currency, ...fixed(digits) }, exact)
  }

  /** Without zeros at the end: `2,5`. */
  quantity(value: Decimal): string {
    return this.#number(trimmed(value), 0)
  }

  /** `5,5 %` */
  percentage(value: Decimal): string {
    const exact = trimmed(value)
    return this.#format(`% ${exact.scale}`, { style: 'unit', unit: 'percent', ...fixed(exact.scale) }, exact)
  }

  #number(value: Decimal, digitsMin: number): string {
    const digits = Math.max(value.scale, digitsMin)
    return this.#format(`${digits}`, fixed(digits), value)
  }

  #format(key: string, options: Intl.NumberFormatOptions, value: Decimal): string {
    let format = this.#numbers.get(key)
    if (format === undefined) {
      format = new Intl.NumberFormat(locales[this.language].locale, { useGrouping: 'always', ...options })
      this.#numbers.set(key, format)
    }
    return format.format(value.toString() as Intl.StringNumericLiteral)
  }
}

/** 2 for EUR, 0 for JPY, 3 for KWD. */
function fractionDigits(currency: string): number {
  if (!/^[A-Z]{3}$/.test(currency)) return 2
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
}

function fixed(digits: number): Intl.NumberFormatOptions {
  return { minimumFractionDigits: digits, maximumFractionDigits: digits }
}

/** The same value without zeros at the end. */
function trimmed(value: Decimal): Decimal {
  let { coefficient, scale } = value
  while (scale > 0 && coefficient % 10n === 0n) {
    coefficient /= 10n
    scale -= 1
  }
  return new Decimal(coefficient, scale)
}
