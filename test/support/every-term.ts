import { Decimal, type Entry, type Leaf, type PartialInvoice, invoiceFields } from '../../src/wire/invoice/index.ts'

/** A term with the value it has in `everyTerm`, as a French page says it. */
export interface Said {
  /** The way to it: `lines.item.name`. */
  readonly path: string
  readonly term: string
  readonly shown: string
}

/**
 * An invoice in which every row of the table of terms has a value of its own, and what each must look like in French. Codes are none
 * that a list knows, so that they are shown as they are.
 */
export function everyTerm(): { readonly invoice: PartialInvoice; readonly said: readonly Said[] } {
  const said: Said[] = []
  const invoice = valuesOf(invoiceFields, '', said) as PartialInvoice
  return { invoice, said }
}

function valuesOf(fields: Readonly<Record<string, Entry>>, path: string, said: Said[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, entry]) => {
      const here = path === '' ? key : `${path}.${key}`
      if (entry.shape === 'leaf') return [key, valueOf(entry, here, said)]
      const inside = valuesOf(entry.fields, here, said)
      return [key, entry.shape === 'many' ? [inside] : inside]
    }),
  )
}

function valueOf({ kind, term }: Leaf, path: string, said: Said[]): string | Decimal {
  const { value, shown } = made(kind, said.length)
  said.push({ path, term, shown })
  return value
}

/** Short, because what is wider than its column would be broken. */
function made(kind: Leaf['kind'], index: number): { value: string | Decimal; shown: string } {
  if (kind === 'date') {
    const day = new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10)
    return { value: day, shown: day.split('-').toReversed().join('/') }
  }
  if (kind === 'text' || kind === 'code' || kind === 'base64') {
    const token = `Ω${index.toString(36).padStart(2, '0')}`
    return { value: token, shown: token }
  }
  return { value: new Decimal(BigInt((100 + index) * 100 + 25), 2), shown: `${100 + index},25` }
}

/** Terms that a page does not say, each with its reason. */
export const unsaid: Readonly<Record<string, string>> = {
  'attachments.file.content': 'octets of a file; the page names it',
  'lines.parentId': 'the line stands under its parent',
  'lines.kind': 'a group is bold, information is grey',
  'allowances.reasonCode': 'the reason in words is said instead',
  'charges.reasonCode': 'the reason in words is said instead',
  'lines.allowances.reasonCode': 'the reason in words is said instead',
  'lines.charges.reasonCode': 'the reason in words is said instead',
  'lines.price.discountReasonCode': 'the reason in words is said instead',
}
