import type { Decimal, FindingLanguage } from '../invoice/index.ts'
import { holds } from './conditions.ts'
import type { Condition, Expression, Formats, Origin, Reference, Step } from './mapping.ts'
import { type Item, SourceError } from './source.ts'
import { type IssueCode, StepProblem, type Value, readNumber, valueOf } from './value.ts'

/** One thing that is wrong with an invoice, found before the rules of invoices are asked. */
export interface MappingIssue {
  readonly code: IssueCode
  /** Where in the model; '' when no term is meant. */
  readonly pointer: string
  /** The column or path it came from; '' for a constant. */
  readonly source: string
  readonly value: string
  readonly message: string
}

/** Where expressions are evaluated, and what is noted on the way. */
export interface Scene {
  readonly item: Item
  readonly invoice: Item
  readonly document: Item | undefined
  /** Of the item of a list that is being filled; the first is 1. */
  readonly position: number
  readonly formats: Formats
  /** Of the messages of issues. */
  readonly language: FindingLanguage
  readonly issues: MappingIssue[]
  readonly work: Work
  /** JSON pointer of the group that is being filled, and from there on of the term. */
  readonly pointer: string
  term: string
  /** Texts of the source that were read, in order; '' stands for those of an item of a list. */
  readonly reads: string[]
}

/** What may still be done for this invoice. */
export interface Work {
  left: number
}

/** A hundred expressions for each of a hundred thousand rows; some seconds. */
const workMax = 10_000_000
/** As many characters cost as much as an expression. */
const charactersPerWork = 16

/** For one invoice. */
export function newWork(): Work {
  return { left: workMax }
}

/** A mapping and a source together can ask for more than either says: long texts, in every row. */
function charge(work: Work, value: Value | undefined): void {
  work.left -= 1 + (value === undefined ? 0 : value.text.length / charactersPerWork)
  if (work.left < 0)
    throw new SourceError('source.too-large', 'an invoice is too much work: too many rows, or too long texts in them')
}

/** The value of an expression; undefined when there is none, and an issue beside when there should be. Throws SourceError. */
export function evaluate(expression: Expression, scene: Scene): Value | undefined {
  const found = evaluateOrigin(expression.origin, scene)
  if (found instanceof StepProblem) return note(found, expression, { scene, value: undefined })
  let value = found
  charge(scene.work, value)
  for (const step of expression.steps) {
    if (value === undefined) break
    charge(scene.work, value)
    const next = runStep(step, value, scene.formats)
    if (next instanceof StepProblem) return note(next, expression, { scene, value })
    value = next
  }
  if (value !== undefined || expression.fallback === undefined) return value
  return evaluate(expression.fallback, scene)
}

function runStep(step: Step, value: Value, formats: Formats): Value | StepProblem | undefined {
  const next = step.run(value, formats)
  return next instanceof StepProblem ? next : valueOf(next.text, next.ready)
}

/** Notes an issue; its value is the one that could not be used. */
export function note(
  { code, message: said }: StepProblem,
  expression: Expression,
  { scene, value }: { readonly scene: Scene; readonly value: Value | undefined },
): undefined {
  const source = referenceOf(expression)?.name ?? ''
  scene.issues.push({
    code,
    pointer: scene.pointer + scene.term,
    source,
    value: value?.text.slice(0, 200) ?? '',
    message: said[scene.language],
  })
}

/** The first reference of an expression: where a person will look. */
function referenceOf({ origin }: Expression): Reference | undefined {
  switch (origin.kind) {
    case 'from':
      return origin
    case 'constant':
    case 'position':
      return undefined
    case 'template':
      return origin.parts.find(part => typeof part === 'object')
    case 'join':
      return firstOf(origin.parts)
    case 'first':
      return firstOf(origin.options)
    case 'when':
      return firstOf(origin.cases.map(({ use }) => use))
    case 'sum':
      return referenceOf(origin.of)
  }
}

function firstOf(expressions: readonly Expression[]): Reference | undefined {
  for (const expression of expressions) {
    const found = referenceOf(expression)
    if (found !== undefined) return found
  }
  return undefined
}

function evaluateOrigin(origin: Origin, scene: Scene): Value | StepProblem | undefined {
  switch (origin.kind) {
    case 'from':
      return read(origin, scene)
    case 'constant':
      return valueOf(origin.text, true)
    case 'position':
      return { text: String(scene.position), ready: true }
    case 'template':
      return fill(origin.parts, scene)
    case 'join': {
      const values = origin.parts.map(part => evaluate(part, scene)).filter(value => value !== undefined)
      return valueOf(values.map(({ text }) => text).join(origin.by), false)
    }
    case 'first':
      return firstValue(origin.options, scene)
    case 'when': {
      const found = origin.cases.find(({ condition }) => isMet(condition, scene))?.use ?? origin.otherwise
      return found === undefined ? undefined : evaluate(found, scene)
    }
    case 'sum':
      return addUp(origin, scene)
  }
}

function read(reference: Reference, scene: Scene): Value | StepProblem | undefined {
  const value = scene[reference.scope]?.value(reference)
  if (value !== undefined && !(value instanceof StepProblem)) scene.reads.push(value.text)
  return value
}

/** Missing columns leave no gap: blanks are made one. Nothing when all are missing. */
function fill(parts: Extract<Origin, { kind: 'template' }>['parts'], scene: Scene): Value | StepProblem | undefined {
  let filled = false
  let text = ''
  for (const part of parts) {
    if (typeof part === 'string') {
      text += part
      continue
    }
    const value = read(part, scene)
    if (value instanceof StepProblem) return value
    filled ||= value !== undefined
    text += value?.text ?? ''
  }
  const needed = parts.some(part => typeof part === 'object')
  return filled || !needed ? valueOf(text.replaceAll(/ {2,}/g, ' '), false) : undefined
}

/** What was wrong with an option does not matter once a later one has a value. */
function firstValue(options: readonly Expression[], scene: Scene): Value | undefined {
  const before = scene.issues.length
  for (const option of options) {
    const value = evaluate(option, scene)
    if (value === undefined) continue
    scene.issues.length = before
    return value
  }
  return undefined
}

/** Nothing when nothing was added up. */
function addUp(
  { of, each, condition }: Extract<Origin, { kind: 'sum' }>,
  scene: Scene,
): Value | StepProblem | undefined {
  let total: Decimal | undefined
  for (const item of scene.item.each(each)) {
    const inner = { ...scene, item }
    if (condition !== undefined && !isMet(condition, inner)) continue
    const value = evaluate(of, inner)
    if (value === undefined) continue
    const number = readNumber(value, scene.formats)
    if (number instanceof StepProblem) return number
    total = total?.plus(number) ?? number
  }
  return total === undefined ? undefined : { text: total.toString(), ready: true }
}

/** Whether a condition holds. What is wrong with a value that is only asked about is no issue of the invoice. */
export function isMet(condition: Condition, scene: Scene): boolean {
  switch (condition.kind) {
    case 'all':
      return condition.conditions.every(one => isMet(one, scene))
    case 'any':
      return condition.conditions.some(one => isMet(one, scene))
    case 'not':
      return !isMet(condition.condition, scene)
    case 'exists':
      return (ask(condition.value, scene) !== undefined) === condition.wanted
    case 'compare': {
      const { operator, operands } = condition
      return holds(ask(condition.value, scene), operator, { operands, formats: scene.formats })
    }
  }
}

function ask(expression: Expression, scene: Scene): Value | undefined {
  return evaluate(expression, { ...scene, issues: [], reads: [] })
}
