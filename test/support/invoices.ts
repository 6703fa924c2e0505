import { type Invoice, readInvoice, writeCii, writeUbl } from '../../src/wire/invoice/index.ts'

export interface InvoiceFacts {
  readonly number: string
  /** Electronic addresses of seller and buyer, `0225:…`. */
  readonly seller: string
  readonly buyer: string
  /** More makes a longer document. */
  readonly lines?: number
}

let count = 0

/** A number that no other invoice of this process has. */
export function nextNumber(): string {
  return `F-${process.pid}-${++count}`
}

/** An invoice as the API takes it: the least it must say. */
export function invoiceJson({ number, seller, buyer, lines = 1 }: InvoiceFacts): object {
  return {
    number,
    issueDate: '2026-11-21',
    currency: 'EUR',
    buyerReference: 'order 42',
    paymentTerms: '30 days',
    seller: party('Atelier des Quais', seller, { vatId: 'FR44391838042' }),
    buyer: party('Librairie Mistral', buyer, {}),
    lines: Array.from({ length: lines }, (_, index) => ({
      id: `${index + 1}`,
      quantity: '3',
      unit: 'HUR',
      item: { name: `Bookbinding ${index}` },
      price: { net: '48.50' },
      vat: { category: 'S', rate: '20' },
    })),
  }
}

/** The same as UBL. */
export function invoiceUbl(facts: InvoiceFacts): Buffer {
  return writeUbl(invoiceOf(facts))
}

/** The same as CII. */
export function invoiceCii(facts: InvoiceFacts): Buffer {
  return writeCii(invoiceOf(facts))
}

function invoiceOf(facts: InvoiceFacts): Invoice {
  const read = readInvoice(invoiceJson(facts))
  if ('findings' in read) throw new Error(JSON.stringify(read.findings))
  return read.invoice
}

function party(name: string, address: string, more: object): object {
  const [scheme, value] = address.split(':')
  return { name, ...more, endpoint: { scheme, value }, address: { country: 'FR' } }
}
