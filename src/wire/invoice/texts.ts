import type { Text } from './text.ts'
import { generalTexts, ownTexts, sharedTexts, vatTexts } from './texts-core.ts'
import { frenchTexts } from './texts-france.ts'
import { peppolTexts } from './texts-peppol.ts'

/** Every text that a finding can say, by the id of its rule or by a name of its own. */
export const texts = {
  ...sharedTexts,
  ...generalTexts,
  ...vatTexts,
  ...ownTexts,
  ...peppolTexts,
  ...frenchTexts,
} as const satisfies Record<string, Text>

export type TextKey = keyof typeof texts
