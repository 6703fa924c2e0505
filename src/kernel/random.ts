import { randomBytes, randomUUID } from 'node:crypto'

/** The only source of randomness; a test hands in one that repeats itself. */
export interface Random {
  uuid(): string
  bytes(count: number): Buffer
}

export const systemRandom: Random = { uuid: () => randomUUID(), bytes: count => randomBytes(count) }
