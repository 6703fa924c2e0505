import { type Octets, type BlobKey, inMemory } from '../../kernel/index.ts'
import type { Invoice, InvoiceSummary, Transmission, TransmissionState } from '../../services/domain.ts'
import type { BlobStore } from '../../services/ports.ts'

/* Rows as the driver gives them, and what they mean. */

/** Columns of transmission `t` with its job `j` and its sealed message `s`; null where there is none. */
export const transmissionColumns = `
  t.id, t.direction, t.state, t.route, coalesce(t.message_id, s.message_id) as message_id, t.peer, t.attempts, j.due_at,
  j.claimed_by, t.failure, t.created_at, t.updated_at, t.sender, t.receiver, t.document_scheme, t.document_type,
  t.process_scheme, t.process, t.country_c1, t.instance_id, t.content_size, encode(t.content_sha256, 'hex') as content_sha256`

export interface TransmissionRow {
  readonly id: string
  readonly direction: Transmission['direction']
  readonly state: TransmissionState
  readonly route: Transmission['route']
  readonly message_id: string | null
  readonly peer: string | null
  readonly attempts: number
  readonly due_at: number | null
  readonly claimed_by: number | null
  readonly failure: Transmission['failure'] | null
  readonly created_at: number
  readonly updated_at: number
  readonly sender: string
  readonly receiver: string
  readonly document_scheme: string
  readonly document_type: string
  readonly process_scheme: string
  readonly process: string
  readonly country_c1: string
  readonly instance_id: string
  readonly content_size: number
  readonly content_sha256: string
}

/** The transmission as its row says; a claim is shown by `withClaim`. */
export function transmissionOf(row: TransmissionRow): Transmission {
  const waits = row.direction === 'outbound' && row.claimed_by === null
  return {
    id: row.id as Transmission['id'],
    direction: row.direction,
    state: row.state,
    route: row.route,
    messageId: row.message_id ?? undefined,
    peer: row.peer ?? undefined,
    attempts: row.attempts,
    nextAttemptAt: waits ? ((row.due_at ?? undefined) as Transmission['nextAttemptAt']) : undefined,
    failure: row.failure ?? undefined,
    createdAt: row.created_at as Transmission['createdAt'],
    updatedAt: row.updated_at as Transmission['updatedAt'],
    sender: { scheme: 'iso6523-actorid-upis', value: row.sender },
    receiver: { scheme: 'iso6523-actorid-upis', value: row.receiver },
    documentType: { scheme: row.document_scheme as Transmission['documentType']['scheme'], value: row.document_type },
    process: { scheme: row.process_scheme, value: row.process },
    countryC1: row.country_c1,
    instanceId: row.instance_id,
    contentSize: row.content_size,
    contentSha256: row.content_sha256,
  }
}

/** What people see: a claimed row is being worked on. */
export function withClaim(row: TransmissionRow): Transmission {
  const transmission = transmissionOf(row)
  if (row.claimed_by === null) return transmission
  return { ...transmission, state: row.direction === 'outbound' ? 'sending' : 'processing' }
}

/** Columns of content `c`, without the evidence. */
export interface PayloadRow {
  readonly payload: Buffer | null
  readonly payload_key: string | null
  readonly payload_size: number
}

export function octetsOf(row: PayloadRow, blobs: Pick<BlobStore, 'open'>): Octets {
  if (row.payload_key === null) return inMemory(row.payload ?? Buffer.alloc(0))
  const key = row.payload_key as BlobKey
  return { kind: 'stored', size: row.payload_size, key, open: () => blobs.open(key) }
}

/** The two ways octets are stored. */
export function payloadColumns(octets: Octets): { payload: Buffer | undefined; key: string | undefined; size: number } {
  return octets.kind === 'memory'
    ? { payload: octets.bytes, key: undefined, size: octets.size }
    : { payload: undefined, key: octets.key, size: octets.size }
}

export interface InvoiceRow {
  readonly invoice_id: string
  readonly number: string
  readonly type_code: string
  readonly issue_date: string
  readonly due_date: string | null
  readonly currency: string
  readonly payable: string
  readonly seller_name: string
  readonly buyer_name: string
  readonly judged: Invoice['verdict'] | null
}

export const invoiceColumns = `
  i.id as invoice_id, i.number, i.type_code, i.issue_date, i.due_date, i.currency, i.payable, i.seller_name, i.buyer_name,
  case when i.verdict is null then null
    else jsonb_build_object('valid', i.verdict->'valid', 'packs', i.verdict->'packs') end as judged`

export function invoiceOf(row: InvoiceRow & TransmissionRow): Invoice {
  const summary: InvoiceSummary = {
    number: row.number,
    typeCode: row.type_code,
    issueDate: row.issue_date,
    dueDate: row.due_date ?? undefined,
    currency: row.currency,
    payable: row.payable,
    sellerName: row.seller_name,
    buyerName: row.buyer_name,
  }
  return {
    ...summary,
    id: row.invoice_id as Invoice['id'],
    direction: row.direction,
    verdict: row.judged ?? undefined,
    transmission: withClaim(row),
  }
}
