import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const entry = fileURLToPath(new URL('../../../src/cli.ts', import.meta.url))

/** The program as its own process. */
export interface Program {
  readonly process: ChildProcess
  /** What it has written so far. */
  output(): string
  errors(): string
  /** Resolves when the output holds the text; rejects when the program ends before. */
  says(text: string): Promise<void>
  /** The exit code, or the signal that ended it. */
  ended: Promise<number | string>
}

export function start(
  words: readonly string[],
  options: { input?: string; env?: Record<string, string> } = {},
): Program {
  const child = spawn(process.execPath, [entry, ...words], {
    env: { ...environment(), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', chunk => (output += String(chunk)))
  child.stderr.on('data', chunk => (errors += String(chunk)))
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input ?? '')
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string)
  return {
    process: child,
    output: () => output,
    errors: () => errors,
    ended,
    says: text =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (output.includes(text)) resolve()
        }
        child.stdout.on('data', look)
        void ended.then(() => reject(new Error(`ended without saying ${text}:\n${output}\n${errors}`)))
        look()
      }),
  }
}

/** Runs to the end. */
export async function run(
  words: readonly string[],
  options: { input?: string; env?: Record<string, string> } = {},
): Promise<{ code: number | string; output: string; errors: string }> {
  const program = start(words, options)
  const code = await program.ended
  return { code, output: program.output(), errors: program.errors() }
}

/** Ours without the settings that somebody may have in his shell. */
function environment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('PASSERELLE_')))
}
