import { isMainThread } from 'node:worker_threads'
import type { SchemaCircumstances, Schemas } from '../../services/ports.ts'
import { compareVersions, isInForce, isNamed, newestOf, strengthOf } from './choose.ts'
import { packName, type SchemaPack } from './pack.ts'
import { CompiledSchemas } from './compiled-schemas.ts'
import { findDoctype } from './prolog.ts'
import { SchemaWorker } from './schema-worker.ts'
import { Watched } from './watched.ts'

export interface SchemaOptions {
  readonly folder: string
  /** Longer documents are checked by a thread of their own; 1 MB when not given, and never when the caller is such a thread. */
  readonly threadFromOctets?: number
}

const ordinaryOctets = 1024 * 1024

/**
 * The schemas of a store, each compiled when it is first wanted and then kept until it is disposed or leaves the store. A folder that is not
 * there has no schemas. A document with a DOCTYPE, or in another encoding than one that begins like ASCII, is not given to the library.
 */
export function createSchemas({
  folder,
  threadFromOctets = isMainThread ? ordinaryOctets : Infinity,
}: SchemaOptions): Schemas & Disposable {
  const store = new Watched(folder)
  const compiled = new CompiledSchemas(folder)
  const thread = new SchemaWorker(folder)
  let revision: string | undefined
  const packs = (): readonly SchemaPack[] => {
    const found = store.packs().filter(pack => pack.kind === 'schema')
    if (store.revision !== revision) {
      compiled.keepOnly(found)
      revision = store.revision
    }
    return found
  }
  return {
    knows: (root, circumstances = {}) => schemaFor(packs(), root, circumstances) !== undefined,
    async check(document, root, circumstances = {}) {
      const pack = schemaFor(packs(), root, circumstances)
      if (pack === undefined) return undefined
      const name = packName(pack)
      const refused = findDoctype(document)
      if (refused !== undefined) return { name, problems: [{ line: undefined, message: refused }] }
      const problems =
        document.length > threadFromOctets
          ? await thread.check({ pack, root, document })
          : (await compiled.schemaOf(pack, root)).check(document)
      return { name, problems }
    },
    [Symbol.dispose]() {
      compiled[Symbol.dispose]()
      thread[Symbol.dispose]()
    },
  }
}

/**
 * The schema for such a document: one that is meant for documents like it before one that is for any, then by order, then the newest. A
 * named one is taken whatever the document is like, with its version even when it is not active.
 */
function schemaFor(packs: readonly SchemaPack[], root: string, given: SchemaCircumstances): SchemaPack | undefined {
  const { day, pack: wanted, syntax = 'other', customization, process, countries = [] } = given
  const facts = { syntax, customization, process, countries }
  const fitting = packs.filter(pack => {
    if (!pack.entries.some(entry => entry.root === root)) return false
    if (wanted !== undefined && packName(pack) === wanted) return true
    if (wanted !== undefined && !isNamed(pack, wanted)) return false
    if (day === undefined ? !pack.active : !isInForce(pack, day)) return false
    return wanted !== undefined || strengthOf(pack, facts) > 0
  })
  const [best] = newestOf(fitting).sort(
    (a, b) => strengthOf(b, facts) - strengthOf(a, facts) || a.order - b.order || compareVersions(b.version, a.version),
  )
  return best
}
