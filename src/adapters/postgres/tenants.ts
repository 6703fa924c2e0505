import type { Knex } from 'knex'
import type { Instant } from '../../kernel/index.ts'
import type { LogoFacts, Tenant, TenantId, TenantLook } from '../../services/domain.ts'
import type { SaveTenantOutcome, StoredLogo, TenantRecord, TenantStore } from '../../services/ports.ts'
import { participantKey } from '../../wire/peppol/index.ts'
import { isForeignKeyViolation, type Pool, type Statement } from './pool.ts'

interface TenantRow extends LookRow {
  readonly id: TenantId
  readonly name: string
  readonly changed_at: Instant
}

interface LookRow {
  readonly color: string | null
  readonly footer: string | null
  readonly logo_type: LogoFacts['mimeType'] | null
  readonly logo_size: number | null
  readonly logo_sha256: string | null
}

interface ParticipantRow {
  readonly participant_key: string
  readonly participant: string
  readonly tenant: TenantId
  readonly position: number
}

/** Without the octets of the logo, which lie apart from the row: their length is known without reading them. */
const lookColumns = 't.color, t.footer, t.logo_type, octet_length(t.logo) as logo_size, t.logo_sha256'

/* Asked for every page and Factur-X that is made. */
const findLook: Statement = { name: 'find-look', text: `select ${lookColumns} from tenant t where t.id = $1` }
const findLookOfOwner: Statement = {
  name: 'find-look-of-owner',
  text: `select t.id, ${lookColumns} from tenant_participant p join tenant t on t.id = p.tenant where p.participant_key = $1`,
}

export function tenantStore(pool: Pool): TenantStore {
  const { knex } = pool
  const tenants = () => knex('tenant')
  return {
    saveTenant: tenant => knex.transaction(transaction => save(transaction, tenant)),
    async removeTenant(id) {
      try {
        return (await tenants().where({ id }).delete()) > 0 ? 'removed' : 'unknown'
      } catch (error) {
        if (isForeignKeyViolation(error)) return 'has-mappings'
        throw error
      }
    },
    findTenant: id => find(knex, id),
    async listTenants({ after = '', most }) {
      const rows = await tenants().select('id', 'name', 'changed_at').where('id', '>', after).orderBy('id').limit(most)
      return (rows as readonly TenantRow[]).map(row => ({ id: row.id, name: row.name, changedAt: row.changed_at }))
    },
    async findLook(id) {
      const [row] = await pool.query<LookRow>(findLook, [id])
      return row && lookOf(row)
    },
    async findLookOfOwner(participant) {
      const [row] = await pool.query<TenantRow>(findLookOfOwner, [participantKey(participant)])
      return row && { tenant: row.id, ...lookOf(row) }
    },
    async saveLogo(id, { octets, mimeType, sha256 }, changedAt) {
      const logo = { logo: octets, logo_type: mimeType, logo_sha256: sha256, changed_at: momentOf(knex, changedAt) }
      return (await tenants().where({ id }).update(logo)) > 0 ? find(knex, id) : undefined
    },
    async removeLogo(id, changedAt) {
      const none = { logo: null, logo_type: null, logo_sha256: null, changed_at: momentOf(knex, changedAt) }
      return (await tenants().where({ id }).whereNotNull('logo').update(none)) > 0
    },
    async findLogo(id) {
      const columns = ['logo', 'logo_type', 'logo_sha256']
      const [row] = (await tenants().select(columns).where({ id }).whereNotNull('logo')) as readonly LogoRow[]
      return row && { octets: row.logo, mimeType: row.logo_type, size: row.logo.length, sha256: row.logo_sha256 }
    },
  }
}

interface LogoRow {
  readonly logo: Buffer
  readonly logo_type: StoredLogo['mimeType']
  readonly logo_sha256: string
}

/**
 * Saves come one after the other: two tenants that exchange participants would each wait for what the other holds, and one that is
 * told of a conflict is told who the owner is. The unique key would keep the promise without this as well.
 */
const tenantLock = 0x74_6e_6e_74

async function save(database: Knex, tenant: TenantRecord): Promise<SaveTenantOutcome> {
  const { id, name, participants, look, changedAt } = tenant
  await database.raw('select pg_advisory_xact_lock(?)', [tenantLock])
  const rows: readonly ParticipantRow[] = participants.map((participant, position) => ({
    participant_key: participantKey(participant),
    participant: participant.value,
    tenant: id,
    position,
  }))
  const keys = rows.map(row => row.participant_key)
  const table = () => database<ParticipantRow>('tenant_participant')
  const taken = await table().whereIn('participant_key', keys).whereNot('tenant', id)
  if (taken.length > 0) return { kind: 'taken', owners: new Map(taken.map(row => [row.participant_key, row.tenant])) }
  const { color = null, footer = null } = look
  await database('tenant')
    .insert({ id, name, color, footer, changed_at: momentOf(database, changedAt) })
    .onConflict('id')
    .merge()
  await table().where('tenant', id).delete()
  if (rows.length > 0) await table().insert(rows)
  const saved = await find(database, id)
  if (saved === undefined) throw new Error(`tenant ${id} is not there after it was saved`)
  return { kind: 'saved', tenant: saved }
}

async function find(database: Knex, id: TenantId): Promise<Tenant | undefined> {
  const columns = database.raw(`t.id, t.name, t.changed_at, ${lookColumns}`)
  const row = (await database('tenant as t').select(columns).where('t.id', id).first()) as TenantRow | undefined
  if (row === undefined) return undefined
  const participants = await database<ParticipantRow>('tenant_participant').where('tenant', id).orderBy('position')
  return {
    id,
    name: row.name,
    participants: participants.map(({ participant }) => ({ scheme: 'iso6523-actorid-upis', value: participant })),
    look: lookOf(row),
    changedAt: row.changed_at,
  }
}

function lookOf({ color, footer, logo_type, logo_size, logo_sha256 }: LookRow): TenantLook {
  const isWhole = logo_type !== null && logo_size !== null && logo_sha256 !== null
  return {
    color: color ?? undefined,
    footer: footer ?? undefined,
    logo: isWhole ? { mimeType: logo_type, size: logo_size, sha256: logo_sha256 } : undefined,
  }
}

function momentOf(database: Knex, at: Instant): Knex.Raw {
  return database.raw('?::timestamptz', [new Date(at)])
}
