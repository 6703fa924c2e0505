import { coloursAllowed } from './config.ts'
import { runCli } from './edge/cli/index.ts'
import { endWithLauncher } from './tether.ts'

// The server alone, for containers and process managers: the same as `passerelle serve`.
endWithLauncher()
process.exitCode = await runCli(['serve', ...process.argv.slice(2)], {
  output: process.stdout,
  errors: process.stderr,
  colours: coloursAllowed(),
})
