import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { participantKey } from '../../src/wire/peppol/index.ts'
import { type PeerResult, type Phase4, freePort, peerFolders, preparePhase4, whyNoPhase4 } from '../peers/phase4.ts'
import type { ExchangeFigures, ExchangeLoad } from './exchange.ts'
import { buyer, participantOf, sampleInvoice, seller } from './sample.ts'

export interface PeerRow {
  readonly name: string
  readonly figures: ExchangeFigures
}

/**
 * phase4 at both ends, each in a JVM of its own with -Xmx1g: what `measureExchange` does, with files in place of databases. The receiver
 * syncs document and receipt before it answers; the sender keeps nothing. Revocation is off at both, as in our own measurement.
 */
const manners = [
  { name: 'phase4 tuned, synced files', options: ['--tuned'], countMax: 2000, warmUpMax: 2000 },
  // A third as fast: fewer of them tell as much.
  { name: 'phase4 as it comes, synced files', options: [], countMax: 500, warmUpMax: 300 },
] as const

/** Rows beside our own; a sentence where phase4 cannot run here. Takes about four minutes, with the first build one more. */
export async function measurePhase4(load: ExchangeLoad): Promise<readonly PeerRow[] | string> {
  const folder = mkdtempSync(join(tmpdir(), 'passerelle-bench-peers-'))
  try {
    const folders = peerFolders(folder)
    const why = await whyNoPhase4(folders)
    if (why !== undefined) return `phase4 skipped: ${why}`
    const { signal } = new AbortController()
    const phase4 = await preparePhase4(folders, { crlPort: await freePort(), signal, progress })
    const file = join(folder, 'invoice.xml')
    writeFileSync(file, sampleInvoice(load.octets))
    const rows: PeerRow[] = []
    for (const { name, options, countMax, warmUpMax } of manners) {
      const count = Math.min(load.count, countMax)
      const warmUp = Math.min(load.warmUp, warmUpMax)
      rows.push({ name, figures: await measure(phase4, { ...load, count, warmUp, file, folder, options }) })
    }
    return rows
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function progress(text: string): void {
  process.stderr.write(`  ${text}\n`)
}

interface PeerLoad extends ExchangeLoad {
  readonly file: string
  readonly folder: string
  readonly options: readonly string[]
}

async function measure(phase4: Phase4, load: PeerLoad): Promise<ExchangeFigures> {
  const { file, folder, options, count, warmUp, clients } = load
  const port = await freePort()
  await using server = await phase4.serve({ port, as: 'ap2', inbox: join(folder, `inbox-${port}`), more: options })
  const many = ['--count', `${count}`, '--concurrency', `${clients}`, '--warm-up', `${warmUp}`]
  const result = await phase4.send({
    as: 'ap1',
    url: server.url,
    toCertificate: 'ap2.pem',
    file,
    sender: participantKey(participantOf(seller)),
    receiver: participantKey(participantOf(buyer)),
    more: [...many, '--watch', `${server.pid}`, ...options],
  })
  if (result['messages'] !== count) throw new Error(`phase4 did not measure: ${JSON.stringify(result)}`)
  return figuresOf(result)
}

function figuresOf(result: PeerResult): ExchangeFigures {
  const number = (name: string): number => (typeof result[name] === 'number' ? result[name] : Number.NaN)
  return {
    perSecond: number('messagesPerSecond'),
    p50: number('p50ms'),
    p99: number('p99ms'),
    sender: number('cpuSecondsPer1000'),
    receiver: number('peerCpuSecondsPer1000'),
    database: Number.NaN,
    senderMemory: number('vmHwmMiB'),
    receiverMemory: number('peerVmHwmMiB'),
    failed: number('failures'),
  }
}
