import { readFileSync, writeFileSync } from 'node:fs'
import {
  type Finding,
  type Invoice,
  cannotCarry,
  readDocument,
  readInvoice,
  writeCii,
  writeUbl,
} from '../../wire/invoice/index.ts'
import { type Arguments, type Command, UsageError } from './command.ts'
import { isXml } from './invoice-file.ts'
import type { Terminal } from './terminal.ts'

interface Target {
  readonly write: (invoice: Invoice) => Buffer
  readonly lossesOf: (invoice: Invoice) => readonly Finding[]
}

/** What an invoice is written as. JSON is the model itself and carries every term. */
const targets: Readonly<Record<'ubl' | 'cii' | 'json', Target>> = {
  ubl: { write: writeUbl, lossesOf: (invoice: Invoice) => cannotCarry(invoice, 'ubl') },
  cii: { write: writeCii, lossesOf: (invoice: Invoice) => cannotCarry(invoice, 'cii') },
  json: {
    write: (invoice: Invoice) => Buffer.from(`${JSON.stringify(invoice, undefined, 2)}\n`),
    lossesOf: () => [],
  },
}

export const convert: Command = {
  name: 'convert',
  summary: 'Writes an invoice (JSON, UBL or CII) in another syntax and names what is left out.',
  usage: 'FILE --to ubl|cii|json [--output FILE]',
  positionals: { min: 1, max: 1 },
  options: {
    to: { type: 'string', value: 'SYNTAX', text: 'ubl, cii, or json in the shape of the EN 16931 model.' },
    output: { type: 'string', short: 'o', value: 'FILE', text: 'Written there instead of to standard output.' },
  },
  notes: [
    'FILE - reads standard input. The amounts of XML are carried as they are; use validate to have them checked.',
    'What the model has no term for (an XPath) and what the syntax has no place for (a JSON pointer) is told on',
    'standard error, or with --json in the answer, which needs --output.',
  ],
  async run(given, terminal) {
    const target = targetOf(given)
    const output = given.value('output')
    if (terminal.json && output === undefined) {
      throw new UsageError('--json goes with --output: standard output is for one of the two')
    }
    const [file = ''] = given.positionals
    const reading = read(readFileSync(file === '-' ? 0 : file))
    if ('findings' in reading) return refuse(reading.findings, terminal)
    const { invoice, unmapped } = reading
    const octets = target.write(invoice)
    if (output === undefined) terminal.raw(octets.toString())
    else writeFileSync(output, octets)
    tell({ unmapped, losses: target.lossesOf(invoice), output }, terminal)
    return 0
  },
}

function targetOf(given: Arguments): Target {
  const to = given.value('to')
  if (to === 'ubl' || to === 'cii' || to === 'json') return targets[to]
  throw new UsageError(
    to === undefined ? 'convert wants --to ubl, cii or json' : `--to ${to}: must be ubl, cii or json`,
  )
}

type Read =
  | { readonly invoice: Invoice; readonly unmapped: readonly string[] }
  | { readonly findings: readonly Finding[] }

function read(octets: Buffer): Read {
  if (isXml(octets)) return readDocument(octets)
  let json: unknown
  try {
    json = JSON.parse(octets.toString())
  } catch (error) {
    const message = `The file is neither XML nor JSON: ${(error as Error).message}`
    return { findings: [{ rule: 'json.type', severity: 'fatal', pointer: '', message, term: undefined }] }
  }
  const reading = readInvoice(json)
  return 'findings' in reading ? reading : { invoice: reading.invoice, unmapped: [] }
}

function refuse(findings: readonly Finding[], terminal: Terminal): 1 {
  terminal.failure('the document cannot be read as an invoice', { code: 'invalid-invoice', errors: findings })
  for (const { severity, rule, location, pointer, message } of findings) {
    if (severity === 'fatal')
      terminal.line(`  ${terminal.paint.bad(rule)}  ${location ?? (pointer || '/')}  ${message}`)
  }
  return 1
}

interface LeftOut {
  readonly unmapped: readonly string[]
  readonly losses: readonly Finding[]
  readonly output: string | undefined
}

function tell({ unmapped, losses, output }: LeftOut, terminal: Terminal): void {
  terminal.data({ output, unmapped, losses })
  if (terminal.json) return
  for (const place of unmapped) terminal.failure(`left out, as the model has no term for it: ${place}`)
  for (const { message } of losses) terminal.failure(message)
}
