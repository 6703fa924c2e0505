import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { it } from 'vitest'

const dataFolder = fileURLToPath(new URL('../../../shared/data/', import.meta.url))

/** Whether the official data lies beside this clone; without it the tests that need it are skipped and counted. */
export const hasSharedData = existsSync(dataFolder)

/** Absolute path of a file or folder of the official data, e.g. `as4/generated/usermessage-valid.as4`. */
export function sharedPath(path: string): string {
  return dataFolder + path
}

/** Reads one file of the official data in place. */
export function sharedData(path: string): Buffer {
  return readFileSync(sharedPath(path))
}

/** `it` where the official data is there, `it.skip` where it is not. */
export const itShared = it.skipIf(!hasSharedData)
