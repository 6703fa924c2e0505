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

/** The columns of what a statement keeps as sealed, and their types. */
export const sealedNames = `message_id, content_type, content_length, prologue, epilogue, content_key, iv, signed_references,
  receiver_fingerprint`
export const sealedTypes = 'text text bigint bytea bytea bytea bytea jsonb text'

/** One parameter per name of `sealedNames`. */
export function sealedArrays(messages: readonly (SealedMessage | undefined)[]): readonly Buffer[] {
  return [
    textArray(messages.map(message => message?.messageId)),
    textArray(messages.map(message => message?.contentType)),
    bigintArray(messages.map(message => message?.contentLength)),
    byteaArray(messages.map(message => message?.prologue)),
    byteaArray(messages.map(message => message?.epilogue)),
    byteaArray(messages.map(message => message?.contentKey)),
    byteaArray(messages.map(message => message?.iv)),
    jsonArray(messages.map(message => message?.references.map(storedReference))),
    textArray(messages.map(message => message?.receiverFingerprint)),
  ]
}

const keep: Statement = {
  name: 'sealed-keep',
  text: `
    insert into sealed_message (transmission_id, ${sealedNames})
      select m.* from unnest(${parameters(2, `uuid ${sealedTypes}`)}) as m (id, ${sealedNames})
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
    ...sealedArrays(messages),
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
