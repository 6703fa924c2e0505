import { gzipSync } from 'node:zlib'
import { type BlobKey, inMemory, instantOf, systemRandom } from '../../../src/kernel/index.ts'
import { type ApiServices, HeldMemory } from '../../../src/edge/api/index.ts'
import type { LookupResult, ParticipantCard } from '../../../src/services/directory/index.ts'
import type {
  Attempt,
  Invoice,
  InvoiceId,
  Step,
  Transmission,
  TransmissionId,
  Verdict,
} from '../../../src/services/domain.ts'
import type { SendOutcome, SendRequest } from '../../../src/services/invoicing/index.ts'
import type { BlobStore, InvoiceQuery } from '../../../src/services/ports.ts'
import { createMappings } from '../../../src/services/mapping/index.ts'
import { createTenants } from '../../../src/services/tenants/index.ts'
import { memoryTenants } from '../../support/tenants.ts'
import { engine, type Imported } from '../../services/documents/engine.ts'
import { parseDocumentTypeId, parseParticipantId, parseProcessId } from '../../../src/wire/peppol/index.ts'

export const documentType =
  'busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1'
export const ciiDocumentType =
  'busdox-docid-qns::urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100::CrossIndustryInvoice##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::D16B'
export const process = 'cenbii-procid-ubl::urn:fdc:peppol.eu:2017:poacc:billing:01:1.0'

const at = instantOf('2026-11-21T10:00:00Z')

export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}

export const steps: readonly Step[] = [
  { name: 'name-hash', microseconds: 12, detail: { name: 'XYZ.sandbox.test' } },
  { name: 'naptr', microseconds: 800, detail: { server: '127.0.0.1:53', records: 1 } },
]

export function transmission(changes: Partial<Transmission> = {}): Transmission {
  return {
    id: uuid(2) as TransmissionId,
    direction: 'outbound',
    state: 'delivered',
    route: { kind: 'peppol' },
    sender: parseParticipantId('0225:111'),
    receiver: parseParticipantId('0225:222'),
    documentType: parseDocumentTypeId(documentType),
    process: parseProcessId(process),
    countryC1: 'FR',
    instanceId: uuid(3),
    messageId: `${uuid(4)}@a.test`,
    peer: 'PFR000002',
    attempts: 1,
    nextAttemptAt: undefined,
    failure: undefined,
    createdAt: at,
    updatedAt: at,
    contentSize: 1234,
    contentSha256: '0'.repeat(64),
    ...changes,
  }
}

export function invoice(number = 1, changes: Partial<Transmission> = {}): Invoice {
  return {
    id: uuid(100 + number) as InvoiceId,
    direction: 'outbound',
    number: `F-${number}`,
    typeCode: '380',
    issueDate: '2026-11-21',
    dueDate: undefined,
    currency: 'EUR',
    payable: '120.00',
    sellerName: 'A',
    buyerName: 'B',
    verdict: { valid: true, packs: ['en16931-ubl@1.3.16'] },
    transmission: transmission(changes),
  }
}

const attempt: Attempt = { number: 1, startedAt: at, outcome: 'delivered', steps }

const sbd = `<?xml version="1.0"?><StandardBusinessDocument xmlns="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"><StandardBusinessDocumentHeader><HeaderVersion>1.0</HeaderVersion></StandardBusinessDocumentHeader><Invoice xmlns="urn:x"><a>b</a></Invoice></StandardBusinessDocument>`

export interface Script {
  outcome?: SendOutcome
  card?: ParticipantCard
  lookup?: LookupResult
  invoices?: readonly Invoice[]
  payload?: Buffer
  verdict?: Verdict
  exceptions?: readonly Transmission[]
  tokenHashes?: readonly string[]
  /** What the document engine's ports answer. */
  imported?: Imported
  documents?: ApiServices['documents']
  bodyOctetsMax?: number
  jsonOctetsMax?: number
  documentOctetsMax?: number
  spool?: ApiServices['spool']
  held?: HeldMemory
}

/** Services that say what the script says, and remember what they were asked. */
export function scripted(
  script: Script,
): ApiServices & { readonly sent: SendRequest[]; readonly queries: InvoiceQuery[] } {
  const sent: SendRequest[] = []
  const queries: InvoiceQuery[] = []
  const invoices = script.invoices ?? [invoice()]
  const clock = { now: () => at }
  const store = memoryTenants()
  const missing = {
    kind: 'unavailable',
    failure: { code: 'x', message: 'not scripted', retry: true },
    steps: [],
  } as const
  return {
    sent,
    queries,
    tokenHashes: script.tokenHashes ?? [],
    publicUrl: 'http://127.0.0.1',
    limits: {
      bodyOctetsMax: script.bodyOctetsMax ?? 5000,
      jsonOctetsMax: script.jsonOctetsMax ?? 1000,
      documentOctetsMax: script.documentOctetsMax ?? 100_000,
      pageMax: 3,
    },
    documents: script.documents ?? engine(script.imported).documents,
    mappings: createMappings({ clock, store }),
    tenants: createTenants({ clock, store, branding: { footer: 'Merci de votre confiance' } }),
    spool: script.spool ?? memorySpool(),
    random: systemRandom,
    held: script.held ?? new HeldMemory({ octetsMax: 10_000_000, waitSecondsMax: 5 }),
    invoicing: {
      send: async request => {
        sent.push(request)
        return (
          script.outcome ?? {
            kind: 'accepted',
            invoiceId: uuid(101) as InvoiceId,
            transmissionId: uuid(2) as TransmissionId,
            repeated: false,
          }
        )
      },
    },
    directory: { lookup: async () => script.lookup ?? missing, describe: async () => script.card ?? missing },
    reader: {
      findInvoice: async id => invoices.find(one => one.id === id),
      findVerdict: async () => script.verdict,
      listInvoices: async query => {
        queries.push(query)
        return invoices.slice(0, query.most)
      },
      findTransmission: async () => transmission(),
      listExceptions: async query => (script.exceptions ?? []).slice(0, query.most),
      listEvents: async () => [{ at, kind: 'delivered', detail: { receipt: 'r' } }],
      listAttempts: async () => [attempt],
      findContent: async (_id, kind) => {
        if (kind === 'payload') return { octets: inMemory(script.payload ?? gzipSync(sbd)), compressed: true }
        return kind === 'answer' ? { octets: inMemory(Buffer.from('<receipt/>')), compressed: false } : undefined
      },
    },
  }
}

/** Keeps everything in memory; `kept` says what would lie on a disk. */
export function memorySpool(): Pick<BlobStore, 'create' | 'remove'> & { readonly kept: Map<BlobKey, Buffer> } {
  const kept = new Map<BlobKey, Buffer>()
  let count = 0
  return {
    kept,
    create: () => {
      const chunks: Buffer[] = []
      return {
        write: chunk => void chunks.push(chunk),
        finish: async () => {
          const all = Buffer.concat(chunks)
          if (all.length < spooledFrom) return inMemory(all)
          const key = String(++count) as BlobKey
          kept.set(key, all)
          return { kind: 'stored', size: all.length, key, open: () => inPieces(all) }
        },
        discard: async () => undefined,
      }
    },
    remove: async key => void kept.delete(key),
  }
}

const spooledFrom = 50_000

async function* inPieces(octets: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < octets.length; at += 10_000) yield octets.subarray(at, at + 10_000)
}
