import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '../../src/adapters/postgres/index.ts'
import { openPki } from '../../src/sandbox/pki.ts'
import { NodeProcess } from './child.ts'
import { findServer, highWaterMebibytes, processorSeconds } from './processor-time.ts'
import { buyer } from './sample.ts'

export interface ExchangeFigures {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  /** CPU-seconds per 1000 exchanges. */
  readonly sender: number
  readonly receiver: number
  readonly database: number
  /** MiB. */
  readonly senderMemory: number
  readonly receiverMemory: number
  readonly failed: number
}

export interface ExchangeLoad {
  readonly octets: number
  readonly count: number
  readonly warmUp: number
  readonly clients: number
}

/**
 * Both ends on this machine: two node processes, each with its own database in one PostgreSQL that syncs every commit, real keys,
 * every check. An exchange is submit (commit) → claim → seal → keep (commit) → post → receive (commit) → receipt → verify → settle (commit).
 */
export async function measureExchange(load: ExchangeLoad): Promise<ExchangeFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'passerelle-bench-'))
  // PostgreSQL does not run as root; the account it then takes must be able to enter.
  chmodSync(folder, 0o755)
  try {
    await using stack = new AsyncDisposableStack()
    const postgresFolder = join(folder, 'postgres')
    const postgres = stack.use(await startPostgres({ folder: postgresFolder, log: () => {} }))
    const { url, certificate, sender, receiver } = await openNodes(folder, postgres, stack)
    const route = { kind: 'static', url: `${url}/as4`, certificatePem: readFileSync(certificate, 'utf8') } as const
    const { octets, clients } = load
    await sender.exchange({ count: load.warmUp, clients, octets, route })
    const server = findServer(postgresFolder)
    const before = [sender.pid, receiver.pid, server].map(processorSeconds)
    const { seconds, milliseconds, failed } = await sender.exchange({ count: load.count, clients, octets, route })
    const after = [sender.pid, receiver.pid, server].map(processorSeconds)
    const perThousand = (index: number): number => (((after[index] ?? 0) - (before[index] ?? 0)) * 1000) / load.count
    const sorted = milliseconds.toSorted((a, b) => a - b)
    return {
      perSecond: load.count / seconds,
      p50: sorted[Math.floor(sorted.length * 0.5)] ?? 0,
      p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
      sender: perThousand(0),
      receiver: perThousand(1),
      database: perThousand(2),
      senderMemory: highWaterMebibytes(sender.pid),
      receiverMemory: highWaterMebibytes(receiver.pid),
      failed,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function openNodes(
  folder: string,
  postgres: { createDatabase(name: string): Promise<string> },
  stack: AsyncDisposableStack,
) {
  const pki = await openPki(join(folder, 'pki'), { crlUrl: undefined, now: new Date() })
  const issue = (name: string, commonName: string) =>
    pki.issue({ name, role: 'access-point', commonName, organisation: 'Benchmark', country: 'FR' })
  const [senderKeys, receiverKeys] = [await issue('sender', 'POP000001'), await issue('receiver', 'POP000002')]
  const values = async (name: string, keys: typeof senderKeys) => ({
    'http.port': 0,
    'database.url': await postgres.createDatabase(name),
    'data.folder': join(folder, name),
    'accessPoint.key': keys.key,
    'accessPoint.certificate': keys.certificate,
    'trust.network': 'private',
    'trust.folder': pki.anchorsFolder,
    'trust.revocation': 'off',
    'network.insecure': true,
    'exchange.sendersMax': 16,
  })
  const sender = stack.use(new NodeProcess())
  const receiver = stack.use(new NodeProcess())
  await sender.open(await values('sender', senderKeys))
  const participants = [{ participant: `0225:${buyer.siren}`, name: buyer.name, services: [] }]
  const url = await receiver.open({
    ...(await values('receiver', receiverKeys)),
    'registrations.participants': participants,
  })
  return { url, certificate: receiverKeys.certificate, sender, receiver }
}
