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

/**
 * What the expressions of one schema share: names, constants, functions. The text it builds is the same for the same schema. In it `n` and a
 * number is the number of a name, `k` a constant, `p` a function, `v` a variable within one, `f` a function of the rules' own.
 */
export class Program {
  readonly prefixes: ReadonlyMap<string, string>
  readonly functions = new Map<string, UserFunction>()
  readonly lines: string[] = []
  /** Expanded names, each where its number is in the code. */
  readonly names: (readonly [namespace: string, local: string])[] = []
  private readonly look: (href: string) => Buffer
  private readonly known = new Map<string, string>()
  private readonly documents = new Map<string, string>()
  private variablesCount = 0
  private constantsCount = 0
  private functionsCount = 0
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
      name = this.once(`documentOf(${quoted(this.look(href).toString('utf8'))})`)
      this.documents.set(href, name)
    }
    return name
  }

  /** The name of a function with the result; rules say the same again and again, and what loading takes grows with the functions. */
  function(parameters: string, result: string): string {
    const body = `(${parameters}){return ${renumbered(result)};}`
    return this.same(body, () => {
      const name = `p${this.functionsCount++}`
      this.lines.push(`function ${name}${body}`)
      return name
    })
  }

  /** Evaluated when it is first asked for, once for all documents. */
  once(js: string): string {
    const value = renumbered(js)
    return this.same(`once ${value}`, () => {
      const name = `p${this.functionsCount++}`
      this.lines.push(`let ${name}s;function ${name}(){return ${name}s??=${value};}`)
      return `${name}()`
    })
  }

  /** How many values of the document are kept while the rules run. */
  get globals(): number {
    return this.globalsCount
  }

  /** Evaluated when it is first asked for, once for each document: see `kept`, which every rule that says the same shares. */
  global(js: string): string {
    const evaluate = this.function('D', js)
    return this.same(`kept ${evaluate}`, () => `kept(D,${this.globalsCount++},${evaluate})`)
  }

  /** A variable name that nothing else has. */
  fresh(): string {
    return `v${this.variablesCount++}`
  }

  /** Evaluated once, when the rules are loaded. */
  constant(js: string): string {
    return this.same(`const ${js}`, () => {
      const name = `k${this.constantsCount++}`
      this.lines.push(`const ${name}=${js};`)
      return name
    })
  }

  /** The constant with the number of an expanded name. Throws SchematronError `undeclared`. */
  name(prefix: string, local: string): string {
    const namespace = this.namespace(prefix)
    return this.same(`name {${namespace}}${local}`, () => `n${this.names.push([namespace, local]) - 1}`)
  }

  namespace(prefix: string): string {
    const uri = prefix === '' ? '' : this.prefixes.get(prefix)
    if (uri === undefined) throw new SchematronError('undeclared', `the prefix ${prefix} is not declared`)
    return uri
  }

  private same(key: string, make: () => string): string {
    let found = this.known.get(key)
    if (found === undefined) this.known.set(key, (found = make()))
    return found
  }
}

/** The index of a name in `Program.names`, of the constant that the code has of it. */
export function indexOfName(constant: string): number {
  return Number(constant.slice(1))
}

/** Whether the JavaScript of a variable is the same wherever in the code it stands. */
export function isShared(js: string): boolean {
  return /^(?:kept\(D,\d+,p\d+\)|p\d+\(\)|k\d+)$/.test(js)
}

/** The same expression at two places differs in the names of its variables only: counted from 0 they are equal. */
function renumbered(js: string): string {
  const numbers = new Map<string, string>()
  return js.replaceAll(/"(?:[^"\\]|\\.)*"|\bv\d+\b/g, part => {
    if (part.startsWith('"')) return part
    let name = numbers.get(part)
    if (name === undefined) numbers.set(part, (name = `v${numbers.size}`))
    return name
  })
}

/** A JavaScript string literal, whatever the rules say in it; in ASCII, which V8 reads in half the time. */
export function quoted(text: string): string {
  return ascii(JSON.stringify(text))
}

/** Of JSON or JavaScript in which only strings are not ASCII. */
export function ascii(text: string): string {
  return text.replaceAll(/[^\n\x20-\x7E]/g, unit => String.raw`\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

export function asItems(code: Code, program: Program): string {
  if (code.type === 'nodes' || code.type === 'items') return code.js
  if (code.type !== 'integer') return `[${code.js}]`
  return code.literal === true ? program.constant(`[integerOf(${code.js})]`) : `[integerOf(${code.js})]`
}

export function asNodes(code: Code): string {
  if (code.type === 'nodes') return code.js
  if (code.type === 'items') return `nodesOf(${code.js})`
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
      return `truthOfDouble(${code.js})`
    case 'items':
  }
  return `truthOf(${code.js})`
}

export function asString(code: Code): string {
  switch (code.type) {
    case 'string':
      return code.js
    case 'nodes':
      if (code.text !== undefined) return code.text
      return code.one === undefined ? `textOfOnly(${code.js})` : `stringOf(${code.one})`
    case 'boolean':
    case 'integer':
      return `String(${code.js})`
    case 'double':
      return `textOf(${code.js})`
    case 'items':
  }
  return `textOfSingle(${code.js})`
}

export function asDouble(code: Code, program: Program): string {
  return code.type === 'double' || code.type === 'integer' ? code.js : `toDouble(${asItems(code, program)})`
}
