import type { Instant } from '../../kernel/index.ts'
import type { TenantId } from '../../services/domain.ts'
import type { MappingKey, MappingStore } from '../../services/ports.ts'
import { isForeignKeyViolation, type Pool } from './pool.ts'

interface MappingRow {
  readonly tenant: TenantId | null
  readonly name: string
  readonly document: string
  readonly changed_at: Instant
}

export function mappingStore({ knex }: Pool): MappingStore {
  const table = () => knex<MappingRow>('mapping')
  /** knex asks for null with `is null`, which the unique index answers as it does any value. */
  const rowOf = ({ tenant, name }: MappingKey) => table().where({ tenant: tenant ?? null, name })
  return {
    async saveMapping({ tenant = null, name, document, changedAt }) {
      const changed_at = knex.raw('?::timestamptz', [new Date(changedAt)]) as unknown as Instant
      try {
        await table().insert({ tenant, name, document, changed_at }).onConflict(['tenant', 'name']).merge()
        return 'saved'
      } catch (error) {
        if (isForeignKeyViolation(error)) return 'unknown-tenant'
        throw error
      }
    },
    async removeMapping(key) {
      return (await rowOf(key).delete()) > 0
    },
    async findMapping(key) {
      const row = await rowOf(key).first()
      return row && { ...key, document: row.document, changedAt: row.changed_at }
    },
    async listMappings(tenant) {
      const rows = await table()
        .select('name', 'changed_at')
        .where('tenant', tenant ?? null)
        .orderByRaw('name collate "C"')
      return rows.map(row => ({ tenant, name: row.name, changedAt: row.changed_at }))
    },
  }
}
