import { constants, inflateSync } from 'node:zlib'
import type { OfficialData } from './data.ts'

/** Official documents of one kind, by their paths. */
export interface Collection {
  readonly name: string
  readonly syntax: 'ubl' | 'cii' | 'facturx'
  readonly paths: readonly string[]
}

const ublFolders = [
  ['EN 16931 UBL examples', 'en16931/examples/ubl'],
  ['EN 16931 UBL test files', 'en16931/examples/testfiles'],
  ['Peppol BIS 3.0.19', 'peppol-bis/examples/3.0.19'],
  ['Peppol BIS 3.0.21', 'peppol-bis/examples/3.0.21'],
  ['Peppol self-billing', 'peppol-bis/examples/self-billing-3.0.21'],
  ['Peppol snippets', 'peppol-bis/examples/snippets'],
  ['Peppol national', 'peppol-bis/examples/national'],
] as const

export function collections(data: OfficialData): readonly Collection[] {
  return [
    ...ublFolders.map(([name, folder]) => ({ name, syntax: 'ubl' as const, paths: data.files(folder) })),
    { name: 'French UBL', syntax: 'ubl', paths: data.find('france/examples/**/*UBL*.xml') },
    { name: 'EN 16931 CII examples', syntax: 'cii', paths: data.files('en16931/examples/cii') },
    { name: 'French CII', syntax: 'cii', paths: data.find('france/examples/**/*CII*.xml') },
    { name: 'XML in French PDFs', syntax: 'facturx', paths: data.find('france/{examples,facturx}/**/*.pdf') },
  ]
}

/** All documents of a syntax. */
export function documentsOf(data: OfficialData, syntax: Collection['syntax']): readonly string[] {
  return collections(data)
    .filter(one => one.syntax === syntax)
    .flatMap(({ paths }) => paths)
}

/** The octets of a document; of a PDF the invoice in it. */
export function documentAt(data: OfficialData, path: string): Buffer {
  return path.endsWith('.pdf') ? xmlIn(data, path) : data.read(path)
}

/** The XML inside an official Factur-X: the one stream of it that is a CrossIndustryInvoice. */
function xmlIn(data: OfficialData, path: string): Buffer {
  const pdf = data.read(path)
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
