import type { OfficialData } from './data.ts'
import { collections } from './documents.ts'
import { compareFrenchSamples, compareWithOracle, frenchTable, oracles } from './oracles.ts'
import { Outside } from './outside.ts'
import { type RoundTrips, type SchemaName, roundTrips } from './round-trip.ts'
import { officialRules } from './rules.ts'
import { suites, unitCases, wrongCases } from './unit-cases.ts'

/** A line of a table. */
export interface Row {
  readonly name: string
  readonly figures: Readonly<Record<string, number>>
  /** What is not as it must be: each makes the whole run fail. */
  readonly differences: readonly string[]
  /** What is as it must be and yet wants to be known: why a stylesheet gave no answer, what a syntax has no place for. */
  readonly notes?: readonly string[]
}

interface World {
  readonly data: OfficialData
  /** A folder of its own, for what it writes. */
  readonly work: string
}

/** Something that is proven, as a table. */
export interface Section {
  /** For --only. */
  readonly name: string
  readonly title: string
  /** The figures, from left to right. */
  readonly columns: readonly string[]
  readonly run: (world: World) => Promise<readonly Row[]> | readonly Row[]
}

export const sections: readonly Section[] = [
  {
    name: 'cases',
    title: 'Official unit cases',
    columns: ['cases', 'passed'],
    run: ({ data }) => withTotal(suites(data).map(suite => casesRow(data, suite))),
  },
  {
    name: 'answers',
    title: 'Answers of the official XSLT',
    columns: ['compared', 'differences', 'XSLT aborts'],
    run: ({ data }) =>
      withTotal([
        ...oracles.map(oracle => answersRow(`${oracle.path} ${oracle.column}`, compareWithOracle(data, oracle))),
        answersRow(frenchTable, compareFrenchSamples(data)),
      ]),
  },
  {
    name: 'round-trip',
    title: 'Examples through the model',
    columns: ['documents', 'identical', 'unmapped', 'invoices', 'UBL ⇄ CII', 'lost, named', 'lost unsaid'],
    run: ({ data }) => withTotal(trips(data).map(({ name, result }) => tripRow(name, result))),
  },
  {
    name: 'xsd',
    title: 'What is written, by its schema',
    columns: ['documents', 'valid'],
    run: ({ data }) => withTotal(schemaNames.map(name => schemaRow(name, trips(data)))),
  },
  {
    name: 'outside',
    title: 'passerelle validate, from outside',
    columns: ['files', 'as expected', 'seconds', 'MiB at most'],
    run: ({ data, work }) => outsideRows(data, work),
  },
]

/** What is in every row is added up. */
function withTotal(rows: readonly Row[]): readonly Row[] {
  const names = Object.keys(rows[0]?.figures ?? {})
  const sumOf = (name: string): number => rows.reduce((sum, { figures }) => sum + (figures[name] ?? 0), 0)
  return [
    ...rows,
    { name: 'total', figures: Object.fromEntries(names.map(name => [name, sumOf(name)])), differences: [] },
  ]
}

function casesRow(data: OfficialData, { name, rules, folders }: ReturnType<typeof suites>[number]): Row {
  const cases = unitCases(data, ...folders)
  const wrong = wrongCases(
    cases,
    rules.map(one => officialRules(data, one)),
  )
  return { name, figures: { cases: cases.length, passed: cases.length - casesIn(wrong) }, differences: wrong }
}

/** One case may be wrong in several ways. */
function casesIn(wrong: readonly string[]): number {
  return new Set(wrong.map(text => text.split(': ')[0])).size
}

function answersRow(name: string, { compared, aborted, differences }: ReturnType<typeof compareWithOracle>): Row {
  const figures = { compared, differences: differences.length, 'XSLT aborts': aborted.length }
  return { name, figures, differences, notes: aborted }
}

/* ── Through the model ─────────────────────────────────────────────────────────────────────── */

interface Trip {
  readonly name: string
  readonly result: RoundTrips
}

const made = new Map<OfficialData, readonly Trip[]>()

/** Two sections tell of the same journeys. */
function trips(data: OfficialData): readonly Trip[] {
  const known = made.get(data)
  if (known !== undefined) return known
  const result = collections(data).map(one => ({ name: one.name, result: roundTrips(data, one) }))
  made.set(data, result)
  return result
}

function tripRow(name: string, result: RoundTrips): Row {
  const { documents, identical, unmapped, whole, kept, named, lost, differences } = result
  return {
    name,
    figures: {
      documents,
      identical,
      unmapped: unmapped.length,
      invoices: whole,
      'UBL ⇄ CII': kept,
      'lost, named': named.length,
      'lost unsaid': lost.length,
    },
    differences: [...differences, ...lost],
    notes: [
      ...unmapped.map(place => `the model has no term for ${place}`),
      ...named.map(place => `the other syntax has no place for ${place}`),
    ],
  }
}

const schemaNames: readonly SchemaName[] = ['UBL 2.1', 'CII D16B', 'CII D22B']

function schemaRow(name: SchemaName, all: readonly Trip[]): Row {
  const counts = all.map(({ result }) => result.schemas[name])
  const documents = counts.reduce((sum, { checked }) => sum + checked, 0)
  const errors = counts.flatMap(one => one.errors)
  return { name, figures: { documents, valid: documents - errors.length }, differences: errors }
}

/* ── From outside ──────────────────────────────────────────────────────────────────────────── */

/** Files of one process, and how many there are before the many. */
const [fewFiles, manyFiles] = [600, 3000]
/** A process whose memory grew with the files would have five times as much. */
const growthMax = 1.6

async function outsideRows(data: OfficialData, work: string): Promise<readonly Row[]> {
  using outside = await Outside.open(data, work)
  const cases = (await outside.unitCases()).map(({ name, cases: files, seconds, differences }): Row => ({
    name: `${name} unit cases`,
    figures: { files, 'as expected': files - casesIn(differences), seconds: rounded(seconds) },
    differences,
  }))
  const few = await outside.manyFiles(fewFiles)
  const many = await outside.manyFiles(manyFiles)
  const grown = many.mebibytes / few.mebibytes
  const rows = [few, many].map(({ files, seconds, mebibytes, differences }): Row => ({
    name: 'examples again and again, schema, packs and model',
    figures: {
      files,
      'as expected': files - differences.length,
      seconds: rounded(seconds),
      ...(Number.isNaN(mebibytes) ? {} : { 'MiB at most': Math.round(mebibytes) }),
    },
    differences,
  }))
  if (!(grown > growthMax)) return [...cases, ...rows]
  const difference = `${manyFiles} files take ${grown.toFixed(1)} times the memory of ${fewFiles}`
  return [...cases, ...rows, { name: 'growth of memory', figures: {}, differences: [difference] }]
}

function rounded(seconds: number): number {
  return Math.round(seconds * 10) / 10
}
