/*
 * The French names of what EXTENDED-CTC-FR adds, by the English name in the table of terms: many of them have no number of their own.
 * A name of a party and the name of what is said of it make most of them.
 */

/** The party by itself, and after a noun. */
const parties: Readonly<Record<string, readonly [alone: string, of: string]>> = {
  Seller: ['Vendeur', 'du vendeur'],
  Buyer: ['Acheteur', 'de l’acheteur'],
  Payee: ['Bénéficiaire du paiement', 'du bénéficiaire du paiement'],
  Payer: ['Payeur', 'du payeur'],
  'Seller agent': ['Agent du vendeur', 'de l’agent du vendeur'],
  'Buyer agent': ['Agent de l’acheteur', 'de l’agent de l’acheteur'],
  Invoicer: ['Facturant', 'du facturant'],
  Invoicee: ['Adressé à', 'du destinataire de la facture (« adressé à »)'],
  'Seller of the line': ['Vendeur de la ligne', 'du vendeur de la ligne'],
  'Deliver to': ['Lieu de livraison', 'de livraison'],
}

const ofParties: Readonly<Record<string, string>> = {
  name: 'Raison sociale',
  'trading name': 'Appellation commerciale',
  'role code': 'Code de rôle',
  identifier: 'Identifiant',
  'legal registration identifier': 'Identifiant d’enregistrement légal',
  'VAT identifier': 'Numéro de TVA',
  'additional legal information': 'Informations juridiques complémentaires',
  'electronic address': 'Adresse électronique',
  'postal address': 'Adresse postale',
  'address line 1': 'Première ligne de l’adresse',
  'address line 2': 'Deuxième ligne de l’adresse',
  'address line 3': 'Troisième ligne de l’adresse',
  city: 'Localité',
  'post code': 'Code postal',
  'country subdivision': 'Subdivision du pays',
  'country code': 'Code de pays',
  contact: 'Contact',
  'contact point': 'Point de contact',
  'contact department': 'Service du contact',
  'contact telephone number': 'Numéro de téléphone du contact',
  'contact email address': 'Courriel du contact',
}

const others: Readonly<Record<string, string>> = {
  'Preceding Invoice type code': 'Type de la facture antérieure',
  'Parent line identifier': 'Identifiant de la ligne parente',
  'Invoice line subtype': 'Type de sous-ligne de facture',
  'Item price discount reason': 'Motif du rabais sur le prix de l’article',
  'Item price discount reason code': 'Code de motif du rabais sur le prix de l’article',
  'Invoiced item VAT exemption reason text': 'Motif d’exonération de la TVA de la ligne',
  'Invoiced item VAT exemption reason code': 'Code de motif d’exonération de la TVA de la ligne',
  'Document level allowance VAT exemption reason text': 'Motif d’exonération de la TVA de la remise',
  'Document level allowance VAT exemption reason code': 'Code de motif d’exonération de la TVA de la remise',
  'Document level charge VAT exemption reason text': 'Motif d’exonération de la TVA des charges ou frais',
  'Document level charge VAT exemption reason code': 'Code de motif d’exonération de la TVA des charges ou frais',
  'Item attribute code': 'Code de l’attribut de l’article',
  'Item attribute quantity': 'Quantité de l’attribut de l’article',
  'Item attribute quantity unit': 'Unité de la quantité de l’attribut de l’article',
  'Invoice line note subject code': 'Code de sujet de la note de ligne',
  'Purchase order of the line': 'Bon de commande de la ligne',
  'Sales order of the line': 'Ordre de vente de la ligne',
  'Referenced sales order line': 'Ligne de l’ordre de vente',
  'Despatch advice of the line': 'Avis d’expédition de la ligne',
  'Despatch advice of the line number': 'Numéro de l’avis d’expédition de la ligne',
  'Despatch advice of the line line': 'Ligne de l’avis d’expédition',
  'Despatch advice of the line date': 'Date de l’avis d’expédition de la ligne',
  'Receiving advice of the line': 'Avis de réception de la ligne',
  'Receiving advice of the line number': 'Numéro de l’avis de réception de la ligne',
  'Receiving advice of the line line': 'Ligne de l’avis de réception',
  'Receiving advice of the line date': 'Date de l’avis de réception de la ligne',
  'Preceding invoice of the line': 'Facture antérieure de la ligne',
  'Preceding invoice type code': 'Type de la facture antérieure de la ligne',
  'Preceding invoice issue date': 'Date d’émission de la facture antérieure de la ligne',
  'Preceding invoice line': 'Ligne de la facture antérieure',
  'Other document of the line': 'Autre document de la ligne',
  'Delivery of the line': 'Livraison de la ligne',
  'Deliver to party name of the line': 'Nom du destinataire de la livraison de la ligne',
  'Deliver to location identifier of the line': 'Identifiant du lieu de livraison de la ligne',
  'Deliver to address of the line': 'Adresse de livraison de la ligne',
  'Actual delivery date of the line': 'Date effective de livraison de la ligne',
  'Value added tax point date code of the line': 'Code de date d’exigibilité de la TVA de la ligne',
  'Invoice line VAT amount': 'Montant de TVA de la ligne',
  'Invoice line VAT amount in accounting currency': 'Montant de TVA de la ligne en devise de comptabilisation',
  'Invoice line amount with VAT': 'Montant de la ligne avec TVA',
  'Quantity per package': 'Quantité par colis',
  'Quantity per package unit of measure code': 'Code de l’unité de mesure de la quantité par colis',
  'Purchase order date': 'Date du bon de commande',
  'Despatch advice date': 'Date de l’avis d’expédition',
  'Contract date': 'Date du contrat',
  'Contract type': 'Type de contrat',
  'Delivery terms': 'Conditions de livraison',
  'Delivery terms code (Incoterms)': 'Code des conditions de livraison (Incoterms)',
  'Delivery terms place': 'Lieu des conditions de livraison',
  'Exchange rate of the VAT': 'Taux de change de la TVA',
  'Source currency code': 'Code de la devise d’origine',
  'Target currency code': 'Code de la devise cible',
  'Exchange rate': 'Taux de change',
  'Exchange rate date': 'Date du taux de change',
  Prepayments: 'Acomptes',
  'Prepaid amount': 'Montant de l’acompte',
  'Prepayment date': 'Date de l’acompte',
  'Partial payment amount': 'Montant de l’échéance',
  'Payment discount': 'Escompte',
  'Payment discount base date': 'Date de départ de l’escompte',
  'Payment discount period': 'Délai de l’escompte',
  'Payment discount period unit': 'Unité du délai de l’escompte',
  'Payment discount base amount': 'Assiette de l’escompte',
  'Payment discount percentage': 'Pourcentage de l’escompte',
  'Payment discount amount': 'Montant de l’escompte',
  'Payment penalty': 'Pénalité de retard',
  'Payment penalty base date': 'Date de départ de la pénalité de retard',
  'Payment penalty period': 'Délai de la pénalité de retard',
  'Payment penalty period unit': 'Unité du délai de la pénalité de retard',
  'Payment penalty base amount': 'Assiette de la pénalité de retard',
  'Payment penalty percentage': 'Pourcentage de la pénalité de retard',
  'Payment penalty amount': 'Montant de la pénalité de retard',
  'Further payment terms': 'Autres conditions de paiement',
  'Further payment due date': 'Date de l’échéance suivante',
  'Further partial payment amount': 'Montant de l’échéance suivante',
  'Proprietary payment account identifier': 'Identifiant propriétaire du compte de paiement',
}

const names = new Map(Object.entries(others))
for (const [party, [alone, of]] of Object.entries(parties)) {
  names.set(party, alone)
  for (const [what, french] of Object.entries(ofParties)) names.set(`${party} ${what}`, `${french} ${of}`)
}

/** The French name of a term that EXTENDED-CTC-FR adds, by its English name; undefined for one that has none. */
export function extendedNameOf(name: string): string | undefined {
  const identifier = name.replace(/ scheme$/, '')
  const known = names.get(identifier)
  return name === identifier || known === undefined ? known : `Identifiant de schéma – ${known}`
}
