import { SchematronError } from './error.ts'
import {
  type AtomicType,
  type Axis,
  type Binding,
  type Expression,
  type NodeTest,
  type NodeType,
  type Step,
  atomicTypes,
  axes,
  nodeTypes,
} from './expression.ts'
import { type Token, tokensOf } from './tokens.ts'

/** Reads one expression of the subset. Throws SchematronError `syntax` or `unsupported`. */
export function parseExpression(text: string): Expression {
  return new Parser(text).whole()
}

const general = ['=', '!=', '<', '<=', '>', '>='] as const
const value = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const
const additive = ['+', '-'] as const
const multiplicative = ['*', 'div', 'idiv', 'mod'] as const
const sets = ['intersect', 'except'] as const

/** Recursive descent, one method per level of the grammar. [XPath 2.0 §A.1] */
class Parser {
  private readonly text: string
  private readonly tokens: readonly Token[]
  private position = 0

  constructor(text: string) {
    this.text = text
    this.tokens = tokensOf(text)
  }

  whole(): Expression {
    const expression = this.sequence()
    if (this.next().kind !== 'end') throw this.unexpected('an operator')
    return expression
  }

  private sequence(): Expression {
    const first = this.single()
    if (!this.isSymbol(',')) return first
    const items = [first]
    while (this.takeSymbol(',')) items.push(this.single())
    return { kind: 'sequence', items }
  }

  private single(): Expression {
    const { text } = this.next()
    if (this.next().kind === 'name') {
      if (text === 'for' && this.next(1).kind === 'variable') {
        const bindings = this.bindings()
        this.expectName('return')
        return { kind: 'for', bindings, result: this.single() }
      }
      if ((text === 'some' || text === 'every') && this.next(1).kind === 'variable') {
        const bindings = this.bindings()
        this.expectName('satisfies')
        return { kind: 'quantified', quantifier: text, bindings, condition: this.single() }
      }
      if (text === 'if' && this.isSymbol('(', 1)) return this.conditional()
    }
    return this.or()
  }

  /** After `for`, `some` or `every`. */
  private bindings(): Binding[] {
    this.position++
    const found: Binding[] = []
    do {
      const name = this.expectKind('variable').text
      this.expectName('in')
      found.push({ name, items: this.single() })
    } while (this.takeSymbol(','))
    return found
  }

  private conditional(): Expression {
    this.position += 2
    const condition = this.sequence()
    this.expectSymbol(')')
    this.expectName('then')
    const yes = this.single()
    this.expectName('else')
    return { kind: 'if', condition, yes, no: this.single() }
  }

  private or(): Expression {
    let left = this.and()
    while (this.takeName('or')) left = { kind: 'logical', operator: 'or', left, right: this.and() }
    return left
  }

  private and(): Expression {
    let left = this.comparison()
    while (this.takeName('and')) left = { kind: 'logical', operator: 'and', left, right: this.comparison() }
    return left
  }

  private comparison(): Expression {
    const left = this.range()
    const generalOperator = this.takeSymbolOf(general)
    if (generalOperator !== undefined) return { kind: 'general', operator: generalOperator, left, right: this.range() }
    const valueOperator = this.takeNameOf(value)
    if (valueOperator !== undefined) return { kind: 'value', operator: valueOperator, left, right: this.range() }
    return this.takeName('is') ? { kind: 'same', operator: 'is', left, right: this.range() } : left
  }

  private range(): Expression {
    const left = this.additive()
    return this.takeName('to') ? { kind: 'range', operator: 'to', left, right: this.additive() } : left
  }

  private additive(): Expression {
    let left = this.multiplicative()
    for (;;) {
      const operator = this.takeSymbolOf(additive)
      if (operator === undefined) return left
      left = { kind: 'arithmetic', operator, left, right: this.multiplicative() }
    }
  }

  private multiplicative(): Expression {
    let left = this.union()
    for (;;) {
      const operator = this.takeSymbolOf(multiplicative) ?? this.takeNameOf(multiplicative)
      if (operator === undefined) return left
      left = { kind: 'arithmetic', operator, left, right: this.union() }
    }
  }

  private union(): Expression {
    let left = this.intersect()
    while (this.takeSymbol('|') || this.takeName('union')) {
      left = { kind: 'set', operator: 'union', left, right: this.intersect() }
    }
    return left
  }

  private intersect(): Expression {
    let left = this.cast()
    for (;;) {
      const operator = this.takeNameOf(sets)
      if (operator === undefined) return left
      left = { kind: 'set', operator, left, right: this.cast() }
    }
  }

  private cast(): Expression {
    const operand = this.unary()
    const { kind, text } = this.next()
    if (kind !== 'name') return operand
    if ((text === 'instance' || text === 'treat') && this.next(1).text === (text === 'instance' ? 'of' : 'as')) {
      throw new SchematronError('unsupported', `${text} is not compiled: ${this.text}`)
    }
    if ((text !== 'cast' && text !== 'castable') || this.next(1).text !== 'as') return operand
    this.position += 2
    const name = this.expectKind('name').text
    const type = atomicTypes.find((known): known is AtomicType => known === name)
    if (type === undefined) throw new SchematronError('unsupported', `the type ${name} is not compiled`)
    return { kind: text, operand, type, optional: this.takeSymbol('?') }
  }

  private unary(): Expression {
    let negative = false
    for (;;) {
      const sign = this.takeSymbolOf(additive)
      if (sign === undefined) break
      if (sign === '-') negative = !negative
    }
    const operand = this.path()
    return negative ? { kind: 'negate', operand } : operand
  }

  private path(): Expression {
    const lead = this.takeSymbolOf(['/', '//'])
    if (lead === '/' && !this.isStepNext()) return { kind: 'root' }
    const steps = [this.step(lead === '//')]
    for (;;) {
      const separator = this.takeSymbolOf(['/', '//'])
      if (separator === undefined) break
      steps.push(this.step(separator === '//'))
    }
    const [only] = steps
    const isPrimary = lead === undefined && steps.length === 1 && only?.primary !== undefined
    if (isPrimary && only.predicates.length === 0) return only.primary
    return { kind: 'path', absolute: lead !== undefined, steps }
  }

  private isStepNext(): boolean {
    const { kind, text } = this.next()
    return kind === 'symbol' ? ['.', '..', '@', '*', '('].includes(text) : kind !== 'end'
  }

  private step(deep: boolean): Step {
    if (this.takeSymbol('..')) {
      return { deep, axis: 'parent', test: { kind: 'type', type: 'node' }, predicates: this.predicates() }
    }
    if (this.takeSymbol('@')) return { deep, axis: 'attribute', test: this.nodeTest(), predicates: this.predicates() }
    const { kind, text } = this.next()
    if (kind === 'name' && this.isSymbol('::', 1)) {
      const axis = axes.find((known): known is Axis => known === text)
      if (axis === undefined) throw new SchematronError('unsupported', `the axis ${text} is not compiled`)
      this.position += 2
      return { deep, axis, test: this.nodeTest(), predicates: this.predicates() }
    }
    const isCall = kind === 'name' && this.isSymbol('(', 1) && !isNodeType(text)
    if ((kind === 'name' && !isCall) || this.isSymbol('*')) {
      const test = this.nodeTest()
      const axis = test.kind === 'type' && test.type === 'attribute' ? 'attribute' : 'child'
      return { deep, axis, test, predicates: this.predicates() }
    }
    return { deep, primary: isCall ? this.call() : this.primary(), predicates: this.predicates() }
  }

  private predicates(): Expression[] {
    const found: Expression[] = []
    while (this.takeSymbol('[')) {
      found.push(this.sequence())
      this.expectSymbol(']')
    }
    return found
  }

  private nodeTest(): NodeTest {
    if (this.takeSymbol('*')) return { kind: 'any' }
    const { text } = this.expectKind('name')
    if (isNodeType(text) && this.takeSymbol('(')) {
      this.expectSymbol(')')
      return { kind: 'type', type: text }
    }
    const [first = '', second] = text.split(':')
    if (second === undefined) return { kind: 'name', prefix: '', local: first }
    if (first === '*') return { kind: 'local', local: second }
    return second === '*' ? { kind: 'namespace', prefix: first } : { kind: 'name', prefix: first, local: second }
  }

  private call(): Expression {
    const name = this.expectKind('name').text
    this.expectSymbol('(')
    const given: Expression[] = []
    if (!this.isSymbol(')')) {
      do given.push(this.single())
      while (this.takeSymbol(','))
    }
    this.expectSymbol(')')
    return { kind: 'call', name: name.replace(/^fn:/, ''), given }
  }

  private primary(): Expression {
    const { kind, text } = this.next()
    if (kind === 'string' || kind === 'number' || kind === 'variable') {
      this.position++
      if (kind === 'string') return { kind, value: text }
      return kind === 'number' ? { kind, text } : { kind, name: text }
    }
    if (this.takeSymbol('.')) return { kind: 'context' }
    if (!this.takeSymbol('(')) throw this.unexpected('a value or a step')
    if (this.takeSymbol(')')) return { kind: 'sequence', items: [] }
    const inner = this.sequence()
    this.expectSymbol(')')
    return inner
  }

  private next(ahead = 0): Token {
    const token = this.tokens[this.position + ahead] ?? this.tokens.at(-1)
    if (token === undefined) throw this.unexpected('an expression')
    return token
  }

  private isSymbol(text: string, ahead = 0): boolean {
    const token = this.next(ahead)
    return token.kind === 'symbol' && token.text === text
  }

  private takeSymbol(text: string): boolean {
    return this.takeSymbolOf([text]) !== undefined
  }

  private takeName(text: string): boolean {
    return this.takeNameOf([text]) !== undefined
  }

  private takeSymbolOf<Text extends string>(texts: readonly Text[]): Text | undefined {
    return this.take('symbol', texts)
  }

  private takeNameOf<Text extends string>(texts: readonly Text[]): Text | undefined {
    return this.take('name', texts)
  }

  private take<Text extends string>(kind: Token['kind'], texts: readonly Text[]): Text | undefined {
    const token = this.next()
    const found = token.kind === kind ? texts.find(text => text === token.text) : undefined
    if (found !== undefined) this.position++
    return found
  }

  private expectSymbol(text: string): void {
    if (!this.takeSymbol(text)) throw this.unexpected(text)
  }

  private expectName(text: string): void {
    if (!this.takeName(text)) throw this.unexpected(text)
  }

  private expectKind(kind: Token['kind']): Token {
    const token = this.next()
    if (token.kind !== kind) throw this.unexpected(`a ${kind}`)
    this.position++
    return token
  }

  private unexpected(expected: string): SchematronError {
    const { text, offset } = this.next()
    return new SchematronError('syntax', `${expected} is expected before ${text} at offset ${offset} of ${this.text}`)
  }
}

function isNodeType(text: string): text is NodeType {
  return (nodeTypes as readonly string[]).includes(text)
}
