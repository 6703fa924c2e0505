import { migrateDatabase, startPostgres } from '../../adapters/postgres/index.ts'
import { loadConfig } from '../../config.ts'
import type { Command } from './command.ts'

export const migrate: Command = {
  name: 'migrate',
  summary: 'Brings the database to the newest shape; serve does the same when it starts.',
  usage: '[--config FILE]',
  positionals: { min: 0, max: 0 },
  options: {
    config: {
      type: 'string',
      value: 'FILE',
      text: 'Names the database: database.url, or the folder of the embedded one.',
    },
  },
  async run(given, terminal) {
    const file = given.value('config')
    const config = loadConfig(file === undefined ? {} : { file })
    await using stack = new AsyncDisposableStack()
    let url = config.database.url?.reveal()
    if (url === undefined) {
      terminal.progress('starting the embedded PostgreSQL')
      const postgres = await startPostgres({
        folder: config.database.folder,
        log: message => terminal.progress(message),
      })
      stack.use(postgres)
      url = await postgres.createDatabase('passerelle')
    }
    const done = await migrateDatabase(url)
    terminal.line(done.length === 0 ? 'The database is current.' : `Migrated: ${done.join(', ')}`)
    terminal.data({ migrated: done })
    return 0
  },
}
