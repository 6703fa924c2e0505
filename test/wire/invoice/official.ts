import { globSync, readdirSync } from 'node:fs'
import { constants, gunzipSync, inflateSync } from 'node:zlib'
import { hasSharedData, sharedData, sharedPath } from '../../support/shared.ts'

const folders = [
  'en16931/examples/ubl',
  'en16931/examples/testfiles',
  'peppol-bis/examples/3.0.19',
  'peppol-bis/examples/3.0.21',
  'peppol-bis/examples/self-billing-3.0.21',
  'peppol-bis/examples/snippets',
  'peppol-bis/examples/national',
]

/** Every official UBL document, by its path below the shared data: the European ones and the French ones. */
export const officialDocuments: readonly string[] = hasSharedData
  ? [
      ...folders.flatMap(folder => readdirSync(sharedPath(folder)).map(file => `${folder}/${file}`)),
      ...globSync('france/examples/**/*UBL*.xml', { cwd: sharedPath('') }).toSorted(),
    ]
  : []

/** Every CII example: the official ones and the French ones, by its path below the shared data. */
export const ciiDocuments: readonly string[] = hasSharedData
  ? [
      ...readdirSync(sharedPath('en16931/examples/cii')).map(file => `en16931/examples/cii/${file}`),
      ...globSync('france/examples/**/*CII*.xml', { cwd: sharedPath('') }).toSorted(),
    ]
  : []

/** Every official Factur-X, by its path below the shared data. */
export const facturxDocuments: readonly string[] = hasSharedData
  ? globSync('france/{examples,facturx}/**/*.pdf', { cwd: sharedPath('') }).toSorted()
  : []

/** The XML inside an official Factur-X: the one stream of it that is a CrossIndustryInvoice. */
export function xmlOf(path: string): Buffer {
  const pdf = sharedData(path)
  const begin = 'stream'
  for (let at = pdf.indexOf(begin); at >= 0; at = pdf.indexOf(begin, at + 1)) {
    const octets = pdf.subarray(pdf.indexOf(0x0a, at) + 1)
    // 0x78 is the first octet of every zlib stream.
    if (octets[0] !== 0x78) continue
    const inflated = inflateSync(octets, { finishFlush: constants.Z_SYNC_FLUSH })
    if (inflated.includes('<rsm:CrossIndustryInvoice')) return inflated
  }
  throw new Error(`no invoice in ${path}`)
}

/** The French use cases: the same invoice as CII and as UBL, each written by the authors of the cases. */
export const frenchPairs: readonly (readonly [cii: string, ubl: string])[] = ciiDocuments
  .filter(path => path.includes('z12-014-annexB-v1.3/'))
  .map(path => [path, path.replace('CII', 'UBL')])

/** What the official XSLT says of one document; undefined where it aborted. */
export interface Verdict {
  readonly name: string
  readonly document: Buffer
  readonly en16931: readonly string[] | undefined
  readonly peppol: readonly string[] | undefined
}

export function verdictsOfExamples(): Verdict[] {
  return ['en16931', 'peppol-bis'].flatMap(folder =>
    lines(`${folder}/oracle/examples-ubl.jsonl`).map(line => verdict(line, sharedData(`${folder}/${line.file}`))),
  )
}

export function verdictsOfCiiExamples(): Verdict[] {
  return lines('en16931/oracle/examples-cii.jsonl').map(line => verdict(line, sharedData(`en16931/${line.file}`)))
}

export function verdictsOfMutants(syntax: 'ubl' | 'cii'): Verdict[] {
  const documents = untar(gunzipSync(sharedData(`en16931/oracle/mutants-${syntax}.tar.gz`)))
  return lines(`en16931/oracle/mutants-${syntax}.jsonl`).map(line => {
    const document = documents.get(`mutants-${syntax}/${line.file}`)
    if (document === undefined) throw new Error(`no ${line.file} in the archive`)
    return verdict(line, document)
  })
}

interface Line {
  readonly file: string
  readonly [rules: string]: unknown
}

function lines(path: string): Line[] {
  return sharedData(path)
    .toString()
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Line)
}

function verdict(line: Line, document: Buffer): Verdict {
  return { name: line.file, document, en16931: ids(line['en16931-1.3.16']), peppol: ids(line['peppol-3.0.21']) }
}

/** Plain files of a ustar archive. */
function untar(archive: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0;) {
    const name = archive.toString('utf8', at, archive.indexOf(0, at))
    const size = Number.parseInt(archive.toString('latin1', at + 124, at + 136), 8)
    files.set(name, archive.subarray(at + 512, at + 512 + size))
    at += 512 + Math.ceil(size / 512) * 512
  }
  return files
}

function ids(rules: unknown): string[] | undefined {
  return Array.isArray(rules) ? (rules as string[]) : undefined
}
