import { readFileSync } from 'node:fs'
import { type Finding, type Invoice, readInvoice, readUblToSend } from '../../../src/wire/invoice/index.ts'

// Test code reaches into JSON freely.
export type Json = any // oxlint-disable-line typescript/no-explicit-any

const text = readFileSync(new URL('../../vectors/invoice.json', import.meta.url), 'utf8')

/** The sample invoice in its JSON form, changed. */
export function sample(change: (invoice: Json) => unknown = () => {}): Json {
  const invoice: Json = JSON.parse(text)
  change(invoice)
  return invoice
}

/** The findings of a JSON invoice; none when it is good. */
export function findingsOf(json: unknown): readonly Finding[] {
  const reading = readInvoice(json)
  return 'findings' in reading ? reading.findings : reading.warnings
}

/** Reads what must be good. */
export function readGood(json: unknown): Invoice {
  const reading = readInvoice(json)
  if ('findings' in reading) throw new Error(JSON.stringify(reading.findings, undefined, 1))
  return reading.invoice
}

/** The findings of a UBL document that shall be sent. */
export function ublFindingsOf(document: Buffer | string): readonly Finding[] {
  const reading = readUblToSend(Buffer.from(document))
  return 'findings' in reading ? reading.findings : reading.warnings
}

/** `rule pointer` of each finding. */
export function briefly(findings: readonly Finding[]): string[] {
  return findings.map(({ rule, pointer }) => `${rule} ${pointer}`)
}
