import type { PartialInvoice } from '../invoice/index.ts'

/* Names for the parts of an invoice of which anything may be missing. */

type ItemOf<List> = NonNullable<List> extends readonly (infer Item)[] ? Item : never

export type Line = ItemOf<PartialInvoice['lines']>
export type LineAdjustment = ItemOf<Line['allowances']>
export type Adjustment = ItemOf<PartialInvoice['allowances']>
export type VatRow = ItemOf<PartialInvoice['vatBreakdown']>
export type Vat = NonNullable<Line['vat']>
export type Means = ItemOf<PartialInvoice['paymentMeans']>
export type Attachment = ItemOf<PartialInvoice['attachments']>
export type Address = NonNullable<NonNullable<PartialInvoice['seller']>['address']>
export type Contact = NonNullable<NonNullable<PartialInvoice['seller']>['contact']>
export type Identifier = NonNullable<NonNullable<PartialInvoice['seller']>['legalRegistration']>
export type Period = NonNullable<PartialInvoice['period']>
