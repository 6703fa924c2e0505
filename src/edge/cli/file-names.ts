import type { EmbeddedFile } from '../../services/documents/index.ts'

const lengthMax = 120

/** Names that mean a device on Windows, whatever their ending. */
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/** Endings for files without a name; those that EN 16931 allows as attachments. [EN 16931-1 §6.5.12] */
const endings: Readonly<Record<string, string>> = {
  'application/pdf': '.pdf',
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'text/csv': '.csv',
  'text/xml': '.xml',
  'application/xml': '.xml',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': '.xlsx',
  'application/vnd.oasis.opendocument.spreadsheet': '.ods',
}

/** Gives files names of their own in one folder: what a stranger wrote never leaves the folder, hides or takes another's name. */
export class FileNames {
  private readonly given = new Set<string>()
  private readonly isTaken: (name: string) => boolean

  constructor(isTaken: (name: string) => boolean) {
    this.isTaken = isTaken
  }

  nameFor({ name, mimeType }: Pick<EmbeddedFile, 'name' | 'mimeType'>): string {
    const safe = safeName(name) || `attachment${endings[mimeType] ?? '.bin'}`
    const dot = safe.lastIndexOf('.')
    const [stem, ending] = dot > 0 ? [safe.slice(0, dot), safe.slice(dot)] : [safe, '']
    let candidate = safe
    for (let number = 2; this.isUsed(candidate); number++) candidate = `${stem}-${number}${ending}`
    // File systems that do not tell capitals apart would take the two for one.
    this.given.add(candidate.toLowerCase())
    return candidate
  }

  private isUsed(name: string): boolean {
    return this.given.has(name.toLowerCase()) || this.isTaken(name)
  }
}

/** The last part of whatever path it is, of characters that every file system takes; '' when nothing is left. */
function safeName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? ''
  const clean = last
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N} ._()+@-]/gu, '_')
    .replace(/^[. ]+/, '')
    .replace(/[. ]+$/, '')
  const short = clean.length > lengthMax ? clean.slice(-lengthMax).replace(/^[. ]+/, '') : clean
  return devices.test(short) ? `_${short}` : short
}
