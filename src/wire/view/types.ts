/** The languages an invoice can be shown in. */
export type Language = 'fr' | 'en' | 'de' | 'it' | 'es' | 'nl'

/**
 * An invoice as a person reads it: every text in its final form (labels translated, amounts and dates in the manner of the language),
 * in the order of the page. HTML and PDF show the same view, so that neither says more than the other.
 */
export interface InvoiceView {
  readonly language: Language
  /** `Facture`, `Avoir`, … and its number. */
  readonly title: string
  readonly number: string
  readonly currency: string
  /** Dates, references, buyer reference, …: label and value. */
  readonly facts: readonly ViewFact[]
  /** Seller, buyer and whoever else takes part, the seller first. */
  readonly parties: readonly ViewParty[]
  readonly notes: readonly ViewNote[]
  readonly lines: ViewTable
  /** Allowances and charges of the whole invoice; undefined when there are none. */
  readonly adjustments: ViewTable | undefined
  readonly vat: ViewTable
  readonly totals: readonly ViewTotal[]
  /** How to pay: label and value. */
  readonly payment: readonly ViewFact[]
  /** Text of the EPC QR code [EPC069-12 v2.1]; undefined unless it is a credit transfer in EUR to an IBAN. */
  readonly paymentQr: string | undefined
  /** Names and descriptions of what is attached. */
  readonly attachments: readonly ViewFact[]
}

export interface ViewFact {
  readonly label: string
  readonly value: string
}

export interface ViewParty {
  /** `Vendeur`, `Client`, … */
  readonly role: string
  readonly name: string
  /** The address, line by line. */
  readonly address: readonly string[]
  /** Registrations, VAT identifier, contact. */
  readonly facts: readonly ViewFact[]
}

export interface ViewNote {
  readonly label: string | undefined
  readonly text: string
}

export interface ViewTable {
  readonly heading: string
  readonly columns: readonly ViewColumn[]
  readonly rows: readonly ViewRow[]
}

export interface ViewColumn {
  readonly label: string
  readonly align: 'left' | 'right'
  /** Share of the width, relative to the other columns. */
  readonly weight: number
}

export interface ViewRow {
  /** One text per column. */
  readonly cells: readonly string[]
  /** Under the row, over the whole width: description, attributes, allowances of a line. */
  readonly details: readonly string[]
  /** 0, or how deep a sub-line stands under its parent. */
  readonly depth: number
}

export interface ViewTotal extends ViewFact {
  /** The amount to pay. */
  readonly strong: boolean
}
