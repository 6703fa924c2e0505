import { describe, expect, it } from 'vitest'
import {
  type Finding,
  type Invoice,
  readDocument,
  readPartialDocument,
  writeCii,
  writeUbl,
} from '../../../src/wire/invoice/index.ts'
import { type Json, readGood, sample } from './sample.ts'

const documents = {
  UBL: writeUbl(readGood(sample())).toString(),
  CII: writeCii(readGood(sample())).toString(),
}

function findingsOf(document: Buffer): readonly Finding[] {
  const reading = readDocument(document)
  return 'findings' in reading ? reading.findings : []
}

function changed(from: string | RegExp, to: string): (good: string) => Buffer {
  return good => {
    const forged = good.replace(from, to)
    if (forged === good) throw new Error(`nothing to forge: ${String(from)}`)
    return Buffer.from(forged)
  }
}

function inLatin1(good: string): Buffer {
  return Buffer.from(good.replace('Atelier', 'Étalier'), 'latin1')
}

/** Each is no XML that is read, and the message says why. */
const unreadable: [title: string, make: (good: string) => Buffer, problem: RegExp][] = [
  ['an empty file', () => Buffer.alloc(0), /a root element is expected \(line 1, column 1\)/],
  ['blanks', () => Buffer.from(' \n '), /a root element is expected \(line 2, column 2\)/],
  ['JSON', () => Buffer.from('{}'), /a root element is expected/],
  ['a PDF', () => Buffer.from('%PDF-1.7\n'), /a root element is expected/],
  ['a page of HTML', () => Buffer.from('<!DOCTYPE html><html></html>'), /a document type declaration is not read/],
  [
    'a DOCTYPE with entities',
    changed(/<(?=rsm:Cross|Invoice)/, '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><'),
    /a document type declaration is not read \(line 2, column 1\)/,
  ],
  ['an entity nobody declares', changed('Atelier', '&atelier;'), /not a known reference: &atelier;/],
  ['a prefix nobody binds', changed(/ xmlns:(cbc|ram)="[^"]*"/, ''), /the prefix (cbc|ram) is not bound/],
  ['half a document', good => Buffer.from(good.slice(0, good.length / 2)), /expected|ends inside/],
  ['two documents', good => Buffer.from(good + good.slice(good.indexOf('\n') + 1)), /may follow the root element/],
  ['a NUL', changed('Atelier', 'Ate\0lier'), /U\+0000 is not allowed \(line 2, column \d+\)/],
  ['a reference to NUL', changed('Atelier', 'Ate&#0;lier'), /&#0; names no legal character/],
  ['UTF-16 with its mark', good => Buffer.from(`\ufeff${good}`, 'utf16le'), /not valid UTF-8/],
  [
    'UTF-16 with its mark, the other way round',
    good => Buffer.from(`\ufeff${good}`, 'utf16le').swap16(),
    /not valid UTF-8/,
  ],
  ['UTF-16 without a mark', good => Buffer.from(good, 'utf16le'), /not valid UTF-8|U\+0000/],
  ['UTF-8 that declares UTF-16', changed('UTF-8', 'UTF-16'), /encoding UTF-16 is declared; only UTF-8 is read/],
  ['ISO-8859-1 that says so', good => inLatin1(good.replace('UTF-8', 'ISO-8859-1')), /not valid UTF-8/],
  [
    'ASCII that declares ISO-8859-1',
    good => Buffer.from(ascii(good).replace('UTF-8', 'ISO-8859-1')),
    /ISO-8859-1 is declared/,
  ],
  ['ISO-8859-1 that declares UTF-8', inLatin1, /not valid UTF-8/],
  [
    'UTF-8 that declares US-ASCII',
    good => Buffer.from(`${good.replace('UTF-8', 'US-ASCII')}<!-- É -->`),
    /US-ASCII is declared, but/,
  ],
  ['half a character', good => cutInto(good, [0xc3, 0x28]), /not valid UTF-8/],
  ['half of a surrogate pair in UTF-8', good => cutInto(good, [0xed, 0xa0, 0x80]), /not valid UTF-8/],
]

function ascii(good: string): string {
  return good.replaceAll(/[^\n -~]/g, 'e')
}

function cutInto(good: string, octets: readonly number[]): Buffer {
  const at = good.indexOf('Atelier')
  return Buffer.concat([Buffer.from(good.slice(0, at)), Buffer.from(octets), Buffer.from(good.slice(at))])
}

describe.each(Object.entries(documents))('instead of %s', (_syntax, good) => {
  it.each(unreadable)('%s is one finding', (_title, make, problem) => {
    const document = make(good)
    expect(findingsOf(document)).toEqual([
      { rule: 'xml', severity: 'fatal', pointer: '', term: undefined, message: expect.stringMatching(problem) },
    ])
    expect(readPartialDocument(document)).toEqual({ findings: findingsOf(document) })
  })

  it('the same in another namespace is another document', () => {
    const other = Buffer.from(good.replaceAll(/(Invoice-2|Invoice:100)(?=")/g, 'Order-2'))
    expect(findingsOf(other)).toMatchObject([{ rule: 'document.root', pointer: '' }])
  })

  it('elements of another namespace are no terms: what they would say is missing', () => {
    const other = good.replaceAll(
      /CommonBasicComponents-2(?=")|ReusableAggregateBusinessInformationEntity:100(?=")/g,
      'other',
    )
    const rules = findingsOf(Buffer.from(other)).map(({ rule }) => rule)
    expect(rules).toEqual(
      expect.arrayContaining(
        ['BR-02', 'BR-06', 'BR-07', 'BR-16'].filter(rule => rule !== 'BR-16' || good === documents.CII),
      ),
    )
    expect(new Set(rules).size).toBeGreaterThan(8)
  })

  it('two elements of one name in two namespaces are two things', () => {
    const number = /(<(?:cbc|ram):ID>)(?=F-2026-0042)/
    const both = good.replace(number, '<x:ID xmlns:x="urn:other">no number</x:ID>$1')
    const reading = readDocument(Buffer.from(both))
    expect(reading).toMatchObject({ invoice: { number: 'F-2026-0042' } })
    expect('unmapped' in reading && reading.unmapped.map(place => place.split('/').at(-1))).toEqual(['{urn:other}ID'])
  })

  it('an amount of a hundred thousand digits is no amount', () => {
    const [finding, ...others] = findingsOf(Buffer.from(good.replace(/250\.00(?=<)/, '9'.repeat(100_000))))
    expect(finding).toMatchObject({ rule: 'value.amount' })
    expect(finding?.message.length).toBeLessThan(300)
    expect(others).toEqual([])
  })
})

/** With ten thousand lines, the same again and again. */
function long(): Invoice {
  const invoice = readGood(sample())
  const [line, ...rest] = invoice.lines
  if (line === undefined) throw new Error('the sample has no lines')
  return {
    ...invoice,
    lines: [...rest, ...Array.from({ length: 9999 }, (_, index) => ({ ...line, id: `L${index}` }))],
  }
}

describe('unusual invoices', () => {
  const both = [['UBL', writeUbl] as const, ['CII', writeCii] as const]

  it.each(both)('with ten thousand lines are read and written in %s', (_syntax, write) => {
    const invoice = long()
    const reading = readDocument(write(invoice))
    expect('invoice' in reading && reading.invoice.lines.length).toBe(10_000)
    expect('invoice' in reading && reading.invoice.lines.at(-1)).toEqual(invoice.lines.at(-1))
  })

  it.each(both)('with ten thousand wrong lines are a thousand findings in %s', (_syntax, write) => {
    const invoice = long()
    const wrong = write(invoice).toString().replaceAll('>250.00<', '>abc<')
    const findings = findingsOf(Buffer.from(wrong))
    expect(findings).toHaveLength(1000)
    expect(findings.at(-1)).toMatchObject({ rule: 'value.amount', term: 'BT-131' })
    expect(findings.at(-1)?.pointer).toMatch(/^\/lines\/\d+\/net$/)
  })

  it.each(both)('with negative quantities are invoices in %s', (_syntax, write) => {
    const invoice = readGood(
      sample((json: Json) => {
        json.lines[1].quantity = '-1'
        delete json.lines[1].allowances
      }),
    )
    expect(readDocument(write(invoice))).toMatchObject({ invoice })
    expect(invoice.lines[1]?.net?.sign()).toBe(-1)
  })
})
