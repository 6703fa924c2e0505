import { type Clock, type Random, WireError } from '../../kernel/index.ts'
import { readDocument, skim, summaryOf } from '../../wire/invoice/index.ts'
import { documentTypeParts, extractDocument } from '../../wire/peppol/index.ts'
import type { InvoiceId, InvoiceSummary } from '../domain.ts'
import type { InboundClaim, InboundSettlement, Log } from '../ports.ts'
import { contentOf } from './content.ts'

export interface ProcessWorld {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

const invoiceRoots: ReadonlySet<string> = new Set([
  'urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice',
  'urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2::CreditNote',
  'urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100::CrossIndustryInvoice',
])

/** After the receipt: what is the document, and whose inbox does it go to. A document that cannot be read is a person's business, never lost. */
export async function processInbound(world: ProcessWorld, claim: InboundClaim): Promise<InboundSettlement> {
  const { transmission } = claim
  try {
    const invoice = invoiceRoots.has(documentTypeParts(transmission.documentType.value).syntax)
      ? { id: world.random.uuid() as InvoiceId, ...(await summarise(claim)) }
      : undefined
    const detail = invoice ? { invoice: invoice.number, invoiceId: invoice.id } : {}
    return { state: 'delivered', event: { at: world.clock.now(), kind: 'delivered', detail }, invoice }
  } catch (error) {
    world.log.warn('process.exception', { transmissionId: transmission.id, reason: String(error) })
    const code = error instanceof WireError ? error.code : 'internal'
    const message = error instanceof Error ? error.message : String(error)
    return {
      state: 'exception',
      event: { at: world.clock.now(), kind: 'exception', detail: { code, message } },
      failure: { code, message, retry: false },
    }
  }
}

/** Up to here a document is read whole; larger ones are read without their embedded files. */
const wholeOctetsMax = 1_000_000

async function summarise(claim: InboundClaim): Promise<InvoiceSummary> {
  const read = readDocument(claim.document ?? (await documentOf(claim)))
  if ('findings' in read) {
    const [first] = read.findings
    throw new WireError(first?.rule ?? 'unreadable', first?.message ?? 'the document cannot be read as an invoice')
  }
  return summaryOf(read.invoice)
}

async function documentOf({ transmission, payload, compressed }: InboundClaim): Promise<Buffer> {
  const document = extractDocument(contentOf(payload, compressed))
  if (transmission.contentSize <= wholeOctetsMax) return await gather(document)
  const skimmed = await skim(document)
  if (skimmed !== undefined) return skimmed
  throw new WireError('document-too-large', 'the document is too large to be read as an invoice')
}

async function gather(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const gathered: Buffer[] = []
  for await (const chunk of chunks) gathered.push(chunk)
  return Buffer.concat(gathered)
}
