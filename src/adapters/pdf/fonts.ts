import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/*
 * Inter (SIL Open Font License 1.1): Latin, Greek and Cyrillic, with figures of equal width. The package has no export for its files,
 * so they are found beside its package.json.
 */

const { resolve } = createRequire(import.meta.url)

/** The faces the page uses; each is read from the disk once, when the module is loaded. */
export const faces = {
  regular: readFileSync(resolve('@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf')),
  bold: readFileSync(resolve('@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf')),
} as const

export type Face = keyof typeof faces
