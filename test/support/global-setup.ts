import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../.passerelle/test-postgres/', import.meta.url))

let temporary: string | undefined

/** Every temporary folder of a run lies in one, also those of processes that a test kills, which tidy up nothing. */
export function setup(): void {
  temporary = mkdtempSync(join(tmpdir(), 'passerelle-test-'))
  // As /tmp itself: PostgreSQL runs as another user where the tests are run as root.
  chmodSync(temporary, 0o755)
  process.env['TMPDIR'] = temporary
}

/** PostgreSQL is not started here: the first test that needs it does that. What was started ends with the last run that uses it. */
export async function teardown(): Promise<void> {
  try {
    await endPostgres()
  } finally {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true })
  }
}

async function endPostgres(): Promise<void> {
  const runs = ['cluster', 'elsewhere/cluster'].some(name => existsSync(`${folder}${name}/data/postmaster.pid`))
  if (!runs) return
  const { dropAbandoned, openTestServer } = await import('./postgres.ts')
  const server = await openTestServer()
  await dropAbandoned(server.url)
  await server[Symbol.asyncDispose]()
}
