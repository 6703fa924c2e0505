import { parseXml, type XmlElement } from '../xml/index.ts'

type XmlAttribute = XmlElement['attributes'][number]

const documentKind = 0
const elementKind = 1
export const attributeKind = 2
const textKind = 3

export type Node = TreeNode

const none: readonly TreeNode[] = []

/**
 * A node as the compiled rules see it: names are numbers, the order in the document is a number. A large document has hundreds of thousands,
 * and what the collector of garbage copies of them costs more than the rules: there is no field that can be found otherwise.
 */
export class TreeNode {
  readonly kind: number
  /** From nameId; -1 for a name that no rule mentions and for what has no name. */
  readonly name: number
  readonly parent: TreeNode | undefined
  readonly source: XmlElement | XmlAttribute | undefined
  /** Document order. */
  order = 0
  /** The elements; of a document node its one. */
  children: readonly TreeNode[] = none
  attributes: readonly TreeNode[] = none
  /** Elements and texts, once somebody asked for texts. */
  content: readonly TreeNode[] | undefined
  /** Of a text or attribute; of an element once somebody asked. */
  value: string | undefined
  /** The name as the document writes it, once somebody asked. */
  qualified: string | undefined
  /** The last pattern whose rule took the node. */
  taken = -1
  /** One of its equally named siblings, counted from 1; 0 until somebody asked, -1 when there are no others. */
  position = 0

  constructor(kind: number, name: number, parent: TreeNode | undefined, source: TreeNode['source']) {
    this.kind = kind
    this.name = name
    this.parent = parent
    this.source = source
  }
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

const trees = new WeakMap<TreeNode, Tree>()

/** The tree that a node is in: of the document that is judged or of a file that rules look values up in. */
export function treeOf(node: TreeNode): Tree {
  let top = node
  while (top.parent !== undefined) top = top.parent
  const tree = trees.get(top)
  if (tree === undefined) throw new Error('a node is in no tree')
  return tree
}

/** One document, or one element taken for a document, indexed by name. */
export class Tree {
  readonly document: TreeNode
  /** Every element, in document order. */
  readonly all: TreeNode[] = []
  private size = 0
  private readonly elements = new Map<number, TreeNode[]>()
  private readonly valued = new Map<number, ReadonlyMap<string, readonly TreeNode[]>>()
  private attributes: Map<number, TreeNode[]> | undefined

  /** Every rule set that is to run on the tree must have been loaded before. */
  constructor(root: XmlElement) {
    this.document = new TreeNode(documentKind, -1, undefined, undefined)
    this.document.order = this.size++
    trees.set(this.document, this)
    this.document.children = [this.element(root, this.document)]
  }

  /** Whether any element has the name. */
  has(name: number): boolean {
    return this.elements.has(name)
  }

  /** In document order. */
  elementsNamed(name: number): readonly TreeNode[] {
    return this.elements.get(name) ?? none
  }

  /** The elements of a name by their string values, each list in document order. */
  elementsByValue(name: number): ReadonlyMap<string, readonly TreeNode[]> {
    let found = this.valued.get(name)
    if (found === undefined) this.valued.set(name, (found = Map.groupBy(this.elementsNamed(name), stringOf)))
    return found
  }

  /** In document order. */
  attributesNamed(name: number): readonly TreeNode[] {
    this.attributes ??= this.indexAttributes()
    return this.attributes.get(name) ?? none
  }

  private element(source: XmlElement, parent: TreeNode): TreeNode {
    const name = names.get(source.namespace)?.get(source.local) ?? -1
    const node = new TreeNode(elementKind, name, parent, source)
    node.order = this.size++
    this.all.push(node)
    if (name >= 0) {
      const same = this.elements.get(name)
      if (same === undefined) this.elements.set(name, [node])
      else same.push(node)
    }
    if (source.attributes.length > 0) node.attributes = source.attributes.map(one => this.attribute(one, node))
    let children: TreeNode[] | undefined
    for (const child of source.children) {
      if (child.kind === 'element') {
        const below = this.element(child, node)
        // A first push to an empty list would reserve seventeen places.
        if (children === undefined) children = [below]
        else children.push(below)
      } else if (child.kind === 'text') this.size++ // Its place in the order, see withTexts.
    }
    if (children !== undefined) node.children = children
    return node
  }

  private attribute(source: XmlAttribute, parent: TreeNode): TreeNode {
    const name = names.get(source.namespace)?.get(source.local) ?? -1
    const node = new TreeNode(attributeKind, name, parent, source)
    node.order = this.size++
    node.value = source.value
    return node
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

/**
 * The elements and texts right below a node, in document order. Most texts are the white space between elements and rules hardly ever ask
 * for text(): their nodes are made only then.
 */
export function contentOf(node: TreeNode): readonly TreeNode[] {
  return (node.content ??= withTexts(node))
}

function withTexts(node: TreeNode): readonly TreeNode[] {
  const { source, children } = node
  if (source === undefined || !('children' in source)) return children
  const found: TreeNode[] = []
  let order = node.order + node.attributes.length
  let elements = 0
  for (const child of source.children) {
    const element = child.kind === 'element' ? children[elements++] : undefined
    if (element !== undefined) {
      found.push(element)
      order = lastOrderOf(element)
    } else if (child.kind === 'text') {
      const text = new TreeNode(textKind, -1, node, undefined)
      text.order = ++order
      text.value = child.value
      found.push(text)
    }
  }
  return found
}

/** The order of the last node within an element, a text that has no node yet included. */
function lastOrderOf(node: TreeNode): number {
  const { source, children, attributes } = node
  const last = children.at(-1)
  const before = last === undefined ? node.order + attributes.length : lastOrderOf(last)
  const content = source !== undefined && 'children' in source ? source.children : []
  const behind = content.slice(content.findLastIndex(({ kind }) => kind === 'element') + 1)
  return before + behind.filter(({ kind }) => kind === 'text').length
}

/** The string value: of an element all text below it. */
export function stringOf(node: TreeNode): string {
  return (node.value ??= textBelow(node))
}

function textBelow({ source, children }: TreeNode): string {
  return source !== undefined && 'children' in source ? textIn(source) : children.map(stringOf).join('')
}

function textIn({ children }: XmlElement): string {
  let text = ''
  for (const child of children) {
    if (child.kind === 'text') text += child.value
    else if (child.kind === 'element') text += textIn(child)
  }
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
  return `${before}/${qualifiedName(node)}${node.position > 0 ? `[${node.position}]` : ''}`
}

/** Numbers all children of one parent at once: asking for each of a thousand lines stays linear. */
function countTwins(parent: TreeNode): void {
  const firsts = new Map<string, { readonly first: TreeNode; count: number }>()
  for (const child of parent.children) {
    if (child.kind !== elementKind) continue
    const name = qualifiedName(child)
    const seen = firsts.get(name)
    if (seen === undefined) {
      firsts.set(name, { first: child, count: 1 })
      child.position = -1
    } else {
      seen.first.position = 1
      child.position = ++seen.count
    }
  }
}
