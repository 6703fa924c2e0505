import { type Code, quoted } from './code.ts'
import { compile } from './compile-expression.ts'
import { isPositional, type Where } from './compile-path.ts'
import { type Expression, mentions, type Path } from './expression.ts'
import { isLocal } from './once.ts'

/**
 * `//cac:TaxCategory[normalize-space(cbc:ID) = 'AE']`: official rules ask for each of a dozen codes whether it is anywhere. The nodes are
 * sorted by that string once for the document, and each code is looked up, where every rule would go through all lines. Undefined when
 * the path is none of that kind.
 */
export function compileIndexed(path: Path, { scope, program }: Where): Code | undefined {
  const last = path.steps.at(-1)
  if (!path.absolute || scope.current === 'D.document' || last === undefined || last.primary !== undefined)
    return undefined
  const predicate = last.predicates.at(-1)
  if (predicate === undefined || last.predicates.some(one => isPositional(one, scope))) return undefined
  const asked = predicate.kind === 'general' && predicate.operator === '=' ? literalOf(predicate) : undefined
  if (asked === undefined || mentions(path, part => isLocal(part, scope))) return undefined
  const node = program.fresh()
  const key = compile(asked.value, { ...scope, node, isAtomic: false, position: '1', size: '1' }, program)
  if (key.type !== 'string') return undefined
  const all = { ...path, steps: [...path.steps.slice(0, -1), { ...last, predicates: last.predicates.slice(0, -1) }] }
  const from = compile(all, scope, program)
  if (from.type !== 'nodes') return undefined
  const index = program.global(`Map.groupBy(${from.js},${node}=>${key.js})`)
  const text = quoted(asked.text)
  return { type: 'nodes', js: `valued(${index},${text})`, exists: `${index}.has(${text})`, requires: from.requires }
}

interface Asked {
  readonly value: Expression
  readonly text: string
}

function literalOf({ left, right }: Extract<Expression, { kind: 'general' }>): Asked | undefined {
  if (right.kind === 'string') return { value: left, text: right.value }
  return left.kind === 'string' ? { value: right, text: left.value } : undefined
}
