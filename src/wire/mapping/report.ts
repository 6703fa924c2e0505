import { type Finding, type FindingLanguage, type Invoice, readInvoice } from '../invoice/index.ts'
import type { MappedInvoice } from './apply.ts'
import { keysOf } from './shape.ts'
import { say } from './texts.ts'
import { type WeakCode, type WeakDatum, weakDataOf } from './weak-data.ts'
import type { IssueCode } from './value.ts'

/** What came of one invoice. */
export interface JudgedInvoice {
  /** BT-1 as mapped; '' when there is none. */
  readonly number: string
  readonly place: string
  readonly json: MappedInvoice['json']
  /** undefined when the rules refuse it. */
  readonly invoice: Invoice | undefined
  /** The rules let it pass, nothing of its source was lost, and its number is its own. */
  readonly canBeSent: boolean
  readonly entries: readonly Observation[]
}

/**
 * missing: a mandatory term. rule: a finding of the rules. mapping: what the mapping could not carry over. data: weak master data,
 * with the rules that say the same.
 */
export type EntryKind = 'missing' | 'rule' | 'mapping' | 'data'

/** blocks: an invoice with it is not sent. */
export interface Observation {
  readonly kind: EntryKind
  readonly severity: 'blocks' | 'weak'
  readonly code: IssueCode | WeakCode | (string & {})
  readonly pointer: string
  readonly term: string | undefined
  readonly source: string
  readonly value: string
  readonly message: string
}

/** The same observation about any number of invoices. */
export interface ReportEntry {
  readonly kind: EntryKind
  readonly severity: 'blocks' | 'weak'
  /** The official rule, or a code of ours. */
  readonly code: string
  /** `*` for a position: `/lines/*\/unit`. */
  readonly pointer: string
  readonly term: string | undefined
  /** The column or path it came from; '' when unknown. */
  readonly source: string
  /** Of the first. */
  readonly message: string
  readonly invoices: number
  readonly occurrences: number
  /** The first twenty values that differ. */
  readonly examples: readonly Example[]
}

interface Example {
  readonly value: string
  readonly occurrences: number
  /** The first invoice that has it, and where in the source it is. */
  readonly number: string
  readonly place: string
}

export interface RunReport {
  readonly invoices: number
  readonly canBeSent: number
  /** What blocks first, then by number of invoices. */
  readonly entries: readonly ReportEntry[]
  /** Columns or paths that hold something and are not mapped. */
  readonly unused: readonly { readonly name: string; readonly invoices: number; readonly example: string }[]
}

const entriesMax = 1000
const examplesMax = 20
/** Of these, memory is kept to notice a second one. */
const numbersMax = 1_000_000
const taxCodesMax = 10_000
const unusedMax = 1000

interface Tally extends Omit<ReportEntry, 'examples' | 'invoices' | 'occurrences'> {
  invoices: number
  occurrences: number
  readonly examples: Map<string, { -readonly [Key in keyof Example]: Example[Key] }>
}

/** Gathers what is to be said about the invoices of a run. Memory does not grow with their number beyond fixed bounds. */
export class MappingRun {
  private readonly today: string
  private readonly language: FindingLanguage
  private invoices = 0
  private canBeSent = 0
  private readonly tallies = new Map<string, Tally>()
  private readonly unused = new Map<string, { invoices: number; readonly example: string }>()
  private readonly numbers = new Map<string, string>()
  private readonly taxCodes = new Map<string, Map<string, Pick<Example, 'number' | 'place'>>>()

  /** `today` is YYYY-MM-DD; the language is that of what is said. */
  constructor(today: string, language: FindingLanguage = 'en') {
    this.today = today
    this.language = language
  }

  /** Judges one invoice and keeps count. */
  add(mapped: MappedInvoice): JudgedInvoice {
    const judged = this.judge(mapped)
    this.invoices++
    if (judged.canBeSent) this.canBeSent++
    for (const [key, one] of countedOnce(judged.entries)) this.count(key, one, judged)
    this.noteTaxCodes(mapped, judged)
    for (const [name, example] of mapped.unused) {
      const known = this.unused.get(name)
      if (known !== undefined) known.invoices++
      else if (this.unused.size < unusedMax) this.unused.set(name, { invoices: 1, example: example.slice(0, 100) })
    }
    return judged
  }

  report(): RunReport {
    const tallies = [...this.tallies.values(), ...this.taxCodeTallies()]
    const entries = tallies.map(entryOf)
    entries.sort((a, b) => rank(a) - rank(b) || b.invoices - a.invoices || (a.pointer < b.pointer ? -1 : 1))
    const unused = Array.from(this.unused, ([name, { invoices, example }]) => ({ name, invoices, example }))
    return { invoices: this.invoices, canBeSent: this.canBeSent, entries, unused }
  }

  private judge(mapped: MappedInvoice): JudgedInvoice {
    const { json, place } = mapped
    const reading = readInvoice(json, { language: this.language })
    const invoice = 'invoice' in reading ? reading.invoice : undefined
    const findings = 'invoice' in reading ? reading.warnings : reading.findings
    const weak = [...weakDataOf({ json, invoice, today: this.today }), ...this.duplicate(json, place)]
    const entries = observations(mapped, findings, { weak, language: this.language })
    const canBeSent = invoice !== undefined && entries.every(({ severity }) => severity === 'weak')
    return { number: textOf(json['number']), place, json, invoice, canBeSent, entries }
  }

  private duplicate(json: MappedInvoice['json'], place: string): readonly WeakDatum[] {
    const number = textOf(json['number'])
    if (number === '') return []
    const seller = (json['seller'] ?? {}) as Readonly<Record<string, unknown>>
    const key = JSON.stringify([seller['vatId'] ?? seller['name'], number])
    const first = this.numbers.get(key)
    if (first === undefined) {
      if (this.numbers.size < numbersMax) this.numbers.set(key, place)
      return []
    }
    const message = say('number.duplicate', { number, place: first })
    return [{ code: 'number.duplicate', pointer: '/number', value: number, message }]
  }

  private count(key: string, { occurrences, values, first }: Counted, judged: JudgedInvoice): void {
    let tally = this.tallies.get(key)
    if (tally === undefined) {
      if (this.tallies.size >= entriesMax) return
      const { value: _, ...rest } = first
      tally = { ...rest, pointer: general(first.pointer), invoices: 0, occurrences: 0, examples: new Map() }
      this.tallies.set(key, tally)
    }
    tally.invoices++
    tally.occurrences += occurrences
    for (const [value, count] of values) {
      const known = tally.examples.get(value)
      if (known !== undefined) known.occurrences += count
      else if (tally.examples.size < examplesMax) {
        tally.examples.set(value, { value, occurrences: count, number: judged.number, place: judged.place })
      }
    }
  }

  private noteTaxCodes({ taxCodes }: MappedInvoice, { number, place }: JudgedInvoice): void {
    for (const { code, category, rate } of taxCodes) {
      const known = this.taxCodes.get(code) ?? new Map<string, Pick<Example, 'number' | 'place'>>()
      if (this.taxCodes.size < taxCodesMax) this.taxCodes.set(code, known)
      const meaning = `${category} ${rate.includes('.') ? rate.replace(/\.?0+$/, '') : rate}`.trim()
      if (known.size < examplesMax && !known.has(meaning)) known.set(meaning, { number, place })
    }
  }

  /** A code of the ERP that means one tax here and another there. */
  private taxCodeTallies(): readonly Tally[] {
    const several = [...this.taxCodes].filter(([, meanings]) => meanings.size > 1)
    return several.slice(0, 100).map(([code, meanings]) => {
      const where = [...meanings].map(
        ([meaning, { number, place }]) =>
          say('tax.use', { meaning, place: number === '' ? place : number })[this.language],
      )
      const examples = [...meanings].map(
        ([meaning, at]) => [meaning, { value: meaning, occurrences: 1, ...at }] as const,
      )
      return {
        kind: 'data',
        severity: 'weak',
        code: 'tax.code-with-several-rates',
        pointer: '/lines/*/vat',
        term: 'BG-30',
        source: '',
        message: say('tax.code-with-several-rates', { code, uses: where.join(', ') })[this.language],
        invoices: meanings.size,
        occurrences: meanings.size,
        examples: new Map(examples),
      }
    })
  }
}

function entryOf({ examples, ...rest }: Tally): ReportEntry {
  return { ...rest, examples: [...examples.values()] }
}

const kinds: readonly EntryKind[] = ['mapping', 'missing', 'rule', 'data']

function rank({ severity, kind }: Pick<ReportEntry, 'severity' | 'kind'>): number {
  return (severity === 'blocks' ? 0 : kinds.length) + kinds.indexOf(kind)
}

interface Counted {
  readonly first: Observation
  occurrences: number
  readonly values: Map<string, number>
}

/** One tally per invoice, so that invoices and occurrences are counted apart. */
function countedOnce(entries: readonly Observation[]): ReadonlyMap<string, Counted> {
  const counted = new Map<string, Counted>()
  for (const one of entries) {
    const key = JSON.stringify([one.kind, one.severity, one.code, general(one.pointer), one.source])
    const known = counted.get(key) ?? { first: one, occurrences: 0, values: new Map<string, number>() }
    counted.set(key, known)
    known.occurrences++
    const value = one.value.slice(0, 100)
    known.values.set(value, (known.values.get(value) ?? 0) + 1)
  }
  return counted
}

/** `/lines/3/unit` is about `/lines/*\/unit`. */
function general(pointer: string): string {
  return pointer.replaceAll(/\/\d+(?=\/|$)/g, '/*')
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/* ── What is said about one invoice ────────────────────────────────────────────────────────── */

/** Only this issue leaves the invoice as it should be. */
const harmless: ReadonlySet<IssueCode> = new Set(['row.disagree'])

/** What the mapping says, then what is weak, then the findings nobody has explained yet. */
function observations(
  { json, issues }: MappedInvoice,
  findings: readonly Finding[],
  { weak, language }: { readonly weak: readonly WeakDatum[]; readonly language: FindingLanguage },
): readonly Observation[] {
  const lost = new Set(issues.filter(({ pointer }) => pointer !== '').map(({ pointer }) => pointer))
  // A code that is not in the JSON was computed from another one, which has a finding of its own.
  const computed = findings.filter(({ rule, pointer }) => rule.startsWith('BR-CL-') && !isPresent(pointer, json))
  const explained = new Set<Finding>([...findings.filter(({ pointer }) => lost.has(pointer)), ...computed])
  const data = weak.map((datum): Observation => {
    const same = findings.filter(({ rule, pointer }) => pointer === datum.pointer && datum.covers?.test(rule) === true)
    for (const finding of same) explained.add(finding)
    const blocks = datum.code === 'number.duplicate' || same.some(({ severity }) => severity === 'fatal')
    const rules = same.length === 0 ? '' : ` (${[...new Set(same.map(({ rule }) => rule))].join(', ')})`
    const { code, pointer, value, message } = datum
    const term = same.find(finding => finding.term !== undefined)?.term
    return {
      kind: 'data',
      severity: blocks ? 'blocks' : 'weak',
      code,
      pointer,
      term,
      source: '',
      value,
      message: message[language] + rules,
    }
  })
  return [
    ...issues.map((issue): Observation => ({
      ...issue,
      kind: 'mapping',
      severity: harmless.has(issue.code) ? 'weak' : 'blocks',
      term: undefined,
    })),
    ...data,
    ...findings.filter(finding => !explained.has(finding)).map(finding => ruleObservation(finding, json)),
  ]
}

function ruleObservation(finding: Finding, json: unknown): Observation {
  const { rule, severity, pointer, term, message, actual = '' } = finding
  const present = isPresent(pointer, json)
  return {
    kind: severity === 'fatal' && !present && term !== undefined && actual === '' ? 'missing' : 'rule',
    severity: severity === 'fatal' ? 'blocks' : 'weak',
    code: rule,
    pointer,
    term,
    source: '',
    value: actual,
    message,
  }
}

function isPresent(pointer: string, json: unknown): boolean {
  return keysOf(pointer).reduce<unknown>(child, json) !== undefined
}

function child(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return (value as Readonly<Record<string, unknown>>)[key]
}
