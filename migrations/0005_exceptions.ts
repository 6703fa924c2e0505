// Running nodes survive this: it only adds an index, of few rows.
import type { Knex } from 'knex'

export async function up(database: Knex): Promise<void> {
  await database.raw(
    `create index event_trouble on event (transmission_id, at)
       where kind in ('exception', 'refused', 'failed', 'attempt-failed', 'answer-lost')`,
  )
}
