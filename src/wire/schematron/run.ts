import { parseXml, type XmlElement } from '../xml/index.ts'
import { DynamicError } from './error.ts'
import type { Check, Context, RuleSet, Trie } from './load.ts'
import type { Severity } from './severity.ts'
import { locationOf, type Node, Tree } from './tree.ts'

/** A check that a document did not pass. */
export interface RuleFinding {
  /** The official id, e.g. `BR-CO-15`. */
  readonly rule: string
  readonly severity: Severity
  /** XPath with the prefixes of the document: `/Invoice/cac:InvoiceLine[3]`. */
  readonly location: string
  /** The text of the rule, or why it could not be evaluated. */
  readonly message: string
  /** `BT-24` where the id or the text names exactly one term. */
  readonly term: string | undefined
  /** The test could not be evaluated, e.g. because an amount is no number: the document is wrong, but the rule did not say so. */
  readonly isError: boolean
}

/** Nobody reads more, and a hostile document could cause millions. */
const findingsMax = 10_000

/** What the functions of a compiled rule set get beside the context node. */
interface State {
  readonly tree: Tree
  readonly document: Node
  /** Values that the document has once, when they have been asked for, and the errors of those that could not be evaluated. */
  readonly globals: unknown[]
  readonly failures: Map<number, Error>
}

/**
 * Runs rule sets, in their order, over an element taken for a whole document. Never throws for what is in the document; time and
 * memory grow with its size. At most 10,000 findings.
 */
export function runRules(root: XmlElement, ruleSets: readonly RuleSet[]): readonly RuleFinding[] {
  const tree = new Tree(root)
  const findings: RuleFinding[] = []
  let stamp = 0
  for (const { patterns, globals } of ruleSets) {
    const kept = emptySlots(globals)
    const state: State = { tree, document: tree.document, globals: kept, failures: new Map() }
    for (const rules of patterns) {
      stamp++
      for (const rule of rules) {
        const turn: Turn = { rule, state, stamp, findings }
        for (const context of rule.contexts) runContext(context, turn)
      }
    }
  }
  return findings
}

/**
 * Asks every context and every check once about a document with nothing in it. The engine of JavaScript compiles a function when it is
 * first called: what it made of the code can be kept behind this, for processes whose first verdict is not to wait for that.
 */
export function rehearse({ patterns, globals }: RuleSet): void {
  const tree = new Tree(parseXml('<nothing><nothing/></nothing>').root)
  const { document } = tree
  // An element in an element: contexts are asked of such as the index gives.
  const node = tree.all.at(-1) ?? document
  const state: State = { tree, document, globals: emptySlots(globals), failures: new Map() }
  for (const { contexts, checks, lets } of patterns.flat()) {
    for (const context of contexts) if (candidates(context, state).length >= 0) isContext(context, node, state)
    const slots = emptySlots(lets)
    for (const { test } of checks) orNothing(() => test(node, state, slots), false)
  }
}

/** The first rule of a pattern that fits a node is the only one: it leaves the stamp of the pattern. [ISO/IEC 19757-3 §6.5] */
interface Turn {
  readonly rule: RuleSet['patterns'][number][number]
  readonly state: State
  readonly stamp: number
  readonly findings: RuleFinding[]
}

const noLets: unknown[] = []

/** Without holes, which are looked for in the prototype, and without the room for more that a growing array takes. */
function emptySlots(count: number): unknown[] {
  // oxlint-disable-next-line unicorn/no-new-array -- Array.from asks an iterator for each of hundreds, for every document.
  return count === 0 ? noLets : new Array<unknown>(count).fill(undefined)
}

function runContext(context: Context, turn: Turn): void {
  const { rule, state, stamp } = turn
  const nodes = candidates(context, state)
  const slots = emptySlots(rule.lets)
  for (let at = 0; at < nodes.length; at++) {
    const node = nodes[at] as Node
    if (node.taken === stamp || !isContext(context, node, state)) continue
    node.taken = stamp
    if (slots.length > 0) slots.fill(undefined)
    const { checks, forbidden } = rule
    runChecks(checks, node, slots, turn)
    if (forbidden !== undefined) findForbidden(forbidden, node, slots, turn)
  }
}

function candidates(context: Context, state: State): readonly Node[] {
  const { tree } = state
  switch (context.by) {
    case 'document':
      return [tree.document]
    case 'element':
      return context.parent === undefined
        ? tree.elementsNamed(context.name)
        : tree.elementsBelow(context.parent, context.name)
    case 'attribute':
      return tree.attributesNamed(context.name)
    case 'any-element':
      return tree.all
    case 'any-attribute':
      return tree.all.flatMap(element => element.attributes)
    case 'search':
  }
  return orNothing(() => context.nodes(state), [])
}

/** An error in a context means that nothing matches. */
function isContext(context: Context, node: Node, state: State): boolean {
  if (context.by === 'document' || context.by === 'search') return true
  // As orNothing, which would make a function for each of all nodes.
  try {
    return context.test === undefined || context.test(node, state)
  } catch (error) {
    if (isDynamic(error)) return false
    throw error
  }
}

/** `lets` are the values of the rule's variables for this node. Nothing is made for each of all nodes that is not needed. */
function runChecks(checks: readonly Check[], node: Node, lets: unknown[], turn: Turn): void {
  const { state } = turn
  for (let at = 0; at < checks.length; at++) {
    const check = checks[at] as Check
    if (check.unless !== undefined && !state.tree.has(check.unless)) continue
    try {
      if (!check.test(node, state, lets)) report(check, { node, lets, turn })
    } catch (error) {
      if (!isDynamic(error)) throw error
      report(check, { node, lets, turn, error })
    }
  }
}

/** Names each check once whose forbidden elements are there, by walking over those that are. */
function findForbidden(trie: Trie, node: Node, lets: unknown[], turn: Turn): void {
  const found = new Set<Check>()
  const visit = (above: Node, branch: Trie): void => {
    for (const child of above.children) {
      const next = branch.get(child.name)
      if (next === undefined) continue
      for (const check of next.checks) found.add(check)
      if (next.below !== undefined) visit(child, next.below)
    }
  }
  visit(node, trie)
  for (const check of found) report(check, { node, lets, turn })
}

interface Failed {
  readonly node: Node
  readonly lets: unknown[]
  readonly turn: Turn
  readonly error?: Error
}

function report(check: Check, { node, lets, turn: { state, findings }, error }: Failed): void {
  if (findings.length === findingsMax) return
  const message = check.message()
  const text = typeof message === 'string' ? message : orNothing(() => message(node, state, lets), check.id)
  findings.push({
    rule: check.id,
    severity: check.severity,
    location: locationOf(node),
    message: error === undefined ? text : `could not be evaluated (${error.message}): ${text}`,
    term: termOf(check.id) ?? onlyTerm(text),
    isError: error !== undefined,
  })
}

/** Of an id such as `UBL-SR-BT-24`. */
function termOf(id: string): string | undefined {
  return /(?:^|[_-])(B[TG]-\d+(?:-\d+)?)$/.exec(id)?.[1]
}

function onlyTerm(text: string): string | undefined {
  const terms = new Set(text.match(/\bB[TG]-\d+(?:-\d+)?\b/g))
  return terms.size === 1 ? [...terms][0] : undefined
}

function orNothing<Result>(evaluate: () => Result, otherwise: Result): Result {
  try {
    return evaluate()
  } catch (error) {
    if (isDynamic(error)) return otherwise
    throw error
  }
}

/** RangeError: a function of the rules called itself too often, or a code point does not exist. */
function isDynamic(error: unknown): error is Error {
  return error instanceof DynamicError || error instanceof RangeError
}
