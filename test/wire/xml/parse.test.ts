import { describe, expect, it } from 'vitest'
import { XmlError, type XmlLimits, parseXml } from '../../../src/wire/xml/index.ts'

function codeOf(source: Buffer | string, limits?: Partial<XmlLimits>): string {
  try {
    parseXml(source, limits)
    return 'accepted'
  } catch (error) {
    if (error instanceof XmlError) return error.code
    throw error
  }
}

describe('a well-formed document', () => {
  it('becomes a tree with namespaces, and offsets into its text', () => {
    const source = '<?xml version="1.0"?>\n<p:a xmlns:p="urn:p" xmlns="urn:d" p:x="1" y="2"><b/>text</p:a>'
    const { root, text } = parseXml(Buffer.from(source))
    expect(root).toMatchObject({ prefix: 'p', local: 'a', namespace: 'urn:p', parent: undefined })
    expect(root.declarations).toEqual([
      { prefix: 'p', uri: 'urn:p' },
      { prefix: '', uri: 'urn:d' },
    ])
    expect(root.attributes).toEqual([
      { prefix: 'p', local: 'x', namespace: 'urn:p', value: '1' },
      { prefix: '', local: 'y', namespace: '', value: '2' },
    ])
    const [child, characters] = root.children
    expect(child).toMatchObject({ kind: 'element', local: 'b', namespace: 'urn:d', parent: root })
    expect(characters).toEqual({ kind: 'text', value: 'text' })
    expect(text.slice(root.start, root.end)).toBe(source.slice(source.indexOf('<p:a')))
    expect(child?.kind === 'element' && text.slice(child.start, child.end)).toBe('<b/>')
  })

  it('has its line ends normalised, but not those that are written as references [XML §2.11]', () => {
    const { root } = parseXml('<a b="x\r\ny\rz\tt&#13;&#10;&#9;">1\r\n2\r3\n&#13;</a>')
    expect(root.attributes[0]?.value).toBe('x y z t\r\n\t')
    expect(root.children).toEqual([{ kind: 'text', value: '1\n2\n3\n\r' }])
  })

  it('joins character data, references and CDATA sections into one text', () => {
    const { root } = parseXml('<a>1 &lt;<![CDATA[<&>]]]]>&#x32;&#51;<![CDATA[]]>&quot;&apos;&gt;&amp;</a>')
    expect(root.children).toEqual([{ kind: 'text', value: '1 <<&>]]23"\'>&' }])
  })

  it('keeps comments and instructions, inside and outside', () => {
    const { root, before, after } = parseXml('<!--1--><?two?><a><!-- 3 --><?four  4 ?></a><?five 5?>\n<!--6-->')
    expect(before).toEqual([
      { kind: 'comment', value: '1' },
      { kind: 'instruction', target: 'two', data: '' },
    ])
    expect(root.children).toEqual([
      { kind: 'comment', value: ' 3 ' },
      { kind: 'instruction', target: 'four', data: '4 ' },
    ])
    expect(after).toEqual([
      { kind: 'instruction', target: 'five', data: '5' },
      { kind: 'comment', value: '6' },
    ])
  })

  it('takes back the default namespace and rebinds prefixes for a part of the tree only', () => {
    const { root } = parseXml('<a xmlns="u:1" xmlns:p="u:2"><b xmlns="" xmlns:p="u:3"><p:c/></b><p:d/><e/></a>')
    const names = [...root.children, ...(root.children[0]?.kind === 'element' ? root.children[0].children : [])]
    expect(names.map(child => child.kind === 'element' && `${child.local} ${child.namespace}`)).toEqual([
      'b ',
      'd u:2',
      'e u:1',
      'c u:3',
    ])
  })

  it('may have a byte order mark, any XML 1.x declaration and names beyond ASCII', () => {
    expect(codeOf(Buffer.from('\ufeff<?xml version="1.0" encoding="utf-8" standalone="no"?><a/>'))).toBe('accepted')
    expect(codeOf("<?xml version='1.1' encoding='US-ASCII'?><a/>")).toBe('accepted')
    const { root } = parseXml(Buffer.from('<\u00fcber:\u{10400}\u00b7 xmlns:\u00fcber="u:1"/>'))
    expect([root.prefix, root.local]).toEqual(['\u00fcber', '\u{10400}\u00b7'])
  })

  it('knows the prefix xml without a declaration and with the right one', () => {
    const xml = 'http://www.w3.org/XML/1998/namespace'
    expect(parseXml('<a xml:lang="fr"/>').root.attributes[0]?.namespace).toBe(xml)
    expect(codeOf(`<a xmlns:xml="${xml}"/>`)).toBe('accepted')
  })
})

describe('what is not well-formed is refused', () => {
  it.each([
    ['nothing at all', ''],
    ['only white space', ' \n'],
    ['text before the root', 'x<a/>'],
    ['text after the root', '<a/>x'],
    ['a second root', '<a/><b/>'],
    ['a reference after the root', '<a/>&#32;'],
    ['a CDATA section after the root', '<a/><![CDATA[]]>'],
    ['white space before the XML declaration', ' <?xml version="1.0"?><a/>'],
    ['a second XML declaration', '<?xml version="1.0"?><?xml version="1.0"?><a/>'],
    ['a declaration without version', '<?xml encoding="UTF-8"?><a/>'],
    ['a declaration in another order', '<?xml version="1.0" standalone="yes" encoding="UTF-8"?><a/>'],
    ['a declaration of version 2.0', '<?xml version="2.0"?><a/>'],
    ['an open root', '<a>'],
    ['an open child', '<a><b></a>'],
    ['crossed tags', '<a><b></a></b>'],
    ['an end tag with another prefix', '<p:a xmlns:p="u:1" xmlns:q="u:1"></q:a>'],
    ['an end tag too many', '<a/></a>'],
    ['an end tag with an attribute', '<a></a b="1">'],
    ['a tag that does not end', '<a b="1"'],
    ['a space before the name', '< a/>'],
    ['a name that starts with a digit', '<1a/>'],
    ['a name that starts with a hyphen', '<-a/>'],
    ['a name with a sign', '<a$/>'],
    ['a name with U+00D7, which is no letter', '<\u00d7/>'],
    ['an attribute without value', '<a b/>'],
    ['an attribute without quotes', '<a b=1/>'],
    ['an attribute with different quotes', '<a b="1\'/>'],
    ['two attributes without white space between', '<a b="1"c="2"/>'],
    ['an attribute twice', '<a b="1" b="2"/>'],
    ['"<" in an attribute', '<a b="<"/>'],
    ['"&" in an attribute', '<a b="a & b"/>'],
    ['"]]>" in text', '<a>]]></a>'],
    ['"&" in text', '<a>a & b</a>'],
    ['an unknown entity', '<a>&nbsp;</a>'],
    ['a reference without semicolon', '<a>&lt</a>'],
    ['a reference with a capital X', '<a>&#X20;</a>'],
    ['an empty character reference', '<a>&#;</a>'],
    ['a CDATA section that does not end', '<a><![CDATA[]]</a>'],
    ['a CDATA section in lower case', '<a><![cdata[]]></a>'],
    ['"--" in a comment', '<a><!-- -- --></a>'],
    ['a comment that ends in "--->"', '<a><!-- ---></a>'],
    ['a comment that does not end', '<a><!-- </a>'],
    ['an instruction without target', '<a><? x?></a>'],
    ['an instruction that does not end', '<a><?x </a>'],
    ['an instruction whose target is XML', '<a><?XmL x?></a>'],
    ['an instruction whose target has a colon', '<a><?p:x?></a>'],
    ['a byte order mark twice', '\ufeff\ufeff<a/>'],
  ])('%s', (_, source) => {
    expect(codeOf(source)).toBe('not-well-formed')
  })
})

describe('what breaks the rules of namespaces is refused', () => {
  const xml = 'http://www.w3.org/XML/1998/namespace'
  it.each([
    ['an element with an unbound prefix', '<p:a/>'],
    ['an attribute with an unbound prefix', '<a p:b="1"/>'],
    ['a prefix that was bound in a sibling', '<a><b xmlns:p="u:1"/><p:c/></a>'],
    ['the same attribute by two prefixes', '<a xmlns:p="u:1" xmlns:q="u:1" p:b="1" q:b="2"/>'],
    ['a prefix declared twice', '<a xmlns:p="u:1" xmlns:p="u:2"/>'],
    ['the default namespace declared twice', '<a xmlns="u:1" xmlns="u:2"/>'],
    ['a prefix taken back, as only version 1.1 allows', '<a xmlns:p="u:1"><b xmlns:p=""/></a>'],
    ['the prefix xmlns declared', '<a xmlns:xmlns="u:1"/>'],
    ['an element with the prefix xmlns', '<xmlns:a/>'],
    ['the namespace of xmlns declared', '<a xmlns:p="http://www.w3.org/2000/xmlns/"/>'],
    ['the namespace of xmlns as default', '<a xmlns="http://www.w3.org/2000/xmlns/"/>'],
    ['the prefix xml bound to another namespace', '<a xmlns:xml="u:1"/>'],
    ['the namespace of xml bound to another prefix', `<a xmlns:p="${xml}"/>`],
    ['the namespace of xml as default', `<a xmlns="${xml}"/>`],
    ['a name with two colons', '<p:a:b xmlns:p="u:1"/>'],
    ['a name that starts with a colon', '<:a/>'],
    ['a name that ends with a colon', '<p: xmlns:p="u:1"/>'],
    ['a local name that starts with a digit', '<p:1 xmlns:p="u:1"/>'],
  ])('%s', (_, source) => {
    expect(codeOf(source)).toBe('not-well-formed')
  })

  it('also among so many attributes that they are not compared one by one', () => {
    const many = Array.from({ length: 40 }, (_, index) => `a${index}=""`).join(' ')
    expect(codeOf(`<a xmlns:p="u:1" xmlns:q="u:1" ${many} p:b="1" b="2"/>`)).toBe('accepted')
    expect(codeOf(`<a xmlns:p="u:1" xmlns:q="u:1" ${many} p:b="1" q:b="2"/>`)).toBe('not-well-formed')
    const prefixes = Array.from({ length: 40 }, (_, index) => `xmlns:p${index}="u:1"`).join(' ')
    expect(codeOf(`<a ${prefixes} xmlns:p3="u:2"/>`)).toBe('not-well-formed')
  })
})

describe('a document type is refused', () => {
  it.each([
    ['empty', '<!DOCTYPE a><a/>'],
    ['with entities that multiply', '<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;">]><a>&d;</a>'],
    ['with an external subset', '<?xml version="1.0"?><!-- x --><!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'],
    ['after the root', '<a/><!DOCTYPE a>'],
    ['inside the root', '<a><!DOCTYPE a></a>'],
  ])('%s', (_, source) => {
    expect(codeOf(source)).toBe('doctype')
  })
})

describe('encodings', () => {
  it.each([
    ['a declared ISO-8859-1', Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a/>')],
    ['a declared UTF-16', Buffer.from('<?xml version="1.0" encoding="UTF-16"?><a/>')],
    ['UTF-16 with a byte order mark', Buffer.from('\ufeff<a/>', 'utf16le')],
    ['an octet that is no UTF-8', Buffer.from('<a>\u00e9</a>', 'latin1')],
    ['an over-long form', Buffer.from([0x3c, 0xc1, 0xa1, 0x2f, 0x3e])],
    ['an encoded surrogate', Buffer.from([0x3c, 0x61, 0x3e, 0xed, 0xa0, 0x80, 0x3c, 0x2f, 0x61, 0x3e])],
    ['a character cut in two', Buffer.from('<a>\u20ac</a>').subarray(0, 5)],
    ['more than ASCII where ASCII is declared', Buffer.from('<?xml version="1.0" encoding="ascii"?><a>\u00e9</a>')],
  ])('%s is refused', (_, source) => {
    expect(codeOf(source)).toBe('encoding')
  })
})

describe('illegal characters', () => {
  it.each([
    ['a NUL', '<a>\0</a>'],
    ['a control character', '<a>\u0001</a>'],
    ['a control character in an attribute', '<a b="\u000b"/>'],
    ['a control character in a comment', '<a><!--\u001f--></a>'],
    ['U+FFFE', '<a>\ufffe</a>'],
    ['U+FFFF', '<a>\uffff</a>'],
    ['a lone surrogate', '<a>\ud800</a>'],
    ['a reference to NUL', '<a>&#0;</a>'],
    ['a reference to a control character', '<a>&#x1F;</a>'],
    ['a reference to a surrogate', '<a>&#xD800;</a>'],
    ['two references that would make a pair', '<a>&#xD83D;&#xDE00;</a>'],
    ['a reference to U+FFFE', '<a>&#xFFFE;</a>'],
    ['a reference past Unicode', '<a b="&#x110000;"/>'],
    ['a reference with a hundred digits', `<a>&#${'9'.repeat(100)};</a>`],
  ])('%s is refused', (_, source) => {
    expect(codeOf(source)).toBe('illegal-character')
  })

  it('U+0085, U+2028, U+FFFD and the planes above are legal', () => {
    expect(codeOf(Buffer.from('<a>\u0085\u2028\ufffd\u{10000}\u{10ffff}&#x10FFFF;</a>'))).toBe('accepted')
  })
})

describe('limits are inclusive', () => {
  it.each<[string, Partial<XmlLimits>, string, string]>([
    ['octets', { octetsMax: 8 }, '<a>1</a>', '<a>12</a>'],
    ['octets of a text that is not encoded yet', { octetsMax: 9 }, '<a>\u00e9</a>', '<a>\u20ac\u00e9</a>'],
    ['depth', { depthMax: 2 }, '<a><b/><b></b></a>', '<a><b><c/></b></a>'],
    ['nodes', { nodesMax: 3 }, '<a>1<b/></a>', '<a>1<b/>2</a>'],
    ['nodes, comments among them', { nodesMax: 2 }, '<a/><!---->', '<!----><a/><?b?>'],
    ['attributes', { attributesPerElementMax: 2 }, '<a b="1" xmlns="u:1"/>', '<a b="1" c="2" xmlns="u:1"/>'],
  ])('%s', (_, limits, inside, outside) => {
    expect(codeOf(inside, limits)).toBe('accepted')
    expect(codeOf(outside, limits)).toBe('limit')
    expect(codeOf(Buffer.from(inside), limits)).toBe('accepted')
    expect(codeOf(Buffer.from(outside), limits)).toBe('limit')
  })

  it('64 levels by default', () => {
    expect(codeOf('<a>'.repeat(64) + '</a>'.repeat(64))).toBe('accepted')
    expect(codeOf('<a>'.repeat(65) + '</a>'.repeat(65))).toBe('limit')
  })

  it('a hundred thousand levels cost no stack where they are allowed', () => {
    const source = '<a>'.repeat(100_000) + '</a>'.repeat(100_000)
    expect(codeOf(source, { depthMax: 100_000 })).toBe('accepted')
  })
})

const boundless = { octetsMax: 1e9, nodesMax: 1e9, depthMax: 1e9, attributesPerElementMax: 1e9 }

// Were the cost quadratic, these would not end within the time a test has; conformance/bench/growth.ts measures it.
describe('hostile documents', () => {
  it.each<[string, (count: number) => string]>([
    ['attributes', count => `<a ${Array.from({ length: count }, (_, index) => `a${index}=""`).join(' ')}/>`],
    ['declarations', count => `<a ${Array.from({ length: count }, (_, index) => `xmlns:p${index}="u:"`).join(' ')}/>`],
    ['levels with a namespace each', count => '<a xmlns:p="u:1">'.repeat(count) + '</a>'.repeat(count)],
    ['references', count => `<a>${'&amp;'.repeat(count)}</a>`],
    ['white space in attributes', count => `<a b="${'\r\n'.repeat(count)}"/>`],
    ['short comments', count => `<a>${'<!---->'.repeat(count)}</a>`],
    ['sections', count => `<a>${'<![CDATA[x]]>'.repeat(count)}</a>`],
    ['brackets', count => `<a>${']]'.repeat(count)}</a>`],
    ['quotes that never end', count => `<a ${'b="" '.repeat(count)}c="`],
  ])('a quarter of a million %s come to an end', (_, make) => {
    expect(['accepted', 'limit', 'not-well-formed']).toContain(codeOf(make(250_000), boundless))
  })
})

describe('errors', () => {
  it('name the line and column', () => {
    expect(() => parseXml('<a>\n  <b></c>\n</a>')).toThrow('</b> is expected (line 2, column 9)')
  })
})
