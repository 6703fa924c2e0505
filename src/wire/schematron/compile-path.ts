import { asBoolean, asItems, asNodes, type Code, type NodesCode, type Program, quoted, type Scope } from './code.ts'
import { compile, union } from './compile-expression.ts'
import { compileIndexed } from './compile-index.ts'
import { compileLookUp } from './compile-look-up.ts'
import { SchematronError } from './error.ts'
import {
  type AxisStep,
  alternativesOf,
  type Expression,
  type FilterStep,
  mentions,
  type NodeTest,
  type Path,
  type Step,
} from './expression.ts'
import { isLocal } from './once.ts'

/** A path from left to right: every step takes the nodes of the one before. */
export function compilePath(path: Path, scope: Scope, program: Program): Code {
  const [first, ...rest] = path.steps
  if (first === undefined) throw new SchematronError('syntax', 'a path has no step')
  const where = { scope, program }
  const special = compileLookUp(path, where) ?? compileIndexed(path, where) ?? fromConstant(path, where)
  if (special !== undefined) return special
  // //(a|b) is //a|//b, which the index knows.
  const expanded = first.deep && first.primary !== undefined ? expand({ ...path, steps: [first] }, scope) : undefined
  const begun =
    expanded === undefined ? begin(path, first, where) : union(expanded.map(one => compilePath(one, scope, program)))
  return rest.reduce((code, step) => compileStep(code, step, where), begun)
}

/**
 * `//cac:InvoiceLine[cbc:ID = 'S'][cbc:Percent = $rate]`: what stands before the first thing that is not the same for the whole document is
 * computed once and not for every rate. Undefined when there is nothing of that kind.
 */
function fromConstant(path: Path, where: Where): Code | undefined {
  const { scope, program } = where
  if (!path.absolute || scope.current === 'D.document') return undefined
  const varies = (part: Expression): boolean => mentions(part, one => isLocal(one, scope))
  const at = path.steps.findIndex(step => [...(step.primary ? [step.primary] : []), ...step.predicates].some(varies))
  const step = path.steps[at]
  if (step === undefined || step.primary !== undefined) return undefined
  const isCounting = step.predicates.some(one => isPositional(one, scope))
  const same = isCounting ? 0 : step.predicates.findIndex(varies)
  const before = path.steps.slice(0, at)
  const constant = isCounting ? before : [...before, { ...step, predicates: step.predicates.slice(0, same) }]
  // The index answers //name alone.
  if (constant.every(one => one.predicates.length === 0 && one.deep)) return undefined
  const kept = compile({ ...path, steps: constant }, scope, program)
  const begun = isCounting ? compileStep(kept, step, where) : filtered(kept, step.predicates.slice(same), where)
  return path.steps.slice(at + 1).reduce((code, next) => compileStep(code, next, where), begun)
}

export interface Where {
  readonly scope: Scope
  readonly program: Program
}

function begin(path: Path, first: Step, where: Where): Code {
  const { scope, program } = where
  if (path.absolute) {
    const indexed = first.deep && first.primary === undefined ? fromIndex(first, where) : undefined
    return indexed ?? compileStep({ type: 'nodes', js: '[D.document]', one: 'D.document' }, first, where)
  }
  if (first.primary !== undefined) return filtered(compile(first.primary, scope, program), first.predicates, where)
  if (scope.node === undefined || scope.isAtomic === true) {
    throw new SchematronError('unsupported', 'a path begins where there is no context node')
  }
  return compileStep({ type: 'nodes', js: `[${scope.node}]`, one: scope.node }, first, where)
}

/** `//name` and `//@name` without walking. */
function fromIndex(step: AxisStep, where: Where): Code | undefined {
  const { test, predicates } = step
  if (test.kind !== 'name' || predicates.some(one => isPositional(one, where.scope))) return undefined
  if (step.axis !== 'child' && step.axis !== 'attribute') return undefined
  const name = where.program.name(test.prefix, test.local)
  const isElement = step.axis === 'child'
  const found: NodesCode = {
    type: 'nodes',
    js: `D.tree.${isElement ? 'elementsNamed' : 'attributesNamed'}(${name})`,
    requires: isElement ? name : undefined,
  }
  return filtered(found, predicates, where)
}

export function compileStep(before: Code, step: Step, where: Where): Code {
  if (step.primary !== undefined) return filterStep(before, step, where)
  if (step.deep) return deepStep(before, step, where)
  const { scope } = where
  if (step.predicates.some(one => isPositional(one, scope)) && (before.type !== 'nodes' || before.one === undefined)) {
    const node = where.program.fresh()
    const inner = compileStep({ type: 'nodes', js: `[${node}]`, one: node }, step, where)
    return { type: 'nodes', js: `ordered((${asNodes(before)}).flatMap(${node}=>${inner.js}))` }
  }
  const { code, isReverse } = axisStep(before, step, where)
  const found = filtered(code, step.predicates, where)
  return isReverse ? { type: 'nodes', js: `ordered(${found.js})` } : found
}

const reverse: ReadonlySet<string> = new Set(['ancestor', 'ancestor-or-self', 'preceding', 'preceding-sibling'])
/** From nodes in document order they give nodes in document order, each once. */
const orderly: ReadonlySet<string> = new Set(['child', 'attribute', 'self'])

function axisStep(
  before: Code,
  { axis, test }: AxisStep,
  { program }: Where,
): { readonly code: NodesCode; readonly isReverse: boolean } {
  const one = before.type === 'nodes' ? before.one : undefined
  if (test.kind === 'name' && axis === 'child') {
    const name = program.name(test.prefix, test.local)
    const [js, exists] =
      one === undefined
        ? [`childrenOfAll(${asNodes(before)},${name})`, `someHasChild(${asNodes(before)},${name})`]
        : [`childrenNamed(${one},${name})`, `hasChild(${one},${name})`]
    const text = one === undefined ? undefined : `textOfChild(${one},${name})`
    return { code: { type: 'nodes', js, exists, text, requires: name }, isReverse: false }
  }
  if (test.kind === 'name' && axis === 'attribute') {
    const name = program.name(test.prefix, test.local)
    const js = one === undefined ? `attributesOfAll(${asNodes(before)},${name})` : `attributeNamed(${one},${name})`
    return { code: { type: 'nodes', js }, isReverse: false }
  }
  const isAnyNode = test.kind === 'type' && test.type === 'node'
  if (isAnyNode && axis === 'parent') {
    const js = one === undefined ? `parentsOf(${asNodes(before)})` : `parentOf(${one})`
    return { code: { type: 'nodes', js }, isReverse: false }
  }
  const texts = isAnyNode || (test.kind === 'type' && test.type === 'text') ? ',contentOf' : ''
  if (test.kind === 'name' && axis === 'preceding' && one !== undefined) {
    const js = `precedingNamed(${one},${program.name(test.prefix, test.local)})`
    return { code: { type: 'nodes', js }, isReverse: true }
  }
  const call = (node: string): string => `walk(${quoted(axis)},${node},${testOf(test, axis, program)}${texts})`
  if (one !== undefined) {
    const children = texts === '' ? `${one}.children` : `contentOf(${one})`
    const list = axis === 'child' ? children : axis === 'attribute' ? `${one}.attributes` : undefined
    const exists = list === undefined ? undefined : `${list}.some(${testOf(test, axis, program)})`
    return { code: { type: 'nodes', js: call(one), exists }, isReverse: reverse.has(axis) }
  }
  const node = program.fresh()
  const all = `(${asNodes(before)}).flatMap(${node}=>${call(node)})`
  return { code: { type: 'nodes', js: orderly.has(axis) ? all : `ordered(${all})` }, isReverse: false }
}

/** `//` is `/descendant-or-self::node()/`. [XPath 2.0 §3.2.4] */
function deepStep(before: Code, step: AxisStep, where: Where): Code {
  const isPlain = step.axis === 'child' && !step.predicates.some(one => isPositional(one, where.scope))
  if (isPlain) return compileStep(before, { ...step, deep: false, axis: 'descendant' }, where)
  return compileStep(anyDepth(before, where), { ...step, deep: false }, where)
}

function anyDepth(before: Code, where: Where): Code {
  const test: NodeTest = { kind: 'type', type: 'node' }
  return compileStep(before, { deep: false, axis: 'descendant-or-self', test, predicates: [] }, where)
}

/** A step such as `(a|b)` or `substring(x, 1, 2)`, evaluated for each node. */
function filterStep(before: Code, step: FilterStep, where: Where): Code {
  const from = step.deep ? anyDepth(before, where) : before
  if (from.type === 'nodes' && step.primary.kind === 'context' && step.predicates.length === 0) return from
  const node = where.program.fresh()
  const scope: Scope = { ...where.scope, node, isAtomic: false, position: '1', size: '1' }
  const inner = filtered(compile(step.primary, scope, where.program), step.predicates, { ...where, scope })
  if (inner.type === 'string') {
    const each = { from: asNodes(from), node, text: inner.js }
    return { type: 'items', js: `(${each.from}).map(${node}=>${inner.js})`, each }
  }
  const js = `(${asNodes(from)}).flatMap(${node}=>${asItems(inner, where.program)})`
  return inner.type === 'nodes' ? { type: 'nodes', js: `ordered(${js})` } : { type: 'items', js }
}

function filtered(code: Code, predicates: readonly Expression[], { scope, program }: Where): Code {
  return predicates.reduce<Code>((before, predicate) => {
    const [node, position, size] = [program.fresh(), program.fresh(), program.fresh()]
    const isNodes = before.type === 'nodes'
    const test = compile(predicate, { ...scope, node, position, size, isAtomic: !isNodes }, program)
    const items = asItems(before, program)
    const type = isNodes ? 'nodes' : 'items'
    if (test.type === 'integer' && test.literal === true) return { type, js: `at(${items},${test.js})` }
    const condition = conditionOf(test, predicate, position)
    const select = `${items},(${node},${position},${size})=>${condition}`
    if (!isNodes) return { type: 'items', js: `select(${select})` }
    return { type: 'nodes', js: `select(${select})`, exists: `selectSome(${select})`, requires: before.requires }
  }, code)
}

function conditionOf(test: Code, predicate: Expression, position: string): string {
  if (test.type === 'integer' || test.type === 'double') return `(${test.js})===${position}`
  if (test.type === 'items' && predicate.kind !== 'value') return `isSelected(${test.js},${position})`
  return asBoolean(test)
}

const unpositional: ReadonlySet<string> = new Set([
  'not',
  'exists',
  'empty',
  'boolean',
  'true',
  'false',
  'contains',
  'starts-with',
  'ends-with',
  'matches',
  'normalize-space',
])

/** Whether a predicate may be a number or asks for the position: then it counts anew for every parent. */
export function isPositional(predicate: Expression, scope: Scope): boolean {
  if (mentions(predicate, asksPosition)) return true
  switch (predicate.kind) {
    case 'logical':
    case 'general':
    case 'value':
    case 'same':
    case 'quantified':
    case 'castable':
    case 'string':
    case 'set':
    case 'root':
      return false
    case 'path': {
      const last = predicate.steps.at(-1)
      return last?.primary !== undefined && isPositional(last.primary, scope)
    }
    case 'call':
      return !unpositional.has(predicate.name)
    case 'variable': {
      const type = scope.variables.get(predicate.name)?.type
      return type !== 'boolean' && type !== 'nodes' && type !== 'string'
    }
    case 'context':
      return false
    case 'number':
    case 'sequence':
    case 'if':
    case 'for':
    case 'arithmetic':
    case 'range':
    case 'negate':
    case 'cast':
  }
  return true
}

function asksPosition(part: Expression): boolean {
  return part.kind === 'call' && (part.name === 'position' || part.name === 'last')
}

/** A JavaScript function that asks whether a node passes; not one that is made for each node that is asked from. */
function testOf(test: NodeTest, axis: AxisStep['axis'], program: Program): string {
  return program.function('x', passes('x', { test, axis }, program))
}

/** The JavaScript condition that a node passes the test of a step. */
export function passes(node: string, { test, axis }: Pick<AxisStep, 'test' | 'axis'>, program: Program): string {
  const kind = axis === 'attribute' ? 2 : 1
  switch (test.kind) {
    case 'name':
      return `${node}.name===${program.name(test.prefix, test.local)}&&${node}.kind===${kind}`
    case 'any':
      return `${node}.kind===${kind}`
    case 'namespace':
      return `${node}.kind===${kind}&&${node}.source.namespace===${quoted(program.namespace(test.prefix))}`
    case 'local':
      return `${node}.kind===${kind}&&${node}.source.local===${quoted(test.local)}`
    case 'type':
  }
  return test.type === 'node' ? 'true' : `${node}.kind===${{ element: 1, attribute: 2, text: 3 }[test.type]}`
}

/**
 * The paths that a path with steps such as `(a|b/c)` stands for; undefined when a step is something else. Predicates behind the
 * parenthesis go to the last step of each path, which holds as long as they do not count.
 */
export function expand(path: Path, scope: Scope): readonly Path[] | undefined {
  const at = path.steps.findIndex(step => step.primary !== undefined)
  const step = path.steps[at]
  if (step?.primary === undefined) return [path]
  if (step.predicates.some(one => isPositional(one, scope))) return undefined
  const found: Path[] = []
  for (const alternative of alternativesOf(step.primary)) {
    const inner = pathOf(alternative)
    if (inner === undefined || (inner.absolute && at > 0)) return undefined
    const [first, ...rest] = inner.steps
    const begin = first === undefined ? [] : [{ ...first, deep: at > 0 || path.absolute ? step.deep : first.deep }]
    const steps = [...begin, ...rest]
    const last = steps.pop()
    if (last === undefined) return undefined
    const closing = { ...last, predicates: [...last.predicates, ...step.predicates] }
    const expanded = expand(
      {
        kind: 'path',
        absolute: path.absolute || inner.absolute,
        steps: [...path.steps.slice(0, at), ...steps, closing, ...path.steps.slice(at + 1)],
      },
      scope,
    )
    if (expanded === undefined) return undefined
    found.push(...expanded)
  }
  return found
}

function pathOf(expression: Expression): Path | undefined {
  if (expression.kind === 'path') return expression
  if (expression.kind !== 'context') return undefined
  const self: AxisStep = { deep: false, axis: 'self', test: { kind: 'type', type: 'node' }, predicates: [] }
  return { kind: 'path', absolute: false, steps: [self] }
}
