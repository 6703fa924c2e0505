import type { Certificate } from '../pki/index.ts'
import { EbmsFault } from './ebms.ts'
import { ParsedEnvelope } from './envelope.ts'
import { type CheckedSignature, checkSignature, readHeaderSignature } from './signature.ts'
import type { SoapMessage } from './soap.ts'
import type { Envelope, SignedEnvelope, SignedReference, UserMessage } from './types.ts'

/** The only SignedEnvelope there is. */
export class VerifiedEnvelope implements SignedEnvelope {
  readonly kind = 'signed-envelope'
  readonly userMessage: UserMessage
  readonly signer: Certificate
  readonly references: readonly SignedReference[]
  /** By Content-ID, one for each part of the user message. */
  readonly attachmentDigests: ReadonlyMap<string, Buffer>
  /** For the encryption headers, which are not signed: what they say is proven by the digests of what they decrypt. */
  readonly soap: SoapMessage
  readonly root: Buffer

  constructor(envelope: ParsedEnvelope, checked: CheckedSignature) {
    // Read from soap.messaging, the very element whose digest has been compared.
    this.userMessage = envelope.unproven
    this.signer = checked.signer
    this.references = checked.references
    this.attachmentDigests = checked.attachmentDigests
    this.soap = envelope.soap
    this.root = envelope.root
  }
}

/**
 * Proves that one certificate signed eb:Messaging, S12:Body and a digest for every attachment. Whether that certificate is to be
 * trusted is the caller's next question. Throws EBMS:0101 for the signature, 0103 for the way the key is named, 0003 where there is
 * no payload or one in the SOAP Body. [peppol.md §1.4]
 */
export function verifyHeader(envelope: Envelope): SignedEnvelope {
  if (!(envelope instanceof ParsedEnvelope)) throw new TypeError('only parseEnvelope makes an Envelope')
  const signature = readHeaderSignature(envelope.soap)
  if (envelope.hasBodyPayload) throw new EbmsFault('EBMS:0003', 'a payload in the SOAP Body is not accepted')
  const contentIds = envelope.unproven.parts.map(part => part.contentId)
  if (contentIds.length === 0) throw new EbmsFault('EBMS:0003', 'the user message has no payload')
  const checked = checkSignature(envelope.soap, signature, contentIds, { extraElements: 'refused' })
  return new VerifiedEnvelope(envelope, checked)
}
