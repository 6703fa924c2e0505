import { isDeepStrictEqual } from 'node:util'
import {
  type Finding,
  type Invoice,
  type PartialInvoice,
  cannotCarry,
  readPartialDocument,
  writeCii,
  writeUbl,
} from '../../src/wire/invoice/index.ts'
import type { OfficialData } from './data.ts'
import { type Collection, documentAt } from './documents.ts'
import { xsdErrorsOf } from './xsd.ts'

/** What the model makes of a collection of documents, and whether what it writes is valid. */
export interface RoundTrips {
  readonly documents: number
  /** Read, written and read again: nothing is different. */
  readonly identical: number
  /** Those that are whole invoices: MINIMUM and BASIC WL have no lines, and one example has no seller. */
  readonly whole: number
  /** Written in the other syntax, read, written in its own and read: every term is the same. */
  readonly kept: number
  /** The terms that the other syntax has no place for and that were named as such: the document and the pointer. */
  readonly named: readonly string[]
  /** What the documents say beside the terms of the model, and reading names: the document and the place. */
  readonly unmapped: readonly string[]
  /** What was lost on the way through the other syntax and not named, or named and not lost. */
  readonly lost: readonly string[]
  readonly differences: readonly string[]
  readonly schemas: Readonly<Record<SchemaName, SchemaCount>>
}

export type SchemaName = 'UBL 2.1' | 'CII D16B' | 'CII D22B'

interface SchemaCount {
  readonly checked: number
  readonly errors: readonly string[]
}

/** Takes every document of a collection through the model, in its own syntax and through the other one. */
export function roundTrips(data: OfficialData, { paths }: Collection): RoundTrips {
  const [named, unmapped, unsaid, differences]: [string[], string[], string[], string[]] = [[], [], [], []]
  const judge = new SchemaJudge(data)
  let [identical, whole, kept] = [0, 0, 0]
  for (const path of paths) {
    const first = readPartialDocument(documentAt(data, path))
    if (!('invoice' in first)) {
      differences.push(`${path}: ${rulesOf(first.findings)}`)
      continue
    }
    unmapped.push(...first.unmapped.map(place => `${path} ${place}`))
    const difference = differenceOf(first, readPartialDocument(judge.write(path, first.invoice, first.syntax)))
    if (difference === undefined) identical++
    else differences.push(`${path}: ${difference}`)
    if (!isWhole(first)) continue
    whole++
    const { lost, told } = throughOther(path, first, judge)
    named.push(...told.map(pointer => `${path} ${pointer}`))
    if (lost.join(' ') !== told.join(' ')) {
      unsaid.push(`${path} in the other syntax: lost ${lost.join(' ')}, named ${told.join(' ')}`)
    } else if (lost.length === 0) kept++
  }
  const schemas = judge.counts()
  return { documents: paths.length, identical, whole, kept, named, unmapped, lost: unsaid, differences, schemas }
}

type Reading = ReturnType<typeof readPartialDocument>
type Read = Extract<Reading, { readonly invoice: unknown }>

function isWhole(reading: Read): boolean {
  return reading.findings.every(({ severity }) => severity !== 'fatal')
}

/** That an element is empty is only found where there is one: we write none. */
function differenceOf(first: Read, second: Reading): string | undefined {
  if (!('invoice' in second)) return `what was written cannot be read: ${rulesOf(second.findings)}`
  const known = new Set(first.findings.map(({ rule, pointer }) => `${rule} ${pointer}`))
  const found = second.findings.filter(({ rule, pointer }) => !known.has(`${rule} ${pointer}`))
  const isSame = isDeepStrictEqual(second.invoice, first.invoice)
  if (isSame && found.length === 0 && second.unmapped.length === 0) return undefined
  const other = isSame ? 'no' : lossesOf(first.invoice, second.invoice).join(' ') || 'more'
  return `${other} terms differ, ${second.unmapped.length} are unmapped, found: ${rulesOf(found)}`
}

/** What of a whole invoice is lost on the way through the other syntax, and what cannotCarry() says of it. */
function throughOther(
  path: string,
  { invoice, syntax }: Read,
  judge: SchemaJudge,
): { readonly lost: readonly string[]; readonly told: readonly string[] } {
  const other = syntax === 'ubl' ? 'cii' : 'ubl'
  const between = readPartialDocument(judge.write(path, invoice, other))
  const back = 'invoice' in between ? readPartialDocument(judge.write(path, between.invoice, syntax)) : between
  const told = cannotCarry(invoice as Invoice, other).filter(({ severity }) => severity === 'fatal')
  return {
    lost: lossesOf(invoice, 'invoice' in back ? back.invoice : undefined).toSorted(),
    told: told.map(({ pointer }) => pointer).toSorted(),
  }
}

/** Writes documents and holds each against the schemas of its syntax. */
class SchemaJudge {
  readonly #data: OfficialData
  readonly #checked: Record<SchemaName, number> = { 'UBL 2.1': 0, 'CII D16B': 0, 'CII D22B': 0 }
  readonly #errors: Record<SchemaName, string[]> = { 'UBL 2.1': [], 'CII D16B': [], 'CII D22B': [] }

  constructor(data: OfficialData) {
    this.#data = data
  }

  /** What has no lines can be written, but the schemas of UBL and D16B demand some. */
  write(path: string, invoice: PartialInvoice, syntax: Read['syntax']): Buffer {
    const document = syntax === 'ubl' ? writeUbl(invoice as Invoice) : writeCii(invoice)
    const hasLines = (invoice.lines ?? []).length > 0
    if (syntax === 'ubl') {
      if (hasLines) this.#check('UBL 2.1', path, document)
      return document
    }
    this.#check('CII D22B', path, document)
    if (hasLines && !needsNewer(invoice as Invoice)) this.#check('CII D16B', path, document)
    return document
  }

  #check(schema: SchemaName, path: string, document: Buffer): void {
    this.#checked[schema]++
    const errors = xsdErrorsOf(this.#data, document, schema === 'CII D22B' ? 'D22B' : 'D16B')
    this.#errors[schema].push(...errors.map(error => `${path} as ${schema}: ${error}`))
  }

  counts(): RoundTrips['schemas'] {
    const of = (name: SchemaName): SchemaCount => ({ checked: this.#checked[name], errors: this.#errors[name] })
    return { 'UBL 2.1': of('UBL 2.1'), 'CII D16B': of('CII D16B'), 'CII D22B': of('CII D22B') }
  }
}

/** A second preceding invoice: cannotCarry() warns of it. */
function needsNewer(invoice: Invoice): boolean {
  return cannotCarry(invoice, 'cii').some(({ severity }) => severity === 'warning')
}

function rulesOf(findings: readonly Finding[]): string {
  return findings.map(({ rule, message }) => `${rule} ${message}`).join('; ') || 'nothing'
}

/** Pointers of the terms that another reading does not have, or not the same. */
function lossesOf(invoice: PartialInvoice, other: PartialInvoice | undefined): readonly string[] {
  const [before, after] = [termsOf(invoice), termsOf(other)]
  return [...before].filter(([pointer, value]) => after.get(pointer) !== value).map(([pointer]) => pointer)
}

function termsOf(value: unknown, pointer = '', terms = new Map<string, string>()): ReadonlyMap<string, string> {
  const json: unknown = value === undefined ? undefined : JSON.parse(JSON.stringify(value))
  if (typeof json !== 'object' || json === null) return terms.set(pointer, String(json))
  // CII writes identifiers without a scheme first; their order says nothing.
  const entries = pointer.endsWith('/identifiers') && Array.isArray(json) ? json.toSorted(byText) : json
  for (const [key, inner] of Object.entries(entries)) termsOf(inner, `${pointer}/${key}`, terms)
  return terms
}

function byText(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1
}
