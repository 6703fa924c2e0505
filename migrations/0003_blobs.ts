// Running nodes survive this: it only adds an index.
import type { Knex } from 'knex'

export async function up(database: Knex): Promise<void> {
  await database.raw('create index content_payload_key on content (payload_key) where payload_key is not null')
}
