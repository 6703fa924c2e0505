import { type CheckText, readChecks } from '../../wire/schematron/index.ts'
import { findPack } from './activate.ts'
import { readSources } from './load.ts'
import { type Pack, PackError } from './pack.ts'
import { readStore } from './store.ts'

export interface ChangedCheck {
  readonly id: string
  /** In which of these the two differ. */
  readonly what: readonly ('severity' | 'message' | 'test' | 'context')[]
  readonly old: CheckText
  readonly new: CheckText
}

export interface PackDiff {
  readonly old: Pack
  readonly new: Pack
  readonly added: readonly CheckText[]
  readonly removed: readonly CheckText[]
  readonly changed: readonly ChangedCheck[]
}

/** Which checks two packs of rules (`name@version`) do not have in common. Throws PackError `unknown-pack` and `damaged`. */
export function diffPacks(folder: string, oldName: string, newName: string): PackDiff {
  const packs = readStore(folder)
  const [before, after] = [rulesOf(findPack(packs, oldName)), rulesOf(findPack(packs, newName))]
  const differences = diffChecks(checksOf(folder, before), checksOf(folder, after))
  return { old: before, new: after, ...differences }
}

function rulesOf(pack: ReturnType<typeof findPack>): Pack {
  if (pack.kind === 'rules') return pack
  throw new PackError('unknown-pack', `${pack.name} is a pack of schemas; only rules are compared`)
}

function checksOf(folder: string, pack: Pack): readonly CheckText[] {
  const { source, resolve } = readSources(folder, pack)
  return readChecks(source, resolve)
}

/** By id; where an id stands at several checks, those that are alike are paired first and the rest in order. */
function diffChecks(
  before: readonly CheckText[],
  after: readonly CheckText[],
): Pick<PackDiff, 'added' | 'removed' | 'changed'> {
  const [old, now] = [Map.groupBy(before, ({ id }) => id), Map.groupBy(after, ({ id }) => id)]
  const added: CheckText[] = []
  const removed: CheckText[] = []
  const changed: ChangedCheck[] = []
  for (const id of new Set([...old.keys(), ...now.keys()])) {
    const left = [...(old.get(id) ?? [])]
    const right = (now.get(id) ?? []).filter(check => {
      const twin = left.findIndex(one => differencesOf(one, check).length === 0)
      if (twin >= 0) left.splice(twin, 1)
      return twin < 0
    })
    const pairs = Math.min(left.length, right.length)
    for (const [index, check] of right.entries()) {
      const other = left[index]
      if (other === undefined) added.push(check)
      else changed.push({ id, what: differencesOf(other, check), old: other, new: check })
    }
    removed.push(...left.slice(pairs))
  }
  return { added, removed, changed }
}

function differencesOf(a: CheckText, b: CheckText): ChangedCheck['what'] {
  const found: ChangedCheck['what'][number][] = []
  if (a.severity !== b.severity) found.push('severity')
  if (a.message !== b.message) found.push('message')
  if (a.test !== b.test || a.kind !== b.kind) found.push('test')
  if (a.context !== b.context) found.push('context')
  return found
}
