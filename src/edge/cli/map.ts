import { createReadStream, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isoOf, systemClock } from '../../kernel/index.ts'
import { cannotCarry, type FindingLanguage, type Invoice, writeCii, writeUbl } from '../../wire/invoice/index.ts'
import {
  applyMapping,
  type JudgedInvoice,
  type Mapping,
  MappingRun,
  mappingSchema,
  parseMapping,
  proposeMapping,
  SourceError,
  testMapping,
} from '../../wire/mapping/index.ts'
import {
  type Arguments,
  type Command,
  type ExitCode,
  findingLanguage,
  findingLanguageOf,
  UsageError,
} from './command.ts'
import { FileNames } from './file-names.ts'
import { showReport, showSample } from './map-view.ts'
import type { Terminal } from './terminal.ts'

interface Target {
  readonly extension: string
  readonly write: (invoice: Invoice) => Buffer
  readonly lossesOf: (invoice: Invoice) => readonly string[]
}

const targets: Readonly<Record<string, Target>> = {
  json: {
    extension: 'json',
    write: invoice => Buffer.from(`${JSON.stringify(invoice, undefined, 2)}\n`),
    lossesOf: () => [],
  },
  ubl: {
    extension: 'ubl.xml',
    write: writeUbl,
    lossesOf: invoice => cannotCarry(invoice, 'ubl').map(({ message }) => message),
  },
  cii: {
    extension: 'cii.xml',
    write: writeCii,
    lossesOf: invoice => cannotCarry(invoice, 'cii').map(({ message }) => message),
  },
}

export const map: Command = {
  name: 'map',
  summary: 'Makes invoices of an ERP export (CSV or JSON) by a mapping, and reports what is missing or weak.',
  usage: 'MAPPING FILE… [--output FOLDER] [--to json|ubl|cii] [--check] [--language en|fr]',
  positionals: { min: 0, max: Infinity },
  options: {
    output: { type: 'string', short: 'o', value: 'FOLDER', text: 'Writes each invoice that can be sent there.' },
    to: {
      type: 'string',
      value: 'SYNTAX',
      text: 'json in the shape of the EN 16931 model (when not given), ubl or cii.',
    },
    check: { type: 'boolean', text: 'Only reports; nothing is written.' },
    test: { type: 'boolean', text: 'Runs the samples of MAPPING and shows what differs.' },
    init: {
      type: 'string',
      value: 'KIND',
      text: 'csv or json: proposes a mapping for a sample FILE, by the names in it.',
    },
    schema: { type: 'boolean', text: 'Prints the JSON Schema of a mapping.' },
    language: findingLanguage,
  },
  notes: [
    'passerelle map MAPPING FILE…          passerelle map --test MAPPING',
    'passerelle map --init csv|json FILE   passerelle map --schema',
    'FILE - reads standard input. The exit code is 0 when every invoice can be sent (every sample is as expected), 1 when',
    'one cannot, 2 when the mapping is wrong or not for this file. See docs/mapping.md.',
  ],
  async run(given, terminal) {
    if (given.flag('schema')) {
      terminal.raw(`${JSON.stringify(mappingSchema, undefined, 2)}\n`)
      return 0
    }
    if (given.value('init') !== undefined) return propose(given, terminal)
    const [mappingFile, ...files] = given.positionals
    if (mappingFile === undefined) throw new UsageError(`map wants ${map.usage}`)
    const mapping = loadMapping(mappingFile, terminal)
    if (mapping === undefined) return 2
    if (given.flag('test')) return runSamples(mapping, mappingFile, terminal)
    if (files.length === 0) throw new UsageError(`map wants ${map.usage}`)
    for (const file of files) checkFile(file)
    return runMapping(mapping, files, {
      language: findingLanguageOf(given),
      writer: writerOf(given, terminal),
      terminal,
    })
  },
}

/** A file that is not there is a wrong command line. */
function checkFile(file: string): void {
  if (file === '-') return
  const found = statSync(file, { throwIfNoEntry: false })
  if (found === undefined) throw new UsageError(`${file} is not there`)
  if (!found.isFile()) throw new UsageError(`${file} is no file`)
}

function loadMapping(file: string, terminal: Terminal): Mapping | undefined {
  checkFile(file)
  const read = parseMapping(readFileSync(file === '-' ? 0 : file, 'utf8'))
  if ('mapping' in read) return read.mapping
  terminal.failure(`${file} is no mapping that can be used`, { code: 'invalid-mapping', problems: read.problems })
  for (const { pointer, message } of read.problems) terminal.line(`  ${terminal.paint.bad(pointer || '/')}  ${message}`)
  return undefined
}

/* ── A run ─────────────────────────────────────────────────────────────────────────────────── */

interface RunOptions {
  readonly language: FindingLanguage
  readonly writer: Writer | undefined
  readonly terminal: Terminal
}

async function runMapping(mapping: Mapping, files: readonly string[], options: RunOptions): Promise<ExitCode> {
  const { language, terminal, writer } = options
  const run = new MappingRun(isoOf(systemClock.now()).slice(0, 10), language)
  let failed = false
  for (const file of files) {
    const source = file === '-' ? createReadStream('', { fd: 0 }) : createReadStream(file)
    try {
      for await (const mapped of applyMapping(mapping, source, language)) showInvoice(file, run.add(mapped), options)
    } catch (error) {
      if (!(error instanceof SourceError)) throw error
      terminal.failure(`${file}: ${error.message}`, { code: error.code, file })
      failed = true
    } finally {
      source.destroy()
    }
  }
  const report = run.report()
  showReport(report, language, terminal)
  if (writer !== undefined) terminal.line(`\nWritten to ${writer.folder}: ${writer.count}`)
  if (failed) return 2
  return report.canBeSent === report.invoices ? 0 : 1
}

function showInvoice(file: string, judged: JudgedInvoice, { writer, terminal }: RunOptions): void {
  const { number, place, canBeSent, invoice, entries } = judged
  const written = canBeSent && invoice !== undefined ? writer?.write(number, invoice) : undefined
  terminal.data({ file, number, place, canBeSent, output: written, entries })
}

/** Writes invoices into a folder, one file each. */
class Writer {
  readonly folder: string
  count = 0
  private readonly target: Target
  private readonly terminal: Terminal
  /** A second run writes over the first; two invoices of one run never over each other. */
  private readonly names = new FileNames(() => false)

  constructor(folder: string, target: Target, terminal: Terminal) {
    this.folder = folder
    this.target = target
    this.terminal = terminal
    mkdirSync(folder, { recursive: true })
  }

  /** The path that was written. */
  write(number: string, invoice: Invoice): string {
    const { extension } = this.target
    // A slash in a number is no path; what else a file name cannot hold is for FileNames to know.
    const name = `${number.replaceAll(/[/\\]/g, '_')}.${extension}`
    const path = join(this.folder, this.names.nameFor({ name, mimeType: '' }))
    writeFileSync(path, this.target.write(invoice))
    this.count++
    for (const loss of this.target.lossesOf(invoice)) this.terminal.failure(`${number}: ${loss}`)
    return path
  }
}

function writerOf(given: Arguments, terminal: Terminal): Writer | undefined {
  const [folder, to] = [given.value('output'), given.value('to')]
  const target = targets[to ?? 'json']
  if (target === undefined || (to !== undefined && !Object.hasOwn(targets, to))) {
    throw new UsageError(`--to ${to ?? ''}: must be json, ubl or cii`)
  }
  if (to !== undefined && folder === undefined) throw new UsageError('--to goes with --output')
  if (folder === undefined || given.flag('check')) return undefined
  if (existsSync(folder) && !statSync(folder).isDirectory()) throw new UsageError(`${folder} is no folder`)
  return new Writer(folder, target, terminal)
}

/* ── Samples and proposals ─────────────────────────────────────────────────────────────────── */

async function runSamples(mapping: Mapping, file: string, terminal: Terminal): Promise<ExitCode> {
  if (mapping.samples.length === 0) throw new UsageError(`${file} has no samples`)
  const results = await testMapping(mapping, name => readFileSync(join(dirname(file), name)))
  for (const result of results) showSample(result, terminal)
  return results.every(({ differences }) => differences.length === 0) ? 0 : 1
}

async function propose(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const kind = given.value('init')
  const [file, ...more] = given.positionals
  if (kind !== 'csv' && kind !== 'json') throw new UsageError('--init must be csv or json')
  if (file === undefined || more.length > 0) throw new UsageError('map --init wants one FILE')
  checkFile(file)
  const { mapping, remarks } = await proposeMapping(readFileSync(file === '-' ? 0 : file), kind)
  terminal.raw(`${JSON.stringify(mapping, undefined, 2)}\n`)
  if (!terminal.json) for (const remark of remarks) terminal.failure(remark)
  return 0
}
