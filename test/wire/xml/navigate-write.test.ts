import { describe, expect, it } from 'vitest'
import {
  XmlError,
  attributeOf,
  canonicalize,
  childElements,
  childrenNamed,
  decodeBase64,
  escapeAttribute,
  escapeText,
  findChild,
  namespacesInScope,
  onlyChild,
  parseXml,
  tag,
  text,
  textOf,
} from '../../../src/wire/xml/index.ts'

function codeOf(work: () => unknown): string {
  try {
    work()
    return 'accepted'
  } catch (error) {
    if (error instanceof XmlError) return error.code
    throw error
  }
}

describe('finding one’s way', () => {
  const { root } = parseXml(
    '<a xmlns="u:1" xmlns:p="u:2" q="no" p:q="two">x<b>1</b><!-- - --><p:b>2</p:b><b/><c> a<!-- -->b<?c?> </c></a>',
  )

  it('child elements come in document order, by name only those of the namespace', () => {
    expect(childElements(root).map(child => child.local)).toEqual(['b', 'b', 'b', 'c'])
    expect(childrenNamed(root, 'u:1', 'b')).toHaveLength(2)
    expect(childrenNamed(root, 'u:2', 'b').map(textOf)).toEqual(['2'])
    expect(childrenNamed(root, '', 'b')).toEqual([])
  })

  it('an only child is there once', () => {
    expect(onlyChild(root, 'u:1', 'c').local).toBe('c')
    expect(codeOf(() => onlyChild(root, 'u:1', 'd'))).toBe('missing')
    expect(codeOf(() => onlyChild(root, 'u:1', 'b'))).toBe('unexpected')
    expect(findChild(root, 'u:1', 'd')).toBeUndefined()
    expect(codeOf(() => findChild(root, 'u:1', 'b'))).toBe('unexpected')
  })

  it('text is not trimmed, not cut by a comment, and not looked for below other elements', () => {
    expect(textOf(onlyChild(root, 'u:1', 'c'))).toBe(' ab ')
    expect(codeOf(() => textOf(root))).toBe('unexpected')
  })

  it('an attribute without prefix is in no namespace', () => {
    expect(attributeOf(root, 'q')).toBe('no')
    expect(attributeOf(root, 'q', 'u:2')).toBe('two')
    expect(attributeOf(root, 'q', 'u:1')).toBeUndefined()
  })

  it('namespaces in scope are those of all ancestors, the nearest winning', () => {
    const inner = parseXml(
      '<a xmlns="u:1" xmlns:p="u:2" xmlns:r="u:4"><b xmlns="" xmlns:p="u:3" xmlns:s="u:5"/></a>',
    ).root
    expect(namespacesInScope(childElements(inner)[0]!)).toEqual(
      new Map([
        ['p', 'u:3'],
        ['r', 'u:4'],
        ['s', 'u:5'],
      ]),
    )
  })
})

describe('writing', () => {
  it('gives what parsing takes back, and in canonical form when attributes come in its order', () => {
    const awkward = '<&>"\'\t\n\r \u00e9\u{1f600}]]>'
    const markup = tag('p:a', { 'xmlns:p': 'u:1', b: awkward, c: undefined }, text(awkward), undefined, tag('b', {}))
    const { root } = parseXml(markup)
    expect(attributeOf(root, 'b')).toBe(awkward)
    expect(root.children[0]).toEqual({ kind: 'text', value: awkward })
    expect(canonicalize(root, { method: 'exclusive' })).toBe(markup)
  })

  it('refuses characters that XML cannot carry', () => {
    for (const character of ['\0', '\u000b', '\ufffe', '\ud800']) {
      expect(codeOf(() => escapeText(`a${character}`))).toBe('illegal-character')
      expect(codeOf(() => escapeAttribute(`a${character}`))).toBe('illegal-character')
      expect(codeOf(() => tag('a', { b: character }))).toBe('illegal-character')
    }
  })
})

describe('base64 in XML', () => {
  it('may have white space anywhere, also the carriage returns of Java writers', () => {
    expect(decodeBase64(' AQ\r\nID\r\t', 'it')).toEqual(Buffer.from([1, 2, 3]))
    expect(decodeBase64('', 'it')).toHaveLength(0)
  })

  it.each(['AQI', 'AQID=', 'AQ=', 'A_-_', 'AQIDé', 'AQ==AQ==', 'AR==', '%'])('%s is refused', value => {
    expect(codeOf(() => decodeBase64(value, 'it'))).toBe('unexpected')
  })
})
