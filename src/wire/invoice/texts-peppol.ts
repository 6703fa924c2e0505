import type { Text } from './text.ts'
import { mismatch } from './texts-core.ts'

const addressing: Text = {
  en: '{title} must be there for a document that is sent over Peppol',
  fr: '{title} : cette information est obligatoire pour un document transmis par Peppol',
}
const type: Text = {
  en: 'Invoice type code (BT-3) {code} is not allowed in Peppol BIS Billing',
  fr: 'Code de type de facture (BT-3) : {code} n’est pas admis dans Peppol BIS Billing',
}
const exemption: Text = {
  en: '{title} must be {wanted} with the exemption reason code {code}',
  fr: '{title} : la catégorie doit être {wanted} avec le code de motif d’exonération {code}',
}
const checkDigits: Text = {
  en: '{title} is not a valid identifier of the scheme {scheme} ({what}): {value}',
  fr: '{title} : {value} n’est pas un identifiant valable du schéma {scheme} ({what})',
}
const code: Text = {
  en: '{title} is not a code of the list that Peppol BIS Billing allows: {value}',
  fr: '{title} : {value} n’appartient pas à la liste de codes admise par Peppol BIS Billing',
}

/** What Peppol BIS Billing 3 adds; see texts-core.ts for the placeholders. */
export const peppolTexts = {
  'PEPPOL-EN16931-R001': addressing,
  'PEPPOL-EN16931-R010': addressing,
  'PEPPOL-EN16931-R020': addressing,
  'PEPPOL-EN16931-R002': {
    en: 'Peppol allows one invoice note (BG-1), except between German parties',
    fr: 'Peppol n’admet qu’une note de facture (BG-1), sauf entre parties allemandes',
  },
  'PEPPOL-EN16931-R003': {
    en: 'Buyer reference (BT-10) or purchase order reference (BT-13) must be there',
    fr: 'La référence de l’acheteur (BT-10) ou la référence du bon de commande (BT-13) est obligatoire',
  },
  'PEPPOL-EN16931-R004': {
    en: 'Specification identifier (BT-24) must be that of Peppol BIS Billing 3, without "::": {value}',
    fr: 'Identification de la spécification (BT-24) : la valeur doit être celle de Peppol BIS Billing 3, sans « :: » (valeur indiquée : {value})',
  },
  'PEPPOL-EN16931-R005': {
    en: 'VAT accounting currency code (BT-6) must differ from the invoice currency code (BT-5)',
    fr: 'Le code de devise de comptabilisation de la TVA (BT-6) doit différer du code de devise de facturation (BT-5)',
  },
  'PEPPOL-EN16931-R007': {
    en: 'Business process type (BT-23) is not one of {profile}: {value}',
    fr: 'Type de processus métier (BT-23) : {value} n’est pas un processus de {profile}',
  },
  'PEPPOL-EN16931-R040': mismatch({
    en: 'base amount × percentage / 100',
    fr: 'assiette × pourcentage / 100',
  }),
  'PEPPOL-EN16931-R041': {
    en: '{title} must be there when the percentage is',
    fr: '{title} : l’assiette est obligatoire lorsque le pourcentage est indiqué',
  },
  'PEPPOL-EN16931-R042': {
    en: '{title} must be there when the base amount is',
    fr: '{title} : le pourcentage est obligatoire lorsque l’assiette est indiquée',
  },
  'PEPPOL-EN16931-R046': mismatch({
    en: 'gross price (BT-148) − discount (BT-147)',
    fr: 'prix brut (BT-148) − rabais (BT-147)',
  }),
  'PEPPOL-EN16931-R054': {
    en: '{title} must not be there without a VAT accounting currency code (BT-6)',
    fr: '{title} : ce montant n’est admis qu’avec une devise de comptabilisation de la TVA (BT-6)',
  },
  'PEPPOL-EN16931-R055': {
    en: '{title} must have the sign of the total VAT amount (BT-110)',
    fr: '{title} : ce montant doit avoir le même signe que le montant total de TVA (BT-110)',
  },
  'PEPPOL-EN16931-R061': {
    en: '{title} must be there for direct debit',
    fr: '{title} : cette information est obligatoire pour un prélèvement',
  },
  'PEPPOL-EN16931-R110': {
    en: '{title} must not be before the invoicing period (BG-14)',
    fr: '{title} : la date ne doit pas précéder la période de facturation (BG-14)',
  },
  'PEPPOL-EN16931-R111': {
    en: '{title} must not be after the invoicing period (BG-14)',
    fr: '{title} : la date ne doit pas dépasser la période de facturation (BG-14)',
  },
  'PEPPOL-EN16931-R120': mismatch({
    en: 'quantity (BT-129) × net price (BT-146) / base quantity (BT-149) + charges (BT-141) − allowances (BT-136)',
    fr: 'quantité (BT-129) × prix net (BT-146) / quantité de base (BT-149) + frais (BT-141) − remises (BT-136)',
  }),
  'PEPPOL-EN16931-R121': {
    en: 'Item price base quantity (BT-149) must be above zero',
    fr: 'La quantité de base du prix de l’article (BT-149) doit être supérieure à zéro',
  },
  'PEPPOL-EN16931-R130': {
    en: 'The unit of the price base quantity (BT-150) is {base} and must be that of the quantity (BT-130), {unit}',
    fr: 'L’unité de la quantité de base du prix (BT-150) est {base} et doit être celle de la quantité facturée (BT-130), {unit}',
  },
  'PEPPOL-EN16931-P0100': type,
  'PEPPOL-EN16931-P0101': type,
  'PEPPOL-EN16931-P0112': {
    en: 'Invoice type code (BT-3) {code} is allowed between German parties only',
    fr: 'Code de type de facture (BT-3) : {code} n’est admis qu’entre parties allemandes',
  },
  'peppol-exemption': exemption,
  'peppol-check-digits': checkDigits,
  'PEPPOL-EN16931-CL008': code,
} as const satisfies Record<string, Text>
