import { runtime } from './runtime.ts'
import { type Severity, severityOf } from './severity.ts'
import { nameId, type Node } from './tree.ts'

/** Rules ready to run. */
export interface RuleSet {
  readonly title: string
  /** How many asserts and reports there are. */
  readonly size: number
  /** The ids of all of them. */
  readonly ids: ReadonlySet<string>
  /** How many values of a document are kept while they run. */
  readonly globals: number
  /** The rules of every pattern. */
  readonly patterns: readonly (readonly LoadedRule[])[]
}

/** How the nodes are found that a rule is about. */
export type Context =
  | { readonly by: 'document' }
  | ByName
  | { readonly by: 'any-element' | 'any-attribute'; readonly test: ContextTest | undefined }
  | { readonly by: 'search'; readonly nodes: (state: object) => readonly Node[] }

interface ByName {
  readonly by: 'element' | 'attribute'
  readonly name: number
  /** Of the element above. */
  readonly parent: number | undefined
  readonly test: ContextTest | undefined
}

type ContextTest = (node: Node, state: object) => boolean

type Evaluate<Result> = (node: Node, state: object, lets: unknown[]) => Result

export interface Check {
  readonly id: string
  readonly severity: Severity
  /** What it says, or what finds that out. */
  readonly message: () => string | Evaluate<string>
  /** The check holds when the document has no element of this name. */
  readonly unless: number | undefined
  /** Whether the node passes. */
  readonly test: Evaluate<boolean>
}

/**
 * What is the same for every document, as compile.ts writes it: JSON, which is read ten times as fast as JavaScript that says the same.
 * Numbers stand for names and functions, in their order.
 */
export interface Table {
  readonly title: string
  readonly globals: number
  readonly size: number
  readonly namespaces: readonly string[]
  readonly names: readonly (readonly [namespace: number, local: string])[]
  readonly patterns: readonly (readonly TableRule[])[]
}

export interface TableRule {
  readonly contexts: readonly TableContext[]
  /** How many variables it has. */
  readonly lets: number
  /** Of its first check among those of all rules; the messages are in that order. */
  readonly first: number
  readonly checks: readonly TableCheck[]
  /** The checks that only forbid elements, by the names on the way to them. */
  readonly forbidden: readonly TableBranch[]
}

/** `run` is the test, or what finds the nodes; `parent` the name of the element above. */
export interface TableContext {
  readonly by: Context['by']
  readonly name?: number
  readonly parent?: number
  readonly run?: number
}

export interface TableCheck {
  readonly id: string
  readonly flag?: string
  readonly unless?: number
  /** None where it only forbids elements. */
  readonly test?: number
}

/** A name, the checks of the rule that forbid it here, and the same of the names below. */
export type TableBranch = readonly [name: number, checks: readonly number[], below: readonly TableBranch[]]

/** The texts of all checks; a number is that of a function. */
export type Messages = readonly (string | number)[]

/** The code as compile.ts puts it together: two lines of data, which are comments to JavaScript, and what is executed. */
export function writeRules(table: Table, messages: Messages, javascript: string): string {
  return `//${JSON.stringify(table)}\n//${JSON.stringify(messages)}\n${javascript}`
}

/** What `rulesScript` evaluates to. */
export type RulesFactory = (functions: typeof runtime, names: readonly number[]) => readonly unknown[]

/** Makes rules of what compileSchematron wrote: of nothing else, for it is executed. */
export function loadRules(code: string): RuleSet {
  // oxlint-disable-next-line typescript/no-implied-eval, no-new-func
  return linkRules(code, new Function('R', 'N', code) as RulesFactory)
}

/** The code as a script whose value linkRules takes, for who keeps what the engine of JavaScript made of it. */
export function rulesScript(code: string): string {
  return `(function(R,N){${code}})`
}

/** As loadRules, with the value of `rulesScript`. */
export function linkRules(code: string, factory: RulesFactory): RuleSet {
  const tableEnd = code.indexOf('\n')
  const table = JSON.parse(code.slice('//'.length, tableEnd)) as Table
  const names = table.names.map(([namespace, local]) => nameId(table.namespaces[namespace] ?? '', local))
  const functions = factory(runtime, names)
  // Most documents break few rules or none: the texts, a quarter of what there is to read, are read for the first that does.
  let messages: Messages | undefined
  const message = (number: number): string | Evaluate<string> => {
    messages ??= JSON.parse(code.slice(tableEnd + '\n//'.length, code.indexOf('\n', tableEnd + 1))) as Messages
    const text = messages[number] ?? ''
    return typeof text === 'string' ? text : (functions[text] as Evaluate<string>)
  }
  let ids: ReadonlySet<string> | undefined
  return {
    title: table.title,
    globals: table.globals,
    size: table.size,
    get ids() {
      return (ids ??= new Set(table.patterns.flat().flatMap(({ checks }) => checks.map(({ id }) => id))))
    },
    patterns: table.patterns.map(rules => rules.map(rule => new LoadedRule(rule, { names, functions, message }))),
  }
}

interface Linked {
  readonly names: readonly number[]
  readonly functions: readonly unknown[]
  readonly message: (number: number) => string | Evaluate<string>
}

/** Its checks are made when the first node meets them: many rules are about what few documents have. */
class LoadedRule {
  readonly contexts: readonly Context[]
  readonly lets: number
  private readonly table: TableRule
  private readonly linked: Linked
  private tested: readonly Check[] | undefined
  private trie: Trie | undefined
  /** Each check once, wherever it is found: several of its paths may be. */
  private readonly made: Check[] = []

  constructor(table: TableRule, linked: Linked) {
    this.contexts = table.contexts.map(one => contextOf(one, linked))
    this.lets = table.lets
    this.table = table
    this.linked = linked
  }

  get checks(): readonly Check[] {
    return (this.tested ??= this.table.checks.flatMap(({ test }, index) =>
      test === undefined ? [] : this.check(index),
    ))
  }

  get forbidden(): Trie | undefined {
    if (this.table.forbidden.length === 0) return undefined
    return (this.trie ??= new Trie(this.table.forbidden, {
      names: this.linked.names,
      check: index => this.check(index),
    }))
  }

  private check(index: number): Check {
    const { names, functions, message } = this.linked
    const { id = '', flag, unless, test } = this.table.checks[index] ?? {}
    return (this.made[index] ??= {
      id,
      severity: severityOf(flag),
      message: () => message(this.table.first + index),
      unless: unless === undefined ? undefined : names[unless],
      test: test === undefined ? () => true : (functions[test] as Evaluate<boolean>),
    })
  }
}

function contextOf({ by, name = -1, parent, run = -1 }: TableContext, { names, functions }: Linked): Context {
  const found = functions[run]
  switch (by) {
    case 'document':
      return { by }
    case 'element':
    case 'attribute': {
      const above = parent === undefined ? undefined : names[parent]
      return { by, name: names[name] ?? -1, parent: above, test: found as ContextTest | undefined }
    }
    case 'any-element':
    case 'any-attribute':
      return { by, test: found as ContextTest | undefined }
    case 'search':
  }
  return { by, nodes: found as Extract<Context, { by: 'search' }>['nodes'] }
}

interface TrieMaker {
  readonly names: readonly number[]
  readonly check: (index: number) => Check
}

/** Grows where documents go: of some seven hundred paths a document has a few dozen. */
export class Trie {
  private readonly branches: ReadonlyMap<number, TableBranch>
  private readonly grown = new Map<number, { readonly checks: readonly Check[]; readonly below: Trie | undefined }>()
  private readonly maker: TrieMaker

  constructor(branches: readonly TableBranch[], maker: TrieMaker) {
    this.branches = new Map(branches.map(branch => [maker.names[branch[0]] ?? -1, branch]))
    this.maker = maker
  }

  get(name: number): { readonly checks: readonly Check[]; readonly below: Trie | undefined } | undefined {
    const known = this.grown.get(name)
    if (known !== undefined) return known
    const branch = this.branches.get(name)
    if (branch === undefined) return undefined
    const [, checks, branches] = branch
    const below = branches.length === 0 ? undefined : new Trie(branches, this.maker)
    const made = { checks: checks.map(this.maker.check), below }
    this.grown.set(name, made)
    return made
  }
}
