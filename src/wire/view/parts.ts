import type { PartialInvoice } from '../invoice/index.ts'

/* Names for the parts of an invoice of which anything may be missing. */

type ItemOf<List> = NonNullable<List> extends readonly (infer Item)[] ? Item : never

export type Line = ItemOf<PartialInvoice['lines']>
export type LineAdjustment = ItemOf<Line['allowances']>
export type Adjustment = ItemOf<PartialInvoice['allowances']>
export type Attribute = ItemOf<NonNullable<Line['item']>['attributes']>
export type VatRow = ItemOf<PartialInvoice['vatBreakdown']>
export type Vat = NonNullable<Line['vat']>
export type Price = NonNullable<Line['price']>
export type Means = ItemOf<PartialInvoice['paymentMeans']>
export type Attachment = ItemOf<PartialInvoice['attachments']>
export type Condition = NonNullable<PartialInvoice['paymentDiscount']>
export type Note = ItemOf<PartialInvoice['notes']>
export type PrecedingInvoice = ItemOf<Line['precedingInvoices']>
export type LineReference = NonNullable<Line['despatchAdvice']>
export type Delivery = NonNullable<PartialInvoice['delivery']>
export type DeliveryTerms = NonNullable<PartialInvoice['deliveryTerms']>
export type Address = NonNullable<NonNullable<PartialInvoice['seller']>['address']>
export type Contact = NonNullable<NonNullable<PartialInvoice['seller']>['contact']>
export type Identifier = NonNullable<NonNullable<PartialInvoice['seller']>['legalRegistration']>
export type Period = NonNullable<PartialInvoice['period']>
