import type { Terminal } from '../../src/edge/cli/terminal.ts'
import type { World } from './world.ts'

/** What was seen of an exchange, by name. */
export type Facts = Readonly<Record<string, string | number | boolean>>

/** `On` is what it runs on: both access points unless said otherwise. */
export interface Case<On = World> {
  readonly name: string
  /** Exactly this must be seen. */
  readonly expected: Facts
  readonly run: (world: On) => Promise<Facts>
}

export interface CaseGroup<On = World> {
  readonly name: string
  readonly cases: readonly Case<On>[]
}

export interface MatrixResult {
  readonly passed: number
  readonly failed: number
}

/** Runs every case, one after the other, and prints a row for each as soon as it is known. */
export async function runMatrix<On>(
  groups: readonly CaseGroup<On>[],
  world: On,
  { terminal, signal }: { readonly terminal: Terminal; readonly signal: AbortSignal },
): Promise<MatrixResult> {
  let [passed, failed] = [0, 0]
  const stopped = new Promise<never>((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason)),
  )
  // Of a run that is stopped between two cases nobody waits for it.
  stopped.catch(() => {})
  for (const group of groups) {
    terminal.line(`\n${terminal.paint.bold(group.name)}`)
    for (const one of group.cases) {
      signal.throwIfAborted()
      // In a file the row itself is enough.
      if (process.stderr.isTTY) terminal.progress(`  … ${one.name}`)
      const startedAt = performance.now()
      const seen = await Promise.race([observe(one, world), stopped])
      const seconds = (performance.now() - startedAt) / 1000
      const as = differences(one.expected, seen)
      if (as.length === 0) passed += 1
      else failed += 1
      printRow(terminal, { one, seen, differences: as, seconds })
      const row = { direction: group.name, case: one.name, ok: as.length === 0, expected: one.expected, seen }
      terminal.data({ ...row, seconds: Number(seconds.toFixed(2)) })
    }
  }
  return { passed, failed }
}

async function observe<On>(one: Case<On>, world: On): Promise<Facts> {
  try {
    return await one.run(world)
  } catch (error) {
    return { broken: error instanceof Error ? error.message : String(error) }
  }
}

function differences(expected: Facts, seen: Facts): readonly string[] {
  const names = new Set([...Object.keys(expected), ...Object.keys(seen)])
  return [...names].filter(name => expected[name] !== seen[name])
}

interface Row {
  readonly one: Pick<Case<never>, 'name' | 'expected'>
  readonly seen: Facts
  readonly differences: readonly string[]
  readonly seconds: number
}

const nameColumns = 52

function printRow(terminal: Terminal, { one, seen, differences, seconds }: Row): void {
  const { paint } = terminal
  const time = paint.dim(`${seconds.toFixed(1)} s`)
  const mark = differences.length === 0 ? paint.good('✓') : paint.bad('✗')
  terminal.line(`  ${mark} ${one.name.padEnd(nameColumns)} ${factsText(seen)}  ${time}`)
  for (const name of differences) terminal.line(`      ${name}: expected ${one.expected[name]}, seen ${seen[name]}`)
}

function factsText(facts: Facts): string {
  return Object.entries(facts)
    .map(([name, value]) => (value === true ? name : `${name} ${value}`))
    .join(' · ')
}
