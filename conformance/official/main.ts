import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { coloursAllowed } from '../../src/config.ts'
import { type Terminal, openTerminal } from '../../src/edge/cli/terminal.ts'
import { endWithLauncher } from '../../src/tether.ts'
import { missingData, officialData } from './data.ts'
import { type Row, type Section, sections } from './sections.ts'

/*
 * npm run official -- [--data FOLDER] [--only SECTION] [--verbose] [--json]
 *
 * What the invoice engine can prove with official material, read in place: every unit case decided as it says, no difference from the
 * official stylesheets, every example the same after writing and reading, all that is written valid against the schemas, and the same
 * seen from outside through the command line. Exit code 0 when nothing differs, 1 when something does, 2 when the data is not there.
 */

const besideClone = fileURLToPath(new URL('../../../shared/data', import.meta.url))
const work = fileURLToPath(new URL('../../.passerelle/official', import.meta.url))

/** Of the things that differ; --verbose shows all. */
const shownMax = 20

interface Wanted {
  readonly data: string
  readonly only: string | undefined
  readonly verbose: boolean
}

async function prove(terminal: Terminal, { data: folder, only, verbose }: Wanted): Promise<0 | 1 | 2> {
  if (only !== undefined && !sections.some(({ name }) => name === only)) {
    terminal.failure(`--only takes one of ${sections.map(({ name }) => name).join(', ')}`)
    return 2
  }
  const data = officialData(folder)
  const missing = missingData(data)
  if (missing !== undefined) {
    terminal.failure(`the official data is not there (${missing}); --data FOLDER says where it is`)
    return 2
  }
  const differences: string[] = []
  for (const section of sections) {
    if (only !== undefined && section.name !== only) continue
    differences.push(...(await show(section, { terminal, verbose, world: { data, work: join(work, section.name) } })))
  }
  for (const difference of differences.slice(0, verbose ? Infinity : shownMax)) {
    terminal.line(terminal.paint.bad(difference))
  }
  terminal.line(`\n${differences.length === 0 ? 'Nothing differs.' : `${differences.length} differences`}`)
  return differences.length === 0 ? 0 : 1
}

interface Setting {
  readonly terminal: Terminal
  readonly verbose: boolean
  readonly world: Parameters<Section['run']>[0]
}

/** Prints a section and returns what differs. */
async function show({ name, title, columns, run }: Section, setting: Setting): Promise<readonly string[]> {
  const { terminal, verbose, world } = setting
  terminal.progress(`${title} …`)
  const startedAt = performance.now()
  const rows = await run(world)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  const width = Math.max(...[title, ...rows.map(row => row.name)].map(({ length }) => length))
  const head = columns.map(column => column.padStart(cellWidth)).join('')
  terminal.line(`\n${terminal.paint.bold(title.padEnd(width + 2))}${head}  ${terminal.paint.dim(`(${seconds} s)`)}`)
  for (const row of rows) {
    terminal.data({ section: name, ...row })
    terminal.line(lineOf(row, columns, width))
    if (verbose) for (const note of row.notes ?? []) terminal.line(`    ${terminal.paint.dim(note)}`)
  }
  return rows.flatMap(({ differences }) => differences)
}

const cellWidth = 14

function lineOf({ name, figures }: Row, columns: readonly string[], width: number): string {
  const cells = columns.map(column => {
    const figure = figures[column]
    return (figure === undefined ? '' : figure.toLocaleString('en')).padStart(cellWidth)
  })
  return `  ${name.padEnd(width)}${cells.join('')}`.trimEnd()
}

endWithLauncher()
const streams = { output: process.stdout, errors: process.stderr, colours: coloursAllowed() }
const terminal = openTerminal(streams, process.argv.includes('--json'))
try {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: besideClone },
      only: { type: 'string' },
      verbose: { type: 'boolean', default: false },
      json: { type: 'boolean' },
    },
  })
  process.exitCode = await prove(terminal, { data: values.data, only: values.only, verbose: values.verbose })
} catch (error) {
  terminal.failure(error instanceof Error ? error.message : String(error))
  process.exitCode = 2
}
