import { isoOf } from '../../kernel/index.ts'
import type { Attempt, Failure, Invoice, Step, Transmission, TransmissionEvent } from '../../services/domain.ts'
import type { LookupResult, ParticipantCard } from '../../services/directory/index.ts'
import { formatIdentifier, type ParticipantId } from '../../wire/peppol/index.ts'

/* What the API shows of our nouns: JSON as openapi.ts describes it. Members that are undefined are left out. */

/** Where the API lives under the node's address. */
export const apiBase = '/api/v1'

/** States that nothing changes any more. */
const finalStates: ReadonlySet<string> = new Set(['delivered', 'refused', 'failed', 'duplicate', 'exception'])

export function linksOf(id: string): Record<string, string> {
  const self = `${apiBase}/invoices/${id}`
  return {
    self,
    status: `${self}/status`,
    events: `${self}/events`,
    verdict: `${self}/verdict`,
    original: `${self}/files/original`,
    ubl: `${self}/files/ubl`,
    cii: `${self}/files/cii`,
    facturx: `${self}/files/facturx`,
    pdf: `${self}/files/pdf`,
    html: `${self}/files/html`,
    attachments: `${self}/files/attachments`,
    receipt: `${self}/files/receipt`,
  }
}

export function invoiceJson(invoice: Invoice): Record<string, unknown> {
  const { transmission } = invoice
  return {
    id: invoice.id,
    direction: invoice.direction,
    number: invoice.number,
    typeCode: invoice.typeCode,
    issueDate: invoice.issueDate,
    dueDate: invoice.dueDate,
    currency: invoice.currency,
    payable: invoice.payable,
    sellerName: invoice.sellerName,
    buyerName: invoice.buyerName,
    state: transmission.state,
    verdict: invoice.verdict,
    createdAt: isoOf(transmission.createdAt),
    transmission: transmissionJson(transmission),
    links: linksOf(invoice.id),
  }
}

export function statusJson({ id, transmission }: Invoice): Record<string, unknown> {
  return {
    id,
    direction: transmission.direction,
    state: transmission.state,
    final: finalStates.has(transmission.state),
    attempts: transmission.attempts,
    nextAttemptAt: transmission.nextAttemptAt === undefined ? undefined : isoOf(transmission.nextAttemptAt),
    failure: failureJson(transmission.failure),
    updatedAt: isoOf(transmission.updatedAt),
  }
}

/** A transmission on its own, with what troubles it. */
export function exceptionJson(transmission: Transmission): Record<string, unknown> {
  const self = `${apiBase}/transmissions/${transmission.id}`
  return {
    ...transmissionJson(transmission),
    direction: transmission.direction,
    state: transmission.state,
    createdAt: isoOf(transmission.createdAt),
    updatedAt: isoOf(transmission.updatedAt),
    links: { self, events: `${self}/events`, original: `${self}/files/original` },
  }
}

/** `id` is that of the invoice, or of the transmission when it was asked for by its own. */
export function traceJson(
  invoice: { readonly id: string; readonly transmission: Transmission },
  events: readonly TransmissionEvent[],
  attempts: readonly Attempt[],
): Record<string, unknown> {
  return {
    id: invoice.id,
    transmissionId: invoice.transmission.id,
    state: invoice.transmission.state,
    events: events.map(({ at, kind, detail }) => ({ at: isoOf(at), kind, detail })),
    attempts: attempts.map(({ number, startedAt, outcome, steps }) => ({
      number,
      startedAt: isoOf(startedAt),
      outcome,
      steps: stepsJson(steps),
    })),
  }
}

export function cardJson(
  participant: ParticipantId,
  card: ParticipantCard & { kind: 'found' },
): Record<string, unknown> {
  return {
    participant: formatIdentifier(participant),
    smp: card.smp,
    documentTypes: card.documentTypes.map(formatIdentifier),
    steps: stepsJson(card.steps),
  }
}

export function endpointJson(
  participant: ParticipantId,
  result: LookupResult & { kind: 'found' },
): Record<string, unknown> {
  const { certificate } = result
  return {
    participant: formatIdentifier(participant),
    endpoint: {
      address: result.address,
      transportProfile: result.transportProfile,
      certificate: {
        commonName: certificate.commonName,
        fingerprint: certificate.fingerprint,
        validTo: isoOf(certificate.validTo),
      },
    },
    steps: stepsJson(result.steps),
  }
}

export function stepsJson(steps: readonly Step[]): readonly Record<string, unknown>[] {
  return steps.map(({ name, microseconds, detail }) => ({ name, microseconds, detail }))
}

function transmissionJson(transmission: Transmission): Record<string, unknown> {
  return {
    id: transmission.id,
    sender: formatIdentifier(transmission.sender),
    receiver: formatIdentifier(transmission.receiver),
    documentType: formatIdentifier(transmission.documentType),
    process: formatIdentifier(transmission.process),
    instanceId: transmission.instanceId,
    messageId: transmission.messageId,
    peer: transmission.peer,
    route: transmission.route.kind,
    attempts: transmission.attempts,
    contentSize: transmission.contentSize,
    contentSha256: transmission.contentSha256,
    failure: failureJson(transmission.failure),
  }
}

function failureJson(failure: Failure | undefined): Record<string, unknown> | undefined {
  return failure === undefined ? undefined : { code: failure.code, message: failure.message, retry: failure.retry }
}
