import { importPacks, listPacks, type Pack, packName } from '../../adapters/rules/index.ts'
import { type Arguments, type Command, type ExitCode, numberOf, type Option, UsageError } from './command.ts'
import type { Terminal } from './terminal.ts'

/** Where `rules` puts packs and `validate` finds them. */
export const rulesFolder: Option = {
  type: 'string',
  value: 'FOLDER',
  text: 'Where the packs lie; .passerelle/rules when not given.',
}

export function rulesFolderOf(given: Arguments): string {
  return given.value('rules') ?? '.passerelle/rules'
}

export const rules: Command = {
  name: 'rules',
  summary: 'Imports official Schematron rules as packs (import), or shows those that are there (list).',
  usage: 'import PATH [options] | list',
  positionals: { min: 1, max: 2 },
  options: {
    rules: rulesFolder,
    name: { type: 'string', value: 'NAME', text: 'What the pack is called; the name of the file when not given.' },
    version: {
      type: 'string',
      value: 'VERSION',
      text: 'Its release; when not given the one in the name of the file, else the hash.',
    },
    'valid-from': { type: 'string', value: 'DATE', text: 'The first day on which it is in force: 2026-11-20.' },
    'valid-to': { type: 'string', value: 'DATE', text: 'The last day.' },
    order: { type: 'string', value: 'NUMBER', text: 'Packs run from the lowest to the highest; 100 when not given.' },
  },
  notes: ['PATH is a Schematron file (.sch), or a folder or .zip archive of which every such file becomes a pack.'],
  async run(given, terminal) {
    const [what = '', path, ...more] = given.positionals
    if (what === 'list' && path === undefined) return showPacks(listPacks(rulesFolderOf(given)), terminal)
    if (what !== 'import' || more.length > 0)
      throw new UsageError(`rules knows import PATH and list, not ${given.positionals.join(' ')}`)
    if (path === undefined) throw new UsageError('rules import wants a PATH')
    const imported = await importPacks(rulesFolderOf(given), path, {
      name: given.value('name'),
      version: versionOf(given),
      validFrom: dayOf(given, 'valid-from'),
      validTo: dayOf(given, 'valid-to'),
      order: numberOf(given, 'order', { min: 0, max: 999_999 }),
    })
    return showPacks(
      imported.map(({ pack }) => pack).filter(pack => pack.kind === 'rules'),
      terminal,
    )
  },
}

function showPacks(packs: readonly Pack[], terminal: Terminal): ExitCode {
  if (packs.length === 0) terminal.line('no packs; passerelle rules import PATH brings some')
  const width = Math.max(0, ...packs.map(pack => packName(pack).length))
  for (const pack of packs) {
    terminal.data(pack)
    const { validFrom = '', validTo = '', checks, syntax, source } = pack
    const days = validFrom + validTo === '' ? '' : `  ${validFrom} to ${validTo}`
    terminal.line(
      `${packName(pack).padEnd(width)}  ${syntax.padEnd(5)}  ${String(checks).padStart(5)} checks  ${source}${days}`,
    )
  }
  return 0
}

/** A version becomes a part of a path. */
function versionOf(given: Arguments): string | undefined {
  const version = given.value('version')
  if (version === undefined || /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/.test(version)) return version
  throw new UsageError('--version takes letters, digits, points, hyphens: 3.0.21')
}

/** A day given as an option, `2026-11-20`. Throws UsageError. */
export function dayOf(given: Arguments, name: string): string | undefined {
  const text = given.value(name)
  if (text === undefined) return undefined
  const isDay =
    /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text)
  if (!isDay) throw new UsageError(`--${name} must be a day, 2026-11-20`)
  return text
}
