import type { Scope } from './code.ts'
import { expand } from './compile-path.ts'
import { alternativesOf, type Expression } from './expression.ts'
import type { TableBranch } from './load.ts'

interface Name {
  readonly prefix: string
  readonly local: string
}

/**
 * The paths of `not(a/b|a/c) and not(d)`: rules that forbid elements, some seven hundred in one file. They are answered together
 * by one walk over the elements that are there. undefined when the test says anything else.
 */
export function forbiddenPaths(test: Expression, scope: Scope): readonly (readonly Name[])[] | undefined {
  if (test.kind === 'logical' && test.operator === 'and') {
    const left = forbiddenPaths(test.left, scope)
    const right = forbiddenPaths(test.right, scope)
    return left === undefined || right === undefined ? undefined : [...left, ...right]
  }
  const [negated] = test.kind === 'call' && test.name === 'not' ? test.given : []
  if (negated === undefined) return undefined
  const found: (readonly Name[])[] = []
  for (const alternative of alternativesOf(negated)) {
    const paths = alternative.kind === 'path' ? expand(alternative, scope) : undefined
    if (paths === undefined) return undefined
    for (const path of paths) {
      const names = path.absolute ? [] : path.steps.flatMap(plainName)
      if (path.absolute || names.length !== path.steps.length) return undefined
      found.push(names)
    }
  }
  return found
}

/** The name of a step that is nothing but a child's name. */
function plainName(step: Extract<Expression, { kind: 'path' }>['steps'][number]): Name[] {
  const isPlain = step.primary === undefined && !step.deep && step.axis === 'child' && step.predicates.length === 0
  return isPlain && step.test.kind === 'name' ? [step.test] : []
}

/** One path that a check forbids. */
export interface Forbidden {
  readonly path: readonly number[]
  /** Of the check in its rule. */
  readonly check: number
}

interface Growing {
  readonly checks: number[]
  readonly below: Map<number, Growing>
}

/** Paths that begin alike made one. */
export function branchesOf(forbidden: readonly Forbidden[]): readonly TableBranch[] {
  const root: Growing = { checks: [], below: new Map() }
  for (const { path, check } of forbidden) path.reduce(grown, root).checks.push(check)
  return written(root)
}

function grown({ below }: Growing, name: number): Growing {
  let next = below.get(name)
  if (next === undefined) below.set(name, (next = { checks: [], below: new Map() }))
  return next
}

function written({ below }: Growing): readonly TableBranch[] {
  return Array.from(below, ([name, branch]) => [name, branch.checks, written(branch)])
}
