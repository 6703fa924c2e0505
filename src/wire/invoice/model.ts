import type { Decimal } from './decimal.ts'

/*
 * The semantic model of EN 16931-1:2017 with its business terms (BT) and groups (BG), one property each, independent of any
 * syntax. Which term a property is, and where it stands in a syntax, is in terms.ts; the compiler holds the two together.
 * Amounts are in the invoice currency (BT-5) unless said otherwise. Dates are `YYYY-MM-DD`. No text is empty.
 */

/** BG-0. An invoice, or a credit note when `typeCode` is one of the credit note codes. */
export interface Invoice {
  readonly number: string
  readonly issueDate: string
  /** UNTDID 1001: 380 invoice, 381 credit note, … */
  readonly typeCode: string
  /** ISO 4217. */
  readonly currency: string
  /** The seller's VAT accounting currency, when it is another one; demands `totals.vatInVatCurrency`. */
  readonly vatCurrency?: string
  readonly vatPointDate?: string
  /** UNTDID 2005: 3 issue date, 35 delivery date, 432 date of payment. */
  readonly vatPointDateCode?: string
  readonly dueDate?: string
  readonly buyerReference?: string
  readonly projectReference?: string
  readonly contractReference?: string
  readonly contractDate?: string
  /** EXT-FR-FE-01. */
  readonly contractType?: string
  readonly purchaseOrderReference?: string
  readonly purchaseOrderDate?: string
  readonly salesOrderReference?: string
  readonly receivingAdviceReference?: string
  readonly despatchAdviceReference?: string
  readonly despatchAdviceDate?: string
  readonly tenderReference?: string
  /** BT-18. EN 16931 allows one, EXTENDED-CTC-FR several. */
  readonly invoicedObjects?: readonly Identifier[]
  readonly buyerAccountingReference?: string
  readonly paymentTerms?: string
  /** What is to be paid by `dueDate`, when there are `furtherPaymentTerms`. */
  readonly partialPaymentAmount?: Decimal
  readonly paymentDiscount?: PaymentCondition
  readonly paymentPenalty?: PaymentCondition
  /** Factur-X EXTENDED: instalments after the first, which `paymentTerms` and `dueDate` tell of. */
  readonly furtherPaymentTerms?: readonly FurtherPaymentTerms[]
  readonly notes?: readonly Note[]
  /** BT-23, e.g. `urn:fdc:peppol.eu:2017:poacc:billing:01:1.0`. */
  readonly process?: string
  /** BT-24: the specification the invoice follows. */
  readonly customization: string
  readonly precedingInvoices?: readonly PrecedingInvoice[]
  readonly seller: Seller
  readonly buyer: Buyer
  readonly payee?: Payee
  readonly taxRepresentative?: TaxRepresentative
  readonly sellerAgent?: OtherParty
  readonly buyerAgent?: OtherParty
  /** Who writes the invoice, when not the seller. */
  readonly invoicer?: OtherParty
  /** Whom the invoice is addressed to, when not the buyer. */
  readonly invoicee?: OtherParty
  readonly payer?: OtherParty
  readonly delivery?: Delivery
  readonly deliveryTerms?: DeliveryTerms
  readonly period?: Period
  readonly paymentMeans?: readonly PaymentMeans[]
  /** BT-90: the identifier a bank gave the creditor of a direct debit. */
  readonly bankCreditorId?: string
  readonly allowances?: readonly DocumentAllowance[]
  readonly charges?: readonly DocumentAllowance[]
  readonly exchangeRate?: ExchangeRate
  readonly prepayments?: readonly Prepayment[]
  readonly totals: Totals
  readonly vatBreakdown: readonly VatBreakdown[]
  readonly attachments?: readonly SupportingDocument[]
  readonly lines: readonly InvoiceLine[]
}

/** An identifier, and the scheme it is taken from (ISO 6523 ICD, EAS, UNTDID 1153) where the standard asks for one. */
export interface Identifier {
  readonly value: string
  readonly scheme?: string
}

/** BG-1. */
interface Note {
  /** UNTDID 4451, three letters. */
  readonly subjectCode?: string
  readonly text: string
}

/** BG-3. */
interface PrecedingInvoice {
  readonly number: string
  /** EXT-FR-FE-02. */
  readonly typeCode?: string
  readonly issueDate?: string
}

/** BG-4. */
interface Seller {
  readonly name: string
  readonly tradingName?: string
  readonly identifiers?: readonly Identifier[]
  readonly legalRegistration?: Identifier
  /** With its country prefix. */
  readonly vatId?: string
  readonly taxRegistrationId?: string
  readonly legalInformation?: string
  readonly endpoint?: Identifier
  readonly address: Address
  readonly contact?: Contact
}

/** BG-7. */
interface Buyer {
  readonly name: string
  readonly tradingName?: string
  /** EN 16931 allows one. */
  readonly identifiers?: readonly Identifier[]
  readonly legalRegistration?: Identifier
  readonly vatId?: string
  readonly endpoint?: Identifier
  readonly address: Address
  readonly contact?: Contact
}

/** BG-10. Only when another than the seller is paid. */
interface Payee {
  readonly name: string
  readonly identifier?: Identifier
  readonly legalRegistration?: Identifier
  /** UNTDID 3035. */
  readonly role?: string
  readonly vatId?: string
  readonly endpoint?: OptionalIdentifier
  readonly address?: Partial<Address>
  readonly contact?: Contact
}

/** A party of EXTENDED-CTC-FR. */
export interface OtherParty {
  readonly name?: string
  readonly tradingName?: string
  /** UNTDID 3035. */
  readonly role?: string
  readonly identifiers?: readonly Identifier[]
  readonly legalRegistration?: OptionalIdentifier
  readonly vatId?: string
  readonly legalInformation?: string
  readonly endpoint?: OptionalIdentifier
  readonly address?: Partial<Address>
  readonly contact?: Contact
}

/** As Identifier, where nothing is demanded. */
export type OptionalIdentifier = Partial<Identifier>

/** Factur-X EXTENDED: what paying early saves, or paying late costs. */
interface PaymentCondition {
  readonly from?: string
  /** How long from then, in `periodUnit`. */
  readonly period?: Decimal
  /** UN/ECE Recommendation 20: `DAY`, … */
  readonly periodUnit?: string
  readonly base?: Decimal
  /** Of the base, in per cent. */
  readonly percentage?: Decimal
  readonly amount?: Decimal
}

interface FurtherPaymentTerms {
  readonly text?: string
  readonly dueDate?: string
  readonly amount?: Decimal
}

/** Incoterms. */
interface DeliveryTerms {
  readonly code?: string
  readonly place?: string
}

/** From the invoice currency to the VAT accounting currency, or the other way round. */
interface ExchangeRate {
  readonly source?: string
  readonly target?: string
  readonly rate?: Decimal
  readonly date?: string
}

interface Prepayment {
  readonly amount?: Decimal
  readonly date?: string
}

/** BG-11. */
interface TaxRepresentative {
  readonly name: string
  readonly vatId: string
  readonly address: Address
}

/** BG-5, BG-8, BG-12, BG-15. */
export interface Address {
  readonly line1?: string
  readonly line2?: string
  readonly line3?: string
  readonly city?: string
  readonly postCode?: string
  readonly subdivision?: string
  /** ISO 3166-1 alpha-2. */
  readonly country: string
}

/** BG-6, BG-9. */
export interface Contact {
  readonly name?: string
  /** Beside a person's name; a department alone is the `name`. No business term; UBL has no place for it. */
  readonly department?: string
  readonly phone?: string
  readonly email?: string
}

/** BG-13. */
interface Delivery {
  readonly name?: string
  readonly location?: Identifier
  readonly date?: string
  readonly address?: Address
}

/** BG-14, BG-26. */
export interface Period {
  readonly start?: string
  readonly end?: string
}

/** BG-16, once per way of paying; EN 16931 demands the same code in each. */
export interface PaymentMeans {
  /** UNTDID 4461: 30 credit transfer, 58 SEPA credit transfer, … */
  readonly code: string
  readonly text?: string
  /** What the buyer is asked to quote when paying. */
  readonly remittanceInformation?: string
  readonly transfer?: CreditTransfer
  readonly card?: PaymentCard
  readonly directDebit?: DirectDebit
}

/** BG-17. */
interface CreditTransfer {
  /** IBAN or another account number. */
  readonly account: string
  /** A proprietary number beside the IBAN. No business term; UBL has no place for it. */
  readonly proprietaryAccount?: string
  readonly accountName?: string
  /** BIC or another bank identifier. */
  readonly bank?: string
}

/** BG-18. */
interface PaymentCard {
  /** At most the first six and the last four digits. */
  readonly number: string
  readonly holder?: string
  /** No business term; UBL demands it. */
  readonly network?: string
}

/** BG-19. */
interface DirectDebit {
  readonly mandate?: string
  readonly debitedAccount?: string
}

/** BG-20 and BG-21: an allowance or charge on the whole invoice. */
interface DocumentAllowance extends LineAllowance {
  readonly vat: VatCategory
}

/** BG-27 and BG-28. `amount` is positive in both: whether it is taken off or added is said by the group. */
export interface LineAllowance {
  readonly amount: Decimal
  readonly base?: Decimal
  /** Of the base, in per cent. */
  readonly percentage?: Decimal
  readonly reason?: string
  readonly reasonCode?: string
}

/** BG-30, and the VAT terms of BG-20 and BG-21. */
export interface VatCategory {
  /** UNTDID 5305: S, Z, E, AE, K, G, O, L, M, B. */
  readonly category: string
  /** Per cent; absent for O only. */
  readonly rate?: Decimal
  readonly exemptionReason?: string
  /** VATEX code. */
  readonly exemptionReasonCode?: string
}

/** BG-22. */
interface Totals {
  readonly lineNet: Decimal
  readonly allowances?: Decimal
  readonly charges?: Decimal
  readonly withoutVat: Decimal
  readonly vat?: Decimal
  /** BT-111, in `vatCurrency`. */
  readonly vatInVatCurrency?: Decimal
  readonly withVat: Decimal
  readonly paid?: Decimal
  readonly rounding?: Decimal
  readonly payable: Decimal
}

/** BG-23: one per VAT category and rate. */
export interface VatBreakdown extends VatCategory {
  readonly taxable: Decimal
  readonly tax: Decimal
}

/** BG-24. */
interface SupportingDocument {
  readonly reference: string
  readonly description?: string
  readonly url?: string
  readonly file?: AttachedFile
}

/** BT-125. */
interface AttachedFile {
  /** Base64 without blanks. */
  readonly content: string
  readonly mimeType: string
  readonly filename: string
}

/**
 * BG-25. Lines may have parts (EXTENDED-CTC-FR): each part is a line of its own that names its parent. A line of the kind GROUP sums
 * up its parts and one of the kind INFORMATION only says something; these two may lack `quantity`, `unit`, `net`, `price` and `vat`,
 * which every other line has.
 */
export interface InvoiceLine {
  readonly id: string
  /** EXT-FR-FE-162: the `id` of the line that this one is a part of. */
  readonly parentId?: string
  /** EXT-FR-FE-163: `GROUP`, `DETAIL` or `INFORMATION`; a line without parts may leave it out. */
  readonly kind?: string
  /** BT-127. EN 16931 allows one, without a subject code; EXTENDED-CTC-FR several. */
  readonly notes?: readonly Note[]
  /** BT-128. EN 16931 allows one, EXTENDED-CTC-FR several. */
  readonly objects?: readonly Identifier[]
  readonly quantity?: Decimal
  /** UN/ECE Recommendation 20 or, with X, 21. */
  readonly unit?: string
  readonly net?: Decimal
  readonly purchaseOrderLine?: string
  readonly purchaseOrder?: string
  readonly salesOrder?: string
  readonly salesOrderLine?: string
  readonly despatchAdvice?: LineReference
  readonly receivingAdvice?: LineReference
  readonly precedingInvoices?: readonly LinePrecedingInvoice[]
  readonly otherDocuments?: readonly { readonly number?: string }[]
  readonly delivery?: LineDelivery
  readonly deliveryTerms?: DeliveryTerms
  /** Who sells what the line is about, in an invoice of several sellers. */
  readonly seller?: OtherParty
  readonly buyerAccountingReference?: string
  readonly period?: Period
  readonly allowances?: readonly LineAllowance[]
  readonly charges?: readonly LineAllowance[]
  readonly price?: Price
  readonly vat?: VatCategory
  /** As the document's: UNTDID 2005. */
  readonly vatPointDateCode?: string
  readonly vatAmount?: Decimal
  /** In `vatCurrency` of the invoice. */
  readonly vatAmountInVatCurrency?: Decimal
  readonly amountWithVat?: Decimal
  readonly packageQuantity?: Decimal
  readonly packageUnit?: string
  readonly item: Item
}

/** A line of another document. */
export interface LineReference {
  readonly number?: string
  readonly line?: string
  readonly date?: string
}

interface LinePrecedingInvoice {
  readonly number?: string
  readonly typeCode?: string
  readonly issueDate?: string
  readonly line?: string
}

interface LineDelivery {
  readonly name?: string
  readonly location?: OptionalIdentifier
  readonly date?: string
  readonly address?: Partial<Address>
}

/** BG-29. */
export interface Price {
  /** After the discount, for `baseQuantity` units. Never negative. */
  readonly net: Decimal
  readonly discount?: Decimal
  readonly discountReason?: string
  readonly discountReasonCode?: string
  readonly gross?: Decimal
  readonly baseQuantity?: Decimal
  readonly baseUnit?: string
}

/** BG-31. */
export interface Item {
  readonly name: string
  readonly description?: string
  readonly sellersId?: string
  readonly buyersId?: string
  readonly standardId?: Identifier
  readonly classifications?: readonly Classification[]
  readonly originCountry?: string
  readonly attributes?: readonly ItemAttribute[]
}

/** BT-158. */
interface Classification {
  readonly code: string
  /** UNTDID 7143. */
  readonly list: string
  readonly listVersion?: string
}

/** BG-32. */
export interface ItemAttribute {
  readonly name?: string
  /** EXT-FR-FE-159: says what the attribute is, as the name does. */
  readonly code?: string
  readonly value?: string
  /** EXT-FR-FE-160: the value, when it is a quantity. */
  readonly quantity?: Decimal
  readonly unit?: string
}

/** The model while it is being read: anything may still be missing. */
export type Draft<T> = T extends Decimal | string
  ? T
  : T extends readonly (infer Item)[]
    ? Draft<Item>[]
    : { -readonly [Key in keyof T]?: Draft<NonNullable<T[Key]>> }

export type InvoiceDraft = Draft<Invoice>

/** T for reading only, with anything missing: what an invoice and a draft both are. */
export type Partially<T> = T extends Decimal | string
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Partially<Item>[]
    : { readonly [Key in keyof T]?: Partially<NonNullable<T[Key]>> }

/**
 * What a document says when it is no whole invoice: a Factur-X of the profiles MINIMUM and BASIC WL has no lines, a damaged document
 * lacks more. Every `Invoice` is one.
 */
export type PartialInvoice = Partially<Invoice>
