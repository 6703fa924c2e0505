import { type Code, isShared, type Program, type Scope } from './code.ts'
import { type Expression, mentions } from './expression.ts'

/**
 * What begins at the document has one value for all of it: it is computed when it is first asked for. Without this a rule that looks
 * at the whole document for every line of it would take quadratic time.
 */
export function once(code: Code, expression: Expression, { scope, program }: { scope: Scope; program: Program }): Code {
  // Global variables are computed once anyway.
  if (scope.current === 'D.document' || !isOfDocument(expression, scope) || isCheap(expression, code)) return code
  const js = program.global(code.js)
  return code.type === 'nodes' ? { type: 'nodes', js, requires: code.requires } : { type: code.type, js }
}

const askers: ReadonlySet<string> = new Set(['not', 'boolean', 'exists', 'empty', 'count'])

/** What the index gives, or what only looks whether a kept value is empty or how long it is, costs no more than to keep it. */
function isCheap(expression: Expression, { js }: Code): boolean {
  if (expression.kind === 'call') {
    return askers.has(expression.name) && expression.given.every(({ kind }) => kind === 'path' || kind === 'call')
  }
  return /^(?:D\.tree\.elementsNamed\(n\d+\)|valued\(.*\))$/.test(js)
}

/** Whether the value depends on the document only: an absolute path, several joined, or a function of such paths and of literals. */
function isOfDocument(expression: Expression, scope: Scope): boolean {
  if (expression.kind === 'path') return expression.absolute && !mentions(expression, part => isLocal(part, scope))
  if (expression.kind === 'root') return true
  if (expression.kind === 'set') return isOfDocument(expression.left, scope) && isOfDocument(expression.right, scope)
  if (expression.kind !== 'call') return false
  const others = expression.given.filter(({ kind }) => kind !== 'string' && kind !== 'number')
  return others.length > 0 && others.every(one => isOfDocument(one, scope))
}

/** Whether the value of an expression is not the same for the whole document because of this part of it. */
export function isLocal(part: Expression, { variables }: Scope): boolean {
  if (part.kind === 'call') return part.name === 'current'
  if (part.kind !== 'variable') return false
  const variable = variables.get(part.name)
  // One that is unknown here is bound within the path itself.
  return variable !== undefined && !isShared(variable.js)
}
