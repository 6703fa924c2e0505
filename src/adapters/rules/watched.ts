import type { AnyPack } from './pack.ts'
import { readStore, revisionOf } from './store.ts'

const lookEveryMilliseconds = 1000

/** The index of a store, read again when it has changed; it is looked at once a second at most. */
export class Watched {
  private readonly folder: string
  private current: readonly AnyPack[] = []
  private lookedAt = Number.NEGATIVE_INFINITY
  /** Undefined while there is no index. */
  revision: string | undefined

  constructor(folder: string) {
    this.folder = folder
  }

  packs(): readonly AnyPack[] {
    const now = performance.now()
    if (now - this.lookedAt < lookEveryMilliseconds) return this.current
    this.lookedAt = now
    const revision = revisionOf(this.folder)
    if (revision === this.revision) return this.current
    this.current = revision === undefined ? [] : readStore(this.folder)
    this.revision = revision
    return this.current
  }
}
