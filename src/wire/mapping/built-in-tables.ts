import { type Entry, invoiceFields } from '../invoice/index.ts'
import type { Table } from './mapping.ts'
import { folded } from './steps.ts'

/** UN/ECE Recommendation 20 codes, and what exports in French, English, German and Dutch call them, folded. */
const unitNames: Readonly<Record<string, string>> = {
  C62: 'u un unit units unite unites one stuk stuks',
  H87: 'pc pcs pce pces piece pieces st stk stck stuck stueck ea each pz',
  HUR: 'h hr hrs hour hours heure heures std stunde stunden uur uren',
  DAY: 'd day days j jour jours jr jrs tag tage dag dagen',
  WEE: 'week weeks semaine semaines woche wochen weken',
  MON: 'month months mois monat monate maand maanden',
  ANN: 'year years an ans annee annees jahr jahre jaar jaren',
  MIN: 'min minute minutes minuten minuut',
  KGM: 'kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes kilogramm',
  GRM: 'g gr gram grams gramme grammes gramm',
  TNE: 't to tonne tonnes ton tons',
  LTR: 'l ltr litre litres liter liters',
  HLT: 'hl hectolitre hectolitres hektoliter hectoliter',
  MLT: 'ml millilitre millilitres milliliter',
  MTR: 'm metre metres meter meters ml. lfm',
  KMT: 'km kilometre kilometres kilometer kilometers',
  CMT: 'cm centimetre centimetres zentimeter centimeter',
  MTK: 'm2 m² qm metre carre metres carres',
  MTQ: 'm3 m³ cbm metre cube metres cubes',
  KWH: 'kwh kilowattheure kilowattheures kilowattstunde',
  MWH: 'mwh',
  LS: 'fft forfait forfaits pauschal pauschale psch lumpsum forfaitair',
  SET: 'set sets jeu jeux satz',
  PR: 'paire paires pair pairs paar',
  DZN: 'dz douzaine douzaines dozen dutzend dozijn',
  XBX: 'bte boite boites box boxes bx doos dozen.',
  XCT: 'ct crt carton cartons karton kartons',
  XPX: 'pal palette palettes pallet pallets paletten',
  XBG: 'sac sacs bag bags sack zak zakken',
  XRO: 'rouleau rouleaux roll rolls rolle rollen rol',
  XBO: 'bouteille bouteilles bottle bottles flasche flaschen fles flessen',
}

const languages = ['fr', 'en', 'de', 'nl', 'es', 'it']

function codesAt(...path: readonly string[]): ReadonlySet<string> {
  let entry: Entry | undefined
  for (const key of path) {
    entry = entry === undefined ? invoiceFields[key as 'lines'] : entry.shape === 'leaf' ? undefined : entry.fields[key]
  }
  return entry?.shape === 'leaf' && entry.codes !== undefined ? entry.codes.list : new Set()
}

/** UN/ECE Recommendations 20 and 21 (BT-130). */
export const units = codesAt('lines', 'unit')
/** ISO 3166-1 alpha-2 (BT-40). */
export const countries = codesAt('seller', 'address', 'country')
/** ISO 4217 (BT-5). */
export const currencies = codesAt('currency')
/** UNTDID 5305 (BT-151). */
export const vatCategories = codesAt('lines', 'vat', 'category')

function unitTable(): Table {
  const names = Object.entries(unitNames).flatMap(([code, text]) => text.split(' ').map(name => [name, code] as const))
  // The standard's own codes stand for themselves, but what an export calls T or ST is rarely the code of that name.
  const own = [...units].filter(code => code.length > 2).map(code => [code, code] as const)
  return new Map([...names, ...own])
}

/** Names in six languages, alpha-2 codes, and the usual short forms. */
function countryTable(): Table {
  const table = new Map<string, string>()
  for (const language of languages) {
    const names = new Intl.DisplayNames([language], { type: 'region' })
    for (const code of countries) table.set(folded(nameOf(code, names)), code)
  }
  for (const code of countries) {
    table.set(code, code)
    table.set(code.toLowerCase(), code)
  }
  for (const [name, code] of shortForms) table.set(name, code)
  return table
}

/** The list has codes of its own, 1A for Kosovo, which have no name. */
function nameOf(code: string, names: Intl.DisplayNames): string {
  return /^[A-Z]{2}$/.test(code) ? (names.of(code) ?? code) : code
}

const shortForms: readonly (readonly [string, string])[] = [
  ['uk', 'GB'],
  ['great britain', 'GB'],
  ['england', 'GB'],
  ['angleterre', 'GB'],
  ['usa', 'US'],
  ['fra', 'FR'],
  ['deu', 'DE'],
  ['bel', 'BE'],
  ['nld', 'NL'],
  ['ita', 'IT'],
  ['esp', 'ES'],
  ['lux', 'LU'],
  ['che', 'CH'],
  ['holland', 'NL'],
  ['hollande', 'NL'],
  ['belgie', 'BE'],
]

let made: ReadonlyMap<string, Table> | undefined

/** `@units` and `@countries`; names are folded. Made once, when first asked for. */
export function builtInTables(): ReadonlyMap<string, Table> {
  made ??= new Map([
    ['@units', unitTable()],
    ['@countries', countryTable()],
  ])
  return made
}
