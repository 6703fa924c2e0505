import type { Text } from '../invoice/index.ts'
import type { JsonSource, Reference } from './mapping.ts'
import { escaped, keysOf } from './shape.ts'
import { type Item, SourceError, type SourceOctets, type Unit, textOf, unusedMax } from './source.ts'
import { plain, say, texts } from './texts.ts'
import { StepProblem, type Value, valueOf } from './value.ts'

/** A document is in memory as a whole; a line of many is, too. */
const charactersMax = 64 * 1024 * 1024
const depthMax = 64

/** The invoices of a JSON document, or of a file with one JSON value per line. */
export async function* readJsonUnits(octets: SourceOctets, source: JsonSource): AsyncGenerator<Unit> {
  if (!source.lines) {
    yield* unitsOf(await wholeText(octets), source, undefined)
    return
  }
  let number = 0
  for await (const line of linesOf(octets)) {
    number++
    if (line.trim() !== '') yield* unitsOf(line, source, number)
  }
}

async function wholeText(octets: SourceOctets): Promise<string> {
  const pieces: string[] = []
  let characters = 0
  for await (const piece of textOf(octets, 'utf-8')) {
    characters += piece.length
    if (characters > charactersMax)
      throw new SourceError('source.too-large', `the document has more than ${charactersMax} characters`)
    pieces.push(piece)
  }
  return pieces.join('')
}

async function* linesOf(octets: SourceOctets): AsyncGenerator<string> {
  let rest: string[] = []
  let characters = 0
  for await (const piece of textOf(octets, 'utf-8')) {
    const [first = '', ...others] = piece.split('\n')
    rest.push(first)
    characters += first.length
    if (characters > charactersMax)
      throw new SourceError('source.too-large', `a line has more than ${charactersMax} characters`)
    for (const other of others) {
      yield rest.join('')
      rest = [other]
      characters = other.length
    }
  }
  yield rest.join('')
}

/** `line` is the number of the line, where each has a document. */
function* unitsOf(text: string, source: JsonSource, line: number | undefined): Generator<Unit> {
  const before = line === undefined ? '' : `line ${line} `
  const reads = readsOf(source)
  const document = parseJson(text, before)
  const found = source.invoices.reduce<unknown>((value, key) => child(value, key), document)
  const pointer = source.invoices.map(key => `/${escaped(key)}`).join('')
  if (typeof found !== 'object' || found === null || found instanceof JsonNumber) {
    throw new SourceError('source.json', `${before}has no invoices at ${pointer === '' ? 'its top' : pointer}`)
  }
  const whole = new JsonItem(document)
  const list: readonly unknown[] = Array.isArray(found) ? found : [found]
  for (const [index, invoice] of list.entries()) {
    yield {
      place: placeOf(line, Array.isArray(found) ? `${pointer}/${index}` : pointer),
      invoice: new JsonItem(invoice),
      document: whole,
      issues: [],
      unused: unusedOf(invoice, reads),
    }
  }
}

/**
 * What may be a number that is another one when it comes back from a double: many digits, an exponent, or very small. In texts, too,
 * which only costs time: keeping digits takes ten times as long.
 */
const losesDigits = /\d[\d.]{15}|\d[eE][+-]?\d|\.0{6}/

/** A number digit for digit: twenty digits stay twenty. */
class JsonNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

function parseJson(text: string, before: string): unknown {
  checkDepth(text)
  try {
    return losesDigits.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text)
  } catch (cause) {
    throw new SourceError('source.json', `${before}is no JSON: ${(cause as Error).message}`, { cause })
  }
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number') return value
  const { source = '' } = context ?? {}
  return new JsonNumber(/[eE]/.test(source) || source === '' ? String(value) : source)
}

/** JSON.parse with a function recurses; brackets are counted first. */
function checkDepth(text: string): void {
  let depth = 0
  let quoted = false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (quoted) {
      if (code === 0x5c) index++
      else if (code === 0x22) quoted = false
    } else if (code === 0x22) quoted = true
    else if (code === 0x7b || code === 0x5b) depth++
    else if (code === 0x7d || code === 0x5d) depth--
    if (depth > depthMax) throw new SourceError('source.json', `the document is nested deeper than ${depthMax} levels`)
  }
}

function placeOf(line: number | undefined, pointer: string): Text {
  const place = pointer === '' ? say('document') : plain(pointer)
  if (line === undefined) return place
  const begin = say('line', { line: String(line) })
  return { en: `${begin.en} ${place.en}`, fr: `${begin.fr} ${place.fr}` }
}

class JsonItem implements Item {
  private readonly json: unknown

  constructor(json: unknown) {
    this.json = json
  }

  value({ name, keys }: Pick<Reference, 'name' | 'keys'>): Value | StepProblem | undefined {
    const found = keys.reduce<unknown>(child, this.json)
    if (found instanceof JsonNumber) return { text: found.text, ready: true }
    if (typeof found === 'string') return valueOf(found, false)
    if (typeof found === 'boolean') return valueOf(String(found), false)
    if (typeof found === 'number') return { text: String(found), ready: true }
    if (found === undefined || found === null) return undefined
    const kind = texts[Array.isArray(found) ? 'value.composite/list' : 'value.composite/object']
    return new StepProblem('value.composite', { name, kind })
  }

  each(name: string): readonly Item[] {
    const found = keysOf(name).reduce<unknown>(child, this.json)
    if (found === undefined || found === null) return []
    return (Array.isArray(found) ? found : [found]).map(item => new JsonItem(item))
  }
}

function child(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || value instanceof JsonNumber || !Object.hasOwn(value, key))
    return undefined
  return (value as Readonly<Record<string, unknown>>)[key]
}

/** What a mapping reads below a key, and whether it reads the value itself. */
interface Reads {
  isRead: boolean
  readonly below: Map<string, Reads>
}

/** The paths a mapping reads or ignores, as a tree that is walked beside the invoice. */
function readsOf({ used, ignored }: JsonSource): Reads {
  const root: Reads = { isRead: false, below: new Map() }
  for (const path of [...used, ...ignored]) {
    let place = root
    for (const key of keysOf(path)) {
      const inner = place.below.get(key) ?? { isRead: false, below: new Map<string, Reads>() }
      place.below.set(key, inner)
      place = inner
    }
    place.isRead = true
  }
  return root
}

/** Every value of an invoice that no path of the mapping leads to; positions are `*`. */
function unusedOf(invoice: unknown, reads: Reads): ReadonlyMap<string, string> {
  const unused = new Map<string, string>()
  function walk(value: unknown, path: string, known: Reads | undefined): void {
    if (known?.isRead === true || value === null || unused.size >= unusedMax) return
    if (typeof value === 'object' && !(value instanceof JsonNumber)) {
      const isList = Array.isArray(value)
      for (const [key, inner] of Object.entries(value)) {
        const step = isList ? '*' : key
        walk(inner, `${path}${path === '' ? '' : '/'}${escaped(step)}`, known?.below.get(step))
      }
      return
    }
    const text = shown(value).trim()
    if (text !== '' && !unused.has(path)) unused.set(path, text)
  }
  walk(invoice, '', reads)
  return unused
}

function shown(value: unknown): string {
  if (value instanceof JsonNumber) return value.text
  const type = typeof value
  return type === 'string' || type === 'boolean' || type === 'number' ? String(value) : ''
}
