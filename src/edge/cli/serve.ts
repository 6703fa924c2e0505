import { loadConfig } from '../../config.ts'
import { createNode } from '../../node.ts'
import { type Command, numberOf } from './command.ts'
import { untilStopped } from './signals.ts'

export const serve: Command = {
  name: 'serve',
  summary: 'Runs a node until it is told to stop.',
  usage: '[--config FILE] [options]',
  positionals: { min: 0, max: 0 },
  options: {
    config: {
      type: 'string',
      value: 'FILE',
      text: 'JSON file; docs/configuration.md lists the settings. Without it: the environment.',
    },
    port: { type: 'string', value: 'N', text: 'Instead of http.port.' },
  },
  async run(given, terminal) {
    const file = given.value('config')
    const port = numberOf(given, 'port', { min: 0, max: 65_535 })
    const stopped = untilStopped()
    const values = port === undefined ? {} : { 'http.port': port }
    const config = loadConfig(file === undefined ? { values } : { file, values })
    await using node = await createNode(config)
    // Standard output belongs to the log.
    terminal.progress(`Passerelle serves ${node.url}  (as4 at /as4, API at /api/v1, readiness at /ready)`)
    terminal.data({ event: 'serving', url: node.url })
    const signal = await stopped
    terminal.progress(`${signal}: stopping, running requests may end`)
    return 0
  },
}
