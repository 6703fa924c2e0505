import { keysOf } from './shape.ts'
import type { CsvSample } from './sniff.ts'
import {
  invoiceNames,
  lineNames,
  type Match,
  matchName,
  noteNames,
  partyNames,
  paymentNames,
  roleWords,
  wordsOf,
} from './synonyms.ts'

/** A column or path of a sample, and some of its values. */
export interface Field {
  /** As a mapping names it. */
  readonly name: string
  /** A row does not tell what is of the invoice and what of the line; JSON does. */
  readonly zone: 'invoice' | 'line' | 'any'
  readonly values: readonly string[]
}

export type Place = 'invoice' | 'buyer' | 'seller' | 'payment' | 'note' | 'line'

/** A field and the term it seems to be. */
export interface Claim extends Match {
  readonly field: Field
  readonly place: Place
}

const valuesMax = 500

export function csvFields({ header, rows }: CsvSample): readonly Field[] {
  const named = header.map((name, index) => ({ name: name === '' ? `#${index + 1}` : name, index }))
  return named.map(({ name, index }) => ({
    name,
    zone: 'any',
    values: rows.map(row => (row[index] ?? '').trim()).filter(value => value !== ''),
  }))
}

/** The values of invoices by path; `lines` is the path to the list that became lines. Other lists are left aside. */
export function jsonFields(invoices: readonly unknown[], lines: string | undefined): readonly Field[] {
  const values = new Map<string, { readonly zone: Field['zone']; readonly name: string; readonly values: string[] }>()
  function collect(zone: 'invoice' | 'line', path: string, json: unknown): void {
    if (json === null || json === undefined || values.size > valuesMax || keysOf(path).length > 6) return
    if (Array.isArray(json)) {
      if (zone === 'invoice' && path === lines) for (const line of json.slice(0, valuesMax)) collect('line', '', line)
      return
    }
    if (typeof json === 'object') {
      for (const [key, inner] of Object.entries(json)) {
        const step = key.replaceAll('~', '~0').replaceAll('/', '~1')
        collect(zone, path === '' ? step : `${path}/${step}`, inner)
      }
      return
    }
    if (typeof json !== 'string' && typeof json !== 'number' && typeof json !== 'boolean') return
    const known = values.get(`${zone} ${path}`) ?? { zone, name: path, values: [] }
    values.set(`${zone} ${path}`, known)
    if (known.values.length < valuesMax) known.values.push(String(json))
  }
  for (const invoice of invoices.slice(0, 50)) collect('invoice', '', invoice)
  return [...values.values()]
}

/** The best claim on each term; what nobody claims is left over. */
export function claimsOf(fields: readonly Field[]): { claims: ReadonlyMap<string, Claim>; leftOver: readonly Field[] } {
  const claims = new Map<string, Claim>()
  // Surest first, so that a vague name does not take the place of an exact one; then in the order of the sample.
  const wanted = fields.flatMap(field => options(field))
  wanted.sort((a, b) => b.words - a.words)
  const placed = new Set<Field>()
  for (const claim of wanted) {
    const key = `${claim.place}${claim.target}`
    if (placed.has(claim.field) || claims.has(key)) continue
    claims.set(key, claim)
    placed.add(claim.field)
  }
  const inOrder = [...claims].sort(([, a], [, b]) => fields.indexOf(a.field) - fields.indexOf(b.field))
  return { claims: new Map(inOrder), leftOver: fields.filter(field => !placed.has(field)) }
}

/** Every term a field may be. */
function options(field: Field): readonly Claim[] {
  const path = keysOf(field.name)
  const all = path.flatMap(wordsOf)
  const last = wordsOf(path.at(-1) ?? '')
  const claims: Claim[] = []
  function offer(place: Place, match: Match | undefined, less = 0): void {
    if (match !== undefined) claims.push({ ...match, words: match.words - less, field, place })
  }
  if (field.zone !== 'invoice') offer('line', matchName(last, lineNames))
  if (field.zone === 'line') return claims
  const role = all.some(word => roleWords.seller.has(word)) ? 'seller' : 'buyer'
  const isSaid = all.some(word => roleWords[role].has(word))
  const rest = last.filter(word => !roleWords[role].has(word))
  offer('invoice', matchName(last, invoiceNames))
  offer('payment', matchName(last, paymentNames), 0.1)
  offer('note', matchName(last, noteNames), 0.2)
  if (isSaid && rest.length === 0) offer(role, { target: '/name', confidence: 'likely', words: 9 })
  const party = matchName(rest, partyNames)
  // Whose it is, where nothing says so, is a guess; where it is said, that is worth a word.
  if (party !== undefined)
    offer(role, isSaid ? { ...party, words: party.words + 1 } : { ...party, confidence: 'guess' }, isSaid ? 0 : 0.3)
  return claims
}
