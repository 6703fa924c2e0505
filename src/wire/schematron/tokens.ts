import { SchematronError } from './error.ts'

export interface Token {
  readonly kind: 'string' | 'number' | 'variable' | 'symbol' | 'name' | 'end'
  /** Of a string its value, of a variable its name without `$`. */
  readonly text: string
  readonly offset: number
}

const blank = /(?:[\s]|\(:(?:(?!:\))[\s\S])*:\))*/y

/** Names hold `-` and `.`; a name may be qualified or a wildcard of one half. */
const name = String.raw`[\p{L}_][\p{L}\p{N}_.\-]*`
const token = new RegExp(
  [
    String.raw`(?<string>"(?:[^"]|"")*"|'(?:[^']|'')*')`,
    String.raw`(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)`,
    String.raw`\$(?<variable>${name}(?::${name})?)`,
    String.raw`(?<symbol><=|>=|!=|\/\/|::|\.\.|[()\[\],.\/@=<>+\-|])`,
    String.raw`(?<name>\*:${name}|${name}(?::(?:${name}|\*))?)`,
    String.raw`(?<star>\*)`,
  ].join('|'),
  'uy',
)

/** Cuts an expression into tokens; comments `(: … :)` are left out. Throws SchematronError `syntax`. */
export function tokensOf(text: string): readonly Token[] {
  const found: Token[] = []
  let offset = blankEnd(text, 0)
  while (offset < text.length) {
    token.lastIndex = offset
    const match = token.exec(text)
    if (match === null) throw new SchematronError('syntax', `unexpected ${text.slice(offset, offset + 20)}`)
    found.push({ ...read(match.groups ?? {}), offset })
    offset = blankEnd(text, token.lastIndex)
  }
  return [...found, { kind: 'end', text: 'the end', offset }]
}

function read(groups: Readonly<Record<string, string | undefined>>): Omit<Token, 'offset'> {
  const { string, number, variable, symbol, name } = groups
  if (string !== undefined) {
    const quote = string.charAt(0)
    return { kind: 'string', text: string.slice(1, -1).replaceAll(quote + quote, quote) }
  }
  if (number !== undefined) return { kind: 'number', text: number }
  if (variable !== undefined) return { kind: 'variable', text: variable }
  if (symbol !== undefined) return { kind: 'symbol', text: symbol }
  return name === undefined ? { kind: 'symbol', text: '*' } : { kind: 'name', text: name }
}

function blankEnd(text: string, offset: number): number {
  blank.lastIndex = offset
  blank.test(text)
  return blank.lastIndex
}
