import { type Octets, type Spool, inMemory } from '../../src/kernel/index.ts'

/** Keeps what it is given: for measuring the wire without a disk. */
export const memorySpool: Spool = {
  create() {
    const chunks: Buffer[] = []
    return {
      write(chunk) {
        chunks.push(chunk)
        return undefined
      },
      finish: async (): Promise<Octets> => inMemory(Buffer.concat(chunks)),
      discard: async () => {},
    }
  },
}
