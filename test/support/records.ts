import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { type Instant, inMemory } from '../../src/kernel/index.ts'
import type { InvoiceId, RecordedInvoice, TransmissionId } from '../../src/services/domain.ts'
import type { InboundRecord, OutboundRecord, OutboundSettlement } from '../../src/services/ports.ts'
import type { SealedMessage } from '../../src/wire/as4/index.ts'

/** Where test records begin: 2026-01-01T00:00:00Z. */
export const start = Date.UTC(2026, 0, 1) as Instant

const addressing = {
  sender: { scheme: 'iso6523-actorid-upis', value: '0225:Sender' },
  receiver: { scheme: 'iso6523-actorid-upis', value: '0225:receiver' },
  documentType: {
    scheme: 'busdox-docid-qns',
    value: 'urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##urn:cen.eu:en16931:2017::2.1',
  },
  process: { scheme: 'cenbii-procid-ubl', value: 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0' },
  countryC1: 'FR',
} as const

function sha256(octets: Buffer): Buffer {
  return createHash('sha256').update(octets).digest()
}

/** A message that nobody has sent before; override what the test is about. */
export function inboundRecord(change: Partial<InboundRecord> = {}): InboundRecord {
  const payload = randomBytes(3000)
  return {
    ...addressing,
    id: randomUUID() as TransmissionId,
    instanceId: randomUUID(),
    messageId: `${randomUUID()}@sender.test`,
    peer: 'PFR000001',
    at: start,
    payload: inMemory(payload),
    compressed: true,
    contentSize: 12_000,
    contentSha256: sha256(payload),
    identity: randomBytes(32),
    envelope: randomBytes(9000),
    receipt: randomBytes(6000),
    ...change,
  }
}

export function outboundRecord(change: Partial<OutboundRecord> = {}): OutboundRecord {
  const payload = randomBytes(3000)
  return {
    ...addressing,
    id: randomUUID() as TransmissionId,
    instanceId: randomUUID(),
    route: { kind: 'peppol' },
    at: start,
    payload: inMemory(payload),
    payloadDigest: sha256(payload),
    contentSize: 12_000,
    contentSha256: sha256(payload),
    invoice: undefined,
    idempotency: undefined,
    ...change,
  }
}

export function invoiceOf(number: string): RecordedInvoice {
  return {
    id: randomUUID() as InvoiceId,
    number,
    typeCode: '380',
    issueDate: '2026-01-01',
    dueDate: undefined,
    currency: 'EUR',
    payable: '1200.00',
    sellerName: 'Vendeur & Fils «Œuvre»',
    buyerName: 'Acheteur',
    verdict: undefined,
  }
}

export const soapPart = '<S12:Envelope>SOAP -- part</S12:Envelope>'

export function sealedMessage(): SealedMessage {
  return {
    messageId: `${randomUUID()}@us.test`,
    contentType: 'multipart/related; boundary="b"',
    contentLength: 12_345,
    prologue: Buffer.from(
      `--b\r\nContent-Type: application/soap+xml\r\n\r\n${soapPart}\r\n--b\r\nContent-ID: <a>\r\n\r\n`,
    ),
    epilogue: Buffer.from('\r\n--b--\r\n'),
    contentKey: randomBytes(16),
    iv: randomBytes(12),
    references: [{ uri: 'cid:a', transforms: ['t'], digestAlgorithm: 'd', digest: randomBytes(32) }],
    receiverFingerprint: 'ab'.repeat(32),
  }
}

/** A first attempt that ended delivered; override for other ends. */
export function settlement(change: Partial<OutboundSettlement> = {}): OutboundSettlement {
  const at = (start + 500) as Instant
  return {
    state: 'delivered',
    attempt: {
      number: 1,
      startedAt: at,
      outcome: 'delivered',
      steps: [{ name: 'posted', microseconds: 1234, detail: { status: 200 } }],
    },
    event: { at, kind: 'delivered', detail: { peer: 'PFR000002' } },
    nextAttemptAt: undefined,
    failure: undefined,
    peer: 'PFR000002',
    answer: Buffer.from('receipt'),
    ...change,
  }
}
