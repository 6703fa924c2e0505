import { XmlC14NMode, XmlDocument as LibxmlDocument, XmlParseError } from 'libxml2-wasm'
import { describe, expect, it } from 'vitest'
import { type XmlElement, canonicalize, childElements, parseXml } from '../../../src/wire/xml/index.ts'
import { Dice, mutated, randomDocument, randomPrefixList } from './random-document.ts'

const count = Number(process.env['C14N_COUNT'] ?? 20_000)
const seed = Number(process.env['C14N_SEED'] ?? 20_261_121)

const modes = { inclusive: XmlC14NMode.XML_C14N_1_0, exclusive: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0 }

/** What is canonicalised, for both sides: elements are named by their place in document order. */
interface Task {
  readonly method: 'exclusive' | 'inclusive'
  readonly prefixes: readonly string[]
  /** 0 with `document`: everything with the instructions outside the root. */
  readonly apex: number
  readonly wholeDocument: boolean
  readonly omitted: number | undefined
}

describe('canonical forms', () => {
  it(`are those of libxml2 on ${count} random documents`, () => {
    for (let index = 0; index < count; index++) {
      const dice = new Dice(seed + index)
      const declaration = dice.oneIn(3) ? '<?xml version="1.0" encoding="UTF-8"?>' : ''
      const source = declaration + randomDocument(dice)
      const difference = compare(source, dice)
      if (difference !== undefined) {
        const again = `C14N_SEED=${seed + index} C14N_COUNT=1`
        expect.fail(
          `${again}: ${JSON.stringify(difference.task)}\n${JSON.stringify(source)}\n` +
            `ours    ${JSON.stringify(difference.ours)}\nlibxml2 ${JSON.stringify(difference.theirs)}`,
        )
      }
    }
  })
})

function compare(source: string, dice: Dice): { task: Task; ours: string; theirs: string } | undefined {
  using libxml = LibxmlDocument.fromString(source)
  const document = parseXml(Buffer.from(source))
  const elements = inDocumentOrder(document.root)
  for (let round = 0; round < 3; round++) {
    const task = randomTask(dice, elements)
    const omitted = task.omitted === undefined ? undefined : elements[task.omitted]
    const ours = canonicalize(elements[task.apex]!, {
      method: task.method,
      inclusivePrefixes: task.prefixes,
      ...(omitted === undefined ? {} : { omit: omitted }),
      ...(task.wholeDocument ? { document } : {}),
    })
    const theirs = omitted === undefined ? canonicalizeByLibxml(libxml, task) : canonicalizeCut(source, omitted, task)
    if (ours !== theirs) return { task, ours, theirs }
  }
  return undefined
}

describe('what is well-formed', () => {
  it(`is what libxml2 takes, on ${count / 2} damaged documents`, () => {
    for (let index = 0; index < count / 2; index++) {
      const dice = new Dice(seed + index)
      const source = Buffer.from(mutated(dice, randomDocument(dice)))
      const ours = accepts(() => parseXml(source))
      const theirs = isWellFormedForLibxml(source)
      if (theirs !== undefined && ours !== theirs) {
        const again = `C14N_SEED=${seed + index} C14N_COUNT=2`
        expect.fail(`${again}: we ${ours ? 'take' : 'refuse'} ${JSON.stringify(source.toString())}`)
      }
    }
  })
})

describe('where libxml2 leaves the specification', () => {
  it('it writes a namespace name without the escapes that a namespace node takes like an attribute [C14N §2.3]', () => {
    const source = '<a xmlns="http://example.org/?a=1&amp;b=2"></a>'
    using libxml = LibxmlDocument.fromString(source)
    expect(libxml.canonicalizeToString()).toBe('<a xmlns="http://example.org/?a=1&b=2"></a>')
    expect(canonicalize(parseXml(source).root, { method: 'inclusive' })).toBe(source)
  })

  it('it asks that a namespace name be a URI, which is no rule of well-formedness [XML-NAMES §2.1]', () => {
    const source = '<a xmlns="urn:[a"></a>'
    expect(isWellFormedForLibxml(Buffer.from(source))).toBe(undefined)
    expect(() => LibxmlDocument.fromString(source)).toThrow('not a valid URI')
    expect(canonicalize(parseXml(source).root, { method: 'inclusive' })).toBe(source)
  })
})

function accepts(work: () => unknown): boolean {
  try {
    work()
    return true
  } catch {
    return false
  }
}

/** undefined: libxml2 has complaints, but none is about well-formedness. It then says nothing about the end of the document. */
function isWellFormedForLibxml(source: Buffer): boolean | undefined {
  try {
    LibxmlDocument.fromBuffer(source).dispose()
    return true
  } catch (error) {
    if (!(error instanceof XmlParseError)) throw error
    const matters = error.details.some(
      ({ message, level }) => level > 1 && !/is not a valid URI|^xml:id|for xml:space/.test(message),
    )
    return matters ? false : undefined
  }
}

/** What is left out for the enveloped-signature transform must be as if it had never been written. [XMLDSIG §6.6.4] */
function canonicalizeCut(source: string, { start, end }: XmlElement, task: Task): string {
  using libxml = LibxmlDocument.fromString(source.slice(0, start) + source.slice(end))
  return canonicalizeByLibxml(libxml, task)
}

function randomTask(dice: Dice, elements: readonly XmlElement[]): Task {
  const wholeDocument = dice.oneIn(3)
  const apex = wholeDocument ? 0 : dice.roll(elements.length)
  const inside = elements.flatMap((element, index) => (isInside(element, elements[apex]!) ? [index] : []))
  return {
    method: dice.oneIn(2) ? 'exclusive' : 'inclusive',
    prefixes: dice.oneIn(2) ? randomPrefixList(dice) : [],
    apex,
    wholeDocument,
    omitted: inside.length > 0 && dice.oneIn(4) ? dice.pick(inside) : undefined,
  }
}

function isInside(element: XmlElement, apex: XmlElement): boolean {
  for (let at = element.parent; at !== undefined; at = at.parent) if (at === apex) return true
  return false
}

function inDocumentOrder(element: XmlElement): XmlElement[] {
  return [element, ...childElements(element).flatMap(inDocumentOrder)]
}

function canonicalizeByLibxml(document: LibxmlDocument, task: Task): string {
  const chunks: Buffer[] = []
  const handler = {
    write: (chunk: Uint8Array) => chunks.push(Buffer.from(chunk)) && chunk.byteLength,
    close: () => true,
  }
  document.canonicalize(handler, {
    mode: modes[task.method],
    ...(task.method === 'exclusive' ? { inclusiveNamespacePrefixes: [...task.prefixes] } : {}),
    ...(task.wholeDocument ? {} : { nodeSet: new Set(document.find(`(//*)[${task.apex + 1}]`)) }),
  })
  return Buffer.concat(chunks).toString()
}
