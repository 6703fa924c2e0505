import { inMemory, isUuid } from '../../kernel/index.ts'
import type { Attempt, ContentKind, TransmissionEvent, TransmissionId, Verdict } from '../../services/domain.ts'
import type { BlobStore, InvoiceQuery, TransmissionReader } from '../../services/ports.ts'
import type { Pool } from './pool.ts'
import {
  type InvoiceRow,
  type PayloadRow,
  type TransmissionRow,
  invoiceColumns,
  invoiceOf,
  octetsOf,
  transmissionColumns,
  withClaim,
} from './rows.ts'
import { envelopeOf } from './sealed.ts'

const transmissionTables = `
  transmission t
  left join job j on j.transmission_id = t.id
  left join sealed_message s on s.transmission_id = t.id`

/** Transmissions that had trouble and have not got over it; the index event_trouble holds the few events that count. */
const openTrouble = `
  with trouble as (
    select e.transmission_id as id, max(e.at) as at from event e
    where e.kind in ('exception', 'refused', 'failed', 'attempt-failed', 'answer-lost') group by e.transmission_id
  ), open as (
    select trouble.id, trouble.at from trouble join transmission t on t.id = trouble.id
    where (t.state in ('exception', 'refused', 'failed')
        or t.state = 'indeterminate' and not exists (select 1 from job where job.transmission_id = t.id))
      and (:direction::text is null or t.direction = :direction)
  )
  select ${transmissionColumns}
  from open join (${transmissionTables}) on t.id = open.id
  where :after::uuid is null or (open.at, open.id) < (select trouble.at, trouble.id from trouble where id = :after::uuid)
  order by open.at desc, open.id desc limit :most`

/** Reads through knex's pool; plain selects never wait for the exchange, nor it for them. An id that is no UUID names nothing. */
export function transmissionReader(pool: Pool, blobs: Pick<BlobStore, 'open'>): TransmissionReader {
  async function select<Row>(sql: string, values: Record<string, unknown>): Promise<readonly Row[]> {
    const { rows } = await pool.knex.raw<{ rows: readonly Row[] }>(sql, values as Record<string, string>)
    return rows
  }
  return {
    async findInvoice(id) {
      if (!isUuid(id)) return undefined
      const [row] = await select<InvoiceRow & TransmissionRow>(
        `select ${invoiceColumns}, ${transmissionColumns}
         from invoice i join (${transmissionTables}) on t.id = i.transmission_id where i.id = :id`,
        { id },
      )
      return row && invoiceOf(row)
    },
    async findVerdict(id) {
      if (!isUuid(id)) return undefined
      const [row] = await select<{ verdict: Verdict | null }>(`select verdict from invoice where id = :id`, { id })
      return row?.verdict ?? undefined
    },
    async listInvoices(query) {
      const { sql, values } = invoiceConditions(query)
      const rows = await select<InvoiceRow & TransmissionRow>(
        `select ${invoiceColumns}, ${transmissionColumns}
         from (select * from invoice ${sql} order by position desc limit :most) i
         join (${transmissionTables}) on t.id = i.transmission_id order by i.position desc`,
        { ...values, most: query.most },
      )
      return rows.map(invoiceOf)
    },
    async findTransmission(id) {
      if (!isUuid(id)) return undefined
      const [row] = await select<TransmissionRow>(
        `select ${transmissionColumns} from ${transmissionTables} where t.id = :id`,
        { id },
      )
      return row && withClaim(row)
    },
    async listExceptions({ direction, after, most }) {
      if (after !== undefined && !isUuid(after)) return []
      const values = { direction: direction ?? null, after: after ?? null, most }
      return (await select<TransmissionRow>(openTrouble, values)).map(withClaim)
    },
    async listEvents(id) {
      if (!isUuid(id)) return []
      const sql = `select at, kind, detail from event where transmission_id = :id order by at, position`
      return select<TransmissionEvent>(sql, { id })
    },
    async listAttempts(id) {
      if (!isUuid(id)) return []
      return select<Attempt>(
        `select number, started_at as "startedAt", outcome, steps from attempt where transmission_id = :id order by number`,
        { id },
      )
    },
    async findContent(id, kind) {
      if (!isUuid(id)) return undefined
      return contentReaders[kind](select, id, blobs)
    },
  }
}

function invoiceConditions(query: InvoiceQuery): { sql: string; values: Record<string, string> } {
  const { direction, number, after } = query
  const conditions = [
    direction !== undefined && 'direction = :direction',
    number !== undefined && 'number = :number',
    after !== undefined && 'position < (select position from invoice where id = :after)',
  ].filter(condition => condition !== false)
  const values = {
    ...(direction !== undefined && { direction }),
    ...(number !== undefined && { number }),
    // An id that nobody has: nothing comes after it.
    ...(after !== undefined && { after: isUuid(after) ? after : '00000000-0000-0000-0000-000000000000' }),
  }
  return { sql: conditions.length > 0 ? `where ${conditions.join(' and ')}` : '', values }
}

type Select = <Row>(sql: string, values: Record<string, unknown>) => Promise<readonly Row[]>
type Found = ReturnType<TransmissionReader['findContent']>

/** Where each kind of content lies: with the message when it came, with what we sealed or were answered when we sent it. */
const contentReaders: Readonly<
  Record<ContentKind, (select: Select, id: TransmissionId, blobs: Pick<BlobStore, 'open'>) => Found>
> = {
  async payload(select, id, blobs) {
    const [row] = await select<PayloadRow & { compressed: boolean }>(
      `select c.payload, c.payload_key, c.payload_size, t.compressed
       from content c join transmission t on t.id = c.transmission_id where t.id = :id`,
      { id },
    )
    return row && { octets: octetsOf(row, blobs), compressed: row.compressed }
  },
  async envelope(select, id) {
    const [row] = await select<{ envelope: Buffer | null; prologue: Buffer | null }>(
      `select c.envelope, s.prologue
       from content c left join sealed_message s on s.transmission_id = c.transmission_id where c.transmission_id = :id`,
      { id },
    )
    const envelope = row?.envelope ?? (row?.prologue && envelopeOf(row.prologue))
    return envelope ? { octets: inMemory(envelope), compressed: false } : undefined
  },
  async answer(select, id) {
    const [row] = await select<{ answer: Buffer }>(
      `select answer, 0 as number from content where transmission_id = :id and answer is not null
       union all
       select answer, number from attempt where transmission_id = :id and answer is not null
       order by number desc limit 1`,
      { id },
    )
    return row && { octets: inMemory(row.answer), compressed: false }
  },
}
