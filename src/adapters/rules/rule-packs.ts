import type { ChosenPack, RulePacks } from '../../services/ports.ts'
import type { RuleSet } from '../../wire/schematron/index.ts'
import { choosePack, packsFor } from './choose.ts'
import { loadPack } from './load.ts'
import { type Pack, packName } from './pack.ts'
import { Watched } from './watched.ts'

/**
 * The packs of a store, each loaded when it is first wanted and then kept. What another process imports or changes is seen within a
 * second. A folder that is not there has no packs. Throws PackError `damaged` when stored files are not those that were imported.
 */
export function createRulePacks({ folder }: { readonly folder: string }): RulePacks {
  const store = new Watched(folder)
  let loaded = new Map<string, RuleSet>()
  let revision: string | undefined
  const packs = (): readonly Pack[] => {
    const found = store.packs().filter(pack => pack.kind === 'rules')
    if (store.revision !== revision) {
      // What the index does not name any more is forgotten.
      const named = new Set(found.map(pack => pack.folder))
      loaded = new Map([...loaded].filter(([place]) => named.has(place)))
      revision = store.revision
    }
    return found
  }
  const chosen = (pack: Pack): ChosenPack => {
    let rules = loaded.get(pack.folder)
    if (rules === undefined) loaded.set(pack.folder, (rules = loadPack(folder, pack)))
    return { name: packName(pack), rules }
  }
  return {
    choose(facts, day) {
      return packsFor(packs(), facts, day).map(chosen)
    },
    named(names, day) {
      const found = packs()
      const wanted = new Set(names.map(name => choosePack(found, name, day)))
      return [...wanted].sort((a, b) => a.order - b.order).map(chosen)
    },
  }
}
