import { findIllegalCharacter, nameEnd, nameStartLength, spaceEnd } from './characters.ts'
import { checkDeclaredEncoding, decode } from './decode.ts'
import { XmlError, type XmlErrorCode } from './error.ts'
import { checkDeclaration, checkUnique, resolvePrefix } from './namespaces.ts'
import { resolveReferences } from './references.ts'
import { PrefixScope } from './scope.ts'
import type {
  NamespaceDeclaration,
  XmlAttribute,
  XmlComment,
  XmlDocument,
  XmlElement,
  XmlInstruction,
  XmlLimits,
  XmlNode,
} from './types.ts'

/** Enough for every SOAP header and business document without embedded files; doors set their own. */
const defaultLimits: XmlLimits = {
  octetsMax: 16 * 1024 * 1024,
  depthMax: 64,
  nodesMax: 500_000,
  attributesPerElementMax: 128,
}

/**
 * Reads one document: XML 1.0 with namespaces, UTF-8, without a document type. Throws XmlError; nothing is repaired.
 * Time and memory grow with the octets only: nothing recurses, no reference expands to more than it takes to write.
 */
export function parseXml(source: Buffer | string, limits: Partial<XmlLimits> = {}): XmlDocument {
  const bounds = { ...defaultLimits, ...limits }
  return new Reader(decode(source, bounds.octetsMax), bounds).document()
}

type Open<T> = { -readonly [Key in keyof T]: T[Key] }

/** An element under construction. Its own lists grow until its end tag has been read. */
type OpenElement = Open<Omit<XmlElement, 'children' | 'parent'>> & {
  children: XmlNode[]
  readonly parent: OpenElement | undefined
}

const prefixesMax = 8

/*
 * Most elements have no attribute and one child, a text. An empty list is shared, and a first item comes in a list of its own length: the
 * first push to an empty one would reserve seventeen places.
 */
const noAttributes: Open<XmlAttribute>[] = []
const noDeclarations: NamespaceDeclaration[] = []
const noChildren: XmlNode[] = []

const xmlDeclaration =
  /<\?xml[\t\n\r ]+version[\t\n\r ]*=[\t\n\r ]*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:[\t\n\r ]+encoding[\t\n\r ]*=[\t\n\r ]*(?:"([A-Za-z][A-Za-z0-9._-]*)"|'([A-Za-z][A-Za-z0-9._-]*)'))?(?:[\t\n\r ]+standalone[\t\n\r ]*=[\t\n\r ]*(?:"(?:yes|no)"|'(?:yes|no)'))?[\t\n\r ]*\?>/y

const exclamation = 0x21
const quotation = 0x22
const apostrophe = 0x27
const slash = 0x2f
const colon = 0x3a
const equals = 0x3d
const greater = 0x3e
const question = 0x3f

/** Where one string occurs next, asked with a growing position: all questions together read the text once. */
class Finder {
  private readonly text: string
  private readonly needle: string
  private found = -1

  constructor(text: string, needle: string) {
    this.text = text
    this.needle = needle
  }

  /** Infinity when it does not occur any more. */
  from(position: number): number {
    if (this.found < position) {
      const at = this.text.indexOf(this.needle, position)
      this.found = at < 0 ? Infinity : at
    }
    return this.found
  }
}

function append(parent: OpenElement, child: XmlNode): void {
  parent.children = withItem(parent.children, child)
}

/** The list, longer by one item; another list when it was empty. */
function withItem<Item>(list: Item[], item: Item): Item[] {
  if (list.length === 0) return [item]
  list.push(item)
  return list
}

class Reader {
  private readonly text: string
  private readonly limits: XmlLimits
  private position = 0
  private depth = 0
  private nodes = 0
  private readonly scope = new PrefixScope()
  /** The first prefixes of the document. */
  private readonly prefixes: string[] = []
  private readonly less: Finder
  private readonly ampersand: Finder
  private readonly tab: Finder
  private readonly lineFeed: Finder
  private readonly carriageReturn: Finder
  private readonly sectionEnd: Finder
  /** Parts of the last name read. */
  private prefix = ''
  private local = ''
  /** Character data since the last markup other than a CDATA section. */
  private pending = ''

  constructor(text: string, limits: XmlLimits) {
    this.text = text
    this.limits = limits
    this.less = new Finder(text, '<')
    this.ampersand = new Finder(text, '&')
    this.tab = new Finder(text, '\t')
    this.lineFeed = new Finder(text, '\n')
    this.carriageReturn = new Finder(text, '\r')
    this.sectionEnd = new Finder(text, ']]>')
  }

  document(): XmlDocument {
    const illegal = findIllegalCharacter(this.text)
    if (illegal !== undefined) throw this.fail('illegal-character', `${illegal.name} is not allowed`, illegal.offset)
    this.declaration()
    const before = this.misc()
    if (this.text[this.position] !== '<') throw this.fail('not-well-formed', 'a root element is expected')
    const root = this.root()
    const after = this.misc()
    if (this.position < this.text.length) {
      throw this.fail('not-well-formed', 'only comments and processing instructions may follow the root element')
    }
    return { root, text: this.text, before, after }
  }

  private declaration(): void {
    if (!/^<\?xml[\t\n\r ?]/.test(this.text)) return
    xmlDeclaration.lastIndex = 0
    const match = xmlDeclaration.exec(this.text)
    if (match === null) throw this.fail('not-well-formed', 'the XML declaration is malformed')
    const encoding = match[1] ?? match[2]
    if (encoding !== undefined) checkDeclaredEncoding(encoding, this.text)
    this.position = match[0].length
  }

  /** Comments, instructions and white space around the root. [XML §2.8] */
  private misc(): (XmlComment | XmlInstruction)[] {
    const found: (XmlComment | XmlInstruction)[] = []
    for (;;) {
      this.position = spaceEnd(this.text, this.position)
      if (this.text.startsWith('<!--', this.position)) found.push(this.comment())
      else if (this.text.startsWith('<?', this.position)) found.push(this.instruction())
      else if (this.text.startsWith('<!DOCTYPE', this.position)) {
        throw this.fail('doctype', 'a document type declaration is not read')
      } else return found
    }
  }

  private root(): XmlElement {
    const root = this.startTag(undefined)
    let current = root.end === 0 ? root : undefined
    while (current !== undefined) {
      const less = this.less.from(this.position)
      if (less > this.position) this.characters(less)
      const next = this.text.charCodeAt(this.position + 1)
      if (next === exclamation && this.text.startsWith('[CDATA[', this.position + 2)) {
        this.section()
        continue
      }
      if (this.pending !== '') this.flush(current)
      if (next === slash) current = this.endTag(current)
      else if (next === exclamation) append(current, this.comment())
      else if (next === question) append(current, this.instruction())
      else {
        const child = this.startTag(current)
        // The tree is handed out as XmlElement; the parent's list is the only place that knows it is still growing.
        append(current, child)
        if (child.end === 0) current = child
      }
    }
    return root
  }

  /** `end` of the result stays 0 while the element is open. */
  private startTag(parent: OpenElement | undefined): OpenElement {
    const start = this.position
    this.count(start)
    if (this.depth === this.limits.depthMax)
      throw this.fail('limit', `elements nest deeper than ${this.limits.depthMax}`)
    this.position++
    this.name('an element name')
    const element: OpenElement = {
      kind: 'element',
      prefix: this.prefix,
      local: this.local,
      namespace: '',
      attributes: noAttributes,
      declarations: noDeclarations,
      children: noChildren,
      parent,
      start,
      end: 0,
    }
    this.scope.enter()
    const empty = this.attributes(element)
    element.namespace = resolvePrefix(element.prefix, this.scope)
    if (empty) {
      this.scope.leave()
      element.end = this.position
    } else this.depth++
    return element
  }

  /** Reads up to the end of the tag and says whether it is an empty-element tag. */
  private attributes(element: OpenElement): boolean {
    const { text } = this
    if (text.charCodeAt(this.position) === greater && element.prefix !== 'xmlns') {
      this.position++
      return false
    }
    let attributes = noAttributes
    let declarations = noDeclarations
    for (;;) {
      const at = spaceEnd(text, this.position)
      const unit = text.charCodeAt(at)
      if (unit === greater || (unit === slash && text.charCodeAt(at + 1) === greater)) {
        this.position = at + (unit === greater ? 1 : 2)
        this.bind(element, attributes, declarations)
        return unit === slash
      }
      if (at === this.position) throw this.fail('not-well-formed', 'white space, ">" or "/>" is expected')
      if (attributes.length + declarations.length === this.limits.attributesPerElementMax) {
        throw this.fail('limit', `an element has more than ${this.limits.attributesPerElementMax} attributes`)
      }
      this.position = at
      this.name('an attribute name')
      const { prefix, local } = this
      const value = this.attributeValue()
      if (prefix === 'xmlns') declarations = withItem(declarations, { prefix: local, uri: value })
      else if (prefix === '' && local === 'xmlns') declarations = withItem(declarations, { prefix: '', uri: value })
      else attributes = withItem(attributes, { prefix, local, namespace: '', value })
    }
  }

  /** Namespaces count for the whole tag, whatever comes first in it: names are resolved once all of it has been read. */
  private bind(element: OpenElement, attributes: Open<XmlAttribute>[], declarations: NamespaceDeclaration[]): void {
    if (element.prefix === 'xmlns') throw this.fail('not-well-formed', 'an element must not have the prefix xmlns')
    if (declarations.length > 0) {
      for (const declaration of declarations) {
        checkDeclaration(declaration)
        this.scope.bind(declaration.prefix, declaration.uri)
      }
      element.declarations = declarations
    }
    if (attributes.length > 0) {
      for (const attribute of attributes) {
        if (attribute.prefix !== '') attribute.namespace = resolvePrefix(attribute.prefix, this.scope)
      }
      element.attributes = attributes
    }
    checkUnique(attributes, declarations)
  }

  private attributeValue(): string {
    const { text } = this
    let at = spaceEnd(text, this.position)
    if (text.charCodeAt(at) !== equals) throw this.fail('not-well-formed', '"=" is expected', at)
    at = spaceEnd(text, at + 1)
    const quote = text.charCodeAt(at)
    if (quote !== quotation && quote !== apostrophe) {
      throw this.fail('not-well-formed', 'a quoted attribute value is expected', at)
    }
    const from = at + 1
    const to = text.indexOf(quote === quotation ? '"' : "'", from)
    if (to < 0) throw this.fail('not-well-formed', 'the attribute value does not end', at)
    this.position = to + 1
    if (this.less.from(from) < to) throw this.fail('not-well-formed', '"<" in an attribute value', from)
    let value = text.slice(from, to)
    // References after white space: what is written as &#10; stays a line feed. [XML §3.3.3]
    if (this.hasWhiteSpaceToNormalise(from, to)) value = value.replace(/\r\n|[\t\n\r]/g, ' ')
    return this.ampersand.from(from) < to ? resolveReferences(value) : value
  }

  private hasWhiteSpaceToNormalise(from: number, to: number): boolean {
    return this.lineFeed.from(from) < to || this.tab.from(from) < to || this.carriageReturn.from(from) < to
  }

  private endTag(element: OpenElement): OpenElement | undefined {
    this.position += 2
    const end = this.endOfName(element)
    // Nearly every end tag is right and ends at once; only the others are read in full, to say what is wrong.
    if (this.text.charCodeAt(end) === greater) this.position = end + 1
    else this.slowEndTag(element)
    element.end = this.position
    this.depth--
    this.scope.leave()
    return element.parent
  }

  /** Where the name of the element ends when it stands at the position; -1 when it does not. */
  private endOfName({ prefix, local }: OpenElement): number {
    const { text, position } = this
    if (prefix === '') return text.startsWith(local, position) ? position + local.length : -1
    const localStart = position + prefix.length + 1
    const same = text.startsWith(local, localStart) && text.startsWith(prefix, position)
    return same && text.charCodeAt(localStart - 1) === colon ? localStart + local.length : -1
  }

  private slowEndTag(element: OpenElement): void {
    this.name('an element name')
    if (this.local !== element.local || this.prefix !== element.prefix) {
      throw this.fail('not-well-formed', `</${element.local}> is expected`)
    }
    const at = spaceEnd(this.text, this.position)
    if (this.text.charCodeAt(at) !== greater) throw this.fail('not-well-formed', '">" is expected', at)
    this.position = at + 1
  }

  /** A QName: one or two NCNames with a colon between. [XML-NAMES §4] */
  private name(what: string): void {
    const { text, position: start } = this
    if (nameStartLength(text, start) === 0) throw this.fail('not-well-formed', `${what} is expected`)
    const end = nameEnd(text, start)
    if (text.charCodeAt(end) !== colon) {
      this.prefix = ''
      this.local = text.slice(start, end)
      this.position = end
      return
    }
    if (nameStartLength(text, end + 1) === 0) throw this.fail('not-well-formed', `${what} is expected`, end + 1)
    this.prefix = this.prefixAt(start, end)
    this.position = nameEnd(text, end + 1)
    this.local = text.slice(end + 1, this.position)
    if (text.charCodeAt(this.position) === colon) throw this.fail('not-well-formed', 'a name has two colons')
  }

  /** The same few prefixes occur over and over: a string that is there already has its hash, a new slice would need another. */
  private prefixAt(start: number, end: number): string {
    for (const prefix of this.prefixes) {
      if (prefix.length === end - start && this.text.startsWith(prefix, start)) return prefix
    }
    const prefix = this.text.slice(start, end)
    if (this.prefixes.length < prefixesMax) this.prefixes.push(prefix)
    return prefix
  }

  private characters(to: number): void {
    if (to === Infinity) throw this.fail('not-well-formed', 'the document ends inside an element', this.text.length)
    const from = this.position
    const sectionEnd = this.sectionEnd.from(from)
    if (sectionEnd < to) throw this.fail('not-well-formed', '"]]>" in character data', sectionEnd)
    const value = this.lineEnds(from, to)
    this.pending += this.ampersand.from(from) < to ? resolveReferences(value) : value
    this.position = to
  }

  private section(): void {
    const from = this.position + 9
    const to = this.sectionEnd.from(from)
    if (to === Infinity) throw this.fail('not-well-formed', 'the CDATA section does not end')
    this.pending += this.lineEnds(from, to)
    this.position = to + 3
  }

  private flush(parent: OpenElement): void {
    this.count(this.position)
    append(parent, { kind: 'text', value: this.pending })
    this.pending = ''
  }

  /** A slice with line ends as [XML §2.11] has them; references are not resolved yet, so that &#13; survives. */
  private lineEnds(from: number, to: number): string {
    const value = this.text.slice(from, to)
    return this.carriageReturn.from(from) < to ? value.replace(/\r\n?/g, '\n') : value
  }

  private comment(): XmlComment {
    const start = this.position
    this.count(start)
    if (!this.text.startsWith('<!--', start)) {
      const doctype = this.text.startsWith('<!DOCTYPE', start)
      throw this.fail(doctype ? 'doctype' : 'not-well-formed', 'a comment or a CDATA section is expected')
    }
    const to = this.text.indexOf('--', start + 4)
    if (to < 0 || this.text.charCodeAt(to + 2) !== greater) {
      throw this.fail('not-well-formed', to < 0 ? 'the comment does not end' : '"--" in a comment', Math.max(to, start))
    }
    this.position = to + 3
    return { kind: 'comment', value: this.lineEnds(start + 4, to) }
  }

  private instruction(): XmlInstruction {
    const start = this.position
    this.count(start)
    this.position += 2
    this.name('the target of a processing instruction')
    const target = this.local
    if (this.prefix !== '') throw this.fail('not-well-formed', 'the target of a processing instruction has a colon')
    if (target.toLowerCase() === 'xml') {
      throw this.fail('not-well-formed', 'an XML declaration is allowed only at the very start', start)
    }
    const to = this.text.indexOf('?>', this.position)
    if (to < 0) throw this.fail('not-well-formed', 'the processing instruction does not end', start)
    const from = spaceEnd(this.text, this.position)
    if (from === this.position && from !== to) throw this.fail('not-well-formed', 'white space or "?>" is expected')
    const data = from < to ? this.lineEnds(from, to) : ''
    this.position = to + 2
    return { kind: 'instruction', target, data }
  }

  private count(at: number): void {
    this.nodes++
    if (this.nodes > this.limits.nodesMax) throw this.fail('limit', `more than ${this.limits.nodesMax} nodes`, at)
  }

  private fail(code: XmlErrorCode, message: string, at = this.position): XmlError {
    const lines = this.text.slice(0, at).split('\n')
    return new XmlError(code, `${message} (line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1})`)
  }
}
