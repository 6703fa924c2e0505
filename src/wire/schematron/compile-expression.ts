import { asBoolean, asItems, asNodes, asString, type Code, type Program, quoted, type Scope } from './code.ts'
import { compileCall } from './compile-call.ts'
import { compilePath } from './compile-path.ts'
import { SchematronError } from './error.ts'
import { alternativesOf, type Binding, type Expression, mentions } from './expression.ts'
import { once } from './once.ts'
import { parseDecimal } from './values.ts'

/** The JavaScript of one expression. Throws SchematronError for what the subset does not have. */
export function compile(expression: Expression, scope: Scope, program: Program): Code {
  const part = (inner: Expression): Code => compile(inner, scope, program)
  const items = (inner: Expression): string => asItems(part(inner), program)
  switch (expression.kind) {
    case 'string':
      return { type: 'string', js: quoted(expression.value) }
    case 'number':
      return number(expression.text, program)
    case 'context':
      return context(scope)
    case 'root':
      return { type: 'nodes', js: '[D.document]', one: 'D.document' }
    case 'variable':
      return variableOf(expression.name, scope)
    case 'sequence':
      return sequence(expression.items, scope, program)
    case 'if':
      return choice(asBoolean(part(expression.condition)), [part(expression.yes), part(expression.no)], program)
    case 'for':
    case 'quantified':
      return iteration(expression, scope, program)
    case 'logical': {
      const operator = expression.operator === 'or' ? '||' : '&&'
      return {
        type: 'boolean',
        js: `(${asBoolean(part(expression.left))}${operator}${asBoolean(part(expression.right))})`,
      }
    }
    case 'general':
      return (
        beforeIs(expression, scope, program) ??
        comparison(expression, [part(expression.left), part(expression.right)], program)
      )
    case 'value':
      return {
        type: 'items',
        js: `compareOne(${quoted(expression.operator)},${items(expression.left)},${items(expression.right)})`,
      }
    case 'same':
      return { type: 'boolean', js: `(${asNodes(part(expression.left))}[0]===${asNodes(part(expression.right))}[0])` }
    case 'arithmetic':
      return {
        type: 'items',
        js: `arithmetic(${quoted(expression.operator)},${items(expression.left)},${items(expression.right)})`,
      }
    case 'range':
      return { type: 'items', js: `range(${items(expression.left)},${items(expression.right)})` }
    case 'set': {
      if (expression.operator === 'union') return union(alternativesOf(expression).map(part))
      return {
        type: 'nodes',
        js: `R.${expression.operator}(${asNodes(part(expression.left))},${asNodes(part(expression.right))})`,
      }
    }
    case 'negate':
      return { type: 'items', js: `negate(${items(expression.operand)})` }
    case 'cast':
    case 'castable': {
      const { operand, type, optional } = expression
      const given = `${items(operand)},${quoted(type)},${String(optional)}`
      return expression.kind === 'cast'
        ? { type: 'items', js: `cast(${given})` }
        : { type: 'boolean', js: `isCastable(${given})` }
    }
    case 'call':
      return once(compileCall(expression, scope, program), expression, { scope, program })
    case 'path':
  }
  return once(compilePath(expression, scope, program), expression, { scope, program })
}

/** Joined in document order, each node once. */
export function union(codes: readonly Code[]): Code {
  const exists = codes.map(asBoolean).join('||')
  return { type: 'nodes', js: `joined([${codes.map(asNodes).join(',')}])`, exists: `(${exists})` }
}

function number(text: string, program: Program): Code {
  if (/e/i.test(text)) return { type: 'double', js: String(Number(text)) }
  if (/^\d{1,9}$/.test(text)) return { type: 'integer', js: String(Number(text)), literal: true }
  const decimal = parseDecimal(text)
  if (decimal === undefined) throw new SchematronError('syntax', `${text} is no number`)
  const { mantissa, scale } = decimal
  return { type: 'items', js: program.constant(`[decimalOf(${mantissa}n,${scale},${String(!text.includes('.'))})]`) }
}

function variableOf(name: string, { variables }: Scope): Code {
  const variable = variables.get(name)
  if (variable === undefined) throw new SchematronError('undeclared', `the variable ${name} is not declared`)
  return variable
}

function context(scope: Scope): Code {
  if (scope.node === undefined) throw new SchematronError('unsupported', 'there is no context item here')
  if (scope.isAtomic === true) return { type: 'items', js: `[${scope.node}]` }
  return { type: 'nodes', js: `[${scope.node}]`, one: scope.node, exists: 'true' }
}

function sequence(items: readonly Expression[], scope: Scope, program: Program): Code {
  const texts = items.flatMap(item => (item.kind === 'string' ? [item.value] : []))
  if (texts.length === items.length) {
    return { type: 'items', js: program.constant(`[${texts.map(quoted).join(',')}]`), texts }
  }
  return {
    type: 'items',
    js: `[${items.map(item => `...${asItems(compile(item, scope, program), program)}`).join(',')}]`,
  }
}

/** `condition ? yes : no`, of the type of both or of sequences. */
function choice(condition: string, [yes, no]: readonly [Code, Code], program: Program): Code {
  if (yes.type === no.type) return { type: yes.type, js: `(${condition}?${yes.js}:${no.js})` }
  return { type: 'items', js: `(${condition}?${asItems(yes, program)}:${asItems(no, program)})` }
}

function iteration(
  expression: Extract<Expression, { kind: 'for' | 'quantified' }>,
  scope: Scope,
  program: Program,
): Code {
  const listed = expression.kind === 'quantified' ? membership(expression, scope, program) : undefined
  if (listed !== undefined) return listed
  const variables = new Map(scope.variables)
  const heads = expression.bindings.map(binding => head(binding, { ...scope, variables }, { variables, program }))
  const inner = { ...scope, variables }
  const nest = (method: string, body: string): string =>
    heads.reduceRight((code, { name, items }) => `${items}.${method}(${name}=>${code})`, body)
  if (expression.kind === 'for') {
    return { type: 'items', js: nest('flatMap', asItems(compile(expression.result, inner, program), program)) }
  }
  const method = expression.quantifier === 'some' ? 'some' : 'every'
  return { type: 'boolean', js: nest(method, asBoolean(compile(expression.condition, inner, program))) }
}

/** `some $code in $codes satisfies @id = $code` is `@id = $codes`, which a Set answers. */
function membership(
  { quantifier, bindings, condition }: Extract<Expression, { kind: 'quantified' }>,
  scope: Scope,
  program: Program,
): Code | undefined {
  const [binding, ...more] = bindings
  if (quantifier !== 'some' || binding === undefined || more.length > 0) return undefined
  if (condition.kind !== 'general' || condition.operator !== '=') return undefined
  const isItem = (part: Expression): boolean => part.kind === 'variable' && part.name === binding.name
  const [value, ...others] = [condition.left, condition.right].filter(side => !isItem(side))
  if (value === undefined || others.length > 0 || mentions(value, isItem)) return undefined
  return comparison(condition, [compile(value, scope, program), compile(binding.items, scope, program)], program)
}

/** A variable is visible from the next binding on. */
function head(
  { name: variable, items }: Binding,
  scope: Scope,
  { variables, program }: { readonly variables: Map<string, Code>; readonly program: Program },
): { readonly name: string; readonly items: string } {
  const code = compile(items, scope, program)
  const name = program.fresh()
  const item = `[${name}]`
  variables.set(
    variable,
    code.type === 'nodes' ? { type: 'nodes', js: item, one: name, exists: 'true' } : { type: 'items', js: item },
  )
  return { name, items: asItems(code, program) }
}

const javascriptOf = { '=': '===', '!=': '!==', '<': '<', '<=': '<=', '>': '>', '>=': '>=' } as const

type General = Extract<Expression, { kind: 'general' }>

/** `preceding::name = .` asks whether the value is new: comparing it with all before would take quadratic time. */
function beforeIs({ operator, left, right }: General, scope: Scope, program: Program): Code | undefined {
  const [step, ...more] = left.kind === 'path' && !left.absolute ? left.steps : []
  const isPlain =
    step?.primary === undefined && step?.axis === 'preceding' && step.predicates.length === 0 && !step.deep
  const isWhole = more.every(({ primary, predicates }) => primary?.kind === 'context' && predicates.length === 0)
  const { node, isAtomic = false } = scope
  if (operator !== '=' || !isPlain || !isWhole || step.test.kind !== 'name' || isAtomic || node === undefined)
    return undefined
  const values = compile(right, scope, program)
  if (values.type !== 'nodes') return undefined
  const name = program.name(step.test.prefix, step.test.local)
  return { type: 'boolean', js: `someBeforeIs(${node},${name},${values.js})` }
}

/** Types that are known now need no look at run time. */
function comparison({ operator }: General, [left, right]: readonly [Code, Code], program: Program): Code {
  if ((isNumeric(left) && isNumeric(right)) || (left.type === 'boolean' && right.type === 'boolean')) {
    return { type: 'boolean', js: `((${left.js})${javascriptOf[operator]}(${right.js}))` }
  }
  const special = operator === '=' || operator === '!=' ? equality(operator, left, right) : undefined
  const js = special ?? (operator === '=' ? listed(left, right, program) : undefined)
  if (js !== undefined) return { type: 'boolean', js }
  return {
    type: 'boolean',
    js: `compareAny(${quoted(operator)},${asItems(left, program)},${asItems(right, program)})`,
  }
}

function isNumeric({ type }: Code): boolean {
  return type === 'integer' || type === 'double'
}

/** Its string is known to be exactly one. */
function isText(code: Code): boolean {
  return code.type === 'string' || (code.type === 'nodes' && code.one !== undefined)
}

function equality(operator: '=' | '!=', left: Code, right: Code): string | undefined {
  const isOneString = left.type === 'string' || right.type === 'string'
  if (isText(left) && isText(right) && isOneString)
    return `(${asString(left)}${javascriptOf[operator]}${asString(right)})`
  const ask = operator === '=' ? 'someIs' : 'someIsNot'
  if (left.type === 'nodes' && right.type === 'string') return `${ask}(${left.js},${right.js})`
  if (left.type === 'string' && right.type === 'nodes') return `${ask}(${right.js},${left.js})`
  if (left.type === 'items' && left.each !== undefined && right.type === 'string' && right.js.startsWith('"')) {
    const { from, node, text } = left.each
    return `(${from}).some(${node}=>${text}${javascriptOf[operator]}${right.js})`
  }
  if (left.type === 'nodes' && right.type === 'nodes' && operator === '=') return `someAreEqual(${left.js},${right.js})`
  return undefined
}

function listed(left: Code, right: Code, program: Program): string | undefined {
  if (right.type !== 'items') return undefined
  const set = right.set ?? (right.texts === undefined ? undefined : program.constant(setOf(right.texts)))
  if (set === undefined) return undefined
  if (left.type === 'nodes') return `someIsIn(${left.js},${set})`
  if (left.type === 'items' && left.each !== undefined) {
    return `(${left.each.from}).some(${left.each.node}=>${set}.has(${left.each.text}))`
  }
  return left.type === 'string' ? `${set}.has(${left.js})` : undefined
}

function setOf(texts: readonly string[]): string {
  return `new Set([${texts.map(quoted).join(',')}])`
}
