import type { Brand, Instant, Octets } from '../kernel/index.ts'
import type { DocumentTypeId, ParticipantId, ProcessId } from '../wire/peppol/index.ts'
import type { Logo } from '../wire/view/index.ts'

/** UUID of our record of one document going one way. */
export type TransmissionId = Brand<string, 'TransmissionId'>
/** UUID of an invoice as the API names it. */
export type InvoiceId = Brand<string, 'InvoiceId'>

export type Direction = 'inbound' | 'outbound'

/**
 * queued         waits for its next attempt; nothing of it may have reached the peer
 * sending        claimed by a worker
 * indeterminate  posted, and the answer was lost: only the same bytes may be posted again;
 *                without a next attempt a person must decide
 * delivered      the receiver's signed receipt is stored                                       (final)
 * refused        the receiver answered with an error                                           (final)
 * failed         never reached the receiver and will not be tried again                        (final)
 */
export type OutboundState = 'queued' | 'sending' | 'indeterminate' | 'delivered' | 'refused' | 'failed'

/**
 * received       committed; the receipt may leave
 * processing     claimed by a worker
 * delivered      handed to its owner                                                           (final)
 * duplicate      its envelope had already come in another message; receipted, not delivered again (final)
 * exception      receipted, but cannot be handed over: a person must look                      (final)
 */
export type InboundState = 'received' | 'processing' | 'delivered' | 'duplicate' | 'exception'

export type TransmissionState = OutboundState | InboundState

/** Where a document goes and why. */
export type Route =
  | { readonly kind: 'peppol' }
  /** A receiver whose address and certificate were given by hand; nothing is looked up. */
  | { readonly kind: 'static'; readonly url: string; readonly certificatePem: string }

/** The facts of an envelope that travel with every transmission. */
export interface Addressing {
  readonly sender: ParticipantId
  readonly receiver: ParticipantId
  readonly documentType: DocumentTypeId
  readonly process: ProcessId
  readonly countryC1: string
  /** SBDH InstanceIdentifier: the same for every resend of the document. */
  readonly instanceId: string
}

/** Why something did not go through, for programs (code), people (message) and schedulers (retry). */
export interface Failure {
  /** `EBMS:0004`, `smp-unavailable`, `unregistered`, … */
  readonly code: string
  readonly message: string
  readonly retry: boolean
}

export interface Transmission extends Addressing {
  readonly id: TransmissionId
  readonly direction: Direction
  readonly state: TransmissionState
  readonly route: Route
  /** eb:MessageId; undefined until an outbound message is sealed. */
  readonly messageId: string | undefined
  /** Seat ID of the other access point, once known. */
  readonly peer: string | undefined
  readonly attempts: number
  readonly nextAttemptAt: Instant | undefined
  readonly failure: Failure | undefined
  readonly createdAt: Instant
  readonly updatedAt: Instant
  /** Octets of the content (SBD) before compression. */
  readonly contentSize: number
  /** SHA-256 of the content, hexadecimal. */
  readonly contentSha256: string
}

/**
 * payload   the octets that were or will be signed (gzip of the SBD)
 * envelope  the SOAP part, as received or as sealed
 * answer    the receipt or error signal, as sent or as received
 */
export type ContentKind = 'payload' | 'envelope' | 'answer'

export interface TransmissionEvent {
  readonly at: Instant
  readonly kind: EventKind
  readonly detail: Readonly<Record<string, string | number | boolean>>
}

export type EventKind =
  | 'submitted'
  | 'attempt-failed'
  | 'answer-lost'
  | 'delivered'
  | 'refused'
  | 'failed'
  | 'recovered'
  | 'received'
  | 'duplicate'
  | 'exception'

/** One try to send, with the time of each step on the way. */
export interface Attempt {
  readonly number: number
  readonly startedAt: Instant
  readonly outcome: OutboundState
  readonly steps: readonly Step[]
}

export interface Step {
  readonly name: StepName
  readonly microseconds: number
  /** What was found: the host name, the answer, the certificate's subject. Never a secret. */
  readonly detail: Readonly<Record<string, string | number | boolean>>
}

export type StepName =
  | 'name-hash'
  | 'naptr'
  | 'smp'
  | 'smp-signature'
  | 'redirect'
  | 'endpoint'
  | 'certificate'
  | 'sealed'
  | 'posted'
  | 'answer'

/** What a list of invoices shows without opening the document. */
export interface InvoiceSummary {
  readonly number: string
  /** UNTDID 1001: 380, 381, … */
  readonly typeCode: string
  /** `2026-11-21` */
  readonly issueDate: string
  readonly dueDate: string | undefined
  /** ISO 4217. */
  readonly currency: string
  /** BT-115 as written, e.g. `1200.00`. */
  readonly payable: string
  readonly sellerName: string
  readonly buyerName: string
}

/** An invoice as it is recorded with its transmission. */
export interface RecordedInvoice extends InvoiceSummary {
  readonly id: InvoiceId
  /** On the document as it travels; undefined when it could not be made. */
  readonly verdict: Verdict | undefined
}

export interface Invoice extends InvoiceSummary {
  readonly id: InvoiceId
  readonly direction: Direction
  /** What a list says of the verdict; undefined where there is none. */
  readonly verdict: Pick<Verdict, 'valid' | 'packs'> | undefined
  readonly transmission: Transmission
}

/** How a document is written. other: XML of another kind. unknown: not readable at all. */
export type DocumentSyntax = 'ubl' | 'cii' | 'facturx' | 'json' | 'cdar' | 'other' | 'unknown'

export type Severity = 'fatal' | 'error' | 'warning' | 'information'

/** xsd: the document as XML, or as a PDF. pack: official rules. model: our own of the EN 16931 model. */
export type Layer = 'xsd' | 'pack' | 'model'

export interface VerdictFinding {
  readonly rule: string
  readonly severity: Severity
  readonly layer: Layer
  /** XPath with the prefixes of the document; null when no place is meant. */
  readonly location: string | null
  /** JSON pointer into the model; null when no term is meant. */
  readonly pointer: string | null
  /** In the language that was asked for, where the rule speaks it. */
  readonly message: string
}

export interface Verdict {
  readonly syntax: DocumentSyntax
  /** BT-24; null when the document does not say. */
  readonly profile: string | null
  /** No finding is fatal or an error. */
  readonly valid: boolean
  /** `name@version` of every pack and schema that judged, in order; none: the rules of the model alone did. */
  readonly packs: readonly string[]
  readonly findings: readonly VerdictFinding[]
}

/** A repeatable request of the API: the same key and bytes give the same answer. */
export interface IdempotencyKey {
  readonly key: string
  /** SHA-256 of the request body, hexadecimal. */
  readonly requestSha256: string
}

/** What our own SMP publishes for a participant, and whose documents we accept. */
export interface Registration {
  readonly participant: ParticipantId
  readonly name: string
  readonly services: readonly RegisteredService[]
}

export interface RegisteredService {
  /** With a `*` when registered as a wildcard. */
  readonly documentType: DocumentTypeId
  readonly process: ProcessId
}

/** What an operator calls a tenant: 1 to 64 letters, digits, points, hyphens, underscores, the first a letter or digit. */
export type TenantId = Brand<string, 'TenantId'>

/** A business, or a group of them, that this node serves. */
export interface Tenant {
  readonly id: TenantId
  /** For people. */
  readonly name: string
  /** Whose invoices it sends, in its author's order. A participant belongs to one tenant at most. */
  readonly participants: readonly ParticipantId[]
  readonly look: TenantLook
  readonly changedAt: Instant
}

/** How the invoices of a tenant look, without the octets of its logo. */
export interface TenantLook {
  /** `#RRGGBB` */
  readonly color: string | undefined
  readonly footer: string | undefined
  readonly logo: LogoFacts | undefined
}

export interface LogoFacts {
  readonly mimeType: Logo['mimeType']
  /** Octets. */
  readonly size: number
  /** Of the octets, hexadecimal. */
  readonly sha256: string
}

export type { Octets }
