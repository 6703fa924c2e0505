import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { type Database, connect, migrateDatabase, startPostgres } from '../../src/adapters/postgres/index.ts'
import { blobFolder } from './blobs.ts'

/** Of your own PostgreSQL, with the right to create databases; without it the embedded one is started. */
const adminVariable = 'PASSERELLE_TEST_DATABASE_URL'

/** Shared by all workers and runs on this clone; stopped by the last run that ends (see global-setup.ts). */
const testServerFolder = fileURLToPath(new URL('../../.passerelle/test-postgres', import.meta.url))

/** A crash of the machine may lose test data. */
const settings = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }

/** The server that the tests use, as every user of it must open it. */
export function openTestServer(): ReturnType<typeof startPostgres> {
  return startPostgres({ folder: testServerFolder, settings, log: message => console.log(message) })
}

/** The embedded server while a test database is open: nobody stops it then. */
let server: ReturnType<typeof startPostgres> | undefined
let open = 0

async function adminUrl(): Promise<string> {
  const own = process.env[adminVariable]
  if (own !== undefined) return own
  server ??= openTestServer()
  return (await server).url
}

async function closeDatabase(): Promise<void> {
  if (--open > 0 || server === undefined) return
  const leaving = await server
  server = undefined
  await leaving.leave()
}

/** Named by what the migrations are, so that a change of one makes a new template. */
const template = `passerelle_template_${migrationsDigest()}`

function migrationsDigest(): string {
  const migrations = fileURLToPath(new URL('../../migrations/', import.meta.url))
  const hash = createHash('sha256')
  for (const name of readdirSync(migrations).sort()) hash.update(readFileSync(migrations + name))
  return hash.digest('hex').slice(0, 16)
}

export interface TestDatabase extends AsyncDisposable {
  readonly url: string
  /** A connection of its own to it, as another process would have; closed with the test database. */
  connect(): Promise<Database>
}

/** A new database of the newest shape, cloned from a template in about 0.1 s. Disposing drops it. */
export async function testDatabase(): Promise<TestDatabase> {
  open++
  const admin = new Client(await adminUrl())
  await admin.connect()
  const name = `test_${process.pid}_${Date.now().toString(36)}_${(counter++).toString(36)}`
  const blobs = await blobFolder()
  try {
    await makeTemplate(admin)
    await admin.query(`create database ${name} template ${template}`)
  } finally {
    await admin.end()
  }
  const url = databaseUrl(await adminUrl(), name)
  const connected: Database[] = []
  return {
    url,
    async connect() {
      const database = await connect(url, { blobs })
      connected.push(database)
      return database
    },
    async [Symbol.asyncDispose]() {
      for (const database of connected) await database[Symbol.asyncDispose]()
      await blobs[Symbol.asyncDispose]()
      await dropDatabase(name)
      await closeDatabase()
    },
  }
}

let counter = 0

/** The template appears by a rename once it is complete; one process makes it, the others wait. */
async function makeTemplate(admin: Client): Promise<void> {
  const exists = async () =>
    (await admin.query('select 1 from pg_database where datname = $1', [template])).rowCount === 1
  if (await exists()) return
  await admin.query('select pg_advisory_lock(1)')
  try {
    if (await exists()) return
    const draft = `${template}_draft`
    await admin.query(`drop database if exists ${draft} with (force)`)
    await admin.query(`create database ${draft}`)
    await migrateDatabase(databaseUrl(await adminUrl(), draft))
    await renameDatabase(admin, draft)
  } finally {
    await admin.query('select pg_advisory_unlock(1)')
  }
}

/** 55006: the server has not yet noticed that the last connection has gone. */
async function renameDatabase(admin: Client, draft: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await admin.query(`alter database ${draft} rename to ${template}`)
      return
    } catch (failure) {
      if ((failure as { code?: string }).code !== '55006' || tries > 50) throw failure
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }
}

async function dropDatabase(name: string): Promise<void> {
  const admin = new Client(await adminUrl())
  await admin.connect()
  await admin.query(`drop database if exists ${name} with (force)`)
  await admin.end()
}

function databaseUrl(admin: string, name: string): string {
  const url = new URL(admin)
  url.pathname = `/${name}`
  return url.href
}

/** Drops what killed test processes left behind. */
export async function dropAbandoned(url: string): Promise<void> {
  const admin = new Client(url)
  await admin.connect()
  const { rows } = await admin.query<{ datname: string }>(
    `select datname from pg_database where datname like 'test\\_%'`,
  )
  for (const { datname } of rows) {
    const pid = Number(datname.split('_')[1])
    if (!isAlive(pid)) await admin.query(`drop database if exists ${datname} with (force)`)
  }
  await admin.end()
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (failure) {
    return (failure as NodeJS.ErrnoException).code === 'EPERM'
  }
}
