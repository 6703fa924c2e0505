import { Decimal } from '../invoice/index.ts'
import type { Formats, Step, Table } from './mapping.ts'
import type { Schema } from './shape.ts'
import {
  StepProblem,
  type Value,
  isDatePattern,
  quoted,
  readDay,
  readNumber,
  transformedCharactersMax,
} from './value.ts'

/*
 * The closed list of transformations. A row says what its argument is, as the schema of a mapping shows it, and what it does to a
 * text. None of them takes a pattern with repetition, so none can take longer than its input is long.
 */

type Run = (value: Value, formats: Formats) => Value | StepProblem

interface StepRow {
  readonly text: string
  /** undefined when the step takes no argument. */
  readonly argument: Schema | undefined
  /** The name alone will do: the formats of the source apply. */
  readonly optional?: true
  /** The argument has the shape; a text says what is wrong with it otherwise. */
  make(argument: never, tables: ReadonlyMap<string, Table>): Run | string
}

const short = { type: 'string', maxLength: 100 } as const
const some = { type: 'string', minLength: 1, maxLength: 100 } as const

/** What looks like a number to a person: separators of a decimal. */
const separators: Schema = {
  type: 'object',
  properties: {
    decimal: { enum: ['.', ','], description: 'The decimal separator.' },
    grouping: { enum: ['.', ',', ' ', ''], description: 'Between thousands; blanks are always allowed.' },
  },
  additionalProperties: false,
}

export const stepRows: Readonly<Record<string, StepRow>> = {
  trim: plain('Takes blanks off both ends.', text => text.trim()),
  squeeze: plain('Makes one blank of several.', text => text.replaceAll(/\s+/g, ' ')),
  compact: plain('Takes all blanks out.', text => text.replaceAll(/\s+/g, '')),
  upper: plain('In capitals.', text => text.toUpperCase()),
  lower: plain('In small letters.', text => text.toLowerCase()),
  digits: plain('Keeps the digits 0 to 9 only.', text => text.replaceAll(/[^0-9]+/g, '')),
  negate: number('Turns the sign of a number.', value => new Decimal(-value.coefficient, value.scale)),
  absolute: number('The number without its sign.', value => value.absolute()),
  date: {
    text: 'Reads a date by a pattern of YYYY, YY, MM, M, DD, D, HH, mm, ss and what stands between them.',
    argument: some,
    optional: true,
    make: (pattern: string | undefined) => {
      if (pattern !== undefined && !isDatePattern(pattern)) return 'must name day, month and year once each: DD/MM/YYYY'
      return (value, formats) => {
        const day = readDay(value, pattern ?? formats.dates)
        return typeof day === 'string' ? { text: day, ready: true } : day
      }
    },
  },
  decimal: {
    text: 'Reads a number with these separators; -1,00, 1,00- and (1,00) are negative.',
    argument: separators,
    optional: true,
    make: (given: Partial<Formats> | undefined) => {
      if (given?.decimal !== undefined && given.decimal === given.grouping) return 'has one separator for both'
      return (value, formats) =>
        done(readNumber(value, given === undefined ? formats : { decimal: '.', grouping: '', ...given }))
    },
  },
  round: {
    text: 'Rounds a number to this many decimals, halves away from zero.',
    argument: { type: 'integer', minimum: 0, maximum: 12 },
    make: (places: number) => (value, formats) => onNumber(value, formats, one => one.rounded(places)),
  },
  shift: {
    text: 'Moves the decimal point to the right: 2 makes 12 per cent of 0.12, -2 makes euros of cents.',
    argument: { type: 'integer', minimum: -12, maximum: 12 },
    make: (places: number) => (value, formats) => onNumber(value, formats, one => shifted(one, places)),
  },
  substring: {
    text: 'The characters from a position on (the first is 1), at most this many.',
    argument: {
      type: 'object',
      properties: {
        from: { type: 'integer', minimum: 1, maximum: 100_000 },
        length: { type: 'integer', minimum: 1, maximum: 100_000 },
      },
      required: ['from'],
      additionalProperties: false,
    },
    make: ({ from, length = Infinity }: { from: number; length?: number }) =>
      onText(text => text.slice(from - 1, from - 1 + length)),
  },
  pad: {
    text: 'Puts a character before a text until it is this long: the zeros a spreadsheet took off a SIREN.',
    argument: {
      type: 'object',
      properties: {
        length: { type: 'integer', minimum: 1, maximum: 100 },
        with: { type: 'string', minLength: 1, maxLength: 1 },
      },
      required: ['length', 'with'],
      additionalProperties: false,
    },
    make: ({ length, with: filler }: { length: number; with: string }) => onText(text => text.padStart(length, filler)),
  },
  replace: {
    text: 'Puts one text in the place of another, everywhere. No patterns.',
    argument: {
      type: 'object',
      properties: { find: some, by: short },
      required: ['find', 'by'],
      additionalProperties: false,
    },
    make: ({ find, by }: { find: string; by: string }) => onText(text => text.replaceAll(find, () => by)),
  },
  split: {
    text: 'Cuts at a text and takes one part: 1 is the first, -1 the last.',
    argument: {
      type: 'object',
      properties: { by: some, take: { type: 'integer', minimum: -1000, maximum: 1000 } },
      required: ['by', 'take'],
      additionalProperties: false,
    },
    make: ({ by, take }: { by: string; take: number }) => {
      if (take === 0) return 'takes part 0: the first is 1, the last -1'
      return onText(text => text.split(by).at(take > 0 ? take - 1 : take) ?? '')
    },
  },
  lookup: {
    text: 'The entry of a table for a code. @units and @countries are built in. A code without an entry is reported.',
    argument: {
      type: ['string', 'object'],
      minLength: 1,
      properties: {
        table: some,
        field: { ...some, description: 'Which field of the entry, when entries have several.' },
        otherwise: { ...short, description: 'Taken for a code without an entry.' },
      },
      required: ['table'],
      additionalProperties: false,
    },
    make: makeLookup,
  },
}

function plain(text: string, change: (text: string) => string): StepRow {
  return { text, argument: undefined, make: () => onText(change) }
}

function number(text: string, change: (value: Decimal) => Decimal): StepRow {
  return { text, argument: undefined, make: () => (value, formats) => onNumber(value, formats, change) }
}

function onText(change: (text: string) => string): Run {
  return ({ text, ready }) => {
    if (text.length > transformedCharactersMax) return new StepProblem('value.too-long', {})
    return { text: change(text), ready }
  }
}

function onNumber(value: Value, formats: Formats, change: (value: Decimal) => Decimal): Value | StepProblem {
  const read = readNumber(value, formats)
  return done(read instanceof StepProblem ? read : change(read))
}

function done(read: Decimal | StepProblem): Value | StepProblem {
  return read instanceof StepProblem ? read : { text: read.toString(), ready: true }
}

/** Exact: a point moves, nothing is divided. */
function shifted({ coefficient, scale }: Decimal, places: number): Decimal {
  const moved = scale - places
  return moved >= 0 ? new Decimal(coefficient, moved) : new Decimal(coefficient * 10n ** BigInt(-moved), 0)
}

interface LookupArgument {
  readonly table: string
  readonly field?: string
  readonly otherwise?: string
}

function makeLookup(given: string | LookupArgument, tables: ReadonlyMap<string, Table>): Run | string {
  const { table: name, field, otherwise }: LookupArgument = typeof given === 'string' ? { table: given } : given
  const table = tables.get(name)
  if (table === undefined)
    return `names the table ${quoted(name)}, which is not there; there are ${[...tables.keys()].join(', ')}`
  for (const [code, entry] of table) {
    if (typeof entry === 'string' && field !== undefined)
      return `asks for the field ${quoted(field)}, and ${quoted(code)} of ${name} is a text`
    if (typeof entry === 'object' && field === undefined)
      return `must say which field: ${quoted(code)} of ${name} has ${Object.keys(entry).join(', ')}`
    if (typeof entry === 'object' && field !== undefined && !Object.hasOwn(entry, field))
      return `asks for the field ${quoted(field)}, which ${quoted(code)} of ${name} has not`
  }
  return ({ text }) => {
    const entry = table.get(text) ?? table.get(folded(text))
    const found = typeof entry === 'object' ? entry[field ?? ''] : entry
    const code = found ?? otherwise
    if (code === undefined) return new StepProblem('code.unmapped', { value: quoted(text), table: name })
    return { text: code, ready: true }
  }
}

/** How built-in tables know a name: small letters without accents. Tables of a mapping are asked for the very code first. */
export function folded(text: string): string {
  return text
    .slice(0, 200)
    .normalize('NFD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
    .trim()
}

/** A step from its name and an argument that has the shape. A text says what is wrong. */
export function makeStep(name: string, argument: unknown, tables: ReadonlyMap<string, Table>): Step | string {
  const row = stepRows[name]
  if (row === undefined) return `names no step: ${Object.keys(stepRows).join(', ')}`
  if (argument === undefined && row.argument !== undefined && row.optional !== true) return `${name} wants an argument`
  const run = row.make(argument as never, tables)
  return typeof run === 'string' ? run : { name, run }
}
