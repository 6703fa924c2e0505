import { Decimal, type Text, type Values, parseDecimal } from '../invoice/index.ts'
import type { Formats } from './mapping.ts'
import { type TextKey, say } from './texts.ts'

/** A text on its way from the source to a term; never empty. */
export interface Value {
  readonly text: string
  /** Already in the form of the model (a constant, a JSON number, a converted date): separators and date patterns no longer apply. */
  readonly ready: boolean
}

/** What is wrong with an invoice before the rules of invoices are asked. */
export type IssueCode =
  | 'value.date'
  | 'value.decimal'
  | 'value.too-long'
  | 'value.composite'
  | 'code.unmapped'
  | 'row.cells'
  | 'row.no-key'
  | 'row.stray'
  | 'row.disagree'
  | 'row.apart'

/** Why a step has no result. */
export class StepProblem {
  readonly code: IssueCode
  private readonly text: TextKey
  private readonly values: Values

  /** `text` is the one filed under the code when not given. */
  constructor(code: IssueCode & TextKey, values: Values, text: TextKey = code) {
    this.code = code
    this.text = text
    this.values = values
  }

  /** Made when it is told: most values that are no number in one form are one in another. */
  get message(): Text {
    return say(this.text, this.values)
  }
}

/** Longer texts (attachments in base64) are carried, and never transformed. */
export const transformedCharactersMax = 100_000

/** A value of a text, trimmed; undefined when nothing is left. */
export function valueOf(text: string, ready: boolean): Value | undefined {
  const trimmed = text.trim()
  return trimmed === '' ? undefined : { text: trimmed, ready }
}

/** A value as a message shows it: never longer than a line. */
export function quoted(text: string): string {
  return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`
}

/** Narrow and ordinary no-break spaces, thin spaces and apostrophes group thousands in exports. */
const blanks = /[\s\u00A0\u2009\u202F'’]/g

/**
 * The number a text with separators says: `1 234,56`, `-3.5`, `12,00-` and `(12,00)` (both negative, as ledgers write them), with
 * or without a currency sign or a per cent sign.
 */
export function readNumber(
  { text, ready }: Value,
  { decimal, grouping }: Omit<Formats, 'dates'>,
): Decimal | StepProblem {
  const values = { value: quoted(text), decimal }
  const problem = new StepProblem('value.decimal', values, ready ? 'value.decimal/ready' : 'value.decimal')
  if (text.length > 60) return problem
  if (ready) return parseDecimal(text) ?? problem
  const compact = text.replaceAll(blanks, '').replace(/^[€$£]|[€$£%]$/g, '')
  const match = /^(\(|[+-])?([0-9.,]+)(\)|[+-])?$/.exec(compact)
  if (match === null) return problem
  const [, before = '', digits = '', after = ''] = match
  const bracketed = before === '(' || after === ')'
  if (bracketed ? before !== '(' || after !== ')' : before !== '' && after !== '') return problem
  const [whole = '', fraction, ...more] = digits.split(decimal)
  if (more.length > 0) return problem
  const plain = ungrouped(whole, grouping)
  if (plain === undefined || (fraction !== undefined && !/^\d*$/.test(fraction))) return problem
  const negative = bracketed || before === '-' || after === '-'
  const number = parseDecimal(
    `${plain === '' ? '0' : plain}${fraction === undefined || fraction === '' ? '' : `.${fraction}`}`,
  )
  if (number === undefined || (plain === '' && (fraction ?? '') === '')) return problem
  return negative ? new Decimal(-number.coefficient, number.scale) : number
}

/** Groups of three, or no groups at all: `1.234` with the grouping `.` is 1234, and `1.23` is an error, not 123. */
function ungrouped(whole: string, grouping: string): string | undefined {
  if (/^\d*$/.test(whole)) return whole
  if (grouping !== '.' && grouping !== ',') return undefined
  const [first = '', ...groups] = whole.split(grouping)
  const sound = /^\d{1,3}$/.test(first) && groups.every(group => /^\d{3}$/.test(group))
  return sound ? first + groups.join('') : undefined
}

/** What a date pattern is made of; everything else in it stands for itself. */
const datePart = /YYYY|YY|MM|M|DD|D|HH|mm|ss/g

/** Whether a pattern names day, month and year once each. */
export function isDatePattern(pattern: string): boolean {
  const parts = pattern.match(datePart) ?? []
  const days = parts.filter(part => part === 'DD' || part === 'D').length
  const months = parts.filter(part => part === 'MM' || part === 'M').length
  const years = parts.filter(part => part === 'YYYY' || part === 'YY').length
  return pattern.length <= 40 && days === 1 && months === 1 && years === 1
}

/** How many digits a part may have. */
const digitsOf: Readonly<Record<string, readonly [min: number, max: number]>> = {
  YYYY: [4, 4],
  YY: [2, 2],
  MM: [2, 2],
  M: [1, 2],
  DD: [2, 2],
  D: [1, 2],
  HH: [2, 2],
  mm: [2, 2],
  ss: [2, 2],
}

/**
 * The day a text says by a pattern, as YYYY-MM-DD. A year of two digits is one of this century: an invoice is young. A time after the
 * date is passed over where the pattern has none, as exports of spreadsheets carry it.
 */
export function readDay({ text, ready }: Value, pattern: string): string | StepProblem {
  // A JSON number that is a date, 20261103, is still to be read.
  if (ready && /^\d{4}-\d{2}-\d{2}$/.test(text)) return text
  const problem = new StepProblem('value.date', { value: quoted(text), pattern })
  if (text.length > 60) return problem
  const found: Record<string, string> = {}
  let at = 0
  let patternAt = 0
  for (const { 0: part, index } of pattern.matchAll(datePart)) {
    const literal = pattern.slice(patternAt, index)
    if (!text.startsWith(literal, at)) return problem
    at += literal.length
    const [min, max] = digitsOf[part] ?? [0, 0]
    let end = at
    while (end < text.length && end - at < max && isDigit(text, end)) end++
    if (end - at < min) return problem
    found[part.slice(0, 1)] = text.slice(at, end)
    at = end
    patternAt = index + part.length
  }
  const rest = text.slice(at)
  const literal = pattern.slice(patternAt)
  if (rest !== literal && !(literal === '' && !pattern.includes('HH') && /^[T ]\d{2}:?\d{2}[0-9:.Z+-]*$/.test(rest)))
    return problem
  return dayOf(found) ?? problem
}

function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index)
  return code >= 48 && code <= 57
}

/** undefined for a day that is not in the calendar. */
function dayOf({ Y = '', M = '', D = '' }: Readonly<Record<string, string>>): string | undefined {
  const year = Number(Y.length === 2 ? `20${Y}` : Y)
  const [month, day] = [Number(M), Number(D)]
  const date = new Date(Date.UTC(year, month - 1, day))
  date.setUTCFullYear(year)
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}
