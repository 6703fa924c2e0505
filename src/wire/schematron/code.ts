import { SchematronError } from './error.ts'
import type { Declared } from './cast.ts'

/** A piece of JavaScript and what its value is. */
export type Code =
  | NodesCode
  | ItemsCode
  | { readonly type: 'boolean' | 'string' | 'double'; readonly js: string }
  /** A whole number that a JavaScript number holds exactly: counts, lengths, positions. */
  | { readonly type: 'integer'; readonly js: string; readonly literal?: boolean }

/** Any sequence, as an array. */
interface ItemsCode {
  readonly type: 'items'
  readonly js: string
  /** A constant list of strings. */
  readonly texts?: readonly string[]
  /** The name of a constant Set of them. */
  readonly set?: string
  /** One string for each of the nodes `from`: the JavaScript of that string, where the node has the name `node`. */
  readonly each?: { readonly from: string; readonly node: string; readonly text: string } | undefined
}

export interface NodesCode {
  readonly type: 'nodes'
  /** An array of nodes in document order. */
  readonly js: string
  /** When it is always exactly one node: that node. */
  readonly one?: string | undefined
  /** A cheaper way to ask whether there is any. */
  readonly exists?: string | undefined
  /** A cheaper way to ask for the string of the only one. */
  readonly text?: string | undefined
  /** The name of an element without which there is none. */
  readonly requires?: string | undefined
}

/** Where an expression stands. */
export interface Scope {
  /** The JavaScript of the context node; undefined where there is none. */
  readonly node: string | undefined
  /** The context item is a value, not a node. */
  readonly isAtomic?: boolean
  readonly position?: string
  readonly size?: string
  /** The node that the rule is about. */
  readonly current: string | undefined
  readonly variables: ReadonlyMap<string, Code>
}

export interface UserFunction {
  readonly js: string
  readonly parameters: readonly Signature[]
  readonly result: Declared | undefined
}

export interface Signature {
  readonly name: string
  readonly declared: Declared | undefined
}

/** What the expressions of one schema share: names, constants, functions. The text it builds is the same for the same schema. */
export class Program {
  readonly prefixes: ReadonlyMap<string, string>
  readonly functions = new Map<string, UserFunction>()
  readonly lines: string[] = []
  private readonly look: (href: string) => Buffer
  private readonly constants = new Map<string, string>()
  private readonly documents = new Map<string, string>()
  private count = 0
  private globalsCount = 0

  constructor(prefixes: ReadonlyMap<string, string>, look: (href: string) => Buffer) {
    this.prefixes = prefixes
    this.look = look
  }

  /** Whether any expression looks values up in another file. */
  get looksUp(): boolean {
    return this.documents.size > 0
  }

  /** The JavaScript of the document node of a file, which is part of the code and parsed when it is first asked for. Throws SchematronError `unresolved`. */
  document(href: string): string {
    let name = this.documents.get(href)
    if (name === undefined) {
      name = this.once(`R.documentOf(${quoted(this.look(href).toString('utf8'))})`)
      this.documents.set(href, name)
    }
    return name
  }

  /** Evaluated when it is first asked for, once for all documents. */
  once(js: string): string {
    const name = this.fresh()
    this.lines.push(`let ${name}s;function ${name}(){return ${name}s??=${js};}`)
    return `${name}()`
  }

  /** How many values of the document are kept while the rules run. */
  get globals(): number {
    return this.globalsCount
  }

  /**
   * Evaluated when it is first asked for, once for each document, failures too: a hostile document must not have them found out for
   * every node. The values are in an array because an object with hundreds of names is a hash table.
   */
  global(js: string): string {
    const [name, slot] = [this.fresh(), this.globalsCount++]
    const evaluate = `R.failIfFailed(D,${slot});try{return g[${slot}]=${js};}catch(e){throw R.failed(D,${slot},e);}`
    this.lines.push(`function ${name}(D){const g=D.globals,v=g[${slot}];if(v!==undefined)return v;${evaluate}}`)
    return `${name}(D)`
  }

  /** A variable name that nothing else has. */
  fresh(): string {
    return `v${this.count++}`
  }

  /** Evaluated once, when the rules are loaded. */
  constant(js: string): string {
    let name = this.constants.get(js)
    if (name === undefined) {
      name = `k${this.constants.size}`
      this.constants.set(js, name)
      this.lines.push(`const ${name}=${js};`)
    }
    return name
  }

  /** The constant with the number of an expanded name. Throws SchematronError `undeclared`. */
  name(prefix: string, local: string): string {
    return this.constant(`R.nameId(${quoted(this.namespace(prefix))},${quoted(local)})`)
  }

  namespace(prefix: string): string {
    const uri = prefix === '' ? '' : this.prefixes.get(prefix)
    if (uri === undefined) throw new SchematronError('undeclared', `the prefix ${prefix} is not declared`)
    return uri
  }
}

/** A JavaScript string literal, whatever the rules say in it; in ASCII, which V8 reads in half the time. */
export function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[^\x20-\x7E]/g,
    unit => String.raw`\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

export function asItems(code: Code, program: Program): string {
  if (code.type === 'nodes' || code.type === 'items') return code.js
  if (code.type !== 'integer') return `[${code.js}]`
  return code.literal === true ? program.constant(`[R.integerOf(${code.js})]`) : `[R.integerOf(${code.js})]`
}

export function asNodes(code: Code): string {
  if (code.type === 'nodes') return code.js
  if (code.type === 'items') return `R.nodesOf(${code.js})`
  throw new SchematronError('unsupported', `a ${code.type} stands where nodes are wanted`)
}

export function asBoolean(code: Code): string {
  switch (code.type) {
    case 'boolean':
      return code.js
    case 'nodes':
      return code.exists ?? `(${code.js}).length>0`
    case 'string':
      return `(${code.js})!==""`
    case 'integer':
      return `(${code.js})!==0`
    case 'double':
      return `R.truthOfDouble(${code.js})`
    case 'items':
  }
  return `R.truthOf(${code.js})`
}

export function asString(code: Code): string {
  switch (code.type) {
    case 'string':
      return code.js
    case 'nodes':
      if (code.text !== undefined) return code.text
      return code.one === undefined ? `R.textOfOnly(${code.js})` : `R.stringOf(${code.one})`
    case 'boolean':
    case 'integer':
      return `String(${code.js})`
    case 'double':
      return `R.textOf(${code.js})`
    case 'items':
  }
  return `R.textOfSingle(${code.js})`
}

export function asDouble(code: Code, program: Program): string {
  return code.type === 'double' || code.type === 'integer' ? code.js : `R.toDouble(${asItems(code, program)})`
}
