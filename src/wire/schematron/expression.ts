/** The XPath 2.0 subset that rules are written in, as a tree. */
export type Expression =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'context' }
  | { readonly kind: 'root' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'sequence'; readonly items: readonly Expression[] }
  | { readonly kind: 'if'; readonly condition: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly kind: 'for'; readonly bindings: readonly Binding[]; readonly result: Expression }
  | Quantified
  | Binary<'logical', 'and' | 'or'>
  | Binary<'general', GeneralOperator>
  | Binary<'value', ValueOperator>
  | Binary<'same', 'is'>
  | Binary<'arithmetic', ArithmeticOperator>
  | Binary<'set', 'union' | 'intersect' | 'except'>
  | Binary<'range', 'to'>
  | { readonly kind: 'negate'; readonly operand: Expression }
  | {
      readonly kind: 'cast' | 'castable'
      readonly operand: Expression
      readonly type: AtomicType
      readonly optional: boolean
    }
  | { readonly kind: 'call'; readonly name: string; readonly given: readonly Expression[] }
  | Path

interface Binary<Kind extends string, Operator extends string> {
  readonly kind: Kind
  readonly operator: Operator
  readonly left: Expression
  readonly right: Expression
}

interface Quantified {
  readonly kind: 'quantified'
  readonly quantifier: 'some' | 'every'
  readonly bindings: readonly Binding[]
  readonly condition: Expression
}

export interface Binding {
  readonly name: string
  readonly items: Expression
}

export type GeneralOperator = '=' | '!=' | '<' | '<=' | '>' | '>='
export type ValueOperator = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge'
export type ArithmeticOperator = '+' | '-' | '*' | 'div' | 'idiv' | 'mod'

/** The types that values are cast to. */
export const atomicTypes = ['xs:string', 'xs:boolean', 'xs:integer', 'xs:decimal', 'xs:double', 'xs:date'] as const
export type AtomicType = (typeof atomicTypes)[number]

export interface Path {
  readonly kind: 'path'
  /** Begins at the document. */
  readonly absolute: boolean
  readonly steps: readonly Step[]
}

export type Step = AxisStep | FilterStep

export interface AxisStep {
  /** After `//` instead of `/` (or first in a path that begins with it). */
  readonly deep: boolean
  readonly axis: Axis
  readonly test: NodeTest
  readonly predicates: readonly Expression[]
  readonly primary?: undefined
}

export interface FilterStep {
  readonly deep: boolean
  readonly primary: Expression
  readonly predicates: readonly Expression[]
}

export const axes = [
  'child',
  'attribute',
  'self',
  'parent',
  'ancestor',
  'ancestor-or-self',
  'descendant',
  'descendant-or-self',
  'following-sibling',
  'preceding-sibling',
  'following',
  'preceding',
] as const
export type Axis = (typeof axes)[number]

export type NodeTest =
  | { readonly kind: 'name'; readonly prefix: string; readonly local: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'namespace'; readonly prefix: string }
  | { readonly kind: 'local'; readonly local: string }
  | { readonly kind: 'type'; readonly type: NodeType }

export const nodeTypes = ['node', 'text', 'element', 'attribute'] as const
export type NodeType = (typeof nodeTypes)[number]

/** The expressions joined by `|`. */
export function alternativesOf(expression: Expression): Expression[] {
  if (expression.kind !== 'set' || expression.operator !== 'union') return [expression]
  return [...alternativesOf(expression.left), ...alternativesOf(expression.right)]
}

/** Whether anything in the expression, its own predicates included, satisfies the question. */
export function mentions(expression: Expression, asked: (part: Expression) => boolean): boolean {
  return asked(expression) || partsOf(expression).some(part => mentions(part, asked))
}

function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'string':
    case 'number':
    case 'context':
    case 'root':
    case 'variable':
      return []
    case 'sequence':
      return expression.items
    case 'if':
      return [expression.condition, expression.yes, expression.no]
    case 'for':
      return [...expression.bindings.map(({ items }) => items), expression.result]
    case 'quantified':
      return [...expression.bindings.map(({ items }) => items), expression.condition]
    case 'negate':
    case 'cast':
    case 'castable':
      return [expression.operand]
    case 'call':
      return expression.given
    case 'path':
      return expression.steps.flatMap(step => [
        ...(step.primary === undefined ? [] : [step.primary]),
        ...step.predicates,
      ])
    case 'logical':
    case 'general':
    case 'value':
    case 'same':
    case 'arithmetic':
    case 'set':
    case 'range':
  }
  return [expression.left, expression.right]
}
