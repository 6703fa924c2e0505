import type { Text } from './text.ts'
import { mismatch } from './texts-core.ts'

const siret: Text = {
  en: '{title} is a SIRET: 14 digits that begin with the SIREN {siren}, and is {value}',
  fr: '{title} : le SIRET doit compter 14 chiffres et commencer par le SIREN {siren} (valeur indiquée : {value})',
}
const digits = (kind: Text): Text => ({
  en: `{title} may have ${kind.en}, and is {value}`,
  fr: `{title} : ${kind.fr} au maximum (valeur indiquée : {value})`,
})
const longest: Text = {
  en: '{title} may have {max} characters for the public sector, and has {length}',
  fr: '{title} : {max} caractères au maximum pour le secteur public ({length} indiqués)',
}
const format: Text = {
  en: '{title} is not an identifier of the scheme {scheme}: {value}',
  fr: '{title} : {value} n’est pas un identifiant du schéma {scheme}',
}
const noSiret: Text = {
  en: 'A {party} with a SIREN needs a SIRET (scheme 0009) on an invoice to the public sector',
  fr: '{party} : le SIRET (schéma 0009) est obligatoire avec un SIREN sur une facture au secteur public',
}

const onceByScheme: Text = {
  en: '{title} may have the scheme {scheme} once',
  fr: '{title} : le schéma {scheme} ne doit figurer qu’une fois',
}
const correction: Text = {
  en: '{title}: each group of lines must name the invoice that it corrects, and its date',
  fr: '{title} : chaque groupe de lignes doit référencer la facture qu’il rectifie, avec sa date',
}

/** The French rules of flow 2 and of Chorus Pro; see texts-core.ts for the placeholders. */
export const frenchTexts = {
  'BR-FR-01': {
    en: '{title} may have 35 characters, and has {length}',
    fr: '{title} : 35 caractères au maximum ({length} indiqués)',
  },
  'BR-FR-02': {
    en: '{title} may have letters A to Z, digits and + - _ / only, without blanks: {value}',
    fr: '{title} : seuls les lettres A à Z, les chiffres et + - _ / sont admis, sans espace (valeur indiquée : {value})',
  },
  'BR-FR-03': {
    en: '{title} must be in the years 2000 to 2099, and is {value}',
    fr: '{title} : l’année doit être comprise entre 2000 et 2099 (valeur indiquée : {value})',
  },
  'BR-FR-04': {
    en: '{title} {value} is not a type of invoice used in France',
    fr: '{title} : le type {value} n’est pas admis en France',
  },
  'BR-FR-05': {
    en: 'There must be a note (BG-1) with the subject code {code}: {what}',
    fr: 'Note de facture (BG-1) : la mention de code sujet {code} est obligatoire ({what})',
  },
  'BR-FR-06': {
    en: 'There may be one note (BG-1) with the subject code {code}',
    fr: 'Note de facture (BG-1) : une seule mention de code sujet {code} est admise',
  },
  'BR-FR-08': {
    en: '{title} must be a French billing mode such as B1, S1 or M1, and is {value}',
    fr: '{title} : un cadre de facturation tel que B1, S1 ou M1 est obligatoire (valeur indiquée : {value})',
  },
  'BR-FR-09': siret,
  'BR-FR-10': {
    en: '{title} must be the SIREN of the seller: nine digits with the scheme 0002',
    fr: '{title} : le SIREN du vendeur (9 chiffres, schéma 0002) est obligatoire',
  },
  'BR-FR-11': {
    en: '{title} must be the SIREN of the buyer when the note BAR says B2B: nine digits with the scheme 0002',
    fr: '{title} : le SIREN de l’acheteur (9 chiffres, schéma 0002) est obligatoire lorsque la note BAR indique B2B',
  },
  'BR-FR-12': { en: '{title} is missing', fr: '{title} : cette adresse est obligatoire' },
  'BR-FR-13': { en: '{title} is missing', fr: '{title} : cette adresse est obligatoire' },
  'BR-FR-15': {
    en: '{title} {value} is not a VAT category used in France (S, E, AE, K, G, O, Z)',
    fr: '{title} : la catégorie {value} n’est pas admise en France (S, E, AE, K, G, O ou Z)',
  },
  'BR-FR-16': {
    en: '{title} {value} is not a rate of French VAT, written with two decimals at most',
    fr: '{title} : {value} n’est pas un taux de TVA admis en France, exprimé avec deux décimales au plus',
  },
  'BR-FR-17': {
    en: '{title} must be one of the French codes such as LISIBLE or BON_COMMANDE, and is {value}',
    fr: '{title} : un code tel que LISIBLE ou BON_COMMANDE est attendu (valeur indiquée : {value})',
  },
  'BR-FR-18': {
    en: 'One supporting document (BG-24) may be described as LISIBLE',
    fr: 'Document justificatif (BG-24) : un seul peut être décrit comme LISIBLE',
  },
  'BR-FR-20': {
    en: 'The note BAR must say B2B, B2BINT, B2C, B2CINT, OUTOFSCOPE or ARCHIVEONLY, and says {value}',
    fr: 'Note BAR : B2B, B2BINT, B2C, B2CINT, OUTOFSCOPE ou ARCHIVEONLY est attendu (valeur indiquée : {value})',
  },
  'BR-FR-21': {
    en: '{title} must have the scheme 0225 and begin with the SIREN of the buyer when the note BAR says B2B',
    fr: '{title} : avec la note BAR B2B, l’adresse doit être du schéma 0225 et commencer par le SIREN de l’acheteur',
  },
  'BR-FR-22': {
    en: '{title} must have the scheme 0225 and begin with the SIREN of the seller on a self-billed invoice with the note BAR B2B',
    fr: '{title} : sur une facture auto-facturée avec la note BAR B2B, l’adresse doit être du schéma 0225 et commencer par le SIREN du vendeur',
  },
  'BR-FR-23': {
    en: '{title} may have letters A to Z, digits and + - _ . only in the scheme 0225: {value}',
    fr: '{title} : dans le schéma 0225, seuls les lettres A à Z, les chiffres et + - _ . sont admis (valeur indiquée : {value})',
  },
  'BR-FR-24': {
    en: '{title} may have letters A to Z, digits and + - _ . only in the scheme 0224: {value}',
    fr: '{title} : dans le schéma 0224 (code routage), seuls les lettres A à Z, les chiffres et + - _ . sont admis (valeur indiquée : {value})',
  },
  'BR-FR-25': {
    en: '{title} may have 125 characters, and has {length}',
    fr: '{title} : 125 caractères au maximum ({length} indiqués)',
  },
  'BR-FR-26': {
    en: '{title} may have 100 characters in the scheme 0224, and has {length}',
    fr: '{title} : 100 caractères au maximum dans le schéma 0224 (code routage), {length} indiqués',
  },
  'BR-FR-27': {
    en: '{title} must have a name (BT-160) or a code',
    fr: '{title} : un nom (BT-160) ou un code est obligatoire',
  },
  'BR-FR-28': {
    en: '{title} must have either a value (BT-161) or a quantity with its unit',
    fr: '{title} : une valeur (BT-161) ou une quantité avec son unité est obligatoire, non les deux',
  },
  'BR-FR-29': onceByScheme,
  'BR-FR-30': onceByScheme,
  'BR-FR-31': {
    en: 'There may be one note BAR (BG-1)',
    fr: 'Note de facture (BG-1) : une seule note BAR est admise',
  },
  'BR-FR-32': {
    en: '{title} must have nine digits in the scheme {scheme}, and is {value}',
    fr: '{title} : dans le schéma {scheme}, neuf chiffres sont obligatoires (valeur indiquée : {value})',
  },
  'BR-FR-CO-03': {
    en: 'A global allowance (type 262) needs the contract reference (BT-12) and both dates of the invoicing period (BT-73, BT-74)',
    fr: 'Un avoir pour remise globale (type 262) doit indiquer la référence du contrat (BT-12) et les deux dates de la période de facturation (BT-73, BT-74)',
  },
  'BR-FR-CO-04': {
    en: 'A corrective invoice (type {type}) must name exactly one preceding invoice (BG-3), and names {count}',
    fr: 'Une facture rectificative (type {type}) doit référencer une facture antérieure (BG-3) et une seule (références indiquées : {count})',
  },
  'BR-FR-CO-05': {
    en: 'A credit note (type {type}) must name a preceding invoice with its date (BT-25, BT-26), in the header or on every line',
    fr: 'Un avoir (type {type}) doit référencer une facture antérieure avec sa date (BT-25, BT-26), en en-tête ou sur chaque ligne',
  },
  'BR-FR-CO-07': {
    en: '{title} is {value}, before the invoice issue date (BT-2), {issued}',
    fr: '{title} : le {value} précède la date d’émission de la facture (BT-2), le {issued}',
  },
  'BR-FR-CO-08': {
    en: 'A prepayment (type {type}) cannot be a final invoice after prepayment (billing mode {mode})',
    fr: 'Une facture d’acompte (type {type}) ne peut pas avoir le cadre {mode}, celui d’une facture définitive après acompte',
  },
  'BR-FR-CO-09/paid': {
    en: '{title} must be the amount with VAT (BT-112) of an invoice that is already paid (billing mode {mode})',
    fr: '{title} : pour une facture déjà payée (cadre {mode}), ce montant doit être le total avec TVA (BT-112)',
  },
  'BR-FR-CO-09/payable': {
    en: '{title} must be 0 on an invoice that is already paid (billing mode {mode})',
    fr: '{title} : pour une facture déjà payée (cadre {mode}), ce montant doit être 0',
  },
  'BR-FR-CO-09/due': {
    en: '{title} must be there, as the date of payment, on an invoice that is already paid (billing mode {mode})',
    fr: '{title} : pour une facture déjà payée (cadre {mode}), cette date, celle du paiement, est obligatoire',
  },
  'BR-FR-CO-10/scheme': {
    en: '{title} must name its scheme',
    fr: '{title} : l’identifiant de schéma est obligatoire',
  },
  'BR-FR-CO-10/unique': {
    en: '{title} must not have the scheme {scheme} a second time',
    fr: '{title} : le schéma {scheme} ne doit figurer qu’une fois',
  },
  'BR-FR-CO-12': {
    en: 'An invoice in {currency} needs EUR as VAT accounting currency (BT-6) and the VAT total in EUR (BT-111)',
    fr: 'Une facture en {currency} doit indiquer EUR comme devise de comptabilisation de la TVA (BT-6) et le total de TVA en EUR (BT-111)',
  },
  'BR-FR-CO-14': {
    en: 'A member of a VAT group (seller identifier with the scheme 0231) needs the note TXD with the text MEMBRE_ASSUJETTI_UNIQUE',
    fr: 'Un vendeur membre d’un assujetti unique (identifiant de schéma 0231) doit indiquer la note TXD MEMBRE_ASSUJETTI_UNIQUE',
  },
  'BR-FR-CO-15': {
    en: 'A member of a VAT group (seller identifier with the scheme 0231) needs the VAT identifier of the group as that of its tax representative (BT-63)',
    fr: 'Un vendeur membre d’un assujetti unique (identifiant de schéma 0231) doit indiquer le numéro de TVA de celui-ci comme celui de son représentant fiscal (BT-63)',
  },
  'BR-FR-DEC-01': digits({ en: '2 decimals and 19 characters', fr: '2 décimales et 19 caractères' }),
  'BR-FR-DEC-02': digits({ en: '4 decimals and 19 characters', fr: '4 décimales et 19 caractères' }),
  'BR-FR-DEC-03': digits({
    en: '6 decimals and 19 characters, without a sign',
    fr: '6 décimales et 19 caractères, sans signe,',
  }),
  'BR-FR-DEC-04': digits({
    en: '2 decimals and 4 digits, without a sign',
    fr: '2 décimales et 4 chiffres, sans signe,',
  }),
  'BR-FR-MV-01': {
    en: '{title} must be there on every line of an invoice that is made of several',
    fr: '{title} : cette information est obligatoire sur chaque ligne d’une facture multi-vendeurs ou à double sens',
  },
  'BR-FR-MV-02': {
    en: 'A multi-seller invoice must have a group of lines (GROUP without a parent line)',
    fr: 'Une facture multi-vendeurs doit comporter un groupe de lignes (GROUP sans ligne parente)',
  },
  'BR-FR-MV-03/missing': {
    en: '{title} must be there on a group of lines',
    fr: '{title} : cette information est obligatoire sur un groupe de lignes',
  },
  'BR-FR-MV-03/object': {
    en: 'A group of lines must have an object identifier (BT-128) with the scheme {scheme}',
    fr: 'Un groupe de lignes doit indiquer un identifiant d’objet (BT-128) de schéma {scheme}',
  },
  'BR-FR-MV-03/mode': {
    en: 'The billing mode of a group of lines (BT-128 with the scheme AVV) cannot be {mode}, that of the whole',
    fr: 'Le cadre de facturation d’un groupe de lignes (BT-128, schéma AVV) ne peut pas être {mode}, celui de l’ensemble',
  },
  'BR-FR-MV-05': {
    en: '{title} of a group of lines must be the sum of its lines',
    fr: '{title} : celui d’un groupe de lignes doit être la somme de ses lignes',
  },
  'BR-FR-MV-06': {
    en: '{title} must be there on every line, and be that of its parent line',
    fr: '{title} : cette information est obligatoire sur chaque ligne, identique à celle de la ligne parente',
  },
  'BR-FR-MV-07': {
    en: '{title}: every line must have the number of its invoice (scheme AFL), the same as its parent line',
    fr: '{title} : chaque ligne doit indiquer le numéro de sa facture (schéma AFL), identique à celui de la ligne parente',
  },
  'BR-FR-MV-08': {
    en: '{title} must begin with the number of the invoice of the line: #{number}#',
    fr: '{title} : le texte doit commencer par le numéro de la facture de la ligne, #{number}#',
  },
  'BR-FR-MV-09': {
    en: '{title} of a group of lines must be the sum of its VAT category tax amounts (BT-117)',
    fr: '{title} : celui d’un groupe de lignes doit être la somme de ses montants de TVA (BT-117)',
  },
  'BR-FR-MV-10': {
    en: '{title} of a group of lines must be its net amount (BT-131) and its VAT',
    fr: '{title} : celui d’un groupe de lignes doit être la somme de son montant net (BT-131) et de sa TVA',
  },
  'BR-FR-MV-11': {
    en: 'One group of lines of the seller (BG-4), and only one, has the number of the whole invoice (BT-128 with the scheme AFL)',
    fr: 'Un groupe de lignes du vendeur (BG-4) et un seul porte le numéro de la facture entière (BT-128, schéma AFL)',
  },
  'BR-FR-MV-12': {
    en: 'Two groups of lines have the number {number} (BT-128 with the scheme AFL)',
    fr: 'Deux groupes de lignes portent le numéro {number} (BT-128, schéma AFL)',
  },
  'BR-FR-MV-13': {
    en: 'A multi-seller invoice cannot be self-billed (type {type})',
    fr: 'Une facture multi-vendeurs ne peut pas être auto-facturée (type {type})',
  },
  'BR-FR-MV-14': correction,
  'BR-FR-BD-02': {
    en: 'A two-way invoice must have two groups of lines, and has {count}',
    fr: 'Une facture à double sens doit comporter deux groupes de lignes (groupes indiqués : {count})',
  },
  'BR-FR-BD-02/party': {
    en: '{title} must be that of one group of lines of a two-way invoice',
    fr: '{title} : dans une facture à double sens, cet identifiant doit être celui d’un groupe de lignes et d’un seul',
  },
  'BR-FR-BD-13': {
    en: 'A two-way invoice must be self-billed, and has the type {type}',
    fr: 'Une facture à double sens doit être auto-facturée (type indiqué : {type})',
  },
  'BR-FR-BD-14': correction,
  'BR-FXEXT-03': {
    en: 'Only the seller may have a tax registration that is not for VAT: a SpecifiedTaxRegistration of another party has the scheme VA',
    fr: 'Seul le vendeur peut avoir un enregistrement fiscal autre que la TVA : le SpecifiedTaxRegistration d’une autre partie a le schéma VA',
  },
  'BR-FREXT-06': {
    en: '{title} must be there on a line that names a parent line',
    fr: '{title} : cette information est obligatoire sur une ligne qui indique une ligne parente',
  },
  'BR-FREXT-08': mismatch({ en: 'the sum of the lines below the group', fr: 'somme des lignes du groupe' }),
  'BR-FREXT-11': {
    en: '{title} must be the identifier of another line, and is {parentId}',
    fr: '{title} : l’identifiant d’une autre ligne est attendu (valeur indiquée : {parentId})',
  },
  'BR-FREXT-12': {
    en: '{title} must be there in a group of a group that has one',
    fr: '{title} : ce montant est obligatoire dans un sous-groupe lorsque le groupe parent en indique un',
  },
  'BR-FREXT-54-2': {
    en: '{title}: an attribute has either a value or a quantity with its unit',
    fr: '{title} : un attribut porte soit une valeur, soit une quantité avec son unité',
  },
  'BR-CO-25': {
    en: '{title} or payment terms (BT-20) must be there when an amount is due for payment (BT-115)',
    fr: '{title} : la date d’échéance ou les conditions de paiement (BT-20) sont obligatoires lorsqu’un montant reste à payer (BT-115)',
  },
  'BR-CO-27': {
    en: '{title}: a credit transfer names either an IBAN or another account number',
    fr: '{title} : un virement indique soit un IBAN, soit un autre numéro de compte',
  },
  'BR-FR-CPRO-01': {
    en: '{title} must be MARCHE or CONTRAT for the public sector, and is {value}',
    fr: '{title} : MARCHE ou CONTRAT est attendu pour le secteur public (valeur indiquée : {value})',
  },
  'BR-FR-CPRO-03': {
    en: 'The seller needs an identifier (BT-29) with the scheme 0009, 0223, 0226, 0227, 0228 or 0229 on an invoice to the public sector',
    fr: 'Vendeur : un identifiant (BT-29) de schéma 0009, 0223, 0226, 0227, 0228 ou 0229 est obligatoire sur une facture au secteur public',
  },
  'cpro-format': format,
  'BR-FR-CPRO-09': noSiret,
  'BR-FR-CPRO-10': {
    en: 'The buyer needs a SIRET (BT-46 with the scheme 0009) on an invoice to the public sector',
    fr: 'Acheteur : le SIRET (BT-46, schéma 0009) est obligatoire sur une facture au secteur public',
  },
  'BR-FR-CPRO-17': noSiret,
  'BR-FR-CPRO-20': {
    en: 'An invoice to the public sector may name one preceding invoice (BG-3)',
    fr: 'Une facture au secteur public ne peut référencer qu’une facture antérieure (BG-3)',
  },
  'BR-FR-CPRO-24': {
    en: 'The billing mode S5 does not exist for the public sector: S3 is that of a subcontractor with direct payment',
    fr: 'Le cadre de facturation S5 n’est pas admis pour le secteur public : S3 est celui du sous-traitant en paiement direct',
  },
  'cpro-longest': longest,
} as const satisfies Record<string, Text>
