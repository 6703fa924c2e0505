import type { Branding } from '../../wire/view/index.ts'
import type { ParticipantId } from '../../wire/peppol/index.ts'
import type { Tenant, TenantId } from '../domain.ts'
import type { StoredLogo } from '../ports.ts'

/** One thing that is wrong with what was to be saved; a JSON pointer says where. */
export interface TenantProblem {
  readonly pointer: string
  readonly message: string
}

export type SaveOutcome =
  | { readonly kind: 'saved'; readonly tenant: Tenant }
  | { readonly kind: 'invalid'; readonly problems: readonly TenantProblem[] }
  /** Participants that belong to other tenants, with these. */
  | { readonly kind: 'taken'; readonly conflicts: readonly (TenantProblem & { readonly tenant: TenantId })[] }

export type SaveLogoOutcome =
  | { readonly kind: 'saved'; readonly tenant: Tenant }
  /** No picture that can be shown, or one of more than 4 million pixels. */
  | { readonly kind: 'unfit' }
  | { readonly kind: 'unknown' }

/** The businesses that this node serves: whose invoices are theirs, and how these look. */
export interface Tenants {
  /** Creates or replaces, but for logo and mappings. `value` is JSON that was parsed: name, participants, branding. */
  save(id: TenantId, value: unknown): Promise<SaveOutcome>
  find(id: TenantId): Promise<Tenant | undefined>
  /** By id. `after` is the last one of the page before. */
  list(query: {
    readonly after: string | undefined
    readonly most: number
  }): Promise<readonly Pick<Tenant, 'id' | 'name' | 'changedAt'>[]>
  /** Its logo goes with it; one that keeps mappings stays. */
  remove(id: TenantId): Promise<'removed' | 'unknown' | 'has-mappings'>
  /** PNG or JPEG, as readLogo() takes it, of at most 4 million pixels. */
  saveLogo(id: TenantId, octets: Buffer): Promise<SaveLogoOutcome>
  findLogo(id: TenantId): Promise<StoredLogo | undefined>
  /** Whether there was one. */
  removeLogo(id: TenantId): Promise<boolean>
  /** How the invoices of a sender look: as those of the tenant that it belongs to, else as the node's. */
  brandingOf(sender: ParticipantId): Promise<Branding>
  /** The same by tenant; undefined when there is none. */
  brandingOfTenant(id: TenantId): Promise<Branding | undefined>
}
