import type { Tenant, TenantId } from '../../src/services/domain.ts'
import type { MappingKey, MappingStore, StoredLogo, StoredMapping, TenantStore } from '../../src/services/ports.ts'
import { participantKey } from '../../src/wire/peppol/index.ts'

/** Tenants and mappings in memory, as the ports promise. */
export function memoryTenants(): TenantStore & MappingStore {
  const tenants = new Map<TenantId, Tenant>()
  const logos = new Map<TenantId, StoredLogo>()
  const { mappings, store } = memoryMappings(tenant => tenants.has(tenant))
  const change = (id: TenantId, changes: (tenant: Tenant) => Partial<Tenant>): Tenant | undefined => {
    const tenant = tenants.get(id)
    if (tenant !== undefined) tenants.set(id, { ...tenant, ...changes(tenant) })
    return tenants.get(id)
  }
  const ownerOf = (key: string): Tenant | undefined =>
    [...tenants.values()].find(({ participants }) => participants.some(one => participantKey(one) === key))
  return {
    ...store,
    async saveTenant(record) {
      const keys = record.participants.map(participantKey)
      const taken = keys.flatMap(key => {
        const owner = ownerOf(key)
        return owner === undefined || owner.id === record.id ? [] : [[key, owner.id] as const]
      })
      if (taken.length > 0) return { kind: 'taken', owners: new Map(taken) }
      const logo = tenants.get(record.id)?.look.logo
      const tenant = { ...record, look: { ...record.look, logo } }
      tenants.set(record.id, tenant)
      return { kind: 'saved', tenant }
    },
    async removeTenant(id) {
      if ([...mappings.values()].some(({ tenant }) => tenant === id)) return 'has-mappings'
      logos.delete(id)
      return tenants.delete(id) ? 'removed' : 'unknown'
    },
    findTenant: async id => tenants.get(id),
    listTenants: async ({ after = '', most }) =>
      [...tenants.values()]
        .filter(({ id }) => id > after)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, most),
    findLook: async id => tenants.get(id)?.look,
    findLookOfOwner: async participant => {
      const owner = ownerOf(participantKey(participant))
      return owner && { tenant: owner.id, ...owner.look }
    },
    async saveLogo(id, logo, changedAt) {
      const saved = change(id, ({ look }) => ({ look: { ...look, logo }, changedAt }))
      if (saved !== undefined) logos.set(id, logo)
      return saved
    },
    async removeLogo(id, changedAt) {
      change(id, ({ look }) => ({ look: { ...look, logo: undefined }, changedAt }))
      return logos.delete(id)
    },
    findLogo: async id => logos.get(id),
  }
}

/** Mappings alone; those of tenants are kept where the tenant is there. */
export function memoryMappings(isThere: (tenant: TenantId) => boolean): {
  readonly mappings: ReadonlyMap<string, StoredMapping>
  readonly store: MappingStore
} {
  const mappings = new Map<string, StoredMapping>()
  const store: MappingStore = {
    async saveMapping(mapping) {
      if (mapping.tenant !== undefined && !isThere(mapping.tenant)) return 'unknown-tenant'
      mappings.set(placeOf(mapping), mapping)
      return 'saved'
    },
    removeMapping: async key => mappings.delete(placeOf(key)),
    findMapping: async key => mappings.get(placeOf(key)),
    listMappings: async tenant =>
      [...mappings.values()]
        .filter(mapping => mapping.tenant === tenant)
        .map(({ name, changedAt }) => ({ tenant, name, changedAt }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
  }
  return { mappings, store }
}

function placeOf({ tenant, name }: MappingKey): string {
  return `${tenant ?? ''}/${name}`
}
