import { sum } from './decimal.ts'
import type { Path, Report } from './finding.ts'
import type { Draft, InvoiceDraft, InvoiceLine } from './model.ts'

type Line = Draft<InvoiceLine>

/** How the lines of an extension hang together. [BR-FREXT-06, 08, 11 and 12] */
export function checkLineTree({ lines = [] }: InvoiceDraft, report: Report): void {
  if (!lines.some(({ parentId, kind }) => parentId !== undefined || kind !== undefined)) return
  const ids = new Set(lines.map(({ id }) => id))
  const partsOf = Map.groupBy(lines, ({ parentId }) => parentId)
  const summed = new Set(lines.flatMap(({ id, kind, net }) => (kind === 'GROUP' && net !== undefined ? id : [])))
  for (const [index, line] of lines.entries()) {
    const path = ['lines', index]
    const { id, kind, parentId } = line
    if (parentId !== undefined) {
      if (kind === undefined) report.fatal('BR-FREXT-06', [...path, 'kind'])
      if (parentId === id || !ids.has(parentId))
        report.fatal('BR-FREXT-11', [...path, 'parentId'], { values: { parentId } })
    }
    if (kind === 'GROUP' && parentId !== undefined && line.net === undefined && summed.has(parentId))
      report.fatal('BR-FREXT-12', [...path, 'net'])
    if (kind === 'GROUP') checkSum(line, id === undefined ? [] : (partsOf.get(id) ?? []), path, report)
  }
}

/** A group that says an amount is the sum of its parts. */
function checkSum({ net }: Line, parts: readonly Line[], path: Path, report: Report): void {
  if (net === undefined) return
  const counted = parts.filter(({ kind }) => kind === 'GROUP' || kind === 'DETAIL')
  const expected = sum(counted.flatMap(part => part.net ?? [])).rounded(2)
  const delta = net.minus(expected)
  if (delta.sign() === 0) return
  const mismatch = { actual: net.toString(), expected: expected.toString(), delta: delta.toString() }
  report.fatal('BR-FREXT-08', [...path, 'net'], { mismatch })
}
