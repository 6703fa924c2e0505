import { facturxFileName } from '../../wire/facturx/index.ts'

/** A file to attach. */
export interface NamedFile {
  readonly name: string
  readonly mimeType: string
  readonly description: string | undefined
  readonly octets: Buffer
}

/**
 * The names under which readers look for the invoice, in lower case: of Factur-X, of ZUGFeRD 2.0 and 1.0 (which differ in capitals
 * only), of XRechnung in ZUGFeRD. [Factur-X 1.08 §6.2]
 */
export const invoiceFileNames: ReadonlySet<string> = new Set([facturxFileName, 'zugferd-invoice.xml', 'xrechnung.xml'])

// oxlint-disable-next-line no-control-regex -- They are what is to be removed.
const unfit = /[\u0000-\u001f\u007f-\u009f\/\\:*?"<>\|]+/gv
const mimeTypePattern = /^[\w.+\-]+\/[\w.+\-]+$/v

/**
 * The files under names that can stand beside the invoice: no two alike (a name tree has each key once), none that a reader would take
 * for the invoice, none of `others`, without folders and control characters; and with a mime type, which PDF/A-3 demands. A file that is
 * there twice comes once. [ISO 19005-3 §6.8]
 */
export function attachableFiles(files: readonly NamedFile[], others: readonly string[] = []): readonly NamedFile[] {
  const taken = new Set([...invoiceFileNames, ...others.map(name => name.toLowerCase())])
  const attachable: NamedFile[] = []
  for (const { name, mimeType, description, octets } of files.map(withFitName).filter(isFirst)) {
    const free = freeName(name, taken)
    taken.add(free.toLowerCase())
    const type = mimeTypePattern.test(mimeType) ? mimeType : 'application/octet-stream'
    attachable.push({ name: free, mimeType: type, description, octets })
  }
  return attachable
}

function withFitName({ name, mimeType, description, octets }: NamedFile): NamedFile {
  return { name: name.toWellFormed().replaceAll(unfit, '_').trim() || 'attachment', mimeType, description, octets }
}

/** An invoice may hold a file that was beside it already. */
function isFirst(file: NamedFile, index: number, files: readonly NamedFile[]): boolean {
  return files.findIndex(({ name, octets }) => name === file.name && octets.equals(file.octets)) === index
}

/** `plan.pdf`, `plan (2).pdf`, … */
function freeName(name: string, taken: ReadonlySet<string>): string {
  const [, stem = name, extension = ''] = /^(.+?)(\.[^.]+)?$/v.exec(name) ?? []
  let free = name
  for (let count = 2; taken.has(free.toLowerCase()); count += 1) free = `${stem} (${count})${extension}`
  return free
}
