import { asBoolean, asDouble, asItems, asNodes, asString, type Code, type Program, quoted, type Scope } from './code.ts'
import { compile } from './compile-expression.ts'
import { DynamicError, SchematronError } from './error.ts'
import { type AtomicType, atomicTypes, type Expression } from './expression.ts'
import { regexOf } from './regex.ts'

type Call = Extract<Expression, { kind: 'call' }>

/** A function of the rules' own, of the standard, or a cast written as a call. Throws SchematronError for others. */
export function compileCall(call: Call, scope: Scope, program: Program): Code {
  const given = new Given(call, scope, program)
  const own = program.functions.get(call.name)
  if (own !== undefined) return ownCall(call, given, program)
  const type = atomicTypes.find((known): known is AtomicType => known === call.name)
  if (type !== undefined) return constructed(type, given)
  const known = Object.hasOwn(table, call.name) ? table[call.name] : undefined
  const [least, most, write] = known ?? []
  if (write === undefined || least === undefined || most === undefined) {
    throw new SchematronError('undeclared', `there is no function ${call.name}()`)
  }
  if (call.given.length < least || call.given.length > most) {
    throw new SchematronError('syntax', `${call.name}() does not take ${call.given.length} arguments`)
  }
  return write(given)
}

/** The arguments of a call, each as the function wants it. */
class Given {
  readonly scope: Scope
  readonly program: Program
  readonly expressions: readonly Expression[]
  private readonly codes = new Map<number, Code>()

  constructor(call: Call, scope: Scope, program: Program) {
    this.expressions = call.given
    this.scope = scope
    this.program = program
  }

  get count(): number {
    return this.expressions.length
  }

  /** The context item where the argument is left out. */
  code(index: number): Code {
    let code = this.codes.get(index)
    if (code === undefined) {
      code = compile(this.expressions[index] ?? { kind: 'context' }, this.scope, this.program)
      this.codes.set(index, code)
    }
    return code
  }

  string(index: number): string {
    return asString(this.code(index))
  }

  items(index: number): string {
    return asItems(this.code(index), this.program)
  }

  double(index: number): string {
    return asDouble(this.code(index), this.program)
  }

  /** A node, or undefined at run time when there is none. */
  node(): string {
    const code = this.code(0)
    return code.type === 'nodes' && code.one !== undefined ? code.one : `${asNodes(code)}[0]`
  }

  /** `, flags` where they are given. */
  optional(index: number, kind: 'string' | 'double' = 'string'): string {
    return index < this.count ? `,${this[kind](index)}` : ''
  }
}

type Entry = readonly [least: number, most: number, write: (given: Given) => Code]

const text =
  (write: (given: Given) => string): ((given: Given) => Code) =>
  given => ({ type: 'string', js: write(given) })
const truth =
  (write: (given: Given) => string): ((given: Given) => Code) =>
  given => ({ type: 'boolean', js: write(given) })
const items =
  (write: (given: Given) => string): ((given: Given) => Code) =>
  given => ({ type: 'items', js: write(given) })
const whole =
  (write: (given: Given) => string): ((given: Given) => Code) =>
  given => ({ type: 'integer', js: write(given) })

/** The functions of the subset. [XPath Functions; current() of XSLT 2.0 §16.6.1] */
const table: Readonly<Record<string, Entry>> = {
  true: [0, 0, truth(() => 'true')],
  false: [0, 0, truth(() => 'false')],
  not: [1, 1, truth(given => `!(${asBoolean(given.code(0))})`)],
  boolean: [1, 1, truth(given => `(${asBoolean(given.code(0))})`)],
  exists: [1, 1, truth(exists)],
  empty: [1, 1, truth(given => `!(${exists(given)})`)],
  contains: [2, 2, truth(contains)],
  'starts-with': [2, 2, truth(given => `${given.string(0)}.startsWith(${given.string(1)})`)],
  'ends-with': [2, 2, truth(given => `${given.string(0)}.endsWith(${given.string(1)})`)],
  matches: [2, 3, truth(matches)],
  string: [0, 1, text(given => given.string(0))],
  'normalize-space': [0, 1, text(given => `normalizeSpace(${given.string(0)})`)],
  'upper-case': [1, 1, text(given => `${given.string(0)}.toUpperCase()`)],
  'lower-case': [1, 1, text(given => `${given.string(0)}.toLowerCase()`)],
  concat: [2, Infinity, text(given => `(${given.expressions.map((_, index) => given.string(index)).join('+')})`)],
  substring: [2, 3, text(given => `substring(${given.string(0)},${given.double(1)}${given.optional(2, 'double')})`)],
  'substring-after': [2, 2, text(given => `substringAfter(${given.string(0)},${given.string(1)})`)],
  'substring-before': [2, 2, text(given => `substringBefore(${given.string(0)},${given.string(1)})`)],
  translate: [3, 3, text(given => `translate(${given.string(0)},${given.string(1)},${given.string(2)})`)],
  replace: [3, 4, text(replace)],
  'string-join': [
    1,
    2,
    text(given => `(${given.items(0)}).map(textOf).join(${given.count > 1 ? given.string(1) : '""'})`),
  ],
  'codepoints-to-string': [1, 1, text(given => `textOfCodePoints(${given.items(0)})`)],
  name: [0, 1, text(given => `qualifiedName(${given.node()})`)],
  'local-name': [0, 1, text(given => `(${given.node()}?.source?.local??"")`)],
  'namespace-uri': [0, 1, text(given => `(${given.node()}?.source?.namespace??"")`)],
  count: [1, 1, whole(given => `(${given.items(0)}).length`)],
  'string-length': [0, 1, whole(given => `lengthOf(${given.string(0)})`)],
  position: [0, 0, whole(given => given.scope.position ?? '1')],
  last: [0, 0, whole(given => given.scope.size ?? '1')],
  number: [0, 1, given => ({ type: 'double', js: `toDouble(${given.items(0)})` })],
  sum: [1, 1, items(given => `sum(${given.items(0)})`)],
  avg: [1, 1, items(given => `average(${given.items(0)})`)],
  max: [1, 1, items(given => `extreme(">",${given.items(0)})`)],
  min: [1, 1, items(given => `extreme("<",${given.items(0)})`)],
  round: [1, 1, items(given => `round(${given.items(0)})`)],
  abs: [1, 1, items(given => `absolute(${given.items(0)})`)],
  floor: [1, 1, items(given => `floor(${given.items(0)})`)],
  ceiling: [1, 1, items(given => `ceiling(${given.items(0)})`)],
  data: [1, 1, items(given => `(${given.items(0)}).map(atomize)`)],
  reverse: [1, 1, items(given => `[...${given.items(0)}].reverse()`)],
  'distinct-values': [1, 1, items(given => `distinctValues(${given.items(0)})`)],
  'index-of': [2, 2, items(given => `positionsOf(${given.items(0)},${given.items(1)}).map(integerOf)`)],
  subsequence: [
    2,
    3,
    items(given => `subsequence(${given.items(0)},${given.double(1)}${given.optional(2, 'double')})`),
  ],
  tokenize: [2, 3, tokenize],
  'string-to-codepoints': [1, 1, items(given => `codePointsOf(${given.string(0)})`)],
  document: [1, 1, document],
  doc: [1, 1, document],
  root: [0, 1, () => ({ type: 'nodes', js: '[D.document]', one: 'D.document' })],
  current: [0, 0, current],
}

function exists(given: Given): string {
  const code = given.code(0)
  return code.type === 'nodes' ? asBoolean(code) : `(${given.items(0)}).length>0`
}

/** A pattern that stands in the rules is translated now. One that is no regular expression is an error of the test, at run time. */
function matches(given: Given): string {
  const called = `matches(${given.string(0)},${given.string(1)}${given.optional(2)})`
  const [, pattern, flags] = given.expressions
  if (pattern?.kind !== 'string' || (flags !== undefined && flags.kind !== 'string')) return called
  try {
    const { source, flags: own } = regexOf(pattern.value, flags?.value)
    return `${given.program.once(`new RegExp(${quoted(source)},${quoted(own)})`)}.test(${given.string(0)})`
  } catch (error) {
    if (error instanceof DynamicError) return called
    throw error
  }
}

function replace(given: Given): string {
  const flags = given.count > 3 ? `,flags:${given.string(3)}` : ''
  return `replace(${given.string(0)},${given.string(1)},{by:${given.string(2)}${flags}})`
}

/** A code list published beside the rules. [document() of XSLT 2.0 §16.1] */
function document({ expressions, program }: Given): Code {
  const [href] = expressions
  if (href?.kind !== 'string') {
    throw new SchematronError('unsupported', 'document() is only compiled with the name of a file')
  }
  const js = program.document(href.value)
  return { type: 'nodes', js: `[${js}]`, one: js, exists: 'true' }
}

function current({ scope }: Given): Code {
  if (scope.current === undefined)
    throw new SchematronError('unsupported', 'current() stands where no rule has a context')
  return { type: 'nodes', js: `[${scope.current}]`, one: scope.current, exists: 'true' }
}

/** `contains(' A B ', concat(' ', code, ' '))` is how rules ask whether a code is in a list: a Set answers that. */
function contains(given: Given): string {
  const [list, sought] = given.expressions
  const plain = `${given.string(0)}.includes(${given.string(1)})`
  if (list?.kind !== 'string' || sought?.kind !== 'call' || sought.name !== 'concat') return plain
  const [before, code, after, ...more] = sought.given
  if (before?.kind !== 'string' || after?.kind !== 'string' || code === undefined || more.length > 0) return plain
  const separator = before.value
  const isFramed = list.value.startsWith(separator) && list.value.endsWith(separator)
  if (separator.length !== 1 || after.value !== separator || !isFramed) return plain
  const constant = given.program.constant(`new CodeList(${quoted(list.value)},${quoted(separator)})`)
  return `${constant}.has(${asString(compile(code, given.scope, given.program))})`
}

/** Of a text that stands in the rules the tokens are kept. */
function tokenize(given: Given): Code {
  const [list, pattern] = given.expressions
  if (list?.kind === 'string' && pattern?.kind === 'string' && given.count === 2) {
    const tokens = given.program.once(`tokenize(${quoted(list.value)},${quoted(pattern.value)})`)
    return { type: 'items', js: tokens, set: given.program.once(`new Set(${tokens})`) }
  }
  return { type: 'items', js: `tokenize(${given.string(0)},${given.string(1)}${given.optional(2)})` }
}

/** `xs:decimal(x)`; what is left of nothing is nothing. */
function constructed(type: AtomicType, given: Given): Code {
  if (given.count !== 1) throw new SchematronError('syntax', `${type}() takes one argument`)
  if (type === 'xs:decimal') return { type: 'items', js: `toDecimal(${given.items(0)})` }
  if (type === 'xs:integer') return { type: 'items', js: `toInteger(${given.items(0)})` }
  if (type === 'xs:string') return { type: 'string', js: given.string(0) }
  return { type: 'items', js: `cast(${given.items(0)},${quoted(type)},true)` }
}

function ownCall(call: Call, given: Given, program: Program): Code {
  const own = program.functions.get(call.name)
  if (own === undefined || own.parameters.length !== call.given.length) {
    throw new SchematronError('undeclared', `there is no function ${call.name}() with ${call.given.length} parameters`)
  }
  const converted = own.parameters.map(({ declared }, index) =>
    declared === undefined
      ? given.items(index)
      : `convert(${given.items(index)},${program.constant(JSON.stringify(declared))})`,
  )
  const js = `${own.js}(${['D', ...converted].join(',')})`
  const isTruth = own.result?.type === 'xs:boolean' && !own.result.many && !own.result.optional
  return isTruth ? { type: 'boolean', js: `truthOf(${js})` } : { type: 'items', js }
}
