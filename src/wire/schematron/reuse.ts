import { attributeOf, childElements, parseXml, type XmlElement } from '../xml/index.ts'
import { SchematronError } from './error.ts'

export const schematron = 'http://purl.oclc.org/dsdl/schematron'

/** What a file of rules asks for: `href` as it is written, `from` the name of the file that asks, '' for the rules themselves. */
export interface Reference {
  readonly href: string
  readonly from: string
}

/** Finds a file that rules include or look values up in; its name is the `from` of what it asks for in turn. Undefined when there is none. */
export type Resolve = (reference: Reference) => { readonly name: string; readonly octets: Buffer } | undefined

/** Some official files are ISO 8859-1; the parser reads UTF-8 only. */
function decoded(source: Buffer): Buffer | string {
  const declaration = /^<\?xml[^>]*encoding\s*=\s*["']iso-8859-1["'][^>]*\?>/i.exec(source.toString('latin1', 0, 200))
  return declaration === null ? source : source.toString('latin1', declaration[0].length)
}

interface File {
  readonly name: string
  readonly text: string
}

/** Deeper nesting of files is a circle. */
const includesMax = 32

/**
 * The files of one schema: what is included stands where the include was, what is abstract is found by its id. [ISO/IEC 19757-3 §5.4, §6.2, §6.3]
 */
export class Files {
  readonly root: XmlElement
  private readonly resolve: Resolve
  private readonly byRoot = new Map<XmlElement, File>()
  private readonly byReference = new Map<string, XmlElement>()
  private readonly abstracts = new Map<string, XmlElement>()

  /** Throws SchematronError and XmlError. */
  constructor(source: Buffer | string, resolve: Resolve) {
    this.resolve = resolve
    const { root, text } = parseXml(typeof source === 'string' ? source : decoded(source))
    this.root = root
    this.byRoot.set(root, { name: '', text })
    this.collect(root, 0)
  }

  /** The children of the namespace of Schematron, included ones in place, and those of other namespaces. */
  childrenOf(element: XmlElement, depth = 0): readonly XmlElement[] {
    return childElements(element).flatMap(child => {
      if (child.namespace !== schematron) return [child]
      const href = child.local === 'include' || child.local === 'extends' ? attributeOf(child, 'href') : undefined
      if (href === undefined) {
        if (child.local === 'include') throw new SchematronError('syntax', `${this.placeOf(child)}: href is missing`)
        return [child]
      }
      if (depth === includesMax) throw new SchematronError('unresolved', `${this.placeOf(child)}: includes itself`)
      const found = this.open(child, href)
      // The whole element in place of an include, what is in it in place of an extends.
      if (child.local === 'extends') return this.childrenOf(found, depth + 1)
      return this.isInclude(found) ? this.childrenOf({ ...found, children: [found] }, depth + 1) : [found]
    })
  }

  private isInclude(element: XmlElement): boolean {
    return element.namespace === schematron && element.local === 'include'
  }

  /** The abstract pattern or rule of that id. Throws SchematronError `undeclared`. */
  abstractOf(kind: 'pattern' | 'rule', id: string, wanted: XmlElement): XmlElement {
    const found = this.abstracts.get(`${kind} ${id}`)
    if (found !== undefined) return found
    throw new SchematronError('undeclared', `${this.placeOf(wanted)}: there is no abstract ${kind} ${id}`)
  }

  /** `assert BR-01 in line 12`, and of which file when it is an included one. */
  placeOf(element: XmlElement): string {
    const named = attributeOf(element, 'id') ?? attributeOf(element, 'name') ?? ''
    const { name, text } = this.fileOf(element)
    let line = 1
    for (let at = text.indexOf('\n'); at >= 0 && at < element.start; at = text.indexOf('\n', at + 1)) line++
    return `${element.local}${named === '' ? '' : ` ${named}`} in line ${line}${name === '' ? '' : ` of ${name}`}`
  }

  /** A file that an expression looks values up in. Throws SchematronError `unresolved`. */
  look(href: string): Buffer {
    const found = this.resolve({ href, from: '' })
    if (found === undefined) throw new SchematronError('unresolved', `the file ${href} is not beside the rules`)
    return found.octets
  }

  private fileOf(element: XmlElement): File {
    let root = element
    while (root.parent !== undefined) root = root.parent
    return this.byRoot.get(root) ?? { name: '', text: '' }
  }

  private open(wanted: XmlElement, href: string): XmlElement {
    const [path = '', fragment] = href.split('#')
    const from = this.fileOf(wanted).name
    const key = `${from} ${path}`
    let root = this.byReference.get(key)
    if (root === undefined) {
      const found = this.resolve({ href: path, from })
      if (found === undefined) {
        throw new SchematronError('unresolved', `${this.placeOf(wanted)}: the file ${path} is not beside the rules`)
      }
      const parsed = parseXml(decoded(found.octets))
      root = parsed.root
      this.byReference.set(key, root)
      this.byRoot.set(root, { name: found.name, text: parsed.text })
    }
    if (fragment === undefined || fragment === '') return root
    const part = findById(root, fragment)
    if (part === undefined) throw new SchematronError('unresolved', `${this.placeOf(wanted)}: ${href} has no such part`)
    return part
  }

  private collect(element: XmlElement, depth: number): void {
    if (depth > includesMax) return
    for (const child of this.childrenOf(element)) {
      if (child.namespace !== schematron) continue
      const id = attributeOf(child, 'id')
      if (attributeOf(child, 'abstract') === 'true' && id !== undefined) {
        this.abstracts.set(`${child.local} ${id}`, child)
      }
      if (child.local === 'pattern' || child.local === 'rules') this.collect(child, depth + 1)
    }
  }
}

function findById(element: XmlElement, id: string): XmlElement | undefined {
  if (attributeOf(element, 'id') === id) return element
  for (const child of childElements(element)) {
    const found = findById(child, id)
    if (found !== undefined) return found
  }
  return undefined
}

/** Puts the values of an abstract pattern's parameters in the place of `$name`, the longest name that fits first. */
export type Substitute = (text: string) => string

export const unchanged: Substitute = text => text

export function substituting(parameters: ReadonlyMap<string, string>): Substitute {
  if (parameters.size === 0) return unchanged
  const names = [...parameters.keys()].sort((a, b) => b.length - a.length)
  return text =>
    text.replaceAll(/\$([\p{L}_][\p{L}\p{N}._-]*)/gu, (whole, name: string) => {
      const exact = parameters.get(name)
      if (exact !== undefined) return exact
      const begun = names.find(one => name.startsWith(one))
      return begun === undefined ? whole : `${parameters.get(begun) ?? ''}${name.slice(begun.length)}`
    })
}
