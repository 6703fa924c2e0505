import { describe, expect, it } from 'vitest'
import { compileSchematron, loadRules, readChecks, type Resolve, runRules } from '../../../src/wire/schematron/index.ts'
import { attributeOf, childElements, parseXml, type XmlElement } from '../../../src/wire/xml/index.ts'
import { itShared, sharedData } from '../../support/shared.ts'
import { unitCases, wrongCases } from './official.ts'

const head = '<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2">'
const begin = 'xmlns="http://purl.oclc.org/dsdl/schematron"'

function from(files: Readonly<Record<string, string>>): Resolve {
  return ({ href }) => {
    const content = files[href]
    return content === undefined ? undefined : { name: href, octets: Buffer.from(content) }
  }
}

function broken(content: string, document: string, files: Readonly<Record<string, string>> = {}): readonly string[] {
  const rules = loadRules(compileSchematron(`${head}${content}</schema>`, from(files)))
  return runRules(parseXml(document).root, [rules]).map(({ rule, isError }) => (isError ? `${rule}!` : rule))
}

const document = '<doc><a>1</a><a>2</a></doc>'

describe('an include', () => {
  const pattern = `<pattern ${begin} id="p"><include href="rule.sch"/></pattern>`
  const rule = `<rule ${begin} context="a"><include href="checks.sch#two"/></rule>`
  const checks = `<rule ${begin}><assert id="ONE" test="false()">1</assert><assert id="TWO" test=". = 1">2</assert></rule>`
  const files = { 'p.sch': pattern, 'rule.sch': rule, 'checks.sch': checks.replace('"TWO"', '"two"') }

  it('stands for the element of the other file, through files and parts of files', () => {
    expect(broken('<include href="p.sch"/>', document, files)).toEqual(['two'])
  })

  it('is refused when it is a circle, a part that is not there, or lies in no file', () => {
    const given = { ...files, 'self.sch': `<include ${begin} href="self.sch"/>` }
    const part = '<pattern><rule context="a"><include href="checks.sch#none"/></rule></pattern>'
    for (const content of ['<include href="self.sch"/>', part, '<include href="none.sch"/>']) {
      expect(() => broken(content, document, given)).toThrow(expect.objectContaining({ code: 'unresolved' }))
    }
  })

  it('names its own file when something in it cannot be compiled', () => {
    const bad = { 'p.sch': `<pattern ${begin}>\n<rule context="a"><assert id="X" test="b["/></rule></pattern>` }
    expect(() => broken('<include href="p.sch"/>', document, bad)).toThrow('assert X in line 2 of p.sch: ')
  })

  it('may bring what is in another element', () => {
    expect(broken('<pattern><rule context="a"><extends href="checks.sch"/></rule></pattern>', document, files)).toEqual(
      ['ONE', 'ONE', 'two'],
    )
  })
})

function instance(id: string, ...parameters: readonly (readonly [string, string])[]): string {
  const written = parameters.map(([name, value]) => `<param name="${name}" value="${value}"/>`)
  return `<pattern is-a="model" id="${id}">${written.join('')}</pattern>`
}

describe('an abstract pattern', () => {
  const model = `<pattern abstract="true" id="model"><param name="Limit" value="1"/>
    <rule context="$Thing"><let name="value" value="$Thing-value"/>
    <assert id="MAX" flag="warning" test="$value &lt;= $Limit">more than <value-of select="$Limit"/></assert></rule></pattern>`

  it('is one pattern for each that fills in its parameters, longest name first, defaults where none is given', () => {
    const rules = `${model}${instance('p', ['Thing', 'a'], ['Thing-value', 'number(.)'])}`
    expect(broken(rules, document)).toEqual(['MAX'])
    const loose = `${rules}${instance('q', ['Thing', '*'], ['Thing-value', 'count(*)'], ['Limit', '1'])}`
    expect(broken(loose, document)).toEqual(['MAX', 'MAX'])
  })

  it('shows its checks with the values of the parameters', () => {
    const rules = `${head}${model}${instance('p', ['Thing', 'a'], ['Thing-value', 'number(.)'])}</schema>`
    expect(readChecks(rules)).toEqual([
      {
        id: 'MAX',
        severity: 'warning',
        context: 'a',
        kind: 'assert',
        test: '$value <= 1',
        message: 'more than {1}',
      },
    ])
  })

  it('is refused where a parameter is left open, and where it is not there', () => {
    const open = `${model.replace('number(.)', '$Open')}${instance('p', ['Thing', 'a'], ['Thing-value', '$Open'])}`
    expect(() => broken(open, document)).toThrow(expect.objectContaining({ code: 'undeclared' }))
    expect(() => broken(instance('p'), document)).toThrow(expect.objectContaining({ code: 'undeclared' }))
  })
})

describe('an abstract rule', () => {
  const abstract = `<rule abstract="true" id="basic"><let name="n" value="number(.)"/><assert id="POSITIVE" test="$n > 0">n</assert></rule>
    <rule abstract="true" id="more"><extends rule="basic"/><assert id="SMALL" test="$n &lt; 2">n</assert></rule>`

  it('gives its variables and checks to those that extend it, through others, and is no rule itself', () => {
    const extending = '<rule context="a"><extends rule="more"/><assert id="OWN" test="$n = 1">n</assert></rule>'
    expect(broken(`<pattern>${abstract}${extending}</pattern>`, document)).toEqual(['SMALL', 'OWN'])
  })

  it('may stand in another pattern or apart from all', () => {
    const extending = '<pattern><rule context="a"><extends rule="more"/></rule></pattern>'
    expect(broken(`<pattern>${abstract}</pattern>${extending}`, document)).toEqual(['SMALL'])
    expect(broken(`<rules>${abstract}</rules>${extending}`, document)).toEqual(['SMALL'])
  })
})

/** A rule whose variables hold the node and its text. */
function rule(test: string): string {
  return `<pattern><rule context="a"><let name="code" value="."/><let name="text" value="string(.)"/>
    <assert id="CODE" test="${test}">c</assert></rule></pattern>`
}

describe('a code list in another file', () => {
  const codes =
    '<codes><list id="1"><code value="1" name="one"/></list><list id="2"><code value="2"/><a/></list></codes>'
  const files = { 'codes.xml': codes }

  it.for([
    ["document('codes.xml')/codes/list[@id = 1]/code[@value = $code]", ['CODE']],
    ["document('codes.xml')/codes/list[@id = 2]/code[@value = $text]", ['CODE']],
    ["doc('codes.xml')/codes/list[@id = $code]/code[@value = $code]", []],
    ["document('codes.xml')//code[@value = current()]", []],
    ["count(document('codes.xml')/codes/list) = 2", []],
    ["document('codes.xml')/codes/list/code[@value = $text]/@name = 'one'", ['CODE']],
    // The names of the list are not those of the document: the absence of `list` there says nothing.
    ["not(document('codes.xml')/codes/list)", ['CODE', 'CODE']],
    ["not(document('codes.xml')/codes/none)", []],
  ] as const)('is asked by %s', ([test, expected]) => {
    expect(broken(rule(test), document, files)).toEqual(expected)
  })

  it('may be kept in a variable', () => {
    const kept = `<let name="codes" value="document('codes.xml')/codes"/>${rule('$codes/list[@id = 1]/code[@value = $code]')}`
    expect(broken(kept, document, files)).toEqual(['CODE'])
    const absent = `<let name="codes" value="document('codes.xml')/codes"/>${rule('not($codes/list)')}`
    expect(broken(absent, document, files)).toEqual(['CODE', 'CODE'])
  })

  it('is refused when it is not there, not named by a text, or asked from its root', () => {
    const refused = [
      ["document('none.xml')/codes", 'unresolved'],
      ['document(.)/codes', 'unsupported'],
      ["document('codes.xml')/codes/list[@id = /doc/a]", 'unsupported'],
    ] as const
    for (const [test, code] of refused) {
      expect(() => broken(rule(test), document, files)).toThrow(expect.objectContaining({ code }))
    }
  })
})

/* The unprocessed sources of EN 16931 are abstract patterns whose parameters another file fills in. That file is made here of the
   preprocessed one: what it says of a rule id is the value of the parameter. */
describe('the abstract pattern of EN 16931', () => {
  itShared('decides like the preprocessed file when its parameters are filled in from there', () => {
    const bound = boundModel()
    const alike = loadRules(compileSchematron(bound.schema, from({ 'model.sch': bound.model })))
    expect(alike.size).toBe(bound.count)
    const cases = unitCases('en16931/unit/Invoice-unit-UBL')
    const ours = cases
      .map(({ name, document: given, expected }) => ({
        name,
        document: given,
        expected: expected.filter(one => alike.ids.has(one.rule)),
      }))
      .filter(({ expected }) => expected.length > 0)
    expect(ours.length).toBeGreaterThan(200)
    expect(wrongCases(ours, [alike])).toEqual([])
  })
})

function boundModel(): { readonly schema: string; readonly model: string; readonly count: number } {
  const model = sharedData('en16931/schematron/abstract/EN16931-UBL-model.sch').toString()
  const source = sharedData('en16931/schematron/EN16931-UBL-validation-preprocessed.sch')
  const processed = parseXml(source).root
  const known = new Map<string, { readonly test: string; readonly context: string }>()
  for (const one of descendants(processed, 'rule')) {
    for (const assert of descendants(one, 'assert')) {
      const [test = '', context = ''] = [attributeOf(assert, 'test'), attributeOf(one, 'context')]
      known.set(attributeOf(assert, 'id') ?? '', { test, context })
    }
  }
  const parameters = new Map<string, string>()
  for (const rule of descendants(parseXml(model).root, 'rule')) {
    const asserts = descendants(rule, 'assert')
    const twin = asserts.map(one => known.get(attributeOf(one, 'id') ?? '')).find(one => one !== undefined)
    parameters.set(nameIn(attributeOf(rule, 'context')), twin?.context ?? '/none')
    for (const assert of asserts) {
      const id = attributeOf(assert, 'id') ?? ''
      parameters.set(nameIn(attributeOf(assert, 'test')), known.get(id)?.test ?? 'true()')
    }
  }
  const written = [...parameters].map(([name, value]) => `<param name="${name}" value="${escaped(value)}"/>`)
  const spaces = descendants(processed, 'ns').map(
    one => `<ns prefix="${attributeOf(one, 'prefix')}" uri="${attributeOf(one, 'uri')}"/>`,
  )
  const schema = `${head}${spaces.join('')}<include href="model.sch"/><pattern is-a="model" id="UBL">${written.join('')}</pattern></schema>`
  return { schema, model, count: descendants(parseXml(model).root, 'assert').length }
}

function nameIn(text: string | undefined): string {
  return text?.trim().slice(1) ?? ''
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

function descendants(element: XmlElement, local: string): XmlElement[] {
  const found: XmlElement[] = []
  for (const child of childElements(element)) {
    if (child.local === local) found.push(child)
    found.push(...descendants(child, local))
  }
  return found
}
