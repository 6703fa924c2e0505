import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readInvoice, writeCii, writeUbl } from '../../src/wire/invoice/index.ts'

/*
 * Whether `passerelle validate` grows with the number of files: `node conformance/documents/memory.ts [FILES] [RULES]` writes as many
 * invoices (5,000 when not given) of 1 to 100 lines in UBL and CII, every hundredth broken, validates them in one process with the
 * packs of the folder RULES, and prints the memory of the process (Linux: VmRSS) when 500 and when all verdicts were given.
 */

const count = Number(process.argv[2] ?? 5000)
const rules = process.argv[3] ?? join(tmpdir(), 'passerelle-no-rules')
const early = Math.min(500, count)

const folder = mkdtempSync(join(tmpdir(), 'passerelle-memory-'))
for (let index = 0; index < count; index++) {
  writeFileSync(join(folder, `${String(index).padStart(6, '0')}.xml`), documentOf(index))
}

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
const started = performance.now()
const child = spawn(process.execPath, [...process.execArgv, cli, 'validate', folder, '--json', '--rules', rules], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const marks = new Map<number, number>()
let verdicts = 0
child.stdout.on('data', (chunk: Buffer) => {
  for (const octet of chunk) {
    if (octet !== 0x0a) continue
    verdicts++
    if (verdicts === early || verdicts === count) marks.set(verdicts, megabytesOf(child.pid))
  }
})
await once(child, 'close')
const seconds = (performance.now() - started) / 1000
rmSync(folder, { recursive: true })
for (const [files, megabytes] of marks) console.log(`${files} files: ${megabytes} MB`)
console.log(`${verdicts} verdicts in ${seconds.toFixed(1)} s`)

function documentOf(index: number): Buffer {
  if (index % 100 === 99) return Buffer.from('<Invoice')
  const read = readInvoice({
    number: `F-${index}`,
    issueDate: '2026-11-21',
    currency: 'EUR',
    buyerReference: 'order 42',
    paymentTerms: '30 days',
    seller: party('Atelier des Quais', '391838042', { vatId: 'FR44391838042' }),
    buyer: party('Librairie Mistral', '732829320', {}),
    lines: Array.from({ length: (index % 100) + 1 }, (_, line) => ({
      id: String(line + 1),
      quantity: '3',
      unit: 'HUR',
      item: { name: 'Bookbinding' },
      price: { net: '48.50' },
      vat: { category: 'S', rate: '20' },
    })),
  })
  if ('findings' in read) throw new Error(JSON.stringify(read.findings))
  return index % 2 === 0 ? writeUbl(read.invoice) : writeCii(read.invoice)
}

function party(name: string, value: string, more: object): object {
  return { name, ...more, endpoint: { scheme: '0225', value }, address: { country: 'FR' } }
}

function megabytesOf(pid: number | undefined): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round(Number(kilobytes) / 1024)
}
