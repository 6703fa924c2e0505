import { applyMapping } from './apply.ts'
import type { Expected, Mapping, Sample } from './mapping.ts'
import { MappingRun } from './report.ts'
import { escaped, keysOf } from './shape.ts'
import { SourceError } from './source.ts'

/** What a sample became, beside what its author expects. */
export interface SampleResult {
  readonly name: string
  /** None when all is as expected. */
  readonly differences: readonly SampleDifference[]
}

export interface SampleDifference {
  /** Position of the invoice in the sample; undefined for the sample as a whole. */
  readonly invoice: number | undefined
  readonly pointer: string
  /** undefined when nothing should be there. */
  readonly expected: unknown
  /** undefined when nothing is there. */
  readonly actual: unknown
  readonly message: string
}

/** Nobody reads more. */
const differencesMax = 200

/** Runs every sample of a mapping. `read` gives the octets of a file beside it, or throws. */
export async function testMapping(mapping: Mapping, read: (file: string) => Buffer): Promise<readonly SampleResult[]> {
  const results: SampleResult[] = []
  for (const sample of mapping.samples) results.push(await runSample(mapping, sample, read))
  return results
}

async function runSample(mapping: Mapping, sample: Sample, read: (file: string) => Buffer): Promise<SampleResult> {
  const { name, source, expect } = sample
  const octets = 'file' in source ? read(source.file) : encoded(source.text, mapping)
  const differences: SampleDifference[] = []
  let count = 0
  // Expected are the terms themselves: what the rules say of them depends on no day.
  const run = new MappingRun('2000-01-01')
  try {
    for await (const mapped of applyMapping(mapping, octets)) {
      const expected = expect[count]
      const { invoice } = run.add(mapped)
      // What is computed may be expected too; what is mapped goes before it.
      const computed: unknown = invoice === undefined ? {} : JSON.parse(JSON.stringify(invoice))
      if (expected !== undefined)
        differences.push(...compare(expected, { json: mapped.json, computed, position: count }))
      count++
    }
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    differences.push({
      invoice: undefined,
      pointer: '',
      expected: undefined,
      actual: undefined,
      message: error.message,
    })
    return { name, differences }
  }
  if (count !== expect.length) {
    const message = `the sample has ${count} invoices, and ${expect.length} are expected`
    differences.unshift({ invoice: undefined, pointer: '', expected: expect.length, actual: count, message })
  }
  return { name, differences: differences.slice(0, differencesMax) }
}

/** An inline source in the encoding the mapping wants; a text has no octets of its own. */
function encoded(text: string, { source }: Mapping): Buffer {
  if (source.kind === 'json' || source.encoding === 'utf-8') return Buffer.from(text)
  if (source.encoding === 'utf-16') return Buffer.from(text, 'utf16le')
  return Buffer.from(Array.from(text, toWindows1252))
}

const windows1252 = new TextDecoder('windows-1252')
const octetOf = new Map(Array.from({ length: 256 }, (_, octet) => [windows1252.decode(Uint8Array.of(octet)), octet]))

function toWindows1252(character: string): number {
  return octetOf.get(character) ?? 0x3f
}

interface Actual {
  readonly json: unknown
  readonly computed: unknown
  readonly position: number
}

function compare(expected: Expected, { json, computed, position }: Actual): readonly SampleDifference[] {
  const differences: SampleDifference[] = []
  if (expected.kind === 'whole') walk(expected.json, json, { pointer: '', position, differences })
  else {
    for (const [pointer, value] of expected.values) {
      const keys = keysOf(pointer)
      const actual = keys.reduce<unknown>(child, json) ?? keys.reduce<unknown>(child, computed)
      walk(value, actual, { pointer, position, differences })
    }
  }
  return differences
}

interface Walk {
  readonly pointer: string
  readonly position: number
  readonly differences: SampleDifference[]
}

/** Down to the values, so that a difference names the term. `null` expects nothing. */
function walk(expected: unknown, actual: unknown, { pointer, position, differences }: Walk): void {
  if (isBag(expected) && isBag(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      walk(child(expected, key), child(actual, key), { pointer: `${pointer}/${escaped(key)}`, position, differences })
    }
    return
  }
  const wanted = typeof expected === 'number' ? String(expected) : (expected ?? undefined)
  if (wanted === actual) return
  const message = `${pointer === '' ? '/' : pointer}: expected ${shown(wanted)}, is ${shown(actual)}`
  differences.push({ invoice: position, pointer, expected: wanted, actual, message })
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 300)
}

function isBag(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function child(value: unknown, key: string): unknown {
  if (!isBag(value) || !Object.hasOwn(value, key)) return undefined
  return (value as Readonly<Record<string, unknown>>)[key]
}
