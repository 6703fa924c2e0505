import { describe, expect, it } from 'vitest'
import {
  compileSchematron,
  loadRules,
  rehearse,
  type RuleFinding,
  runRules,
} from '../../../src/wire/schematron/index.ts'
import { parseXml } from '../../../src/wire/xml/index.ts'

/* What is indexed, kept or not made at all for speed must not be seen in what the rules say. */

const codes = Buffer.from('<list><code>A</code><code>B</code><code>A</code></list>')

function compiled(content: string): string {
  const source = `<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2">
    <ns prefix="n" uri="urn:n"/>${content}</schema>`
  return compileSchematron(source, ({ href }) =>
    href === 'codes.xml' ? { name: 'codes.xml', octets: codes } : undefined,
  )
}

function run(content: string, document: string): readonly RuleFinding[] {
  return runRules(parseXml(document).root, [loadRules(compiled(content))])
}

/** 'error' when the test cannot be evaluated. */
function holds(test: string, content: string): boolean | 'error' {
  const escaped = test.replaceAll('<', '&lt;').replaceAll('"', '&quot;')
  const rule = `<pattern><rule context="/*"><assert id="X" test="${escaped}">no</assert></rule></pattern>`
  const [finding] = run(rule, `<doc xmlns="urn:n">${content}</doc>`)
  if (finding === undefined) return true
  return finding.isError ? 'error' : false
}

describe('texts, which have no node until a rule asks for them,', () => {
  const mixed = 'x<a id="i">1<b/>2</a>y<a>3</a>z'

  it.for([
    ['count(node()) = 5', true],
    ['count(text()) = 3', true],
    ['count(*) = 2', true],
    ['text()[2] = "y"', true],
    ['string-join(//text(), "") = "x12y3z"', true],
    ['string-join((text() | *)/string(.), "") = "x12y3z"', true],
    ['string-join((n:a/text() | text())/string(.), "") = "x12y3z"', true],
    ['string-join((n:a/@id | n:a/text() | n:a)/string(.), "") = "12i1233"', true],
    ['n:a[2]/preceding-sibling::text()[1] = "y"', true],
    ['n:a[2]/preceding-sibling::node()[2] = "12"', true],
    ['n:a[1]/following-sibling::node()[1] = "y"', true],
    ['string-join(n:a[1]/following::text(), "") = "y3z"', true],
    ['string-join(n:a[2]/preceding::text(), "") = "x12y"', true],
    ['count(descendant-or-self::node()) = 10', true],
    ['text()[1] is node()[1]', true],
    ['count(text() intersect node()) = 3', true],
    ['exists(n:a[1]/text()) and not(n:a[1]/n:b/text())', true],
    ['text()[1]/..', true],
    ['string(.) = "x12y3z"', true],
  ] as const)('stand in their place: %s', ([test, expected]) => {
    expect(holds(test, mixed)).toBe(expected)
  })
})

describe('the axis preceding, answered by an index,', () => {
  it.for([
    ['<a>1</a><b>1</b><a>2</a>', 2],
    ['<a>1</a><a>2</a><a>1</a><a>1</a>', 2],
    ['<a><a>1</a></a>', 2],
    ['<b><a>1</a></b><b><a>1</a></b>', 1],
  ] as const)('finds the values that are new in %s', ([content, count]) => {
    expect(holds(`count(//n:a[not(preceding::n:a = .)]) = ${count}`, content)).toBe(true)
    expect(holds(`count(//n:a[not(preceding::n:a/. = .)]) = ${count}`, content)).toBe(true)
    expect(holds(`count(//n:a[every $one in preceding::n:a satisfies $one != .]) = ${count}`, content)).toBe(true)
  })

  it('gives nodes in document order without those above', () => {
    const content = '<a>1</a><a>2<b/></a><a>3<b/></a>'
    expect(holds('string-join(n:a[3]/n:b/preceding::n:a, "") = "12"', content)).toBe(true)
    expect(holds('n:a[3]/n:b/preceding::n:a[1] = "2"', content)).toBe(true)
  })

  it('is that of a file when the node is in one that is looked up', () => {
    expect(holds("count(document('codes.xml')/list/code[preceding::code = .]) = 1", '')).toBe(true)
    expect(holds("count(document('codes.xml')/list/code[preceding::code]) = 2", '<a/>')).toBe(true)
  })
})

describe('a value of the whole document', () => {
  const content =
    '<line><kind>S</kind><rate>5</rate></line><line><kind>S</kind><rate>7</rate></line><line><rate>9</rate></line>'

  it.for([
    ["every $rate in (5, 7) satisfies exists(//n:line[n:kind = 'S'][n:rate = $rate])", true],
    ["some $rate in (9, 11) satisfies exists(//n:line[n:kind = 'S'][n:rate = $rate])", false],
    ["every $at in (1, 2) satisfies count(//n:doc/n:line[n:kind = 'S'][$at]) = 1", true],
    ["some $at in (3, 4) satisfies exists(//n:doc/n:line[n:kind = 'S'][$at])", false],
    ['every $rate in (5, 7) satisfies count(/n:doc/n:line[n:rate = $rate]/n:kind) = 1', true],
    ["//n:line[n:kind = 'S'][count(current()/n:line) = 3]", true],
  ] as const)('is kept only as far as it does not vary: %s', ([test, expected]) => {
    expect(holds(test, content)).toBe(expected)
  })

  it('fails in the same way wherever it is asked for', () => {
    const rules = `<let name="both" value="normalize-space(//n:a)"/>
      <pattern><rule context="n:a[$both = '1']"><assert id="NEVER" test="false()">no</assert></rule></pattern>
      <pattern><rule context="n:a"><assert id="X" test="$both">no</assert></rule></pattern>`
    const found = run(rules, '<doc xmlns="urn:n"><a>1</a><a>2</a></doc>')
    expect(found.map(({ rule, location, isError }) => [rule, location, isError])).toEqual([
      ['X', '/doc/a[1]', true],
      ['X', '/doc/a[2]', true],
    ])
    expect(new Set(found.map(({ message }) => message)).size).toBe(1)
  })

  it('that failed in one document is asked for anew in the next', () => {
    const rules = loadRules(
      compiled(`<let name="both" value="normalize-space(//n:a)"/>
        <pattern><rule context="/*"><assert id="X" test="$both = '1'">no</assert></rule></pattern>`),
    )
    const errors = ['<a>1</a><a>2</a>', '<a>1</a>'].map(a =>
      runRules(parseXml(`<doc xmlns="urn:n">${a}</doc>`).root, [rules]).map(({ isError }) => isError),
    )
    expect(errors).toEqual([[true], []])
  })
})

describe('strings of nodes', () => {
  it.for([
    ["n:a/normalize-space(.) = '2'", true],
    ["n:a/normalize-space(.) = '3'", false],
    ["n:a/normalize-space(.) != '2'", true],
    ["n:b/normalize-space(.) != '2'", false],
    ["n:a/normalize-space(.) = ('3', '1')", true],
    ["n:a/normalize-space(.) = ('3', '4')", false],
    ['n:a/normalize-space(.) = n:c', true],
    ["normalize-space(n:c) = '1'", true],
    ["normalize-space(n:b) = ''", true],
    ["normalize-space(n:a) = '1'", 'error'],
  ] as const)('are compared one by one: %s', ([test, expected]) => {
    expect(holds(test, '<a> 1 </a><a>2</a><c>1</c>')).toBe(expected)
  })
})

describe('many children of one node', () => {
  const many = `${'<a><b>1</b></a>'.repeat(40)}<c>x</c><a><b>2</b></a>`

  it.for([
    ['count(n:a) = 41 and count(n:a/n:b) = 41', true],
    ['n:a[41] = 2 and n:a[40] = 1', true],
    ['n:c and not(n:d)', true],
    ["normalize-space(n:c) = 'x' and normalize-space(n:d) = ''", true],
    ['normalize-space(n:a) = 1', 'error'],
    ['count((. | n:a)/n:c) = 1 and count((. | n:a)/n:b) = 41', true],
    ['count(n:a/..) = 1 and count(n:a/n:b/..) = 41 and count(n:a/n:b/../..) = 1', true],
    ['count((n:a[41] | n:a[1]/n:b | n:c)/..) = 2', true],
    ['not(/..)', true],
  ] as const)('are found by name: %s', ([test, expected]) => {
    expect(holds(test, many)).toBe(expected)
  })
})

describe('a rehearsal', () => {
  it('leaves rules as they are, whatever they ask of a document with nothing in it', () => {
    const rules = loadRules(
      compiled(`<let name="amount" value="xs:decimal(/n:doc/string(n:a))"/>
        <pattern><rule context="/*"><let name="one" value="n:a"/><assert id="X" test="$one = 2 and $amount = 1">no</assert></rule></pattern>
        <pattern><rule context="//@id"><assert id="Y" test="xs:date(string(.))">no</assert></rule></pattern>`),
    )
    const judge = (): readonly RuleFinding[] =>
      runRules(parseXml('<doc xmlns="urn:n" id="x"><a>1</a></doc>').root, [rules])
    const before = judge()
    rehearse(rules)
    expect(before.map(({ rule, isError }) => [rule, isError])).toEqual([
      ['X', false],
      ['Y', true],
    ])
    expect(judge()).toEqual(before)
  })
})

describe('a list that is asked for a value', () => {
  it.for([
    ["some $x in ('1', '2') satisfies n:a = $x", true],
    ["some $x in ('2', '3') satisfies $x = n:a", true],
    ["some $x in ('3', '4') satisfies n:a = $x", false],
    ["some $x in tokenize('2 3', ' ') satisfies n:a = $x", true],
    ["some $x in tokenize('4 3', ' ') satisfies n:a = $x", false],
    ['some $x in n:b satisfies n:a = $x', false],
    ['some $x in (1, 2) satisfies $x = $x', true],
    ['some $x in (4, 2) satisfies number(n:a[1]) = $x - 1', true],
    ["some $x in ('1', '3') satisfies n:a != $x", true],
    ["every $x in ('1', '3') satisfies n:a = $x", false],
    ["contains(' A B ', concat(' ', n:code, ' '))", true],
    ["contains(' A B ', concat(' ', n:both, ' '))", true],
    ["contains(' A B ', concat(' ', n:none, ' '))", false],
    ["contains(' A  B ', concat(' ', n:none, ' '))", true],
  ] as const)('says what the comparison one by one says: %s', ([test, expected]) => {
    expect(holds(test, '<a>1</a><a>2</a><code>B</code><both>A B</both><none/>')).toBe(expected)
  })
})

describe('a pattern of a regular expression', () => {
  it.for([
    [String.raw`matches(n:a, '^\d+$')`, true],
    ["matches(n:b, 'X+', 'i')", true],
    ["matches(n:b, 'X+')", false],
    ["matches(n:b, '[')", 'error'],
    ["matches(n:b, concat('^', 'x'))", true],
    ["matches(n:b, 'x', n:none)", true],
  ] as const)('is that of XPath: %s', ([test, expected]) => {
    expect(holds(test, '<a>12</a><b>xx</b>')).toBe(expected)
  })
})

/** Where the rule finds its context. */
function contexts(context: string): readonly string[] {
  const rule = `<pattern><rule context="${context}"><assert id="X" test="false()">no</assert></rule></pattern>`
  return run(rule, '<doc xmlns="urn:n"><a><b><c x="1"/></b></a><c/></doc>').map(({ location }) => location)
}

describe('a context', () => {
  it.for([
    ['n:c', ['/doc/a/b/c', '/doc/c']],
    ['n:b/n:c', ['/doc/a/b/c']],
    ['n:a/n:b/n:c', ['/doc/a/b/c']],
    ['n:doc/n:b/n:c', []],
    ['n:a//n:c', ['/doc/a/b/c']],
    ['*/n:c', ['/doc/a/b/c', '/doc/c']],
    ['/n:doc/n:c', ['/doc/c']],
    ['/n:c', []],
    ['node()/n:doc', ['/doc']],
    ['node()/node()/n:doc', []],
    ['n:c/@x', ['/doc/a/b/c/@x']],
    ['@*', ['/doc/a/b/c/@x']],
    ['n:b[n:c]/n:c[@x]', ['/doc/a/b/c']],
    ['n:b[n:a]/n:c', []],
    ['/', ['/']],
  ] as const)('%s is the nodes at %s', ([context, expected]) => {
    expect(contexts(context)).toEqual(expected)
  })
})

describe('elements that are forbidden', () => {
  it('are one finding of their check, however many of its paths are there', () => {
    const rule = `<pattern><rule context="/*">
      <assert id="AB" test="not(n:a) and not(n:b/n:c)">[AB] no a, <value-of select="name(n:b)"/>  nor c </assert>
      <assert id="C" test="not(n:b/n:c)">no c</assert></rule></pattern>`
    const found = run(rule, '<doc xmlns="urn:n"><a/><b><c/></b><a/></doc>')
    expect(found.map(({ rule: id, message }) => [id, message])).toEqual([
      ['AB', '[AB] no a, b nor c'],
      ['C', 'no c'],
    ])
  })
})

describe('what several rules say alike', () => {
  it('is one function, with the values of each node its own', () => {
    const rules = `<pattern><rule context="n:a"><let name="own" value="string(.)"/>
        <assert id="A" test="$own = '1'">is <value-of select="$own"/></assert></rule></pattern>
      <pattern><rule context="n:a | n:b"><let name="own" value="string(.)"/>
        <assert id="B" test="$own = '1'">is <value-of select="$own"/></assert></rule></pattern>`
    const found = run(rules, '<doc xmlns="urn:n"><a>1</a><a>2</a><b>3</b></doc>')
    expect(found.map(({ rule, message }) => `${rule} ${message}`)).toEqual(['A is 2', 'B is 2', 'B is 3'])
    const code = compiled(rules)
    expect(code.match(/^function /gm)?.length).toBe(3)
  })
})

describe('nodes that are sorted by a string', () => {
  it.for([
    ["count(//n:a[normalize-space(n:id) = 'A']) = 2", true],
    ["count(//n:a[normalize-space(n:id) = 'B']) = 1 and not(//n:a[normalize-space(n:id) = 'C'])", true],
    ["//n:a[n:on = '1']/n:id['A' = normalize-space(.)]", true],
    ["//n:a[n:on = '1']/n:id[normalize-space(.) = 'B']", false],
    ["count(//n:a[normalize-space(n:id) = 'A'][n:on]) = 1", true],
    ["//n:a[normalize-space(n:id) = 'A']/n:on = '1'", true],
    ["count(//n:a[normalize-space(n:id) = 'A' and n:on]) = 1", true],
    ["//n:a[normalize-space(n:id) = 'A'][2]/n:on and not(//n:a[normalize-space(n:id) = 'A'][3])", true],
    ["(//n:a[normalize-space(n:id) = 'A'])[2]/n:on", true],
    ["//n:twice[normalize-space(n:id) = 'A']", 'error'],
    ["count(//n:a[upper-case(n:id) = upper-case('a')]) = 1", true],
    ["//@x[normalize-space(.) = '1']", true],
  ] as const)('are those that the comparison finds: %s', ([test, expected]) => {
    const lines = '<a x=" 1"><id> A </id></a><a><id>B</id></a><a><id>A</id><on>1</on></a>'
    expect(holds(test, `${lines}<twice><id>A</id><id>B</id></twice>`)).toBe(expected)
  })
})

describe('many equally named siblings', () => {
  it.for([2, 40])('%d of them are told apart in a finding', count => {
    const rule = '<pattern><rule context="n:a"><assert id="X" test="false()">no</assert></rule></pattern>'
    const found = run(rule, `<doc xmlns="urn:n"><b/>${'<a/>'.repeat(count)}</doc>`)
    expect(found.map(({ location }) => location)).toEqual(Array.from({ length: count }, (_, at) => `/doc/a[${at + 1}]`))
  })
})

describe('values of the variables of a rule', () => {
  it('are those of one node, also for the elements that it forbids', () => {
    const rule = `<pattern><rule context="n:a"><let name="id" value="string(@id)"/>
      <assert id="X" test="not(n:b)"><value-of select="$id"/></assert></rule></pattern>`
    const found = run(rule, '<doc xmlns="urn:n"><a id="1"><b/></a><a id="2"><b/></a></doc>')
    expect(found.map(({ message }) => message)).toEqual(['1', '2'])
  })
})

describe('decimals', () => {
  it.for([
    ["xs:decimal('0.10') = 0.1", true],
    ["string(xs:decimal('-12.3400')) = '-12.34'", true],
    ["string(xs:decimal('-0')) = '0'", true],
    ["string(xs:decimal('.5')) = '0.5' and string(xs:decimal('5.')) = '5'", true],
    ["string(xs:decimal(' +5 ')) = '5'", true],
    ["string(xs:decimal('12345678901234567890.5')) = '12345678901234567890.5'", true],
    ["'1.2.3' castable as xs:decimal or '-' castable as xs:decimal or '.' castable as xs:decimal", false],
    ["'' castable as xs:decimal or '1e3' castable as xs:decimal", false],
    ["number(xs:decimal('0.3')) = 0.3e0 and number(xs:decimal('123456789.123456')) = 123456789.123456e0", true],
    ["number(xs:decimal('9007199254740993.1')) = 9007199254740993.1e0", true],
  ] as const)('are exact however they are written: %s', ([test, expected]) => {
    expect(holds(test, '')).toBe(expected)
  })
})
