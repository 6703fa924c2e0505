import { gunzipSync } from 'node:zlib'
import { officialData } from '../../../conformance/official/data.ts'
import { documentAt, documentsOf } from '../../../conformance/official/documents.ts'
import { hasSharedData, sharedData, sharedPath } from '../../support/shared.ts'

const data = officialData(sharedPath(''))

/** Every official UBL document, by its path below the shared data: the European ones and the French ones. */
export const officialDocuments: readonly string[] = hasSharedData ? documentsOf(data, 'ubl') : []

/** Every CII example: the official ones and the French ones, by its path below the shared data. */
export const ciiDocuments: readonly string[] = hasSharedData ? documentsOf(data, 'cii') : []

/** Every official Factur-X, by its path below the shared data. */
export const facturxDocuments: readonly string[] = hasSharedData ? documentsOf(data, 'facturx') : []

/** The XML inside an official Factur-X. */
export function xmlOf(path: string): Buffer {
  return documentAt(data, path)
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
