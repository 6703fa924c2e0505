import type { ImportOptions } from './describe.ts'
import { draftRules, type RulesDraft } from './draft-rules.ts'
import { draftSchemas, type SchemaDraft } from './draft-schemas.ts'
import { type AnyPack, type Pack, PackError, packName } from './pack.ts'
import { Passing, type PassedOver } from './passing.ts'
import { withoutTwins } from './twins.ts'
import { openSource } from './source.ts'
import { changeStore, readStore, stageFiles, type Staged, unstage } from './store.ts'
import { readTestSets, runTestSets, type TestRun } from './test-sets.ts'

export interface Imported {
  readonly pack: AnyPack
  /** Of the pack's own unit tests; undefined when none came with it. */
  readonly tests: TestRun | undefined
}

export type Draft = (RulesDraft | SchemaDraft) & { readonly tests?: TestRun | undefined }

/** The packs that were stored, and the files of a folder or archive that could not become one. */
interface Import {
  readonly packs: readonly Imported[]
  readonly passedOver: readonly PassedOver[]
}

/**
 * Compiles and stores the rules and schemas at a path: a file, or every one in a folder or ZIP archive as a pack of its own. Rules whose own
 * unit tests lie beside them are tried on these; where one fails they are stored but not active, unless forced. All packs are stored or
 * none; of a folder or archive files that cannot become one are passed over, unless none can. The same files under the same name may be
 * imported again: whether they are active and their days then stay as they are, where the options do not say otherwise. Throws PackError,
 * SchematronError and XmlError.
 */
export async function importPacks(folder: string, path: string, options: ImportOptions): Promise<Import> {
  const source = openSource(path)
  const passing = new Passing(source)
  const rules = options.kind === 'schema' ? [] : draftRules(source, options, passing)
  const cases = rules.length === 0 ? [] : readTestSets(source)
  const drafts: readonly Draft[] = withoutTwins([
    ...rules.map((draft): Draft => Object.assign(draft, { tests: runTestSets(draft, cases) })),
    ...(options.kind === 'rules' ? [] : await draftSchemas(source, options, passing)),
  ])
  if (drafts.length === 0 && passing.cause !== undefined) throw passing.cause
  checkNumber(drafts, path, options)
  for (const draft of drafts) checkFree(draft, readStore(folder))
  const staged: (Staged & { readonly draft: Draft })[] = []
  const imported: Imported[] = []
  try {
    for (const draft of drafts) staged.push({ ...stageFiles(folder, packName(draft.pack), draft.files), draft })
    await changeStore(folder, before => {
      imported.length = 0
      imported.push(...staged.map(one => finished(one, before, options)))
      const names = new Set(imported.map(({ pack }) => packName(pack)))
      return [...before.filter(pack => !names.has(packName(pack))), ...imported.map(({ pack }) => pack)]
    })
  } catch (error) {
    unstage(folder, staged)
    throw error
  }
  return { packs: imported, passedOver: passing.passedOver.toSorted((a, b) => (a.path < b.path ? -1 : 1)) }
}

function checkNumber(drafts: readonly Draft[], path: string, { name }: ImportOptions): void {
  if (drafts.length === 0) throw new PackError('nothing-to-import', `${path} has no file with the ending .sch or .xsd`)
  if (drafts.length === 1 || name === undefined) return
  throw new PackError('taken', `${path} has ${drafts.length} packs; one name is not enough for them`)
}

/** The stored pack of that name, where it is the same. Throws PackError `taken` where it is another. */
function checkFree({ pack }: Draft, stored: readonly AnyPack[]): AnyPack | undefined {
  const same = stored.find(one => packName(one) === packName(pack))
  if (same === undefined) return undefined
  const isSame =
    same.sha256 === pack.sha256 || (same.kind === 'rules' && pack.kind === 'rules' && isSameCode(same, pack))
  if (isSame && same.kind === pack.kind) return same
  throw new PackError('taken', `${packName(pack)} is already there with other content; give another --version`)
}

function isSameCode(a: Pick<Pack, 'compiled'>, b: Pick<Pack, 'compiled'>): boolean {
  return a.compiled.format === b.compiled.format && a.compiled.sha256 === b.compiled.sha256
}

function finished(
  { draft, folder }: Staged & { readonly draft: Draft },
  before: readonly AnyPack[],
  options: ImportOptions,
): Imported {
  const same = checkFree(draft, before)
  const { tests } = draft
  const failed = tests?.failures.length ?? 0
  // What only its unit tests held back is free when they pass.
  const wasHeldBack = same?.kind === 'rules' && (same.tests?.failed ?? 0) > 0
  const active = options.force === true || (failed === 0 && (wasHeldBack || (same?.active ?? true)))
  const days = {
    ...(options.validFrom === undefined && same?.validFrom !== undefined ? { validFrom: same.validFrom } : {}),
    ...(options.validTo === undefined && same?.validTo !== undefined ? { validTo: same.validTo } : {}),
  }
  const pack: AnyPack = { ...draft.pack, ...days, folder, active }
  if (pack.kind === 'schema' || tests === undefined) return { pack, tests }
  return { pack: { ...pack, tests: { passed: tests.passed, failed } }, tests }
}
