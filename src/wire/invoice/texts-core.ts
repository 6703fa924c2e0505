import type { Text } from './text.ts'

/*
 * What findings say, in both languages. A text that one rule says alone is filed under the id of that rule; one that many rules say
 * has a name of its own. `{title}` is the name of the term; `{actual}`, `{expected}` and `{delta}` are those of the finding.
 */

/** The amount is not what the standard computes; `formula` says how it does. */
export function mismatch(formula: Text): Text {
  return {
    en: `{title} is {actual} and must be {expected} (difference {delta}): ${formula.en}`,
    fr: `{title} : {actual} indiqué au lieu de {expected} (écart de {delta}) ; ${formula.fr}`,
  }
}

/** The total is not there, and is what `formula` says. */
function missingTotal(formula: Text): Text {
  return {
    en: `{title} is missing: it must be ${formula.en}`,
    fr: `{title} : montant obligatoire absent ; ${formula.fr}`,
  }
}

const allowancesSum: Text = {
  en: 'the sum of the document level allowance amounts (BT-92)',
  fr: 'somme des remises au niveau du document (BT-92)',
}
const chargesSum: Text = {
  en: 'the sum of the document level charge amounts (BT-99)',
  fr: 'somme des charges ou frais au niveau du document (BT-99)',
}
const taxFormula: Text = {
  en: 'VAT category taxable amount (BT-116) × VAT category rate (BT-119) / 100',
  fr: 'base d’imposition (BT-116) × taux de TVA (BT-119) / 100',
}
const reason: Text = {
  en: '{title} needs a reason or a reason code',
  fr: '{title} : un motif ou un code de motif est obligatoire',
}
const negativePrice: Text = {
  en: '{title} must not be negative, and is {value}',
  fr: '{title} : la valeur ne doit pas être négative (valeur indiquée : {value})',
}
const periodOrder: Text = {
  en: '{title} is {end}, before the start date {start}',
  fr: '{title} : le {end} précède la date de début, le {start}',
}
const emptyPeriod: Text = {
  en: '{title} needs a start date or an end date',
  fr: '{title} : une date de début ou une date de fin est obligatoire',
}
const otherPayee: Text = {
  en: 'Payee name (BT-59) must differ from the seller: without another payee leave the payee out',
  fr: 'Nom du bénéficiaire (BT-59) : le bénéficiaire du paiement (BG-10) n’est indiqué que s’il diffère du vendeur',
}
const sameInAll: Text = {
  en: '{title} must be the same in all payment instructions, and is both {first} and {other}',
  fr: '{title} : la valeur doit être la même dans toutes les instructions de paiement (valeurs indiquées : {first} et {other})',
}
const once: Text = { en: '{title} may occur once', fr: '{title} : une seule occurrence est admise' }

/** Said by many rules. */
export const sharedTexts = {
  missing: { en: '{title} is missing', fr: '{title} : cette information est obligatoire' },
  code: {
    en: '{title} is not a code of its list: {value}',
    fr: '{title} : {value} n’appartient pas à la liste de codes',
  },
  decimals: {
    en: '{title} may have two decimals, and is {value}',
    fr: '{title} : deux décimales au maximum (valeur indiquée : {value})',
  },
  reason,
  once,
  taxMismatch: mismatch(taxFormula),
} as const satisfies Record<string, Text>

/** EN 16931: terms together, and amounts. */
export const generalTexts = {
  'BR-16/profile': {
    en: 'A document of the Factur-X profile {profile} has no lines and is no invoice by EN 16931: send one of BASIC, EN 16931 or EXTENDED',
    fr: 'Un document au profil Factur-X {profile} n’a pas de lignes et n’est pas une facture selon l’EN 16931 : le profil BASIC, EN 16931 ou EXTENDED est attendu',
  },
  'BR-17': otherPayee,
  'UBL-SR-19': otherPayee,
  'BR-27': negativePrice,
  'BR-28': negativePrice,
  'BR-29': periodOrder,
  'BR-30': periodOrder,
  'BR-51': {
    en: '{title} must not be shown in full: at most the first 6 and last 4 digits',
    fr: '{title} : le numéro ne doit pas figurer en entier (les 6 premiers et les 4 derniers chiffres au plus)',
  },
  'BR-53': {
    en: '{title} must be there when the VAT accounting currency code (BT-6) is',
    fr: '{title} : ce montant est obligatoire lorsque la devise de comptabilisation de la TVA (BT-6) est indiquée',
  },
  'BR-53/same': {
    en: 'VAT accounting currency code (BT-6) must not be the invoice currency code (BT-5) in CII',
    fr: 'Code de devise de comptabilisation de la TVA (BT-6) : en CII, cette devise ne doit pas être celle de la facture (BT-5)',
  },
  'BR-61': {
    en: '{title} must be there for a credit transfer (payment means type code {code})',
    fr: '{title} : cette information est obligatoire pour un virement (moyen de paiement {code})',
  },
  'BR-CL-01/root': {
    en: 'Invoice type code (BT-3) {code} is not a type of a UBL {root}',
    fr: 'Code de type de facture (BT-3) : {code} n’est pas un type admis dans un document UBL {root}',
  },
  'BR-CO-03': {
    en: 'Value added tax point date (BT-7) and value added tax point date code (BT-8) exclude each other',
    fr: 'La date d’exigibilité de la TVA (BT-7) et le code de date d’exigibilité de la TVA (BT-8) s’excluent mutuellement',
  },
  'BR-CO-09': {
    en: '{title} must begin with a country code, and is {value}',
    fr: '{title} : ce numéro doit commencer par un code de pays (valeur indiquée : {value})',
  },
  'BR-CO-10': mismatch({
    en: 'the sum of the invoice line net amounts (BT-131)',
    fr: 'somme des montants nets des lignes de facture (BT-131)',
  }),
  'BR-CO-11': mismatch(allowancesSum),
  'BR-CO-11/missing': missingTotal(allowancesSum),
  'BR-CO-12': mismatch(chargesSum),
  'BR-CO-12/missing': missingTotal(chargesSum),
  'BR-CO-13': mismatch({
    en: 'BT-106 − allowances (BT-107) + charges (BT-108)',
    fr: 'BT-106 − remises (BT-107) + charges ou frais (BT-108)',
  }),
  'BR-CO-14': mismatch({
    en: 'the sum of the VAT category tax amounts (BT-117)',
    fr: 'somme des montants de TVA de la ventilation (BT-117)',
  }),
  'BR-CO-15': mismatch({
    en: 'amount without VAT (BT-109) + VAT (BT-110)',
    fr: 'montant hors TVA (BT-109) + TVA (BT-110)',
  }),
  'BR-CO-15/missing': missingTotal({
    en: 'the sum of the VAT category tax amounts (BT-117)',
    fr: 'somme des montants de TVA de la ventilation (BT-117)',
  }),
  'BR-CO-16': mismatch({
    en: 'amount with VAT (BT-112) − paid (BT-113) + rounding (BT-114)',
    fr: 'montant avec TVA (BT-112) − montant payé (BT-113) + arrondi (BT-114)',
  }),
  'BR-CO-19': emptyPeriod,
  'BR-CO-20': emptyPeriod,
  'BR-CO-26': {
    en: 'The seller needs an identifier (BT-29), a legal registration identifier (BT-30) or a VAT identifier (BT-31)',
    fr: 'Vendeur : un identifiant (BT-29), un identifiant d’enregistrement légal (BT-30) ou un numéro de TVA (BT-31) est obligatoire',
  },
  'UBL-SR-44': sameInAll,
  'UBL-SR-47': sameInAll,
  'CII-SR-467': sameInAll,
  'UBL-SR-04': once,
  'UBL-SR-34': once,
  'UBL-SR-52': once,
  'UBL-SR-54': once,
  'UBL-SR-55': once,
} as const satisfies Record<string, Text>

const needless: Text = {
  en: 'With a VAT breakdown (BG-23) "Not subject to VAT" no other VAT category may occur',
  fr: 'Avec une ventilation de la TVA (BG-23) « hors champ de la TVA » (O), aucune autre catégorie de TVA n’est admise',
}

/** EN 16931: VAT. `{category}` is the name of the category; a number is that of the rule in every family. */
export const vatTexts = {
  'vat-01/none': {
    en: 'There is no VAT breakdown (BG-23) for {category}, and lines, allowances or charges have that category',
    fr: 'Ventilation de la TVA (BG-23) : la catégorie « {category} » y manque, alors que des lignes, remises ou frais en relèvent',
  },
  'vat-01/unused': {
    en: 'There is a VAT breakdown (BG-23) for {category}, and nothing has that category',
    fr: 'Ventilation de la TVA (BG-23) : la catégorie « {category} » y figure, alors que rien n’en relève dans la facture',
  },
  'vat-01/one': {
    en: 'There must be exactly one VAT breakdown (BG-23) for {category}, and there are {count}',
    fr: 'Ventilation de la TVA (BG-23) : la catégorie « {category} » doit y figurer une fois et une seule (occurrences : {count})',
  },
  'vat-ids/forbidden': {
    en: 'With {category}, neither the seller (BT-31, BT-63) nor the buyer (BT-48) may have a VAT identifier',
    fr: 'Catégorie « {category} » : ni le vendeur (BT-31, BT-63) ni l’acheteur (BT-48) ne doivent indiquer de numéro de TVA',
  },
  'vat-ids/seller': {
    en: 'With {category}, the seller needs a VAT identifier (BT-31) or tax representative VAT identifier (BT-63)',
    fr: 'Catégorie « {category} » : le numéro de TVA du vendeur (BT-31) ou de son représentant fiscal (BT-63) est obligatoire',
  },
  'vat-ids/seller-any': {
    en: 'With {category}, the seller needs a VAT identifier (BT-31), tax registration identifier (BT-32) or tax representative VAT identifier (BT-63)',
    fr: 'Catégorie « {category} » : le numéro de TVA (BT-31) ou l’identifiant fiscal (BT-32) du vendeur, ou le numéro de TVA de son représentant fiscal (BT-63), est obligatoire',
  },
  'vat-ids/buyer': {
    en: 'With {category}, the buyer needs a VAT identifier (BT-48)',
    fr: 'Catégorie « {category} » : le numéro de TVA de l’acheteur (BT-48) est obligatoire',
  },
  'vat-ids/buyer-any': {
    en: 'With {category}, the buyer needs a VAT identifier (BT-48) or legal registration identifier (BT-47)',
    fr: 'Catégorie « {category} » : le numéro de TVA (BT-48) ou l’identifiant d’enregistrement légal (BT-47) de l’acheteur est obligatoire',
  },
  'vat-rate/positive': {
    en: '{title} {found} and must be greater than zero with {category}',
    fr: '{title} : un taux supérieur à zéro est obligatoire pour la catégorie « {category} » ({found})',
  },
  'vat-rate/any': {
    en: '{title} {found} and must be zero or greater with {category}',
    fr: '{title} : un taux positif ou nul est obligatoire pour la catégorie « {category} » ({found})',
  },
  'vat-rate/zero': {
    en: '{title} {found} and must be 0 with {category}',
    fr: '{title} : le taux doit être 0 pour la catégorie « {category} » ({found})',
  },
  'vat-rate/none': {
    en: '{title} {found} and must not be there with {category}',
    fr: '{title} : aucun taux n’est admis pour la catégorie « {category} » ({found})',
  },
  'vat-08': mismatch({
    en: 'line net amounts (BT-131) − allowances (BT-92) + charges (BT-99) of the category and rate',
    fr: 'montants nets des lignes (BT-131) − remises (BT-92) + charges ou frais (BT-99) de cette catégorie et de ce taux',
  }),
  'vat-08/unused': {
    en: 'Nothing in the invoice is {category} at {rate} %',
    fr: 'Ventilation de la TVA (BG-23) : rien dans la facture ne relève de la catégorie « {category} » au taux de {rate} %',
  },
  'vat-09/none': mismatch({
    en: '{category} has no tax',
    fr: 'la catégorie « {category} » ne comporte pas de TVA',
  }),
  'vat-10/required': {
    en: 'A VAT breakdown (BG-23) of {category} needs an exemption reason (BT-120) or exemption reason code (BT-121)',
    fr: 'Ventilation de la TVA (BG-23), catégorie « {category} » : un motif d’exonération (BT-120) ou son code (BT-121) est obligatoire',
  },
  'vat-10/forbidden': {
    en: 'A VAT breakdown (BG-23) of {category} must not have an exemption reason (BT-120) or exemption reason code (BT-121)',
    fr: 'Ventilation de la TVA (BG-23), catégorie « {category} » : ni motif d’exonération (BT-120) ni code de motif (BT-121) ne sont admis',
  },
  'BR-IC-11': {
    en: 'Intra-community supply needs the actual delivery date (BT-72) or the invoicing period (BG-14)',
    fr: 'Livraison intracommunautaire : la date effective de livraison (BT-72) ou la période de facturation (BG-14) est obligatoire',
  },
  'BR-IC-12': {
    en: 'Intra-community supply needs the deliver to country code (BT-80)',
    fr: 'Livraison intracommunautaire : le code de pays de livraison (BT-80) est obligatoire',
  },
  'BR-O-11': needless,
  'BR-O-12': needless,
  'BR-O-13': needless,
  'BR-O-14': needless,
  'BR-B-01': {
    en: 'Split payment (VAT category B) is for domestic Italian invoices',
    fr: 'Le paiement scindé (catégorie de TVA B) est réservé aux factures domestiques italiennes',
  },
  'BR-B-02': {
    en: 'Split payment (VAT category B) and standard rate (S) must not both occur',
    fr: 'Le paiement scindé (catégorie de TVA B) et le taux normal (S) ne doivent pas figurer sur la même facture',
  },
} as const satisfies Record<string, Text>

/** What has no official rule: the shape of JSON and XML, and single values. */
export const ownTexts = {
  xml: {
    en: 'The document cannot be read as XML: {problem}',
    fr: 'Le document n’est pas lisible comme XML : {problem}',
  },
  'document.root': {
    en: 'The document is neither a UBL Invoice or CreditNote nor a CII CrossIndustryInvoice: its root is {root}',
    fr: 'Le document n’est ni une facture ou un avoir UBL ni une facture CII : sa racine est {root}',
  },
  'ubl.root': {
    en: 'The document is neither a UBL Invoice nor a UBL CreditNote: its root is {root}',
    fr: 'Le document n’est ni une facture ni un avoir UBL : sa racine est {root}',
  },
  'cii.root': {
    en: 'The document is not a CII CrossIndustryInvoice: its root is {root}',
    fr: 'Le document n’est pas une facture CII : sa racine est {root}',
  },
  'structure/text': {
    en: 'There is text where {syntax} has elements only: {value}',
    fr: 'Un texte figure là où {syntax} n’admet que des éléments : {value}',
  },
  'structure/value': {
    en: '{element} holds a value and no elements',
    fr: '{element} contient une valeur et n’admet pas d’éléments',
  },
  'structure/second': {
    en: 'There is a second {element}, and one is allowed',
    fr: 'L’élément {element} figure deux fois, alors qu’un seul est admis',
  },
  'structure/two-values': {
    en: '{title} occurs with two values, and one is allowed',
    fr: '{title} : deux valeurs différentes sont indiquées, alors qu’une seule est admise',
  },
  'UBL-SR-53': {
    en: 'A tax registration (cac:PartyTaxScheme) must have both its number and its scheme',
    fr: 'Un identifiant fiscal (cac:PartyTaxScheme) doit indiquer son numéro et son régime',
  },
  'PEPPOL-EN16931-R008': { en: '{title} is empty', fr: '{title} : la valeur est vide' },
  'PEPPOL-EN16931-R008/element': { en: 'The element {element} is empty', fr: 'L’élément {element} est vide' },
  'PEPPOL-EN16931-R043': {
    en: 'The charge indicator of an allowance or charge must be true or false (false only, for a price)',
    fr: 'L’indicateur de charge d’une remise ou de frais doit être true ou false (false seulement pour un prix)',
  },
  'PEPPOL-EN16931-R051': {
    en: '{title} must be in {expected}, and its currency is {actual}',
    fr: '{title} : la devise doit être {expected} (devise indiquée : {actual})',
  },
  'PEPPOL-EN16931-R051/total': {
    en: 'The currency of a total VAT amount must be the invoice currency (BT-5) or the VAT accounting currency (BT-6)',
    fr: 'La devise d’un montant total de TVA doit être celle de la facture (BT-5) ou celle de comptabilisation de la TVA (BT-6)',
  },
  'PEPPOL-EN16931-F001': {
    en: '{title} must be a date of the calendar written YYYY-MM-DD, and is {value}',
    fr: '{title} : une date du calendrier au format AAAA-MM-JJ est attendue (valeur indiquée : {value})',
  },
  'PEPPOL-EN16931-F001/compact': {
    en: '{title} must be a date of the calendar written YYYYMMDD with the format 102, and is {value}',
    fr: '{title} : une date du calendrier au format AAAAMMJJ (format 102) est attendue (valeur indiquée : {value})',
  },
  'value.amount': {
    en: '{title} must be a decimal number such as 1200.50, and is {value}',
    fr: '{title} : un nombre décimal tel que 1200.50 est attendu (valeur indiquée : {value})',
  },
  'value.amount/number': {
    en: '{title} is a JSON number that has lost digits or has too many ({value}): write it as a string',
    fr: '{title} : ce nombre JSON a perdu des chiffres ou en compte trop ({value}), à écrire comme une chaîne',
  },
  'value.base64': { en: '{title} must be base64', fr: '{title} : un contenu en base64 est attendu' },
  'value.text/empty': {
    en: '{title} is empty: leave the field out instead',
    fr: '{title} : la valeur est vide ; omettre le champ',
  },
  'value.text/character': {
    en: '{title} has a control character or half of a surrogate pair, which XML cannot hold',
    fr: '{title} : le texte contient un caractère de contrôle ou une demi-paire de substitution, que XML n’admet pas',
  },
  'value.text/lines': {
    en: '{title} has a line break or a tab, which an identifier or code cannot hold',
    fr: '{title} : un identifiant ou un code ne contient ni saut de ligne ni tabulation',
  },
  'json.type': { en: '{title} must be {wanted}, and is {found}', fr: '{title} : {wanted} attendu, {found} trouvé' },
  'json.unknown-field': {
    en: 'The field {field} is unknown; did you mean {near}?',
    fr: 'Le champ {field} est inconnu ; s’agit-il de {near} ?',
  },
  'json.unknown-field/far': {
    en: 'The field {field} is unknown; the nearest known name is {near}',
    fr: 'Le champ {field} est inconnu ; le nom connu le plus proche est {near}',
  },
  'value.text/note': {
    en: 'Invoice note (BT-22) begins like a subject code: give that as subjectCode (BT-21)',
    fr: 'Note de facture (BT-22) : le texte commence comme un code de sujet, à indiquer dans subjectCode (BT-21)',
  },
  'cannot-carry': {
    en: '{title} cannot be carried by {syntax}: {reason}',
    fr: '{title} : {syntax} ne peut pas porter cette information ({reason})',
  },
  'cannot-carry/preceding': {
    en: 'More than one preceding invoice reference (BG-3) is in the schema of CII D22B, and not in that of D16B',
    fr: 'Plusieurs références à des factures antérieures (BG-3) sont admises par le schéma CII D22B, non par celui de D16B',
  },
  'cannot-carry/due-date': {
    en: 'Payment due date (BT-9) of a credit note stands in the payment instructions (BG-16) in UBL: give those too',
    fr: 'Date d’échéance (BT-9) : en UBL, celle d’un avoir figure dans les instructions de paiement (BG-16), à indiquer aussi',
  },
} as const satisfies Record<string, Text>
