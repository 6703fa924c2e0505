import { type Syntax, placeShown } from './syntax.ts'
import type { Group, Entry as Row } from './table.ts'
import { frenchNameOf } from './term-names-french.ts'
import { invoiceFields } from './terms.ts'
import { type FindingLanguage, type Text, type Values, filled } from './text.ts'
import { type TextKey, texts } from './texts.ts'

/** One thing that is wrong with an invoice. `fatal` keeps it from being sent. */
export interface Finding {
  /**
   * The official id where there is one (`BR-CO-15`, `PEPPOL-EN16931-R010`, `UBL-SR-12`), else one of OwnRule. Of a French rule the id
   * without the term (`BR-FR-09` for BR-FR-09_BT-29), which `term` says: UBL and CII write the rest differently.
   */
  readonly rule: string
  readonly severity: 'fatal' | 'warning'
  /** JSON pointer into the JSON form, also for a finding on XML; '' for the whole document. */
  readonly pointer: string
  /** A sentence that names the term, in the language that was asked for. */
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

/** What a finding says beside its rule and place. */
interface Detail {
  /** The text, when it is not the one filed under the rule. */
  readonly text?: TextKey
  /** For the placeholders of the text; `title` is the name of the term anyway. */
  readonly values?: Values
  readonly mismatch?: Mismatch
  /** Where in the document, when it is not the place of the term. */
  readonly location?: string | undefined
}

/** A rule without a text of its own names one. */
type DetailOf<Rule extends string> = Rule extends TextKey
  ? [detail?: Detail]
  : [detail: Detail & { readonly text: TextKey }]

/** A finding before it is said in a language. */
interface Entry extends Detail {
  readonly severity: Finding['severity']
  readonly rule: string
  readonly path: Path
}

/** The name that a rule has in a specification; undefined when it has no such rule. */
export type Amendments = (rule: string, path: Path) => string | undefined

/** Nobody reads more, and a hostile document could cause millions. */
const findingsMax = 1000

/** Collects findings, up to a thousand; they are put into words at the end, with terms and locations from the table. */
export class Report {
  /** Pointers whose value was refused: nobody is told in addition that it is missing. */
  readonly refused = new Set<string>()
  hasFatal = false
  /** What the specification of the invoice calls a rule; undefined for one that it does not have. */
  amended: Amendments | undefined
  private readonly entries: Entry[] = []
  private readonly syntax: Syntax | undefined

  /** With a syntax, findings also say where in such a document they are. */
  constructor(syntax?: Syntax) {
    this.syntax = syntax
  }

  /** Nothing more is listed: work for messages would be lost. */
  get isFull(): boolean {
    return this.entries.length === findingsMax
  }

  fatal<Rule extends string>(rule: Rule, path: Path, ...[detail]: DetailOf<Rule>): void {
    this.add({ ...detail, severity: 'fatal', rule, path })
  }

  warn<Rule extends string>(rule: Rule, path: Path, ...[detail]: DetailOf<Rule>): void {
    this.add({ ...detail, severity: 'warning', rule, path })
  }

  /** A fatal finding on a value that cannot be used. */
  refuse<Rule extends string>(rule: Rule, path: Path, ...[detail]: DetailOf<Rule>): void {
    this.refused.add(pointerOf(path))
    this.add({ ...detail, severity: 'fatal', rule, path })
  }

  /** Makes the warnings of a rule fatal, where a profile demands it. */
  escalate(rule: string): void {
    for (const [index, entry] of this.entries.entries()) {
      if (entry.rule !== rule) continue
      this.entries[index] = { ...entry, severity: 'fatal' }
      this.hasFatal = true
    }
  }

  /** The findings in a language, in the order in which they were made. */
  findings(language: FindingLanguage = 'en'): readonly Finding[] {
    return this.entries.map(entry => this.said(entry, language))
  }

  private add(entry: Entry): void {
    const rule = this.amended === undefined ? entry.rule : this.amended(entry.rule, entry.path)
    if (rule === undefined) return
    if (entry.severity === 'fatal') this.hasFatal = true
    if (this.isFull) return
    this.entries.push(rule === entry.rule ? entry : { ...entry, rule, text: entry.text ?? (entry.rule as TextKey) })
  }

  private said(entry: Entry, language: FindingLanguage): Finding {
    const { rule, severity, path, text = rule as TextKey, values, mismatch } = entry
    const place = entry.location ?? (this.syntax === undefined ? undefined : locationOf(path, this.syntax))
    const term = entryAt(path)?.term
    return {
      rule,
      severity,
      pointer: pointerOf(path),
      message: filled(texts[text], language, { title: titleOf(path), ...mismatch, ...values }),
      term: term === '' ? undefined : term,
      ...mismatch,
      ...(place === undefined ? {} : { location: place }),
    }
  }
}

/** `/lines/2/price/net` */
export function pointerOf(path: Path): string {
  return path.map(step => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** The row of the table for a path; undefined for the invoice itself and for fields that do not exist. */
function entryAt(path: Path): Row | undefined {
  let fields: Group['fields'] = invoiceFields
  let entry: Row | undefined
  for (const step of path) {
    if (typeof step === 'number') continue
    entry = Object.hasOwn(fields, step) ? fields[step] : undefined
    if (entry === undefined) return undefined
    fields = entry.shape === 'leaf' ? {} : entry.fields
  }
  return entry
}

/** `Invoice total amount with VAT (BT-112)`, `Montant total de la facture avec TVA (BT-112)` */
function titleOf(path: Path): Text {
  const row = entryAt(path)
  if (row === undefined && path.length === 0) return { en: 'The invoice', fr: 'La facture' }
  if (row === undefined) return { en: `The field ${pointerOf(path)}`, fr: `Le champ ${pointerOf(path)}` }
  const { name, term } = row
  const french = frenchNameOf(term, name) ?? name
  return term === '' ? { en: name, fr: french } : { en: `${name} (${term})`, fr: `${french} (${term})` }
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
