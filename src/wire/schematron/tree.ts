import { parseXml, type XmlElement } from '../xml/index.ts'

type XmlAttribute = XmlElement['attributes'][number]

const documentKind = 0
export const elementKind = 1
export const attributeKind = 2
const textKind = 3

export type Node = TreeNode

const none: readonly TreeNode[] = []

/** A node as the compiled rules see it: names are numbers, the order in the document is a number. */
export class TreeNode {
  readonly kind: number
  /** From nameId; -1 for a name that no rule mentions and for what has no name. */
  readonly name: number
  readonly parent: TreeNode | undefined
  /** Place among the parent's children. */
  readonly index: number
  /** Document order. */
  readonly order: number
  readonly tree: Tree
  readonly source: XmlElement | XmlAttribute | undefined
  children: readonly TreeNode[] = none
  attributes: readonly TreeNode[] = none
  /** Of a text or attribute; of an element once somebody asked. */
  value: string | undefined
  /** The name as the document writes it, once somebody asked. */
  qualified: string | undefined
  /** The last pattern whose rule took the node. */
  taken = -1
  /** One of its equally named siblings, counted from 1; 0 until somebody asked. */
  position = 0
  hasTwins = false

  constructor(place: Place) {
    this.kind = place.kind
    this.name = place.name
    this.parent = place.parent
    this.index = place.index
    this.order = place.tree.size++
    this.tree = place.tree
    this.source = place.source
    this.value = place.value
  }
}

interface Place {
  readonly kind: number
  readonly name: number
  readonly parent: TreeNode | undefined
  readonly index: number
  readonly tree: Tree
  readonly source: XmlElement | XmlAttribute | undefined
  readonly value: string | undefined
}

const names = new Map<string, Map<string, number>>()
let namesCount = 0

/** The number of an expanded name. Only rules make numbers, so that strange documents cannot fill the table. */
export function nameId(namespace: string, local: string): number {
  let locals = names.get(namespace)
  if (locals === undefined) names.set(namespace, (locals = new Map()))
  let id = locals.get(local)
  if (id === undefined) locals.set(local, (id = namesCount++))
  return id
}

/** One document, or one element taken for a document, indexed by name. */
export class Tree {
  size = 0
  readonly document: TreeNode
  /** Every element, in document order. */
  readonly all: TreeNode[] = []
  private readonly elements = new Map<number, TreeNode[]>()
  private attributes: Map<number, TreeNode[]> | undefined

  /** Every rule set that is to run on the tree must have been loaded before. */
  constructor(root: XmlElement) {
    this.document = new TreeNode({
      kind: documentKind,
      name: -1,
      parent: undefined,
      index: 0,
      tree: this,
      source: undefined,
      value: undefined,
    })
    this.document.children = [this.element(root, this.document, 0)]
  }

  /** Whether any element has the name. */
  has(name: number): boolean {
    return this.elements.has(name)
  }

  /** In document order. */
  elementsNamed(name: number): readonly TreeNode[] {
    return this.elements.get(name) ?? none
  }

  /** In document order. */
  attributesNamed(name: number): readonly TreeNode[] {
    this.attributes ??= this.indexAttributes()
    return this.attributes.get(name) ?? none
  }

  private element(source: XmlElement, parent: TreeNode, index: number): TreeNode {
    const name = names.get(source.namespace)?.get(source.local) ?? -1
    const node = new TreeNode({ kind: elementKind, name, parent, index, tree: this, source, value: undefined })
    this.all.push(node)
    if (name >= 0) {
      const same = this.elements.get(name)
      if (same === undefined) this.elements.set(name, [node])
      else same.push(node)
    }
    if (source.attributes.length > 0)
      node.attributes = source.attributes.map((one, at) => this.attribute(one, node, at))
    const children: TreeNode[] = []
    for (const child of source.children) {
      if (child.kind === 'element') children.push(this.element(child, node, children.length))
      else if (child.kind === 'text') children.push(this.text(child.value, node, children.length))
    }
    node.children = children
    return node
  }

  private attribute(source: XmlAttribute, parent: TreeNode, index: number): TreeNode {
    const name = names.get(source.namespace)?.get(source.local) ?? -1
    return new TreeNode({ kind: attributeKind, name, parent, index, tree: this, source, value: source.value })
  }

  private text(value: string, parent: TreeNode, index: number): TreeNode {
    return new TreeNode({ kind: textKind, name: -1, parent, index, tree: this, source: undefined, value })
  }

  private indexAttributes(): Map<number, TreeNode[]> {
    const found = new Map<number, TreeNode[]>()
    for (const { attributes } of this.all) {
      for (const attribute of attributes) {
        const same = found.get(attribute.name)
        if (same === undefined) found.set(attribute.name, [attribute])
        else same.push(attribute)
      }
    }
    return found
  }
}

/** The document node of a file that rules look values up in. Names that they do not mention have no number in it. */
export function documentOf(text: string): TreeNode {
  return new Tree(parseXml(text).root).document
}

/** The string value: of an element all text below it. */
export function stringOf(node: TreeNode): string {
  return (node.value ??= joined(node))
}

function joined(node: TreeNode): string {
  let text = ''
  for (const child of node.children) text += stringOf(child)
  return text
}

/** As the document writes it, with prefix; '' when there is none. */
export function qualifiedName(node: TreeNode | undefined): string {
  const source = node?.source
  if (node === undefined || source === undefined) return ''
  return (node.qualified ??= source.prefix === '' ? source.local : `${source.prefix}:${source.local}`)
}

/** `/Invoice/cac:InvoiceLine[3]/cbc:ID`, with the prefixes of the document; a position where siblings share the name. */
export function locationOf(node: TreeNode): string {
  const { parent } = node
  if (parent === undefined) return '/'
  const before = parent.kind === documentKind ? '' : locationOf(parent)
  if (node.kind === attributeKind) return `${before}/@${qualifiedName(node)}`
  if (node.kind === textKind) return `${before}/text()`
  if (node.position === 0) countTwins(parent)
  return `${before}/${qualifiedName(node)}${node.hasTwins ? `[${node.position}]` : ''}`
}

/** Numbers all children of one parent at once: asking for each of a thousand lines stays linear. */
function countTwins(parent: TreeNode): void {
  const firsts = new Map<string, { readonly first: TreeNode; count: number }>()
  for (const child of parent.children) {
    if (child.kind !== elementKind) continue
    const name = qualifiedName(child)
    const seen = firsts.get(name)
    if (seen === undefined) firsts.set(name, { first: child, count: 1 })
    else {
      seen.count++
      seen.first.hasTwins = true
      child.hasTwins = true
    }
    child.position = seen?.count ?? 1
  }
}
