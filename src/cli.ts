import { coloursAllowed } from './config.ts'
import { runCli } from './edge/cli/index.ts'
import { endWithLauncher } from './tether.ts'

endWithLauncher()
process.exitCode = await runCli(process.argv.slice(2), {
  output: process.stdout,
  errors: process.stderr,
  colours: coloursAllowed(),
})
