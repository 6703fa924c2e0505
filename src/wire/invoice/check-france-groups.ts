import { Decimal, sum } from './decimal.ts'
import type { Path, Report } from './finding.ts'
import { multiSellerModes, selfBilledTypes, twoWayModes } from './french-lists.ts'
import type { Draft, InvoiceDraft, InvoiceLine } from './model.ts'

/*
 * Invoices that are made of several: those of many sellers (billing modes B8, S8, M8), and those in both directions (B9, S9, M9). Each
 * part is a line of the kind GROUP without a parent, with its lines below it. Two objects of a line (BT-128) say to which part it
 * belongs: AFL is the number of the part, AVV its billing mode. [BR-FR-MV-01 to 14, BR-FR-BD-02 to 14]
 */

type Line = Draft<InvoiceLine>

/** A part, and where its line stands. */
interface Group {
  readonly line: Line
  readonly path: Path
}

const cent = new Decimal(1n, 2)

/** `syntax` is what the invoice is sent as. */
export function checkLineGroups(draft: InvoiceDraft, report: Report, syntax: 'ubl' | 'cii'): void {
  const isMultiSeller = multiSellerModes.has(draft.process ?? '')
  const isTwoWay = twoWayModes.has(draft.process ?? '')
  if (!isMultiSeller && !isTwoWay) return
  const lines = draft.lines ?? []
  const groups = lines.flatMap((line, index) =>
    line.kind === 'GROUP' && line.parentId === undefined ? [{ line, path: ['lines', index] }] : [],
  )
  if (isMultiSeller) checkMultiSeller(draft, groups, report)
  else checkTwoWay(draft, groups, report)
  const membersOf = Map.groupBy(lines, ({ parentId }) => parentId)
  for (const group of groups) {
    checkGroup(group, draft, report, syntax)
    const members = group.line.id === undefined ? [] : (membersOf.get(group.line.id) ?? [])
    checkGroupAmounts(group, members, draft, report)
  }
  checkNumbers(draft, groups, report)
  const byId = new Map(lines.map(line => [line.id, line]))
  for (const [index, line] of lines.entries()) {
    const parent = line.parentId === undefined ? undefined : byId.get(line.parentId)
    // In CII a line without the element is not looked at.
    if (line.kind === undefined && syntax === 'ubl') report.fatal('BR-FR-MV-01', ['lines', index, 'kind'])
    checkMember(line, parent, ['lines', index], report)
  }
}

/** BR-FR-MV-02, 13 and 14. */
function checkMultiSeller({ typeCode = '' }: InvoiceDraft, groups: readonly Group[], report: Report): void {
  if (groups.length === 0) report.fatal('BR-FR-MV-02', ['lines'])
  if (selfBilledTypes.has(typeCode)) report.fatal('BR-FR-MV-13', ['typeCode'], { values: { type: typeCode } })
  if (multiSellerCorrections.has(typeCode)) checkCorrections(groups, 'BR-FR-MV-14', report)
}

/** BR-FR-BD-02, 13 and 14. */
function checkTwoWay(draft: InvoiceDraft, groups: readonly Group[], report: Report): void {
  const { typeCode = '' } = draft
  if (groups.length !== 2) report.fatal('BR-FR-BD-02', ['lines'], { values: { count: String(groups.length) } })
  for (const key of ['seller', 'buyer'] as const) {
    const own = draft[key]?.legalRegistration?.value
    const count = own === undefined ? 0 : groups.filter(({ line }) => sellerOf(line) === own).length
    if (count !== 1) report.fatal('BR-FR-BD-02', [key, 'legalRegistration'], { text: 'BR-FR-BD-02/party' })
  }
  if (!selfBilledTypes.has(typeCode)) report.fatal('BR-FR-BD-13', ['typeCode'], { values: { type: typeCode } })
  if (twoWayCorrections.has(typeCode)) checkCorrections(groups, 'BR-FR-BD-14', report)
}

const multiSellerCorrections: ReadonlySet<string> = new Set(['384', '472', '381', '396', '503'])
const twoWayCorrections: ReadonlySet<string> = new Set(['261', '471', '473', '502'])

/** A corrective invoice or credit note says of each part what it corrects. */
function checkCorrections(groups: readonly Group[], rule: 'BR-FR-MV-14' | 'BR-FR-BD-14', report: Report): void {
  for (const { line, path } of groups) {
    const preceding = line.precedingInvoices ?? []
    const isNamed = preceding.some(({ number }) => number !== undefined)
    if (!isNamed || !preceding.some(({ issueDate }) => issueDate !== undefined))
      report.fatal(rule, [...path, 'precedingInvoices'])
  }
}

/** BR-FR-MV-03: who sells a part, its VAT, its number and billing mode. */
function checkGroup({ line, path }: Group, draft: InvoiceDraft, report: Report, syntax: 'ubl' | 'cii'): void {
  const { name, address } = line.seller ?? {}
  const demanded: [unknown, Path][] = [
    [name, ['seller', 'name']],
    [sellerOf(line), ['seller', 'legalRegistration']],
    [address?.country, ['seller', 'address', 'country']],
    [line.vatAmount, ['vatAmount']],
  ]
  if (draft.vatCurrency !== undefined) demanded.push([line.vatAmountInVatCurrency, ['vatAmountInVatCurrency']])
  for (const [value, place] of demanded)
    if (value === undefined) report.fatal('BR-FR-MV-03', [...path, ...place], { text: 'BR-FR-MV-03/missing' })
  for (const scheme of ['AFL', 'AVV']) {
    // In CII an object that is not there is not looked at; that of the number is demanded by BR-FR-MV-07 anyway.
    if (objectOf(line, scheme) === undefined && syntax === 'ubl')
      report.fatal('BR-FR-MV-03', [...path, 'objects'], { text: 'BR-FR-MV-03/object', values: { scheme } })
  }
  const mode = objectOf(line, 'AVV') ?? ''
  if (multiSellerModes.has(mode))
    report.fatal('BR-FR-MV-03', [...path, 'objects'], { text: 'BR-FR-MV-03/mode', values: { mode } })
}

/** BR-FR-MV-05, 09 and 10. An amount that is missing agrees with nothing. */
function checkGroupAmounts({ line, path }: Group, members: readonly Line[], draft: InvoiceDraft, report: Report): void {
  const amounts = members.flatMap(({ kind, net }) =>
    kind === undefined || kind === 'INFORMATION' || net === undefined ? [] : [net],
  )
  if (!isNear(line.net, sum(amounts), amounts.length)) report.fatal('BR-FR-MV-05', [...path, 'net'])
  const prefix = `#${objectOf(line, 'AFL') ?? ''}#`
  const taxes = (draft.vatBreakdown ?? []).flatMap(({ exemptionReason = '', tax }) =>
    exemptionReason.startsWith(prefix) && tax !== undefined ? [tax] : [],
  )
  if (!isNear(line.vatAmount, sum(taxes), 1)) report.fatal('BR-FR-MV-09', [...path, 'vatAmount'])
  if (line.amountWithVat === undefined) return
  const details = members.filter(({ kind }) => kind === 'DETAIL').length
  const expected = line.vatAmount === undefined ? undefined : line.net?.plus(line.vatAmount)
  if (expected === undefined || !isNear(line.amountWithVat, expected, details))
    report.fatal('BR-FR-MV-10', [...path, 'amountWithVat'])
}

/** Within a cent for each of so many. */
function isNear(actual: Decimal | undefined, expected: Decimal, count: number): boolean {
  const tolerance = cent.times(new Decimal(BigInt(count), 0))
  return (actual?.minus(expected).absolute().compare(tolerance) ?? 1) <= 0
}

/** BR-FR-MV-11 and 12: the numbers of the parts. */
function checkNumbers(draft: InvoiceDraft, groups: readonly Group[], report: Report): void {
  const seller = draft.seller?.legalRegistration?.value
  const own = groups.filter(({ line }) => seller !== undefined && sellerOf(line) === seller)
  const sameNumber = own.filter(({ line }) => objectOf(line, 'AFL') === draft.number)
  for (const { line, path } of own) {
    const isSame = objectOf(line, 'AFL') === draft.number
    if (sameNumber.length === 0 || (sameNumber.length > 1 && isSame)) report.fatal('BR-FR-MV-11', [...path, 'objects'])
  }
  const seen = new Set<string>()
  const groupLines = new Set(groups.map(({ line }) => line))
  for (const [index, line] of (draft.lines ?? []).entries()) {
    const number = objectOf(line, 'AFL')
    if (number === undefined) continue
    if (groupLines.has(line) && seen.has(number))
      report.fatal('BR-FR-MV-12', ['lines', index, 'objects'], { values: { number } })
    seen.add(number)
  }
}

/** BR-FR-MV-06, 07 and 08: a line has the seller and the number of its part. */
function checkMember(line: Line, parent: Line | undefined, path: Path, report: Report): void {
  const hasParent = line.parentId !== undefined
  const seller = sellerOf(line)
  if (seller === undefined || (hasParent && seller !== (parent && sellerOf(parent))))
    report.fatal('BR-FR-MV-06', [...path, 'seller', 'legalRegistration'])
  const number = objectOf(line, 'AFL')
  if (number === undefined || (hasParent && number !== (parent && objectOf(parent, 'AFL'))))
    report.fatal('BR-FR-MV-07', [...path, 'objects'])
  if (line.kind !== 'DETAIL') return
  if (number === undefined || !line.vat?.exemptionReason?.startsWith(`#${number}#`))
    report.fatal('BR-FR-MV-08', [...path, 'vat', 'exemptionReason'], { values: { number: number ?? '' } })
}

function sellerOf(line: Line): string | undefined {
  return line.seller?.legalRegistration?.value
}

/** The object of a line with a scheme: AFL the number of the part, AVV its billing mode. */
function objectOf({ objects = [] }: Line, scheme: string): string | undefined {
  return objects.find(object => object.scheme === scheme)?.value
}
