import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { coloursAllowed } from '../../src/config.ts'
import { type Terminal, openTerminal } from '../../src/edge/cli/terminal.ts'
import { endWithLauncher } from '../../src/tether.ts'
import { inbound } from './inbound.ts'
import { Judges, whyNoJudges } from './judges.ts'
import { lookup } from './lookup.ts'
import { type MatrixResult, runMatrix } from './matrix.ts'
import { outbound } from './outbound.ts'
import { openCourt, pdfJudges } from './pdfs.ts'
import { peerFolders, whyNoPhase4 } from './phase4.ts'
import { openWorld } from './world.ts'

/*
 * Strangers' software agrees. as4: phase4, the AS4 library most of the Peppol network runs on, and our node exchange messages both ways
 * over loopback, with a private PKI, its revocation lists, a name server and real databases. pdf: veraPDF and Mustang judge the Factur-X
 * that our writer makes. `--only NAME` runs one of them. Exit code 0 only when every row is as expected; a section that cannot run here
 * says why and counts nothing.
 */

const folders = peerFolders(fileURLToPath(new URL('../../.passerelle/interop', import.meta.url)))
/** The whole run, the first build included. */
const runMilliseconds = 20 * 60_000

interface Setting {
  readonly terminal: Terminal
  readonly signal: AbortSignal
  readonly progress: (text: string) => void
}

interface Section {
  /** Why it cannot run here. */
  readonly whyNot: () => Promise<string | undefined>
  readonly run: (setting: Setting) => Promise<MatrixResult>
}

const sections: Readonly<Record<string, Section>> = {
  as4: {
    whyNot: () => whyNoPhase4(folders),
    run: async setting => {
      await using world = await openWorld(folders, setting)
      return await runMatrix([outbound, inbound, lookup], world, setting)
    },
  },
  pdf: {
    whyNot: whyNoJudges,
    run: async setting => {
      const judges = await Judges.ready(setting)
      setting.progress('writing PDFs and having them judged …')
      const court = await openCourt(join(folders.work, 'pdf'), judges)
      return await runMatrix(pdfJudges, court, setting)
    },
  },
}

async function interop(terminal: Terminal, only: string | undefined): Promise<0 | 1> {
  if (only !== undefined && !Object.hasOwn(sections, only)) {
    throw new Error(`--only takes one of ${Object.keys(sections).join(', ')}`)
  }
  const signal = AbortSignal.any([stopped(), AbortSignal.timeout(runMilliseconds)])
  const setting = { terminal, signal, progress: (text: string) => terminal.progress(text) }
  let [passed, failed] = [0, 0]
  for (const [name, section] of Object.entries(sections)) {
    if (only !== undefined && name !== only) continue
    const why = await section.whyNot()
    if (why !== undefined) {
      terminal.line(`${name} skipped: ${why}`)
      terminal.data({ section: name, skipped: why })
      continue
    }
    const result = await section.run(setting)
    passed += result.passed
    failed += result.failed
  }
  terminal.line(`\n${passed} passed, ${failed} failed`)
  terminal.data({ passed, failed })
  return failed === 0 ? 0 : 1
}

/** Aborted at the first signal that asks this process to end. */
function stopped(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => controller.abort(new Error(`stopped by ${signal}`)))
  }
  return controller.signal
}

endWithLauncher()
const streams = { output: process.stdout, errors: process.stderr, colours: coloursAllowed() }
const terminal = openTerminal(streams, process.argv.includes('--json'))
try {
  const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'boolean' } } })
  process.exitCode = await interop(terminal, values.only)
} catch (error) {
  terminal.failure(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
