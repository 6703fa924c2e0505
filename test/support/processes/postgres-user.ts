// A process that starts or adopts the PostgreSQL of a folder, prints its URL and then only waits to be killed.
import { startPostgres } from '../../../src/adapters/postgres/index.ts'

const postgres = await startPostgres({ folder: process.argv[2] ?? '', log: () => undefined })
console.log(postgres.url)
setInterval(() => undefined, 1000)
