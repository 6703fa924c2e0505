import { type Syntax, placeShown } from './syntax.ts'
import type { Entry, Group } from './table.ts'
import { invoiceFields } from './terms.ts'

/** One thing that is wrong with an invoice. `fatal` keeps it from being sent. */
export interface Finding {
  /** The official id where there is one (`BR-CO-15`, `PEPPOL-EN16931-R010`, `UBL-SR-12`), else one of OwnRule. */
  readonly rule: string
  readonly severity: 'fatal' | 'warning'
  /** JSON pointer into the JSON form, also for a finding on XML; '' for the whole document. */
  readonly pointer: string
  /** A sentence in plain English that names the term. */
  readonly message: string
  /** `BT-112`, `BG-25`; undefined when no single term is meant. */
  readonly term: string | undefined
  /** For amounts: what is there, what should be, and actual minus expected. */
  readonly actual?: string
  readonly expected?: string
  readonly delta?: string
  /** For XML: where in the document, as an XPath with the usual prefixes. */
  readonly location?: string
}

/**
 * Rules without an official id.
 * json.unknown-field, json.type: the shape of the JSON. value.*: one value is not of its kind, or missing in its group.
 * xml: not well-formed or over a limit. document.root, ubl.root, cii.root: another document. *.structure: an element where the XSD
 * has none or a second one. *.cannot-carry: the term has no place in the syntax to be written.
 */
export type OwnRule =
  | 'json.unknown-field'
  | 'json.type'
  | 'value.amount'
  | 'value.base64'
  | 'value.text'
  | 'value.missing'
  | 'xml'
  | 'document.root'
  | `${'ubl' | 'cii'}.${'root' | 'structure' | 'cannot-carry'}`

/** Keys and positions from the invoice down. */
export type Path = readonly (string | number)[]

export interface Mismatch {
  readonly actual: string
  readonly expected: string
  readonly delta: string
}

/** Nobody reads more, and a hostile document could cause millions. */
const findingsMax = 1000

/** Collects findings, up to a thousand; the terms and locations come from the table. */
export class Report {
  readonly findings: Finding[] = []
  /** Pointers whose value was refused: nobody is told in addition that it is missing. */
  readonly refused = new Set<string>()
  hasFatal = false
  private readonly syntax: Syntax | undefined

  /** With a syntax, findings also say where in such a document they are. */
  constructor(syntax?: Syntax) {
    this.syntax = syntax
  }

  /** Nothing more is listed: work for messages would be lost. */
  get isFull(): boolean {
    return this.findings.length === findingsMax
  }

  fatal(rule: string, path: Path, message: string, mismatch?: Mismatch): void {
    this.add('fatal', { rule, path, message }, mismatch)
  }

  warn(rule: string, path: Path, message: string, location?: string): void {
    this.add('warning', { rule, path, message, location })
  }

  /** Makes the warnings of a rule fatal, where a profile demands it. */
  escalate(rule: string): void {
    for (const [index, finding] of this.findings.entries()) {
      if (finding.rule !== rule) continue
      this.findings[index] = { ...finding, severity: 'fatal' }
      this.hasFatal = true
    }
  }

  /** A fatal finding on a value that cannot be used. */
  refuse(rule: string, path: Path, message: string, location?: string): void {
    this.refused.add(pointerOf(path))
    this.add('fatal', { rule, path, message, location })
  }

  private add(
    severity: Finding['severity'],
    { rule, path, message, location }: { rule: string; path: Path; message: string; location?: string | undefined },
    mismatch?: Mismatch,
  ): void {
    if (severity === 'fatal') this.hasFatal = true
    if (this.findings.length === findingsMax) return
    const place = location ?? (this.syntax === undefined ? undefined : locationOf(path, this.syntax))
    const term = entryAt(path)?.term
    this.findings.push({
      rule,
      severity,
      pointer: pointerOf(path),
      message,
      term: term === '' ? undefined : term,
      ...mismatch,
      ...(place === undefined ? {} : { location: place }),
    })
  }
}

/** `/lines/2/price/net` */
export function pointerOf(path: Path): string {
  return path.map(step => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** The row of the table for a path; undefined for the invoice itself and for fields that do not exist. */
function entryAt(path: Path): Entry | undefined {
  let fields: Group['fields'] = invoiceFields
  let entry: Entry | undefined
  for (const step of path) {
    if (typeof step === 'number') continue
    entry = Object.hasOwn(fields, step) ? fields[step] : undefined
    if (entry === undefined) return undefined
    fields = entry.shape === 'leaf' ? {} : entry.fields
  }
  return entry
}

/** `Invoice total amount with VAT (BT-112)` */
export function titleOf(path: Path): string {
  const entry = entryAt(path)
  if (entry === undefined) return path.length === 0 ? 'The invoice' : `The field ${pointerOf(path)}`
  return entry.term === '' ? entry.name : `${entry.name} (${entry.term})`
}

/** Where the value of a path stands, or would stand, in a document: `/Invoice/cac:InvoiceLine[3]/cbc:LineExtensionAmount`. */
function locationOf(path: Path, syntax: Syntax): string {
  const root = `/${syntax.rootName}`
  let location = root
  let fields: Group['fields'] = invoiceFields
  for (const step of path) {
    if (typeof step === 'number') {
      location += `[${step + 1}]`
      continue
    }
    const entry = Object.hasOwn(fields, step) ? fields[step] : undefined
    if (entry === undefined) return location
    const place = placeShown(entry, syntax)
    if (place.startsWith('/')) location = root + place
    else if (place !== '.') location += `/${place}`
    fields = entry.shape === 'leaf' ? {} : entry.fields
  }
  return location
}
