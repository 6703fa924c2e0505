import type { Invoice, Text } from '../invoice/index.ts'
import { builtInTables, countries, currencies, units, vatCategories } from './built-in-tables.ts'
import {
  type Wrong,
  bicProblem,
  ibanProblem,
  looksLikeIban,
  sirenOfVatId,
  sirenProblem,
  siretProblem,
  vatIdProblem,
} from './identifiers.ts'
import { folded } from './steps.ts'
import { say, texts } from './texts.ts'
import { quoted } from './value.ts'

/*
 * Master data that will hurt: identifiers that cannot exist, codes nobody knows, taxes that contradict themselves. Each check looks at
 * an invoice as it was mapped, whether or not the rules of invoices let it pass.
 */

export type WeakCode =
  | 'vat-id.missing'
  | 'vat-id.wrong'
  | 'vat-id.other-siren'
  | 'siren.missing'
  | 'siren.wrong'
  | 'siret.wrong'
  | 'siret.other-siren'
  | 'endpoint.missing'
  | 'iban.wrong'
  | 'bic.wrong'
  | 'unit.unknown'
  | 'currency.unknown'
  | 'country.name'
  | 'country.unknown'
  | 'tax.unknown'
  | 'tax.standard-at-zero'
  | 'tax.exempt-without-reason'
  | 'tax.code-with-several-rates'
  | 'date.far'
  | 'date.order'
  | 'amount.negative'
  | 'number.duplicate'

export interface WeakDatum {
  readonly code: WeakCode
  readonly pointer: string
  readonly value: string
  readonly message: Text
  /** Official rules that say the same of this place. */
  readonly covers?: RegExp
}

/** An invoice as it was mapped, what the rules made of it, and the day it is looked at. */
export interface Subject {
  readonly json: Bag
  readonly invoice: Invoice | undefined
  /** YYYY-MM-DD */
  readonly today: string
}

type Bag = Readonly<Record<string, unknown>>
type Check = (subject: Subject) => Iterable<WeakDatum>

/** Everything weak about one invoice. */
export function weakDataOf(subject: Subject): readonly WeakDatum[] {
  return checks.flatMap(check => Array.from(check(subject)))
}

const checks: readonly Check[] = [
  ({ json }) => partyData(json, 'seller'),
  ({ json }) => partyData(json, 'buyer'),
  ({ json }) => codeData(json),
  ({ json }) => countryData(json),
  ({ json }) => paymentData(json),
  ({ json }) => taxData(json),
  dateData,
  signData,
]

/* ── Parties ───────────────────────────────────────────────────────────────────────────────── */

function* partyData(json: Bag, role: 'seller' | 'buyer'): Generator<WeakDatum> {
  const party = bagAt(json, role)
  const at = `/${role}`
  const vatId = textAt(party, 'vatId')
  if (vatId !== undefined) yield* wrong('vat-id.wrong', { pointer: `${at}/vatId`, value: vatId }, vatIdProblem(vatId))
  else if (textAt(party, 'taxRegistrationId') === undefined) {
    yield {
      code: 'vat-id.missing',
      pointer: `${at}/vatId`,
      value: '',
      message: say('vat-id.missing', { party: texts[role] }),
      covers: /./,
    }
  }
  if (textAt(bagAt(party, 'endpoint'), 'value') === undefined) {
    const message = say('endpoint.missing', { party: texts[role] })
    yield { code: 'endpoint.missing', pointer: `${at}/endpoint`, value: '', message, covers: /./ }
  }
  yield* frenchData(party, at)
}

/** SIREN 0002, SIRET 0009, the French electronic address 0225. [ISO 6523 ICD list] */
function* frenchData(party: Bag, at: string): Generator<WeakDatum> {
  const registration = bagAt(party, 'legalRegistration')
  const [number, scheme] = [textAt(registration, 'value'), textAt(registration, 'scheme')]
  const isFrench = textAt(bagAt(party, 'address'), 'country') === 'FR' || scheme === '0002'
  const pointer = `${at}/legalRegistration/value`
  if (isFrench && number === undefined) {
    yield {
      code: 'siren.missing',
      pointer: `${at}/legalRegistration`,
      value: '',
      message: say('siren.missing'),
    }
  } else if (isFrench && number !== undefined && (scheme === undefined || scheme === '0002')) {
    yield* wrong('siren.wrong', { pointer, value: number }, sirenProblem(number))
  }
  const siren = isFrench ? number : undefined
  if (number !== undefined && scheme === '0009')
    yield* wrong('siret.wrong', { pointer, value: number }, siretProblem(number))
  for (const [index, identifier] of bagsAt(party, 'identifiers').entries()) {
    const value = textAt(identifier, 'value')
    if (value === undefined || textAt(identifier, 'scheme') !== '0009') continue
    const place = { pointer: `${at}/identifiers/${index}/value`, value }
    yield* wrong('siret.wrong', place, siretProblem(value))
    if (siren !== undefined && scheme !== '0009' && !value.startsWith(siren)) {
      yield { code: 'siret.other-siren', ...place, message: say('siret.other-siren', { value: quoted(value), siren }) }
    }
  }
  yield* sirenElsewhere(party, siren, at)
}

function* sirenElsewhere(party: Bag, siren: string | undefined, at: string): Generator<WeakDatum> {
  const vatId = textAt(party, 'vatId') ?? ''
  const inVatId = sirenOfVatId(vatId.replaceAll(/\s/g, '').toUpperCase())
  if (siren !== undefined && inVatId !== undefined && inVatId !== siren) {
    const message = say('vat-id.other-siren', { value: quoted(vatId), other: inVatId, siren })
    yield { code: 'vat-id.other-siren', pointer: `${at}/vatId`, value: vatId, message }
  }
  const endpoint = bagAt(party, 'endpoint')
  const address = textAt(endpoint, 'value')
  if (address === undefined || textAt(endpoint, 'scheme') !== '0225') return
  yield* wrong('siren.wrong', { pointer: `${at}/endpoint/value`, value: address }, sirenProblem(address.slice(0, 9)))
}

function* wrong(
  code: WeakCode,
  place: { readonly pointer: string; readonly value: string },
  problem: Wrong | undefined,
): Generator<WeakDatum> {
  if (problem === undefined) return
  yield { code, ...place, message: say(problem.text, { value: quoted(place.value), ...problem.values }) }
}

/* ── Codes ─────────────────────────────────────────────────────────────────────────────────── */

function* codeData(json: Bag): Generator<WeakDatum> {
  for (const [index, line] of bagsAt(json, 'lines').entries()) {
    const unit = textAt(line, 'unit')
    if (unit === undefined || units.has(unit)) continue
    const message = say('unit.unknown', { value: quoted(unit), advice: suggestion('@units', unit) ?? '' })
    yield { code: 'unit.unknown', pointer: `/lines/${index}/unit`, value: unit, message, covers: /^BR-CL-23$/ }
  }
  const currency = textAt(json, 'currency')
  if (currency !== undefined && !currencies.has(currency)) {
    const message = say('currency.unknown', { value: quoted(currency) })
    yield { code: 'currency.unknown', pointer: '/currency', value: currency, message, covers: /^BR-CL-04$/ }
  }
}

const countryPlaces = [
  ['seller', 'address'],
  ['buyer', 'address'],
  ['delivery', 'address'],
  ['taxRepresentative', 'address'],
] as const

function* countryData(json: Bag): Generator<WeakDatum> {
  for (const path of countryPlaces) {
    const country = textAt(path.reduce<Bag>(bagAt, json), 'country')
    if (country === undefined || countries.has(country)) continue
    const pointer = `/${path.join('/')}/country`
    const advice = suggestion('@countries', country)
    const code = advice === undefined ? 'country.unknown' : 'country.name'
    const message = say('country.unknown', { value: quoted(country), advice: advice ?? '' })
    yield { code, pointer, value: country, message, covers: /^BR-CL-14$/ }
  }
}

function suggestion(table: string, value: string): Text | undefined {
  const entry = builtInTables().get(table)?.get(folded(value))
  return typeof entry === 'string' ? say('advice', { table, entry }) : undefined
}

/** SEPA credit transfer and SEPA direct debit are from IBAN to IBAN. [UNTDID 4461] */
const sepaCodes: ReadonlySet<string> = new Set(['58', '59'])

function* paymentData(json: Bag): Generator<WeakDatum> {
  for (const [index, means] of bagsAt(json, 'paymentMeans').entries()) {
    const isSepa = sepaCodes.has(textAt(means, 'code') ?? '')
    for (const [group, key] of [
      ['transfer', 'account'],
      ['directDebit', 'debitedAccount'],
    ] as const) {
      const account = textAt(bagAt(means, group), key)
      if (account === undefined || !(isSepa || looksLikeIban(account))) continue
      yield* wrong(
        'iban.wrong',
        { pointer: `/paymentMeans/${index}/${group}/${key}`, value: account },
        ibanProblem(account),
      )
    }
    const bic = textAt(bagAt(means, 'transfer'), 'bank')
    if (bic !== undefined)
      yield* wrong('bic.wrong', { pointer: `/paymentMeans/${index}/transfer/bank`, value: bic }, bicProblem(bic))
  }
}

/* ── Taxes, dates, signs ───────────────────────────────────────────────────────────────────── */

function* taxData(json: Bag): Generator<WeakDatum> {
  const exempt: string[] = []
  for (const list of ['lines', 'allowances', 'charges']) {
    for (const [index, item] of bagsAt(json, list).entries()) {
      const vat = bagAt(item, 'vat')
      const [category, rate] = [textAt(vat, 'category'), textAt(vat, 'rate')]
      const pointer = `/${list}/${index}/vat`
      if (category === undefined) continue
      if (!vatCategories.has(category)) {
        const message = say('tax.unknown', { value: quoted(category) })
        yield { code: 'tax.unknown', pointer: `${pointer}/category`, value: category, message, covers: /^BR-CL-1[78]$/ }
      }
      if (category === 'S' && rate !== undefined && /^[-+]?0*(\.0*)?$/.test(rate)) {
        const message = say('tax.standard-at-zero')
        yield {
          code: 'tax.standard-at-zero',
          pointer: `${pointer}/rate`,
          value: rate,
          message,
          covers: /^BR-S-0[567]$/,
        }
      }
      if (category === 'E') exempt.push(pointer)
    }
  }
  const reasoned = bagsAt(json, 'vatBreakdown').some(
    part =>
      textAt(part, 'category') === 'E' &&
      (textAt(part, 'exemptionReason') ?? textAt(part, 'exemptionReasonCode')) !== undefined,
  )
  if (exempt.length === 0 || reasoned) return
  const message = say('tax.exempt-without-reason')
  yield { code: 'tax.exempt-without-reason', pointer: exempt[0] ?? '', value: 'E', message }
}

const pastDaysMax = 400
const futureDaysMax = 60
const dueDaysMax = 730

function* dateData({ json, today }: Subject): Generator<WeakDatum> {
  const [issued, due] = [textAt(json, 'issueDate'), textAt(json, 'dueDate')]
  if (issued === undefined) return
  const age = daysBetween(issued, today)
  if (age > pastDaysMax || age < -futureDaysMax) {
    const message = say(age > 0 ? 'date.past' : 'date.future', { date: issued, days: String(Math.abs(age)) })
    yield { code: 'date.far', pointer: '/issueDate', value: issued, message }
  }
  if (due === undefined) return
  const days = daysBetween(issued, due)
  if (days < 0)
    yield {
      code: 'date.order',
      pointer: '/dueDate',
      value: due,
      message: say('date.order', { due, date: issued }),
    }
  if (days > dueDaysMax)
    yield {
      code: 'date.far',
      pointer: '/dueDate',
      value: due,
      message: say('date.late', { due, days: String(days) }),
    }
}

/** 0 for what is no date. */
function daysBetween(from: string, to: string): number {
  const days = (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000
  return Number.isNaN(days) ? 0 : Math.round(days)
}

function* signData({ invoice }: Subject): Generator<WeakDatum> {
  if (invoice === undefined || invoice.typeCode !== '380' || invoice.totals.payable.sign() >= 0) return
  const value = invoice.totals.payable.toString()
  const message = say('amount.negative')
  yield { code: 'amount.negative', pointer: '/totals/payable', value, message }
}

/* ── Reading what may be anything ──────────────────────────────────────────────────────────── */

function bagAt(bag: Bag, key: string): Bag {
  const value = bag[key]
  return typeof value === 'object' && value !== null ? (value as Bag) : {}
}

function bagsAt(bag: Bag, key: string): readonly Bag[] {
  const value = bag[key]
  if (!Array.isArray(value)) return []
  return value.map((item: unknown) => (typeof item === 'object' && item !== null ? (item as Bag) : {}))
}

function textAt(bag: Bag, key: string): string | undefined {
  const value = bag[key]
  return typeof value === 'string' ? value : undefined
}
