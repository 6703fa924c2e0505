import { XmlError } from './error.ts'
import type { XmlElement } from './types.ts'

/** The children that are elements, in document order. */
export function childElements(parent: XmlElement): XmlElement[] {
  return parent.children.filter(child => child.kind === 'element')
}

/** The child elements of that expanded name, in document order. */
export function childrenNamed(parent: XmlElement, namespace: string, local: string): XmlElement[] {
  const found: XmlElement[] = []
  for (const child of parent.children) {
    if (child.kind === 'element' && child.local === local && child.namespace === namespace) found.push(child)
  }
  return found
}

/** The only child of that name, or undefined. Throws `unexpected` when there are several. */
export function findChild(parent: XmlElement, namespace: string, local: string): XmlElement | undefined {
  let found: XmlElement | undefined
  for (const child of parent.children) {
    if (child.kind !== 'element' || child.local !== local || child.namespace !== namespace) continue
    if (found !== undefined) throw new XmlError('unexpected', `${parent.local} has more than one ${local}`)
    found = child
  }
  return found
}

/** The one child of that name. Throws `missing` or, when there are several, `unexpected`. */
export function onlyChild(parent: XmlElement, namespace: string, local: string): XmlElement {
  const child = findChild(parent, namespace, local)
  if (child === undefined) throw new XmlError('missing', `${parent.local} has no ${local}`)
  return child
}

/**
 * The character data, not trimmed. Comments and instructions do not end it: what a comment splits is still one value,
 * for every reader the same. Throws `unexpected` when there are element children.
 */
export function textOf(element: XmlElement): string {
  let value = ''
  for (const child of element.children) {
    if (child.kind === 'text') value += child.value
    else if (child.kind === 'element')
      throw new XmlError('unexpected', `${element.local} has an element ${child.local}`)
  }
  return value
}

/** The value of an attribute; without a namespace unless one is named. */
export function attributeOf(element: XmlElement, local: string, namespace = ''): string | undefined {
  for (const attribute of element.attributes) {
    if (attribute.local === local && attribute.namespace === namespace) return attribute.value
  }
  return undefined
}
