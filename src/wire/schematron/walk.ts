import { DynamicError } from './error.ts'
import type { Axis } from './expression.ts'
import { attributeKind, manyChildren, type Node, stringOf, treeOf } from './tree.ts'

export type Nodes = readonly Node[]
type Test = (node: Node) => boolean

const nothing: Nodes = []

/* Nearly all the time is spent in the next few functions: they count, which is cheaper than an iterator. */

const indexes = new WeakMap<Node, ReadonlyMap<number, Nodes>>()

function indexOf(node: Node): ReadonlyMap<number, Nodes> {
  let index = indexes.get(node)
  if (index === undefined) indexes.set(node, (index = Map.groupBy(node.children, ({ name }) => name)))
  return index
}

/** Only elements have a name among children. */
export function childrenNamed(node: Node, name: number): Nodes {
  const { children } = node
  if (children.length > manyChildren) return indexOf(node).get(name) ?? nothing
  let found: Node[] | undefined
  for (let at = 0; at < children.length; at++) {
    const child = children[at] as Node
    if (child.name !== name) continue
    if (found === undefined) found = [child]
    else found.push(child)
  }
  return found ?? nothing
}

export function childrenOfAll(nodes: Nodes, name: number): Nodes {
  const [first] = nodes
  if (first === undefined) return nothing
  if (nodes.length === 1) return childrenNamed(first, name)
  const found: Node[] = []
  for (let each = 0; each < nodes.length; each++) {
    const node = nodes[each] as Node
    const children = node.children.length > manyChildren ? childrenNamed(node, name) : node.children
    for (let at = 0; at < children.length; at++) {
      const child = children[at] as Node
      if (child.name === name) found.push(child)
    }
  }
  return found
}

export function hasChild(node: Node, name: number): boolean {
  const { children } = node
  if (children.length > manyChildren) return indexOf(node).has(name)
  for (let at = 0; at < children.length; at++) if ((children[at] as Node).name === name) return true
  return false
}

export function someHasChild(nodes: Nodes, name: number): boolean {
  for (let at = 0; at < nodes.length; at++) if (hasChild(nodes[at] as Node, name)) return true
  return false
}

export function attributeNamed(node: Node, name: number): Nodes {
  const { attributes } = node
  for (let at = 0; at < attributes.length; at++) {
    const attribute = attributes[at] as Node
    if (attribute.name === name) return [attribute]
  }
  return nothing
}

export function attributesOfAll(nodes: Nodes, name: number): Nodes {
  const found: Node[] = []
  for (let each = 0; each < nodes.length; each++) {
    const { attributes } = nodes[each] as Node
    for (let at = 0; at < attributes.length; at++) {
      const attribute = attributes[at] as Node
      if (attribute.name === name) found.push(attribute)
    }
  }
  return found
}

export function parentOf({ parent }: Node): Nodes {
  return parent === undefined ? nothing : [parent]
}

/** In document order, each once. */
export function parentsOf(nodes: Nodes): Nodes {
  const found: Node[] = []
  for (let at = 0; at < nodes.length; at++) {
    const { parent } = nodes[at] as Node
    if (parent !== undefined && parent !== found.at(-1)) found.push(parent)
  }
  return ordered(found)
}

/** Elements only; contentOf gives texts too, to who asks for them. */
function elementsOf(node: Node): Nodes {
  return node.children
}

/** The nodes of an axis that pass, in the order of the axis. `below` gives what the axis looks at below a node. */
export function walk(axis: Axis, node: Node, test: Test, below: (node: Node) => Nodes = elementsOf): Nodes {
  switch (axis) {
    case 'child':
      return below(node).filter(test)
    case 'attribute':
      return node.attributes.filter(test)
    case 'self':
      return test(node) ? [node] : nothing
    case 'parent':
      return node.parent !== undefined && test(node.parent) ? [node.parent] : nothing
    case 'ancestor':
      return ancestors(node.parent, test)
    case 'ancestor-or-self':
      return ancestors(node, test)
    case 'descendant':
      return descend(node, { test, below, found: [] })
    case 'descendant-or-self':
      return descend(node, { test, below, found: test(node) ? [node] : [] })
    case 'following-sibling':
      return siblings(node, below).filter(one => one.order > node.order && test(one))
    case 'preceding-sibling':
      return siblings(node, below)
        .filter(one => one.order < node.order && test(one))
        .toReversed()
    case 'following':
      return descend(treeOf(node).document, {
        test: one => one.order > node.order && test(one) && !isBelow(one, node),
        below,
        found: [],
      })
    case 'preceding':
  }
  return descend(treeOf(node).document, {
    test: one => one.order < node.order && test(one) && !isBelow(node, one),
    below,
    found: [],
  }).toReversed()
}

/** An attribute has none. */
function siblings({ kind, parent }: Node, below: (node: Node) => Nodes): Nodes {
  return kind === attributeKind || parent === undefined ? nothing : below(parent)
}

function ancestors(first: Node | undefined, test: Test): Nodes {
  const found: Node[] = []
  for (let node = first; node !== undefined; node = node.parent) if (test(node)) found.push(node)
  return found
}

interface Descent {
  readonly test: Test
  readonly below: (node: Node) => Nodes
  readonly found: Node[]
}

function descend(node: Node, descent: Descent): Node[] {
  const { test, below, found } = descent
  for (const child of below(node)) {
    if (test(child)) found.push(child)
    descend(child, descent)
  }
  return found
}

/** The axis preceding of one name, in its order, from the index. */
export function precedingNamed(node: Node, name: number): Nodes {
  return treeOf(node)
    .elementsNamed(name)
    .filter(one => one.order < node.order && !isBelow(node, one))
    .toReversed()
}

/** `preceding::name = values`: where it finds what is new among thousands, comparing each with all before takes quadratic time. */
export function someBeforeIs(node: Node, name: number, values: Nodes): boolean {
  const byValue = treeOf(node).elementsByValue(name)
  return values.some(value => {
    for (const one of byValue.get(stringOf(value)) ?? nothing) {
      if (one.order >= node.order) return false
      if (!isBelow(node, one)) return true
    }
    return false
  })
}

function isBelow(node: Node, above: Node): boolean {
  for (let one = node.parent; one !== undefined; one = one.parent) if (one === above) return true
  return false
}

/** Whether an element above the node passes. */
export function someAncestor(node: Node, test: Test): boolean {
  for (let one = node.parent; one !== undefined; one = one.parent) if (test(one)) return true
  return false
}

/** The nodes with an attribute, by its value: what a code list is asked thousands of times. */
export type Keys = ReadonlyMap<string, Nodes>

export function keysOf(nodes: Nodes, attribute: number): Keys {
  const keys = new Map<string, Node[]>()
  for (const node of nodes) {
    for (const { name, value = '' } of node.attributes) {
      if (name !== attribute) continue
      const same = keys.get(value)
      if (same === undefined) keys.set(value, [node])
      else same.push(node)
    }
  }
  return keys
}

/** `nodes[@attribute = values]`, of the values of nodes. */
export function keyed(keys: Keys, values: Nodes): Nodes {
  return joined(values.map(value => keys.get(stringOf(value)) ?? nothing))
}

export function hasKey(keys: Keys, values: Nodes): boolean {
  for (let at = 0; at < values.length; at++) if (keys.has(stringOf(values[at] as Node))) return true
  return false
}

/** The nodes that an index has under a value. */
export function valued(index: Keys, value: string): Nodes {
  return index.get(value) ?? nothing
}

/** In document order, each once. */
export function ordered(nodes: Nodes): Nodes {
  let last = -1
  for (let at = 0; at < nodes.length; at++) {
    const { order } = nodes[at] as Node
    if (order <= last) return [...new Set(nodes)].sort((a, b) => a.order - b.order)
    last = order
  }
  return nodes
}

export function joined(lists: readonly Nodes[]): Nodes {
  const filled = lists.filter(list => list.length > 0)
  const [only] = filled
  return filled.length > 1 ? ordered(filled.flat()) : (only ?? nothing)
}

export function intersect(left: Nodes, right: Nodes): Nodes {
  const others = new Set(right)
  return ordered(left.filter(node => others.has(node)))
}

export function except(left: Nodes, right: Nodes): Nodes {
  const others = new Set(right)
  return ordered(left.filter(node => !others.has(node)))
}

/** Calls back with item, position from 1, and size. */
export function select<Item>(
  items: readonly Item[],
  test: (item: Item, position: number, size: number) => boolean,
): readonly Item[] {
  const size = items.length
  if (size === 0) return items
  const found: Item[] = []
  for (let at = 0; at < size; at++) {
    const item = items[at] as Item
    if (test(item, at + 1, size)) found.push(item)
  }
  return found
}

export function selectSome<Item>(
  items: readonly Item[],
  test: (item: Item, position: number, size: number) => boolean,
): boolean {
  const size = items.length
  for (let at = 0; at < size; at++) if (test(items[at] as Item, at + 1, size)) return true
  return false
}

/** The item at a position from 1, as a sequence. */
export function at<Item>(items: readonly Item[], position: number): readonly Item[] {
  return items.slice(position - 1, Math.max(position, 0))
}

export function textOfOnly(nodes: Nodes): string {
  const [first] = nodes
  if (nodes.length > 1) throw new DynamicError('XPTY0004', `a string is taken of one node, not of ${nodes.length}`)
  return first === undefined ? '' : stringOf(first)
}

/** As textOfOnly of childrenNamed, without a list. */
export function textOfChild(node: Node, name: number): string {
  const { children } = node
  if (children.length > manyChildren) return textOfOnly(childrenNamed(node, name))
  let found: Node | undefined
  for (let at = 0; at < children.length; at++) {
    const child = children[at] as Node
    if (child.name !== name) continue
    if (found !== undefined) return textOfOnly(childrenNamed(node, name))
    found = child
  }
  return found === undefined ? '' : stringOf(found)
}
