import type { Instant } from '../../kernel/index.ts'
import type { MappingStore } from '../../services/ports.ts'
import type { Pool } from './pool.ts'

interface MappingRow {
  readonly name: string
  readonly document: string
  readonly changed_at: Instant
}

export function mappingStore({ knex }: Pool): MappingStore {
  const table = () => knex<MappingRow>('mapping')
  return {
    async saveMapping({ name, document, changedAt }) {
      await table()
        .insert({ name, document, changed_at: knex.raw('?::timestamptz', [new Date(changedAt)]) as unknown as Instant })
        .onConflict('name')
        .merge()
    },
    async removeMapping(name) {
      return (await table().where('name', name).delete()) > 0
    },
    async findMapping(name) {
      const row = await table().where('name', name).first()
      return row && { name: row.name, document: row.document, changedAt: row.changed_at }
    },
    async listMappings() {
      const rows = await table().select('name', 'changed_at').orderByRaw('name collate "C"')
      return rows.map(row => ({ name: row.name, changedAt: row.changed_at }))
    },
  }
}
