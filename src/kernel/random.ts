import { randomBytes, randomUUID } from 'node:crypto'

/** The only source of randomness; a test hands in one that repeats itself. */
export interface Random {
  uuid(): string
  bytes(count: number): Buffer
}

export const systemRandom: Random = { uuid: () => randomUUID(), bytes: count => randomBytes(count) }

/** Whether the text is a UUID in its usual form, in any case. */
export function isUuid(text: string): boolean {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)
}
