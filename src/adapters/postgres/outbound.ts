import type { Instant } from '../../kernel/index.ts'
import type { InvoiceId, TransmissionId } from '../../services/domain.ts'
import type {
  BlobStore,
  OutboundClaim,
  OutboundOutcome,
  OutboundRecord,
  OutboundSettlement,
} from '../../services/ports.ts'
import { participantKey } from '../../wire/peppol/index.ts'
import { bigintArray, byteaArray, instantArray, integerArray, jsonArray, textArray, uuidArray } from './arrays.ts'
import { addressingArrays, addressingNames, invoiceArrays, invoiceNames, invoiceTypes, parameters } from './columns.ts'
import type { Pool, Statement } from './pool.ts'
import {
  type PayloadRow,
  type TransmissionRow,
  octetsOf,
  payloadColumns,
  transmissionColumns,
  transmissionOf,
} from './rows.ts'
import { type SealedRow, sealedArrays, sealedColumns, sealedNames, sealedOf, sealedTypes } from './sealed.ts'

/**
 * Transmission, payload, invoice, job and event of every record that is new: one statement, one commit. An idempotency key or an
 * invoice number that is taken leaves its row out of the answer and changes nothing.
 */
const record: Statement = {
  name: 'outbound-record',
  text: `
    with record as (
      select * from unnest(${parameters(1, 'uuid jsonb timestamptz bigint bytea bytea text text uuid text integer text text text text text text text text text')})
        as r (id, route, at, content_size, content_sha256, payload_digest, idempotency_key, request_sha256, invoice_id,
          invoice_number, claimed_by, ${addressingNames})
    ), fresh as (
      insert into transmission (id, direction, state, original, compressed, route, created_at, updated_at, content_size,
          content_sha256, payload_digest, idempotency_key, request_sha256, invoice_id, invoice_number, ${addressingNames})
        select id, 'outbound', 'queued', true, true, route, at, at, content_size, content_sha256, payload_digest,
          idempotency_key, request_sha256, invoice_id, invoice_number, ${addressingNames}
        from record
        on conflict do nothing
        returning id, created_at
    ), payload as (
      insert into content (transmission_id, payload, payload_key, payload_size)
        select id, payload, payload_key, payload_size
        from unnest(${parameters(21, 'uuid bytea text bigint')}) as c (id, payload, payload_key, payload_size)
        where id in (select id from fresh)
    ), invoice as (
      insert into invoice (transmission_id, direction, ${invoiceNames})
        select transmission_id, 'outbound', ${invoiceNames}
        from unnest(${parameters(25, `uuid ${invoiceTypes}`)}) as i (transmission_id, ${invoiceNames})
        where transmission_id in (select id from fresh) and id is not null
    ), sealed as (
      insert into sealed_message (transmission_id, ${sealedNames})
        select m.* from unnest(${parameters(36, `uuid ${sealedTypes}`)}) as m (id, ${sealedNames})
        where message_id is not null and id in (select id from fresh)
    ), work as (
      insert into job (transmission_id, direction, due_at, claimed_by)
        select id, 'outbound', at, claimed_by from record where id in (select id from fresh)
    ), history as (
      insert into event (transmission_id, at, kind, detail) select id, created_at, 'submitted', '{}' from fresh
    )
    select id from fresh`,
}

export interface OutboundRecording {
  readonly record: OutboundRecord
  /** Who holds the job from the start; undefined leaves it to be claimed. */
  readonly claimant: number | undefined
}

export async function recordOutbound(
  pool: Pool,
  recordings: readonly OutboundRecording[],
): Promise<readonly OutboundOutcome[]> {
  const records = recordings.map(({ record }) => record)
  const ids = uuidArray(records.map(({ id }) => id))
  const payloads = records.map(({ payload }) => payloadColumns(payload))
  const invoices = records.map(({ invoice }) => invoice)
  const fresh = await pool.query<{ id: string }>(record, [
    ids,
    jsonArray(records.map(({ route }) => route)),
    instantArray(records.map(({ at }) => at)),
    bigintArray(records.map(({ contentSize }) => contentSize)),
    byteaArray(records.map(({ contentSha256 }) => contentSha256)),
    byteaArray(records.map(({ payloadDigest }) => payloadDigest)),
    textArray(records.map(({ idempotency }) => idempotency?.key)),
    textArray(records.map(({ idempotency }) => idempotency?.requestSha256)),
    uuidArray(invoices.map(invoice => invoice?.id)),
    textArray(invoices.map(invoice => invoice?.number)),
    integerArray(recordings.map(({ claimant }) => claimant)),
    ...addressingArrays(records),
    ids,
    byteaArray(payloads.map(({ payload }) => payload)),
    textArray(payloads.map(({ key }) => key)),
    bigintArray(payloads.map(({ size }) => size)),
    ids,
    ...invoiceArrays(invoices),
    ids,
    ...sealedArrays(records.map(({ sealed }) => sealed)),
  ])
  const recorded = new Set(fresh.map(({ id }) => id))
  const outcomes: OutboundOutcome[] = []
  for (const record of records) {
    outcomes.push(recorded.has(record.id) ? { kind: 'recorded' } : await explainTaken(pool, record))
  }
  return outcomes
}

/** At most three rows: the one of this very call (its answer was lost before), the one with the key, the one with the number. */
const findTaken: Statement = {
  name: 'outbound-find-taken',
  text: `
    select id, invoice_id, request_sha256, 1 as rank from transmission where id = $1
    union all
    select id, invoice_id, request_sha256, 2 from transmission where idempotency_key = $2
    union all
    select id, invoice_id, request_sha256, 3 from transmission
      where direction = 'outbound' and sender_key = $3 and invoice_number = $4
    order by rank`,
}

interface TakenRow {
  readonly id: string
  readonly invoice_id: InvoiceId | null
  readonly request_sha256: string | null
  readonly rank: number
}

/** The idempotency key is asked first: a repeated request also repeats the invoice number. */
async function explainTaken(pool: Pool, record: OutboundRecord): Promise<OutboundOutcome> {
  const { id, idempotency, invoice, sender } = record
  const [taken] = await pool.query<TakenRow>(findTaken, [id, idempotency?.key, participantKey(sender), invoice?.number])
  if (taken?.id === id) return { kind: 'recorded' }
  if (!taken) throw new Error(`transmission ${id} was neither recorded nor in conflict with another one`)
  if (taken.rank === 3) return { kind: 'number-taken', invoiceId: invoiceIdOf(taken) }
  if (taken.request_sha256 !== idempotency?.requestSha256) return { kind: 'key-reused' }
  return { kind: 'repeat', invoiceId: invoiceIdOf(taken) }
}

/** A request with a key or a number is one that sends an invoice. */
function invoiceIdOf({ id, invoice_id }: TakenRow): InvoiceId {
  if (invoice_id === null) throw new Error(`transmission ${id} has an idempotency key and no invoice`)
  return invoice_id
}

const claim: Statement = {
  name: 'outbound-claim',
  text: `
    with due as (
      select transmission_id from job
      where direction = 'outbound' and claimed_by is null and due_at <= $3::timestamptz
      order by due_at limit $2 for update skip locked
    ), mine as (
      update job set claimed_by = $1 from due where job.transmission_id = due.transmission_id
      returning job.transmission_id, job.due_at
    )
    select ${transmissionColumns}, t.payload_digest, c.payload, c.payload_key, c.payload_size, ${sealedColumns}
    from (select transmission_id, due_at, null::integer as claimed_by from mine) j
    join transmission t on t.id = j.transmission_id
    join content c on c.transmission_id = t.id
    left join sealed_message s on s.transmission_id = t.id
    order by j.due_at`,
}

type ClaimRow = TransmissionRow & PayloadRow & SealedRow & { readonly payload_digest: Buffer }

export async function claimOutbound(
  pool: Pool,
  request: { claimant: number; most: number; now: Instant },
  blobs: Pick<BlobStore, 'open'>,
): Promise<readonly OutboundClaim[]> {
  const now = new Date(request.now).toISOString()
  const rows = await pool.query<ClaimRow>(claim, [request.claimant, request.most, now])
  return rows.map(row => ({
    transmission: transmissionOf(row),
    payload: octetsOf(row, blobs),
    payloadDigest: row.payload_digest,
    sealed: sealedOf(row),
  }))
}

/** A final state deletes the job, another attempt gives it back; whoever no longer holds the claim changes nothing. */
const settle: Statement = {
  name: 'outbound-settle',
  text: `
    with settlement as (
      select * from unnest(${parameters(2, 'uuid text timestamptz jsonb text integer timestamptz text jsonb timestamptz text jsonb')})
        as s (id, state, next_at, failure, peer, number, started_at, outcome, steps, at, kind, detail)
    ), done as (
      delete from job using settlement
      where job.transmission_id = settlement.id and job.claimed_by = $1 and settlement.next_at is null
      returning settlement.id
    ), again as (
      update job set claimed_by = null, due_at = settlement.next_at from settlement
      where job.transmission_id = settlement.id and job.claimed_by = $1 and settlement.next_at is not null
      returning settlement.id
    ), mine as (
      select id from done union all select id from again
    ), facts as (
      update transmission t set state = settlement.state, failure = settlement.failure, updated_at = settlement.at,
        attempts = settlement.number, peer = coalesce(settlement.peer, t.peer)
      from settlement where t.id = settlement.id and settlement.id in (select id from mine)
    ), history as (
      insert into event (transmission_id, at, kind, detail)
        select id, at, kind, detail from settlement where id in (select id from mine)
    )
    insert into attempt (transmission_id, number, started_at, outcome, steps, answer)
      select settlement.id, number, started_at, outcome, steps, answer
      from settlement join unnest(${parameters(14, 'uuid bytea')}) as a (id, answer) on a.id = settlement.id
      where settlement.id in (select id from mine)`,
}

export interface OutboundSettling {
  readonly id: TransmissionId
  readonly settlement: OutboundSettlement
}

export async function settleOutbound(
  pool: Pool,
  claimant: number,
  settlings: readonly OutboundSettling[],
): Promise<readonly undefined[]> {
  const ids = uuidArray(settlings.map(({ id }) => id))
  const settlements = settlings.map(({ settlement }) => settlement)
  await pool.query(settle, [
    claimant,
    ids,
    textArray(settlements.map(({ state }) => state)),
    instantArray(settlements.map(({ nextAttemptAt }) => nextAttemptAt)),
    jsonArray(settlements.map(({ failure }) => failure)),
    textArray(settlements.map(({ peer }) => peer)),
    integerArray(settlements.map(({ attempt }) => attempt.number)),
    instantArray(settlements.map(({ attempt }) => attempt.startedAt)),
    textArray(settlements.map(({ attempt }) => attempt.outcome)),
    jsonArray(settlements.map(({ attempt }) => attempt.steps)),
    instantArray(settlements.map(({ event }) => event.at)),
    textArray(settlements.map(({ event }) => event.kind)),
    jsonArray(settlements.map(({ event }) => event.detail)),
    ids,
    byteaArray(settlements.map(({ answer }) => answer)),
  ])
  return settlings.map(() => undefined)
}

const defer: Statement = {
  name: 'outbound-defer',
  text: `
    update job set claimed_by = null, due_at = deferral.due_at
    from unnest(${parameters(2, 'uuid timestamptz')}) as deferral (id, due_at)
    where job.transmission_id = deferral.id and job.claimed_by = $1`,
}

export interface Deferring {
  readonly id: TransmissionId
  readonly until: Instant
}

export async function deferOutbound(
  pool: Pool,
  claimant: number,
  deferrings: readonly Deferring[],
): Promise<readonly undefined[]> {
  await pool.query(defer, [
    claimant,
    uuidArray(deferrings.map(({ id }) => id)),
    instantArray(deferrings.map(({ until }) => until)),
  ])
  return deferrings.map(() => undefined)
}
