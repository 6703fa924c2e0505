import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  MappingRun,
  SourceError,
  applyMapping,
  parseMapping,
  proposeMapping,
  readMapping,
} from '../../../src/wire/mapping/index.ts'
import { all, csvMapping, mappingOf } from './support.ts'

/** The same numbers on every run: mulberry32. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const page = readFileSync(new URL('../../../docs/mapping.md', import.meta.url), 'utf8')
function file(name: string): string {
  return new RegExp(`\`\`\`\\w+ file=${name}\\n(.*?)\`\`\``, 's').exec(page)?.[1] ?? ''
}
const kinds = {
  csv: { mapping: file('mapping.json'), source: file('export.csv') },
  json: { mapping: file('json-mapping.json'), source: file('export.json') },
}

/** Octets changed, doubled, taken out or put in. */
function mutated(octets: Buffer, random: () => number): Buffer {
  let changed = Buffer.from(octets)
  const pieces = ['"', ';', '\n', '{', '[', '\u0000', '9', '-', '\\', '{{', '1e999', 'null', '\uFEFF', '/']
  for (let count = 1 + Math.floor(random() * 6); count > 0; count--) {
    const at = Math.floor(random() * (changed.length + 1))
    const length = Math.floor(random() * 8)
    const put =
      random() < 0.5
        ? Buffer.from(pieces[Math.floor(random() * pieces.length)] ?? '')
        : changed.subarray(at, at + length * 4)
    changed = Buffer.concat([changed.subarray(0, at), put, changed.subarray(at + length)])
  }
  return changed
}

/** Only what a caller is told to expect comes out. */
async function survives(mapping: Parameters<typeof applyMapping>[0], octets: Buffer): Promise<void> {
  const run = new MappingRun('2026-11-21')
  try {
    for await (const one of applyMapping(mapping, octets)) run.add(one)
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
  }
  run.report()
}

describe('hostile input', () => {
  it.each(['csv', 'json'] as const)('mutated %s never crashes a mapping', async kind => {
    const random = numbers(7)
    const mapping = mappingOf(JSON.parse(kinds[kind].mapping))
    for (let round = 0; round < 400; round++) await survives(mapping, mutated(Buffer.from(kinds[kind].source), random))
  })

  it.each(['csv', 'json'] as const)('random octets never crash a mapping of %s, or a proposal', async kind => {
    const random = numbers(11)
    const mapping = mappingOf(JSON.parse(kinds[kind].mapping))
    for (let round = 0; round < 200; round++) {
      const octets = Buffer.from(Array.from({ length: Math.floor(random() * 300) }, () => Math.floor(random() * 256)))
      await survives(mapping, octets)
      await proposeMapping(octets, kind)
    }
  })

  it.each(['csv', 'json'] as const)(
    'mutated mappings of %s are read or refused, and work when they are read',
    async kind => {
      const random = numbers(13)
      for (let round = 0; round < 400; round++) {
        const read = parseMapping(mutated(Buffer.from(kinds[kind].mapping), random).toString())
        if ('mapping' in read) await survives(read.mapping, Buffer.from(kinds[kind].source))
      }
    },
  )

  it('values in the place of others never crash the reader of mappings', () => {
    const random = numbers(17)
    const values = [null, 0, -1, 1.5, true, '', 'x', '/', [], {}, [[]], { from: 'A' }, { fields: {} }, ['A']]
    for (const { mapping } of Object.values(kinds)) {
      for (let round = 0; round < 1500; round++) {
        const json: unknown = JSON.parse(mapping)
        let place = json as Record<string, unknown>
        for (;;) {
          const keys = Object.keys(place)
          const key = keys[Math.floor(random() * keys.length)]
          if (key === undefined) break
          const inner = place[key]
          if (typeof inner !== 'object' || inner === null || random() < 0.2) {
            place[key] = values[Math.floor(random() * values.length)]
            break
          }
          place = inner as Record<string, unknown>
        }
        readMapping(json)
      }
    }
  })

  it('a long cell takes no longer than it is long, whatever is asked of it', async () => {
    const steps = ['trim', 'squeeze', 'compact', 'digits', 'decimal', 'date'] as const
    const long = `${' 1'.repeat(49_000)}x`
    for (const step of steps) {
      const mapping = mappingOf(
        csvMapping({ '/number': { from: 'A', steps: [step] }, '/issueDate': 'A', '/totals/paid': 'A' }),
      )
      expect(await all(mapping, `A;B\n${long};.\n`)).toHaveLength(1)
    }
  })

  it('a long text in every row is more work than an invoice may be', async () => {
    const fields = { '/item/name': { fromInvoice: 'A', steps: ['upper'] } }
    const source = { kind: 'csv', rows: { kind: 'grouped', key: 'N' } }
    const mapping = mappingOf({ ...csvMapping({ '/lines': { each: 'rows', fields } }), source })
    const text = `N;A\n1;${'x'.repeat(90_000)}\n${'1;\n'.repeat(50_000)}`
    await expect(all(mapping, text)).rejects.toThrow('an invoice is too much work')
  })

  it('texts do not grow without end', async () => {
    const grow = { replace: { find: 'x', by: 'x'.repeat(100) } }
    const mapping = mappingOf(csvMapping({ '/number': { from: 'A', steps: Array.from({ length: 20 }, () => grow) } }))
    const [found] = await all(mapping, 'A\nx\n')
    expect(found?.issues.map(({ code }) => code)).toEqual(['value.too-long'])
  })

  it('a hundred thousand rows of an invoice are its limit', async () => {
    const mapping = mappingOf({
      ...csvMapping({ '/number': 'N' }),
      source: { kind: 'csv', rows: { kind: 'grouped', key: 'N' } },
    })
    await expect(all(mapping, `N\n${'1\n'.repeat(100_001)}`)).rejects.toThrow(
      'the file has an invoice of more than 100000 rows',
    )
  })

  it('one invoice at a time is read of a long file', async () => {
    let read = 0
    async function* endless(): AsyncGenerator<Buffer> {
      yield Buffer.from('N\n')
      for (;;) yield Buffer.from(`${++read}\n`)
    }
    const mapping = mappingOf(csvMapping({ '/number': 'N' }))
    let count = 0
    for await (const _ of applyMapping(mapping, endless())) if (++count === 30_000) break
    expect(count).toBe(30_000)
    // What streams hold between file and reader is some tens of kilobytes.
    expect(read).toBeLessThan(60_000)
  })
})
