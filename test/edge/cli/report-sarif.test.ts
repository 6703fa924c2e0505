import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { sarifReport } from '../../../src/edge/cli/report-sarif.ts'
import type { VerdictFinding } from '../../../src/services/documents/index.ts'

/* What the JSON Schema of SARIF 2.1.0 demands of the parts that we write, and what its text demands beyond. */

const text = { type: 'string', minLength: 1 }
const part = (properties: object, required = Object.keys(properties)): object => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})
const listOf = (items: object): object => ({ type: 'array', items })

const location = part(
  {
    physicalLocation: part({ artifactLocation: part({ uri: { type: 'string', format: 'uri-reference' } }) }),
    logicalLocations: listOf(
      part({ fullyQualifiedName: text, kind: { enum: ['element', 'attribute', 'value', 'property', 'object'] } }),
    ),
  },
  ['physicalLocation'],
)

const result = part({
  ruleId: text,
  ruleIndex: { type: 'integer', minimum: -1 },
  level: { enum: ['none', 'note', 'warning', 'error'] },
  message: part({ text }),
  locations: listOf(location),
  // A property bag: anything.
  properties: { type: 'object' },
})

const log = part({
  $schema: { type: 'string', format: 'uri' },
  version: { const: '2.1.0' },
  runs: listOf(
    part({
      language: { type: 'string', pattern: '^[a-zA-Z]{2}(?:-[a-zA-Z]{2})?$' },
      columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
      results: listOf(result),
      tool: part({ driver: part({ name: text, rules: { ...listOf(part({ id: text })), uniqueItems: true } }) }),
    }),
  ),
})

const isUri = new Ajv2020({
  strict: false,
  formats: {
    uri: value => URL.canParse(value),
    // The characters of RFC 3986, and no colon in the first step of a relative path, which would be a scheme. [§4.2]
    'uri-reference': /^(?:file:\/\/\/|(?![^/?#]*:))(?:[\w.~!$&'()*+,;=:@/-]|%[\dA-F]{2})*$/,
  },
}).compile(log)

interface Log {
  readonly runs: readonly {
    readonly language: string
    readonly results: readonly {
      readonly ruleId: string
      readonly ruleIndex: number
      readonly level: string
      readonly locations: readonly {
        readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } }
        readonly logicalLocations?: readonly object[]
      }[]
    }[]
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } }
  }[]
}

function finding(changes: Partial<VerdictFinding> = {}): VerdictFinding {
  const usual = { rule: 'BR-01', severity: 'fatal', layer: 'pack', location: '/Invoice', pointer: null } as const
  return { ...usual, message: 'said', ...changes }
}

function reported(files: Readonly<Record<string, readonly VerdictFinding[]>>, language: 'en' | 'fr' = 'en'): Log {
  let output = ''
  const report = sarifReport(written => (output += written), language)
  for (const [file, findings] of Object.entries(files)) {
    report.add({ file, syntax: 'ubl', profile: null, valid: findings.length === 0, packs: [], findings })
  }
  report.end()
  const read = JSON.parse(output) as Log
  isUri(read)
  expect(isUri.errors).toBeNull()
  return read
}

describe('a SARIF report', () => {
  it('is one with files of any name', () => {
    const files = ['a.xml', 'in b/c é%#?.xml', 'c:d/e.xml', '/tmp/f g#.xml', '-', './h.xml', '../i[1].xml']
    const { runs } = reported(Object.fromEntries(files.map(file => [file, [finding()]])))
    const uris = runs[0]?.results.map(({ locations }) => locations[0]?.physicalLocation.artifactLocation.uri)
    expect(uris).toEqual([
      'a.xml',
      'in%20b/c%20%C3%A9%25%23%3F.xml',
      'c%3Ad/e.xml',
      'file:///tmp/f%20g%23.xml',
      'stdin',
      './h.xml',
      '../i%5B1%5D.xml',
    ])
  })

  it('has one rule of a name, which every result points to', () => {
    const { runs } = reported({
      a: [finding(), finding({ rule: 'BR-02' })],
      b: [finding({ rule: 'BR-02' }), finding({ rule: 'xsd', message: '' })],
      c: [],
    })
    const [run] = runs
    expect(run?.tool.driver.rules).toEqual([{ id: 'BR-01' }, { id: 'BR-02' }, { id: 'xsd' }])
    for (const { ruleId, ruleIndex } of run?.results ?? []) expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId)
  })

  it('has a level of SARIF for each severity', () => {
    const severities = ['fatal', 'error', 'warning', 'information'] as const
    const { runs } = reported({ a: severities.map(severity => finding({ severity })) })
    expect(runs[0]?.results.map(({ level }) => level)).toEqual(['error', 'error', 'warning', 'note'])
  })

  it.each([
    [finding(), { fullyQualifiedName: '/Invoice', kind: 'element' }],
    [
      finding({ location: '/Invoice/cbc:ID/@schemeID' }),
      { fullyQualifiedName: '/Invoice/cbc:ID/@schemeID', kind: 'attribute' },
    ],
    [finding({ location: null, pointer: '/lines/0' }), { fullyQualifiedName: '/lines/0', kind: 'value' }],
    [finding({ location: null, pointer: '' }), undefined],
    [finding({ location: null }), undefined],
  ])('says where in the document a finding is: %#', (one, logical) => {
    const [place] = reported({ a: [one] }).runs[0]?.results[0]?.locations ?? []
    expect(place?.logicalLocations).toEqual(logical === undefined ? undefined : [logical])
  })

  it('names the language of its messages', () => {
    expect(reported({}, 'fr').runs[0]?.language).toBe('fr')
  })
})
