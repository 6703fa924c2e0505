import { asBoolean, asNodes, type Code, type Program, type Scope } from './code.ts'
import { compile } from './compile-expression.ts'
import { compilePath, expand, isPositional, passes } from './compile-path.ts'
import { SchematronError } from './error.ts'
import { type AxisStep, alternativesOf, type Expression, type Path } from './expression.ts'

/** One way for a node to be a rule's context, as the JavaScript of an `Alternative` of run.ts. */
export function compileContext(
  expression: Expression,
  variables: ReadonlyMap<string, Code>,
  program: Program,
): readonly string[] {
  const scope: Scope = { node: 'c', current: 'c', variables }
  return alternativesOf(expression).flatMap(alternative => {
    if (alternative.kind === 'root') return ['{by:"document"}']
    if (alternative.kind !== 'path') throw new SchematronError('unsupported', 'the context of a rule is no pattern')
    const paths = expand(alternative, scope) ?? [alternative]
    return paths.map(path => compilePattern(path, scope, program))
  })
}

function compilePattern(path: Path, scope: Scope, program: Program): string {
  const steps = path.steps.filter(step => step.primary === undefined)
  const last = steps.at(-1)
  const isPattern = steps.length === path.steps.length && steps.every(step => isPatternStep(step, scope))
  if (last === undefined || !isPattern) return searched(path, variablesOnly(scope), program)
  const condition = matching(steps, { path, scope, program, node: 'c' })
  const isAttribute = last.axis === 'attribute'
  const test = `test:(c,D)=>${condition}`
  if (last.test.kind !== 'name') return `{by:"${isAttribute ? 'any-attribute' : 'any-element'}",${test}}`
  return `{by:"${isAttribute ? 'attribute' : 'element'}",name:${program.name(last.test.prefix, last.test.local)},${test}}`
}

function isPatternStep(step: AxisStep, scope: Scope): boolean {
  const isDownward = step.axis === 'child' || step.axis === 'attribute' || step.axis === 'self'
  return isDownward && !step.predicates.some(one => isPositional(one, scope))
}

interface Matching {
  readonly path: Path
  readonly scope: Scope
  readonly program: Program
  /** The JavaScript of the node that the last of the steps is about. */
  readonly node: string
}

/** From the last step to the first: the node passes, and above it there is one for the step before. */
function matching(steps: readonly AxisStep[], { path, scope, program, node }: Matching): string {
  const step = steps.at(-1)
  if (step === undefined) throw new SchematronError('syntax', 'a pattern has no step')
  const inner: Scope = { ...scope, node, position: '1', size: '1' }
  const conditions = [
    passes(node, step, program),
    ...step.predicates.map(predicate => asBoolean(compile(predicate, inner, program))),
  ]
  const before = steps.slice(0, -1)
  if (before.length === 0) {
    if (path.absolute && !step.deep) conditions.push(`${node}.parent===D.document`)
  } else {
    const above = program.fresh()
    const condition = matching(before, { path, scope, program, node: above })
    if (step.deep) conditions.push(`R.someAncestor(${node},${above}=>${condition})`)
    else if (step.axis === 'self') conditions.push(`(${above}=>${condition})(${node})`)
    else conditions.push(`(${above}=>${above}!==undefined&&${condition})(${node}.parent)`)
  }
  return conditions.map(one => `(${one})`).join('&&')
}

/** What is no simple pattern is looked for from the document down. */
function searched(path: Path, scope: Scope, program: Program): string {
  const [first, ...rest] = path.steps
  if (first === undefined) throw new SchematronError('syntax', 'a pattern has no step')
  const fromDocument = path.absolute ? path : { ...path, absolute: true, steps: [{ ...first, deep: true }, ...rest] }
  return `{by:"search",nodes:D=>${asNodes(compilePath(fromDocument, scope, program))}}`
}

function variablesOnly({ variables }: Scope): Scope {
  return { node: 'D.document', current: undefined, variables }
}
