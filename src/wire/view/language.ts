import type { Language } from './types.ts'

/** The order of the columns in every table of words. */
export const languages = ['fr', 'en', 'de', 'it', 'es', 'nl'] as const satisfies readonly Language[]

/** One text in each language, in the order of `languages`. */
export type Words = readonly [fr: string, en: string, de: string, it: string, es: string, nl: string]

/** Codes of a list with their names. */
export type Names = Readonly<Record<string, Words>>

/** Countries (ISO 3166-1) whose businesses write one of the languages; Belgium is shown in French. */
const countries: Readonly<Record<Exclude<Language, 'en'>, readonly string[]>> = {
  fr: ['FR', 'BE', 'LU', 'MC', 'GP', 'MQ', 'GF', 'RE', 'YT', 'PM', 'BL', 'MF', 'NC', 'PF', 'WF'],
  de: ['DE', 'AT', 'CH', 'LI'],
  it: ['IT', 'SM', 'VA'],
  es: ['ES'],
  nl: ['NL'],
}

const byCountry: ReadonlyMap<string, Language> = new Map(
  languages.flatMap(language => (language === 'en' ? [] : countries[language].map(country => [country, language]))),
)

/** The language that is written in a country; English where it is none of ours. */
export function languageOf(country: string | undefined): Language {
  return byCountry.get(country ?? '') ?? 'en'
}

export function word(words: Words, language: Language): string {
  return words[languages.indexOf(language)] ?? words[1]
}

/** The name of a code; undefined for one that is not in the table. */
export function nameIn(names: Names, code: string, language: Language): string | undefined {
  const words = Object.hasOwn(names, code) ? names[code] : undefined
  return words && word(words, language)
}
