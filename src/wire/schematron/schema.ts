import { attributeOf, type XmlElement } from '../xml/index.ts'
import { SchematronError } from './error.ts'
import { Files, type Resolve, schematron, type Substitute, substituting, unchanged } from './reuse.ts'

const xslt = 'http://www.w3.org/1999/XSL/Transform'

/** What a Schematron file says, its expressions still text. [ISO/IEC 19757-3] */
export interface Schema {
  readonly title: string
  readonly prefixes: ReadonlyMap<string, string>
  readonly lets: readonly Let[]
  /** `xsl:function` elements. */
  readonly functions: readonly XmlElement[]
  readonly patterns: readonly Pattern[]
  /** Reads a file that an expression looks values up in. Throws SchematronError `unresolved`. */
  readonly look: (href: string) => Buffer
}

export interface Let {
  readonly name: string
  /** undefined when the value is the text. */
  readonly value: string | undefined
  readonly text: string
  readonly place: string
}

interface Pattern {
  readonly lets: readonly Let[]
  readonly rules: readonly Rule[]
}

export interface Rule {
  readonly context: string
  readonly lets: readonly Let[]
  readonly checks: readonly Check[]
  readonly place: string
}

export interface Check {
  readonly kind: 'assert' | 'report'
  readonly id: string
  /** `flag`, else `role`; undefined when neither is given. */
  readonly flag: string | undefined
  readonly test: string
  readonly message: readonly MessagePart[]
  readonly place: string
}

/** Text, or an expression whose value stands in the message. */
export type MessagePart = string | { readonly select: string }

const bindings: ReadonlySet<string> = new Set(['xslt', 'xslt2', 'xpath2'])

/**
 * Reads the file with what the official rules use: includes, abstract patterns and rules are resolved; everything else that would change a
 * verdict is refused. Throws SchematronError and XmlError.
 */
export function readSchema(source: Buffer | string, resolve: Resolve): Schema {
  const files = new Files(source, resolve)
  const { root } = files
  if (root.namespace !== schematron || root.local !== 'schema') {
    throw new SchematronError('not-schematron', `the root element is ${root.local}, not a schema of ISO Schematron`)
  }
  const binding = attributeOf(root, 'queryBinding') ?? 'xslt'
  if (!bindings.has(binding)) throw new SchematronError('unsupported', `the query binding ${binding} is not compiled`)
  const all = files.childrenOf(root)
  const names = ['title', 'p', 'ns', 'let', 'phase', 'pattern', 'rules', 'diagnostics']
  const children = known(all, names, files)
  const functions = all.filter(child => child.namespace === xslt)
  for (const one of functions) {
    if (one.local !== 'function') throw unsupported(one, files)
  }
  const title = children.find(({ local }) => local === 'title')
  const whole: Within = { files, substitute: unchanged, id: undefined }
  return {
    title: title === undefined ? '' : contentOf(title).trim(),
    prefixes: new Map([
      ['xs', 'http://www.w3.org/2001/XMLSchema'],
      ...children
        .filter(({ local }) => local === 'ns')
        .map(one => [needed(one, 'prefix', whole), needed(one, 'uri', whole)] as const),
    ]),
    lets: letsOf(children, whole),
    functions,
    patterns: children
      .filter(one => one.local === 'pattern' && attributeOf(one, 'abstract') !== 'true')
      .map(one => readPattern(one, files)),
    look: href => files.look(href),
  }
}

interface Within {
  readonly files: Files
  /** Of the parameters of an abstract pattern. */
  readonly substitute: Substitute
  /** Of the pattern. */
  readonly id: string | undefined
}

/** A pattern of its own, or an abstract one with its parameters filled in. */
function readPattern(element: XmlElement, files: Files): Pattern {
  if (attributeOf(element, 'documents') !== undefined) throw unsupported(element, files)
  const model = attributeOf(element, 'is-a')
  const id = attributeOf(element, 'id')
  if (model === undefined) return patternOf([element], { files, substitute: unchanged, id })
  const abstract = files.abstractOf('pattern', model, element)
  const parameters = [abstract, element].flatMap(one =>
    files
      .childrenOf(one)
      .filter(({ local, namespace }) => local === 'param' && namespace === schematron)
      .map(param => {
        const within: Within = { files, substitute: unchanged, id }
        return [needed(param, 'name', within), needed(param, 'value', within)] as const
      }),
  )
  return patternOf([abstract, element], { files, substitute: substituting(new Map(parameters)), id })
}

function patternOf(elements: readonly XmlElement[], within: Within): Pattern {
  const { files } = within
  const names = ['title', 'p', 'let', 'rule', 'param']
  const children = elements.flatMap(one => known(files.childrenOf(one), names, files))
  return {
    lets: letsOf(children, within),
    rules: children
      .filter(({ local }) => local === 'rule')
      .filter(one => attributeOf(one, 'abstract') !== 'true')
      .map(one => readRule(one, within)),
  }
}

function readRule(element: XmlElement, within: Within): Rule {
  const { files } = within
  const children = known(extended(element, files, []), ['p', 'let', 'assert', 'report'], files)
  return {
    context: needed(element, 'context', within),
    lets: letsOf(children, within),
    checks: children.filter(({ local }) => local === 'assert' || local === 'report').map(one => readCheck(one, within)),
    place: files.placeOf(element),
  }
}

/** The children of a rule, with those of the abstract rules that it extends in place. */
function extended(element: XmlElement, files: Files, through: readonly XmlElement[]): readonly XmlElement[] {
  if (through.includes(element)) {
    throw new SchematronError('unresolved', `${files.placeOf(element)}: the rule extends itself`)
  }
  return files.childrenOf(element).flatMap(child => {
    if (child.namespace !== schematron || child.local !== 'extends') return [child]
    const id = attributeOf(child, 'rule')
    if (id === undefined) throw new SchematronError('syntax', `${files.placeOf(child)}: rule is missing`)
    return extended(files.abstractOf('rule', id, child), files, [...through, element])
  })
}

function readCheck(element: XmlElement, within: Within): Check {
  const message = partsOf(element, within)
  const opening = message.find(part => typeof part === 'string' && part.trim() !== '')
  // Rules without an id begin their message with it: [BR-45]-Each VAT breakdown …
  const told = typeof opening === 'string' ? /^\s*\[([^\]\s]+)\]/.exec(opening)?.[1] : undefined
  const place = within.files.placeOf(element)
  return {
    kind: element.local === 'report' ? 'report' : 'assert',
    id: attributeOf(element, 'id') ?? told ?? within.id ?? place,
    flag: attributeOf(element, 'flag') ?? attributeOf(element, 'role'),
    test: needed(element, 'test', within),
    message,
    place,
  }
}

function partsOf(element: XmlElement, within: Within): MessagePart[] {
  return element.children.flatMap((child): MessagePart[] => {
    if (child.kind === 'text') return [child.value]
    if (child.kind !== 'element') return []
    if (child.local === 'value-of') return [{ select: needed(child, 'select', within) }]
    if (child.local === 'name') return [{ select: `name(${within.substitute(attributeOf(child, 'path') ?? '.')})` }]
    return partsOf(child, within)
  })
}

function letsOf(elements: readonly XmlElement[], { files, substitute, id }: Within): Let[] {
  return elements
    .filter(({ local }) => local === 'let')
    .map(element => {
      const value = attributeOf(element, 'value')
      return {
        name: needed(element, 'name', { files, substitute: unchanged, id }),
        value: value === undefined ? undefined : substitute(value),
        text: contentOf(element),
        place: files.placeOf(element),
      }
    })
}

/** The Schematron children; one of another name would be passed over silently. */
function known(elements: readonly XmlElement[], names: readonly string[], files: Files): readonly XmlElement[] {
  const children = elements.filter(({ namespace }) => namespace === schematron)
  for (const child of children) if (!names.includes(child.local)) throw unsupported(child, files)
  return children
}

function unsupported(element: XmlElement, files: Files): SchematronError {
  return new SchematronError('unsupported', `${files.placeOf(element)}: such a ${element.local} is not compiled`)
}

function needed(element: XmlElement, name: string, { files, substitute }: Within): string {
  const value = attributeOf(element, name)
  if (value === undefined) throw new SchematronError('syntax', `${files.placeOf(element)}: ${name} is missing`)
  return substitute(value)
}

/** All text within. */
export function contentOf(element: XmlElement): string {
  return element.children
    .map(child => {
      if (child.kind === 'text') return child.value
      return child.kind === 'element' ? contentOf(child) : ''
    })
    .join('')
}
