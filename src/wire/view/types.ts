/** The languages an invoice can be shown in. */
export type Language = 'fr' | 'en' | 'de' | 'it' | 'es' | 'nl'

/** How a seller's invoices look. */
export interface Branding {
  /** PNG or JPEG; an octet string that is neither is left out. */
  readonly logo?: Buffer
  /** `#RRGGBB`, for headings and rules; darkened as far as it takes to be readable on white. */
  readonly color?: string
  /** A line at the foot of every page. */
  readonly footer?: string
}

/** Makes the QR code of a text: its rows from the top, true where a module is dark, without the quiet zone. */
export type QrEncoder = (text: string) => readonly (readonly boolean[])[]

/**
 * An invoice as a person reads it: every text in its final form (labels translated, amounts and dates in the manner of the language),
 * in the order of the page. HTML and PDF show the same view, so that neither says more than the other. What is empty is undefined.
 */
export interface InvoiceView {
  readonly language: Language
  /** `Facture`, `Avoir`, … without its number. */
  readonly title: string
  readonly number: string
  readonly currency: string
  /** Dates, references, buyer reference, …: label and value. */
  readonly facts: readonly ViewFact[]
  /** Seller, buyer and whoever else takes part, the seller first. */
  readonly parties: readonly ViewParty[]
  /** Undefined for an invoice without lines. */
  readonly lines: ViewTable | undefined
  /** Allowances and charges of the whole invoice. */
  readonly adjustments: ViewTable | undefined
  readonly vat: ViewTable | undefined
  readonly totals: ViewSection<ViewTotal> | undefined
  /** How to pay. */
  readonly payment: ViewSection<ViewFact> | undefined
  readonly paymentQr: ViewQr | undefined
  readonly notes: ViewSection<ViewNote> | undefined
  /** What the law makes the seller say: late payment, discount, registrations. */
  readonly legalNotices: ViewSection<ViewNote> | undefined
  /** Names and descriptions of what is attached. */
  readonly attachments: ViewSection<ViewFact> | undefined
  /** What programs go by, for whoever looks into a problem: specification, process. */
  readonly technical: ViewSection<ViewFact> | undefined
  /** `Page`, `Seite`, …: before the number of a page. */
  readonly pageLabel: string
  /** What stands between a label and its value; French puts a no-break space before the colon. */
  readonly colon: string
}

/** Never without items. */
export interface ViewSection<Item> {
  readonly heading: string
  readonly items: readonly Item[]
}

export interface ViewFact {
  readonly label: string
  readonly value: string
}

export interface ViewParty {
  /** `Vendeur`, `Client`, … */
  readonly role: string
  /** Empty when the invoice does not say it. */
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

/** Never without rows. */
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
  /** Under the row: description, attributes, allowances of a line. */
  readonly details: readonly ViewNote[]
  /** 0, or how deep a sub-line stands under its parent. */
  readonly depth: number
  /** plain: counts. group: sums up the lines under it. information: explains, and counts nowhere. */
  readonly kind: 'plain' | 'group' | 'information'
}

export interface ViewTotal extends ViewFact {
  /** The amount to pay. */
  readonly strong: boolean
}

/** An EPC QR code, which fills in a SEPA credit transfer. [EPC069-12 v2.1] */
export interface ViewQr {
  /** What the code says. */
  readonly text: string
  readonly caption: string
}
