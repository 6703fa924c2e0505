import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface TestProcess {
  /** The first line it wrote. */
  readonly line: string
  /** `kill -9`, and waits until it is gone. */
  kill(): Promise<void>
}

/** Runs one of the scripts of this folder in a process of its own until it has written a line. */
export async function runScript(name: string, ...argv: readonly string[]): Promise<TestProcess> {
  const script = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
  const child: ChildProcess = spawn(process.execPath, [script, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const line = await Promise.race([
    once(createInterface({ input: child.stdout! }), 'line').then(([first]) => String(first)),
    exited.then(([code]) => Promise.reject(new Error(`${name} ended with ${String(code)}`))),
  ])
  return {
    line,
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
