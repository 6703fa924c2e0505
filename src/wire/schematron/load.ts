import { runtime } from './runtime.ts'
import { type Severity, severityOf } from './severity.ts'
import type { Node } from './tree.ts'

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

interface LoadedRule {
  readonly contexts: readonly Context[]
  /** How many variables it has. */
  readonly lets: number
  readonly checks: readonly Check[]
  /** The checks that only forbid elements, by the names on the way to them. */
  readonly forbidden: Trie | undefined
}

/** How the nodes are found that a rule is about. */
export type Context =
  | { readonly by: 'document' }
  | { readonly by: 'element' | 'attribute'; readonly name: number; readonly test: ContextTest }
  | { readonly by: 'any-element' | 'any-attribute'; readonly test: ContextTest }
  | { readonly by: 'search'; readonly nodes: (state: object) => readonly Node[] }

type ContextTest = (node: Node, state: object) => boolean

type Evaluate<Result> = (node: Node, state: object, lets: unknown[]) => Result

export interface Check {
  readonly id: string
  readonly severity: Severity
  readonly message: string | Evaluate<string>
  /** The check holds when the document has no element of this name. */
  readonly unless: number | undefined
  /** Whether the node passes. */
  readonly test: Evaluate<boolean>
}

export type Trie = ReadonlyMap<number, { readonly checks: readonly Check[]; readonly below: Trie | undefined }>

/** The form that compile.ts writes. */
interface Written {
  readonly title: string
  readonly globals: number
  readonly patterns: readonly (readonly {
    readonly contexts: readonly Context[]
    readonly lets: number
    readonly checks: readonly WrittenCheck[]
  }[])[]
}

interface WrittenCheck {
  readonly id: string
  readonly flag?: string
  readonly message: Check['message']
  readonly unless?: number
  readonly test?: Evaluate<boolean>
  readonly forbidden?: readonly (readonly number[])[]
}

/** What `rulesScript` evaluates to. */
export type RulesFactory = (functions: typeof runtime) => unknown

/** Makes rules of what compileSchematron wrote: of nothing else, for it is executed. */
export function loadRules(code: string): RuleSet {
  // oxlint-disable-next-line typescript/no-implied-eval, no-new-func
  return linkRules(new Function('R', code) as RulesFactory)
}

/** The code as a script whose value linkRules takes, for who keeps what the engine of JavaScript made of it. */
export function rulesScript(code: string): string {
  return `(function(R){${code}})`
}

/** As loadRules, of the value of `rulesScript`. */
export function linkRules(factory: RulesFactory): RuleSet {
  const written = factory(runtime) as Written
  let ids: ReadonlySet<string> | undefined
  return {
    title: written.title,
    globals: written.globals,
    size: written.patterns.flat().reduce((sum, { checks }) => sum + checks.length, 0),
    // Loading does not wait for what few ask for.
    get ids() {
      return (ids ??= new Set(written.patterns.flat().flatMap(({ checks }) => checks.map(({ id }) => id))))
    },
    patterns: written.patterns.map(rules =>
      rules.map(({ contexts, lets, checks }) => ({
        contexts,
        lets,
        checks: checks.filter(({ test }) => test !== undefined).map(loadCheck),
        forbidden: trieOf(checks),
      })),
    ),
  }
}

function loadCheck({ id, flag, message, unless, test = () => true }: WrittenCheck): Check {
  return { id, severity: severityOf(flag), message, unless, test }
}

type Growing = Map<number, Branch>

interface Branch {
  readonly checks: Check[]
  below: Growing | undefined
}

function trieOf(checks: readonly WrittenCheck[]): Trie | undefined {
  const root: Branch = { checks: [], below: undefined }
  for (const written of checks) {
    if (written.forbidden === undefined) continue
    const check = loadCheck(written)
    for (const path of written.forbidden) path.reduce(grown, root).checks.push(check)
  }
  return root.below
}

/** Most branches end where they begin: a map for each of them would be half of what loading takes. */
function grown(branch: Branch, name: number): Branch {
  branch.below ??= new Map()
  let next = branch.below.get(name)
  if (next === undefined) branch.below.set(name, (next = { checks: [], below: undefined }))
  return next
}
