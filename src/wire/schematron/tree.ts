import { parseXml, type XmlElement } from '../xml/index.ts'

type XmlAttribute = XmlElement['attributes'][number]

const documentKind = 0
const elementKind = 1
export const attributeKind = 2
const textKind = 3

export type Node = TreeNode

const none: readonly TreeNode[] = []

/** From here on the children of a node are indexed: hundreds of rules ask an invoice of thousands of lines for its one total. */
export const manyChildren = 32

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
  /** The last pattern whose rule took the node. */
  taken = -1

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
  private readonly below = new Map<number, ReadonlyMap<number, readonly TreeNode[]>>()
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

  /** Those with such a parent, in document order: what a rule asks of the buyer's identifier is not to look at that of every line. */
  elementsBelow(parent: number, name: number): readonly TreeNode[] {
    let found = this.below.get(name)
    if (found === undefined) {
      this.below.set(name, (found = Map.groupBy(this.elementsNamed(name), one => one.parent?.name ?? -1)))
    }
    return found.get(parent) ?? none
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
    // A list that has grown keeps room for sixteen more, which would be copied with every document.
    if (children !== undefined) node.children = children.length > 1 ? children.slice() : children
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

/** Names as documents write them; they may be made up. */
const qualifiedNames = new Map<string, Map<string, string>>()
const qualifiedMax = 2000
let qualifiedCount = 0

/** As the document writes it, with prefix; '' when there is none. Rules ask this of every element, which has one of a few dozen names. */
export function qualifiedName(node: TreeNode | undefined): string {
  const source = node?.source
  if (source === undefined) return ''
  const { prefix, local } = source
  if (prefix === '') return local
  return qualifiedNames.get(prefix)?.get(local) ?? newName(prefix, local)
}

function newName(prefix: string, local: string): string {
  if (qualifiedCount++ === qualifiedMax) {
    qualifiedNames.clear()
    qualifiedCount = 1
  }
  let locals = qualifiedNames.get(prefix)
  if (locals === undefined) qualifiedNames.set(prefix, (locals = new Map()))
  const name = `${prefix}:${local}`
  locals.set(local, name)
  return name
}

/** `/Invoice/cac:InvoiceLine[3]/cbc:ID`, with the prefixes of the document; a position where siblings share the name. */
export function locationOf(node: TreeNode): string {
  const { parent } = node
  if (parent === undefined) return '/'
  const before = parent.kind === documentKind ? '' : locationOf(parent)
  if (node.kind === attributeKind) return `${before}/@${qualifiedName(node)}`
  if (node.kind === textKind) return `${before}/text()`
  const position = positionOf(node, parent)
  return `${before}/${qualifiedName(node)}${position === undefined ? '' : `[${position}]`}`
}

/** Counted from 1 among its equally named siblings; undefined when there are no others. */
function positionOf(node: TreeNode, parent: TreeNode): number | undefined {
  if (parent.children.length > manyChildren) {
    let positions = positionsBelow.get(parent)
    if (positions === undefined) positionsBelow.set(parent, (positions = positionsOf(parent)))
    return positions.get(node)
  }
  const name = qualifiedName(node)
  let [position, count] = [0, 0]
  for (const child of parent.children) {
    if (qualifiedName(child) === name) count++
    if (child === node) position = count
  }
  return count > 1 ? position : undefined
}

/** Of all children of one parent at once: asking for each of a thousand lines stays linear. */
const positionsBelow = new WeakMap<TreeNode, ReadonlyMap<TreeNode, number>>()

function positionsOf({ children }: TreeNode): ReadonlyMap<TreeNode, number> {
  const positions = new Map<TreeNode, number>()
  for (const twins of Map.groupBy(children, qualifiedName).values()) {
    if (twins.length > 1) for (const [index, child] of twins.entries()) positions.set(child, index + 1)
  }
  return positions
}
