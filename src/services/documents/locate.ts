import { type XmlDocument, type XmlElement, childElements } from '../../wire/xml/index.ts'

/**
 * The XPath of the element that a schema's problem is about: it names the line on which the start tag ends, and in its words the
 * element. null when that fits no element or several, e.g. where a whole document is one line.
 */
export function locateProblem(
  { root, text }: XmlDocument,
  { line, message }: { readonly line: number | undefined; readonly message: string },
): string | null {
  const name = /^Element '(?:\{([^}]*)\})?([^']+)'/.exec(message)
  if (line === undefined || name === null) return null
  const [from, to] = boundsOf(text, line)
  const [, namespace, local = ''] = name
  let found: XmlElement | undefined
  for (const element of elementsUpTo(root, to)) {
    if (element.local !== local || (namespace !== undefined && element.namespace !== namespace)) continue
    const tagEnd = text.indexOf('>', element.start)
    if (tagEnd < from || tagEnd >= to) continue
    if (found !== undefined) return null
    found = element
  }
  return found === undefined ? null : pathOf(found)
}

/** Where a line (from 1) begins and where the next one does. */
function boundsOf(text: string, line: number): readonly [from: number, to: number] {
  let from = 0
  for (let at = 1; at < line; at++) {
    const end = text.indexOf('\n', from)
    if (end < 0) return [text.length, text.length]
    from = end + 1
  }
  const end = text.indexOf('\n', from)
  return [from, end < 0 ? text.length : end + 1]
}

/** In document order, without those that begin behind the place. */
function* elementsUpTo(root: XmlElement, place: number): Generator<XmlElement> {
  const waiting = [root]
  for (let element = waiting.pop(); element !== undefined; element = waiting.pop()) {
    if (element.start >= place) continue
    yield element
    waiting.push(...childElements(element).toReversed())
  }
}

/** `/Invoice/cac:InvoiceLine[3]/cbc:ID`: a position where siblings share the name, as the rules' own locations have it. */
export function pathOf(element: XmlElement): string {
  const { parent } = element
  if (parent === undefined) return `/${qualified(element)}`
  const name = qualified(element)
  const twins = childElements(parent).filter(sibling => qualified(sibling) === name)
  return `${pathOf(parent)}/${name}${twins.length > 1 ? `[${twins.indexOf(element) + 1}]` : ''}`
}

function qualified({ prefix, local }: XmlElement): string {
  return prefix === '' ? local : `${prefix}:${local}`
}
