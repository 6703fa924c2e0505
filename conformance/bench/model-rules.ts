import { type RuleChoice, readInvoice, readUbl } from '../../src/wire/invoice/index.ts'
import { sampleInvoice } from './sample.ts'

/*
 * What the rules of the model cost an invoice as JSON: read, amounts computed, every rule asked. An ordinary invoice shall take less
 * than 150 µs. The invoices take turns, so that a busy moment of the machine falls on all of them.
 */

export interface RuleCost {
  readonly name: string
  readonly lines: number
  /** Median and tenth percentile of many. */
  readonly medianMicroseconds: number
  readonly lowMicroseconds: number
}

type Json = Record<string, unknown>

const french = {
  customization: 'urn:cen.eu:en16931:2017',
  process: 'B1',
  notes: [
    { subjectCode: 'PMT', text: 'Indemnité forfaitaire de 40 € pour frais de recouvrement' },
    { subjectCode: 'PMD', text: 'Pénalités de retard : trois fois le taux légal' },
    { subjectCode: 'AAB', text: 'Pas d’escompte' },
    { subjectCode: 'BAR', text: 'B2B' },
  ],
}

/** The cost of an invoice under Peppol BIS Billing 3, of the same as a French one, and of one with EN 16931 alone. */
export function measureModelRules({ octets = 12_000, rounds = 4_000 } = {}): readonly RuleCost[] {
  const invoice = jsonOf(octets)
  const works: { name: string; json: Json; rules: RuleChoice; times: number[] }[] = [
    { name: 'Peppol BIS Billing 3', json: invoice, rules: ['auto'], times: [] },
    { name: 'French CIUS', json: { ...invoice, ...french }, rules: ['auto'], times: [] },
    { name: 'EN 16931 alone', json: invoice, rules: [], times: [] },
  ]
  for (let round = 0; round < rounds; round++) {
    for (const { json, rules, times } of works) {
      const startedAt = performance.now()
      readInvoice(json, { rules })
      times.push((performance.now() - startedAt) * 1000)
    }
  }
  return works.map(({ name, times }) => {
    // The first quarter warms up.
    const warm = times.slice(rounds / 4).sort((a, b) => a - b)
    const at = (share: number) => warm[Math.floor(warm.length * share)] ?? Number.NaN
    return {
      name,
      lines: (invoice['lines'] as unknown[]).length,
      medianMicroseconds: at(0.5),
      lowMicroseconds: at(0.1),
    }
  })
}

/** The sample of so many octets in UBL, in its JSON form. */
function jsonOf(octets: number): Json {
  const reading = readUbl(sampleInvoice(octets))
  if ('findings' in reading) throw new Error(JSON.stringify(reading.findings))
  return JSON.parse(JSON.stringify(reading.invoice)) as Json
}
