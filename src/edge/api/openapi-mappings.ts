import { mappingSchema } from '../../wire/mapping/index.ts'
import { tenantPathParameter } from './openapi-tenants.ts'
import { namePattern } from './parameters.ts'

/* The part of the API's description that is about mappings of ERP exports. */

/** What the whole description shares. */
interface Shared {
  readonly problem: (description: string) => object
  /** Answers that every operation may give. */
  readonly everywhere: object
}

const nameParameter = {
  name: 'name',
  in: 'path',
  required: true,
  description: 'What its author calls it.',
  schema: { type: 'string', pattern: namePattern },
}

const json = (schema: string): object => ({
  'application/json': { schema: { $ref: `#/components/schemas/${schema}` } },
})

const source = {
  required: true,
  content: { '*/*': { schema: { type: 'string', contentMediaType: 'application/octet-stream' } } },
}

const languageParameter = {
  name: 'language',
  in: 'query',
  description: 'Of what is said of the invoices; Accept-Language (en, fr) without it.',
  schema: { enum: ['en', 'fr'] },
}

/** As a parameter of sending, judging and converting. */
export const mappingParameter = {
  name: 'mapping',
  in: 'query',
  description:
    'The body (of a form each file) is an export of an ERP, of any type, with one invoice: this mapping makes the invoice of it. See /mappings.',
  schema: { type: 'string' },
}

export function mappingPaths(shared: Shared): Readonly<Record<string, object>> {
  return { ...pathsBelow('/mappings', ofNode, shared), ...pathsBelow('/tenants/{tenant}/mappings', ofTenant, shared) }
}

/** Whose mappings they are: in the ids of operations, in words, in the path. */
interface Owner {
  readonly id: '' | 'Tenant'
  readonly words: string
  readonly parameters: readonly object[]
}

const ofNode: Owner = { id: '', words: 'of the node', parameters: [] }
const ofTenant: Owner = { id: 'Tenant', words: 'of a tenant', parameters: [tenantPathParameter] }

function pathsBelow(base: string, { id, words, parameters }: Owner, { problem, everywhere }: Shared) {
  const missing = { '404': problem('There is no such mapping or tenant.') }
  const named = [...parameters, nameParameter]
  return {
    [base]: {
      get: {
        operationId: `list${id}Mappings`,
        summary: `List the mappings ${words}`,
        parameters,
        responses: {
          '200': { description: 'All of them, by name.', content: json('MappingList') },
          ...(id === '' ? {} : { '404': problem('There is no such tenant.') }),
          ...everywhere,
        },
      },
    },
    [`${base}/{name}`]: {
      put: {
        operationId: `save${id}Mapping`,
        summary: `Keep a mapping of an ERP export, ${words}`,
        description: 'Takes the place of the one of this name. What cannot be used is refused with every problem.',
        parameters: named,
        requestBody: { required: true, content: json('Mapping') },
        responses: {
          '200': { description: 'Kept.', content: json('MappingSummary') },
          '400': problem('The name is none, or the body is not UTF-8.'),
          ...(id === '' ? {} : { '404': problem('There is no such tenant.') }),
          '409': problem('There are 1000 already.'),
          '413': problem('The body is too large.'),
          '415': problem('The body is compressed.'),
          '422': problem('The mapping cannot be used; `errors` has pointers into it.'),
          ...everywhere,
        },
      },
      get: {
        operationId: `get${id}Mapping`,
        summary: `A mapping ${words} as its author wrote it`,
        parameters: named,
        responses: { '200': { description: 'The document.', content: json('Mapping') }, ...missing, ...everywhere },
      },
      delete: {
        operationId: `remove${id}Mapping`,
        summary: `Forget a mapping ${words}`,
        parameters: named,
        responses: { '204': { description: 'Forgotten.' }, ...missing, ...everywhere },
      },
    },
    [`${base}/{name}/trials`]: {
      post: {
        operationId: `try${id}Mapping`,
        summary: `What a mapping ${words} makes of an export`,
        description:
          'Takes CSV or JSON as the mapping says, and reports what is missing, what has no code and which master data is weak. Nothing is sent or kept.',
        parameters: [...named, languageParameter],
        requestBody: source,
        responses: {
          '200': { description: 'The report.', content: json('MappingReport') },
          ...missing,
          '400': problem('language is none of those that are known.'),
          '413': problem('The body is too large: longer exports are for `passerelle map`.'),
          '415': problem('The body is compressed.'),
          '422': problem('The export cannot be read, or is not what the mapping is for.'),
          ...everywhere,
        },
      },
    },
  }
}

const text = { type: 'string' }
const count = { type: 'integer', minimum: 0 }

function object(properties: Readonly<Record<string, object>>, optional: readonly string[] = []): object {
  const required = Object.keys(properties).filter(name => !optional.includes(name))
  return { type: 'object', properties, required, additionalProperties: false }
}

const summary = { $ref: '#/components/schemas/MappingSummary' }

export const mappingSchemas: Readonly<Record<string, object>> = {
  Mapping: embedded(mappingSchema, 'Mapping') as object,
  MappingSummary: object(
    {
      tenant: { ...text, description: 'Whose it is; not there for those of the node.' },
      name: text,
      changedAt: { type: 'string', format: 'date-time' },
      links: { type: 'object', additionalProperties: text },
    },
    ['tenant'],
  ),
  MappingList: object({ mappings: { type: 'array', items: summary } }),
  MappingReport: object({
    invoices: count,
    canBeSent: count,
    entries: {
      type: 'array',
      items: object(
        {
          kind: { enum: ['missing', 'rule', 'mapping', 'data'] },
          severity: { enum: ['blocks', 'weak'] },
          code: { ...text, description: 'The official rule, or a code of ours.' },
          pointer: { ...text, description: 'JSON pointer into the model, * for a position.' },
          term: text,
          source: { ...text, description: 'The column or path it came from; empty when unknown.' },
          message: text,
          invoices: count,
          occurrences: count,
          examples: { type: 'array', items: object({ value: text, occurrences: count, number: text, place: text }) },
        },
        ['term'],
      ),
    },
    unused: { type: 'array', items: object({ name: text, invoices: count, example: text }) },
  }),
}

/** A schema of its own as a component of the description: its references begin at the description's root. */
function embedded(schema: unknown, component: string): unknown {
  if (Array.isArray(schema)) return schema.map(item => embedded(item, component))
  if (typeof schema !== 'object' || schema === null) return schema
  const entries = Object.entries(schema).filter(([key, value]) => key !== '$schema' || typeof value !== 'string')
  return Object.fromEntries(
    entries.map(([key, value]) => {
      if (key !== '$ref' || typeof value !== 'string') return [key, embedded(value, component)]
      return [key, value.replace('#/', `#/components/schemas/${component}/`)]
    }),
  )
}
