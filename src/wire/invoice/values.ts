import { type Decimal, parseDecimal } from './decimal.ts'
import type { LeafKind } from './table.ts'

/** Why a text is not a value of its kind; `problem` continues a sentence that begins with the term. */
export class ValueProblem {
  readonly rule: string
  readonly problem: string

  constructor(rule: string, problem: string) {
    this.rule = rule
    this.problem = problem
  }
}

/** Reads one value from its text, trimmed; the same for every syntax. */
export function readValue(text: string, kind: LeafKind): string | Decimal | ValueProblem {
  if (kind === 'text' || kind === 'code') return text
  if (kind === 'date') return readDate(text)
  if (kind === 'base64') return readBase64(text)
  const problem = `must be a decimal number such as 1200.50, and is ${quoted(text)}`
  return parseDecimal(text) ?? new ValueProblem('value.amount', problem)
}

function readDate(text: string): string | ValueProblem {
  if (isDate(text)) return text
  const problem = `must be a date of the calendar written YYYY-MM-DD, and is ${quoted(text)}`
  return new ValueProblem('PEPPOL-EN16931-F001', problem)
}

/** A date of CII, YYYYMMDD, as YYYY-MM-DD; `isCompact` says that its format is the one for that. */
export function readCompactDate(text: string, isCompact: boolean): string | ValueProblem {
  const date = text.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3')
  if (isCompact && text.length === 8 && isDate(date)) return date
  const problem = `must be a date of the calendar written YYYYMMDD with the format 102, and is ${quoted(text)}`
  return new ValueProblem('PEPPOL-EN16931-F001', problem)
}

/** Blanks are taken out: UBL documents fold the lines. Empty is allowed: a reader may have left the content aside. */
function readBase64(text: string): string | ValueProblem {
  const content = /\s/.test(text) ? text.replaceAll(/\s+/g, '') : text
  if (content.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(content)) return content
  return new ValueProblem('value.base64', 'must be base64')
}

/** A day that exists, `YYYY-MM-DD`. */
function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (match === null) return false
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  if (month < 1 || month > 12 || day < 1) return false
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0
  return day <= days
}

/** A value as a message shows it: never longer than a line. */
export function quoted(text: string): string {
  return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`
}
