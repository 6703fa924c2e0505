import { hint } from './nearest.ts'

/** What is wrong with a mapping, and where in its JSON. */
export interface MappingProblem {
  /** JSON pointer into the mapping; '' for the whole. */
  readonly pointer: string
  readonly message: string
}

/** The part of JSON Schema 2020-12 that a mapping's shape is said in. */
export interface Schema {
  readonly [keyword: string]: unknown
  readonly description?: string
  readonly type?: TypeName | readonly TypeName[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: false | Schema
  readonly maxProperties?: number
  readonly minProperties?: number
  readonly required?: readonly string[]
  /** Exactly one of these keys, when it is an object. */
  readonly oneOf?: readonly { readonly type?: TypeName; readonly required?: readonly [string] }[]
  /** The one whose `kind` is that of the object. */
  readonly anyOf?: readonly { readonly $ref: `#/$defs/${string}` }[]
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly enum?: readonly unknown[]
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly $ref?: `#/$defs/${string}`
  readonly $defs?: Readonly<Record<string, Schema>>
}

type TypeName = 'string' | 'integer' | 'boolean' | 'object' | 'array' | 'null' | 'number'

/** Nobody nests a mapping deeper, and everything that walks one recurses. */
const depthMax = 40
/** Nobody reads more. */
const problemsMax = 100

/** Collects problems, up to a hundred. */
export class Problems {
  readonly list: MappingProblem[] = []

  add(pointer: string, message: string): undefined {
    if (this.list.length < problemsMax) this.list.push({ pointer, message })
  }
}

/** `~` and `/` of a key as a JSON pointer has them. */
export function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The keys of a JSON pointer, with or without its first slash; none for ''. */
export function keysOf(pointer: string): readonly string[] {
  if (pointer === '') return []
  const keys = (pointer.startsWith('/') ? pointer.slice(1) : pointer).split('/')
  return keys.map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** Checks the shape of a mapping against its schema. */
export function checkShape(json: unknown, schema: Schema, problems: Problems): void {
  check(json, schema, { pointer: '', depth: 0, defs: schema.$defs ?? {}, problems })
}

interface Context {
  readonly pointer: string
  readonly depth: number
  readonly defs: Readonly<Record<string, Schema>>
  readonly problems: Problems
}

function check(json: unknown, given: Schema, context: Context): void {
  const { pointer, depth, problems } = context
  if (depth > depthMax) return problems.add(pointer, `is nested deeper than ${depthMax} levels`)
  const schema = given.anyOf === undefined ? resolved(given, context) : chosen(json, given.anyOf, context)
  if (schema === undefined) return undefined
  const type = typeOf(json)
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])
  if (types.length > 0 && !types.some(wanted => wanted === type || (wanted === 'number' && type === 'integer'))) {
    return problems.add(pointer, `must be ${types.map(named).join(' or ')}, and is ${named(type)}`)
  }
  if (schema.enum !== undefined && !schema.enum.includes(json)) {
    return problems.add(pointer, `must be one of ${schema.enum.map(value => JSON.stringify(value)).join(', ')}`)
  }
  if (typeof json === 'string') checkText(json, schema, context)
  else if (typeof json === 'number') checkNumber(json, schema, context)
  else if (Array.isArray(json)) checkArray(json, schema, context)
  else if (typeof json === 'object' && json !== null) checkObject(json as Record<string, unknown>, schema, context)
}

function resolved(schema: Schema, { defs }: Context): Schema {
  return schema.$ref === undefined ? schema : (defs[schema.$ref.slice('#/$defs/'.length)] ?? schema)
}

function chosen(json: unknown, options: readonly Schema[], context: Context): Schema | undefined {
  const kind = typeof json === 'object' && json !== null && 'kind' in json ? json.kind : undefined
  const schemas = options.map(option => resolved(option, context))
  const kinds = schemas.map(schema => schema.properties?.['kind']?.enum?.[0])
  const found = schemas[kinds.indexOf(kind)]
  const wanted = kinds.map(name => JSON.stringify(name)).join(' or ')
  if (found === undefined) context.problems.add(context.pointer, `must be an object whose kind is ${wanted}`)
  return found
}

function checkText(text: string, { minLength = 0, maxLength = 1000 }: Schema, { pointer, problems }: Context): void {
  if (text.length < minLength) problems.add(pointer, minLength === 1 ? 'is empty' : `is shorter than ${minLength}`)
  if (text.length > maxLength) problems.add(pointer, `is longer than ${maxLength} characters`)
}

function checkNumber(number: number, { minimum, maximum }: Schema, { pointer, problems }: Context): void {
  if (minimum !== undefined && number < minimum) problems.add(pointer, `must be at least ${minimum}`)
  if (maximum !== undefined && number > maximum) problems.add(pointer, `must be at most ${maximum}`)
}

function checkArray(array: readonly unknown[], schema: Schema, context: Context): void {
  const { minItems = 0, maxItems = 1000, items } = schema
  const { pointer, problems } = context
  if (array.length < minItems) problems.add(pointer, `must hold at least ${minItems}`)
  if (array.length > maxItems) return problems.add(pointer, `holds more than ${maxItems}`)
  if (items === undefined) return
  for (const [index, item] of array.entries()) check(item, items, inside(context, String(index)))
}

function checkObject(bag: Readonly<Record<string, unknown>>, schema: Schema, context: Context): void {
  const { pointer, problems } = context
  const { properties = {}, additionalProperties, maxProperties = 1000, minProperties = 0, oneOf = [] } = schema
  const keys = Object.keys(bag)
  if (keys.length > maxProperties) return problems.add(pointer, `holds more than ${maxProperties} entries`)
  if (keys.length < minProperties) problems.add(pointer, 'is empty')
  for (const key of schema.required ?? []) {
    if (!Object.hasOwn(bag, key)) problems.add(pointer, `lacks "${key}"`)
  }
  const alternatives = oneOf.flatMap(({ required = [] }) => required)
  const given = alternatives.filter(key => Object.hasOwn(bag, key))
  if (alternatives.length > 0 && given.length !== 1) {
    problems.add(
      pointer,
      `must have exactly one of ${alternatives.join(', ')}${given.length > 1 ? `, and has ${given.join(', ')}` : ''}`,
    )
  }
  for (const key of keys) {
    const inner = Object.hasOwn(properties, key) ? properties[key] : additionalProperties
    if (inner === false)
      problems.add(inside(context, key).pointer, `is unknown here${hint(key, Object.keys(properties))}`)
    else if (inner !== undefined) check(bag[key], inner, inside(context, key))
  }
}

function inside(context: Context, key: string): Context {
  return { ...context, pointer: `${context.pointer}/${escaped(key)}`, depth: context.depth + 1 }
}

function typeOf(json: unknown): TypeName {
  if (json === null) return 'null'
  if (Array.isArray(json)) return 'array'
  if (typeof json === 'number') return Number.isInteger(json) ? 'integer' : 'number'
  return typeof json === 'string' || typeof json === 'boolean' ? (typeof json as 'string' | 'boolean') : 'object'
}

function named(type: TypeName): string {
  if (type === 'null') return 'null'
  return `${type === 'integer' || type === 'object' || type === 'array' ? 'an' : 'a'} ${type}`
}
