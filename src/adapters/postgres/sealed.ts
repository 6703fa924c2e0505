import type { TransmissionId } from '../../services/domain.ts'
import type { SealedMessage, SignedReference } from '../../wire/as4/index.ts'
import { bigintArray, byteaArray, jsonArray, textArray, uuidArray } from './arrays.ts'
import { parameters } from './columns.ts'
import type { Pool, Statement } from './pool.ts'

/** Columns of sealed message `s`, all null where there is none. */
export const sealedColumns = `
  s.message_id as sealed_id, s.content_type, s.content_length, s.prologue, s.epilogue, s.content_key, s.iv, s.signed_references,
  s.receiver_fingerprint`

export interface SealedRow {
  readonly sealed_id: string | null
  readonly content_type: string
  readonly content_length: number
  readonly prologue: Buffer
  readonly epilogue: Buffer
  readonly content_key: Buffer
  readonly iv: Buffer
  readonly signed_references: readonly StoredReference[]
  readonly receiver_fingerprint: string
}

/** A reference as JSON; the digest in base64. */
type StoredReference = Omit<SignedReference, 'digest'> & { readonly digest: string }

export function sealedOf(row: SealedRow): SealedMessage | undefined {
  if (row.sealed_id === null) return undefined
  return {
    messageId: row.sealed_id,
    contentType: row.content_type,
    contentLength: row.content_length,
    prologue: row.prologue,
    epilogue: row.epilogue,
    contentKey: row.content_key,
    iv: row.iv,
    references: row.signed_references.map(reference => ({
      ...reference,
      digest: Buffer.from(reference.digest, 'base64'),
    })),
    receiverFingerprint: row.receiver_fingerprint,
  }
}

export interface Sealing {
  readonly id: TransmissionId
  readonly sealed: SealedMessage
}

const keep: Statement = {
  name: 'sealed-keep',
  text: `
    insert into sealed_message (transmission_id, message_id, content_type, content_length, prologue, epilogue, content_key, iv,
        signed_references, receiver_fingerprint)
      select m.* from unnest(${parameters(2, 'uuid text text bigint bytea bytea bytea bytea jsonb text')})
        as m (id, message_id, content_type, content_length, prologue, epilogue, content_key, iv, signed_references, fingerprint)
      join job on job.transmission_id = m.id and job.claimed_by = $1
    on conflict (transmission_id) do update set message_id = excluded.message_id, content_type = excluded.content_type,
      content_length = excluded.content_length, prologue = excluded.prologue, epilogue = excluded.epilogue,
      content_key = excluded.content_key, iv = excluded.iv, signed_references = excluded.signed_references,
      receiver_fingerprint = excluded.receiver_fingerprint
    returning transmission_id`,
}

/** Keeps those whose claim is still held; false for the others, whose octets must not be posted. */
export async function keepSealed(
  pool: Pool,
  claimant: number,
  sealings: readonly Sealing[],
): Promise<readonly boolean[]> {
  const messages = sealings.map(({ sealed }) => sealed)
  const rows = await pool.query<{ transmission_id: string }>(keep, [
    claimant,
    uuidArray(sealings.map(({ id }) => id)),
    textArray(messages.map(({ messageId }) => messageId)),
    textArray(messages.map(({ contentType }) => contentType)),
    bigintArray(messages.map(({ contentLength }) => contentLength)),
    byteaArray(messages.map(({ prologue }) => prologue)),
    byteaArray(messages.map(({ epilogue }) => epilogue)),
    byteaArray(messages.map(({ contentKey }) => contentKey)),
    byteaArray(messages.map(({ iv }) => iv)),
    jsonArray(messages.map(({ references }) => references.map(storedReference))),
    textArray(messages.map(({ receiverFingerprint }) => receiverFingerprint)),
  ])
  const kept = new Set(rows.map(({ transmission_id }) => transmission_id))
  return sealings.map(({ id }) => kept.has(id))
}

function storedReference(reference: SignedReference): StoredReference {
  return { ...reference, digest: reference.digest.toString('base64') }
}

/** The SOAP part of a sealed message: between the end of its part headers and the boundary before the attachment. [peppol.md §1.2] */
export function envelopeOf(prologue: Buffer): Buffer {
  const start = prologue.indexOf('\r\n\r\n') + 4
  return prologue.subarray(start, prologue.lastIndexOf('\r\n--'))
}
