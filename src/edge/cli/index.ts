import { WireError } from '../../kernel/index.ts'
import { type Command, type ExitCode, helpOf, parseArguments, UsageError } from './command.ts'
import { openTerminal, type Terminal, type TerminalStreams } from './terminal.ts'

/** Each loads what it needs when it is run: a node with its database and its doors takes as long as the verdict on a file. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serve,
  sandbox: async () => (await import('./sandbox.ts')).sandbox,
  send: async () => (await import('./send.ts')).send,
  validate: async () => (await import('./validate.ts')).validate,
  convert: async () => (await import('./convert.ts')).convert,
  render: async () => (await import('./render.ts')).render,
  extract: async () => (await import('./extract.ts')).extract,
  rules: async () => (await import('./rules.ts')).rules,
  map: async () => (await import('./map.ts')).map,
  lookup: async () => (await import('./lookup.ts')).lookup,
  trace: async () => (await import('./trace.ts')).trace,
  keys: async () => (await import('./keys.ts')).keys,
  migrate: async () => (await import('./migrate.ts')).migrate,
  config: async () => (await import('./config.ts')).config,
}

/** Runs one command line (without the program's name) and resolves to the exit code. Never throws. */
export async function runCli(words: readonly string[], streams: TerminalStreams): Promise<ExitCode> {
  const terminal = openTerminal(streams, words.includes('--json'))
  // Whoever reads us, `head` for one, may have had enough before we are done.
  for (const stream of [streams.output, streams.errors]) stream.on?.('error', ignoreClosedPipe)
  const [name = 'help', ...rest] = words
  if (name === 'help' || name === '--help' || name === '-h') return showHelp(rest[0], terminal)
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (load === undefined) {
    terminal.failure(`there is no command ${name}; passerelle help lists them`)
    return 2
  }
  const command = await load()
  try {
    const given = parseArguments(command, rest)
    if (given.flag('help')) {
      terminal.raw(helpOf(command))
      return 0
    }
    return await command.run(given, terminal)
  } catch (error) {
    return explain(error, command, terminal)
  }
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}

/** Codes of what was asked for by a name that nothing has: the command line is wrong, and nothing was judged or changed. */
const namesNothing: ReadonlySet<string> = new Set(['unknown-pack', 'not-in-force'])

function explain(error: unknown, command: Command, terminal: Terminal): ExitCode {
  if (error instanceof UsageError) {
    terminal.failure(`${error.message}; see passerelle ${command.name} --help`)
    return 2
  }
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof WireError && namesNothing.has(error.code)) {
    terminal.failure(message, { code: error.code })
    return 2
  }
  // A coded error explains itself; of another kind only the place tells more.
  if (error instanceof WireError) terminal.failure(message, { code: error.code })
  else if (error instanceof Error && 'code' in error) terminal.failure(message, { code: error.code })
  else terminal.failure(error instanceof Error ? (error.stack ?? message) : message)
  return 1
}

async function showHelp(name: string | undefined, terminal: Terminal): Promise<ExitCode> {
  const all = await Promise.all(Object.values(commands).map(load => load()))
  const command = all.find(one => one.name === name)
  if (command !== undefined) {
    terminal.raw(helpOf(command))
    return 0
  }
  const width = Math.max(...all.map(one => one.name.length))
  const rows = all.map(one => `  ${one.name.padEnd(width)}  ${one.summary}`)
  terminal.raw(`passerelle COMMAND [arguments]\n\n${rows.join('\n')}\n\npasserelle COMMAND --help tells more.\n`)
  return 0
}
