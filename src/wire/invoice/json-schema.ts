import type { Entry, Group, Leaf, LeafKind } from './table.ts'
import { invoiceFields } from './terms.ts'

export type JsonSchema = Readonly<Record<string, unknown>>

/**
 * The JSON form of the model as JSON Schema 2020-12, made from the table of terms. What is computed when left out is not required.
 * Business rules are not in it.
 */
export function invoiceJsonSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Invoice (EN 16931)',
    ...groupSchema(invoiceFields),
  }
}

function groupSchema(fields: Group['fields']): JsonSchema {
  const entries = Object.entries(fields)
  const required = entries.filter(([, entry]) => isRequired(entry)).map(([key]) => key)
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([key, entry]) => [key, entrySchema(entry)])),
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  }
}

function isRequired(entry: Entry): boolean {
  if (entry.derived !== undefined || entry.demandedIf !== undefined) return false
  return entry.missing !== undefined || (entry.shape === 'one' && entry.required === true)
}

function entrySchema(entry: Entry): JsonSchema {
  const description = entry.term === '' ? entry.name : `${entry.term} ${entry.name}`
  if (entry.shape === 'leaf') return { ...leafSchema(entry), description }
  if (entry.shape === 'one') return { ...groupSchema(entry.fields), description }
  const atLeastOne = isRequired(entry) ? { minItems: 1 } : {}
  return { type: 'array', items: groupSchema(entry.fields), ...atLeastOne, description }
}

/** A longer list than this would fill pages; the rule in the description names it. */
const enumMax = 100

const decimal: JsonSchema = { type: ['string', 'number'], pattern: String.raw`^\s*[+-]?\d+(\.\d+)?\s*$` }

const schemas: Readonly<Record<LeafKind, JsonSchema>> = {
  text: { type: 'string', minLength: 1 },
  code: { type: 'string', minLength: 1 },
  date: { type: 'string', format: 'date' },
  base64: { type: 'string', contentEncoding: 'base64' },
  amount: decimal,
  price: decimal,
  quantity: decimal,
  percentage: decimal,
}

function leafSchema({ kind, codes }: Leaf): JsonSchema {
  if (codes === undefined) return schemas[kind]
  if (codes.list.size <= enumMax) return { ...schemas[kind], enum: [...codes.list] }
  return { ...schemas[kind], $comment: `a code of the list of ${codes.rule}` }
}
