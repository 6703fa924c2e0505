// Running nodes survive this: it only adds a table.
import type { Knex } from 'knex'

export async function up(database: Knex): Promise<void> {
  await database.raw(`
    create table mapping (
      name text primary key,
      -- As its author wrote it: jsonb would order the keys anew.
      document text not null,
      changed_at timestamptz not null
    )`)
}
