/** What a line is among lines with parts (EXT-FR-FE-163). [BR-FREXT-05] */
export const lineKinds: ReadonlySet<string> = new Set(['GROUP', 'DETAIL', 'INFORMATION'])

/**
 * Whether a line adds to the totals: a group only sums up the lines below it, and information has no amount of its own.
 * [BR-FREXT-CO-10, BR-FREXT-22 to -26: "DETAIL or not specified"]
 */
export function isCounted({ kind }: { readonly kind?: unknown }): boolean {
  return kind === undefined || kind === 'DETAIL'
}
