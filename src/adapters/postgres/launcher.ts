import { spawn } from 'node:child_process'
import { open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, escapeIdentifier } from 'pg'
import { type Account, type Binaries, prepareBinaries } from './binaries.ts'
import {
  type Cluster,
  commonFolder,
  isAlive,
  openCluster,
  removeCluster,
  run,
  serverEnvironment,
  superuser,
} from './cluster.ts'

/*
 * The embedded PostgreSQL. The server is a process of its own in its own process group: neither Ctrl-C nor `kill -9` of this
 * process hurts it. Every process that uses it holds a shared advisory lock on a connection of its own; who leaves and then
 * gets the lock alone was the last one and stops the server. After a crash of the last one the server goes on and the next
 * start adopts it.
 */

export interface EmbeddedPostgres extends AsyncDisposable {
  /** Of the superuser and the maintenance database. */
  readonly url: string
  /** The URL of that database, made when there is none of the name (lower-case letters, digits, underscores). */
  createDatabase(name: string): Promise<string>
  /** Ends the use of the server but lets it run, for a next one to adopt. Disposing afterwards does nothing. */
  leave(): Promise<void>
}

export interface EmbeddedOptions {
  /** Holds the data; deleting it (with no server running) begins anew. */
  readonly folder: string
  readonly log: (message: string) => void
  /** A TCP port of the loopback interface. Without: a Unix socket where the path is short enough, else a free port. */
  readonly port?: number
  /** Server settings that go before the default ones. */
  readonly settings?: Readonly<Record<string, string>>
}

/**
 * Starts the server of a folder or adopts the running one. At the first time it makes the data (half a second).
 * Throws an Error with a message for people when the platform has no package, the port is taken or the server does not start.
 */
export async function startPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const account = await serverAccount()
  const binaries = await prepareBinaries(options.folder, account, commonFolder)
  const cluster = await openCluster(options.folder, account, { binaries, log: options.log })
  const deadline = performance.now() + startMillisecondsMax
  while (performance.now() < deadline) {
    const running = (await adopt(cluster, deadline)) ?? (await launch(cluster, { ...options, account, binaries }))
    const presence = running && (await announce(cluster, running))
    if (running && presence) return embeddedPostgres(cluster, running, { presence, binaries })
    await sleep(pollMilliseconds)
  }
  throw new Error(
    `PostgreSQL in ${cluster.data} was not ready in ${startMillisecondsMax / 1000} s; see ${cluster.logFile}.`,
  )
}

/** Stops the server of a folder if it runs, and removes its data. Throws when another process still uses it. */
export async function removePostgres(options: EmbeddedOptions): Promise<void> {
  if (await stat(options.folder).catch(() => undefined)) {
    const postgres = await startPostgres(options)
    await postgres[Symbol.asyncDispose]()
    const pidFile = join((await clusterOf(options)).data, 'postmaster.pid')
    if (await stat(pidFile).catch(() => undefined))
      throw new Error(`Another process uses the data in ${options.folder}.`)
  }
  await removeCluster(options.folder)
}

const startMillisecondsMax = 120_000
const pollMilliseconds = 5

/** Key of the advisory lock that every user of the server holds. */
const presenceLock = 0x70617373

/** PostgreSQL refuses to run as root, and initdb as an account without an entry in the list: `nobody`, 65534 on nearly every system. */
async function serverAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const accounts = await readFile('/etc/passwd', 'utf8').catch(() => '')
  const entry = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(accounts)
  // macOS writes -2 for what the system calls 4294967294.
  return { uid: Number(entry?.[1] ?? 65_534) >>> 0, gid: Number(entry?.[2] ?? 65_534) >>> 0 }
}

async function clusterOf(options: EmbeddedOptions): Promise<Cluster> {
  const account = await serverAccount()
  const binaries = await prepareBinaries(options.folder, account, commonFolder)
  return openCluster(options.folder, account, { binaries, log: () => undefined })
}

/**
 * Full durability: fsync, synchronous_commit and full_page_writes stay on. The rest is for short statements on a small
 * machine: no JIT, no I/O workers, few checkpoints.
 */
const serverSettings: Readonly<Record<string, string>> = {
  jit: 'off',
  io_method: 'sync',
  shared_buffers: '128MB',
  max_connections: '200',
  wal_buffers: '16MB',
  min_wal_size: '256MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  autovacuum_naptime: '15s',
  max_wal_senders: '0',
  wal_level: 'minimal',
  random_page_cost: '1.1',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  // Errors of statements come back to us and are told there.
  log_min_error_statement: 'panic',
}

/** A pg client; its type leaves out that an idle one need not keep the process alive. */
type Presence = Client & { ref(): void; unref(): void }

/** A server that says it is ready, and where it listens. */
interface Running {
  readonly pid: number
  readonly host: string
  readonly port: number
}

/** The running server of this cluster once it is ready; undefined when there is none. */
async function adopt(cluster: Cluster, deadline: number): Promise<Running | undefined> {
  while (performance.now() < deadline) {
    const lines = (await readFile(pidFileOf(cluster), 'utf8').catch(() => '')).split('\n')
    const pid = Number(lines[0])
    if (!isAlive(pid)) return undefined
    if (!(await isServerOf(pid, cluster))) {
      await forget(cluster, pid)
      return undefined
    }
    if (lines[7]?.trim() === 'ready') {
      const listens = lines[5]?.trim() ?? ''
      return { pid, host: listens === '' ? (lines[4] ?? '') : '127.0.0.1', port: Number(lines[3]) }
    }
    await sleep(pollMilliseconds)
  }
  return undefined
}

/**
 * The number has gone to another program, or its process waits to be buried; PostgreSQL would take either for a server of its own and refuse
 * to start. Looks again first: the old server may have ended in between and another process have started the next one.
 */
async function forget(cluster: Cluster, pid: number): Promise<void> {
  const [still] = (await readFile(pidFileOf(cluster), 'utf8').catch(() => '')).split('\n')
  if (Number(still) !== pid) return
  await rm(join(cluster.run, '.s.PGSQL.5432.lock'), { force: true })
  await rm(pidFileOf(cluster), { force: true })
}

interface LaunchOptions extends EmbeddedOptions {
  readonly account: Account | undefined
  readonly binaries: Binaries
}

/** undefined when another process was quicker: then there is a server to adopt. */
async function launch(cluster: Cluster, options: LaunchOptions): Promise<Running | undefined> {
  const port = await choosePort(cluster, options.port)
  const listen: Record<string, string> =
    port === undefined
      ? { listen_addresses: '', unix_socket_directories: cluster.run, unix_socket_permissions: '0700' }
      : { listen_addresses: '127.0.0.1', unix_socket_directories: '', port: String(port) }
  if (((await stat(cluster.logFile).catch(() => undefined))?.size ?? 0) > 10_000_000) await truncate(cluster.logFile)
  const log = await open(cluster.logFile, 'a', 0o600)
  const { size } = await log.stat()
  const settings = { ...serverSettings, ...options.settings, ...listen }
  const child = spawn(
    join(options.binaries.bin, 'postgres'),
    ['-D', cluster.data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    {
      ...options.account,
      cwd: cluster.data,
      env: serverEnvironment(options.binaries.environment),
      stdio: ['ignore', log.fd, log.fd],
      detached: true,
      windowsHide: true,
    },
  )
  const end: { cause?: Error } = {}
  child.once('error', failure => (end.cause = failure))
  child.once('exit', code => (end.cause ??= new Error(`exit code ${code}`)))
  child.unref()
  await log.close()
  for (;;) {
    if (end.cause) return explainEnd(cluster, { ended: end.cause, size, port, fixed: options.port !== undefined })
    const running = await adoptOnce(cluster)
    if (running?.pid === child.pid) return running
    await sleep(pollMilliseconds)
  }
}

async function adoptOnce(cluster: Cluster): Promise<Running | undefined> {
  return adopt(cluster, performance.now() + 1)
}

async function explainEnd(
  cluster: Cluster,
  end: { ended: Error; size: number; port: number | undefined; fixed: boolean },
): Promise<undefined> {
  const said = (await readFile(cluster.logFile)).subarray(end.size).toString()
  // Another process was quicker; or the server was killed and its children have not all noticed yet.
  if (/lock file "[^"]*" already exists|shared memory block .* still in use/.test(said)) {
    await sleep(childrenMilliseconds)
    return undefined
  }
  // Another process has made the file and not yet written it; or that process died in between, long ago.
  if (/lock file "[^"]*" is empty/.test(said)) {
    const { mtimeMs = Date.now() } = (await stat(pidFileOf(cluster)).catch(() => undefined)) ?? {}
    if (Date.now() - mtimeMs > abandonedMilliseconds) await rm(pidFileOf(cluster), { force: true })
    await sleep(childrenMilliseconds)
    return undefined
  }
  if (/Address already in use/i.test(said) && end.port !== undefined) {
    if (end.fixed) throw new Error(`Port ${end.port} is taken: choose another one for PostgreSQL.`)
    await rm(cluster.portFile, { force: true })
    return undefined
  }
  throw new Error(`PostgreSQL did not start (${end.ended.message}): ${said.trim() || 'it said nothing'}`, {
    cause: end.ended,
  })
}

/** PostgreSQL writes its lock file within moments of making it. */
const abandonedMilliseconds = 5_000

/** Children of a killed server end when they next look for it, which most do at once. */
const childrenMilliseconds = 50

/** sun_path of a Unix socket address holds 104 octets on macOS, 108 on Linux, the final zero included. */
const socketPathOctetsMax = 103

/** undefined: a Unix socket. A free port is kept for the next start, so that notes of it stay true. */
async function choosePort(cluster: Cluster, wanted: number | undefined): Promise<number | undefined> {
  if (wanted !== undefined) return wanted
  const socket = join(cluster.run, '.s.PGSQL.5432.lock')
  if (process.platform !== 'win32' && Buffer.byteLength(socket) <= socketPathOctetsMax) return undefined
  const kept = Number(await readFile(cluster.portFile, 'utf8').catch(() => ''))
  if (kept > 0) return kept
  const port = await freePort()
  await writeFile(cluster.portFile, String(port), { mode: 0o600 })
  return port
}

async function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const server = createServer()
  server.once('error', reject)
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    server.close(() => {
      if (address !== null && typeof address === 'object') resolve(address.port)
      else reject(new Error('no free port'))
    })
  })
  return promise
}

/** Connects and takes the shared lock; undefined when the server is on its way out. */
async function announce(cluster: Cluster, running: Running): Promise<Presence | undefined> {
  const client = new Client({
    host: running.host,
    port: running.port,
    user: superuser,
    password: cluster.password,
    database: 'postgres',
    application_name: 'passerelle launcher',
  }) as Presence
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('select pg_advisory_lock_shared($1)', [presenceLock])
    // A program that has nothing else to do may end; the server sees the closed connection.
    client.unref()
    return client
  } catch (failure) {
    await client.end().catch(() => undefined)
    if (isPassing(failure)) return undefined
    throw failure
  }
}

/** 57P0x: the server starts or stops; a system error: it is gone. Everything else would come again. */
function isPassing(failure: unknown): boolean {
  const code = (failure as { code?: unknown }).code
  return code === undefined || (typeof code === 'string' && /^(57P0|08|ECONN|ENOENT|EPIPE)/.test(code))
}

function embeddedPostgres(
  cluster: Cluster,
  running: Running,
  held: { presence: Presence; binaries: Binaries },
): EmbeddedPostgres {
  const urlOf = (database: string): string => databaseUrl(running, cluster.password, database)
  let left: Promise<void> | undefined
  return {
    url: urlOf('postgres'),
    async createDatabase(name) {
      if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name)) throw new RangeError(`not a name for a database: ${name}`)
      held.presence.ref()
      try {
        await held.presence.query(`create database ${escapeIdentifier(name)}`)
      } catch (failure) {
        // duplicate_database, and the same seen by two who made it at once
        if (!['42P04', '23505'].includes((failure as { code?: string }).code ?? '')) throw failure
      } finally {
        held.presence.unref()
      }
      return urlOf(name)
    },
    leave: () => (left ??= held.presence.end()),
    [Symbol.asyncDispose]: () => (left ??= leave(cluster, running, held)),
  }
}

/** With a Unix socket the host is a parameter, which pg and libpq both understand. */
function databaseUrl(running: Running, password: string, database: string): string {
  const isSocket = !running.host.startsWith('127.')
  const authority = isSocket ? 'localhost' : `${running.host}:${running.port}`
  const url = `postgresql://${superuser}:${password}@${authority}/${database}`
  return isSocket ? `${url}?host=${encodeURIComponent(running.host)}&port=${running.port}` : url
}

async function leave(
  cluster: Cluster,
  running: Running,
  held: { presence: Presence; binaries: Binaries },
): Promise<void> {
  held.presence.ref()
  const last = await held.presence
    .query(`select pg_advisory_unlock_shared($1), pg_try_advisory_lock($1) as last`, [presenceLock])
    .then(
      result => (result.rows[0] as { last: boolean }).last,
      () => false,
    )
  if (last) await stop(cluster, running, held.binaries)
  await held.presence.end().catch(() => undefined)
}

/** A fast shutdown: open transactions are rolled back, what was committed is in the files. */
async function stop(cluster: Cluster, running: Running, binaries: Binaries): Promise<void> {
  if (process.platform === 'win32') {
    await run(join(binaries.bin, 'pg_ctl'), ['stop', '-m', 'fast', '-D', cluster.data], {
      account: undefined,
      environment: binaries.environment,
      folder: cluster.data,
    })
    return
  }
  let asked = false
  // A child of a killed server may have answered that we are the last: then there is nothing to stop.
  while (isAlive(running.pid) && (await isServerOf(running.pid, cluster))) {
    if (!asked) process.kill(running.pid, 'SIGINT')
    asked = true
    await sleep(pollMilliseconds)
  }
}

function pidFileOf(cluster: Cluster): string {
  return join(cluster.data, 'postmaster.pid')
}

/** Where there is no /proc the number alone must do. */
async function isServerOf(pid: number, cluster: Cluster): Promise<boolean> {
  if (process.platform !== 'linux') return true
  const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
  return argv.includes(cluster.data)
}
