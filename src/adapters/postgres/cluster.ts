import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readFile,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { type Account, type Binaries, isReachable } from './binaries.ts'

/** The files of one server. */
export interface Cluster {
  /** PostgreSQL's own data folder. */
  readonly data: string
  /** Holds the Unix socket; only the server's account and root may enter. */
  readonly run: string
  readonly logFile: string
  /** Remembers the TCP port between starts. */
  readonly portFile: string
  readonly password: string
}

/** The role that owns everything. */
export const superuser = 'passerelle'

/**
 * Opens the cluster of a folder, made by initdb at the first time. The cluster appears under its name by one rename, so two
 * processes may come here at once and a killed initdb leaves nothing that counts.
 */
export async function openCluster(
  folder: string,
  account: Account | undefined,
  programs: { binaries: Binaries; log: (message: string) => void },
): Promise<Cluster> {
  const home = await clusterFolder(folder, account, programs.log)
  const cluster = join(home, 'cluster')
  if (!(await lstat(cluster).catch(() => undefined))) {
    const draft = `${cluster}.${randomBytes(6).toString('hex')}`
    await initialise(draft, account, programs.binaries).catch(async (failure: unknown) => {
      await rm(draft, { recursive: true, force: true })
      throw failure
    })
    await rename(draft, cluster).catch(async (failure: NodeJS.ErrnoException) => {
      await rm(draft, { recursive: true, force: true })
      if (failure.code !== 'ENOTEMPTY' && failure.code !== 'EEXIST') throw failure
    })
  }
  return {
    data: join(cluster, 'data'),
    run: join(cluster, 'run'),
    logFile: join(cluster, 'postgres.log'),
    portFile: join(cluster, 'port'),
    password: await readFile(join(cluster, 'password'), 'utf8'),
  }
}

/** A folder for all accounts of this machine, kept over restarts where the system allows that. */
export async function commonFolder(): Promise<string> {
  for (const parent of ['/var/lib', '/var/tmp', tmpdir()]) {
    const folder = join(parent, 'passerelle')
    try {
      await mkdir(folder, { recursive: true, mode: 0o755 })
      return folder
    } catch {
      // Read-only or not ours: the next one.
    }
  }
  throw new Error(
    'No folder for the embedded PostgreSQL: neither /var/lib nor /var/tmp nor the temporary folder is writable.',
  )
}

/**
 * The folder itself; or, when the server's account cannot enter it (it lies below /root and we are root), one of the
 * common folder that a link in the folder points to. Whoever deletes the folder deletes the link, and with it the data:
 * a common folder without its link is emptied before use.
 */
async function clusterFolder(
  folder: string,
  account: Account | undefined,
  log: (message: string) => void,
): Promise<string> {
  await mkdir(folder, { recursive: true, mode: account === undefined ? 0o700 : 0o755 })
  const wanted = await realpath(folder)
  if (account === undefined || (await isReachable(wanted, account))) return wanted
  const link = join(wanted, 'elsewhere')
  const linked = await readlink(link).catch(() => undefined)
  if (linked !== undefined && (await lstat(linked).catch(() => undefined))) return linked
  const common = await commonFolder()
  await removeAbandoned(common)
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 16)
  const elsewhere = join(common, name)
  // Of several that come here at once the one that makes the link empties what an earlier folder of this name left.
  if (linked === undefined && (await makeLink(elsewhere, link))) await rm(elsewhere, { recursive: true, force: true })
  await mkdir(elsewhere, { recursive: true, mode: 0o755 })
  await writeFile(join(elsewhere, originFile), wanted)
  log(`PostgreSQL does not run as root and user ${account.uid} cannot enter ${wanted}: its data are in ${elsewhere}.`)
  return elsewhere
}

/** In a folder of the common one: the folder whose link leads here. */
const originFile = 'origin'

/** What nothing leads to any more is removed, unless a server that nobody stopped still runs on it. */
async function removeAbandoned(common: string): Promise<void> {
  for (const name of await readdir(common)) {
    const folder = join(common, name)
    const origin = await readFile(join(folder, originFile), 'utf8').catch(() => undefined)
    if (origin === undefined || (await readlink(join(origin, 'elsewhere')).catch(() => undefined)) === folder) continue
    const pid = Number(
      (await readFile(join(folder, 'cluster/data/postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0],
    )
    if (!isAlive(pid)) await rm(folder, { recursive: true, force: true })
  }
}

/** false when there is one. */
async function makeLink(target: string, path: string): Promise<boolean> {
  try {
    await symlink(target, path)
    return true
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw failure
  }
}

/** Whether a process has this number. */
export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (failure) {
    return (failure as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Removes the data of a folder. No server may be running on them. */
export async function removeCluster(folder: string): Promise<void> {
  const elsewhere = await readlink(join(resolve(folder), 'elsewhere')).catch(() => undefined)
  if (elsewhere !== undefined) await rm(elsewhere, { recursive: true, force: true })
  for (const name of ['elsewhere', 'cluster', 'lib']) await rm(join(folder, name), { recursive: true, force: true })
}

async function initialise(cluster: string, account: Account | undefined, binaries: Binaries): Promise<void> {
  await mkdir(cluster, { mode: account === undefined ? 0o700 : 0o711 })
  const password = randomBytes(24).toString('base64url')
  const passwordFile = join(cluster, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  for (const name of ['data', 'run']) await mkdir(join(cluster, name), { mode: 0o700 })
  if (account !== undefined) {
    for (const name of ['data', 'run', 'password']) await chown(join(cluster, name), account.uid, account.gid)
  }
  const options = {
    pgdata: join(cluster, 'data'),
    username: superuser,
    pwfile: passwordFile,
    auth: 'scram-sha-256',
    encoding: 'UTF8',
    locale: 'C',
    'locale-provider': 'builtin',
    'builtin-locale': 'C.UTF-8',
  }
  await run(
    join(binaries.bin, 'initdb'),
    Object.entries(options).map(([name, value]) => `--${name}=${value}`),
    {
      account,
      environment: binaries.environment,
      folder: dirname(passwordFile),
    },
  )
  if (account !== undefined) await chown(passwordFile, process.getuid?.() ?? 0, process.getgid?.() ?? 0)
  await chmod(passwordFile, 0o600)
}

/** Runs a program to its end; an exit code other than 0 becomes an Error with what it wrote. */
export async function run(
  program: string,
  argv: readonly string[],
  options: { account: Account | undefined; environment: Readonly<Record<string, string>>; folder: string },
): Promise<void> {
  const child = spawn(program, argv, {
    ...options.account,
    cwd: options.folder,
    env: serverEnvironment(options.environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const written: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => written.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => written.push(chunk))
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  child.once('error', reject)
  child.once('close', resolve)
  const code = await promise
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${Buffer.concat(written).toString().trim()}`)
}

/** Nothing of our own environment that could steer PostgreSQL (PGDATA, PGPORT, …) gets through. */
export function serverEnvironment(more: Readonly<Record<string, string>>): Record<string, string> {
  const kept = ['PATH', 'SystemRoot', 'TEMP', 'TMP'].flatMap(name => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(kept), LC_ALL: 'C', ...more }
}
