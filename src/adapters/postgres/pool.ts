import knex, { type Knex } from 'knex'
import { type Client, type CustomTypesConfig, types as pgTypes } from 'pg'

/** A statement with a name is parsed and planned once per connection. */
export interface Statement {
  readonly name: string
  readonly text: string
}

/** Connections of one process to one database. */
export interface Pool extends AsyncDisposable {
  /** For migrations and rare reads. */
  readonly knex: Knex
  /** A statement of its own commit, past knex, whose builder and bindings cost more than the statements of the exchange. */
  query<Row>(statement: Statement, values: readonly unknown[]): Promise<readonly Row[]>
}

export function openPool(url: string, connectionsMax: number): Pool {
  const pool = knex({
    client: 'pg',
    // Given so that knex does not ask every new connection.
    version: '18',
    connection: connectionSettings(url, 'passerelle') as Knex.PgConnectionConfig,
    pool: { min: 0, max: connectionsMax },
    acquireConnectionTimeout: 10_000,
    // knex writes to the terminal when an idle connection breaks; the next statement gets another one.
    log: { warn: quiet, error: quiet, deprecate: quiet, debug: quiet },
  })
  const connections = pool.client as Connections
  return {
    knex: pool,
    async query<Row>({ name, text }: Statement, values: readonly unknown[]) {
      const connection = await connections.acquireConnection()
      try {
        const result = await connection.query({ name, text, values: [...values] })
        return result.rows as readonly Row[]
      } finally {
        await connections.releaseConnection(connection)
      }
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  }
}

function quiet(): void {}

/** The part of knex's client that hands out what it pools. */
interface Connections {
  acquireConnection(): Promise<Client>
  releaseConnection(connection: Client): Promise<void>
}

/** What pg is told for every connection. */
export function connectionSettings(url: string, name: string): ConnectionSettings {
  return {
    connectionString: url,
    application_name: name,
    options: sessionSettings.map(setting => `-c ${setting}`).join(' '),
    types,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  }
}

interface ConnectionSettings {
  readonly connectionString: string
  readonly application_name: string
  readonly options: string
  readonly types: CustomTypesConfig
  readonly connectionTimeoutMillis: number
  readonly keepAlive: boolean
}

/**
 * Every statement here finds few rows by a key. Prepared while the tables were empty it would be planned as a scan or a hash of
 * the whole table and stay so while they grow; nested loops over indexes are right at any size. Left to itself the server would also
 * plan anew at each execution, because a batch of one looks cheaper than the plan for any batch: 100–300 µs each.
 */
const sessionSettings = [
  'timezone=UTC',
  'plan_cache_mode=force_generic_plan',
  'enable_seqscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'statement_timeout=120s',
  'idle_in_transaction_session_timeout=120s',
]

const bigint = 20
const timestamptz = 1184

/** bigint as number (sizes and positions stay below 2^53), timestamptz as milliseconds; bytea without a copy in between. */
const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  [bigint]: Number,
  [timestamptz]: text => Date.parse(`${text.replace(' ', 'T')}:00`),
}

const types: CustomTypesConfig = {
  getTypeParser: ((type: Parameters<typeof pgTypes.getTypeParser>[0], format?: 'text') =>
    parsers[type] ?? pgTypes.getTypeParser(type, format)) as CustomTypesConfig['getTypeParser'],
}

/** What the row refers to is not there, or what was to be deleted is referred to. [PostgreSQL, appendix A] */
export function isForeignKeyViolation(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23503'
}
