import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../.passerelle/test-postgres/', import.meta.url))

/** Nothing is started here: the first test that needs a database does it. What was started ends with the last run that uses it. */
export async function teardown(): Promise<void> {
  const runs = ['cluster', 'elsewhere/cluster'].some(name => existsSync(`${folder}${name}/data/postmaster.pid`))
  if (!runs) return
  const { dropAbandoned, openTestServer } = await import('./postgres.ts')
  const server = await openTestServer()
  await dropAbandoned(server.url)
  await server[Symbol.asyncDispose]()
}
