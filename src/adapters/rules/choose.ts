import type { DocumentFacts } from '../../services/ports.ts'
import { type AnyPack, type Condition, type Pack, PackError, packName } from './pack.ts'

/**
 * The pack that a name means on a day (`2026-11-20`): with `@version` that one, else the newest active one that is in force. Throws
 * PackError `unknown-pack` or `not-in-force`.
 */
export function choosePack(packs: readonly Pack[], wanted: string, day: string): Pack {
  const [name = '', version] = wanted.split('@')
  const named = packs.filter(pack => pack.name === name)
  const versions = named.map(one => one.version)
  if (version !== undefined) {
    const exact = named.find(pack => pack.version === version)
    if (exact !== undefined) return exact
    throw new PackError('unknown-pack', `there is no pack ${wanted}; imported are ${listOf(versions)}`)
  }
  if (named.length === 0) {
    const known = [...new Set(packs.map(one => one.name))]
    throw new PackError('unknown-pack', `there is no pack ${name}; imported are ${listOf(known)}`)
  }
  const [newest] = newestOf(named.filter(pack => isInForce(pack, day)))
  if (newest !== undefined) return newest
  throw new PackError('not-in-force', `no version of ${name} is in force on ${day}; imported are ${listOf(versions)}`)
}

function listOf(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ')
}

/** The packs of rules that judge such a document on the day, in the order to run them. */
export function packsFor(packs: readonly Pack[], facts: DocumentFacts, day: string): readonly Pack[] {
  const fitting = packs.filter(pack => isInForce(pack, day) && isAbout(pack, facts) && strengthOf(pack, facts) > 0)
  const newest = newestOf(fitting)
  const replaced = new Set(newest.flatMap(({ instead }) => instead))
  return newest
    .filter(({ name }) => !replaced.has(name))
    .sort((a, b) => a.order - b.order || (a.name < b.name ? -1 : 1))
}

function isAbout({ roots, syntax }: Pack, { root, syntax: actual }: DocumentFacts): boolean {
  if (roots !== undefined) return roots.includes(root)
  return syntax === actual || (syntax === 'cii' && actual === 'facturx')
}

/** What Condition asks a document for. */
export type Circumstances = Omit<DocumentFacts, 'root'>

/** 0: not for such a document. 1: for any. 2: for documents like this one. */
export function strengthOf({ applies, except }: AnyPack, facts: Circumstances): 0 | 1 | 2 {
  const profile = facts.customization ?? ''
  if (except.some(pattern => isLike(pattern, profile))) return 0
  const holding = applies.filter(condition => holds(condition, facts))
  if (holding.length === 0) return 0
  return holding.some(condition => Object.keys(condition).length > 0) ? 2 : 1
}

function holds({ syntax, profiles, processes, countries }: Condition, facts: Circumstances): boolean {
  if (syntax !== undefined && syntax !== facts.syntax) return false
  if (profiles !== undefined && !profiles.some(one => isLike(one, facts.customization ?? ''))) return false
  if (processes !== undefined && !processes.some(one => isLike(one, facts.process ?? ''))) return false
  if (countries === undefined) return true
  return facts.countries.length > 0 && facts.countries.every(one => countries.includes(one.toUpperCase()))
}

const patterns = new Map<string, RegExp>()

function isLike(pattern: string, value: string): boolean {
  let expression = patterns.get(pattern)
  if (expression === undefined) {
    const source = pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll('*', '.*')
      .replaceAll('?', '.')
    patterns.set(pattern, (expression = new RegExp(`^${source}$`, 'is')))
  }
  return expression.test(value)
}

/** Of every name the newest version. */
export function newestOf<Any extends AnyPack>(packs: readonly Any[]): Any[] {
  const newest = new Map<string, Any>()
  for (const pack of packs) {
    const other = newest.get(pack.name)
    if (other === undefined || compareVersions(other.version, pack.version) < 0) newest.set(pack.name, pack)
  }
  return [...newest.values()]
}

/** Active, and the day (`2026-11-20`) is within its bounds. */
export function isInForce({ active, validFrom, validTo }: AnyPack, day: string): boolean {
  return active && (validFrom === undefined || validFrom <= day) && (validTo === undefined || day <= validTo)
}

/** 3.0.9 is before 3.0.10. */
export function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}

/** Whether a name means the pack. */
export function isNamed(pack: AnyPack, wanted: string): boolean {
  return wanted === pack.name || wanted === packName(pack)
}

/** Whether a pack of rules is for such a document, on whatever day; one that is only run by name is for every document of its syntax. */
export function isFor(pack: Pack, facts: DocumentFacts): boolean {
  return isAbout(pack, facts) && (pack.applies.length === 0 || strengthOf(pack, facts) > 0)
}

/** What a pack does on a day. */
export type PackState = 'in-force' | 'superseded' | 'not-yet' | 'over' | 'inactive' | 'by-name'

/** Among all packs of the store. */
export function stateOf(pack: AnyPack, packs: readonly AnyPack[], day: string): PackState {
  if (!pack.active) return 'inactive'
  if (pack.validFrom !== undefined && day < pack.validFrom) return 'not-yet'
  if (pack.validTo !== undefined && day > pack.validTo) return 'over'
  const rivals = packs.filter(one => one.name === pack.name && isInForce(one, day))
  if (newestOf(rivals)[0]?.version !== pack.version) return 'superseded'
  return pack.applies.length === 0 ? 'by-name' : 'in-force'
}
