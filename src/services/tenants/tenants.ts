import { createHash } from 'node:crypto'
import type { Clock } from '../../kernel/index.ts'
import { participantKey } from '../../wire/peppol/index.ts'
import { type Branding, readLogo } from '../../wire/view/index.ts'
import type { TenantId, TenantLook } from '../domain.ts'
import type { TenantStore } from '../ports.ts'
import { LogoCache } from './logos.ts'
import { readTenant } from './read.ts'
import type { Tenants, TenantProblem } from './types.ts'

export interface TenantsWorld {
  readonly clock: Clock
  readonly store: TenantStore
  /** Of invoices that belong to no tenant, or to one that says nothing of its own. */
  readonly branding: Branding
}

/** Every PDF of the tenant unpacks its logo: a million pixels take 40 ms. */
const pixelsMax = 4_000_000

export function createTenants({ clock, store, branding }: TenantsWorld): Tenants {
  const logos = new LogoCache(store)

  /** Never a mixture: the logo of one business above the colour of another would be wrong on every page. */
  async function brandingFrom(tenant: TenantId, { color, footer, logo }: TenantLook): Promise<Branding> {
    if (color === undefined && footer === undefined && logo === undefined) return branding
    const octets = logo && (await logos.get(logo.sha256, tenant))
    return {
      ...(octets && { logo: octets }),
      ...(color !== undefined && { color }),
      ...(footer !== undefined && { footer }),
    }
  }

  return {
    async save(id, value) {
      const read = readTenant(value)
      if ('problems' in read) return { kind: 'invalid', problems: read.problems }
      const outcome = await store.saveTenant({ ...read.draft, id, changedAt: clock.now() })
      if (outcome.kind === 'saved') return outcome
      const { owners } = outcome
      return { kind: 'taken', conflicts: read.draft.participants.flatMap(conflictsIn(owners)) }
    },
    find: id => store.findTenant(id),
    list: query => store.listTenants(query),
    remove: id => store.removeTenant(id),
    async saveLogo(id, octets) {
      const logo = readLogo(octets)
      if (logo === undefined || logo.width * logo.height > pixelsMax) return { kind: 'unfit' }
      const sha256 = createHash('sha256').update(octets).digest('hex')
      const stored = { octets, mimeType: logo.mimeType, size: octets.length, sha256 }
      const tenant = await store.saveLogo(id, stored, clock.now())
      return tenant === undefined ? { kind: 'unknown' } : { kind: 'saved', tenant }
    },
    findLogo: id => store.findLogo(id),
    removeLogo: id => store.removeLogo(id, clock.now()),
    async brandingOf(sender) {
      const look = await store.findLookOfOwner(sender)
      return look === undefined ? branding : await brandingFrom(look.tenant, look)
    },
    async brandingOfTenant(id) {
      const look = await store.findLook(id)
      return look && (await brandingFrom(id, look))
    },
  }
}

type Participant = Parameters<typeof participantKey>[0]

function conflictsIn(owners: ReadonlyMap<string, TenantId>) {
  return (participant: Participant, index: number): readonly (TenantProblem & { readonly tenant: TenantId })[] => {
    const tenant = owners.get(participantKey(participant))
    if (tenant === undefined) return []
    const message = `${participant.value} belongs to tenant ${tenant}`
    return [{ pointer: `/participants/${index}`, message, tenant }]
  }
}
