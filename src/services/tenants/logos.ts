import type { TenantId } from '../domain.ts'
import type { TenantStore } from '../ports.ts'

/** With the 512 KB that a logo may have, 32 MB at most. */
const logosMax = 64

/**
 * Logos by the SHA-256 of their octets, the longest unused out first. Which one is a tenant's is asked anew each time, so that a page is
 * never drawn with one that another node has replaced; only the octets need not come from the database again.
 */
export class LogoCache {
  readonly #store: Pick<TenantStore, 'findLogo'>
  readonly #kept = new Map<string, Buffer>()

  constructor(store: Pick<TenantStore, 'findLogo'>) {
    this.#store = store
  }

  /** What has taken its place meanwhile, when it has been replaced; undefined when it has been removed. */
  async get(sha256: string, tenant: TenantId): Promise<Buffer | undefined> {
    const kept = this.#kept.get(sha256)
    if (kept !== undefined) {
      this.#keep(sha256, kept)
      return kept
    }
    const found = await this.#store.findLogo(tenant)
    if (found === undefined) return undefined
    this.#keep(found.sha256, found.octets)
    return found.octets
  }

  #keep(sha256: string, octets: Buffer): void {
    this.#kept.delete(sha256)
    this.#kept.set(sha256, octets)
    if (this.#kept.size <= logosMax) return
    const oldest = this.#kept.keys().next()
    if (!oldest.done) this.#kept.delete(oldest.value)
  }
}
