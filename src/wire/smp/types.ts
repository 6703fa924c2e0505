import type { Instant } from '../../kernel/index.ts'
import type { Certificate, TrustedCertificate } from '../pki/index.ts'
import type { DocumentTypeId, ParticipantId, ProcessId } from '../peppol/index.ts'

export interface ServiceGroup {
  readonly participant: ParticipantId
  /** Decoded from the hrefs of the references, in order. */
  readonly documentTypes: readonly DocumentTypeId[]
}

export interface Endpoint {
  readonly transportProfile: string
  readonly address: string
  readonly activeFrom: Instant | undefined
  readonly activeTo: Instant | undefined
  /** Base64 DER or PEM as published; read on selection so that a broken one harms only itself. */
  readonly certificate: string
  readonly description: string
  readonly technicalContactUrl: string
  readonly technicalInformationUrl: string | undefined
  /** Why an endpoint that was read cannot be used, though the rest of the document can. */
  readonly defect?: string
}

export interface ServiceInformation {
  readonly kind: 'service'
  readonly participant: ParticipantId
  readonly documentType: DocumentTypeId
  readonly processes: readonly { readonly process: ProcessId; readonly endpoints: readonly Endpoint[] }[]
}

export interface ServiceRedirect {
  readonly kind: 'redirect'
  readonly href: string
  /** Subject of the certificate that must sign the target. */
  readonly certificateUid: string
}

export type ServiceMetadata = ServiceInformation | ServiceRedirect

/** Metadata whose signature, signer and subject have been proven. */
export interface VerifiedServiceMetadata {
  readonly metadata: ServiceMetadata
  readonly signer: TrustedCertificate
}

/** The endpoint a message goes to, selected by process, transport profile and date. */
export interface SelectedEndpoint {
  readonly address: string
  readonly certificate: Certificate
  readonly transportProfile: string
}

/** One NAPTR resource record, as the DNS gives it. */
export interface NaptrRecord {
  readonly order: number
  readonly preference: number
  readonly flags: string
  readonly service: string
  readonly regexp: string
  readonly replacement: string
}
