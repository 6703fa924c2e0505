import { type Text, type Values, filled } from '../invoice/index.ts'

/*
 * What is said of the invoices that a mapping makes, in both languages. What is wrong with the mapping itself is said in English alone,
 * as the names of its steps and fields are.
 */

export const texts = {
  line: { en: 'line {line}', fr: 'ligne {line}' },
  document: { en: 'the document', fr: 'le document' },
  lines: { en: 'lines {first} to {last}', fr: 'lignes {first} à {last}' },

  'value.date': { en: '{value} is no date written {pattern}', fr: "{value} n'est pas une date de la forme {pattern}" },
  'value.decimal': {
    en: '{value} is no number with the decimal separator {decimal}',
    fr: "{value} n'est pas un nombre dont le séparateur décimal est {decimal}",
  },
  'value.decimal/ready': {
    en: '{value} is no number written as 1234.56',
    fr: "{value} n'est pas un nombre de la forme 1234.56",
  },
  'value.too-long': { en: 'is too long to be transformed', fr: 'est trop long pour être transformé' },
  'value.composite': { en: '{name} is {kind}, not a value', fr: '{name} est {kind}, et non une valeur' },
  'value.composite/list': { en: 'an array', fr: 'une liste' },
  'value.composite/object': { en: 'an object', fr: 'un objet' },
  'code.unmapped': {
    en: 'the code {value} has no entry in the table {table}',
    fr: "le code {value} n'a pas d'entrée dans la table {table}",
  },
  'row.cells': {
    en: 'line {line} has {cells} cells where {names} are named: is a delimiter inside a cell that is not quoted?',
    fr: 'la ligne {line} a {cells} cellules pour {names} colonnes : une cellule sans guillemets contient-elle un séparateur ?',
  },
  'row.no-key': { en: 'the rows name no invoice', fr: 'les lignes ne nomment aucune facture' },
  'row.stray': {
    en: 'rows stand before the first {type}, which begins an invoice',
    fr: 'des lignes précèdent la première {type}, qui ouvre une facture',
  },
  'row.disagree': {
    en: 'line {other} says something else than line {first}, whose value is taken: {value}',
    fr: 'la ligne {other} dit autre chose que la ligne {first}, dont la valeur est retenue : {value}',
  },
  'row.apart': {
    en: 'rows of this invoice stand elsewhere too: sort the file, or let the mapping say "scattered": true',
    fr: 'des lignes de cette facture se trouvent aussi ailleurs : triez le fichier, ou indiquez "scattered": true dans le mapping',
  },

  seller: { en: 'the seller', fr: 'le vendeur' },
  buyer: { en: 'the buyer', fr: "l'acheteur" },
  'vat-id.missing': { en: '{party} has no VAT identifier', fr: "{party} n'a pas de numéro de TVA" },
  'vat-id.prefix': { en: '{value} has no country prefix', fr: "{value} n'a pas de préfixe de pays" },
  'vat-id.form': {
    en: '{value} is not written as VAT identifiers of {country} are: {form}',
    fr: "{value} n'a pas la forme des numéros de TVA de {country} : {form}",
  },
  'vat-id.other-siren': {
    en: 'the VAT identifier {value} is that of the SIREN {other}, not {siren}',
    fr: 'le numéro de TVA {value} est celui du SIREN {other}, et non de {siren}',
  },
  'check-digits': { en: '{value} has wrong check digits', fr: '{value} a une clé de contrôle erronée' },
  'siren.missing': { en: 'a French party has no SIREN', fr: "une partie française n'a pas de SIREN" },
  'siren.digits': {
    en: '{value} is no SIREN: that has 9 digits',
    fr: "{value} n'est pas un SIREN, qui a 9 chiffres",
  },
  'siren.check': {
    en: '{value} is no SIREN: its check digit is wrong',
    fr: "{value} n'est pas un SIREN : sa clé de contrôle est erronée",
  },
  'siret.digits': {
    en: '{value} is no SIRET: that has 14 digits',
    fr: "{value} n'est pas un SIRET, qui a 14 chiffres",
  },
  'siret.check': {
    en: '{value} is no SIRET: its check digit is wrong',
    fr: "{value} n'est pas un SIRET : sa clé de contrôle est erronée",
  },
  'siret.other-siren': {
    en: '{value} does not begin with the SIREN {siren}',
    fr: '{value} ne commence pas par le SIREN {siren}',
  },
  'endpoint.missing': { en: '{party} has no electronic address', fr: "{party} n'a pas d'adresse électronique" },
  'iban.form': { en: '{value} is no IBAN', fr: "{value} n'est pas un IBAN" },
  'iban.length': {
    en: '{value} has {length} characters where an IBAN of {country} has {expected}',
    fr: '{value} a {length} caractères, alors qu’un IBAN de {country} en a {expected}',
  },
  'bic.form': {
    en: '{value} is no BIC: that has 8 or 11 characters',
    fr: "{value} n'est pas un BIC, qui a 8 ou 11 caractères",
  },
  'unit.unknown': {
    en: '{value} is no unit of UN/ECE Recommendation 20{advice}',
    fr: "{value} n'est pas une unité de la recommandation 20 de l'UN/ECE{advice}",
  },
  'currency.unknown': {
    en: '{value} is no currency code of ISO 4217, such as EUR',
    fr: "{value} n'est pas un code de devise ISO 4217, tel que EUR",
  },
  'country.unknown': {
    en: '{value} is no country code of ISO 3166-1{advice}',
    fr: "{value} n'est pas un code de pays ISO 3166-1{advice}",
  },
  advice: {
    en: ': the step {"lookup": "{table}"} makes it {entry}',
    fr: ' : l\'étape {"lookup": "{table}"} en fait {entry}',
  },
  'tax.unknown': {
    en: '{value} is no VAT category of UNTDID 5305, such as S, Z, E or AE',
    fr: "{value} n'est pas une catégorie de TVA UNTDID 5305, telle que S, Z, E ou AE",
  },
  'tax.standard-at-zero': {
    en: 'the standard category S has the rate 0: is it Z, E, AE or G?',
    fr: 'la catégorie normale S a le taux 0 : est-ce Z, E, AE ou G ?',
  },
  'tax.exempt-without-reason': {
    en: 'category E needs a reason: map /vatBreakdown with exemptionReason or exemptionReasonCode',
    fr: 'la catégorie E demande un motif : mappez /vatBreakdown avec exemptionReason ou exemptionReasonCode',
  },
  'tax.code-with-several-rates': {
    en: 'the VAT code "{code}" of the source is {uses}',
    fr: 'le code de TVA « {code} » de la source vaut {uses}',
  },
  'tax.use': { en: '{meaning} in {place}', fr: '{meaning} dans {place}' },
  'date.past': {
    en: 'the issue date {date} is {days} days ago',
    fr: "la date d'émission {date} remonte à {days} jours",
  },
  'date.future': {
    en: 'the issue date {date} is {days} days ahead',
    fr: "la date d'émission {date} est dans {days} jours",
  },
  'date.order': {
    en: 'the due date {due} is before the issue date {date}',
    fr: "la date d'échéance {due} précède la date d'émission {date}",
  },
  'date.late': {
    en: 'the due date {due} is {days} days after the issue date',
    fr: "la date d'échéance {due} suit la date d'émission de {days} jours",
  },
  'amount.negative': {
    en: 'an invoice of type 380 asks for a negative amount: is it a credit note, 381, with positive amounts?',
    fr: 'une facture de type 380 demande un montant négatif : est-ce un avoir, 381, aux montants positifs ?',
  },
  'number.duplicate': {
    en: 'the invoice number {number} was used before, at {place}',
    fr: 'le numéro de facture {number} a déjà servi : {place}',
  },
} as const satisfies Readonly<Record<string, Text>>

export type TextKey = keyof typeof texts

/** A text with its placeholders filled in, in both languages: which of them is wanted is known only where it is told. */
export function say(key: TextKey, values: Values = {}): Text {
  const text = texts[key]
  return { en: filled(text, 'en', values), fr: filled(text, 'fr', values) }
}

/** The same in both languages. */
export function plain(text: string): Text {
  return { en: text, fr: text }
}
