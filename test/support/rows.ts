import { readdirSync } from 'node:fs'
import { Client } from 'pg'
import type { PreparedNode } from './network.ts'

/** Asks the database of a node directly. */
export async function query(
  { database }: Pick<PreparedNode, 'database'>,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Record<string, unknown>[]> {
  const client = new Client(database.url)
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql, [...values])
    return rows
  } finally {
    await client.end()
  }
}

/** Everything a node keeps, counted: rows of each table that a message makes, and files of the blob store. */
export async function kept(node: Pick<PreparedNode, 'database' | 'blobFolder'>): Promise<Record<string, number>> {
  const [row] = await query(
    node,
    `select (select count(*)::int from transmission) as transmissions, (select count(*)::int from content) as contents,
       (select count(*)::int from event) as events, (select count(*)::int from job) as jobs,
       (select count(*)::int from invoice) as invoices`,
  )
  return { ...(row as Record<string, number>), files: filesIn(node.blobFolder).length }
}

/** Files of a blob folder, finished and unfinished. */
export function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => entry.name)
}
