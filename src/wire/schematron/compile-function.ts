import { attributeOf, childElements, type XmlElement } from '../xml/index.ts'
import type { Declared } from './cast.ts'
import {
  asBoolean,
  asItems,
  type Code,
  type Program,
  quoted,
  type Scope,
  type Signature,
  type UserFunction,
} from './code.ts'
import { compile } from './compile-expression.ts'
import { SchematronError } from './error.ts'
import { type AtomicType, atomicTypes } from './expression.ts'
import { parseExpression } from './parse.ts'
import { contentOf } from './schema.ts'

/** Makes a function callable before its body, which may call it, is compiled. */
export function declareFunction(element: XmlElement, program: Program): void {
  const name = attribute(element, 'name')
  const parameters = childElements(element)
    .filter(({ local }) => local === 'param')
    .map((one): Signature => ({ name: attribute(one, 'name'), declared: declaredOf(attributeOf(one, 'as')) }))
  const result = declaredOf(attributeOf(element, 'as'))
  program.functions.set(name, { js: `f${program.functions.size}`, parameters, result })
}

/** The body of an `xsl:function` of XSLT 2.0: param, variable, sequence, value-of and choose. */
export function compileFunction(element: XmlElement, globals: ReadonlyMap<string, Code>, program: Program): string {
  const own = program.functions.get(attribute(element, 'name'))
  if (own === undefined) throw new SchematronError('undeclared', 'the function is not declared')
  const variables = new Map(globals)
  const names = own.parameters.map(({ name, declared }) => {
    const js = program.fresh()
    variables.set(name, typedCode(js, declared))
    return js
  })
  const body = compileBody(childElements(element), { node: undefined, current: undefined, variables }, program)
  return `function ${own.js}(${['D', ...names].join(',')}){${body.lines}return ${converted(body.result, own, program)};}`
}

/** A parameter was converted by the call: a declared string is one. */
function typedCode(js: string, declared: Declared | undefined): Code {
  const isOne = declared !== undefined && !declared.optional && !declared.many
  if (isOne && declared.type === 'xs:string') return { type: 'string', js: `textOf(${js}[0])` }
  return { type: 'items', js }
}

function converted(js: string, { result }: UserFunction, program: Program): string {
  return result === undefined ? js : `convert(${js},${program.constant(JSON.stringify(result))})`
}

interface Body {
  /** Statements before the result. */
  readonly lines: string
  /** A sequence. */
  readonly result: string
}

function compileBody(elements: readonly XmlElement[], outer: Scope, program: Program): Body {
  const variables = new Map(outer.variables)
  const scope: Scope = { ...outer, variables }
  let lines = ''
  const results: string[] = []
  const evaluate = (select: string): Code => compile(parseExpression(select), scope, program)
  for (const element of elements) {
    switch (element.local) {
      case 'param':
        break
      case 'variable': {
        const js = program.fresh()
        const declared = declaredOf(attributeOf(element, 'as'))
        lines += `const ${js}=${variableValue(element, { scope, program, declared })};`
        variables.set(attribute(element, 'name'), typedCode(js, declared))
        break
      }
      case 'sequence':
      case 'value-of':
        results.push(asItems(evaluate(attribute(element, 'select')), program))
        break
      case 'choose':
        results.push(compileChoose(element, scope, program))
        break
      default:
        throw new SchematronError('unsupported', `xsl:${element.local} is not compiled`)
    }
  }
  const [only] = results
  const isOne = results.length === 1 && only !== undefined
  return { lines, result: isOne ? only : `[${results.map(one => `...${one}`).join(',')}]` }
}

function variableValue(
  element: XmlElement,
  {
    scope,
    program,
    declared,
  }: { readonly scope: Scope; readonly program: Program; readonly declared: Declared | undefined },
): string {
  const select = attributeOf(element, 'select')
  const children = childElements(element)
  const js =
    select === undefined
      ? contentValue(element, children, { scope, program })
      : asItems(compile(parseExpression(select), scope, program), program)
  return declared === undefined ? js : `convert(${js},${program.constant(JSON.stringify(declared))})`
}

function contentValue(
  element: XmlElement,
  children: readonly XmlElement[],
  { scope, program }: { readonly scope: Scope; readonly program: Program },
): string {
  if (children.length === 0) return program.constant(`[${quoted(contentOf(element))}]`)
  const { lines, result } = compileBody(children, scope, program)
  return `(()=>{${lines}return ${result};})()`
}

function compileChoose(element: XmlElement, scope: Scope, program: Program): string {
  return childElements(element).reduceRight((otherwise, branch) => {
    const { lines, result } = compileBody(childElements(branch), scope, program)
    const value = lines === '' ? result : `(()=>{${lines}return ${result};})()`
    if (branch.local !== 'when') return value
    return `(${asBoolean(compile(parseExpression(attribute(branch, 'test')), scope, program))}?${value}:${otherwise})`
  }, '[]')
}

/** `xs:string?`, `element()*`; undefined when nothing is declared. Throws SchematronError `unsupported`. */
function declaredOf(text: string | undefined): Declared | undefined {
  if (text === undefined) return undefined
  const [, name = '', mark = ''] = /^\s*(.*?)([?*+]?)\s*$/.exec(text) ?? []
  const occurrence = { optional: mark === '?' || mark === '*', many: mark === '*' || mark === '+' }
  if (/^(?:element|attribute|node|text|document-node)\(.*\)$/.test(name)) return { type: 'node', ...occurrence }
  if (name === 'item()' || name === 'xs:anyAtomicType') return { type: 'item', ...occurrence }
  const type = atomicTypes.find((known): known is AtomicType => known === name)
  if (type === undefined) throw new SchematronError('unsupported', `the type ${text} is not compiled`)
  return { type, ...occurrence }
}

function attribute(element: XmlElement, name: string): string {
  const value = attributeOf(element, name)
  if (value === undefined) throw new SchematronError('syntax', `xsl:${element.local} has no ${name}`)
  return value
}
