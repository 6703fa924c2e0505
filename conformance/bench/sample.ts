import { type Instant, inMemory, instantOf } from '../../src/kernel/index.ts'
import { readInvoice, writeUbl } from '../../src/wire/invoice/index.ts'
import {
  type ParticipantId,
  buildSbd,
  parseDocumentTypeId,
  parseParticipantId,
  parseProcessId,
} from '../../src/wire/peppol/index.ts'

/** Sender and receiver of the benchmarks: two invented companies. */
export const seller = { name: 'Atelier des Quais', siren: '391838042' }
export const buyer = { name: 'Librairie du Port', siren: '552100554' }

export const documentType = parseDocumentTypeId(
  'busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice' +
    '##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1',
)
export const process = parseProcessId('cenbii-procid-ubl::urn:fdc:peppol.eu:2017:poacc:billing:01:1.0')

export function participantOf({ siren }: { readonly siren: string }): ParticipantId {
  return parseParticipantId(`0225:${siren}`)
}

/** A UBL invoice of about so many octets, made longer by lines as real ones are. */
export function sampleInvoice(octets: number, number = 'BENCH-1'): Buffer {
  const one = invoiceOfLines(1, number).length
  const per = invoiceOfLines(2, number).length - one
  return invoiceOfLines(Math.max(1, Math.round((octets - one) / per) + 1), number)
}

function invoiceOfLines(count: number, number: string): Buffer {
  const reading = readInvoice({
    number,
    issueDate: '2026-11-21',
    dueDate: '2026-12-21',
    currency: 'EUR',
    buyerReference: 'BENCH',
    seller: partyOf(seller, { vatId: `FR00${seller.siren}` }),
    buyer: partyOf(buyer, {}),
    lines: Array.from({ length: count }, (_, index) => ({
      id: `${index + 1}`,
      quantity: `${1 + (index % 7)}`,
      unit: 'C62',
      price: { net: `${10 + (index % 90)}.${10 + (index % 89)}` },
      vat: { category: 'S', rate: '20' },
      item: { name: `Article ${(index * 7919) % 100_000}` },
    })),
  })
  if ('findings' in reading) throw new Error(JSON.stringify(reading.findings, null, 1))
  return writeUbl(reading.invoice)
}

function partyOf(party: typeof seller, more: object): object {
  return {
    name: party.name,
    endpoint: { scheme: '0225', value: party.siren },
    legalRegistration: { scheme: '0002', value: party.siren },
    address: { line1: '1 quai de la Fosse', city: 'Nantes', postCode: '44000', country: 'FR' },
    ...more,
  }
}

/** The invoice in its envelope. */
export function sampleSbd(
  octets: number,
  at: Instant = instantOf('2026-11-21T10:00:00Z'),
  instanceId = '6f1c1d9e-2f60-4c2b-9b59-6a6b1f3c9b11',
): Buffer {
  const facts = {
    sender: participantOf(seller),
    receiver: participantOf(buyer),
    documentType,
    process,
    countryC1: 'FR',
    instanceId,
    createdAt: at,
  }
  const sbd = buildSbd(facts, inMemory(cachedInvoice(octets)))
  if (!('kind' in sbd) || sbd.kind !== 'memory') throw new Error('a small document stays in memory')
  return sbd.bytes
}

const invoices = new Map<number, Buffer>()

function cachedInvoice(octets: number): Buffer {
  const invoice = invoices.get(octets) ?? sampleInvoice(octets)
  invoices.set(octets, invoice)
  return invoice
}
