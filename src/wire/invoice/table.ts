import type { Decimal } from './decimal.ts'

/*
 * What a row of the table in terms.ts says. A row is a leaf (a business term) or a group of rows.
 *
 * A path in UBL or CII is relative to the group around it:
 *   cac:Price/cbc:PriceAmount             elements from outside to inside; the last one holds the value
 *   cbc:EndpointID/@schemeID, @schemeID   an attribute; `.` is the element of the group itself
 *   /ram:A/ram:B                          from the root: said once for all items of a group that repeats
 *   cac:TaxCategory[cac:TaxScheme/cbc:ID=VAT]  on reading, only an element where this holds; on writing, it is made to hold
 *   cac:PartyTaxScheme[cac:TaxScheme/cbc:ID!=VAT]  where it does not hold; what to write is in the fillers of the syntax
 *   ram:GlobalID[@schemeID]               only with this attribute
  ram:SpecifiedTradePaymentTerms[+]     every one but the first, which has rows of its own
 *   $currency, $vatCurrency, $number      the document's BT-5, BT-6 and BT-1
 *   ram:GlobalID[@schemeID] | ram:ID      several places are read; written is the first that fits the value
 * Of rows whose last element differs in the predicate only, the first that holds takes the element.
 */

/** amount: at most 2 decimals; price: any number of decimals; percentage: a number of per cent. */
export type LeafKind = 'text' | 'code' | 'date' | 'base64' | 'amount' | 'price' | 'quantity' | 'percentage'

export interface LeafOptions {
  /** Where the element stands in a CreditNote, when that differs. */
  readonly creditNote?: string
  /** Of two CII places, the first takes what fits this and the second everything else. */
  readonly ciiFirstIf?: RegExp
  /** The second CII place only repeats the first: alone it does not say the term. */
  readonly ciiRepeated?: true
  /** What the second CII place says when the first one says the term: the sibling that has no place of its own. */
  readonly ciiOverflow?: string
  /** The CII code for each code of the model, where CII uses another list. */
  readonly ciiCodes?: Readonly<Record<string, string>>
  /** A term of the document that CII says in every item of a group; else it is written in the first one. */
  readonly ciiEverywhere?: true
  /** The rule that demands the term whenever its group is there. */
  readonly missing?: string
  /** Demanded only in a group of which this holds. */
  readonly demandedIf?: (group: Readonly<Record<string, unknown>>) => boolean
  /** Computed when a JSON author leaves it out: from the whole invoice, or from other terms of its group when those are there. */
  readonly derived?: 'invoice' | 'group'
  /** The rule that limits the decimals to two. */
  readonly decimals?: string
  readonly codes?: { readonly rule: string; readonly list: ReadonlySet<string> }
  /** Which currency the amount is in, when not BT-5. */
  readonly currency?: 'vatCurrency'
  /** In UBL the value of this sibling stands before the text, as `#AAI#`. */
  readonly prefixedBy?: string
  /** The rule that allows the term once where the XSD allows more. */
  readonly once?: string
  /** The UBL element means this in EXTENDED-CTC-FR only, and something else in every other invoice. */
  readonly ublExtendedOnly?: true
}

export interface Leaf<Kind extends LeafKind = LeafKind> extends LeafOptions {
  readonly shape: 'leaf'
  readonly kind: Kind
  /** `BT-31`; '' for the few elements that are no business term. */
  readonly term: string
  /** The name the standard gives the term. */
  readonly name: string
  /** '' when the value has no element of its own. */
  readonly ubl: string
  /** '' when CII has no place for it. */
  readonly cii: string
}

export interface GroupOptions {
  readonly creditNote?: string
  readonly missing?: string
  readonly demandedIf?: (group: Readonly<Record<string, unknown>>) => boolean
  /** Demanded, and the rows inside say by which rules. */
  readonly required?: true
  readonly derived?: 'invoice'
  readonly once?: string
  readonly ublExtendedOnly?: true
}

export interface Group<Shape extends 'one' | 'many' = 'one' | 'many'> extends GroupOptions {
  readonly shape: Shape
  readonly term: string
  readonly name: string
  readonly ubl: string
  readonly cii: string
  readonly fields: Readonly<Record<string, Entry>>
}

export type Entry = Leaf | Group

type TextKind = 'text' | 'code' | 'date' | 'base64'
type NumberKind = 'amount' | 'price' | 'quantity' | 'percentage'

/** The rows for a type of the model: one for each of its properties, of a kind that fits, and no other. */
export type Fields<T> = { readonly [Key in keyof T]-?: EntryOf<NonNullable<T[Key]>> }

type EntryOf<T> = T extends string
  ? Leaf<TextKind>
  : T extends Decimal
    ? Leaf<NumberKind>
    : T extends readonly (infer Item)[]
      ? Group<'many'> & { readonly fields: Fields<Item> }
      : Group<'one'> & { readonly fields: Fields<T> }

/** The path in UBL and the path in CII. */
export type Places = readonly [ubl: string, cii: string]

/** Makes the row constructor of one kind: term, name in the standard, places, options. */
function leaf<Kind extends LeafKind>(kind: Kind) {
  return (term: string, name: string, [ubl, cii]: Places, options: LeafOptions = {}): Leaf<Kind> => ({
    shape: 'leaf',
    kind,
    term,
    name,
    ubl,
    cii,
    ...options,
  })
}

export const text = leaf('text')
export const code = leaf('code')
export const date = leaf('date')
export const base64 = leaf('base64')
export const amount = leaf('amount')
export const price = leaf('price')
export const quantity = leaf('quantity')
export const percentage = leaf('percentage')

/** `term name`, the places of the group's element, its rows. */
export function one<F extends Readonly<Record<string, Entry>>>(
  title: string,
  [ubl, cii]: Places,
  fields: F,
  options: GroupOptions = {},
): Group<'one'> & { readonly fields: F } {
  return { shape: 'one', ...titled(title), ubl, cii, fields, ...options }
}

/** As `one`, for a group that repeats: its path ends with the element that is repeated. */
export function many<F extends Readonly<Record<string, Entry>>>(
  title: string,
  [ubl, cii]: Places,
  fields: F,
  options: GroupOptions = {},
): Group<'many'> & { readonly fields: F } {
  return { shape: 'many', ...titled(title), ubl, cii, fields, ...options }
}

function titled(title: string): { term: string; name: string } {
  const blank = title.indexOf(' ')
  return { term: title.slice(0, blank), name: title.slice(blank + 1) }
}
