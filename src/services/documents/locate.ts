import { type XmlDocument, type XmlElement, childElements } from '../../wire/xml/index.ts'

interface Problem {
  readonly line: number | undefined
  readonly message: string
}

/**
 * The XPaths of the elements that a schema's problems are about: it names the line on which the start tag ends, and in its words the
 * element. null when that fits no element or several, e.g. where a whole document is one line. One walk for all of them.
 */
export function locateProblems(document: XmlDocument, problems: readonly Problem[]): readonly (string | null)[] {
  const lines = new Set(problems.flatMap(({ line }) => line ?? []))
  const byLine = lines.size === 0 ? new Map<number, XmlElement[]>() : elementsOn(lines, document)
  return problems.map(({ line = 0, message }) => {
    const [, namespace, local] = /^Element '(?:\{([^}]*)\})?([^']+)'/.exec(message) ?? []
    const there = (byLine.get(line) ?? []).filter(
      element => element.local === local && (namespace === undefined || element.namespace === namespace),
    )
    const [only] = there
    return only === undefined || there.length > 1 ? null : pathOf(only)
  })
}

/** The elements whose start tags end on these lines, counted from 1. */
function elementsOn(lines: ReadonlySet<number>, { root, text }: XmlDocument): ReadonlyMap<number, XmlElement[]> {
  const found = new Map<number, XmlElement[]>()
  let line = 1
  let lineEnd = endOfLine(text, 0)
  // In document order start tags end in the order of the text: the lines are counted along.
  for (const element of elementsOf(root)) {
    const tagEnd = text.indexOf('>', element.start)
    while (lineEnd < tagEnd) {
      line++
      lineEnd = endOfLine(text, lineEnd + 1)
    }
    if (!lines.has(line)) continue
    const there = found.get(line)
    if (there === undefined) found.set(line, [element])
    else there.push(element)
  }
  return found
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

/** In document order. */
export function* elementsOf(root: XmlElement): Generator<XmlElement> {
  const waiting = [root]
  for (let element = waiting.pop(); element !== undefined; element = waiting.pop()) {
    yield element
    // Not spread: a hostile document has more children than a call takes arguments.
    for (const child of childElements(element).toReversed()) waiting.push(child)
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
