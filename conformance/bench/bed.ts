import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '../../src/adapters/postgres/index.ts'
import { openPki } from '../../src/sandbox/pki.ts'
import { NodeProcess } from './child.ts'
import { findServer } from './processor-time.ts'
import { buyer } from './sample.ts'

/** Two PEM files. */
export interface KeyFiles {
  readonly key: string
  readonly certificate: string
}

/** What a benchmark stands on: a PostgreSQL that syncs every commit, a PKI, and node processes on both; all gone when disposed. */
export interface Bed extends AsyncDisposable {
  readonly senderKeys: KeyFiles
  readonly receiverKeys: KeyFiles
  /** Process id of the PostgreSQL server; undefined where there is no /proc. */
  readonly database: number | undefined
  /** A node in its own process with its own database. */
  openNode(name: string, keys: KeyFiles, more?: Readonly<Record<string, unknown>>): Promise<RunningNode>
  /** The one that serves the buyer of the sample invoices. */
  openReceiver(): Promise<RunningNode>
}

export interface RunningNode {
  readonly process: NodeProcess
  readonly url: string
}

export async function makeBed(): Promise<Bed> {
  const folder = mkdtempSync(join(tmpdir(), 'passerelle-bench-'))
  // PostgreSQL does not run as root; the account it then takes must be able to enter.
  chmodSync(folder, 0o755)
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  const postgresFolder = join(folder, 'postgres')
  const postgres = stack.use(await startPostgres({ folder: postgresFolder, log: () => {} }))
  const pki = await openPki(join(folder, 'pki'), { crlUrl: undefined, now: new Date() })
  const issue = (name: string, commonName: string): Promise<KeyFiles> =>
    pki.issue({ name, role: 'access-point', commonName, organisation: 'Benchmark', country: 'FR' })
  const receiverKeys = await issue('receiver', 'POP000002')
  const senderKeys = await issue('sender', 'POP000001')

  async function openNode(
    name: string,
    keys: KeyFiles,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<RunningNode> {
    const process = owned.use(new NodeProcess())
    const url = await process.open({
      'http.port': 0,
      'database.url': await postgres.createDatabase(name),
      'data.folder': join(folder, name),
      'rules.folder': join(folder, 'rules'),
      'accessPoint.key': keys.key,
      'accessPoint.certificate': keys.certificate,
      'trust.network': 'private',
      'trust.folder': pki.anchorsFolder,
      'trust.revocation': 'off',
      'network.insecure': true,
      ...more,
    })
    return { process, url }
  }

  const owned = stack.move()
  return {
    senderKeys,
    receiverKeys,
    database: findServer(postgresFolder),
    openNode,
    openReceiver: () =>
      openNode('receiver', receiverKeys, {
        'registrations.participants': [{ participant: `0225:${buyer.siren}`, name: buyer.name, services: [] }],
      }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
