import { documentLabels } from './labels-document.ts'
import { sumLabels } from './labels-sums.ts'

/** Every word of the view that does not come from the invoice or from a code list. */
export const labels = { ...documentLabels, ...sumLabels }

export type Label = keyof typeof labels
