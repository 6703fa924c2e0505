/* The code lists of the French rules. [BR-FR Flux 2 1.4.0.03; france.md §2.2 to §2.8] */

function codes(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}

/** BT-3 (BR-FR-04). */
export const frenchTypes = codes('380 389 393 501 386 500 384 471 472 473 261 262 381 396 502 503')

/** Types that the buyer writes in the seller's name. */
export const selfBilledTypes = codes('389 261 501 500 502 471 473')

/** Types for prepayments: due before they are issued, and never final. (BR-FR-CO-07, BR-FR-CO-08) */
export const prepaymentTypes = codes('386 500 503')

/** Types that correct one invoice (BR-FR-CO-04). */
export const correctiveTypes = codes('384 471 472 473')

/** Types that credit invoices (BR-FR-CO-05). 262, a global allowance, names a contract and a period instead (BR-FR-CO-03). */
export const creditTypes = codes('261 381 396 502 503')

/** BT-23, the "cadre de facturation" (BR-FR-08): B goods, S services, M both. There is no M3, M5, M6, M7, B3, B5 or B6. */
export const billingModes = codes('B1 S1 M1 B2 S2 M2 S3 B4 S4 M4 S5 S6 B7 S7 B8 S8 M8 B9 S9 M9')

/** Already paid (BR-FR-CO-09). */
export const paidModes = codes('B2 S2 M2')

/** Final after prepayment (BR-FR-CO-08). */
export const finalModes = codes('B4 S4 M4')

/** Several sellers (BR-FR-MV-*). */
export const multiSellerModes = codes('B8 S8 M8')

/** Invoice in both directions, with two groups of lines (BR-FR-BD-*). */
export const twoWayModes = codes('B9 S9 M9')

/** BT-21 that every invoice has once (BR-FR-05, BR-FR-06): recovery fee, late payment penalties, early payment discount. */
export const legalNotes = ['PMT', 'PMD', 'AAB'] as const

/** BT-21 that an invoice has at most once: those, and the one of a VAT group. (BR-FR-06) */
export const singleNotes = [...legalNotes, 'TXD'] as const

/** BT-22 of the note BAR, how the invoice is to be processed (BR-FR-20). */
export const processings = codes('B2B B2BINT B2C B2CINT OUTOFSCOPE ARCHIVEONLY')

/** BT-22 of the note TXD of a member of a VAT group (BR-FR-CO-14). */
export const vatGroupNote = 'MEMBRE_ASSUJETTI_UNIQUE'

/** BT-118 and its like (BR-FR-15): without L and M, the taxes of the Canaries, Ceuta and Melilla, and B of Italy. */
export const frenchVatCategories = codes('S E AE K G O Z')

/** VAT rates in hundredths of a per cent, by value (BR-FR-16, G1.24). */
export const frenchRates: ReadonlySet<number> = new Set([
  0, 90, 105, 175, 210, 550, 700, 850, 920, 960, 1000, 1300, 1960, 2000, 2060,
])

/** BT-123, what an attachment is (BR-FR-17). */
export const attachmentNames = codes(`
RIB LISIBLE FEUILLE_DE_STYLE PJA BORDEREAU_SUIVI DOCUMENT_ANNEXE BON_LIVRAISON BON_COMMANDE BORDEREAU_SUIVI_VALIDATION
ETAT_ACOMPTE FACTURE_PAIEMENT_DIRECT RECAPITULATIF_COTRAITANCE
`)

/** ISO 6523 schemes with a French meaning. */
export const schemes = {
  siren: '0002',
  siret: '0009',
  routingCode: '0224',
  electronicAddress: '0225',
  vatGroup: '0231',
} as const

/**
 * BT-29 of a seller to a public body, by scheme (BR-FR-CPRO-03 to -08). The numbers of the rules between 04 and 08 are not published
 * one by one: they follow the order of the schemes here.
 */
export const publicSellerSchemes: Readonly<Record<string, { readonly rule: string; readonly format: RegExp }>> = {
  // EU VAT number outside France.
  '0223': { rule: 'BR-FR-CPRO-04', format: /^.{1,18}$/u },
  // Outside the EU: country and the first letters of the name.
  '0227': { rule: 'BR-FR-CPRO-05', format: /^.{1,18}$/u },
  // RIDET, New Caledonia.
  '0228': { rule: 'BR-FR-CPRO-06', format: /^.{9,10}$/u },
  // TAHITI, French Polynesia.
  '0229': { rule: 'BR-FR-CPRO-07', format: /^.{9,10}$/u },
  // A private person: ten digits and a text.
  '0226': { rule: 'BR-FR-CPRO-08', format: /^\d{10}.{0,70}$/u },
}

/** EXT-FR-FE-01 of an invoice to a public body, by the older codes and the newer ones (BR-FR-CPRO-01). */
export const publicContractTypes = codes('MARCHE CONTRAT GC CT')

/** Codes of item attributes (EXT-FR-FE-159): UNTDID 6313 and those of Factur-X. [BR-FREXT-04] */
export const attributeCodes = codes(`
  A AAA AAB AAC AAD AAF AAG AAH AAI AAJ AAK AAM AAN AAO AAP AAQ AAR AAS AAT AAU AAV AAW AAX AAY AAZ ABA ABB ABC
  ABD ABE ABF ABG ABH ABI ABJ ABK ABL ABM ABN ABO ABP ABS ABT ABX ABY ABZ ACA ACE ACG ACN ACP ACS ACV ACW ACX ADR
  ADS ADT ADU ADV ADW ADX ADY ADZ AEA AEB AEC AED AEE AEF AEG AEH AEI AEJ AEK AEL AEM AEN AEO AEP AEQ AER AES AET
  AEU AEV AEW AEX AEY AEZ AF AFA AFB AFC AFD AFE AFF AFG AFH AFI AFJ AFK AFL AFM AFN AFO AFP AFQ AFR AFS AFT AFU
  AFV AFW AFX B BL BMY BMZ BNA BNB BNC BND BNE BNF BNG BNH BNI BNJ BNK BNL BNM BNN BNO BNP BNQ BNR BNS BNT BNU BNV
  BNW BNX BNY BNZ BR BRA BRB BRC BRD BRE BRF BRG BRH BRI BRJ BRK BRL BRM BRN BRO BRP BRQ BRR BRS BRT BRU BRV BS
  BSW BSX BSY BSZ BTA BTB BTC BTD BTE BTF BTG BTH BTI BTJ BTK BTL BTM BW CHN CHO CM CT CV CZ D DI DL DN DP DR DS
  DW E EA F FI FL FN FV GG GW HF HM HT IB ID L LM LN LND M MO MW N OD PRS PTN RA RF RJ RMW RP RUN RY SQ T TC TH TN
  TT VGM VH VW WA WD WM WU XH XQ XZ YS ZAL ZAS ZB ZBI ZC ZCA ZCB ZCE ZCL ZCO ZCR ZCU ZFE ZFS ZGE ZH ZK ZMG ZMN ZMO
  ZN ZNA ZNB ZNI ZO ZP ZPB ZS ZSB ZSE ZSI ZSL ZSN ZTA ZTE ZTI ZV ZW ZWA ZZN ZZR ZZZ BEST_BEFORE_DATE COLOR_TEXT
  COMMISSION DEPOSIT_SYSTEM DEPOSIT_TYPE ENERGY_CLASS EXPIRATION_DATE FEE KIND_OF_ARTICLE MATERIAL METER_LOCATION
  METER_NUMBER ORGANIC_CONTROL_BODY PACKAGING_MATERIAL PACKAGING_TYPE PROMOTIONAL_VARIANT SEAL_NUMBER SIZE_CODE
  SIZE_TEXT TRADING_UNIT WASTE_CODE WASTE_FRACTION WEEE_NUMBER
`)
