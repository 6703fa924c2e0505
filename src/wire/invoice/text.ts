/** The languages that findings speak. */
export type FindingLanguage = 'en' | 'fr'

/** What is said in both languages; `{name}` is filled in. */
export interface Text {
  readonly en: string
  readonly fr: string
}

/** What stands for the placeholders of a text: the same in every language, or in each its own. */
export type Values = Readonly<Record<string, string | Text>>

/** The text with its placeholders filled in. One without a value is a bug of the caller and stays as it is. */
export function filled(text: Text, language: FindingLanguage, values: Values): string {
  return text[language].replaceAll(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = values[name]
    return value === undefined ? placeholder : typeof value === 'string' ? value : value[language]
  })
}
