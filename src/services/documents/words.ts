import type { FindingLanguage } from '../../wire/invoice/index.ts'

/** What this service itself says of a document, by rule; `$1` is what was found. */
const words = {
  'document.empty': { en: 'The document is empty', fr: 'Le document est vide' },
  'document.format': {
    en: 'The document is neither XML nor PDF nor JSON',
    fr: "Le document n'est ni du XML, ni un PDF, ni du JSON",
  },
  'document.root': {
    en: 'The document is neither an invoice in UBL or CII nor anything that imported rules are about: its root is $1',
    fr: "Le document n'est ni une facture UBL ou CII, ni un document visé par des règles importées : sa racine est $1",
  },
  'document.unjudged': {
    en: 'No imported rules and no schema are about such a document: it has not been judged',
    fr: "Aucune règle importée et aucun schéma ne visent un tel document : il n'a pas été contrôlé",
  },
  'findings.limit': {
    en: 'There are more than $1 findings; the others are not listed',
    fr: 'Il y a plus de $1 constats ; les autres ne sont pas listés',
  },
  xml: { en: 'The document cannot be read as XML: $1', fr: 'Le document ne peut pas être lu comme du XML : $1' },
  json: { en: 'The document cannot be read as JSON: $1', fr: 'Le document ne peut pas être lu comme du JSON : $1' },
  'pdf.not-a-pdf': {
    en: 'The document cannot be read as a PDF: $1',
    fr: 'Le document ne peut pas être lu comme un PDF : $1',
  },
  'pdf.encrypted': { en: 'The PDF is encrypted: $1', fr: 'Le PDF est chiffré : $1' },
  'pdf.damaged': { en: 'The PDF is damaged: $1', fr: 'Le PDF est endommagé : $1' },
  'pdf.too-large': { en: 'The PDF holds too much: $1', fr: 'Le PDF est trop volumineux : $1' },
  'pdf.two-invoices': {
    en: 'The PDF holds more than one XML of an invoice: $1',
    fr: "Le PDF contient plus d'un XML de facture : $1",
  },
  'pdf.no-invoice': {
    en: 'The PDF holds no XML of an invoice: $1',
    fr: 'Le PDF ne contient pas de XML de facture : $1',
  },
  'pdf.not-pdf-a': {
    en: 'The PDF is no PDF/A, which a Factur-X must be: $1',
    fr: "Le PDF n'est pas un PDF/A, ce qu'un Factur-X doit être : $1",
  },
  'pdf.signed': {
    en: 'The PDF is signed and would lose its signature: $1',
    fr: 'Le PDF est signé et perdrait sa signature : $1',
  },
  'pdf.already-invoice': {
    en: 'The PDF holds the XML of an invoice already: $1',
    fr: 'Le PDF contient déjà le XML d’une facture : $1',
  },
  'pdf.timeout': { en: 'Reading the PDF took too long: $1', fr: 'La lecture du PDF a pris trop de temps : $1' },
} as const

export type OwnRule = keyof typeof words

export function isOwnRule(rule: string): rule is OwnRule {
  return Object.hasOwn(words, rule)
}

export function sayOwn(rule: OwnRule, found: string, language: FindingLanguage): string {
  // A function, so that a `$` in what was found stays what it is.
  return words[rule][language].replace('$1', () => found)
}
