import { readFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type EmbeddedPostgres, removePostgres, startPostgres } from '../../../src/adapters/postgres/index.ts'
import { runScript } from '../../support/processes/index.ts'

const isRoot = process.getuid?.() === 0

let parent: string
/** Shared by all: making the data of a new one costs as much as the rest of a test. */
let folder: string
let started: EmbeddedPostgres[] = []
let messages: string[] = []

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'passerelle-pg-'))
  await chmod(parent, 0o755)
  folder = join(parent, 'pg')
})
afterEach(async () => {
  for (const postgres of started) await postgres[Symbol.asyncDispose]()
  started = []
  messages = []
})
afterAll(async () => {
  await removePostgres({ folder, log: () => undefined })
  await rm(parent, { recursive: true })
})

async function start(options: { port?: number; folder?: string } = {}): Promise<EmbeddedPostgres> {
  const postgres = await startPostgres({
    folder,
    log: message => messages.push(message),
    settings: { fsync: 'off' },
    ...options,
  })
  started.push(postgres)
  return postgres
}

async function query<Row>(url: string, sql: string): Promise<Row> {
  const client = new Client(url)
  await client.connect()
  try {
    const { rows } = await client.query(sql)
    return rows[0] as Row
  } finally {
    await client.end()
  }
}

async function pidOf(at = folder): Promise<number> {
  return Number((await readFile(join(at, 'cluster/data/postmaster.pid'), 'utf8')).split('\n')[0])
}

/** Whose parent was killed and whom nobody has buried yet is not alive, although his number is. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  return process.platform !== 'linux' || readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== ''
}

describe('the embedded server', () => {
  it('makes databases, keeps their data, and is stopped by the last who leaves', async () => {
    const first = await start()
    const url = await first.createDatabase('kept')
    await query(url, 'create table t as select 42 as answer')
    const pid = await pidOf()
    const second = await start()
    expect(await pidOf()).toBe(pid)
    await first[Symbol.asyncDispose]()
    expect(isAlive(pid)).toBe(true)
    await second[Symbol.asyncDispose]()
    await expect.poll(() => isAlive(pid)).toBe(false)
    const third = await start()
    expect(await third.createDatabase('kept')).toBe(url)
    expect(await query(url, 'select answer from t')).toEqual({ answer: 42 })
  })

  it('started by several at once is one server', async () => {
    const fresh = join(parent, 'fresh')
    const all = await Promise.all([1, 2, 3].map(() => start({ folder: fresh })))
    expect(new Set(all.map(({ url }) => url)).size).toBe(1)
    expect(await readdir(fresh)).toEqual(['cluster'])
    await Promise.all(all.map(postgres => postgres[Symbol.asyncDispose]()))
    // The same when nobody has to make the data first.
    const again = await Promise.all([1, 2, 3].map(() => start({ folder: fresh })))
    expect(new Set(again.map(({ url }) => url)).size).toBe(1)
  })

  it('goes on after kill -9 of the only one who used it, and the next start adopts it', async () => {
    const user = await runScript('postgres-user', folder)
    const pid = await pidOf()
    await user.kill()
    expect(isAlive(pid)).toBe(true)
    const next = await start()
    expect(next.url).toBe(user.line)
    expect(await pidOf()).toBe(pid)
    await expect
      .poll(
        async () =>
          (await query<{ n: string }>(next.url, `select count(*) as n from pg_locks where locktype = 'advisory'`)).n,
      )
      .toBe('1')
    await next[Symbol.asyncDispose]()
    await expect.poll(() => isAlive(pid)).toBe(false)
  })

  it('that was itself killed recovers what was committed', async () => {
    const first = await start()
    const url = await first.createDatabase('killed')
    await query(url, 'create table t as select 42 as answer')
    process.kill(await pidOf(), 'SIGKILL')
    await first[Symbol.asyncDispose]()
    const second = await start()
    expect(await query(await second.createDatabase('killed'), 'select answer from t')).toEqual({ answer: 42 })
  })

  it.runIf(process.platform === 'linux')('starts although its number belongs to another program', async () => {
    await (await start())[Symbol.asyncDispose]()
    await writeFile(join(folder, 'cluster/data/postmaster.pid'), `${process.pid}\n${folder}\n1\n5432\n\n\n\nready\n`)
    const postgres = await start()
    expect(await query(postgres.url, 'select 1 as one')).toEqual({ one: 1 })
    expect(await pidOf()).not.toBe(process.pid)
  })

  it('starts over an empty lock file that a dead process left long ago', async () => {
    await (await start())[Symbol.asyncDispose]()
    const lockFile = join(folder, 'cluster/data/postmaster.pid')
    await writeFile(lockFile, '')
    const longAgo = new Date(Date.now() - 60_000)
    await utimes(lockFile, longAgo, longAgo)
    expect(await query((await start()).url, 'select 1 as one')).toEqual({ one: 1 })
  })

  it('left by one who lets it run is adopted', async () => {
    const first = await start()
    const pid = await pidOf()
    await first.leave()
    await first[Symbol.asyncDispose]()
    await start()
    expect(await pidOf()).toBe(pid)
  })

  it('lets nobody in without the password', async () => {
    const { url } = await start()
    await expect(query(url.replace(/:[^:@/]+@/, ':wrong@'), 'select 1')).rejects.toThrow(
      'password authentication failed',
    )
    expect(url).toContain(await readFile(join(folder, 'cluster/password'), 'utf8'))
  })

  it('refuses a name that is none', async () => {
    const postgres = await start()
    await expect(postgres.createDatabase('x"; drop database postgres')).rejects.toThrow(RangeError)
  })
})

async function takenPort(): Promise<{ port: number; free(): Promise<unknown> }> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, free: () => new Promise(resolve => server.close(resolve)) }
}

describe('a TCP port', () => {
  it('that was asked for is listened on, on the loopback interface', async () => {
    const taken = await takenPort()
    const { port } = taken
    await taken.free()
    const { url } = await start({ port })
    expect(url).toContain(`@127.0.0.1:${port}/`)
    expect(await query(url, 'select 1 as one')).toEqual({ one: 1 })
  })

  it('that is taken is named in the message', async () => {
    const taken = await takenPort()
    const { port } = taken
    await expect(start({ port })).rejects.toThrow(`Port ${port} is taken`)
    await taken.free()
  })

  it('is chosen where the path is too long for a Unix socket, and stays', async () => {
    const long = join(folder, 'long-'.repeat(20))
    const first = await start({ folder: long })
    expect(first.url).toMatch(/@127\.0\.0\.1:\d+\/postgres$/)
    await first[Symbol.asyncDispose]()
    const second = await start({ folder: long })
    expect(second.url).toBe(first.url)
    await second[Symbol.asyncDispose]()
  })
})

describe('removing', () => {
  it('is refused while another one uses the server, then ends it and takes the data away', async () => {
    const leaving = join(parent, 'leaving')
    const first = await start({ folder: leaving })
    const pid = await pidOf(leaving)
    const removed = { folder: leaving, log: () => undefined }
    await expect(removePostgres(removed)).rejects.toThrow('Another process')
    expect(isAlive(pid)).toBe(true)
    await first.leave()
    await removePostgres(removed)
    expect(isAlive(pid)).toBe(false)
    expect(await readdir(leaving)).toEqual([])
  })
})

describe.runIf(isRoot)('as root, in a folder that the unprivileged account cannot enter', () => {
  it('keeps the data elsewhere, says so once, and begins anew when the folder was deleted', async () => {
    const closed = join(parent, 'closed')
    const within = join(closed, 'pg')
    await mkdir(closed, { mode: 0o700 })
    const first = await start({ folder: within })
    expect(messages.join()).toContain('cannot enter')
    await query(await first.createDatabase('kept'), 'create table t as select 42 as answer')
    await first[Symbol.asyncDispose]()
    const second = await start({ folder: within })
    expect(await query(await second.createDatabase('kept'), 'select answer from t')).toEqual({ answer: 42 })
    await second[Symbol.asyncDispose]()
    await rm(within, { recursive: true })
    const third = await start({ folder: within })
    await expect(query(await third.createDatabase('kept'), 'select answer from t')).rejects.toThrow('does not exist')
    await third[Symbol.asyncDispose]()
    await removePostgres({ folder: within, log: () => undefined })
  })
})
