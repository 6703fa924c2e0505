import type { Draft } from './import.ts'
import { PackError, packName } from './pack.ts'

/**
 * Official archives hold the same rules twice: as they are written and preprocessed, or a copy from another archive; and the same schemas
 * with and without documentation. One of each is enough. Throws PackError `taken` for two that have one name and say different things.
 */
export function withoutTwins(drafts: readonly Draft[]): readonly Draft[] {
  const kept: Draft[] = []
  for (const draft of drafts) {
    const at = kept.findIndex(one => areTwins(one, draft))
    const other = kept[at] ?? kept.find(one => packName(one.pack) === packName(draft.pack))
    if (other === undefined) kept.push(draft)
    else if (at < 0) {
      const message = `${other.path} and ${draft.path} would both be ${packName(draft.pack)}`
      throw new PackError('taken', `${message}; import them one by one with --name or --version`)
    } else if (isPreprocessed(draft) && !isPreprocessed(other)) kept[at] = draft
  }
  return kept
}

function areTwins(a: Draft, b: Draft): boolean {
  if (a.pack.name !== b.pack.name || a.pack.kind !== b.pack.kind) return false
  if (a.pack.sha256 === b.pack.sha256) return true
  if (packName(a.pack) !== packName(b.pack)) return false
  if ('rules' in a && 'rules' in b) {
    if (a.pack.compiled.sha256 === b.pack.compiled.sha256) return true
    // Preprocessing may write an expression in another way, but it leaves every check where it is.
    const isSame = a.rules.size === b.rules.size && a.rules.ids.symmetricDifference(b.rules.ids).size === 0
    return isSame && isPreprocessed(a) !== isPreprocessed(b)
  }
  return a.known !== undefined && rootsOf(a) === rootsOf(b)
}

function isPreprocessed({ path }: Draft): boolean {
  return path.includes('preprocessed')
}

function rootsOf({ pack }: Draft): string {
  if (pack.kind === 'rules') return ''
  return pack.entries
    .map(({ root }) => root)
    .sort()
    .join(' ')
}
