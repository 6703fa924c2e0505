import { type Octets, type Random, gather, inMemory, openOctets } from '../../kernel/index.ts'
import {
  type Finding,
  type Invoice,
  addressingOf,
  readInvoice,
  readDocumentToSend,
  skim,
  summaryOf,
  withFiles,
  writeUbl,
} from '../../wire/invoice/index.ts'
import { type CodeLists, PeppolError, participantKey } from '../../wire/peppol/index.ts'
import type { Documents } from '../documents/index.ts'
import type { InvoiceId, Route, Verdict, VerdictFinding } from '../domain.ts'
import type { Exchange, Submission, SubmitOutcome } from '../exchange/index.ts'
import type { BlobStore } from '../ports.ts'
import type { Invoicing, SendOutcome, SendRequest, SetAside } from './types.ts'

export type * from './types.ts'

export interface InvoicingWorld {
  readonly random: Random
  readonly exchange: Pick<Exchange, 'submit'>
  readonly blobs: BlobStore
  /** Has the last word on what leaves. */
  readonly documents: Pick<Documents, 'open' | 'validate'>
  readonly codeLists: CodeLists
  /** Receivers whose endpoint an operator has given by hand, by participantKey(). */
  readonly staticRoutes: ReadonlyMap<string, Route>
}

/** The way of an invoice out: read → check by the model → document → judge by schema and packs → submit. Nothing invalid leaves. */
export function createInvoicing(world: InvoicingWorld): Invoicing {
  return {
    async send(request) {
      const { source, language } = request
      // Packing makes octets of its own; what was spooled before has served by then.
      const spooled = source.kind === 'json' ? [...(source.aside?.files ?? [])] : [source.octets]
      try {
        const read = await readSource(world, source, language)
        if (read.kind === 'invalid') return read
        const verdict = await world.documents.validate(read.judged, { language })
        if (!verdict.valid) return { kind: 'invalid', findings: verdict.findings.map(findingOf) }
        const { aside } = source.kind === 'json' ? source : {}
        const document = aside === undefined ? read.document : await spoolWhole(world.blobs, read.judged, aside)
        spooled.push(document)
        return await submit(world, request, { ...read, document, verdict })
      } finally {
        const keys = new Set(spooled.flatMap(octets => (octets.kind === 'stored' ? [octets.key] : [])))
        for (const key of keys) await world.blobs.remove(key)
      }
    },
  }
}

type Read =
  | {
      readonly kind: 'invoice'
      readonly invoice: Invoice
      readonly syntax: 'ubl' | 'cii' | 'facturx'
      readonly document: Octets
      /** The document, of a large one without the content of its files. */
      readonly judged: Buffer
    }
  | { readonly kind: 'invalid'; readonly findings: readonly Finding[] }

function readSource(
  world: InvoicingWorld,
  source: SendRequest['source'],
  language: SendRequest['language'],
): Read | Promise<Read> {
  switch (source.kind) {
    case 'json':
      return readJson(source.value, language)
    case 'xml':
      return readDocument(source.octets, language)
    case 'pdf':
      return readPdf(world, source.octets, language)
  }
}

function readJson(value: unknown, language: SendRequest['language']): Read {
  const read = readInvoice(value, { language })
  if ('findings' in read) return { kind: 'invalid', findings: read.findings }
  const judged = writeUbl(read.invoice)
  return { kind: 'invoice', invoice: read.invoice, syntax: 'ubl', document: inMemory(judged), judged }
}

/** The document with its large files, which has never been in memory as a whole. */
async function spoolWhole(blobs: BlobStore, document: Buffer, { prefix, files }: SetAside): Promise<Octets> {
  const writer = blobs.create()
  try {
    const fileAt = (index: number): AsyncIterable<Buffer> => openOctets(files[index] ?? inMemory(Buffer.alloc(0)))
    for await (const chunk of withFiles(document, prefix, fileAt)) await writer.write(chunk)
    return await writer.finish()
  } catch (error) {
    await writer.discard()
    throw error
  }
}

async function readDocument(document: Octets, language: SendRequest['language']): Promise<Read> {
  const skimmed = document.kind === 'memory' ? document.bytes : await skim(document.open())
  if (skimmed === undefined) {
    return { kind: 'invalid', findings: [finding('size', '', 'the document is too large to be read as an invoice')] }
  }
  const read = readDocumentToSend(skimmed, { language })
  if ('findings' in read) return { kind: 'invalid', findings: read.findings }
  return { kind: 'invoice', invoice: read.invoice, syntax: read.syntax, document, judged: skimmed }
}

/** In memory: the parts of a PDF are found from its end. */
async function readPdf(
  { documents }: InvoicingWorld,
  document: Octets,
  language: SendRequest['language'],
): Promise<Read> {
  const pdf = document.kind === 'memory' ? document.bytes : await gather(document.open())
  const opened = await documents.open(pdf, 'rules')
  // The engine opens every format; what travels under the document type of a PDF must be one.
  if (opened.syntax !== 'facturx' && opened.syntax !== 'unknown') {
    return { kind: 'invalid', findings: [finding('pdf.not-a-pdf', '', 'the document is no PDF')] }
  }
  if (opened.kind === 'unreadable') return { kind: 'invalid', findings: opened.findings }
  const read = readDocumentToSend(opened.xml ?? Buffer.alloc(0), { language })
  if ('findings' in read) return { kind: 'invalid', findings: read.findings }
  return { kind: 'invoice', invoice: read.invoice, syntax: 'facturx', document, judged: pdf }
}

/** Of a verdict, as the API tells those of the model. */
function findingOf({ rule, severity, pointer, location, message }: VerdictFinding): Finding {
  return {
    rule,
    severity: severity === 'fatal' || severity === 'error' ? 'fatal' : 'warning',
    pointer: pointer ?? '',
    message,
    term: undefined,
    ...(location !== null && { location }),
  }
}

async function submit(
  world: InvoicingWorld,
  request: SendRequest,
  { invoice, syntax, document, verdict }: Extract<Read, { kind: 'invoice' }> & { readonly verdict: Verdict },
): Promise<SendOutcome> {
  const addressed = addressingOf(invoice, syntax, request.language)
  if ('findings' in addressed) return { kind: 'invalid', findings: addressed.findings }
  const refused = refusedByLists(addressed.addressing, world.codeLists)
  if (refused.length > 0) return { kind: 'invalid', findings: refused }
  const invoiceId = world.random.uuid() as InvoiceId
  const outcome = await submitOrExplain(world, {
    ...addressed.addressing,
    route: routeFor(world, request.route, participantKey(addressed.addressing.receiver)),
    document,
    ...(syntax === 'facturx' && { wrapping: { kind: 'binary', mimeType: 'application/pdf' } }),
    invoice: { id: invoiceId, ...summaryOf(invoice), verdict },
    idempotency: request.idempotency,
  })
  switch (outcome.kind) {
    case 'recorded':
      return { kind: 'accepted', invoiceId, transmissionId: outcome.transmissionId, repeated: false }
    case 'repeat':
      return { kind: 'accepted', invoiceId: outcome.invoiceId, transmissionId: undefined, repeated: true }
    case 'number-taken':
    case 'key-reused':
    case 'invalid':
      return outcome
  }
}

type Submitted = SubmitOutcome | { readonly kind: 'invalid'; readonly findings: readonly Finding[] }

/** What the envelope cannot carry (another encoding, a document type declaration) is a fault of the document. */
async function submitOrExplain(world: InvoicingWorld, submission: Submission): Promise<Submitted> {
  try {
    return await world.exchange.submit(submission)
  } catch (error) {
    if (!(error instanceof PeppolError)) throw error
    return { kind: 'invalid', findings: [finding(`envelope.${error.code}`, '', error.message)] }
  }
}

/** The Peppol lists are asked before anything is stored: what they have removed no receiver takes. [peppol.md §3.1] */
function refusedByLists({ sender, receiver, documentType }: Addressed, codeLists: CodeLists): readonly Finding[] {
  const findings: Finding[] = []
  for (const [role, participant] of [
    ['seller', sender],
    ['buyer', receiver],
  ] as const) {
    if (codeLists.isKnownScheme(participant)) continue
    const message = `${participant.value}: no such scheme in the Peppol code list ${codeLists.version}`
    findings.push(finding('peppol.scheme', `/${role}/endpoint/scheme`, message))
  }
  if (codeLists.stateOf(documentType) === 'removed') {
    findings.push(
      finding('peppol.document-type', '/customization', `${documentType.value} was removed from the Peppol code list`),
    )
  }
  return findings
}

type Addressed = Pick<Submission, 'sender' | 'receiver' | 'documentType'>

/** What the caller names wins, then what the operator has configured, then the network. */
function routeFor(world: InvoicingWorld, asked: Route, receiverKey: string): Route {
  return asked.kind === 'peppol' ? (world.staticRoutes.get(receiverKey) ?? asked) : asked
}

function finding(rule: string, pointer: string, message: string): Finding {
  return { rule, severity: 'fatal', pointer, message, term: undefined }
}
