import { type Pack, PackError } from './pack.ts'

/**
 * The pack that a name means on a day (`2026-11-20`): with `@version` that one, else the newest that is in force. Throws PackError
 * `unknown-pack` or `not-in-force`.
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
  const [newest] = named.filter(pack => isInForce(pack, day)).sort((a, b) => compareVersions(b.version, a.version))
  if (newest !== undefined) return newest
  throw new PackError('not-in-force', `no version of ${name} is in force on ${day}; imported are ${listOf(versions)}`)
}

function listOf(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ')
}

function isInForce({ validFrom, validTo }: Pack, day: string): boolean {
  return (validFrom === undefined || validFrom <= day) && (validTo === undefined || day <= validTo)
}

/** 3.0.9 is before 3.0.10. */
export function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
