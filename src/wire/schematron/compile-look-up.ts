import { asNodes, type Code, type NodesCode } from './code.ts'
import { compile } from './compile-expression.ts'
import { compileStep, type Where } from './compile-path.ts'
import { SchematronError } from './error.ts'
import { type AxisStep, type Expression, mentions, type Path, type Step } from './expression.ts'

/** `document('codes.xml')` */
export function isLookUp(part: Expression): boolean {
  return part.kind === 'call' && (part.name === 'document' || part.name === 'doc')
}

/**
 * A path that begins in another file: `document('codes.xml')/list[@id = 4]/code[@value = $code]`. What does not depend on the document that is
 * judged is computed once for all of them, and a last step that compares an attribute is answered by a map. Undefined when the path
 * begins anywhere else.
 */
export function compileLookUp(path: Path, where: Where): Code | undefined {
  const [first, ...rest] = path.steps
  if (path.absolute || first?.primary === undefined || !isLookUp(first.primary)) return undefined
  for (const step of path.steps) checkWithin(step)
  const { program } = where
  const nowhere: Where = { program, scope: { node: undefined, current: undefined, variables: new Map() } }
  const variable = rest.findIndex(step => !isConstant(step))
  const constants = variable < 0 ? rest : rest.slice(0, variable)
  const begun: Code = compile(first.primary, nowhere.scope, program)
  const found = constants.reduce<Code>((code, step) => compileStep(code, step, nowhere), begun)
  const js = program.once(asNodes(found))
  const [next, ...others] = rest.slice(constants.length)
  const constant: NodesCode = { type: 'nodes', js }
  if (next === undefined) return constant
  const asked = others.length === 0 && next.primary === undefined ? byAttribute(js, next, where) : undefined
  const code = asked ?? [next, ...others].reduce<Code>((before, step) => compileStep(before, step, where), constant)
  // The names of its steps are not those of the document that is judged.
  return code.type === 'nodes' ? { ...code, requires: undefined } : code
}

/** An absolute path in a predicate would be one of the other file: ours begin at the document that is judged. */
function checkWithin(step: Step): void {
  if (step.predicates.some(predicate => mentions(predicate, isAbsolute))) {
    throw new SchematronError('unsupported', 'a path begins at the root of a file that is looked up')
  }
}

function isAbsolute(part: Expression): boolean {
  return (
    part.kind === 'root' || (part.kind === 'path' && part.absolute) || (part.kind === 'call' && part.name === 'root')
  )
}

function isConstant(step: Step): boolean {
  const all = [...(step.primary === undefined ? [] : [step.primary]), ...step.predicates]
  return !all.some(part => mentions(part, isOutside))
}

/** `name[@attribute = value]` where the value is a string or nodes: both sides are compared as strings. */
function byAttribute(from: string, step: AxisStep, { scope, program }: Where): NodesCode | undefined {
  const [predicate, ...more] = step.predicates
  const { test, axis, deep } = step
  if (axis !== 'child' || deep || test.kind !== 'name' || more.length > 0) return undefined
  if (predicate?.kind !== 'general' || predicate.operator !== '=' || predicate.right.kind !== 'variable')
    return undefined
  const attribute = attributeName(predicate.left)
  if (attribute === undefined) return undefined
  const value = compile(predicate.right, scope, program)
  const children = `childrenOfAll(${from},${program.name(test.prefix, test.local)})`
  const keys = program.once(`keysOf(${children},${program.name(attribute.prefix, attribute.local)})`)
  if (value.type === 'nodes') {
    return { type: 'nodes', js: `keyed(${keys},${value.js})`, exists: `hasKey(${keys},${value.js})` }
  }
  if (value.type !== 'string') return undefined
  return { type: 'nodes', js: `(${keys}.get(${value.js})??[])`, exists: `${keys}.has(${value.js})` }
}

function attributeName(expression: Expression): { readonly prefix: string; readonly local: string } | undefined {
  const [step, ...more] = expression.kind === 'path' && !expression.absolute ? expression.steps : []
  const isPlain = step?.primary === undefined && step?.axis === 'attribute' && step.predicates.length === 0
  return isPlain && more.length === 0 && step.test.kind === 'name' ? step.test : undefined
}

/** A function of the rules' own, whose name has a prefix, may look at the document. */
function isOutside(part: Expression): boolean {
  return part.kind === 'variable' || (part.kind === 'call' && (part.name === 'current' || part.name.includes(':')))
}
