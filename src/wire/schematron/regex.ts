import { DynamicError } from './error.ts'

/** Both dialects write these alike; the others mean more than in JavaScript. [XPath Functions §7.6.1, XML Schema 2 §F] */
const classes: Readonly<Record<string, string>> = {
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  s: '[ \\t\\n\\r]',
  S: '[^ \\t\\n\\r]',
  w: '[^\\p{P}\\p{Z}\\p{C}]',
  W: '[\\p{P}\\p{Z}\\p{C}]',
  i: '[\\p{L}_\\x3A]',
  I: '[^\\p{L}_\\x3A]',
  c: '[\\p{L}\\p{N}_\\x3A.\\-]',
  C: '[^\\p{L}\\p{N}_\\x3A.\\-]',
}

const compiled = new Map<string, RegExp>()

/** Patterns may come from a document by way of a rule: the table of them stays small. */
const compiledMax = 2000

/** A pattern and flags of XPath as a RegExp. Throws DynamicError FORX0002. */
export function regexOf(pattern: string, flags = ''): RegExp {
  const key = `${flags}/${pattern}`
  const known = compiled.get(key)
  if (known !== undefined) return known
  if (compiled.size === compiledMax) compiled.clear()
  try {
    const body = flags.includes('x') ? pattern.replaceAll(/[ \t\r\n]+/g, '') : pattern
    const regex = new RegExp(
      flags.includes('q') ? literally(body) : translated(body),
      `v${flags.replaceAll(/[xq]/g, '')}`,
    )
    compiled.set(key, regex)
    return regex
  } catch {
    throw new DynamicError('FORX0002', `'${pattern}' is no regular expression`)
  }
}

export function matches(text: string, pattern: string, flags?: string): boolean {
  return regexOf(pattern, flags).test(text)
}

export function tokenize(text: string, pattern: string, flags?: string): readonly string[] {
  if (text === '') return []
  const regex = regexOf(pattern, flags)
  const found: string[] = []
  let start = 0
  // Not split(): that would also give what the groups caught.
  for (const match of text.matchAll(new RegExp(regex, `g${regex.flags}`))) {
    found.push(text.slice(start, match.index))
    start = match.index + match[0].length
  }
  return [...found, text.slice(start)]
}

export function replace(text: string, pattern: string, { by, flags }: { by: string; flags?: string }): string {
  const regex = regexOf(pattern, flags)
  return text.replaceAll(new RegExp(regex, `g${regex.flags}`), (...caught: unknown[]) =>
    by.replaceAll(/\\([\\$])|\$(\d)/g, (_, escaped: string | undefined, group: string | undefined) =>
      group === undefined ? (escaped ?? '') : ((caught[Number(group)] as string | undefined) ?? ''),
    ),
  )
}

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)
}

function translated(pattern: string): string {
  let out = ''
  /** Where the classes begin that are open. */
  const starts: number[] = []
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at)
    if (character === '\\') {
      const escape = escapeAt(pattern, at)
      out += escape.regex
      at += escape.length - 1
    } else if (character === '[') {
      // Within a class it opens a class to be subtracted, [a-z-[aeiou]], which is [[a-z]--[aeiou]] in JavaScript.
      const start = starts.at(-1)
      if (start !== undefined && out.endsWith('\\-')) out = `${out.slice(0, start)}[${out.slice(start, -2)}]--`
      starts.push(out.length)
      out += pattern.charAt(at + 1) === '^' ? '[^' : '['
      if (pattern.charAt(at + 1) === '^') at++
    } else if (character === ']' && starts.length > 0) {
      out += ']'
      starts.pop()
    } else if (starts.length > 0) out += inClassCharacter(pattern, at)
    else out += character
  }
  return out
}

function escapeAt(pattern: string, at: number): { readonly regex: string; readonly length: number } {
  const next = pattern.charAt(at + 1)
  const mapped = classes[next]
  if (mapped !== undefined) return { regex: mapped, length: 2 }
  if (next === 'p' || next === 'P') {
    const end = pattern.indexOf('}', at)
    return { regex: pattern.slice(at, end + 1), length: end + 1 - at }
  }
  // Letters and digits keep their escape (\n, \1); punctuation is written by number, which is lawful everywhere.
  return { regex: /[A-Za-z0-9]/.test(next) ? `\\${next}` : numbered(next), length: 2 }
}

/** JavaScript reserves more characters inside of a class than XPath does. */
function inClassCharacter(pattern: string, at: number): string {
  const character = pattern.charAt(at)
  if (character !== '-') return /[\p{L}\p{N} ]|[^\x20-\x7E]/v.test(character) ? character : numbered(character)
  const isRange = !/[[^]/.test(pattern.charAt(at - 1)) && !/[\][]/.test(pattern.charAt(at + 1))
  return isRange && !endsWithClass(pattern, at) ? '-' : '\\-'
}

/** `\w-` is no range: the hyphen stands for itself. */
function endsWithClass(pattern: string, at: number): boolean {
  return pattern.charAt(at - 2) === '\\' && classes[pattern.charAt(at - 1)] !== undefined
}

function numbered(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
}
