import { sum } from './decimal.ts'
import type { Path, Report } from './finding.ts'
import type { Draft, InvoiceDraft, InvoiceLine } from './model.ts'

type Line = Draft<InvoiceLine>

/**
 * How the lines of EXTENDED-CTC-FR hang together. [BR-FREXT-06, 08 and 11; the amounts that 12 demands of inner groups are computed in
 * JSON and mandatory in UBL]
 */
export function checkLineTree({ lines = [] }: InvoiceDraft, report: Report): void {
  if (!lines.some(({ parentId, kind }) => parentId !== undefined || kind !== undefined)) return
  const ids = new Set(lines.map(({ id }) => id))
  const partsOf = Map.groupBy(lines, ({ parentId }) => parentId)
  for (const [index, line] of lines.entries()) {
    const path = ['lines', index]
    const { id, kind, parentId } = line
    if (parentId !== undefined) {
      if (kind === undefined) report.fatal('BR-FREXT-06', [...path, 'kind'])
      if (parentId === id || !ids.has(parentId))
        report.fatal('BR-FREXT-11', [...path, 'parentId'], { values: { parentId } })
    }
    if (kind === 'GROUP') checkSum(line, id === undefined ? [] : (partsOf.get(id) ?? []), path, report)
  }
}

/** A group that says an amount is the sum of its parts. */
function checkSum({ net }: Line, parts: readonly Line[], path: Path, report: Report): void {
  if (net === undefined) return
  const counted = parts.flatMap(part =>
    part.kind === 'INFORMATION' || part.kind === undefined ? [] : (part.net ?? []),
  )
  const expected = sum(counted).rounded(2)
  const delta = net.minus(expected)
  if (delta.sign() === 0) return
  const mismatch = { actual: net.toString(), expected: expected.toString(), delta: delta.toString() }
  report.fatal('BR-FREXT-08', [...path, 'net'], { mismatch })
}
