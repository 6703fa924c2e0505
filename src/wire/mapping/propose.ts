import { applyMapping } from './apply.ts'
import { type Claim, type Field, claimsOf, csvFields, jsonFields } from './propose-fields.ts'
import { readMapping } from './read.ts'
import { MappingRun } from './report.ts'
import { sniffCsv, sniffDates, sniffDecimal } from './sniff.ts'
import { lineNames, matchName, wordsOf } from './synonyms.ts'

/** A mapping to go on from, and what a person must look at. */
export interface Proposal {
  readonly mapping: object
  readonly remarks: readonly string[]
}

type Json = Readonly<Record<string, unknown>>

/**
 * Proposes a mapping for a sample by the names in it. Every expression says in a comment how sure it is. The remarks name what was
 * not recognised, and what is missing when the proposal is applied to the sample itself. Never throws for bad input.
 */
export async function proposeMapping(octets: Buffer, kind: 'csv' | 'json'): Promise<Proposal> {
  const { source, fields, lines } = kind === 'csv' ? csvParts(octets) : jsonParts(octets)
  const { claims, leftOver } = claimsOf(fields)
  const tables: Record<string, Json> = {}
  const invoice = invoiceOf(claims, { tables, lines })
  const draft = {
    mapping: 1,
    source: { ...source, ...formatsOf(fields, claims), ...rowsOf(kind, claims) },
    ...(Object.keys(tables).length > 0 ? { tables } : {}),
    invoice: Object.keys(invoice).length > 0 ? invoice : { '/typeCode': { constant: '380' } },
  }
  const unknown = leftOver.map(
    ({ name, zone }) => `not recognised: ${zone === 'line' ? `${lines ?? ''}/*/` : ''}${name}`,
  )
  return { mapping: draft, remarks: [...unknown, ...(await missing(draft, octets))] }
}

interface Parts {
  readonly source: Json
  readonly fields: readonly Field[]
  /** JSON: the path to the lines. */
  readonly lines: string | undefined
}

function csvParts(octets: Buffer): Parts {
  const sample = sniffCsv(octets)
  const { encoding, delimiter } = sample
  return { source: { kind: 'csv', delimiter, encoding, columns: 'header' }, fields: csvFields(sample), lines: 'rows' }
}

function rowsOf(kind: 'csv' | 'json', claims: ReadonlyMap<string, Claim>): Json {
  if (kind === 'json') return {}
  const key = claims.get('invoice/number')?.field.name
  return { rows: key === undefined ? { kind: 'single' } : { kind: 'grouped', key } }
}

/* ── JSON ──────────────────────────────────────────────────────────────────────────────────── */

function jsonParts(octets: Buffer): Parts {
  const text = octets.toString().replace(/^\uFEFF/, '')
  const whole = parsed(text)
  const isLines = whole === undefined
  const document = whole ?? parsed(text.slice(0, Math.max(text.indexOf('\n'), 0)))
  const { pointer, invoices } = findInvoices(document, '', 0) ?? { pointer: '', invoices: [document] }
  const lines = findLines(invoices)
  const source = {
    kind: 'json',
    ...(isLines ? { format: 'lines' } : {}),
    ...(pointer === '' ? {} : { invoices: pointer }),
  }
  return { source, fields: jsonFields(invoices, lines), lines }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

interface Found {
  readonly pointer: string
  readonly invoices: readonly unknown[]
}

/** The first list of objects that hold lists of objects, or the first object that does. */
function findInvoices(json: unknown, pointer: string, depth: number): Found | undefined {
  if (depth > 4 || typeof json !== 'object' || json === null) return undefined
  if (Array.isArray(json)) return json.some(item => listsIn(item).length > 0) ? { pointer, invoices: json } : undefined
  for (const [key, value] of Object.entries(json)) {
    const step = key.replaceAll('~', '~0').replaceAll('/', '~1')
    const inner = findInvoices(value, `${pointer}/${step}`, depth + 1)
    if (inner !== undefined) return inner
  }
  return listsIn(json).length > 0 ? { pointer, invoices: [json] } : undefined
}

function listsIn(json: unknown): readonly (readonly [key: string, list: readonly object[]])[] {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return []
  return Object.entries(json).flatMap(([key, value]) =>
    Array.isArray(value) && typeof value[0] === 'object' && value[0] !== null
      ? [[key, value as object[]] as const]
      : [],
  )
}

/** The list whose items have most of the names that lines have. */
function findLines(invoices: readonly unknown[]): string | undefined {
  const ranked = listsIn(invoices[0]).map(([key, [first = {}]]) => {
    const known = Object.keys(first).filter(name => matchName(wordsOf(name), lineNames) !== undefined)
    return { key: key.replaceAll('~', '~0').replaceAll('/', '~1'), known: known.length }
  })
  return ranked.sort((a, b) => b.known - a.known)[0]?.key
}

/* ── Formats ───────────────────────────────────────────────────────────────────────────────── */

function formatsOf(fields: readonly Field[], claims: ReadonlyMap<string, Claim>): Json {
  const dated = ['invoice/issueDate', 'invoice/dueDate'].flatMap(key => claims.get(key)?.field.values ?? [])
  const values = fields.flatMap(field => field.values)
  const decimal = sniffDecimal(values)
  const grouping = values.some(value => /^-?\d{1,3}(\.\d{3})+,\d/.test(value.slice(0, 40))) ? { grouping: '.' } : {}
  const dates = sniffDates(dated.length > 0 ? dated : values)
  return { ...(decimal === ',' ? { decimal, ...grouping } : {}), ...(dates === 'YYYY-MM-DD' ? {} : { dates }) }
}

/* ── Expressions ───────────────────────────────────────────────────────────────────────────── */

interface Drafting {
  readonly tables: Record<string, Json>
  readonly lines: string | undefined
}

function invoiceOf(claims: ReadonlyMap<string, Claim>, drafting: Drafting): Record<string, unknown> {
  const invoice: Record<string, unknown> = {}
  const lists: Record<'payment' | 'note' | 'line', Record<string, unknown>> = { payment: {}, note: {}, line: {} }
  for (const claim of claims.values()) {
    const { place } = claim
    if (place === 'payment' || place === 'note' || place === 'line')
      Object.assign(lists[place], drafted(claim, drafting))
    else if (place === 'invoice') Object.assign(invoice, drafted(claim, drafting))
    else {
      for (const [target, expression] of Object.entries(drafted(claim, drafting)))
        invoice[`/${place}${target}`] = expression
    }
  }
  if (lists.payment['/code'] !== undefined) invoice['/paymentMeans'] = [{ fields: lists.payment }]
  if (Object.keys(lists.note).length > 0) invoice['/notes'] = [{ fields: lists.note }]
  if (Object.keys(lists.line).length > 0 && drafting.lines !== undefined) {
    if (lists.line['/id'] === undefined) lists.line['/id'] = { position: true }
    const rate = claims.get('line/vat/rate')
    if (rate !== undefined) lists.line['/vat/rate'] = expressionOf(rate, [])
    addCategory(lists.line, rate)
    invoice['/lines'] = { each: drafting.lines, fields: lists.line }
  }
  return invoice
}

/** Of a rate alone: standard where there is one. */
function addCategory(line: Record<string, unknown>, rate: Claim | undefined): void {
  if (line['/vat/category'] !== undefined || rate === undefined) return
  line['/vat/category'] = {
    when: [{ if: { value: rate.field.name, more: '0' }, use: { constant: 'S' } }],
    else: { constant: 'Z' },
    comment: 'guess: 0 may be E, AE, K, G or O as well as Z',
  }
}

type Draft = (claim: Claim, drafting: Drafting) => Json

/** What a term needs beside its column. */
const special: Readonly<Record<string, Draft>> = {
  '/typeCode': tabled('types', value => (/^(av|cr|gu|381|c$)/i.test(value) ? '381' : '380')),
  '/code': tabled('payment', paymentCode),
  '/unit': stepped([{ lookup: '@units' }]),
  '/address/country': stepped([{ lookup: '@countries' }]),
  '/vatId': stepped(['compact', 'upper']),
  '/transfer/account': stepped(['compact', 'upper']),
  '/vat/category': (claim, { tables }) => {
    tables['vat'] = Object.fromEntries(distinct(claim.field).map(code => [code, taxOf(code)]))
    const lookup = (field: string): Json =>
      expressionOf(claim, [{ lookup: { table: 'vat', field } }], 'check the table vat')
    return { '/vat/category': lookup('category'), '/vat/rate': lookup('rate') }
  },
  '/siret': french,
  '/siren': french,
}

function drafted(claim: Claim, drafting: Drafting): Json {
  return special[claim.target]?.(claim, drafting) ?? { [claim.target]: expressionOf(claim, []) }
}

function stepped(steps: readonly unknown[]): Draft {
  return claim => ({ [claim.target]: expressionOf(claim, steps) })
}

/** A table of the values in the sample; what a value means is a guess. */
function tabled(table: string, meaning: (value: string) => string | undefined): Draft {
  return (claim, { tables }) => {
    const entries = distinct(claim.field).map(value => [value, meaning(value)] as const)
    tables[table] = Object.fromEntries(entries.filter(([, code]) => code !== undefined))
    return { [claim.target]: expressionOf(claim, [{ lookup: table }], `check the table ${table}`) }
  }
}

/** The SIREN, and the address of the whole company that follows from it. [france.md §1] */
function french(claim: Claim): Json {
  const siren = ['digits', { substring: { from: 1, length: 9 } }]
  return {
    '/legalRegistration/scheme': { constant: '0002' },
    '/legalRegistration/value': expressionOf(claim, siren),
    '/endpoint/scheme': { constant: '0225' },
    '/endpoint/value': expressionOf(
      claim,
      siren,
      'the address of the whole company; the directory may know a finer one',
    ),
  }
}

function expressionOf({ field, confidence }: Claim, steps: readonly unknown[], remark?: string): Json {
  const comment = remark === undefined ? confidence : `${confidence}; ${remark}`
  return { from: field.name, ...(steps.length > 0 ? { steps } : {}), comment }
}

function distinct({ values }: Field): readonly string[] {
  return [...new Set(values)].filter(value => value.length <= 40).slice(0, 50)
}

/** UNTDID 4461 by what people call it; undefined when the words say nothing. */
function paymentCode(value: string): string | undefined {
  const name = wordsOf(value).join(' ')
  return paymentWords.find(([, words]) => words.test(name))?.[0]
}

const paymentWords: readonly (readonly [code: string, words: RegExp])[] = [
  ['30', /vir|transfer|uberw|ueberw|overschr|bank/],
  ['59', /prel|debit|lastschr|incasso|sepa dd|domicil/],
  ['20', /chq|cheque|check|scheck/],
  ['48', /carte|card|karte|kaart|^cb$/],
  ['10', /espece|cash|bar$|contant/],
]

/** `V20` and `TVA 5,5` hold their rate, `V55` ten times its rate; a code without digits is taken for an exemption. */
function taxOf(code: string): Json {
  const [digits] = /\d{1,2}([.,]\d{1,2})?/.exec(code) ?? []
  if (digits === undefined || Number(digits) === 0) return { category: 'E', rate: '0' }
  const rate = digits.replace(',', '.')
  // No rate in the Union is above 27 %.
  return { category: 'S', rate: Number(rate) > 27 ? `${rate.slice(0, 1)}.${rate.slice(1, 2)}` : rate }
}

/* ── What is still missing ─────────────────────────────────────────────────────────────────── */

/** The mandatory terms that stay empty when the proposal is applied to the sample. */
async function missing(draft: object, octets: Buffer): Promise<readonly string[]> {
  const read = readMapping(draft)
  if ('problems' in read) return read.problems.map(({ pointer, message }) => `${pointer} ${message}`)
  const run = new MappingRun('2000-01-01')
  let count = 0
  try {
    for await (const mapped of applyMapping(read.mapping, octets)) {
      run.add(mapped)
      if (++count === 50) break
    }
  } catch (error) {
    return [(error as Error).message]
  }
  const { entries } = run.report()
  const wanted = entries.filter(
    ({ kind, severity, code }) => kind === 'missing' || (severity === 'blocks' && code === 'endpoint.missing'),
  )
  return wanted.map(({ pointer, message }) => `to be mapped: ${pointer}, ${message}`)
}
