import { parseArgs } from 'node:util'
import { type ExchangeFigures, measureExchange, measureReception } from './exchange.ts'
import { measureModelRules } from './model-rules.ts'
import { measurePhase4 } from './phase4.ts'
import { measureGrowth } from './growth.ts'
import { measureReceiver } from './receiver.ts'
import { benchRules } from './rules.ts'
import { measureSealOpen } from './seal-open.ts'

/*
 * npm run bench -- [--count N] [--warm-up N] [--clients N] [--octets N] [--peers]
 * npm run bench -- --rules    the official rules beside saxon-js and Java Saxon, and nothing else
 *
 * Compare ratios of one run: absolute figures belong to the machine and its mood. Traffic stays on loopback and ends by itself.
 */

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '5000' },
    'warm-up': { type: 'string', default: '2000' },
    clients: { type: 'string', default: '16' },
    octets: { type: 'string', default: '12000' },
    peers: { type: 'boolean', default: false },
    rules: { type: 'boolean', default: false },
  },
})

if (values.rules) await benchRules()
else await benchExchanges()

async function benchExchanges(): Promise<void> {
  const load = {
    octets: Number(values.octets),
    count: Number(values.count),
    warmUp: Number(values['warm-up']),
    clients: Number(values.clients),
  }

  console.log(`\nOne message at a time, invoice of ${load.octets} octets, µs`)
  const micros = await measureSealOpen(load.octets)
  for (const [name, value] of Object.entries(micros)) console.log(`  ${name.padEnd(16)}${value.toFixed(0).padStart(8)}`)

  console.log('\nAn invoice as JSON read and judged by the rules of the model, µs')
  for (const { name, lines, medianMicroseconds } of measureModelRules())
    console.log(`  ${`${name}, ${lines} lines`.padEnd(34)}${medianMicroseconds.toFixed(0).padStart(8)}`)

  console.log('\nCost of eight times the input, 8 is proportional')
  for (const { name, milliseconds, ratio } of measureGrowth()) {
    console.log(`  ${name.padEnd(38)}${milliseconds.toFixed(1).padStart(8)} ms  × ${ratio.toFixed(1)}`)
  }

  console.log(`\nBoth ends on this machine, ${load.count} exchanges after ${load.warmUp}, ${load.clients} at once`)
  head()
  print('sender that keeps nothing → node', await measureReception(load))
  print('node → node, every commit', await measureExchange(load))
  print('receiving node alone', await measureReceiver(load))

  if (values.peers) {
    const rows = await measurePhase4(load)
    if (typeof rows === 'string') console.log(`  ${rows}`)
    else for (const { name, figures } of rows) print(name, figures)
  }
}

function head(): void {
  const columns = ['/s', 'p50 ms', 'p99 ms', 'sender', 'receiver', 'database', 'sum', 'MiB', 'MiB']
  console.log(`  ${''.padEnd(34)}${columns.map(name => name.padStart(9)).join('')}`)
  console.log(`  ${''.padEnd(61)}${'CPU-seconds per 1000'.padStart(36)}${'sender, receiver'.padStart(18)}`)
}

function print(name: string, figures: ExchangeFigures): void {
  const { perSecond, p50, p99, sender, receiver, database, senderMemory, receiverMemory, failed } = figures
  const sum = sender + receiver + (Number.isNaN(database) ? 0 : database)
  const cells = [perSecond, p50, p99, sender, receiver, database, sum, senderMemory, receiverMemory]
  const digits = [0, 1, 1, 2, 2, 2, 2, 0, 0]
  const written = cells.map((cell, index) => (Number.isNaN(cell) ? '–' : cell.toFixed(digits[index])).padStart(9))
  console.log(`  ${name.padEnd(34)}${written.join('')}${failed > 0 ? `  ${failed} FAILED` : ''}`)
  if (failed > 0) process.exitCode = 1
}
