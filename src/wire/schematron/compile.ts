import { ascii, asBoolean, asItems, type Code, indexOfName, Program, quoted, type Scope } from './code.ts'
import { compileContext, type ContextCode } from './compile-context.ts'
import { compile } from './compile-expression.ts'
import { branchesOf, type Forbidden, forbiddenPaths } from './compile-forbidden.ts'
import { compileFunction, declareFunction } from './compile-function.ts'
import { SchematronError } from './error.ts'
import { type Expression, mentions } from './expression.ts'
import { isLookUp } from './compile-look-up.ts'
import { type Messages, type TableCheck, type TableContext, type TableRule, writeRules } from './load.ts'
import { parseExpression } from './parse.ts'
import type { Resolve } from './reuse.ts'
import { runtime } from './runtime.ts'
import { type Check, type Let, readSchema, type Rule, type Schema } from './schema.ts'

/** Goes up with every change of what the code says or of what it calls: stored code of another number is not run. */
export const compiledFormat = 6

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
  private readonly exported = new Map<string, number>()
  private readonly messages: (string | number)[] = []

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
    const patterns = schema.patterns.map(({ rules }) => rules.map(rule => this.rule(rule, globals)))
    const namespaces = [...new Set(program.names.map(([namespace]) => namespace))]
    const names = program.names.map(([namespace, local]) => [namespaces.indexOf(namespace), local] as const)
    const size = this.messages.length
    const table = { title: schema.title, globals: program.globals, size, namespaces, names, patterns }
    return ascii(writeRules(table, this.messages, this.javascript()))
  }

  private javascript(): string {
    const { lines, names } = this.program
    const body = lines.join('\n')
    // Functions under names of their own: to look each up in an object is a fifth of the first verdict of a process.
    const heads = ['"use strict";', `const {${Object.keys(runtime).join(',')}}=R;`]
    if (names.length > 0) heads.push(`const ${names.map((_, index) => `n${index}=N[${index}]`).join(',')};`)
    return `${heads.join('\n')}\n${body}\nreturn [${[...this.exported.keys()].join(',')}];\n`
  }

  /** The number of a function among those that the code gives back. */
  private number(name: string): number {
    let number = this.exported.get(name)
    if (number === undefined) this.exported.set(name, (number = this.exported.size))
    return number
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
    return `${this.program.function('c,D,L', `L[${slots.count++}]??=${js}`)}(c,D,L)`
  }

  private letCode({ value, text }: Let, scope: Scope): Code {
    return value === undefined
      ? { type: 'string', js: quoted(text) }
      : compile(parseExpression(value), scope, this.program)
  }

  private rule(rule: Rule, globals: Variables): TableRule {
    const contexts = placed(rule.place, () => compileContext(parseExpression(rule.context), globals, this.program))
    const slots: Slots = { count: 0 }
    const variables = rule.lets.reduce<Variables>(
      (before, one) => this.variable(one, { node: 'c', current: 'c', variables: before }, slots),
      globals,
    )
    const scope: Scope = { node: 'c', current: 'c', position: '1', size: '1', variables }
    const first = this.messages.length
    const paths: Forbidden[] = []
    const checks = rule.checks.map((check, index) =>
      placed(check.place, () => {
        this.messages.push(this.message(check, scope))
        const test = parseExpression(check.test)
        const forbidden = check.kind === 'assert' ? forbiddenPaths(test, scope) : undefined
        paths.push(...(forbidden ?? []).map(path => ({ path: path.map(name => this.indexOf(name)), check: index })))
        const named = { id: check.id, ...(check.flag === undefined ? {} : { flag: check.flag }) }
        return forbidden === undefined ? { ...named, ...this.tested(check, test, scope) } : named
      }),
    )
    return {
      contexts: contexts.map(one => this.context(one)),
      lets: slots.count,
      first,
      checks,
      forbidden: branchesOf(paths),
    }
  }

  private context({ by, name, parent, test }: ContextCode): TableContext {
    const named = name === undefined ? {} : { name: indexOfName(name) }
    const below = parent === undefined ? {} : { parent: indexOfName(parent) }
    return test === undefined ? { by, ...named, ...below } : { by, ...named, ...below, run: this.number(test) }
  }

  private indexOf({ prefix, local }: { readonly prefix: string; readonly local: string }): number {
    return indexOfName(this.program.name(prefix, local))
  }

  private tested(check: Check, test: Expression, scope: Scope): Pick<TableCheck, 'unless' | 'test'> {
    const absence = check.kind === 'assert' ? this.absence(test, scope) : undefined
    const holds = asBoolean(compile(test, scope, this.program))
    const name = this.program.function('c,D,L', check.kind === 'assert' ? holds : `!(${holds})`)
    return { ...(absence === undefined ? {} : { unless: indexOfName(absence) }), test: this.number(name) }
  }

  /** The element without which `not(path)` holds anyway. */
  private absence(test: Expression, scope: Scope): string | undefined {
    const [path] = test.kind === 'call' && test.name === 'not' ? test.given : []
    // What is looked up in a file is not in the document; a variable may hold it.
    if (path?.kind !== 'path' || (this.program.looksUp && mentions(path, mayBeElsewhere))) return undefined
    const code = compile(path, scope, this.program)
    return code.type === 'nodes' ? code.requires : undefined
  }

  private message({ message }: Check, scope: Scope): Messages[number] {
    const texts = message.filter(part => typeof part === 'string')
    if (texts.length === message.length) return texts.join('').replaceAll(/\s+/g, ' ').trim()
    const parts = message.map((part, index) => {
      if (typeof part === 'string') return quoted(plain(part, index === 0, index === message.length - 1))
      return `textOfAll(${asItems(compile(parseExpression(part.select), scope, this.program), this.program)})`
    })
    return this.number(this.program.function('c,D,L', `normalizeSpace(${parts.join('+')})`))
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

/** The white space that fn:normalize-space would take out of the whole message, as far as it is known. */
function plain(text: string, isFirst: boolean, isLast: boolean): string {
  const single = text.replaceAll(/[ \t\r\n]+/g, ' ')
  const begun = isFirst ? single.replace(/^ /, '') : single
  return isLast ? begun.replace(/ $/, '') : begun
}
