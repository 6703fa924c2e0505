import { type Decimal, parseDecimal } from './decimal.ts'
import type { LeafKind } from './table.ts'
import type { Values } from './text.ts'
import type { TextKey } from './texts.ts'

/** Why a text is not a value of its kind: the rule, the text that says so and what fills it in. */
export class ValueProblem {
  readonly rule: string
  readonly text: TextKey
  readonly values: Values

  constructor(rule: string, text: TextKey, values: Values = {}) {
    this.rule = rule
    this.text = text
    this.values = values
  }
}

/** Reads one value from its text, trimmed; the same for every syntax. */
export function readValue(text: string, kind: LeafKind): string | Decimal | ValueProblem {
  if (kind === 'text' || kind === 'code') return text
  if (kind === 'date') return readDate(text)
  if (kind === 'base64') return readBase64(text)
  return parseDecimal(text) ?? new ValueProblem('value.amount', 'value.amount', { value: quoted(text) })
}

function readDate(text: string): string | ValueProblem {
  if (isDate(text)) return text
  return new ValueProblem('PEPPOL-EN16931-F001', 'PEPPOL-EN16931-F001', { value: quoted(text) })
}

/** A date of CII, YYYYMMDD, as YYYY-MM-DD; `isCompact` says that its format is the one for that. */
export function readCompactDate(text: string, isCompact: boolean): string | ValueProblem {
  const date = text.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3')
  if (isCompact && text.length === 8 && isDate(date)) return date
  return new ValueProblem('PEPPOL-EN16931-F001', 'PEPPOL-EN16931-F001/compact', { value: quoted(text) })
}

/** Blanks are taken out: UBL documents fold the lines. Empty is allowed: a reader may have left the content aside. */
function readBase64(text: string): string | ValueProblem {
  const content = /\s/.test(text) ? text.replaceAll(/\s+/g, '') : text
  if (content.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(content)) return content
  return new ValueProblem('value.base64', 'value.base64')
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
