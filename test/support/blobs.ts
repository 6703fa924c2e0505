import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBlobFolder } from '../../src/adapters/blobs/index.ts'
import type { BlobStore } from '../../src/services/ports.ts'

export interface TestBlobs extends BlobStore, AsyncDisposable {
  readonly folder: string
}

/** A real blob store in a temporary folder; disposing removes it. */
export async function blobFolder(memoryOctetsMax = 262_144): Promise<TestBlobs> {
  const folder = await mkdtemp(join(tmpdir(), 'passerelle-blobs-'))
  return {
    ...(await openBlobFolder(folder, { memoryOctetsMax })),
    folder,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
