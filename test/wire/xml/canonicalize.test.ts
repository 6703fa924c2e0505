import { describe, expect, it } from 'vitest'
import { type XmlElement, XmlError, canonicalize, childElements, parseXml } from '../../../src/wire/xml/index.ts'

type Options = Partial<Parameters<typeof canonicalize>[1]>

/** The whole document, inclusive unless asked otherwise. */
function whole(source: string, options: Options = {}): string {
  const document = parseXml(Buffer.from(source))
  return canonicalize(document.root, { method: 'inclusive', document, ...options })
}

/** The element of that local name, where it stands. */
function part(source: string, local: string, options: Options = {}): string {
  const element = find(parseXml(Buffer.from(source)).root, local)
  return canonicalize(element!, { method: 'exclusive', ...options })
}

function find(element: XmlElement, local: string): XmlElement | undefined {
  if (element.local === local) return element
  for (const child of childElements(element)) {
    const found = find(child, local)
    if (found !== undefined) return found
  }
  return undefined
}

describe('a whole document', () => {
  it('loses its declaration and comments; instructions outside the root stand on lines of their own [C14N §3.1]', () => {
    const source =
      '<?xml version="1.0"?>\n\n<?style  href="a"  ?>\n\n<!-- 1 --><d>x<!-- 2 --></d>\n\n<?last?>\n<!-- 3 -->'
    expect(whole(source)).toBe('<?style href="a"  ?>\n<d>x</d>\n<?last?>')
    expect(canonicalize(parseXml(source).root, { method: 'inclusive' })).toBe('<d>x</d>')
  })

  it('keeps all white space inside the root [C14N §3.2]', () => {
    expect(whole('<d>\r\n   <e>  a b\t</e>\n\n</d>\n\n')).toBe('<d>\n   <e>  a b\t</e>\n\n</d>')
  })

  it('has start tags without spare white space, full end tags, and sorted attributes [C14N §3.3]', () => {
    const source = `<d  xmlns = "urn:d"   xmlns:b='urn:z' xmlns:a="urn:y" id='1' b:x="bz" a:x="ay" A="2" a:b="ab" a="3" ><e   /></d >`
    expect(whole(source)).toBe(
      '<d xmlns="urn:d" xmlns:a="urn:y" xmlns:b="urn:z" A="2" a="3" id="1" a:b="ab" a:x="ay" b:x="bz"><e></e></d>',
    )
  })

  it('sorts attributes by namespace name first, not by prefix [C14N §2.2]', () => {
    expect(whole('<d xmlns:a="urn:2" xmlns:b="urn:1" a:x="" b:y="" z=""/>')).toBe(
      '<d xmlns:a="urn:2" xmlns:b="urn:1" z="" b:y="" a:x=""></d>',
    )
  })

  it('sorts by code point: upper case first, and U+FB00 before U+10400 [C14N §2.2]', () => {
    expect(whole('<d xmlns:ds="urn:1" xmlns:S12="urn:2" \u{10400}="" \ufb00="" eb="" E=""/>')).toBe(
      '<d xmlns:S12="urn:2" xmlns:ds="urn:1" E="" eb="" \ufb00="" \u{10400}=""></d>',
    )
    expect(whole('<d xmlns:\u{10400}="urn:\ufb00" xmlns:\ufb00="urn:\u{10400}" \ufb00:a="" \u{10400}:b=""/>')).toBe(
      '<d xmlns:\ufb00="urn:\u{10400}" xmlns:\u{10400}="urn:\ufb00" \u{10400}:b="" \ufb00:a=""></d>',
    )
  })

  it('escapes what a parser would change, and nothing else [C14N §2.3]', () => {
    const attribute = '&lt;&gt;&amp;&quot;&apos;&#9;&#10;&#13;\t'
    expect(whole(`<d a="${attribute}"/>`)).toBe(`<d a="&lt;>&amp;&quot;'&#x9;&#xA;&#xD; "></d>`)
    expect(whole('<d>&lt;&gt;&amp;&quot;&apos;&#9;&#10;&#13;<![CDATA[<&>"\r]]></d>')).toBe(
      '<d>&lt;&gt;&amp;"\'\t\n&#xD;&lt;&amp;&gt;"\n</d>',
    )
    expect(whole('<d xmlns="urn:a?b=1&amp;c=2"/>')).toBe('<d xmlns="urn:a?b=1&amp;c=2"></d>')
  })

  it('leaves out namespace declarations that repeat what is bound, and xmlns="" where nothing is to undo', () => {
    const source = '<d xmlns="" xmlns:a="urn:1"><e xmlns:a="urn:1" xmlns=""><f xmlns="urn:2"><g xmlns=""/></f></e></d>'
    expect(whole(source)).toBe('<d xmlns:a="urn:1"><e><f xmlns="urn:2"><g xmlns=""></g></f></e></d>')
  })

  it('never shows the binding of the prefix xml', () => {
    const source = '<d xmlns:xml="http://www.w3.org/XML/1998/namespace" xml:lang="fr"/>'
    expect(whole(source)).toBe('<d xml:lang="fr"></d>')
    expect(whole(source, { method: 'exclusive', inclusivePrefixes: ['xml'] })).toBe('<d xml:lang="fr"></d>')
  })
})

describe('a part of a document', () => {
  const context = '<n0:a xmlns:n0="urn:0" xmlns:n3="urn:3" xmlns="urn:d" xml:lang="fr" xml:id="i" x="1">'
  const source = `${context}<n1:b xmlns:n1="urn:1" xml:space="preserve" xml:id="j"><n3:c xmlns:n1="urn:1"/></n1:b></n0:a>`

  it('carries the whole context with the inclusive method: namespaces and the nearest xml attributes [C14N §2.4]', () => {
    expect(part(source, 'b', { method: 'inclusive' })).toBe(
      '<n1:b xmlns="urn:d" xmlns:n0="urn:0" xmlns:n1="urn:1" xmlns:n3="urn:3" xml:id="j" xml:lang="fr" ' +
        'xml:space="preserve"><n3:c></n3:c></n1:b>',
    )
  })

  it('carries what it visibly uses with the exclusive method, and no xml attributes [EXC-C14N §2.1]', () => {
    expect(part(source, 'b')).toBe(
      '<n1:b xmlns:n1="urn:1" xml:id="j" xml:space="preserve"><n3:c xmlns:n3="urn:3"></n3:c></n1:b>',
    )
  })

  it('carries the prefixes of the list too, whether it uses them or not [EXC-C14N §3]', () => {
    expect(part(source, 'b', { inclusivePrefixes: ['n3', 'unbound'] })).toBe(
      '<n1:b xmlns:n1="urn:1" xmlns:n3="urn:3" xml:id="j" xml:space="preserve"><n3:c></n3:c></n1:b>',
    )
    expect(part(source, 'b', { inclusivePrefixes: ['#default'] })).toMatch(/^<n1:b xmlns="urn:d" xmlns:n1="urn:1" /)
  })

  it('shows a listed prefix again where it is rebound, although nothing uses it', () => {
    const rebound = '<a xmlns:p="urn:1"><b xmlns:p="urn:2"><c xmlns:p="urn:2"/></b></a>'
    expect(part(rebound, 'a', { inclusivePrefixes: ['p'] })).toBe(
      '<a xmlns:p="urn:1"><b xmlns:p="urn:2"><c></c></b></a>',
    )
    expect(part(rebound, 'a')).toBe('<a><b><c></c></b></a>')
  })

  it('shows a binding again on each branch that uses it, exclusive', () => {
    expect(part('<a xmlns:p="urn:1"><p:b><p:c/></p:b><p:d p:e=""/></a>', 'a')).toBe(
      '<a><p:b xmlns:p="urn:1"><p:c></p:c></p:b><p:d xmlns:p="urn:1" p:e=""></p:d></a>',
    )
  })

  it('does not use the default namespace by an attribute without prefix, but by an element without one', () => {
    expect(part('<a xmlns="urn:1" xmlns:p="urn:2"><p:b c=""><d/></p:b></a>', 'b')).toBe(
      '<p:b xmlns:p="urn:2" c=""><d xmlns="urn:1"></d></p:b>',
    )
  })

  it('takes the default namespace back where an element in no namespace uses that, exclusive', () => {
    expect(part('<a xmlns="urn:1"><p:b xmlns:p="urn:2" xmlns=""><c/></p:b></a>', 'a')).toBe(
      '<a xmlns="urn:1"><p:b xmlns:p="urn:2"><c xmlns=""></c></p:b></a>',
    )
  })

  it('leaves out the omitted element with all its content, and nothing beside it [XMLDSIG §6.6.4]', () => {
    const { root } = parseXml('<a xmlns:p="urn:1">1<p:s><p:t/></p:s>2<p:s/></a>')
    const omit = childElements(root)[0]!
    expect(canonicalize(root, { method: 'exclusive', omit })).toBe('<a>12<p:s xmlns:p="urn:1"></p:s></a>')
    expect(canonicalize(root, { method: 'inclusive', omit })).toBe('<a xmlns:p="urn:1">12<p:s></p:s></a>')
  })
})

describe('a relative namespace name', () => {
  it.each(['inclusive', 'exclusive'] as const)('has no canonical form, %s [C14N §1.3]', method => {
    const document = parseXml('<a><b xmlns:p="../relative"/></a>')
    expect(() => canonicalize(document.root, { method })).toThrow(XmlError)
    expect(() => canonicalize(document.root, { method })).toThrow('relative')
  })
})

function deep(count: number): XmlElement {
  const source = `${'<a xmlns:p="urn:1" xmlns:q="urn:2" p:b="">'.repeat(count)}${'</a>'.repeat(count)}`
  return parseXml(source, { depthMax: 1e6, nodesMax: 1e9 }).root
}

// Were the cost quadratic, this would not end within the time a test has; conformance/bench/growth.ts measures it.
describe('a document of forty thousand levels', () => {
  it.each(['exclusive', 'inclusive'] as const)('has a canonical form, %s', method => {
    const written = canonicalize(deep(40_000), { method })
    expect(written.match(/<a/g)).toHaveLength(40_000)
    expect(written.match(/xmlns:p="urn:1"/g)).toHaveLength(1)
  })
})
