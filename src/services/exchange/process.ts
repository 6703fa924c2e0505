import { type Clock, type Random, WireError, gather } from '../../kernel/index.ts'
import { type DocumentReading, type Finding, skim, summaryOf } from '../../wire/invoice/index.ts'
import { documentTypeParts, extractDocument } from '../../wire/peppol/index.ts'
import type { XmlElement } from '../../wire/xml/index.ts'
import type { Documents } from '../documents/index.ts'
import type { InvoiceId, InvoiceSummary, RecordedInvoice, Transmission, Verdict } from '../domain.ts'
import type { InboundClaim, InboundSettlement, Log } from '../ports.ts'
import { contentOf } from './content.ts'

export interface ProcessWorld {
  /** Judges what comes in. */
  readonly documents: Pick<Documents, 'appraise' | 'survey'>
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
 * hold up the receipt, and a worker does it afterwards. `octets` are those of the document.
 */
export async function settleAtOnce(
  world: ProcessWorld,
  transmission: Received,
  arrived: { readonly document: XmlElement | undefined; readonly octets: () => Promise<Buffer> },
): Promise<InboundSettlement | undefined> {
  const kind = kindOf(transmission)
  if (kind === 'other') return delivered(world, undefined)
  if (kind === 'pdf' || arrived.document === undefined) return undefined
  try {
    const { reading, verdict } = await world.documents.appraise(arrived.document, arrived.octets)
    return delivered(world, { ...summaryIn(reading), verdict: kept(verdict) })
  } catch (error) {
    return excepted(world, transmission, error)
  }
}

/** After the receipt: what is the document, and whose inbox does it go to. A document that cannot be read is a person's business, never lost. */
export async function processInbound(world: ProcessWorld, claim: InboundClaim): Promise<InboundSettlement> {
  try {
    const kind = kindOf(claim.transmission)
    if (kind === 'other') return delivered(world, undefined)
    const document = kind === 'pdf' ? await pdfOf(claim) : await documentOf(claim)
    const surveyed = await world.documents.survey(document)
    if (surveyed.kind === 'unreadable') throw unreadable(surveyed.findings)
    return delivered(world, { ...surveyed.summary, verdict: kept(surveyed.verdict) })
  } catch (error) {
    return excepted(world, claim.transmission, error)
  }
}

type Received = Pick<Transmission, 'id' | 'documentType'>

/** xml: an invoice in UBL or CII. pdf: a Factur-X. other: nothing that is looked into. */
function kindOf({ documentType }: Received): 'xml' | 'pdf' | 'other' {
  const { syntax } = documentTypeParts(documentType.value)
  if (syntax === 'urn:peppol:doctype:pdf+xml') return 'pdf'
  return invoiceRoots.has(syntax) ? 'xml' : 'other'
}

function delivered(world: ProcessWorld, found: Omit<RecordedInvoice, 'id'> | undefined): InboundSettlement {
  const invoice = found && { id: world.random.uuid() as InvoiceId, ...found }
  const detail = invoice
    ? { invoice: invoice.number, invoiceId: invoice.id, valid: invoice.verdict?.valid ?? false }
    : {}
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

function summaryIn(reading: DocumentReading): InvoiceSummary {
  if ('findings' in reading) throw unreadable(reading.findings)
  return summaryOf(reading.invoice)
}

function unreadable([first]: readonly Finding[]): WireError {
  return new WireError(first?.rule ?? 'unreadable', first?.message ?? 'the document cannot be read as an invoice')
}

/** As many findings of a verdict are kept with an invoice; `valid` speaks for all of them. */
const findingsMax = 1000

function kept(verdict: Verdict): Verdict {
  const { findings } = verdict
  return findings.length <= findingsMax ? verdict : { ...verdict, findings: findings.slice(0, findingsMax) }
}

/** Up to here a document is read whole; larger ones are read without their embedded files. */
const wholeOctetsMax = 1_000_000
/** In Base64, the 100 MB that French law lets an invoice have. */
const pdfOctetsMax = 150_000_000

async function documentOf({ transmission, payload, compressed }: InboundClaim): Promise<Buffer> {
  const document = extractDocument(contentOf(payload, compressed))
  if (transmission.contentSize <= wholeOctetsMax) return await gather(document)
  const skimmed = await skim(document)
  if (skimmed !== undefined) return skimmed
  throw new WireError('document-too-large', 'the document is too large to be read as an invoice')
}

/** A PDF is read whole: its parts are found from its end. */
async function pdfOf({ transmission, payload, compressed }: InboundClaim): Promise<Buffer> {
  if (transmission.contentSize > pdfOctetsMax)
    throw new WireError('document-too-large', 'the PDF is too large to be read')
  return await gather(extractDocument(contentOf(payload, compressed)))
}
