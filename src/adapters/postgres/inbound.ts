import type { Instant } from '../../kernel/index.ts'
import type { InboundState, RecordedInvoice, TransmissionId } from '../../services/domain.ts'
import type { BlobStore, InboundClaim, InboundOutcome, InboundRecord, InboundSettlement } from '../../services/ports.ts'
import { bigintArray, booleanArray, byteaArray, instantArray, jsonArray, textArray, uuidArray } from './arrays.ts'
import {
  addressingArrays,
  addressingNames,
  addressingValues,
  invoiceArrays,
  invoiceNames,
  invoiceTypes,
  parameters,
} from './columns.ts'
import type { Pool, Statement } from './pool.ts'
import {
  type PayloadRow,
  type TransmissionRow,
  octetsOf,
  payloadColumns,
  transmissionColumns,
  transmissionOf,
} from './rows.ts'

/**
 * Messages that are new in every respect, each with evidence, event, and its job or its settlement: one statement, one commit. A
 * message id or an instance id that is there already leaves its row out of the answer and changes nothing. The large columns are
 * unnested apart, so that the rows that are read several times stay small.
 */
const recordFresh: Statement = {
  name: 'inbound-record',
  text: `
    with record as (
      select * from unnest(${parameters(1, 'uuid text text timestamptz bigint bytea bytea boolean text text text text text text text text text')})
        as r (id, message_id, peer, at, content_size, content_sha256, identity, compressed, ${addressingNames})
    ), settlement as (
      select * from unnest(${parameters(18, 'uuid text jsonb timestamptz text jsonb')})
        as s (id, state, failure, at, kind, detail)
    ), fresh as (
      insert into transmission (id, direction, state, failure, route, original, created_at, updated_at, message_id, peer,
          content_size, content_sha256, identity, compressed, ${addressingNames})
        select r.id, 'inbound', coalesce(s.state, 'received'), s.failure, '{"kind":"peppol"}', true, r.at, coalesce(s.at, r.at),
          message_id, peer, content_size, content_sha256, identity, compressed, ${addressingNames}
        from record r join settlement s on s.id = r.id
        on conflict do nothing
        returning id, state, created_at, peer
    ), evidence as (
      insert into content (transmission_id, payload, payload_key, payload_size, envelope, answer)
        select id, payload, payload_key, payload_size, envelope, answer
        from unnest(${parameters(24, 'uuid bytea text bigint bytea bytea')})
          as c (id, payload, payload_key, payload_size, envelope, answer)
        where id in (select id from fresh)
    ), work as (
      insert into job (transmission_id, direction, due_at) select id, 'inbound', created_at from fresh where state = 'received'
    ), history as (
      insert into event (transmission_id, at, kind, detail)
        select id, created_at, 'received', jsonb_build_object('peer', peer) from fresh
        union all
        select id, at, kind, detail from settlement where state is not null and id in (select id from fresh)
    ), handed as (
      insert into invoice (transmission_id, direction, ${invoiceNames})
        select transmission_id, 'inbound', ${invoiceNames}
        from unnest(${parameters(30, `uuid ${invoiceTypes}`)}) as i (transmission_id, ${invoiceNames})
        where id is not null and transmission_id in (select id from fresh)
    )
    select id, state from fresh`,
}

export interface InboundRecording {
  readonly record: InboundRecord
  /** Undefined leaves it to a worker. */
  readonly settlement: InboundSettlement | undefined
}

export async function recordInbound(
  pool: Pool,
  recordings: readonly InboundRecording[],
): Promise<readonly InboundOutcome[]> {
  const records = recordings.map(({ record }) => record)
  const ids = uuidArray(records.map(({ id }) => id))
  const payloads = records.map(({ payload }) => payloadColumns(payload))
  const settlements = recordings.map(({ settlement }) => settlement)
  const fresh = await pool.query<{ id: string; state: InboundState }>(recordFresh, [
    ids,
    ...factArrays(records),
    ids,
    ...settlementArrays(settlements),
    ids,
    byteaArray(payloads.map(({ payload }) => payload)),
    textArray(payloads.map(({ key }) => key)),
    bigintArray(payloads.map(({ size }) => size)),
    byteaArray(records.map(({ envelope }) => envelope)),
    byteaArray(records.map(({ receipt }) => receipt)),
    ids,
    ...invoiceArrays(settlements.map(invoiceIn)),
  ])
  const states = new Map(fresh.map(({ id, state }) => [id, state]))
  const outcomes: InboundOutcome[] = []
  for (const record of records) {
    const state = states.get(record.id)
    outcomes.push(state ? { kind: 'recorded', state } : await recordKnown(pool, record))
  }
  return outcomes
}

function factArrays(records: readonly InboundRecord[]): readonly Buffer[] {
  return [
    textArray(records.map(({ messageId }) => messageId)),
    textArray(records.map(({ peer }) => peer)),
    instantArray(records.map(({ at }) => at)),
    bigintArray(records.map(({ contentSize }) => contentSize)),
    byteaArray(records.map(({ contentSha256 }) => contentSha256)),
    byteaArray(records.map(({ identity }) => identity)),
    booleanArray(records.map(({ compressed }) => compressed)),
    ...addressingArrays(records),
  ]
}

/** State, failure, and time, kind and detail of the event; all null without a settlement. */
function settlementArrays(settlements: readonly (InboundSettlement | undefined)[]): readonly Buffer[] {
  const events = settlements.map(settlement => settlement?.event)
  return [
    textArray(settlements.map(settlement => settlement?.state)),
    jsonArray(settlements.map(settlement => (settlement?.state === 'exception' ? settlement.failure : undefined))),
    instantArray(events.map(event => event?.at)),
    textArray(events.map(event => event?.kind)),
    jsonArray(events.map(event => event?.detail)),
  ]
}

function invoiceIn(settlement: InboundSettlement | undefined): RecordedInvoice | undefined {
  return settlement?.state === 'delivered' ? settlement.invoice : undefined
}

const findMessage: Statement = {
  name: 'inbound-find-message',
  text: `
    select t.id, t.state, t.identity, c.answer
    from transmission t join content c on c.transmission_id = t.id
    where t.message_id = $1 and t.direction = 'inbound'`,
}

interface KnownRow {
  readonly id: string
  readonly identity: Buffer
  readonly answer: Buffer
  readonly state: InboundState
}

/** Something of this message was here before: the same message id, or the same envelope in another message. */
async function recordKnown(pool: Pool, record: InboundRecord): Promise<InboundOutcome> {
  for (;;) {
    const [known] = await pool.query<KnownRow>(findMessage, [record.messageId])
    // Our own row: the answer to an earlier try of this very call was lost.
    if (known?.id === record.id) return { kind: 'recorded', state: known.state }
    if (known)
      return known.identity.equals(record.identity) ? { kind: 'repeat', receipt: known.answer } : { kind: 'conflict' }
    const state = await recordSecondEnvelope(pool, record)
    if (state !== undefined) return { kind: 'recorded', state }
    // Another process has recorded the message id between the two statements: look again.
  }
}

/**
 * The same sender and instance id under a new message id. Equal content is a resend (`duplicate`); other content under an id
 * that must be unique is for a person to look at (`exception`). Neither is handed over, so neither has a job.
 */
const recordSecond: Statement = {
  name: 'inbound-record-second',
  text: `
    with first as (
      select id, content_sha256 = $6::bytea as same from transmission
      where direction = 'inbound' and original and sender_key = $11 and instance_id = $18
    ), known as (
      insert into transmission (id, direction, state, failure, route, original, created_at, updated_at, message_id, peer,
          content_size, content_sha256, identity, compressed, ${addressingNames})
        select $1::uuid, 'inbound', case when same then 'duplicate' else 'exception' end,
          case when same then null else $9::jsonb end, '{"kind":"peppol"}', false, $4::timestamptz, $4::timestamptz, $2::text,
          $3::text, $5::bigint, $6::bytea, $7::bytea, $8::boolean,
          $10::text, $11::text, $12::text, $13::text, $14::text, $15::text, $16::text, $17::text, $18::text
        from first
        on conflict (message_id) where direction = 'inbound' do nothing
        returning id, state, created_at
    ), evidence as (
      insert into content (transmission_id, payload, payload_key, payload_size, envelope, answer)
        select id, $19::bytea, $20::text, $21::bigint, $22::bytea, $23::bytea from known
    ), history as (
      insert into event (transmission_id, at, kind, detail)
        select known.id, created_at, state, jsonb_build_object('first', first.id) from known, first
    )
    select state from known`,
}

/** What it became; undefined when nothing of it was here before. */
async function recordSecondEnvelope(pool: Pool, record: InboundRecord): Promise<InboundState | undefined> {
  const { payload, key, size } = payloadColumns(record.payload)
  const failure = {
    code: 'instance-id-reused',
    message: `The instance identifier ${record.instanceId} came before from this sender with other content.`,
    retry: false,
  }
  const [row] = await pool.query<{ state: InboundState }>(recordSecond, [
    record.id,
    record.messageId,
    record.peer,
    new Date(record.at).toISOString(),
    record.contentSize,
    record.contentSha256,
    record.identity,
    record.compressed,
    JSON.stringify(failure),
    ...addressingValues(record),
    payload,
    key,
    size,
    record.envelope,
    record.receipt,
  ])
  return row?.state
}

const claim: Statement = {
  name: 'inbound-claim',
  text: `
    with due as (
      select transmission_id from job
      where direction = 'inbound' and claimed_by is null and due_at <= $3::timestamptz
      order by due_at limit $2 for update skip locked
    ), mine as (
      update job set claimed_by = $1 from due where job.transmission_id = due.transmission_id
      returning job.transmission_id, job.due_at
    )
    select ${transmissionColumns}, t.compressed, c.payload, c.payload_key, c.payload_size
    from (select transmission_id, due_at, null::integer as claimed_by from mine) j
    join transmission t on t.id = j.transmission_id
    join content c on c.transmission_id = t.id
    left join (select null::uuid as transmission_id, null::text as message_id where false) s on true
    order by j.due_at`,
}

export async function claimInbound(
  pool: Pool,
  request: { claimant: number; most: number; now: Instant },
  blobs: Pick<BlobStore, 'open'>,
): Promise<readonly InboundClaim[]> {
  const now = new Date(request.now).toISOString()
  const rows = await pool.query<TransmissionRow & PayloadRow & { compressed: boolean }>(claim, [
    request.claimant,
    request.most,
    now,
  ])
  return rows.map(row => ({
    transmission: transmissionOf(row),
    payload: octetsOf(row, blobs),
    compressed: row.compressed,
  }))
}

const settle: Statement = {
  name: 'inbound-settle',
  text: `
    with settlement as (
      select * from unnest(${parameters(2, 'uuid text jsonb timestamptz text jsonb')})
        as s (id, state, failure, at, kind, detail)
    ), mine as (
      delete from job using settlement where job.transmission_id = settlement.id and job.claimed_by = $1 returning settlement.id
    ), facts as (
      update transmission t set state = settlement.state, failure = settlement.failure, updated_at = settlement.at
      from settlement where t.id = settlement.id and settlement.id in (select id from mine)
    ), history as (
      insert into event (transmission_id, at, kind, detail)
        select id, at, kind, detail from settlement where id in (select id from mine)
    )
    insert into invoice (transmission_id, direction, ${invoiceNames})
      select transmission_id, 'inbound', ${invoiceNames}
      from unnest(${parameters(8, `uuid ${invoiceTypes}`)}) as i (transmission_id, ${invoiceNames})
      where transmission_id in (select id from mine) and id is not null`,
}

export interface InboundSettling {
  readonly id: TransmissionId
  readonly settlement: InboundSettlement
}

export async function settleInbound(
  pool: Pool,
  claimant: number,
  settlings: readonly InboundSettling[],
): Promise<readonly undefined[]> {
  const ids = uuidArray(settlings.map(({ id }) => id))
  const settlements = settlings.map(({ settlement }) => settlement)
  await pool.query(settle, [
    claimant,
    ids,
    ...settlementArrays(settlements),
    ids,
    ...invoiceArrays(settlements.map(invoiceIn)),
  ])
  return settlings.map(() => undefined)
}
