import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createRulePacks, createSchemas, importPacks } from '../../src/adapters/rules/index.ts'
import { openEngine } from '../../src/engine/index.ts'
import { systemClock } from '../../src/kernel/index.ts'
import { readDocumentToSend } from '../../src/wire/invoice/index.ts'
import { type RuleSet, runRules } from '../../src/wire/schematron/index.ts'
import { parseXml } from '../../src/wire/xml/index.ts'
import { type OfficialData, missingData, officialData } from '../official/data.ts'
import { measure, median } from './measure.ts'
import { measureModelRules } from './model-rules.ts'
import { type Cost, type Peer, type Stylesheet, openPeers } from './saxon.ts'
import { sampleInvoice } from './sample.ts'

/*
 * The official rules on UBL invoices, from the octets to the findings: our compiled packs beside the official stylesheets run by Saxon.
 * What is printed is processor time of the thread that works, the median of many rounds in a warm process. Under four
 * minutes; the first time it fetches the others.
 */

const work = fileURLToPath(new URL('../../.passerelle/bench', import.meta.url))
const store = join(work, 'rules')
const day = '2026-11-21'

/** What is run together: our packs, and the stylesheets with the same rules where they can be had. */
const selections = [
  { name: 'EN 16931', packs: ['en16931-ubl'], stylesheets: ['en'] },
  { name: 'EN 16931 + Peppol', packs: ['en16931-ubl', 'peppol-en16931-ubl'], stylesheets: ['en', 'peppol'] },
  {
    name: 'EN 16931 + Peppol + BR-FR',
    packs: ['en16931-ubl', 'peppol-en16931-ubl', 'br-fr-flux2-ubl'],
    stylesheets: undefined,
  },
] as const
type Selection = (typeof selections)[number]

/** Invoices that are measured together. */
interface Load {
  readonly name: string
  readonly files: readonly string[]
  /** How long each of the three repeats its work, and when saxon-js is stopped. */
  readonly ours: number
  readonly saxonHe: number
  readonly saxonJs: number
  readonly limit: number
}

export async function benchRules(): Promise<void> {
  console.log('\nWithout packs, µs')
  printOwn()
  const data = officialData(fileURLToPath(new URL('../../../shared/data', import.meta.url)))
  const missing = missingData(data)
  if (missing !== undefined) {
    console.log(`\n${missing} is not there: the official rules cannot be measured`)
    return
  }
  await importOfficial(data)
  const ordinary = ordinaryFiles(data)
  console.log('\nWith the packs of EN 16931, Peppol and BR-FR and the schema of UBL, in ms')
  await printStart(ordinary[0] ?? '')
  await printVerdicts(ordinary)
  printGrowth(data)
  const peers = await openPeers(text => console.log(`  ${text}`))
  if (typeof peers === 'string') console.log(`\nOthers are not measured: ${peers}`)
  await printRules(loadsOf(data, ordinary), typeof peers === 'string' ? [] : peers)
}

/* ── What we need alone ────────────────────────────────────────────────────────────────────── */

const ordinaryOctets = 12_000
const ownMilliseconds = 2000

function printOwn(): void {
  for (const { name, lines, medianMicroseconds } of measureModelRules()) {
    printRow(`JSON read and judged by the model, ${name}, ${lines} lines`, medianMicroseconds, 0)
  }
  const ubl = sampleInvoice(ordinaryOctets)
  const rows: Readonly<Record<string, () => unknown>> = {
    [`UBL of ${ubl.length} octets parsed`]: () => parseXml(ubl),
    'UBL parsed, read and judged by the model': () => readDocumentToSend(ubl),
  }
  for (const [name, one] of Object.entries(rows)) {
    printRow(name, 1000 * measure(one, ownMilliseconds).milliseconds, 0)
  }
}

async function importOfficial(data: OfficialData): Promise<void> {
  const sources = [
    ['en16931/schematron/EN16931-UBL-validation-preprocessed.sch', '1.3.16'],
    ['peppol-bis/3.0.21/schematron/PEPPOL-EN16931-UBL.sch', '3.0.21'],
    ['france/schematron/20260804_BR-FR-Flux2-Schematron-UBL_V1.4.0.03.sch', '1.4.0.03'],
    ['en16931/xsd/ubl-2.1', '2.1'],
  ] as const
  for (const [path, version] of sources) await importPacks(store, data.path(path), { version })
}

const starts = 9

/** Fresh processes that find the packs in the store. */
async function printStart(file: string): Promise<void> {
  const script = fileURLToPath(new URL('rules-start.ts', import.meta.url))
  // V8 with other flags would not take what it made of the packs here.
  const words = [...process.execArgv, script, store, file, ...selections[2].packs]
  const seen: Record<'loaded' | 'judged' | 'wholeProcess', number>[] = []
  for (let count = 0; count < starts; count++) {
    const { stdout } = await promisify(execFile)(process.execPath, words)
    seen.push(JSON.parse(stdout) as (typeof seen)[number])
  }
  const of = (key: keyof (typeof seen)[number]): readonly number[] => seen.map(one => one[key])
  printClock('fresh process: the three packs loaded from the store', of('loaded'))
  printClock('fresh process: packs loaded and the first verdict', of('judged'))
  printClock('fresh process: from its start to the first verdict', of('wholeProcess'))
}

/** Milliseconds of the clock: what waits for other processes is in them, so the best is told too. */
function printClock(name: string, milliseconds: readonly number[]): void {
  const best = `(best ${Math.min(...milliseconds).toFixed(1)})`
  console.log(`  ${name.padEnd(rowWidth)}${median(milliseconds).toFixed(1).padStart(8)} ${best}`)
}

/** What is asked asynchronously: the schema alone, and the whole verdict by schema, packs and model. */
async function printVerdicts(files: readonly string[]): Promise<void> {
  const contents = files.map(path => readFileSync(path))
  using schemas = createSchemas({ folder: store })
  await using engine = openEngine({
    rulesFolder: store,
    clock: systemClock,
    threads: { count: 1, secondsMax: 60, megabytesMax: 1024 },
    threadedFrom: Infinity,
  })
  const roots = new Map<Buffer, string>(
    contents.map(octets => {
      const { namespace, local } = parseXml(octets).root
      return [octets, `{${namespace}}${local}`]
    }),
  )
  const schema = (octets: Buffer): Promise<unknown> =>
    schemas.check(octets, roots.get(octets) ?? '', { day, pack: 'ubl-xsd' })
  if ((await Promise.all(contents.map(schema))).includes(undefined)) throw new Error('no schema is in force')
  const one = `one of ${contents.length} ordinary invoices`
  printRow(`the schema on ${one}`, await processorOf(contents, schema), 2)
  printRow(`schema, packs and model on ${one}`, await processorOf(contents, octets => engine.validate(octets)), 2)
}

const asyncRounds = 20
const timesPerRound = 15

/** Milliseconds of processor time for one of them: the median of rounds, the first half to warm up. */
async function processorOf(contents: readonly Buffer[], one: (octets: Buffer) => Promise<unknown>): Promise<number> {
  const spent: number[] = []
  for (let round = 0; round < asyncRounds; round++) {
    const begin = process.threadCpuUsage()
    for (let time = 0; time < timesPerRound; time++) for (const octets of contents) await one(octets)
    const { user, system } = process.threadCpuUsage(begin)
    spent.push((user + system) / 1000 / timesPerRound / contents.length)
  }
  return median(spent.slice(asyncRounds / 2))
}

const growing = [1000, 2000, 4000, 8000, 16_000]
const growthMilliseconds = 4000
const boundless = { octetsMax: 1e9, nodesMax: 1e9 }

/** By how much an invoice grows dearer with its lines; twice the lines for twice the time is proportional. */
function printGrowth(data: OfficialData): void {
  const rules = createRulePacks({ folder: store })
    .named(selections[2].packs, day)
    .map(one => one.rules)
  let before: number | undefined
  for (const lines of growing) {
    const octets = invoiceOfLines(data, lines)
    const { milliseconds } = measure(() => runRules(parseXml(octets, boundless).root, rules).length, growthMilliseconds)
    const ratio = before === undefined ? '' : `  × ${(milliseconds / before).toFixed(2)}`
    const name = `${lines.toLocaleString('en')} lines, ${(octets.length / 1e6).toFixed(1)} MB, from the octets to the findings`
    console.log(`  ${name.padEnd(rowWidth)}${milliseconds.toFixed(0).padStart(8)}${ratio}`)
    before = milliseconds
  }
}

/* ── Invoices ──────────────────────────────────────────────────────────────────────────────── */

function ordinaryFiles(data: OfficialData): readonly string[] {
  return [
    ...data.files('peppol-bis/examples/3.0.21'),
    'en16931/examples/testfiles/ubl-tc434-test-1.xml',
    ...data.find('france/examples/z12-014-annexB-v1.3/UC1/*INV*UBL*.xml'),
  ].map(path => data.path(path))
}

const manyLines = 3700

function loadsOf(data: OfficialData, ordinary: readonly string[]): readonly Load[] {
  const sizes = ordinary.map(path => readFileSync(path).length / 1024)
  const range = `${Math.min(...sizes).toFixed(0)}–${Math.max(...sizes).toFixed(0)} KB`
  const big = [manyLines / 2, manyLines].map((lines, index): Load => {
    const document = invoiceOfLines(data, lines)
    const path = join(work, `${lines}-lines.xml`)
    mkdirSync(work, { recursive: true })
    writeFileSync(path, document)
    const name = `${lines.toLocaleString('en')} lines, ${(document.length / 1e6).toFixed(2)} MB`
    return { name, files: [path], ours: 4000, saxonHe: 4000, saxonJs: 0, limit: index === 0 ? 20_000 : 40_000 }
  })
  const times = { ours: 3000, saxonHe: 10_000, saxonJs: 6000, limit: 60_000 }
  return [{ name: `one of ${ordinary.length} ordinary invoices, ${range}`, files: ordinary, ...times }, ...big]
}

/** An example of Peppol's whose lines are repeated, each with a number of its own. */
function invoiceOfLines(data: OfficialData, count: number): Buffer {
  const example = data.read('peppol-bis/examples/3.0.21/base-example.xml').toString()
  const [from, to] = [example.indexOf('<cac:InvoiceLine>'), example.indexOf('</Invoice>')]
  const lines = example.slice(from, to).split(/(?=<cac:InvoiceLine>)/)
  const all = Array.from({ length: count }, (_, index) =>
    (lines[index % lines.length] ?? '').replace(/(?<=<cbc:ID>)\d+(?=<\/cbc:ID>)/, `${index + 1}`),
  )
  return Buffer.from(example.slice(0, from) + all.join('') + example.slice(to))
}

/* ── The table ─────────────────────────────────────────────────────────────────────────────── */

async function printRules(loads: readonly Load[], peers: readonly Peer[]): Promise<void> {
  const packs = createRulePacks({ folder: store })
  console.log('\nOfficial rules from the octets to the findings, processor time in ms, and how many times ours')
  const heads = ['ours', ...peers.map(({ name }) => name)]
  console.log(`  ${''.padEnd(nameWidth)}${heads.map(head => head.padStart(peerWidth)).join('')}`)
  const before = new Map<string, number>()
  const stopped = new Set<string>()
  for (const load of loads) {
    console.log(`  ${load.name}`)
    for (const selection of selections) {
      const rules = packs.named(selection.packs, day).map(one => one.rules)
      const ours = await measureOurs(load, rules)
      const cells = [`${ours.milliseconds.toFixed(2)}${grownCell(before.get(selection.name), ours.milliseconds, load)}`]
      before.set(selection.name, ours.milliseconds)
      for (const peer of peers) cells.push(await peerCell(peer, { load, selection, ours, stopped }))
      console.log(`    ${selection.name.padEnd(nameWidth - 2)}${cells.map(cell => cell.padStart(peerWidth)).join('')}`)
    }
  }
}

async function measureOurs({ files, ours }: Load, rules: readonly RuleSet[]): Promise<Cost> {
  const contents = files.map(path => readFileSync(path))
  const { milliseconds, result } = measure(
    () => contents.reduce((sum, octets) => sum + runRules(parseXml(octets).root, rules).length, 0),
    ours,
  )
  return { milliseconds: milliseconds / files.length, findings: result }
}

/** Twice the lines: 2.0 is proportional. */
function grownCell(before: number | undefined, milliseconds: number, { files }: Load): string {
  return files.length > 1 || before === undefined || before < 10
    ? ''
    : ` (lines × 2: × ${(milliseconds / before).toFixed(1)})`
}

interface Asked {
  readonly load: Load
  readonly selection: Selection
  readonly ours: Cost
  /** Who has failed at what: more of the same is not tried. */
  readonly stopped: Set<string>
}

async function peerCell(peer: Peer, { load, selection, ours, stopped }: Asked): Promise<string> {
  const { stylesheets } = selection
  if (stylesheets === undefined) return '–'
  const key = `${peer.name} ${selection.name}`
  if (stopped.has(key)) return 'not tried'
  const cost = await peer.run(peerRun(peer, load, stylesheets))
  if (typeof cost === 'string') {
    stopped.add(key)
    return cost
  }
  const { milliseconds, findings } = cost
  const different = findings === ours.findings ? '' : ` ${findings} findings, ours ${ours.findings}`
  return `${milliseconds.toFixed(1)}  × ${(milliseconds / ours.milliseconds).toFixed(1)}${different}`
}

function peerRun(peer: Peer, load: Load, stylesheets: readonly Stylesheet[]): Parameters<Peer['run']>[0] {
  const milliseconds = peer.name.startsWith('Java') ? load.saxonHe : load.saxonJs
  return { stylesheets, files: load.files, milliseconds, limitMilliseconds: load.limit }
}

const nameWidth = 46
const peerWidth = 26
const rowWidth = 68

function printRow(name: string, value: number, digits: number): void {
  console.log(`  ${name.padEnd(rowWidth)}${value.toFixed(digits).padStart(8)}`)
}
