import { compareCodePoints } from './characters.ts'
import { XmlError } from './error.ts'
import { namespacesInScope, xmlNamespace } from './namespaces.ts'
import { PrefixScope } from './scope.ts'
import type { NamespaceDeclaration, XmlAttribute, XmlDocument, XmlElement, XmlInstruction } from './types.ts'
import { canonicalAttribute, canonicalText } from './write.ts'

export interface CanonicalizationOptions {
  readonly method: 'exclusive' | 'inclusive'
  /** PrefixList of ec:InclusiveNamespaces, `#default` for the default namespace. Only for the exclusive method. */
  readonly inclusivePrefixes?: readonly string[]
  /** Left out with all its content: the ds:Signature of the enveloped-signature transform. */
  readonly omit?: XmlElement
  /** Given: the whole document, with the instructions outside the root. `element` must be its root. */
  readonly document?: XmlDocument
}

/**
 * Canonical XML 1.0 or Exclusive XML Canonicalization 1.0, both without comments, of an element in the context it stands in.
 * Throws `unexpected` for a relative namespace name, which has no canonical form. [C14N §1.3, §4.6]
 */
export function canonicalize(element: XmlElement, options: CanonicalizationOptions): string {
  const canonical = new Canonicalizer(options).subtree(element)
  if (options.document === undefined) return canonical
  let before = ''
  for (const node of options.document.before) if (node.kind === 'instruction') before += `${instruction(node)}\n`
  let after = ''
  for (const node of options.document.after) if (node.kind === 'instruction') after += `\n${instruction(node)}`
  return before + canonical + after
}

class Canonicalizer {
  private readonly exclusive: boolean
  /** Prefixes that the inclusive rules hold for; undefined means all of them. */
  private readonly inclusivePrefixes: ReadonlySet<string> | undefined
  private readonly omitted: XmlElement | undefined
  /** What the output binds at the current place. */
  private readonly rendered = new PrefixScope()
  private output = ''

  constructor({ method, inclusivePrefixes = [], omit }: CanonicalizationOptions) {
    this.exclusive = method === 'exclusive'
    this.inclusivePrefixes = this.exclusive
      ? new Set(inclusivePrefixes.map(prefix => (prefix === '#default' ? '' : prefix)))
      : undefined
    this.omitted = omit
  }

  /** Walks in document order with its own stack: depth is bounded by the parser, not by the engine's stack. */
  subtree(apex: XmlElement): string {
    this.startTag(apex, true)
    const open: { readonly element: XmlElement; next: number }[] = [{ element: apex, next: 0 }]
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const child = top.element.children[top.next]
      top.next++
      if (child === undefined) {
        open.pop()
        this.output += `</${nameOf(top.element)}>`
        this.rendered.leave()
      } else if (child.kind === 'text') this.output += canonicalText(child.value)
      else if (child.kind === 'instruction') this.output += instruction(child)
      else if (child.kind === 'element' && child !== this.omitted) {
        this.startTag(child, false)
        open.push({ element: child, next: 0 })
      }
    }
    return this.output
  }

  private startTag(element: XmlElement, isApex: boolean): void {
    this.rendered.enter()
    this.output += `<${nameOf(element)}`
    for (const { prefix, uri } of this.declarationsOf(element, isApex)) {
      this.output +=
        prefix === '' ? ` xmlns="${canonicalAttribute(uri)}"` : ` xmlns:${prefix}="${canonicalAttribute(uri)}"`
    }
    // The inclusive method carries xml:lang, xml:space and the like of omitted ancestors down to the apex. [C14N §2.4]
    const attributes = isApex && !this.exclusive ? withInheritedXmlAttributes(element) : element.attributes
    for (const attribute of sorted(attributes, compareAttributes)) {
      this.output += ` ${nameOf(attribute)}="${canonicalAttribute(attribute.value)}"`
    }
    this.output += '>'
  }

  /** The namespace declarations to write on an element, in order; from here on they count as rendered. */
  private declarationsOf(element: XmlElement, isApex: boolean): readonly NamespaceDeclaration[] {
    const found: NamespaceDeclaration[] = []
    for (const { uri } of element.declarations) checkAbsolute(uri)
    if (isApex) this.renderScope(element, found)
    else {
      for (const { prefix, uri } of element.declarations) {
        if (this.inclusivePrefixes === undefined || this.inclusivePrefixes.has(prefix)) this.render(prefix, uri, found)
      }
    }
    if (this.exclusive) {
      this.render(element.prefix, element.namespace, found)
      for (const { prefix, namespace } of element.attributes) if (prefix !== '') this.render(prefix, namespace, found)
    }
    return sorted(found, comparePrefixes)
  }

  private renderScope(apex: XmlElement, found: NamespaceDeclaration[]): void {
    if (this.inclusivePrefixes?.size === 0) return
    for (const [prefix, uri] of namespacesInScope(apex)) {
      if (this.inclusivePrefixes === undefined || this.inclusivePrefixes.has(prefix)) this.render(prefix, uri, found)
    }
  }

  /** Writes a binding only where the output does not have it already; xmlns="" only where there is something to undo. */
  private render(prefix: string, uri: string, found: NamespaceDeclaration[]): void {
    if (prefix === 'xml' || (this.rendered.uriOf(prefix) ?? '') === uri) return
    this.rendered.bind(prefix, uri)
    found.push({ prefix, uri })
  }
}

function withInheritedXmlAttributes(apex: XmlElement): readonly XmlAttribute[] {
  const attributes = [...apex.attributes]
  const known = new Set<string>()
  for (const { namespace, local } of attributes) if (namespace === xmlNamespace) known.add(local)
  for (let at = apex.parent; at !== undefined; at = at.parent) {
    for (const attribute of at.attributes) {
      if (attribute.namespace !== xmlNamespace || known.has(attribute.local)) continue
      known.add(attribute.local)
      attributes.push(attribute)
    }
  }
  return attributes
}

function checkAbsolute(uri: string): void {
  if (uri !== '' && !/^[A-Za-z][A-Za-z0-9+.-]*:/.test(uri)) {
    throw new XmlError('unexpected', `the namespace name ${uri} is relative`)
  }
}

function instruction({ target, data }: XmlInstruction): string {
  return data === '' ? `<?${target}?>` : `<?${target} ${data}?>`
}

function nameOf({ prefix, local }: XmlElement | XmlAttribute): string {
  return prefix === '' ? local : `${prefix}:${local}`
}

/** Most lists have one member or are in order: only the others are copied. */
function sorted<T>(list: readonly T[], compare: (a: T, b: T) => number): readonly T[] {
  for (let index = 1; index < list.length; index++) {
    const before = list[index - 1]
    const item = list[index]
    if (before !== undefined && item !== undefined && compare(before, item) > 0) return list.toSorted(compare)
  }
  return list
}

function comparePrefixes(a: NamespaceDeclaration, b: NamespaceDeclaration): number {
  return compareCodePoints(a.prefix, b.prefix)
}

function compareAttributes(a: XmlAttribute, b: XmlAttribute): number {
  return compareCodePoints(a.namespace, b.namespace) || compareCodePoints(a.local, b.local)
}
