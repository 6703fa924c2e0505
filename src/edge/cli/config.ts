import { inspect } from 'node:util'
import { describeSettings, loadConfig } from '../../config.ts'
import { type Command, UsageError } from './command.ts'

export const config: Command = {
  name: 'config',
  summary: 'Prints the settings (print), or their description (docs).',
  usage: 'print [--config FILE] | docs',
  positionals: { min: 1, max: 1 },
  options: {
    config: {
      type: 'string',
      value: 'FILE',
      text: 'The file whose settings are printed, with the environment over it.',
    },
  },
  async run(given, terminal) {
    const [what = ''] = given.positionals
    if (what === 'docs') {
      terminal.raw(describeSettings())
      return 0
    }
    if (what !== 'print') throw new UsageError(`config knows print and docs, not ${what}`)
    const file = given.value('config')
    const loaded = loadConfig(file === undefined ? {} : { file })
    terminal.line(inspect(loaded, { depth: 9, maxArrayLength: null }))
    terminal.data(loaded)
    return 0
  },
}
