import { attributeOf, childElements, parseXml, type XmlElement } from '../xml/index.ts'
import { SchematronError } from './error.ts'

const schematron = 'http://purl.oclc.org/dsdl/schematron'
const xslt = 'http://www.w3.org/1999/XSL/Transform'

/** What a Schematron file says, its expressions still text. [ISO/IEC 19757-3] */
export interface Schema {
  readonly title: string
  readonly prefixes: ReadonlyMap<string, string>
  readonly lets: readonly Let[]
  /** `xsl:function` elements. */
  readonly functions: readonly XmlElement[]
  readonly patterns: readonly Pattern[]
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

/** Reads the file with what the official rules use; everything else that would change a verdict is refused. Throws SchematronError and XmlError. */
export function readSchema(source: Buffer | string): Schema {
  const { root, text } = parseXml(typeof source === 'string' ? source : decoded(source))
  if (root.namespace !== schematron || root.local !== 'schema') {
    throw new SchematronError('not-schematron', `the root element is ${root.local}, not a schema of ISO Schematron`)
  }
  const binding = attributeOf(root, 'queryBinding') ?? 'xslt'
  if (!bindings.has(binding)) throw new SchematronError('unsupported', `the query binding ${binding} is not compiled`)
  const children = known(root, { names: ['title', 'p', 'ns', 'let', 'phase', 'pattern', 'diagnostics'], text })
  const functions = childElements(root).filter(child => child.namespace === xslt)
  for (const one of functions) {
    if (one.local !== 'function') throw unsupported(one, text)
  }
  const title = children.find(({ local }) => local === 'title')
  return {
    title: title === undefined ? '' : contentOf(title).trim(),
    prefixes: new Map([
      ['xs', 'http://www.w3.org/2001/XMLSchema'],
      ...children
        .filter(({ local }) => local === 'ns')
        .map(one => [needed(one, 'prefix', text), needed(one, 'uri', text)] as const),
    ]),
    lets: letsOf(children, text),
    functions,
    patterns: children.filter(({ local }) => local === 'pattern').map(one => readPattern(one, text)),
  }
}

/** Some official files are ISO 8859-1; the parser reads UTF-8 only. */
function decoded(source: Buffer): Buffer | string {
  const declaration = /^<\?xml[^>]*encoding\s*=\s*["']iso-8859-1["'][^>]*\?>/i.exec(source.toString('latin1', 0, 200))
  return declaration === null ? source : source.toString('latin1', declaration[0].length)
}

function readPattern(element: XmlElement, text: string): Pattern {
  refuseReuse(element, text)
  const children = known(element, { names: ['title', 'p', 'let', 'rule'], text })
  const id = attributeOf(element, 'id')
  return {
    lets: letsOf(children, text),
    rules: children.filter(({ local }) => local === 'rule').map(one => readRule(one, { id, text })),
  }
}

interface Within {
  /** Of the pattern. */
  readonly id: string | undefined
  readonly text: string
}

function readRule(element: XmlElement, within: Within): Rule {
  const { text } = within
  refuseReuse(element, text)
  const children = known(element, { names: ['p', 'let', 'assert', 'report'], text })
  return {
    context: needed(element, 'context', text),
    lets: letsOf(children, text),
    checks: children.filter(({ local }) => local === 'assert' || local === 'report').map(one => readCheck(one, within)),
    place: placeOf(element, text),
  }
}

function readCheck(element: XmlElement, { id, text }: Within): Check {
  const message = partsOf(element, text)
  const opening = message.find(part => typeof part === 'string' && part.trim() !== '')
  // Rules without an id begin their message with it: [BR-45]-Each VAT breakdown …
  const told = typeof opening === 'string' ? /^\s*\[([^\]\s]+)\]/.exec(opening)?.[1] : undefined
  const place = placeOf(element, text)
  return {
    kind: element.local === 'report' ? 'report' : 'assert',
    id: attributeOf(element, 'id') ?? told ?? id ?? place,
    flag: attributeOf(element, 'flag') ?? attributeOf(element, 'role'),
    test: needed(element, 'test', text),
    message,
    place,
  }
}

function partsOf(element: XmlElement, text: string): MessagePart[] {
  return element.children.flatMap((child): MessagePart[] => {
    if (child.kind === 'text') return [child.value]
    if (child.kind !== 'element') return []
    if (child.local === 'value-of') return [{ select: needed(child, 'select', text) }]
    if (child.local === 'name') return [{ select: `name(${attributeOf(child, 'path') ?? '.'})` }]
    return partsOf(child, text)
  })
}

function letsOf(elements: readonly XmlElement[], text: string): Let[] {
  return elements
    .filter(({ local }) => local === 'let')
    .map(element => ({
      name: needed(element, 'name', text),
      value: attributeOf(element, 'value'),
      text: contentOf(element),
      place: placeOf(element, text),
    }))
}

/** The Schematron children; one of another name would be passed over silently. */
function known(
  element: XmlElement,
  { names, text }: { readonly names: readonly string[]; readonly text: string },
): readonly XmlElement[] {
  const children = childElements(element).filter(({ namespace }) => namespace === schematron)
  for (const child of children) if (!names.includes(child.local)) throw unsupported(child, text)
  return children
}

function refuseReuse(element: XmlElement, text: string): void {
  if (attributeOf(element, 'abstract') === 'true' || attributeOf(element, 'is-a') !== undefined)
    throw unsupported(element, text)
}

function unsupported(element: XmlElement, text: string): SchematronError {
  return new SchematronError('unsupported', `${placeOf(element, text)}: such a ${element.local} is not compiled`)
}

function needed(element: XmlElement, name: string, text: string): string {
  const value = attributeOf(element, name)
  if (value === undefined) throw new SchematronError('syntax', `${placeOf(element, text)}: ${name} is missing`)
  return value
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

/** `assert BR-01 in line 12` */
function placeOf(element: XmlElement, text: string): string {
  const name = attributeOf(element, 'id') ?? attributeOf(element, 'name') ?? ''
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < element.start; at = text.indexOf('\n', at + 1)) line++
  return `${element.local}${name === '' ? '' : ` ${name}`} in line ${line}`
}
