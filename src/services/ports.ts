import type { BlobKey, Instant, Octets, Spool } from '../kernel/index.ts'
import type { HttpAnswer, SealedMessage } from '../wire/as4/index.ts'
import type { ParticipantId } from '../wire/peppol/index.ts'
import type { FacturxProfile } from '../wire/facturx/index.ts'
import type { RuleSet } from '../wire/schematron/index.ts'
import type { NaptrRecord } from '../wire/smp/index.ts'
import type { Branding, InvoiceView } from '../wire/view/index.ts'
import type {
  Addressing,
  Attempt,
  ContentKind,
  Direction,
  Failure,
  IdempotencyKey,
  InboundState,
  Invoice,
  InvoiceId,
  LogoFacts,
  OutboundState,
  RecordedInvoice,
  Registration,
  Route,
  Tenant,
  TenantId,
  TenantLook,
  Transmission,
  TransmissionEvent,
  TransmissionId,
  Verdict,
} from './domain.ts'

/* Every way out of the process, each with its guarantee. */

/* ── The database ──────────────────────────────────────────────────────────────────────────── */

export interface InboundRecord extends Addressing {
  readonly id: TransmissionId
  readonly messageId: string
  readonly peer: string
  readonly at: Instant
  /** The octets as signed, already durable when `stored`. */
  readonly payload: Octets
  readonly compressed: boolean
  readonly contentSize: number
  readonly contentSha256: Buffer
  /** SHA-256 over the signed references: the same message sent again has the same. */
  readonly identity: Buffer
  /** SOAP part as received. */
  readonly envelope: Buffer
  readonly receipt: Buffer
}

export type InboundOutcome =
  /** Committed: the receipt may leave. `received`: it is still to be processed; `duplicate`: its envelope was here before. */
  | { readonly kind: 'recorded'; readonly state: InboundState }
  /** This message was here before; its first receipt. */
  | { readonly kind: 'repeat'; readonly receipt: Buffer }
  /** This message id was here before with other bytes; nothing was changed. */
  | { readonly kind: 'conflict' }

export interface OutboundRecord extends Addressing {
  readonly id: TransmissionId
  readonly route: Route
  readonly at: Instant
  /** The packed octets; signed and enciphered as they are on every attempt. */
  readonly payload: Octets
  readonly payloadDigest: Buffer
  readonly contentSize: number
  readonly contentSha256: Buffer
  readonly invoice: RecordedInvoice | undefined
  readonly idempotency: IdempotencyKey | undefined
  /** Where it could be sealed at once: only this may be posted. */
  readonly sealed?: SealedMessage | undefined
}

export type OutboundOutcome =
  | { readonly kind: 'recorded' }
  /** The idempotency key was used before with the same request. */
  | { readonly kind: 'repeat'; readonly invoiceId: InvoiceId }
  /** The idempotency key was used before with another request. */
  | { readonly kind: 'key-reused' }
  /** An outbound invoice with this number from this sender exists. */
  | { readonly kind: 'number-taken'; readonly invoiceId: InvoiceId }

/** An outbound transmission that this process alone may work on until it settles it. */
export interface OutboundClaim {
  /** As it was before the claim: its state is `queued` or `indeterminate`. */
  readonly transmission: Transmission
  readonly payload: Octets
  readonly payloadDigest: Buffer
  /** Present once a first attempt sealed it: only this may be posted. */
  readonly sealed: SealedMessage | undefined
}

export interface OutboundSettlement {
  readonly state: Exclude<OutboundState, 'sending'>
  readonly attempt: Attempt
  readonly event: TransmissionEvent
  readonly nextAttemptAt: Instant | undefined
  readonly failure: Failure | undefined
  readonly peer: string | undefined
  /** Receipt or error signal as received. */
  readonly answer: Buffer | undefined
}

export interface InboundClaim {
  readonly transmission: Transmission
  readonly payload: Octets
  readonly compressed: boolean
}

export type InboundSettlement =
  | {
      readonly state: 'delivered'
      readonly event: TransmissionEvent
      readonly invoice: RecordedInvoice | undefined
    }
  | { readonly state: 'exception'; readonly event: TransmissionEvent; readonly failure: Failure }

export interface RecordOptions {
  /** Without: false. The job is recorded as claimed by this process, which has a place for it and begins at once; it never shows up in a claim. */
  readonly claimed: boolean
}

/**
 * Each function is one commit (or part of a shared one): when it resolves, everything it names is durable together.
 * All of them may be called from many nodes on one database.
 */
export interface ExchangeStore {
  /**
   * Message, evidence, event, and the job to process it or, where it has been processed already, its settlement. Unique: messageId. A
   * second envelope with the same instance id becomes `duplicate` and is not settled.
   */
  recordInbound(record: InboundRecord, settlement?: InboundSettlement): Promise<InboundOutcome>
  /** Transmission, payload, invoice, event, the job to send it, and what was sealed already. */
  recordOutbound(record: OutboundRecord, options?: RecordOptions): Promise<OutboundOutcome>
  /** Moves due outbound rows (queued, indeterminate) to `sending`, oldest first; skips rows that others hold. */
  claimOutbound(most: number, now: Instant): Promise<readonly OutboundClaim[]>
  /** Must resolve before the first octet is posted. Replaces a sealed message that never left. */
  keepSealed(id: TransmissionId, sealed: SealedMessage): Promise<void>
  settleOutbound(id: TransmissionId, settlement: OutboundSettlement): Promise<void>
  /** Gives a claim back untouched: it falls due then. */
  deferOutbound(id: TransmissionId, until: Instant): Promise<void>
  claimInbound(most: number, now: Instant): Promise<readonly InboundClaim[]>
  settleInbound(id: TransmissionId, settlement: InboundSettlement): Promise<void>
  /**
   * Gives back what dead processes held: sealed rows become `indeterminate` (due at once), unsealed ones `queued`,
   * inbound ones `received`. So too rows in this process's own name that are not among those it says it holds: the answer to its
   * claim was lost. They are given back at the second such look, because a claim may be on its way at the first. Returns how many.
   */
  recover(now: Instant, held?: readonly TransmissionId[]): Promise<number>
  /** Those of the keys that some transmission names. */
  findNamed(keys: readonly BlobKey[]): Promise<ReadonlySet<BlobKey>>
  /** When the next queued or indeterminate row falls due; undefined when none waits. */
  nextDue(): Promise<Instant | undefined>
  /** Calls back when a row may have become due in any process on this database. */
  onWork(listener: () => void): Disposable
}

/** Reads for people and programs; never blocks the exchange. */
export interface TransmissionReader {
  findInvoice(id: InvoiceId): Promise<Invoice | undefined>
  /** The verdict that was kept with an invoice, with its findings. */
  findVerdict(id: InvoiceId): Promise<Verdict | undefined>
  /** Newest first. `after` is the id of the last one of the page before. */
  listInvoices(query: InvoiceQuery): Promise<readonly Invoice[]>
  findTransmission(id: TransmissionId): Promise<Transmission | undefined>
  /**
   * What a person must look at, the latest trouble first: received documents that cannot be handed over, sent ones that were refused,
   * failed, or may have arrived and are not tried again. `after` is the id of the last one of the page before.
   */
  listExceptions(query: ExceptionQuery): Promise<readonly Transmission[]>
  listEvents(id: TransmissionId): Promise<readonly TransmissionEvent[]>
  listAttempts(id: TransmissionId): Promise<readonly Attempt[]>
  findContent(
    id: TransmissionId,
    kind: ContentKind,
  ): Promise<{ readonly octets: Octets; readonly compressed: boolean } | undefined>
}

export interface ExceptionQuery {
  readonly direction: Direction | undefined
  readonly after: TransmissionId | undefined
  readonly most: number
}

export interface InvoiceQuery {
  readonly direction: 'inbound' | 'outbound' | undefined
  readonly number: string | undefined
  readonly after: InvoiceId | undefined
  readonly most: number
}

export interface RegistryStore {
  /** Creates or replaces the whole registration. */
  saveRegistration(registration: Registration): Promise<void>
  removeRegistration(participant: ParticipantId): Promise<void>
  findRegistration(participant: ParticipantId): Promise<Registration | undefined>
}

/** Each tenant has names of its own, and so has the node. */
export interface MappingKey {
  /** undefined: the node. */
  readonly tenant: TenantId | undefined
  readonly name: string
}

/** How an export becomes invoices, as its author wrote it. */
export interface StoredMapping extends MappingKey {
  /** A mapping document of wire/mapping, character for character. */
  readonly document: string
  readonly changedAt: Instant
}

export interface MappingStore {
  /** Creates or replaces; nothing is kept for a tenant that is not there. */
  saveMapping(mapping: StoredMapping): Promise<'saved' | 'unknown-tenant'>
  /** Whether there was one. */
  removeMapping(key: MappingKey): Promise<boolean>
  findMapping(key: MappingKey): Promise<StoredMapping | undefined>
  /** By name; of a tenant that is not there none. */
  listMappings(tenant: TenantId | undefined): Promise<readonly Omit<StoredMapping, 'document'>[]>
}

/** A tenant as it is saved: its logo stays what it is. */
export interface TenantRecord extends Omit<Tenant, 'look'> {
  readonly look: Omit<TenantLook, 'logo'>
}

export type SaveTenantOutcome =
  | { readonly kind: 'saved'; readonly tenant: Tenant }
  /** These participants belong to other tenants, by participantKey(); nothing was changed. */
  | { readonly kind: 'taken'; readonly owners: ReadonlyMap<string, TenantId> }

export interface StoredLogo extends LogoFacts {
  readonly octets: Buffer
}

/** Every answer is of this moment, whichever node on the database made the last change. */
export interface TenantStore {
  /** Creates or replaces, with all its participants or not at all. */
  saveTenant(tenant: TenantRecord): Promise<SaveTenantOutcome>
  /** Its participants are free then. One that keeps mappings stays. */
  removeTenant(id: TenantId): Promise<'removed' | 'unknown' | 'has-mappings'>
  findTenant(id: TenantId): Promise<Tenant | undefined>
  /** By id. `after` is the last one of the page before. */
  listTenants(query: {
    readonly after: string | undefined
    readonly most: number
  }): Promise<readonly Pick<Tenant, 'id' | 'name' | 'changedAt'>[]>
  findLook(id: TenantId): Promise<TenantLook | undefined>
  /** Of the tenant that the participant belongs to. */
  findLookOfOwner(participant: ParticipantId): Promise<(TenantLook & { readonly tenant: TenantId }) | undefined>
  /** The tenant as it is then; undefined when there is none. */
  saveLogo(id: TenantId, logo: StoredLogo, changedAt: Instant): Promise<Tenant | undefined>
  /** Whether there was one. */
  removeLogo(id: TenantId, changedAt: Instant): Promise<boolean>
  findLogo(id: TenantId): Promise<StoredLogo | undefined>
}

/* ── The network ───────────────────────────────────────────────────────────────────────────── */

export type NaptrAnswer =
  | {
      readonly kind: 'found'
      readonly records: readonly NaptrRecord[]
      readonly ttlSeconds: number
      readonly server: string
    }
  /** NXDOMAIN or no NAPTR record at the end of the alias chain. */
  | { readonly kind: 'absent'; readonly ttlSeconds: number; readonly server: string }
  /** SERVFAIL, REFUSED, time-out, garbage: says nothing about the name. */
  | { readonly kind: 'unavailable'; readonly reason: string }

/** Real DNS: UDP, TCP when truncated, CNAME and DNAME followed, several servers tried in turn. Never throws for a network reason. */
export interface DnsResolver {
  naptr(name: string): Promise<NaptrAnswer>
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: { readonly octets: Buffer | AsyncIterable<Buffer>; readonly length: number } | undefined
  readonly timeoutMilliseconds: number
  /** Ends the request before its time: it fails as one whose time is over. */
  readonly signal?: AbortSignal
  /** A longer answer fails as `lost`. */
  readonly answerOctetsMax: number
}

/** Redirects are not followed; a kept connection that dies before any answer octet is retried once with the same bytes when the body is a Buffer. */
export interface HttpClient {
  /** Any status is an answer. Throws HttpFailure only. */
  request(request: HttpRequest): Promise<HttpAnswer & { readonly headers: Readonly<Record<string, string>> }>
}

export interface BlobStore extends Spool {
  open(key: BlobKey): AsyncIterable<Buffer>
  remove(key: BlobKey): Promise<void>
  /** Everything that is kept, in no order, with the time it was written. */
  list(): AsyncIterable<{ readonly key: BlobKey; readonly at: Instant }>
}

/**
 * No usable answer came.
 * unreachable: no connection; the peer cannot have seen the request.
 * lost: the request left, at least in part; the peer may have acted on it.
 */
export class HttpFailure extends Error {
  readonly kind: 'unreachable' | 'lost'

  constructor(kind: 'unreachable' | 'lost', message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'HttpFailure'
    this.kind = kind
  }
}

/* ── Documents ─────────────────────────────────────────────────────────────────────────────── */

/** What decides which packs judge a document. */
export interface DocumentFacts {
  readonly syntax: 'ubl' | 'cii' | 'facturx' | 'cdar' | 'other'
  /** The root element as `{namespace}local`. */
  readonly root: string
  /** BT-24 and BT-23. */
  readonly customization: string | undefined
  readonly process: string | undefined
  /** ISO 3166-1 of seller and buyer, where the document says them. */
  readonly countries: readonly string[]
}

export interface ChosenPack {
  /** `name@version` */
  readonly name: string
  readonly rules: RuleSet
}

/** Imported packs of official rules, compiled; read from the disk once. */
export interface RulePacks {
  /** Those that apply to such a document on the day (`2026-11-21`), in the order to run them. */
  choose(facts: DocumentFacts, day: string): readonly ChosenPack[]
  /** Those named, `name` (the version in force on the day) or `name@version`. Throws WireError `unknown-pack` or `not-in-force`. */
  named(names: readonly string[], day: string): readonly ChosenPack[]
}

/** Imported XML schemas. */
export interface Schemas {
  /** Whether check() would have a schema for this root. */
  knows(root: string, circumstances?: SchemaCircumstances): boolean
  /**
   * Undefined when no schema for this root (`{namespace}local`) was imported. Several may know one root (CII D16B and D22B, the profiles of
   * Factur-X): the circumstances tell which one is meant.
   */
  check(document: Buffer, root: string, circumstances?: SchemaCircumstances): Promise<SchemaVerdict | undefined>
}

/** The facts of the document, and the day of its rules; on no day all that is active is in force. */
export interface SchemaCircumstances extends Partial<Omit<DocumentFacts, 'root'>> {
  readonly day?: string
  /** `name` or `name@version`: just this one, for what cannot be told by its look (the F1 files of the French portal). */
  readonly pack?: string
}

export interface SchemaVerdict {
  /** `name@version` */
  readonly name: string
  readonly problems: readonly { readonly line: number | undefined; readonly message: string }[]
}

/** Reads PDFs of strangers within bounds of time and memory, apart from the process that asks. */
export interface PdfReader {
  /** Throws WireError `not-a-pdf`, `encrypted`, `damaged`, `too-large`, `two-invoices`, `no-invoice` or `timeout`. */
  read(pdf: Buffer): Promise<PdfContents>
}

export interface PdfContents {
  /** The XML of the invoice. */
  readonly xml: Buffer
  readonly relationship: string | undefined
  /** The other attachments. */
  readonly files: readonly {
    readonly name: string
    readonly mimeType: string
    readonly description: string | undefined
    readonly relationship: string | undefined
    readonly octets: Buffer
  }[]
  /** fx:ConformanceLevel of the XMP packet. */
  readonly conformanceLevel: string | undefined
  /** What is not as Factur-X wants it but does not keep the XML from being read. */
  readonly warnings: readonly ContainerWarning[]
}

export interface ContainerWarning {
  readonly code: ContainerWarningCode
  readonly message: string
}

/**
 * Of the invoice's file: its name, AFRelationship, mime type, ModDate, place in the EmbeddedFiles name tree and in the AF array. Of the
 * PDF: its XMP packet, the profile that says, its catalog. attachment: another one that cannot be unpacked.
 */
export type ContainerWarningCode =
  | 'name'
  | 'relationship'
  | 'mime-type'
  | 'modification-date'
  | 'name-tree'
  | 'associated-files'
  | 'xmp'
  | 'conformance-level'
  | 'catalog'
  | 'attachment'

/** Draws invoices. */
export interface PdfWriter {
  /** A PDF/A-3b; with `embedded` a Factur-X. */
  write(view: InvoiceView, options: PdfOptions): Promise<Buffer>
  /** The characters of a text that the font lacks, each once; a page shows boxes in their places. */
  lacking(text: string): readonly string[]
}

/** Makes a Factur-X of a PDF that somebody brings: its pages stay as they are. Same bounds as PdfReader. */
export interface PdfEmbedder {
  /**
   * Throws WireError `not-a-pdf`, `not-pdf-a` (claims none of PDF/A-1 to 3), `encrypted`, `signed`, `already-invoice`, `damaged`,
   * `too-large` or `timeout`. Whether the PDF is the PDF/A that it claims to be is not judged.
   */
  embed(pdf: Buffer, invoice: NonNullable<PdfOptions['embedded']>, at: Instant): Promise<Buffer>
}

export interface PdfOptions {
  readonly branding: Branding
  /** For the document's dates. */
  readonly at: Instant
  readonly embedded?: {
    readonly xml: Buffer
    readonly profile: FacturxProfile
    readonly files: readonly {
      readonly name: string
      readonly mimeType: string
      readonly description: string | undefined
      readonly octets: Buffer
    }[]
  }
}

/** One line per event; fields never hold a secret or a payload. `transmissionId` and `messageId` are the usual keys, `cause` an error. */
export interface Log {
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

export type LogFields = Readonly<Record<string, unknown>>
