import type { Condition, Expression, Origin, Reference, Scope, Step } from './mapping.ts'
import { type Bag, type ReadContext, loopFrame, refer } from './read-context.ts'
import { makeStep } from './steps.ts'
import { isNumeric } from './conditions.ts'

/* Expressions and conditions of a mapping whose shape is proven, to what apply.ts walks. */

const scopes: Readonly<Record<string, Scope>> = { from: 'item', fromInvoice: 'invoice', fromDocument: 'document' }
const nothing: Origin = { kind: 'first', options: [] }

/** A text is a reference; an object says what it is. */
export function readExpression(json: unknown, pointer: string, context: ReadContext): Expression {
  context.usage.expressions++
  if (typeof json === 'string')
    return { origin: refer('item', json, { pointer, context }), steps: [], fallback: undefined }
  const bag = json as Bag
  return {
    origin: readOrigin(bag, pointer, context),
    steps: readSteps((bag['steps'] ?? []) as readonly unknown[], `${pointer}/steps`, context),
    fallback: readFallback(bag['default'], `${pointer}/default`, context),
  }
}

/** Unlike everywhere else, a text is the value itself here: nobody writes a column to fall back on. */
function readFallback(json: unknown, pointer: string, context: ReadContext): Expression | undefined {
  if (json === undefined) return undefined
  if (typeof json !== 'string') return readExpression(json, pointer, context)
  return { origin: { kind: 'constant', text: json }, steps: [], fallback: undefined }
}

function readOrigin(bag: Bag, pointer: string, context: ReadContext): Origin {
  checkCompanions(bag, pointer, context)
  for (const [key, scope] of Object.entries(scopes)) {
    const name = bag[key]
    if (typeof name === 'string') return refer(scope, name, { pointer: `${pointer}/${key}`, context })
  }
  const { constant, template, join, first, when, sum } = bag
  if (typeof constant === 'string') return { kind: 'constant', text: constant }
  if (bag['position'] === true) {
    if (!context.listed) context.problems.add(`${pointer}/position`, 'is for what fills a list')
    return { kind: 'position' }
  }
  if (typeof template === 'string') return readTemplate(template, `${pointer}/template`, context)
  if (Array.isArray(join)) {
    const by = bag['by'] ?? ' '
    return { kind: 'join', parts: readAll(join, `${pointer}/join`, context), by: by as string }
  }
  if (Array.isArray(first)) return { kind: 'first', options: readAll(first, `${pointer}/first`, context) }
  if (Array.isArray(when)) return readWhen(when, bag['else'], { pointer, context })
  if (sum !== undefined) return readSum(bag, pointer, context)
  context.problems.add(pointer, 'says no value: from, constant, position, template, join, first, when or sum')
  return nothing
}

/** Keys that mean something beside certain others only. */
const companions: Readonly<Record<string, string>> = { by: 'join', else: 'when', each: 'sum', if: 'sum' }

function checkCompanions(bag: Bag, pointer: string, { problems }: ReadContext): void {
  for (const [key, beside] of Object.entries(companions)) {
    if (bag[key] !== undefined && bag[beside] === undefined)
      problems.add(`${pointer}/${key}`, `goes with ${beside} only`)
  }
}

function readAll(list: readonly unknown[], pointer: string, context: ReadContext): readonly Expression[] {
  return list.map((part, index) => readExpression(part, `${pointer}/${index}`, context))
}

function readWhen(
  cases: readonly Bag[],
  otherwise: unknown,
  { pointer, context }: { pointer: string; context: ReadContext },
): Origin {
  return {
    kind: 'when',
    cases: cases.map((one, index) => ({
      condition: readCondition(one['if'] as Bag, `${pointer}/when/${index}/if`, context),
      use: readExpression(one['use'], `${pointer}/when/${index}/use`, context),
    })),
    otherwise: otherwise === undefined ? undefined : readExpression(otherwise, `${pointer}/else`, context),
  }
}

function readSum(bag: Bag, pointer: string, context: ReadContext): Origin {
  const each = bag['each']
  if (typeof each !== 'string') {
    context.problems.add(pointer, 'lacks "each": what to add up')
    return nothing
  }
  const inner = { ...context, frame: loopFrame(each, { pointer: `${pointer}/each`, context }) }
  const condition = bag['if']
  return {
    kind: 'sum',
    of: readExpression(bag['sum'], `${pointer}/sum`, inner),
    each,
    condition: condition === undefined ? undefined : readCondition(condition as Bag, `${pointer}/if`, inner),
  }
}

/** `{Street} {Number}`; `{{` and `}}` are braces. */
function readTemplate(template: string, pointer: string, context: ReadContext): Origin {
  const parts: (string | Reference)[] = []
  let literal = ''
  let at = 0
  while (at < template.length) {
    const character = template.charAt(at)
    if ((character === '{' || character === '}') && template.charAt(at + 1) === character) {
      literal += character
      at += 2
    } else if (character === '{') {
      const end = template.indexOf('}', at)
      const name = end < 0 ? '' : template.slice(at + 1, end).trim()
      if (name === '') {
        context.problems.add(pointer, `has a { at ${at + 1} that names nothing; a brace is written {{`)
        return nothing
      }
      parts.push(literal, refer('item', name, { pointer, context }))
      literal = ''
      at = end + 1
    } else {
      literal += character
      at++
    }
  }
  return { kind: 'template', parts: [...parts, literal] }
}

function readSteps(list: readonly unknown[], pointer: string, context: ReadContext): readonly Step[] {
  return list.flatMap((json, index) => {
    const [name = '', argument] = typeof json === 'string' ? [json] : (Object.entries(json as Bag)[0] ?? [])
    const step = makeStep(name, argument, context.tables)
    if (typeof step !== 'string') return [step]
    context.problems.add(typeof json === 'string' ? `${pointer}/${index}` : `${pointer}/${index}/${name}`, step)
    return []
  })
}

/** `all`, `any`, `not`, or a value with one comparison. */
export function readCondition(bag: Bag, pointer: string, context: ReadContext): Condition {
  const { all, any, not, value } = bag
  for (const [kind, list] of [
    ['all', all],
    ['any', any],
  ] as const) {
    if (!Array.isArray(list)) continue
    const conditions = list.map((one, index) => readCondition(one as Bag, `${pointer}/${kind}/${index}`, context))
    return { kind, conditions }
  }
  if (not !== undefined) return { kind: 'not', condition: readCondition(not as Bag, `${pointer}/not`, context) }
  const operators = Object.keys(bag).filter(key => key !== 'value' && key !== 'comment')
  const [operator = 'exists'] = operators
  if (operators.length !== 1) context.problems.add(pointer, 'must have exactly one comparison: is, in, exists, …')
  const read = readExpression(value, `${pointer}/value`, context)
  const given = bag[operator]
  if (operator === 'exists') return { kind: 'exists', value: read, wanted: given !== false }
  const operands = (Array.isArray(given) ? given : [given]) as readonly string[]
  if (isNumeric(operator) && !operands.every(text => /^-?\d{1,30}(\.\d{1,30})?$/.test(text))) {
    context.problems.add(`${pointer}/${operator}`, 'must be a number such as "100" or "-0.5"')
  }
  return { kind: 'compare', value: read, operator, operands }
}
