import {
  type CheckingOptions,
  type Entry,
  type Finding,
  invoiceFields,
  parseDecimal,
  readDocumentToSend,
  readInvoice,
  writeUbl,
} from '../../../src/wire/invoice/index.ts'
import { type Json, everything, readGood, sample } from './sample.ts'

/* For each rule a good invoice with one named defect. */

export interface Defect {
  readonly rule: string
  readonly name: string
  /** The same defect breaks these rules too. */
  readonly also: readonly string[]
  /** The invoice with the defect, where it is JSON. */
  readonly json?: () => Json
  readonly find: (language: 'en' | 'fr') => readonly Finding[]
}

type Path = readonly (string | number)[]

/** The findings of the invoice as JSON. */
export function asJson(json: Json, options: CheckingOptions): readonly Finding[] {
  const reading = readInvoice(json, options)
  return 'findings' in reading ? reading.findings : reading.warnings
}

/** The findings of the invoice as UBL, where nothing is computed. */
function asUbl(invoice: Json, options: CheckingOptions): readonly Finding[] {
  const reading = readDocumentToSend(writeUbl(invoice), options)
  return 'findings' in reading ? reading.findings : reading.warnings
}

/* ── Defects that the table of terms has: a term that is missing, no code of its list, or too long ── */

/** Every term and group that is in an invoice, with its place. */
function* placesOf(fields: Readonly<Record<string, Entry>>, bag: Json, path: Path): Generator<[Entry, Path]> {
  for (const [key, entry] of Object.entries(fields)) {
    const value = bag[key]
    if (value === undefined) continue
    yield [entry, [...path, key]]
    if (entry.shape === 'one') yield* placesOf(entry.fields, value, [...path, key])
    if (entry.shape === 'many')
      for (const [index, item] of value.entries()) yield* placesOf(entry.fields, item, [...path, key, index])
  }
}

function full(): Json {
  return readGood(
    sample(json => {
      everything(json)
      json.vatPointDateCode = '35'
      delete json.vatPointDate
    }),
  )
}

function at(json: Json, path: Path): Json {
  return path.reduce((bag, step) => bag[step], json)
}

/** Said of groups whose terms have no rule of their own. */
const unsaid: ReadonlySet<string> = new Set([
  'value.missing',
  // UBL writes 0 for it, and nothing at all for an attribute without a name: these two have a row below.
  'BR-24',
  'BR-54',
])

/** What the defects of these rules break besides: sums that a term was part of, and the code that must be the same everywhere. */
const companions: Readonly<Record<string, readonly string[]>> = {
  'BR-16': ['BR-CO-10', 'BR-S-08'],
  // Without a quantity its unit has no element to stand in.
  'BR-22': ['BR-23'],
  'BR-CL-16': ['UBL-SR-47'],
  'BR-CL-17': ['BR-S-08'],
  'BR-CL-18': ['BR-S-08'],
  'BR-CO-18': ['BR-S-01'],
}

function* tableDefects(): Generator<Defect> {
  const seen = new Set<string>()
  const invoice = full()
  for (const [entry, path] of placesOf(invoiceFields, invoice, [])) {
    const place = path.join('/')
    const { missing } = entry
    if (missing !== undefined && !unsaid.has(missing) && !seen.has(missing)) {
      seen.add(missing)
      yield {
        rule: missing,
        name: `${place} is missing`,
        also: companions[missing] ?? [],
        find: language => {
          const broken = full()
          delete at(broken, path.slice(0, -1))[path.at(-1) ?? '']
          return asUbl(broken, { rules: [], language })
        },
      }
    }
    if (entry.shape !== 'leaf') continue
    const { codes, decimals } = entry
    if (codes !== undefined && !seen.has(codes.rule)) {
      seen.add(codes.rule)
      yield {
        rule: codes.rule,
        name: `${place} is no code of its list`,
        also: companions[codes.rule] ?? [],
        find: language => {
          const broken = full()
          at(broken, path.slice(0, -1))[path.at(-1) ?? ''] = '§§§'
          return asUbl(broken, { rules: [], language })
        },
      }
    }
    if (decimals === undefined || seen.has(decimals)) continue
    seen.add(decimals)
    yield {
      rule: decimals,
      name: `${place} has three decimals`,
      also: [],
      find: language => {
        const broken = full()
        at(broken, path.slice(0, -1))[path.at(-1) ?? ''] = parseDecimal(`${at(broken, path)}0`)
        return asUbl(broken, { rules: [], language })
      },
    }
  }
}

export const tableRules: readonly Defect[] = [...tableDefects()]
