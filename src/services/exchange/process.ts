import { type Clock, type Random, WireError } from '../../kernel/index.ts'
import { readDocument, skim, summaryOf } from '../../wire/invoice/index.ts'
import { documentTypeParts, extractDocument } from '../../wire/peppol/index.ts'
import type { XmlElement } from '../../wire/xml/index.ts'
import type { InvoiceId, InvoiceSummary, Transmission } from '../domain.ts'
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

/**
 * What can be said of a document before it is committed, so that one commit does for both. undefined: reading it takes long enough to
 * hold up the receipt, and a worker does it afterwards.
 */
export function settleAtOnce(
  world: ProcessWorld,
  transmission: Received,
  document: XmlElement | undefined,
): InboundSettlement | undefined {
  if (!isInvoice(transmission)) return delivered(world, undefined)
  if (document === undefined) return undefined
  try {
    return delivered(world, summaryIn(document))
  } catch (error) {
    return excepted(world, transmission, error)
  }
}

/** After the receipt: what is the document, and whose inbox does it go to. A document that cannot be read is a person's business, never lost. */
export async function processInbound(world: ProcessWorld, claim: InboundClaim): Promise<InboundSettlement> {
  try {
    return delivered(world, isInvoice(claim.transmission) ? summaryIn(await documentOf(claim)) : undefined)
  } catch (error) {
    return excepted(world, claim.transmission, error)
  }
}

type Received = Pick<Transmission, 'id' | 'documentType'>

function isInvoice({ documentType }: Received): boolean {
  return invoiceRoots.has(documentTypeParts(documentType.value).syntax)
}

function delivered(world: ProcessWorld, summary: InvoiceSummary | undefined): InboundSettlement {
  const invoice = summary && { id: world.random.uuid() as InvoiceId, ...summary }
  const detail = invoice ? { invoice: invoice.number, invoiceId: invoice.id } : {}
  return { state: 'delivered', event: { at: world.clock.now(), kind: 'delivered', detail }, invoice }
}

function excepted(world: ProcessWorld, { id }: Received, error: unknown): InboundSettlement {
  world.log.warn('process.exception', { transmissionId: id, reason: String(error) })
  const code = error instanceof WireError ? error.code : 'internal'
  const message = error instanceof Error ? error.message : String(error)
  return {
    state: 'exception',
    event: { at: world.clock.now(), kind: 'exception', detail: { code, message } },
    failure: { code, message, retry: false },
  }
}

function summaryIn(document: Buffer | XmlElement): InvoiceSummary {
  const read = readDocument(document)
  if ('findings' in read) {
    const [first] = read.findings
    throw new WireError(first?.rule ?? 'unreadable', first?.message ?? 'the document cannot be read as an invoice')
  }
  return summaryOf(read.invoice)
}

/** Up to here a document is read whole; larger ones are read without their embedded files. */
const wholeOctetsMax = 1_000_000

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
