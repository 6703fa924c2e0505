import { canonicalize, parseXml } from '../../src/wire/xml/index.ts'
import { readDocumentToSend } from '../../src/wire/invoice/index.ts'
import { sampleInvoice } from './sample.ts'

const boundless = { octetsMax: 1e9, nodesMax: 1e9, depthMax: 1e9, attributesPerElementMax: 1e9 }

/** Work whose cost must grow with the size of its input and not faster. */
const works: Readonly<Record<string, (count: number) => () => unknown>> = {
  'parse, attributes of one element': count => {
    const source = `<a ${Array.from({ length: count }, (_, index) => `a${index}=""`).join(' ')}/>`
    return () => parseXml(source, boundless)
  },
  'parse, levels with a namespace each': count => {
    const source = '<a xmlns:p="u:1">'.repeat(count) + '</a>'.repeat(count)
    return () => parseXml(source, boundless)
  },
  'exclusive C14N, levels': count => canonicalization(count, 'exclusive'),
  'inclusive C14N, levels': count => canonicalization(count, 'inclusive'),
  'UBL read and checked, lines': count => {
    const document = sampleInvoice(count * 100)
    return () => readDocumentToSend(document)
  },
}

function canonicalization(count: number, method: 'exclusive' | 'inclusive'): () => unknown {
  const source = `${'<a xmlns:p="urn:1" xmlns:q="urn:2" p:b="">'.repeat(count)}${'</a>'.repeat(count)}`
  const { root } = parseXml(source, boundless)
  return () => canonicalize(root, { method })
}

const few = 5_000
const times = 8

export interface Growth {
  readonly name: string
  readonly milliseconds: number
  /** Of the cost of eight times the input; 8 is proportional, 64 would be quadratic. */
  readonly ratio: number
}

/** The cost of each work at one size, and by how much it grows with eight times that size. */
export function measureGrowth(): readonly Growth[] {
  return Object.entries(works).map(([name, prepare]) => {
    const small = best(prepare(few))
    return { name, milliseconds: small, ratio: best(prepare(few * times)) / small }
  })
}

/** The best of some rounds: the others were disturbed. */
function best(work: () => unknown): number {
  const rounds = Array.from({ length: 5 }, () => {
    const startedAt = performance.now()
    work()
    return performance.now() - startedAt
  })
  return Math.min(...rounds)
}
