import type { TrustedCertificate } from '../../wire/pki/index.ts'
import type { DocumentTypeId, ParticipantId, ProcessId } from '../../wire/peppol/index.ts'
import type { Failure, Step } from '../domain.ts'

export interface LookupQuestion {
  readonly participant: ParticipantId
  readonly documentType: DocumentTypeId
  readonly process: ProcessId
}

/** The three outcomes are never mixed: only `unregistered` says that the receiver cannot be reached. */
export type LookupResult =
  | {
      readonly kind: 'found'
      readonly address: string
      readonly certificate: TrustedCertificate
      readonly transportProfile: string
      readonly steps: readonly Step[]
    }
  | { readonly kind: 'unregistered'; readonly failure: Failure; readonly steps: readonly Step[] }
  | { readonly kind: 'unavailable'; readonly failure: Failure; readonly steps: readonly Step[] }

/** Everything a participant's SMP says it can receive. */
export type ParticipantCard =
  | {
      readonly kind: 'found'
      readonly smp: string
      readonly documentTypes: readonly DocumentTypeId[]
      readonly steps: readonly Step[]
    }
  | { readonly kind: 'unregistered'; readonly failure: Failure; readonly steps: readonly Step[] }
  | { readonly kind: 'unavailable'; readonly failure: Failure; readonly steps: readonly Step[] }

export interface Directory {
  /** Cached until the DNS time to live or the configured maximum ends; `fresh` goes past the cache. Never throws for a network reason. */
  lookup(question: LookupQuestion, options?: { readonly fresh?: boolean }): Promise<LookupResult>
  describe(participant: ParticipantId): Promise<ParticipantCard>
}
