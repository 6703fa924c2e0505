import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'

const repository = fileURLToPath(new URL('../../', import.meta.url))
const clone = mkdtempSync(join(tmpdir(), 'passerelle-clone-'))

beforeAll(() => {
  mkdirSync(join(clone, 'src'))
  for (const file of ['src/bootstrap.mjs', 'src/tether.ts']) cpSync(join(repository, file), join(clone, file))
  lock('1.0.0')
  writeFileSync(join(clone, 'exit.mjs'), "console.log(process.argv.slice(2).join(' ')); process.exitCode = 3")
  writeFileSync(
    join(clone, 'wait.mjs'),
    `import { endWithLauncher } from './src/tether.ts'
     endWithLauncher()
     const timer = setInterval(() => undefined, 1000)
     process.on('SIGTERM', () => { console.log('told to end'); clearInterval(timer); process.exitCode = 5 })
     console.log('running ' + process.pid)`,
  )
})

/** A project without dependencies: npm ci needs no network for it. */
function lock(version: string): void {
  const about = { name: 'clone', version }
  writeFileSync(join(clone, 'package.json'), JSON.stringify({ ...about, type: 'module' }))
  const packages = { '': about }
  writeFileSync(
    join(clone, 'package-lock.json'),
    JSON.stringify({ ...about, lockfileVersion: 3, requires: true, packages }),
  )
}

interface Launched {
  readonly process: ChildProcess
  output(): string
  says(text: string): Promise<void>
  readonly ended: Promise<number | string>
}

function launch(...words: string[]): Launched {
  const child = spawn(process.execPath, ['src/bootstrap.mjs', ...words], { cwd: clone })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += String(chunk)))
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string)
  const says = async (text: string): Promise<void> => {
    for (let waited = 0; !output.includes(text); waited += 20) {
      if (waited > 20_000) throw new Error(`never said ${text}:\n${output}`)
      await delay(20)
    }
  }
  return { process: child, output: () => output, says, ended }
}

describe('bootstrap', () => {
  it('installs when node_modules is missing, and only then', async () => {
    rmSync(join(clone, 'node_modules'), { recursive: true, force: true })
    const first = launch('run', 'exit.mjs')
    expect(await first.ended).toBe(3)
    expect(first.output()).toContain('Installing dependencies as locked (npm ci) …')
    expect(existsSync(join(clone, 'node_modules/.passerelle-lock'))).toBe(true)
    const second = launch('run', 'exit.mjs')
    expect(await second.ended).toBe(3)
    expect(second.output()).not.toContain('Installing')
  })

  it('installs again when the lock has changed and what is there is not what it says', async () => {
    await launch('run', 'exit.mjs').ended
    const entry = { version: '1.0.0', link: true, resolved: 'local' }
    mkdirSync(join(clone, 'local'), { recursive: true })
    writeFileSync(join(clone, 'local/package.json'), '{"name":"local","version":"1.0.0"}')
    const about = { name: 'clone', version: '2.0.0', dependencies: { local: 'file:local' } }
    writeFileSync(join(clone, 'package.json'), JSON.stringify({ ...about, type: 'module' }))
    const packages = {
      '': about,
      local: { version: '1.0.0' },
      'node_modules/local': { resolved: entry.resolved, link: true },
    }
    writeFileSync(
      join(clone, 'package-lock.json'),
      JSON.stringify({ ...about, lockfileVersion: 3, requires: true, packages }),
    )
    const changed = launch('run', 'exit.mjs')
    expect(await changed.ended).toBe(3)
    expect(changed.output()).toContain('Installing dependencies as locked (npm ci, they changed) …')
    lock('1.0.0')
  })

  it('keeps what Node compiles among the installed modules', async () => {
    writeFileSync(
      join(clone, 'kept.mjs'),
      `import { getCompileCacheDir } from 'node:module'
       console.log('kept in ' + getCompileCacheDir())`,
    )
    const launched = launch('run', 'kept.mjs')
    expect(await launched.ended).toBe(0)
    expect(launched.output()).toContain(`kept in ${join(realpathSync(clone), 'node_modules/.cache/compiled')}`)
  })

  it('hands over the arguments and gives back the exit code', async () => {
    const launched = launch('run', 'exit.mjs', 'one', '--two', 'three')
    expect(await launched.ended).toBe(3)
    expect(launched.output()).toContain('one --two three')
  })

  it('runs a program with the options of V8 that suit a node', async () => {
    writeFileSync(join(clone, 'options.mjs'), "console.log(process.execArgv.join(' '))")
    const launched = launch('run', 'options.mjs')
    expect(await launched.ended).toBe(0)
    expect(launched.output()).toContain('--no-allocation-site-pretenuring --heap-growing-percent=200')
  })

  it('passes signals on and waits for what the program makes of them', async () => {
    const launched = launch('run', 'wait.mjs')
    await launched.says('running')
    launched.process.kill('SIGTERM')
    expect(await launched.ended).toBe(5)
    expect(launched.output()).toContain('told to end')
  })

  it('leaves no orphan when it is killed outright', async () => {
    const launched = launch('run', 'wait.mjs')
    await launched.says('running')
    const pid = Number(/running (\d+)/.exec(launched.output())?.[1])
    launched.process.kill('SIGKILL')
    await launched.says('told to end')
    await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false)
  })

  it('gives 128 and the number of the signal that ended the program', async () => {
    writeFileSync(join(clone, 'die.mjs'), "process.kill(process.pid, 'SIGKILL')")
    expect(await launch('run', 'die.mjs').ended).toBe(137)
  })

  it('says how it is used', async () => {
    const launched = launch('nonsense')
    expect(await launched.ended).toBe(2)
    expect(launched.output()).toContain('usage: node src/bootstrap.mjs start | run')
    expect(await launch('run').ended).toBe(1)
  })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
