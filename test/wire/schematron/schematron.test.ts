import { describe, expect, it } from 'vitest'
import { compileSchematron, loadRules, type RuleFinding, runRules } from '../../../src/wire/schematron/index.ts'
import { parseXml } from '../../../src/wire/xml/index.ts'

/** A schema around patterns, with functions under the prefix u. */
function schema(content: string): string {
  return `<schema xmlns="http://purl.oclc.org/dsdl/schematron" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" queryBinding="xslt2">
    <ns prefix="n" uri="urn:n"/><ns prefix="u" uri="urn:u"/>${content}</schema>`
}

function run(content: string, document: string): readonly RuleFinding[] {
  return runRules(parseXml(document).root, [loadRules(compileSchematron(schema(content)))])
}

const document = '<doc xmlns="urn:n"><a id="1">10</a><a id="2">9</a><b>x</b><amount>0.10</amount></doc>'

/** Whether an assert with the test holds for the root of the document; 'error' when it cannot be evaluated. */
function holds(test: string, source = document): boolean | 'error' {
  const escaped = test.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
  const [finding] = run(
    `<pattern><rule context="/*"><assert id="X" test="${escaped}">no</assert></rule></pattern>`,
    source,
  )
  if (finding === undefined) return true
  return finding.isError ? 'error' : false
}

describe('an expression', () => {
  it.for([
    ['n:a = 10', true],
    ['n:a[2] = 9', true],
    ['n:a[1] < n:a[2]', true],
    ['number(n:a[1]) < number(n:a[2])', false],
    ["n:a/@id = '2'", true],
    ["n:a[@id = '3']", false],
    ['not(n:c)', true],
    ['count(n:a) = 2 and count(*) = 4', true],
    ['xs:decimal(n:amount) = 0.1', true],
    ['xs:decimal(n:amount) * 3 = 0.3', true],
    ['number(n:amount) * 3 = 0.3', false],
    ['xs:integer("123456789012345678901234567890") mod 97 = 52', true],
    ['round(2.5) = 3 and round(-2.5) = -2', true],
    ['1 div 3 = 0.333333333333333333', true],
    ['-7 idiv 2 = -3 and -7 mod 2 = -1', true],
    ["string(1.50) = '1.5' and string(1e6) = '1.0E6'", true],
    ["substring('12345', 2, 3) = '234' and substring('12345', 0, 3) = '12'", true],
    ["matches('a_1', '^\\w+$')", false],
    ["matches('é1', '^\\w+$') and matches('b', '^[a-z-[aeiou]]$') and not(matches('e', '^[a-z-[aeiou]]$'))", true],
    ["matches('a-b/c', '^[A-Za-z0-9+\\-_/]+$')", true],
    ["replace('a1b2', '(\\d)', '<$1>') = 'a<1>b<2>'", true],
    ["tokenize('a|b|', '\\|')[3] = ''", true],
    ["contains(' A B ', concat(' ', n:b, ' '))", false],
    ["contains(' x y ', concat(' ', n:b, ' '))", true],
    ["contains(' x y ', concat(' ', 'x y', ' '))", true],
    ["n:b = ('x', 'y') and not(n:b = ('y', 'z'))", true],
    ["'2024-02-30' castable as xs:date", false],
    ["'2024-02-29' castable as xs:date", true],
    ['some $i in n:a satisfies $i = 9', true],
    ['every $i in n:a satisfies $i = 9', false],
    ['sum(for $i in 1 to 3 return $i * $i) = 14', true],
    ["if (n:c) then false() else string-join(n:a, '-') = '10-9'", true],
    ['(n:a | n:b)[last()] = "x" and //n:a[1] = 10', true],
    ['n:b/preceding-sibling::n:a[1]/@id = "2"', true],
    ['n:a/(if (@id = "1") then "one" else "two") = "two"', true],
    ["local-name(/*) = 'doc' and name(//@id[1]) = 'id'", true],
    ['max(n:a) = 10 and min(n:a) = 9 and distinct-values((1, 1.0, "1"))[2] = "1"', true],
    ['n:b + 1 = 2', 'error'],
    ['xs:decimal(n:b) = 1', 'error'],
    ["normalize-space(n:a) = '10'", 'error'],
    ['1 div 0 = 1', 'error'],
    ['n:c + 1 = 2', false],
  ] as const)('%s is %s', ([test, expected]) => {
    expect(holds(test)).toBe(expected)
  })

  it('does not become JavaScript by what is written in it', () => {
    expect(holds("n:b = '\"];throw 1;//' or n:b = '\u2028'")).toBe(false)
  })
})

describe('the rules of a pattern', () => {
  const two = `<pattern><rule context="n:a[@id = '1']"><assert id="FIRST" test="false()">1</assert></rule>
    <rule context="n:a"><assert id="SECOND" test="false()" flag="warning">2</assert></rule></pattern>`

  it('apply the first that fits a node, and only that', () => {
    expect(run(two, document).map(({ rule }) => rule)).toEqual(['FIRST', 'SECOND'])
  })

  it('name place, severity, text and term of a finding', () => {
    const content = `<pattern><rule context="n:a"><assert id="BR-1" flag="warning" test=". = 10">The net
      amount (BT-106) is <value-of select="."/>, not 10.</assert></rule></pattern>`
    expect(run(content, document)).toEqual([
      {
        rule: 'BR-1',
        severity: 'warning',
        location: '/doc/a[2]',
        message: 'The net amount (BT-106) is 9, not 10.',
        term: 'BT-106',
        isError: false,
      },
    ])
  })

  it('take an error in the context for no match, and report one in a test', () => {
    const content = `<pattern><rule context="n:b[. + 1 = 2]"><assert id="NEVER" test="false()">n</assert></rule>
      <rule context="n:b"><assert id="ERR" test=". + 1 = 2">e</assert></rule></pattern>`
    expect(run(content, document)).toMatchObject([
      { rule: 'ERR', isError: true, message: expect.stringContaining('FORG0001') },
    ])
  })

  it('report what a report finds, and take the id from the text where there is none', () => {
    const content = `<pattern><rule context="n:a/@id"><report test=". = '2'">[R-7]-two</report></rule></pattern>`
    expect(run(content, document)).toMatchObject([{ rule: 'R-7', severity: 'error', location: '/doc/a[2]/@id' }])
  })

  it('name a check once that forbids elements, however many there are', () => {
    const content = `<pattern><rule context="/n:doc"><assert id="CR" test="not(n:a) and not(n:c/n:d)">no</assert>
      <assert id="OK" test="not(n:c)">no</assert></rule></pattern>`
    expect(run(content, document).map(({ rule }) => rule)).toEqual(['CR'])
  })

  it('see variables of schema, pattern and rule, and functions that call themselves', () => {
    const content = `<let name="top" value="count(//n:a)"/>
      <xsl:function name="u:digits" as="xs:integer"><xsl:param name="text" as="xs:string"/>
        <xsl:choose><xsl:when test="$text = ''"><xsl:sequence select="0"/></xsl:when>
        <xsl:otherwise><xsl:variable name="rest" select="substring($text, 2)"/>
          <xsl:sequence select="xs:integer(substring($text, 1, 1)) + u:digits($rest)"/></xsl:otherwise></xsl:choose></xsl:function>
      <pattern><let name="own" value="u:digits('12345')"/><rule context="n:a"><let name="mine" value="@id"/>
        <assert id="SUM" test="$own = 15 and $top = 2 and $mine = '1'">no</assert></rule></pattern>`
    expect(run(content, document).map(({ location }) => location)).toEqual(['/doc/a[2]'])
  })

  it('compute what depends on the document only once, and what does not for every node', () => {
    const content = `<let name="top" value="'1'"/><pattern><rule context="n:a"><let name="mine" value="@id"/>
      <assert id="ALL" test="count(//n:a[@id = $top]) = 1">no</assert>
      <assert id="MINE" test="//n:a[@id = $mine] = 10">no</assert>
      <assert id="CURRENT" test="//n:a[@id = current()/@id] = 10">no</assert>
      <assert id="BOUND" test="some $x in //n:a[@id = $mine] satisfies /n:doc/n:a[. = $x] = 10">no</assert></rule></pattern>`
    expect(run(content, document).map(({ rule, location }) => `${rule} ${location}`)).toEqual([
      'MINE /doc/a[2]',
      'CURRENT /doc/a[2]',
      'BOUND /doc/a[2]',
    ])
  })

  it('survive a function without end', () => {
    const content = `<xsl:function name="u:f"><xsl:param name="x"/><xsl:sequence select="u:f($x)"/></xsl:function>
      <pattern><rule context="/*"><assert id="LOOP" test="u:f(1)">no</assert></rule></pattern>`
    expect(run(content, document)).toMatchObject([{ rule: 'LOOP', isError: true }])
  })
})

function rule(test: string): string {
  return `<pattern><rule context="/*"><assert id="A" test="${test}">a</assert></rule></pattern>`
}

describe('what is outside the subset', () => {
  it.for([
    [rule("document('x')"), 'unresolved'],
    [rule('document(n:a)'), 'unsupported'],
    [rule('$unknown'), 'undeclared'],
    [rule('x:a'), 'undeclared'],
    [rule('n:a['), 'syntax'],
    [rule('namespace::n'), 'unsupported'],
    [rule('n:a instance of element()'), 'unsupported'],
    [rule('count(1, 2)'), 'syntax'],
    ['<pattern is-a="x"/>', 'undeclared'],
    ['<pattern documents="n:a"/>', 'unsupported'],
    ['<include href="x"/>', 'unresolved'],
    ['<include/>', 'syntax'],
    ['<xsl:key name="k"/>', 'unsupported'],
    ['<pattern><rule context="/*"><extends rule="r"/></rule></pattern>', 'undeclared'],
    ['<pattern><rule context="/*"><extends/></rule></pattern>', 'syntax'],
    [
      '<pattern><rule abstract="true" id="r"><extends rule="r"/></rule><rule context="/*"><extends rule="r"/></rule></pattern>',
      'unresolved',
    ],
  ] as const)('%s is refused at import', ([content, code]) => {
    expect(() => compileSchematron(schema(content))).toThrow(expect.objectContaining({ code }))
  })

  it('names the line', () => {
    expect(() => compileSchematron(schema(`\n\n${rule('f()')}`))).toThrow(
      'assert A in line 4: there is no function f()',
    )
  })

  it('includes documents that are no Schematron', () => {
    expect(() => compileSchematron('<a/>')).toThrow(expect.objectContaining({ code: 'not-schematron' }))
  })
})

describe('the compiler', () => {
  it('writes the same text for the same rules', () => {
    const source = schema('<pattern><rule context="n:a"><assert id="A" test="n:b/n:c = 1">a</assert></rule></pattern>')
    expect(compileSchematron(source)).toBe(compileSchematron(source))
  })

  it('reads ISO 8859-1', () => {
    const source = `<?xml version="1.0" encoding="iso-8859-1"?>${schema('<title>é</title>')}`
    expect(loadRules(compileSchematron(Buffer.from(source, 'latin1'))).title).toBe('é')
  })
})
