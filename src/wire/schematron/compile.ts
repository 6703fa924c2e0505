import { asBoolean, asItems, type Code, Program, quoted, type Scope } from './code.ts'
import { compileContext } from './compile-context.ts'
import { compile } from './compile-expression.ts'
import { compileFunction, declareFunction } from './compile-function.ts'
import { expand } from './compile-path.ts'
import { SchematronError } from './error.ts'
import { alternativesOf, type Expression, mentions } from './expression.ts'
import { isLookUp } from './compile-look-up.ts'
import { parseExpression } from './parse.ts'
import type { Resolve } from './reuse.ts'
import { type Check, type Let, readSchema, type Rule, type Schema } from './schema.ts'

/** Goes up with every change of what the code says or of what it calls: stored code of another number is not run. */
export const compiledFormat = 4

/**
 * Compiles a Schematron file with the query binding XSLT 2.0 to JavaScript for loadRules; `resolve` finds the files that it includes or
 * looks values up in. The text is the same for the same files and can be kept. Nothing but literals and our own functions is in it.
 * Throws SchematronError, which names the line, and XmlError.
 */
export function compileSchematron(source: Buffer | string, resolve: Resolve = () => undefined): string {
  const schema = readSchema(source, resolve)
  return new Compiler(schema).whole(schema)
}

type Variables = ReadonlyMap<string, Code>

/** How many values the rule keeps for a node. */
interface Slots {
  count: number
}

class Compiler {
  private readonly program: Program

  constructor({ prefixes, look }: Schema) {
    this.program = new Program(prefixes, look)
  }

  whole(schema: Schema): string {
    const { program } = this
    for (const element of schema.functions) declareFunction(element, program)
    const outermost = { node: 'D.document', current: 'D.document' }
    let globals = this.globals(schema.lets, new Map(), outermost)
    // XSLT makes global variables of the lets of patterns: every pattern sees those of all.
    for (const { lets } of schema.patterns) globals = this.globals(lets, globals, outermost)
    for (const element of schema.functions) {
      program.lines.push(placed('a function', () => compileFunction(element, globals, program)))
    }
    const patterns = schema.patterns.map(({ rules }) => `[${rules.map(rule => this.rule(rule, globals)).join(',\n')}]`)
    return `"use strict";\n${program.lines.join('\n')}\nreturn {title:${quoted(schema.title)},globals:${program.globals},patterns:[${patterns.join(',\n')}]};\n`
  }

  private globals(lets: readonly Let[], before: Variables, where: Pick<Scope, 'node' | 'current'>): Variables {
    return lets.reduce<Variables>((variables, one) => this.variable(one, { ...where, variables }), before)
  }

  /** Adds a variable that is evaluated when it is first asked for, and once: for the node of a rule when there are slots, else for the document. */
  private variable(one: Let, scope: Scope, slots?: Slots): Variables {
    const code = placed(one.place, () => this.letCode(one, scope))
    const variables = new Map(scope.variables)
    const isConstant = code.type === 'items' && (code.set !== undefined || code.texts !== undefined)
    const isText = code.type === 'string' && code.js.startsWith('"') && one.value === undefined
    if (isConstant || isText) return variables.set(one.name, code)
    const js = slots === undefined ? this.program.global(code.js) : this.local(code.js, slots)
    return variables.set(one.name, { type: code.type, js })
  }

  /** A value that is kept for as long as the rule looks at one node. */
  private local(js: string, slots: Slots): string {
    const name = this.program.fresh()
    this.program.lines.push(`function ${name}(c,D,L){return L[${slots.count++}]??=${js};}`)
    return `${name}(c,D,L)`
  }

  private letCode({ value, text }: Let, scope: Scope): Code {
    return value === undefined
      ? { type: 'string', js: quoted(text) }
      : compile(parseExpression(value), scope, this.program)
  }

  private rule(rule: Rule, globals: Variables): string {
    const contexts = placed(rule.place, () => compileContext(parseExpression(rule.context), globals, this.program))
    const slots: Slots = { count: 0 }
    const variables = rule.lets.reduce<Variables>(
      (before, one) => this.variable(one, { node: 'c', current: 'c', variables: before }, slots),
      globals,
    )
    const scope: Scope = { node: 'c', current: 'c', position: '1', size: '1', variables }
    const checks = rule.checks.map(check => placed(check.place, () => this.check(check, scope)))
    return `{contexts:[${contexts.join(',')}],lets:${slots.count},checks:[${checks.join(',\n')}]}`
  }

  private check(check: Check, scope: Scope): string {
    const { program } = this
    const fields = [`id:${quoted(check.id)}`, `message:${this.message(check, scope)}`]
    if (check.flag !== undefined) fields.push(`flag:${quoted(check.flag)}`)
    const test = parseExpression(check.test)
    const forbidden = check.kind === 'assert' ? forbiddenPaths(test, scope) : undefined
    if (forbidden !== undefined) {
      const paths = forbidden.map(path => `[${path.map(({ prefix, local }) => program.name(prefix, local)).join(',')}]`)
      return `{${fields.join(',')},forbidden:[${paths.join(',')}]}`
    }
    const absence = check.kind === 'assert' ? this.absence(test, scope) : undefined
    if (absence !== undefined) fields.push(`unless:${absence}`)
    const holds = asBoolean(compile(test, scope, program))
    const name = program.fresh()
    program.lines.push(`function ${name}(c,D,L){return ${check.kind === 'assert' ? holds : `!(${holds})`};}`)
    return `{${fields.join(',')},test:${name}}`
  }

  /** The element without which `not(path)` holds anyway. */
  private absence(test: Expression, scope: Scope): string | undefined {
    const [path] = test.kind === 'call' && test.name === 'not' ? test.given : []
    // What is looked up in a file is not in the document; a variable may hold it.
    if (path?.kind !== 'path' || (this.program.looksUp && mentions(path, mayBeElsewhere))) return undefined
    const code = compile(path, scope, this.program)
    return code.type === 'nodes' ? code.requires : undefined
  }

  private message({ message }: Check, scope: Scope): string {
    const texts = message.filter(part => typeof part === 'string')
    if (texts.length === message.length) return quoted(texts.join('').replaceAll(/\s+/g, ' ').trim())
    const parts = message.map(part => {
      if (typeof part === 'string') return quoted(part)
      return `R.textOfAll(${asItems(compile(parseExpression(part.select), scope, this.program), this.program)})`
    })
    const name = this.program.fresh()
    this.program.lines.push(`function ${name}(c,D,L){return R.normalizeSpace(${parts.join('+')});}`)
    return name
  }
}

/** Says where in the file something cannot be compiled. */
function placed<Result>(place: string, compileIt: () => Result): Result {
  try {
    return compileIt()
  } catch (error) {
    if (error instanceof SchematronError)
      throw new SchematronError(error.code, `${place}: ${error.message}`, { cause: error })
    throw error
  }
}

function mayBeElsewhere(part: Expression): boolean {
  return part.kind === 'variable' || isLookUp(part)
}

interface Name {
  readonly prefix: string
  readonly local: string
}

/**
 * The paths of `not(a/b|a/c) and not(d)`: rules that forbid elements, some seven hundred in one file. They are answered together
 * by one walk over the elements that are there. undefined when the test says anything else.
 */
function forbiddenPaths(test: Expression, scope: Scope): readonly (readonly Name[])[] | undefined {
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
