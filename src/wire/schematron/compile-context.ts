import { asBoolean, asNodes, type Code, type Program, type Scope } from './code.ts'
import { compile } from './compile-expression.ts'
import { compilePath, expand, isPositional, passes } from './compile-path.ts'
import { SchematronError } from './error.ts'
import { type AxisStep, alternativesOf, type Expression, type Path } from './expression.ts'
import type { Context } from './load.ts'

/** One way for a node to be a rule's context, in JavaScript: its name, that of its parent, the test, or of a search what finds the nodes. */
export interface ContextCode {
  readonly by: Context['by']
  readonly name?: string
  readonly parent?: string
  readonly test?: string
}

export function compileContext(
  expression: Expression,
  variables: ReadonlyMap<string, Code>,
  program: Program,
): readonly ContextCode[] {
  const scope: Scope = { node: 'c', current: 'c', variables }
  return alternativesOf(expression).flatMap((alternative): readonly ContextCode[] => {
    if (alternative.kind === 'root') return [{ by: 'document' }]
    if (alternative.kind !== 'path') throw new SchematronError('unsupported', 'the context of a rule is no pattern')
    const paths = expand(alternative, scope) ?? [alternative]
    return paths.map(path => compilePattern(path, scope, program))
  })
}

function compilePattern(path: Path, scope: Scope, program: Program): ContextCode {
  const steps = path.steps.filter(step => step.primary === undefined)
  const last = steps.at(-1)
  const isPattern = steps.length === path.steps.length && steps.every(step => isPatternStep(step, scope))
  if (last === undefined || !isPattern) return searched(path, variablesOnly(scope), program)
  const isAttribute = last.axis === 'attribute'
  const name = last.test.kind === 'name' ? program.name(last.test.prefix, last.test.local) : undefined
  const above = name === undefined || isAttribute ? undefined : steps.at(-2)
  const isBelow = above?.test.kind === 'name' && last.axis === 'child' && above.axis === 'child' && !last.deep
  const indexed = name === undefined ? 0 : isBelow ? 2 : 1
  const conditions = matching(steps, { path, scope, program, node: 'c', indexed })
  const test = conditions.length === 0 ? {} : { test: program.function('c,D', joined(conditions)) }
  if (name === undefined) return { by: isAttribute ? 'any-attribute' : 'any-element', ...test }
  const parent = isBelow ? { parent: program.name(above.test.prefix, above.test.local) } : {}
  return { by: isAttribute ? 'attribute' : 'element', name, ...parent, ...test }
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
  /** For so many of the last steps the index has found nodes of the name. */
  readonly indexed: number
}

/** What must hold, from the last step to the first: the node passes, and above it there is one for the step before. */
function matching(steps: readonly AxisStep[], { path, scope, program, node, indexed }: Matching): readonly string[] {
  const step = steps.at(-1)
  if (step === undefined) throw new SchematronError('syntax', 'a pattern has no step')
  const inner: Scope = { ...scope, node, position: '1', size: '1' }
  const conditions = step.predicates.map(predicate => asBoolean(compile(predicate, inner, program)))
  if (indexed === 0) conditions.unshift(passes(node, step, program))
  const before = steps.slice(0, -1)
  if (before.length === 0) {
    return path.absolute && !step.deep ? [...conditions, `${node}.parent===D.document`] : conditions
  }
  const above = (name: string): readonly string[] =>
    matching(before, { path, scope, program, node: name, indexed: Math.max(0, indexed - 1) })
  if (step.deep) {
    const name = program.fresh()
    return [...conditions, `someAncestor(${node},${name}=>${joined(above(name))})`]
  }
  if (step.axis === 'self') return [...conditions, ...above(node)]
  // Only a document has nothing above it, and only node() lets one pass.
  const exists = step.test.kind === 'type' ? [`${node}.parent!==undefined`] : []
  return [...conditions, ...exists, ...above(`${node}.parent`)]
}

function joined(conditions: readonly string[]): string {
  return conditions.map(one => `(${one})`).join('&&')
}

/** What is no simple pattern is looked for from the document down. */
function searched(path: Path, scope: Scope, program: Program): ContextCode {
  const [first, ...rest] = path.steps
  if (first === undefined) throw new SchematronError('syntax', 'a pattern has no step')
  const fromDocument = path.absolute ? path : { ...path, absolute: true, steps: [{ ...first, deep: true }, ...rest] }
  return { by: 'search', test: program.function('D', asNodes(compilePath(fromDocument, scope, program))) }
}

function variablesOnly({ variables }: Scope): Scope {
  return { node: 'D.document', current: undefined, variables }
}
