// Running nodes survive this: a column that they do not fill.
import type { Knex } from 'knex'

export async function up(database: Knex): Promise<void> {
  await database.raw('alter table invoice add column verdict jsonb')
  await database.raw(
    `comment on column invoice.verdict is 'on the document as it travelled, with the packs that judged'`,
  )
}
