/*
 * What columns of exports are called in French, English, German and Dutch. Names are folded: small letters, no accents, words between
 * single blanks; separated by commas. A name of several words is found in a longer one that has them all.
 */

interface TermNames {
  /** Pointer from the invoice, from a line, or from a party. */
  readonly target: string
  readonly names: string
}

export const invoiceNames: readonly TermNames[] = [
  {
    target: '/number',
    names:
      'numero facture,no facture,n facture,num facture,facture,piece,numero piece,no piece,n piece,invoice number,invoice no,invoice id,invoice,document number,document no,rechnungsnummer,rechnung nr,rechnungsnr,belegnummer,beleg nr,belegnr,factuurnummer,factuur nr,factuurnr,number,numero,nummer',
  },
  {
    target: '/issueDate',
    names:
      'date facture,date piece,date emission,date de facture,date,invoice date,issue date,document date,rechnungsdatum,belegdatum,datum,factuurdatum',
  },
  {
    target: '/dueDate',
    names:
      'echeance,date echeance,date d echeance,due date,due,faelligkeit,falligkeit,faelligkeitsdatum,falligkeitsdatum,faellig am,fallig am,vervaldatum,vervaldag',
  },
  {
    target: '/typeCode',
    names:
      'type,type piece,type document,type facture,document type,invoice type,belegart,rechnungsart,documentsoort,soort',
  },
  { target: '/currency', names: 'devise,monnaie,currency,currency code,wahrung,waehrung,valuta,munt' },
  {
    target: '/buyerReference',
    names:
      'reference client,ref client,votre reference,votre ref,your reference,your ref,customer reference,buyer reference,ihre referenz,ihr zeichen,leitweg id,uw referentie,klantreferentie,code service',
  },
  {
    target: '/purchaseOrderReference',
    names:
      'commande,bon de commande,numero commande,no commande,n commande,bc client,purchase order,order number,order no,po number,po,bestellnummer,bestell nr,bestellnr,auftragsnummer,bestelnummer,inkooporder,ordernummer',
  },
  {
    target: '/contractReference',
    names: 'contrat,marche,contract,contract number,vertrag,vertragsnummer,contractnummer',
  },
  {
    target: '/paymentTerms',
    names:
      'conditions de paiement,conditions paiement,conditions de reglement,payment terms,terms,zahlungsbedingungen,zahlungsbedingung,betalingsvoorwaarden,betalingsconditie',
  },
  {
    target: '/totals/withoutVat',
    names: 'total ht,montant total ht,total net,total excl vat,net total,summe netto,gesamt netto,totaal excl btw',
  },
  {
    target: '/totals/withVat',
    names:
      'total ttc,montant total ttc,montant ttc,total incl vat,grand total,gross total,gesamtbetrag,summe brutto,gesamt brutto,totaal incl btw',
  },
]

/** Filled into lists of one item. */
export const paymentNames: readonly TermNames[] = [
  {
    target: '/code',
    names:
      'mode de reglement,mode reglement,reglement,moyen paiement,moyen de paiement,mode paiement,mode de paiement,payment method,payment means,zahlungsart,zahlungsweise,betaalwijze,betalingswijze,betaalmethode',
  },
  { target: '/transfer/account', names: 'iban' },
  { target: '/transfer/bank', names: 'bic,swift' },
]

export const noteNames: readonly TermNames[] = [
  {
    target: '/text',
    names: 'commentaire,commentaires,note,notes,remarque,mention,comment,remark,bemerkung,anmerkung,hinweis,opmerking',
  },
]

export const lineNames: readonly TermNames[] = [
  {
    target: '/id',
    names:
      'ligne,numero ligne,no ligne,n ligne,num ligne,line,line number,line no,line id,position,pos,positionsnummer,pos nr,zeile,regel,regelnummer',
  },
  {
    target: '/item/name',
    names:
      'designation,libelle,description,produit,article,item name,item,product name,product,bezeichnung,artikelbezeichnung,artikel,beschreibung,omschrijving,artikelomschrijving,name',
  },
  {
    target: '/item/sellersId',
    names:
      'reference article,ref article,code article,reference produit,sku,item code,item number,item no,product code,article number,artikelnummer,artikel nr,artikelnr,art nr,artikelcode',
  },
  { target: '/quantity', names: 'quantite,qte,quantity,qty,menge,anzahl,aantal,hoeveelheid' },
  { target: '/unit', names: 'unite,unit,uom,unit of measure,einheit,mengeneinheit,eenheid' },
  {
    target: '/price/net',
    names:
      'prix unitaire,prix unitaire ht,pu,pu ht,p u,prix,unit price,price,net price,einzelpreis,preis,stuckpreis,stueckpreis,prijs,eenheidsprijs,stukprijs',
  },
  {
    target: '/net',
    names:
      'montant ht,montant net,montant ligne,total ligne,montant,line total,line amount,net amount,amount,nettobetrag,betrag,gesamtpreis,zeilenbetrag,regelbedrag,regeltotaal,bedrag',
  },
  {
    target: '/vat/rate',
    names:
      'taux tva,taux de tva,taux,tva,tva pct,vat rate,tax rate,vat percent,vat percentage,vat,mwst satz,mwst,mw st satz,mw st,ust satz,ust,steuersatz,btw percentage,btw tarief,btw pct,btw',
  },
  {
    target: '/vat/category',
    names:
      'code tva,code taxe,vat code,tax code,vat category,steuerschluessel,steuerschlussel,steuercode,mwst code,mw st code,btw code',
  },
]

/** Words that tell whose a name is. Without one it is the buyer's: a sales export says little about its own company. */
export const roleWords: Readonly<Record<'buyer' | 'seller', ReadonlySet<string>>> = {
  buyer: new Set(
    'client clients customer buyer acheteur destinataire kunde kunden kaufer debitor debiteur klant koper afnemer tiers'.split(
      ' ',
    ),
  ),
  seller: new Set(
    'vendeur fournisseur emetteur societe seller supplier vendor issuer lieferant verkaufer verkoper leverancier'.split(
      ' ',
    ),
  ),
}

export const partyNames: readonly TermNames[] = [
  { target: '/name', names: 'nom,raison sociale,name,company,company name,firma,firmenname,naam,bedrijfsnaam' },
  {
    target: '/vatId',
    names:
      'tva intracommunautaire,tva intracom,tva intra,numero tva,no tva,n tva,num tva,id tva,tva,vat number,vat id,vat no,vat,ust id,ust idnr,ustid,umsatzsteuer id,btw nummer,btw nr,btwnummer',
  },
  { target: '/siret', names: 'siret,numero siret,no siret' },
  { target: '/siren', names: 'siren,numero siren,no siren' },
  { target: '/contact/email', names: 'email,e mail,mail,courriel' },
  { target: '/contact/phone', names: 'telephone,tel,phone,telefon,telefoon' },
  {
    target: '/address/line1',
    names: 'adresse,adresse 1,rue,address,address 1,address line 1,street,strasse,anschrift,adres,straat',
  },
  { target: '/address/line2', names: 'adresse 2,complement adresse,address 2,address line 2' },
  { target: '/address/postCode', names: 'code postal,cp,zip,zip code,postal code,postcode,plz,postleitzahl' },
  { target: '/address/city', names: 'ville,city,town,ort,stadt,plaats,stad,woonplaats' },
  { target: '/address/country', names: 'pays,code pays,country,country code,land,landcode,landercode' },
]

/** How sure a name is: it is the synonym itself, or has its words among others. */
export type Confidence = 'sure' | 'likely' | 'guess'

export interface Match {
  readonly target: string
  readonly confidence: Confidence
  /** The words of the synonym that were found. */
  readonly words: number
}

/** The words of a column or path: `customerVatId` and `N° TVA (client)` alike, folded. */
export function wordsOf(name: string): readonly string[] {
  const folded = name
    .slice(0, 200)
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .normalize('NFD')
    .replaceAll(/\p{M}+/gu, '')
    .replaceAll('ß', 'ss')
    .toLowerCase()
  return folded.split(/[^a-z0-9]+/).filter(word => word !== '')
}

/** The term whose synonym fits best. */
export function matchName(words: readonly string[], table: readonly TermNames[]): Match | undefined {
  let best: Match | undefined
  const joined = words.join(' ')
  for (const { target, names } of table) {
    for (const synonym of names.split(',')) {
      const wanted = synonym.split(' ')
      const exact = joined === synonym
      if (!exact && !wanted.every(word => words.includes(word))) continue
      const match: Match = { target, confidence: exact ? 'sure' : 'likely', words: wanted.length + (exact ? 10 : 0) }
      if (best === undefined || match.words > best.words) best = match
    }
  }
  return best
}
