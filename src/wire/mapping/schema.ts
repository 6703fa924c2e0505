import type { Schema } from './shape.ts'
import { stepRows } from './steps.ts'

/* The shape of a mapping, once: what is published is what readMapping checks. */

const name = { type: 'string', minLength: 1, maxLength: 200 } as const
const text = { type: 'string', maxLength: 10_000 } as const
const comment: Schema = { ...text, description: 'For whoever reads the mapping.' }
const expression: Schema = { $ref: '#/$defs/expression' }
const condition: Schema = { $ref: '#/$defs/condition' }
const names: Schema = { type: 'array', items: { type: 'string', maxLength: 200 }, minItems: 1, maxItems: 500 }

const formats: Readonly<Record<string, Schema>> = {
  decimal: { enum: ['.', ','], description: 'The decimal separator of numbers; a point when not given.' },
  grouping: { enum: ['.', ',', ' ', ''], description: 'What stands between thousands; blanks are always allowed.' },
  dates: { ...name, description: 'The pattern of dates, DD/MM/YYYY for one; YYYY-MM-DD when not given.' },
  ignore: { ...names, description: 'Columns or paths that are not to be reported as unused.' },
}

const json: Schema = {
  type: 'object',
  properties: {
    kind: { enum: ['json'] },
    format: { enum: ['document', 'lines'], description: 'lines: one JSON value per line, each with its invoices.' },
    invoices: { type: 'string', maxLength: 1000, description: 'JSON pointer to the list of invoices, or to the one.' },
    ...formats,
    comment,
  },
  required: ['kind'],
  additionalProperties: false,
}

const csv: Schema = {
  type: 'object',
  properties: {
    kind: { enum: ['csv'] },
    delimiter: {
      type: 'string',
      minLength: 1,
      maxLength: 1,
      description: 'Between cells; a semicolon when not given.',
    },
    quote: { type: 'string', maxLength: 1, description: 'Around cells; " when not given, empty for none.' },
    encoding: { enum: ['utf-8', 'utf-16', 'windows-1252'] },
    skip: { type: 'integer', minimum: 0, maximum: 1000, description: 'Lines before the first that counts.' },
    columns: {
      description:
        'header: the first row names them. numbers: #1, #2, … (which also work with names). Or the names; by type of row for records.',
      type: ['string', 'array', 'object'],
      minLength: 1,
      items: { type: 'string', maxLength: 200 },
      minItems: 1,
      additionalProperties: names,
    },
    rows: { anyOf: [{ $ref: '#/$defs/single' }, { $ref: '#/$defs/grouped' }, { $ref: '#/$defs/records' }] },
    ...formats,
    comment,
  },
  required: ['kind', 'rows'],
  additionalProperties: false,
}

const grouped: Schema = {
  description: 'Rows with the same key are one invoice.',
  type: 'object',
  properties: {
    kind: { enum: ['grouped'] },
    key: { ...names, ...name, type: ['string', 'array'], maxItems: 5, description: 'One column or several.' },
    scattered: {
      type: 'boolean',
      description:
        'The rows of an invoice may stand apart: all are held in memory. Otherwise they must follow each other.',
    },
  },
  required: ['kind', 'key'],
  additionalProperties: false,
}

const records: Schema = {
  description: 'A row of one type begins an invoice; the rows behind it belong to it.',
  type: 'object',
  properties: {
    kind: { enum: ['records'] },
    type: { ...name, description: 'The column that tells the type of a row.' },
    invoice: { ...name, description: 'The type that begins an invoice.' },
  },
  required: ['kind', 'type', 'invoice'],
  additionalProperties: false,
}

const origins: Readonly<Record<string, Schema>> = {
  from: {
    type: 'string',
    maxLength: 200,
    description:
      'A column, or a path such as customer/name, of what is being looped over; empty for that itself, in JSON.',
  },
  fromInvoice: { ...name, description: 'The same of the invoice, inside a loop.' },
  fromDocument: { ...name, description: 'JSON: a path from the top of the document.' },
  constant: { ...text, minLength: 1 },
  position: { enum: [true], description: 'The position in the list that is being filled: 1, 2, …' },
  template: {
    ...text,
    minLength: 1,
    description: 'Text with {column} in it; {{ and }} are braces. Nothing when all are missing.',
  },
  join: {
    type: 'array',
    items: expression,
    minItems: 1,
    maxItems: 50,
    description: 'Those that are there, with `by` between.',
  },
  first: { type: 'array', items: expression, minItems: 1, maxItems: 50, description: 'The first that is there.' },
  when: {
    type: 'array',
    items: {
      type: 'object',
      properties: { if: condition, use: expression, comment },
      required: ['if', 'use'],
      additionalProperties: false,
    },
    minItems: 1,
    maxItems: 100,
    description: 'The first case that holds, else `else`.',
  },
  sum: { ...expression, description: 'Added up over `each`, for which `if` holds.' },
}

const expressionParts: Readonly<Record<string, Schema>> = {
  ...origins,
  by: { ...text, description: 'For join; a blank when not given.' },
  else: { ...expression, description: 'For when.' },
  each: {
    type: 'string',
    maxLength: 200,
    description: 'What the source repeats: rows, a type of row, or a path to a JSON array.',
  },
  if: condition,
  steps: { type: 'array', items: { $ref: '#/$defs/step' }, maxItems: 20 },
  default: { type: ['string', 'object'], description: 'When there is no value: this text, or an expression.' },
  comment,
}

const itemParts: Readonly<Record<string, Schema>> = {
  each: { type: 'string', maxLength: 200, description: 'One item for each; one item when not given.' },
  if: condition,
  distinct: { type: 'boolean', description: 'An item equal to an earlier one is left out.' },
  fields: { $ref: '#/$defs/fields' },
  comment,
}

const operand = { type: 'string', maxLength: 1000 } as const
/** Every comparison; those of numbers are listed in conditions.ts. */
const operators: Readonly<Record<string, Schema>> = {
  is: operand,
  isNot: operand,
  in: { type: 'array', items: operand, minItems: 1, maxItems: 1000 },
  startsWith: operand,
  endsWith: operand,
  contains: operand,
  less: operand,
  atMost: operand,
  more: operand,
  atLeast: operand,
  exists: { type: 'boolean' },
}

const steps = Object.entries(stepRows)

/** JSON Schema 2020-12 of a mapping document. */
export const mappingSchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Mapping of an ERP export to the EN 16931 model, version 1',
  type: 'object',
  properties: {
    $schema: text,
    mapping: { enum: [1], description: 'The version of this format.' },
    name: { ...name, description: 'What the mapping is for.' },
    comment,
    source: { anyOf: [{ $ref: '#/$defs/json' }, { $ref: '#/$defs/csv' }] },
    tables: {
      type: 'object',
      additionalProperties: { $ref: '#/$defs/table' },
      maxProperties: 100,
      description: 'Codes of the ERP and what they mean.',
    },
    invoice: { $ref: '#/$defs/fields' },
    samples: { type: 'array', items: { $ref: '#/$defs/sample' }, maxItems: 100 },
  },
  required: ['mapping', 'source', 'invoice'],
  additionalProperties: false,
  $defs: {
    json,
    csv,
    single: {
      description: 'Each row is an invoice.',
      type: 'object',
      properties: { kind: { enum: ['single'] } },
      required: ['kind'],
      additionalProperties: false,
    },
    grouped,
    records,
    table: {
      type: 'object',
      additionalProperties: {
        type: ['string', 'object'],
        minLength: 1,
        additionalProperties: { type: 'string', minLength: 1 },
        minProperties: 1,
        maxProperties: 20,
      },
      maxProperties: 10_000,
    },
    fields: {
      description: 'JSON pointers into the model (from the group that is filled) and what fills them.',
      type: 'object',
      additionalProperties: { $ref: '#/$defs/target' },
      minProperties: 1,
      maxProperties: 300,
    },
    target: {
      description: 'For a term an expression; for a list its parts.',
      type: ['string', 'object', 'array'],
      minLength: 1,
      maxLength: 200,
      properties: { ...expressionParts, ...itemParts },
      additionalProperties: false,
      items: { $ref: '#/$defs/item' },
      minItems: 1,
      maxItems: 50,
    },
    item: { type: 'object', properties: itemParts, required: ['fields'], additionalProperties: false },
    expression: {
      description: 'A text is a column, or a path.',
      type: ['string', 'object'],
      minLength: 1,
      maxLength: 200,
      properties: expressionParts,
      additionalProperties: false,
      oneOf: [{ type: 'string' }, ...Object.keys(origins).map(key => ({ type: 'object', required: [key] }) as const)],
    },
    condition: {
      description: 'all, any or not; or a value and one comparison. less, atMost, more and atLeast compare numbers.',
      type: 'object',
      properties: {
        all: { type: 'array', items: condition, minItems: 1, maxItems: 50 },
        any: { type: 'array', items: condition, minItems: 1, maxItems: 50 },
        not: condition,
        value: expression,
        ...operators,
        comment,
      },
      additionalProperties: false,
      oneOf: ['all', 'any', 'not', 'value'].map(key => ({ required: [key] as const })),
    },
    step: {
      description: steps.map(([step, row]) => `${step}: ${row.text}`).join('\n'),
      type: ['string', 'object'],
      minLength: 1,
      properties: Object.fromEntries(
        steps.flatMap(([step, row]) => (row.argument === undefined ? [] : [[step, row.argument]])),
      ),
      additionalProperties: false,
      minProperties: 1,
      maxProperties: 1,
    },
    sample: {
      description: 'A source, and the invoices it must become: whole, or pointers and their values.',
      type: 'object',
      properties: {
        name,
        source: {
          description: 'The text, or a file beside the mapping.',
          type: ['string', 'object'],
          maxLength: 1_000_000,
          properties: { file: name },
          required: ['file'],
          additionalProperties: false,
        },
        expect: { type: ['object', 'array'], items: { type: 'object' }, maxItems: 100 },
        comment,
      },
      required: ['source', 'expect'],
      additionalProperties: false,
    },
  },
}
