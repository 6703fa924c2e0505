import { parseArgs } from 'node:util'
import type { FindingLanguage } from '../../wire/invoice/index.ts'
import type { Terminal } from './terminal.ts'

/** 0 done · 1 refused or failed · 2 wrong usage, also when nothing has the name that was given: no such file, pack, command, option. */
export type ExitCode = 0 | 1 | 2

export interface Option {
  readonly type: 'string' | 'boolean'
  /** One letter that stands for the name: `o` for `-o`. */
  readonly short?: string
  /** What the value is, for the help: `FILE`, `URL`. */
  readonly value?: string
  /** May be given several times. */
  readonly multiple?: true
  readonly text: string
}

export interface Arguments {
  /** Of an option that takes a value. */
  value(name: string): string | undefined
  /** Of an option that may be given several times, in the order given. */
  values(name: string): readonly string[]
  flag(name: string): boolean
  readonly positionals: readonly string[]
}

export interface Command {
  readonly name: string
  readonly summary: string
  /** What follows the name: `FILE [options]`. */
  readonly usage: string
  readonly positionals: { readonly min: number; readonly max: number }
  readonly options: Readonly<Record<string, Option>>
  /** Further lines of the help. */
  readonly notes?: readonly string[]
  run(given: Arguments, terminal: Terminal): Promise<ExitCode>
}

/** The command line makes no sense; the message says what to change. */
export class UsageError extends Error {}

/** What every command knows. */
const common: Readonly<Record<string, Option>> = {
  json: { type: 'boolean', text: 'One JSON object per line instead of words.' },
  help: { type: 'boolean', text: 'This text.' },
}

/** Reads the words behind the name of a command. Throws UsageError. */
export function parseArguments(command: Command, words: readonly string[]): Arguments {
  const parsed = parse(command, words)
  if (parsed.values['help'] !== true) {
    const { min, max } = command.positionals
    const count = parsed.positionals.length
    if (count < min) throw new UsageError(`${command.name} wants ${command.usage}`)
    if (count > max) throw new UsageError(`${command.name} does not take ${parsed.positionals[max] ?? ''}`)
  }
  return {
    positionals: parsed.positionals,
    value: name => {
      const value = parsed.values[name]
      return typeof value === 'string' ? value : undefined
    },
    values: name => {
      const value = parsed.values[name]
      return Array.isArray(value) ? (value as string[]) : []
    },
    flag: name => parsed.values[name] === true,
  }
}

function parse(
  command: Command,
  words: readonly string[],
): { readonly values: Readonly<Record<string, unknown>>; readonly positionals: readonly string[] } {
  const options = Object.fromEntries(
    Object.entries({ ...command.options, ...common }).map(([name, { type, short, multiple = false }]) => [
      name,
      { type, multiple, ...(short === undefined ? {} : { short }) },
    ]),
  )
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true })
  } catch (cause) {
    // The first sentence says what is wrong; the rest is about the syntax of parseArgs itself.
    const [message = 'wrong usage'] = (cause as Error).message.split('. ')
    throw new UsageError(`${command.name}: ${message}`, { cause })
  }
}

/** A whole number given as an option. Throws UsageError. */
export function numberOf(
  given: Arguments,
  name: string,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  const text = given.value(name)
  if (text === undefined) return undefined
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (number >= min && number <= max) return number
  throw new UsageError(`--${name} must be a whole number, ${min} to ${max}`)
}

/** Of what is said of documents. */
export const findingLanguage: Option = {
  type: 'string',
  value: 'LANGUAGE',
  text: 'Of the findings: en or fr, where the rule speaks it.',
}

/** English when not given. Throws UsageError. */
export function findingLanguageOf(given: Arguments): FindingLanguage {
  const language = given.value('language') ?? 'en'
  if (language === 'en' || language === 'fr') return language
  throw new UsageError(`--language ${language}: must be en or fr`)
}

export function helpOf(command: Command): string {
  const rows = Object.entries({ ...command.options, ...common }).map(([name, option]) => {
    const value = option.value === undefined ? '' : ` ${option.value}`
    const short = option.short === undefined ? '' : `-${option.short}, `
    return [`${short}--${name}${value}`, option.text] as const
  })
  const width = Math.max(...rows.map(([left]) => left.length))
  const lines = [
    `passerelle ${command.name} ${command.usage}`.trimEnd(),
    '',
    command.summary,
    ...(command.notes === undefined ? [] : ['', ...command.notes]),
    '',
    ...rows.map(([left, text]) => `  ${left.padEnd(width)}  ${text}`),
  ]
  return `${lines.join('\n')}\n`
}
