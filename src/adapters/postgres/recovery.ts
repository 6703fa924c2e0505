import type { BlobKey, Instant } from '../../kernel/index.ts'
import { claimantLockSpace } from './claimant.ts'
import type { Pool, Statement } from './pool.ts'

/**
 * Gives back the rows of claimants whose lock is free. The lock is taken until the commit, so that of two processes that recover at
 * once only one does it. A message that was sealed may have been posted: indeterminate; one that was not cannot have been.
 */
const recoverDead: Statement = {
  name: 'recover',
  text: `
    with holder as materialized (
      select distinct claimed_by as number from job where claimed_by is not null and claimed_by <> $1
    ), dead as materialized (
      select number from holder where pg_try_advisory_xact_lock($3::integer, number)
    ), back as (
      update job set claimed_by = null, due_at = $2::timestamptz
      where claimed_by in (select number from dead) or (claimed_by = $1 and transmission_id = any($4::uuid[]))
      returning job.transmission_id as id, job.direction
    ), facts as (
      update transmission t set updated_at = $2::timestamptz,
        state = case when exists (select 1 from sealed_message s where s.transmission_id = t.id) then 'indeterminate' else 'queued' end
      from back where t.id = back.id and back.direction = 'outbound'
    ), history as (
      insert into event (transmission_id, at, kind, detail) select id, $2::timestamptz, 'recovered', '{}' from back
    )
    select count(*) as recovered from back`,
}

/** `lost` are rows of the claimant itself that nobody works on. */
export async function recover(
  pool: Pool,
  claimant: number,
  { now, lost }: { readonly now: Instant; readonly lost: readonly string[] },
): Promise<number> {
  const values = [claimant, new Date(now).toISOString(), claimantLockSpace, lost]
  const [row] = await pool.query<{ recovered: number }>(recoverDead, values)
  return row?.recovered ?? 0
}

const findOwn: Statement = {
  name: 'recover-own',
  text: 'select transmission_id as id from job where claimed_by = $1',
}

/** Every row in the claimant's name. */
export async function findOwnClaims(pool: Pool, claimant: number): Promise<readonly string[]> {
  const rows = await pool.query<{ id: string }>(findOwn, [claimant])
  return rows.map(({ id }) => id)
}

const findNextDue: Statement = {
  name: 'next-due',
  text: `select due_at from job where direction = 'outbound' and claimed_by is null order by due_at limit 1`,
}

/** When the next waiting outbound row falls due. */
export async function nextDue(pool: Pool): Promise<Instant | undefined> {
  const [row] = await pool.query<{ due_at: Instant }>(findNextDue, [])
  return row?.due_at
}

/** Those of the blob keys that a transmission names. */
export async function findNamed(pool: Pool, keys: readonly BlobKey[]): Promise<ReadonlySet<BlobKey>> {
  const { rows } = await pool.knex.raw<{ rows: readonly { readonly payload_key: BlobKey }[] }>(
    'select payload_key from content where payload_key = any(?)',
    [[...keys]],
  )
  return new Set(rows.map(({ payload_key }) => payload_key))
}
