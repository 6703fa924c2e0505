import type { Instant } from '../../kernel/index.ts'

/** Scheme and value as written; compare with the functions of this module, not with ===. */
export interface ParticipantId {
  readonly scheme: 'iso6523-actorid-upis'
  /** `ICD:identifier` as written; case-insensitive. */
  readonly value: string
}

export interface DocumentTypeId {
  readonly scheme: 'busdox-docid-qns' | 'peppol-doctype-wildcard'
  /** Case-sensitive. */
  readonly value: string
}

export interface ProcessId {
  readonly scheme: string
  /** Case-sensitive. */
  readonly value: string
}

/** A document type value taken apart. [peppol.md §3.2] */
export interface DocumentTypeParts {
  readonly syntax: string
  /** undefined for types that are not XML. */
  readonly root: { readonly namespace: string; readonly local: string } | undefined
  readonly customization: string
  readonly version: string
}

/** The Standard Business Document Header, Business Message Envelope 2.0.2. [peppol.md §6.1] */
export interface Sbdh {
  readonly sender: ParticipantId
  readonly receiver: ParticipantId
  readonly documentType: DocumentTypeId
  readonly process: ProcessId
  /** ISO 3166-1 alpha-2 of C1. */
  readonly countryC1: string
  /** Globally unique id of this envelope. */
  readonly instanceId: string
  readonly createdAt: Instant
  readonly standard: string
  readonly type: string
  readonly typeVersion: string
  readonly mlsTo: ParticipantId | undefined
  readonly mlsType: 'FAILURE_ONLY' | 'ALWAYS_SEND'
  /** Further scopes, key → value. */
  readonly extensions: ReadonlyMap<string, string>
  /** What is tolerated but odd, for the record: an invalid MLS_TO, an instance id that is no UUID. */
  readonly remarks: readonly string[]
}

/** What the ebMS header of a message says, once it has passed the Peppol AS4 profile check. [peppol.md §1.1] */
export interface PeppolHeader {
  readonly messageId: string
  readonly timestamp: Instant
  readonly conversationId: string
  /** Seat ids: CN of the access point certificates. */
  readonly senderAccessPoint: string
  readonly receiverAccessPoint: string
  readonly sender: ParticipantId
  readonly receiver: ParticipantId
  readonly documentType: DocumentTypeId
  readonly process: ProcessId
}
