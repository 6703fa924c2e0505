import type { Addressing, RecordedInvoice } from '../../services/domain.ts'
import { participantKey } from '../../wire/peppol/index.ts'
import { jsonArray, textArray, uuidArray } from './arrays.ts'

/* Column arrays that several statements share. A statement takes each column of its batch as one array parameter. */

export const addressingNames = `sender, sender_key, receiver, document_scheme, document_type, process_scheme, process,
  country_c1, instance_id`

/** In the order of `addressingNames`; all text. */
export function addressingValues(record: Addressing): readonly string[] {
  const { sender, receiver, documentType, process } = record
  return [
    sender.value,
    participantKey(sender),
    receiver.value,
    documentType.scheme,
    documentType.value,
    process.scheme,
    process.value,
    record.countryC1,
    record.instanceId,
  ]
}

/** One parameter per name of `addressingNames`. */
export function addressingArrays(records: readonly Addressing[]): readonly Buffer[] {
  const rows = records.map(addressingValues)
  return addressingNames.split(',').map((_, column) => textArray(rows.map(row => row[column])))
}

export const invoiceNames = `id, number, type_code, issue_date, due_date, currency, payable, seller_name, buyer_name, verdict`

/** One parameter per name of `invoiceNames`, of these types. */
export const invoiceTypes = 'uuid text text text text text text text text jsonb'

/** One parameter per name of `invoiceNames`. */
export function invoiceArrays(invoices: readonly (RecordedInvoice | undefined)[]): readonly Buffer[] {
  return [
    uuidArray(invoices.map(invoice => invoice?.id)),
    textArray(invoices.map(invoice => invoice?.number)),
    textArray(invoices.map(invoice => invoice?.typeCode)),
    textArray(invoices.map(invoice => invoice?.issueDate)),
    textArray(invoices.map(invoice => invoice?.dueDate)),
    textArray(invoices.map(invoice => invoice?.currency)),
    textArray(invoices.map(invoice => invoice?.payable)),
    textArray(invoices.map(invoice => invoice?.sellerName)),
    textArray(invoices.map(invoice => invoice?.buyerName)),
    jsonArray(invoices.map(invoice => invoice?.verdict)),
  ]
}

/** `$from::type[]` for the parameters of one unnest; `types` in order, e.g. `uuid text text`. */
export function parameters(from: number, types: string): string {
  return types
    .split(' ')
    .map((type, index) => `$${from + index}::${type}[]`)
    .join(', ')
}
