import { fileURLToPath } from 'node:url'
import { coloursAllowed } from '../../src/config.ts'
import { type Terminal, openTerminal } from '../../src/edge/cli/terminal.ts'
import { endWithLauncher } from '../../src/tether.ts'
import { inbound } from './inbound.ts'
import { lookup } from './lookup.ts'
import { runMatrix } from './matrix.ts'
import { outbound } from './outbound.ts'
import { peerFolders, whyNoPhase4 } from './phase4.ts'
import { openWorld } from './world.ts'

/*
 * A stranger's software agrees: phase4, the AS4 library most of the Peppol network runs on, and our node exchange messages both ways over
 * loopback, with a private PKI, its revocation lists, a name server and real databases. Exit code 0 only when every row is as expected,
 * or when phase4 cannot run here.
 */

const folders = peerFolders(fileURLToPath(new URL('../../.passerelle/interop', import.meta.url)))
/** The whole run, the first build included. */
const runMilliseconds = 20 * 60_000

async function interop(terminal: Terminal): Promise<0 | 1> {
  const why = await whyNoPhase4(folders)
  if (why !== undefined) {
    terminal.line(`skipped: ${why}`)
    terminal.data({ skipped: why })
    return 0
  }
  const signal = AbortSignal.any([stopped(), AbortSignal.timeout(runMilliseconds)])
  const progress = (text: string): void => terminal.progress(text)
  await using world = await openWorld(folders, { signal, progress })
  const { passed, failed } = await runMatrix([outbound, inbound, lookup], world, { terminal, signal })
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
  process.exitCode = await interop(terminal)
} catch (error) {
  terminal.failure(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
