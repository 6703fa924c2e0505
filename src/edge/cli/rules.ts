import { isDay } from '../../kernel/index.ts'
import { existsSync, statSync } from 'node:fs'
import {
  activatePack,
  type AnyPack,
  type Condition,
  deactivatePack,
  importPacks,
  packName,
  type PackState,
  stateOf,
  listStore,
} from '../../adapters/rules/index.ts'
import { isoOf, systemClock } from '../../kernel/index.ts'
import { type Arguments, type Command, type ExitCode, numberOf, type Option, UsageError } from './command.ts'
import type { Terminal } from './terminal.ts'

const usualFolder = '.passerelle/rules'

/** Where `rules` puts packs and `validate` finds them. */
export const rulesFolder: Option = {
  type: 'string',
  value: 'FOLDER',
  text: `Where the packs lie; ${usualFolder} when not given.`,
}

/** A folder that is named must be there: nothing is judged by less than was asked for. Throws UsageError. */
export function rulesFolderOf(given: Arguments): string {
  const named = given.value('rules')
  if (named === undefined) return usualFolder
  if (statSync(named, { throwIfNoEntry: false })?.isDirectory() === true) return named
  throw new UsageError(`--rules ${named} is no folder`)
}

type Action = (given: Arguments, words: readonly string[], terminal: Terminal) => Promise<ExitCode>

const actions: Readonly<Record<string, readonly [usage: string, most: number, run: Action]>> = {
  import: ['rules import wants a PATH', 1, importFrom],
  list: ['rules list takes no name', 0, list],
  activate: ['rules activate wants one NAME@VERSION', 1, activate],
  deactivate: ['rules deactivate wants one NAME@VERSION', 1, deactivate],
  diff: ['rules diff wants NAME@OLD NAME@NEW', Infinity, diff],
}

export const rules: Command = {
  name: 'rules',
  summary: 'Official rules and XML schemas as packs: brings them in, shows them, switches them, compares two releases.',
  usage:
    'import PATH | list | activate NAME@VERSION | deactivate NAME@VERSION | diff NAME@OLD NAME@NEW [FILE|FOLDER…]  [options]',
  positionals: { min: 1, max: Infinity },
  options: {
    rules: rulesFolder,
    name: { type: 'string', value: 'NAME', text: 'import: what the pack is called; known ones have their names.' },
    version: {
      type: 'string',
      value: 'VERSION',
      text: 'import: its release; when not given what the file says of it, else its hash.',
    },
    'valid-from': { type: 'string', value: 'DATE', text: 'import: the first day on which it is in force: 2026-11-20.' },
    'valid-to': { type: 'string', value: 'DATE', text: 'import: the last day.' },
    order: { type: 'string', value: 'NUMBER', text: 'import: packs run from the lowest to the highest.' },
    kind: { type: 'string', value: 'KIND', text: 'import: just rules, or just schema; both when not given.' },
    profile: {
      type: 'string',
      value: 'PATTERN',
      multiple: true,
      text: 'import: for documents with this BT-24; * stands for anything. May be repeated.',
    },
    process: { type: 'string', value: 'PATTERN', multiple: true, text: 'import: for documents with this BT-23.' },
    country: {
      type: 'string',
      value: 'CODE',
      multiple: true,
      text: 'import: for documents whose seller and buyer are in these countries.',
    },
    force: { type: 'boolean', text: 'import, activate: although unit tests of the pack fail.' },
    from: { type: 'string', value: 'DATE', text: 'activate: the first day.' },
    to: { type: 'string', value: 'DATE', text: 'activate: the last day.' },
    config: {
      type: 'string',
      value: 'FILE',
      text: 'diff: also over the newest documents of the node with this configuration.',
    },
    documents: { type: 'string', value: 'NUMBER', text: 'diff: how many of these; 1000 when not given.' },
  },
  notes: [
    'PATH is a .sch or .xsd file, or a folder or .zip archive in which every one that stands for itself becomes a pack.',
    'Unit tests that lie beside the rules are run; where one fails the pack is stored but not active.',
    'A file of a folder or archive that cannot become a pack is passed over and told; the others are imported, and the exit code is 1.',
    'Rules that are not known apply to no document unless --profile, --process or --country says to which: they are run by name.',
  ],
  async run(given, terminal) {
    const [what = '', ...words] = given.positionals
    const action = Object.hasOwn(actions, what) ? actions[what] : undefined
    if (action === undefined) throw new UsageError(`rules knows ${Object.keys(actions).join(', ')}, not ${what}`)
    const [usage, most, run] = action
    if (words.length > most || words.length < Math.min(most, what === 'diff' ? 2 : 1)) throw new UsageError(usage)
    return await run(given, words, terminal)
  },
}

async function importFrom(given: Arguments, [path = '']: readonly string[], terminal: Terminal): Promise<ExitCode> {
  if (!existsSync(path)) throw new UsageError(`${path} is not there`)
  // An import makes the folder.
  const folder = given.value('rules') ?? usualFolder
  const { packs: imported, passedOver } = await importPacks(folder, path, {
    name: packNameOf(given),
    version: versionOf(given),
    validFrom: dayOf(given, 'valid-from'),
    validTo: dayOf(given, 'valid-to'),
    order: numberOf(given, 'order', { min: 0, max: 999_999 }),
    applies: conditionsOf(given),
    kind: kindOf(given),
    force: given.flag('force'),
  })
  const day = today()
  const packs = listStore(folder)
  const width = widthOf(imported.map(({ pack }) => pack))
  let failed = 0
  for (const { pack, tests } of imported) {
    const failures = tests?.failures ?? []
    if (!pack.active) failed += failures.length
    terminal.data({ ...pack, state: stateOf(pack, packs, day), ...(tests === undefined ? {} : { failures }) })
    terminal.line(lineOf(pack, stateOf(pack, packs, day), width))
    if (tests !== undefined) terminal.line(`  unit tests: ${tests.passed} passed, ${failures.length} failed`)
    for (const failure of failures.slice(0, 20)) terminal.line(`    ${terminal.paint.bad(failure)}`)
  }
  for (const { path: file, reason } of passedOver) terminal.failure(`passed over: ${file}: ${reason}`, { file })
  return failed === 0 && passedOver.length === 0 ? 0 : 1
}

async function list(given: Arguments, _: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const packs = listStore(rulesFolderOf(given))
  if (packs.length === 0) terminal.line('no packs; passerelle rules import PATH brings some')
  const day = today()
  for (const pack of packs) {
    const state = stateOf(pack, packs, day)
    terminal.data({ ...pack, state })
    terminal.line(lineOf(pack, state, widthOf(packs)))
  }
  return 0
}

async function activate(given: Arguments, [name = '']: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const days = { validFrom: dayOf(given, 'from'), validTo: dayOf(given, 'to') }
  const pack = await activatePack(rulesFolderOf(given), name, { ...days, force: given.flag('force') })
  return showOne(pack, given, terminal)
}

async function deactivate(given: Arguments, [name = '']: readonly string[], terminal: Terminal): Promise<ExitCode> {
  return showOne(await deactivatePack(rulesFolderOf(given), name), given, terminal)
}

function showOne(pack: AnyPack, given: Arguments, terminal: Terminal): ExitCode {
  const state = stateOf(pack, listStore(rulesFolderOf(given)), today())
  terminal.data({ ...pack, state })
  terminal.line(lineOf(pack, state, widthOf([pack])))
  return 0
}

async function diff(
  given: Arguments,
  [old = '', next = '', ...paths]: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  // It reads what a node has kept: nothing that judges a file is to load a node.
  const { showDifferences } = await import('./rules-diff.ts')
  return await showDifferences(
    {
      given,
      folder: rulesFolderOf(given),
      old,
      next,
      paths,
      config: given.value('config'),
      most: numberOf(given, 'documents', { min: 1, max: 10_000_000 }) ?? 1000,
    },
    terminal,
  )
}

const words: Readonly<Record<PackState, string>> = {
  'in-force': 'in force',
  superseded: 'superseded by a newer release',
  'not-yet': 'not yet in force',
  over: 'no longer in force',
  inactive: 'not active',
  'by-name': 'run by name only',
}

function lineOf(pack: AnyPack, state: PackState, width: number): string {
  const { validFrom, validTo } = pack
  const days = [validFrom === undefined ? '' : `from ${validFrom}`, validTo === undefined ? '' : `to ${validTo}`]
  const about =
    pack.kind === 'rules'
      ? `${pack.syntax.padEnd(5)} ${String(pack.checks).padStart(5)} checks`
      : `xsd   ${String(pack.files.length).padStart(5)} files `
  const when = days.filter(Boolean).join(' ')
  return `${packName(pack).padEnd(width)}  ${about}  ${words[state]}${when === '' ? '' : ` (${when})`}  ${pack.source}`
}

function widthOf(packs: readonly AnyPack[]): number {
  return Math.max(0, ...packs.map(pack => packName(pack).length))
}

function today(): string {
  return isoOf(systemClock.now()).slice(0, 10)
}

/** All that is given must hold; undefined when nothing is. */
function conditionsOf(given: Arguments): readonly Condition[] | undefined {
  const [profiles, processes] = [given.values('profile'), given.values('process')]
  const countries = given.values('country').map(code => code.toUpperCase())
  if (profiles.length + processes.length + countries.length === 0) return undefined
  return [
    {
      ...(profiles.length === 0 ? {} : { profiles }),
      ...(processes.length === 0 ? {} : { processes }),
      ...(countries.length === 0 ? {} : { countries }),
    },
  ]
}

function kindOf(given: Arguments): 'rules' | 'schema' | undefined {
  const kind = given.value('kind')
  if (kind === undefined || kind === 'rules' || kind === 'schema') return kind
  throw new UsageError('--kind takes rules or schema')
}

/** A version becomes a part of a path. */
function packNameOf(given: Arguments): string | undefined {
  const name = given.value('name')
  if (name === undefined || /^[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?$/.test(name)) return name
  throw new UsageError('--name takes small letters, digits, points, hyphens: my-cius')
}

function versionOf(given: Arguments): string | undefined {
  const version = given.value('version')
  if (version === undefined || /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/.test(version)) return version
  throw new UsageError('--version takes letters, digits, points, hyphens: 3.0.21')
}

/** A day given as an option, `2026-11-20`. Throws UsageError. */
export function dayOf(given: Arguments, name: string): string | undefined {
  const text = given.value(name)
  if (text === undefined) return undefined
  if (!isDay(text)) throw new UsageError(`--${name} must be a day, 2026-11-20`)
  return text
}
